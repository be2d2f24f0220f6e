"""A whole ``reportgen compare`` of two data files to the terminal, as CPU with all imports: at most 1.0 s.

    python benchmarks/compare_time.py [EARLIER LATER]

Without arguments, two bundled inspections under the ILACS framework.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
from pathlib import Path

ROUNDS = 7
LIMIT = 1.0
ROOT = Path(__file__).resolve().parents[1]
PAIR = [str(ROOT / "inspections" / "rotherham" / f"rotherham-{when}.yaml") for when in ("2022-06", "2025-11")]


def cpu(command: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime)


def main() -> int:
    command = [sys.executable, "-m", "reportgen", "compare", *(sys.argv[1:3] or PAIR)]
    cpu(command)
    own = statistics.median(cpu(command) for _ in range(ROUNDS))
    print(f"compare to the terminal: {own:.2f} s CPU with imports (at most {LIMIT})")
    return 0 if own <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
