"""How much of published reports is read right, and how much wrong without a notice.

usage: python benchmarks/reading_accuracy.py REPORTS [--without tags|headings|contents]

REPORTS holds expected.jsonl and the folder childrens-services. The rules were written with these files at hand, so the
figures of a plain run flatter. Two things say more about files not seen: the interval, in which whole authorities are
left out by chance (bootstrap over authorities, 95 %), and the runs in which part of what the reader relies on is
withheld: the tags, the tags of headings, those of the contents list.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import re
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

FIELDS = ("dates", "inspector", "grades", "recommendations", "paragraphs")
RENAMED = {
    "headings": {f"H{n}": "P" for n in range(1, 7)} | {"H": "P"},
    "contents": {"TOC": "Sect", "TOCI": "P"},
}


def withhold(what: str) -> None:
    """Let the reader see every page without part of its tags."""
    from reportgen.readers import pdf
    from reportgen.readers.pdf.pages import Element

    whole = pdf.read_pages

    def renamed(element: Element, names: dict[str, str]) -> Element:
        children = [renamed(c, names) if isinstance(c, Element) else c for c in element.children]
        return Element(names.get(element.kind, element.kind), children)

    def reduced(document: Any) -> Any:
        for page in whole(document):
            names = RENAMED.get(what)
            yield replace(page, tags=tuple(renamed(t, names) for t in page.tags) if names else ())

    pdf.read_pages = reduced  # type: ignore[assignment]


def outcome(job: tuple[dict[str, Any], Path, str | None]) -> tuple[str, dict[str, tuple[bool, bool]]]:
    """The authority, and for each field whether it is right, and whether a notice speaks of it."""
    from reportgen import ReportgenError, read_inspection

    entry, folder, without = job
    if without:
        withhold(without)
    try:
        found = read_inspection(folder / "childrens-services" / entry["file"])
    except ReportgenError:
        return entry["urn"], dict.fromkeys(FIELDS, (False, True))
    said = [n.field or "" for n in found.notices]
    right = {
        "dates": bool(found.inspected)
        and (str(found.inspected[0].start), str(found.inspected[-1].end))
        == (entry["inspection_start"], entry["inspection_end"]),
        "inspector": not entry["lead_inspector"]
        or letters(entry["lead_inspector"]) in [letters(i.name) for i in found.lead_inspectors],
        "grades": all(_graded(found, wanted) for wanted in entry["judgements"]),
        "recommendations": all(
            _items([r for r in found.recommendations if r.addressee == who], (entry[key] or {}).get("items", []))
            for key, who in (("recommendations", "local-authority"), ("lscb_recommendations", "lscb"))
        ),
        "paragraphs": _highest(found) == ((entry["numbered_paragraphs"] or {}).get("count") or _highest(found)),
    }
    about = {"dates": "inspected", "inspector": "lead_inspectors", "grades": "judgements", "paragraphs": "sections"}
    return entry["urn"], {
        name: (ok, any(field.startswith(about.get(name, name)) for field in said)) for name, ok in right.items()
    }


def letters(text: str) -> str:
    from reportgen.model import letters as only_letters

    return only_letters(text)


def _graded(found: Any, wanted: dict[str, Any]) -> bool:
    def plain(grade: str | None) -> str:
        return re.sub(r"^requires? improvement.*", "requires improvement", (grade or "").replace("-", " ").lower())

    key = letters(wanted["area"])
    for judgement in found.judgements:
        label = letters(re.sub(r"^[\d.]+ ", "", judgement.label))
        if key in label or label in key:
            return plain(judgement.grade) == plain(None if wanted["grade"] == "not judged" else wanted["grade"])
    return False


def _items(found: list[Any], wanted: list[dict[str, Any]]) -> bool:
    def sha(text: str) -> str:
        return hashlib.sha1(letters(text).encode(), usedforsecurity=False).hexdigest()

    return len(found) == len(wanted) and all(
        {sha(r.text), sha(" ".join((r.text, *r.references)))} & {w["sha1"], w.get("alt_sha1_as_printed")}
        for r, w in zip(found, wanted, strict=True)
    )


def _highest(found: Any) -> int:
    numbers = [p.number for s in found.sections for p in s.paragraphs if getattr(p, "number", None)]
    return max((int(n) for n in (*numbers, *(r.number for r in found.recommendations)) if n and n.isdigit()), default=0)


def interval(by_authority: dict[str, list[bool]]) -> tuple[float, float]:
    """Where the share lies in 95 of 100 draws of as many authorities."""
    draw, shares = random.Random(1), []
    for _ in range(1000):
        drawn = [ok for key in draw.choices(sorted(by_authority), k=len(by_authority)) for ok in by_authority[key]]
        shares.append(sum(drawn) / len(drawn))
    shares.sort()
    return shares[25], shares[974]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reports", type=Path)
    parser.add_argument("--without", choices=["tags", *RENAMED])
    asked = parser.parse_args()
    entries = [json.loads(line) for line in (asked.reports / "expected.jsonl").read_text().splitlines()]
    jobs = [(entry, asked.reports, asked.without) for entry in entries if entry["readable"]]
    with ProcessPoolExecutor(2) as pool:
        outcomes = list(pool.map(outcome, jobs, chunksize=4))
    print(f"{len(jobs)} reports" + (f", {asked.without} withheld" if asked.without else ""))
    for field in FIELDS:
        by_authority: dict[str, list[bool]] = defaultdict(list)
        for urn, found in outcomes:
            by_authority[urn].append(found[field][0])
        right = sum(found[field][0] for _, found in outcomes)
        silent = sum(not ok and not said for _, found in outcomes for ok, said in [found[field]])
        noticed = sum(ok and said for _, found in outcomes for ok, said in [found[field]])
        low, high = interval(by_authority)
        print(
            f"{field:16} right {right / len(jobs):7.2%} ({low:.1%} to {high:.1%})"
            f"   wrong without a notice {silent}   right and noticed {noticed}"
        )


if __name__ == "__main__":
    main()
