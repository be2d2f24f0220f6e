"""Redlines against named peers, as CPU of one process in the same run.

    python benchmarks/redline_speed.py

Two reports of 9,500 words against ``difflib`` with autojunk off on their words, at most 0.10 of its time; 152,000 words
against ``rapidfuzz``'s Indel on words, at most 0.10. Ours is both ways that the program goes: paragraphs laid beside
each other with their edits, and the whole text at once. Both sides are rebuilt from the edits before anything is
printed. Needs rapidfuzz (dependency group ``bench``).
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from difflib import SequenceMatcher

from made_texts import reports
from rapidfuzz.distance import Indel

from reportgen.comparing.paragraphs import Unit, align, compare_paragraphs
from reportgen.wording import word_edits

LIMIT = 0.10


def cpu(run: Callable[[], object], rounds: int) -> float:
    times = []
    for _ in range(rounds):
        start = time.process_time()
        run()
        times.append(time.process_time() - start)
    return statistics.median(times)


def by_paragraphs(earlier: list[str], later: list[str]) -> object:
    ones, twos = ([Unit("text", text) for text in side] for side in (earlier, later))
    return compare_paragraphs(align(ones, twos))


def check(earlier: str, later: str) -> None:
    edits = word_edits(earlier, later)
    assert "".join(e.text for e in edits if e.op != "ins") == earlier
    assert "".join(e.text for e in edits if e.op != "del") == later


def main() -> int:
    worst = 0.0
    for total, peer, rounds in ((9_500, "difflib, autojunk off", 5), (152_000, "rapidfuzz Indel", 1)):
        earlier, later = reports(total)
        whole = "\n".join(earlier), "\n".join(later)
        check(*whole)
        tokens = [text.split() for text in whole]

        def theirs(tokens: list[list[str]] = tokens, total: int = total) -> object:
            if total < 100_000:
                return SequenceMatcher(None, *tokens, autojunk=False).get_opcodes()
            return Indel.opcodes(*tokens)

        base = cpu(theirs, rounds)
        print(f"{sum(map(len, tokens)) // 2:,} words a side; {peer}: {base * 1000:,.0f} ms")
        for name, run in (
            ("paragraphs and their edits", lambda e=earlier, x=later: by_paragraphs(e, x)),
            ("the whole text at once", lambda w=whole: word_edits(*w)),
        ):
            own = cpu(run, max(rounds, 3))
            worst = max(worst, own / base)
            print(f"  {name:<28}{own * 1000:8,.0f} ms   ratio {own / base:.3f}  (at most {LIMIT})")
    return 0 if worst <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
