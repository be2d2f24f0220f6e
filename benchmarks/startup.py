"""Start of the command line: ``reportgen --help`` against ``python -c pass``, CPU of whole processes.

Prints both medians and their ratio; the ratio may be 6 at the most.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys

ROUNDS = 15
LIMIT = 6.0


def cpu(command: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime)


def main() -> int:
    bare = [sys.executable, "-c", "pass"]
    ours = [sys.executable, "-m", "reportgen", "--help"]
    for command in (bare, ours):
        cpu(command)
    # in turn, so that a busy moment of the machine hits both
    pairs = [(cpu(bare), cpu(ours)) for _ in range(ROUNDS)]
    base, own = (statistics.median(side) for side in zip(*pairs, strict=True))
    ratio = statistics.median(b / a for a, b in pairs)
    print(f"python -c pass    {base * 1000:6.1f} ms CPU")
    print(f"reportgen --help  {own * 1000:6.1f} ms CPU")
    print(f"ratio             {ratio:6.2f}  (at most {LIMIT:g})")
    return 0 if ratio <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
