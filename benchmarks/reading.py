"""How fast published PDFs are read, beside pdfplumber's words with fonts on the same files in the same run.

usage: python benchmarks/reading.py FOLDER [FILES]     (target: at most 0.10 x the CPU, a child below 300 MB)
"""

from __future__ import annotations

import random
import resource
import subprocess
import sys
import time
from pathlib import Path

TARGET = 0.10
MOST_MEMORY = 300

# the high-water mark of the process itself: what getrusage gives begins with that of the parent
_READ = """
import re, sys
from reportgen.api import read_inspection
read_inspection(sys.argv[1])
print(int(re.search(r"VmHWM:\\s*(\\d+) kB", open("/proc/self/status").read())[1]) // 1024)
"""


def ours(data: bytes) -> int:
    from reportgen.readers import pdf

    return pdf.read(data).pages


def theirs(path: Path) -> int:
    import pdfplumber

    with pdfplumber.open(path) as document:
        for page in document.pages:
            page.extract_words(extra_attrs=["fontname", "size"])
        return len(document.pages)


def timed(work: object, *arguments: object) -> tuple[int, float]:
    start = time.process_time()
    count = work(*arguments)  # type: ignore[operator]
    return count, time.process_time() - start


def main() -> None:
    folder = Path(sys.argv[1])
    most = int(sys.argv[2]) if len(sys.argv) > 2 else 12
    files = [p for p in sorted(folder.rglob("*.pdf")) if p.read_bytes()[:5] == b"%PDF-"]
    files = random.Random(1).sample(files, min(most, len(files)))
    try:
        import pdfplumber  # noqa: F401
    except ImportError:
        sys.exit("pdfplumber is not installed: pip install pdfplumber")
    ours(files[0].read_bytes())
    pages, own, other = 0, 0.0, 0.0
    for path in files:
        count, spent = timed(ours, path.read_bytes())
        pages, own = pages + count, own + spent
        other += timed(theirs, path)[1]
    ratio = own / other
    print(f"{len(files)} files, {pages} pages")
    print(f"reportgen   {1000 * own / pages:7.1f} ms a page, {pages / own:6.0f} pages a second (both readings)")
    print(f"pdfplumber  {1000 * other / pages:7.1f} ms a page, {pages / other:6.0f} pages a second (words with fonts)")
    print(f"CPU {ratio:.3f} x pdfplumber (at most {TARGET})")
    largest = max(files, key=lambda p: p.stat().st_size)
    done = subprocess.run([sys.executable, "-c", _READ, str(largest)], capture_output=True, text=True, check=True)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, "-m", "reportgen", "-q", "import", str(files[0]), "-o", "-"],
        stdout=subprocess.DEVNULL,
        check=True,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f"memory of a child that reads the largest: {done.stdout.strip()} MB (below {MOST_MEMORY})")
    print(f"reportgen import of {files[0].name}: {spent:.2f} s CPU in all")
    sys.exit(ratio > TARGET or int(done.stdout) >= MOST_MEMORY)


if __name__ == "__main__":
    main()
