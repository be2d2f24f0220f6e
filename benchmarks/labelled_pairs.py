"""Pairs of successive reports whose links were read by hand, with their texts, for fitting and measuring the matcher.

The pairs hold hashes and first words only; the texts come from the published reports beside the checkout
(``../shared/reports``), or from ``--texts FILE``: a JSON object of hash -> text that was made before.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
import unicodedata
from dataclasses import dataclass
from pathlib import Path

SHARED = Path(__file__).resolve().parents[2] / "shared"


@dataclass(frozen=True)
class Labelled:
    """One pair: ids with their texts on both sides, and the links with how sure the readers were of each."""

    authority: str
    key: tuple[str, str, str]
    earlier: dict[str, str]
    later: dict[str, str]
    links: dict[tuple[str, str], str]


def arguments(description: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=SHARED, help="the folder with the reports and the pairs")
    parser.add_argument("--texts", type=Path, help="a JSON object of hash -> text, instead of reading the reports")
    return parser


def letters_hash(text: str) -> str:
    letters = re.sub(r"[^a-z]", "", unicodedata.normalize("NFKD", text).lower())
    return hashlib.sha1(letters.encode()).hexdigest()


def load(shared: Path, texts: Path | None) -> tuple[list[Labelled], list[str]]:
    """The pairs, and every recommendation text at hand (also of reports without labels), each once and in order."""
    pairs = [json.loads(line) for line in (shared / "reports" / "continuity.jsonl").read_text("utf-8").splitlines()]
    known = json.loads(texts.read_text("utf-8")) if texts else _read_all(shared, pairs)
    missing = 0
    made = []
    for pair in pairs:
        sides = []
        for side in ("earlier", "later"):
            found = {}
            for item in pair[side]:
                text = known.get(item.get("sha1_raw", item["sha1"]), known.get(item["sha1"]))
                if text is None:
                    missing += 1
                else:
                    found[item["id"]] = text
            sides.append(found)
        links = {(x["from"], x["to"]): x["confidence"] for x in pair["links"]}
        key = (pair["urn"], pair["earlier_date"], pair["later_date"])
        made.append(Labelled(pair["la"], key, sides[0], sides[1], links))
    if missing:
        print(f"{missing} recommendations could not be found in the reports: they count as missed", file=sys.stderr)
    return made, sorted(set(known.values()))


def _read_all(shared: Path, pairs: list[dict[str, str]]) -> dict[str, str]:
    """Hash -> text of every recommendation of the reports, as ``reportgen`` itself reads them."""
    from reportgen import ReportgenError, read_inspection

    seeds = {shared / pair[side] for pair in pairs for side in ("earlier_file", "later_file") if "seed" in pair[side]}
    files = sorted(seeds) + sorted((shared / "reports" / "childrens-services").rglob("*.pdf"))
    known: dict[str, str] = {}
    for path in files:
        try:
            inspection = read_inspection(path)
        except ReportgenError as error:
            print(f"{path.name}: {error}", file=sys.stderr)
            continue
        for recommendation in inspection.recommendations:
            known[letters_hash(recommendation.text)] = recommendation.text
            whole = " ".join((recommendation.text, *recommendation.references))
            known.setdefault(letters_hash(whole), recommendation.text)
    return known
