"""A history of five inspections from data files, in all formats but PDF and Word: at most 1.5 s CPU with all imports.

    python benchmarks/history_time.py [FOLDER]

Without an argument, the bundled series of Ashmere.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROUNDS = 5
LIMIT = 1.5
ROOT = Path(__file__).resolve().parents[1]
FORMATS = "html,md,txt,json,yaml"


def cpu(command: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime)


def main() -> int:
    folder = sys.argv[1] if len(sys.argv) > 1 else str(ROOT / "inspections" / "ashmere")
    with tempfile.TemporaryDirectory() as out:
        command = [sys.executable, "-m", "reportgen", "history", folder, "--to", FORMATS, "-o", out]
        cpu(command)
        own = statistics.median(cpu(command) for _ in range(ROUNDS))
        inspections = len(list(Path(folder).glob("*-20*.*")))
    print(f"history of {inspections} inspections to {FORMATS}: {own:.2f} s CPU with imports (at most {LIMIT})")
    return 0 if own <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
