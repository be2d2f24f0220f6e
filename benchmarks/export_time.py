"""An export of 500 inspections to SQLite: at most 20 s CPU and 500 MB, and no more than linear growth.

    python benchmarks/export_time.py [FOLDER]

FOLDER holds data files of imported reports; without it, the bundled examples are taken. They are copied under the names
of further providers until there are enough.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from reportgen import data_files
from reportgen.model import Inspection, Provider

WANTED, LIMIT, LIMIT_MB = 500, 20.0, 500
ROOT = Path(__file__).resolve().parents[1]


def filled(folder: Path, sources: list[Path], wanted: int) -> None:
    """Copies of providers under other names, each whole, until there are so many inspections."""
    made = round_ = 0
    while made < wanted:
        for path in sources:
            given = data_files.load(path, Inspection).value
            slug = f"{path.parent.name}x{round_}"
            copy = given.model_copy(
                update={
                    "id": given.id.replace(path.parent.name, slug, 1),
                    "provider": Provider(name=slug, short_name=slug),
                }
            )
            target = folder / slug / f"{copy.id}.json"
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(data_files.dump(copy, to="json"), encoding="utf-8")
            made += 1
        round_ += 1


def cpu(folder: Path) -> tuple[float, float]:
    code = (
        "import resource, sys; from pathlib import Path; from reportgen import exporting; "
        "exporting.export([Path(sys.argv[1])], 'sqlite'); r = resource.getrusage(resource.RUSAGE_SELF); "
        "print(r.ru_utime + r.ru_stime, r.ru_maxrss / 1024)"
    )
    out = subprocess.run([sys.executable, "-c", code, str(folder)], check=True, capture_output=True, text=True).stdout
    seconds, megabytes = out.split()
    return float(seconds), float(megabytes)


def main() -> int:
    given = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "inspections"
    sources = [p for p in sorted(given.rglob("*-20*.*")) if p.suffix in (".yaml", ".json")]
    found = []
    for wanted in (WANTED // 4, WANTED):
        with tempfile.TemporaryDirectory() as folder:
            filled(Path(folder), sources, wanted)
            count = len(list(Path(folder).rglob("*.*")))
            seconds, megabytes = cpu(Path(folder))
        found.append((count, seconds, megabytes))
        print(f"export of {count} inspections: {seconds:.1f} s CPU, {megabytes:.0f} MB")
    (few, short, _), (many, long, megabytes) = found
    growth = (long / short) / (many / few)
    limit = LIMIT * many / WANTED
    print(f"growth against linear: {growth:.2f} (at most 1.2); at most {limit:.1f} s and {LIMIT_MB} MB")
    return 0 if long <= limit and megabytes <= LIMIT_MB and growth <= 1.2 else 1


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.exit(main())
