"""Reviewing: the links that a person should decide on, what was decided as entries, and adding these to a file.

``decisions.yaml`` belongs to people. Entries are added to the end of its list of links as text, so that every byte that
was there stays, comments included; where that cannot be done without touching them, it is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from reportgen import data_files
from reportgen.errors import InputError, InputErrors, Where
from reportgen.model import (
    ComparedRecommendation,
    Comparison,
    Decisions,
    Inspection,
    LinkDecision,
    Reasons,
    Recommendation,
    RecommendationRef,
    text_sha,
)

__all__ = ["Answer", "Question", "added", "decided", "questions"]

Relation = Literal["same", "reworded", "narrowed", "broadened"]
#: Digits of a hash that entries carry: enough to tell any two recommendations of a provider apart.
_DIGITS = 16
_STARTS = 5


@dataclass(frozen=True, slots=True)
class Question:
    """Whether two recommendations belong together.

    ``proposed``: how sure the program is of a link that it made; None for a candidate that it did not accept.
    ``precision``: how often links of that confidence were right where measured.
    """

    earlier: Recommendation
    later: Recommendation
    score: float
    reasons: Reasons
    relation: Relation
    proposed: str | None = None
    precision: float | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person said of a pair, by the ids of its two ends."""

    earlier: str
    later: str
    verdict: Literal["confirmed", "rejected"]
    relation: Relation | None = None
    note: str | None = None


def questions(
    comparison: Comparison, earlier: Inspection, later: Inspection, *, every: bool = False
) -> tuple[Question, ...]:
    """What is doubtful in a comparison, in the order of the earlier report, the likeliest first.

    Args:
        comparison: The comparison of the two.
        earlier: The earlier inspection.
        later: The later one.
        every: Also ask about strong links and about candidates that nobody need decide on.

    Returns:
        Inferred links that are not strong, and the candidates of recommendations that are for a person to decide. What
        the report declares, what a person decided and what is equal is never asked again.
    """
    changes = comparison.recommendations
    by_id = {r.id: r for r in earlier.recommendations}, {r.id: r for r in later.recommendations}
    found: dict[tuple[str, str], Question] = {}
    for link in changes.links:
        if link.basis == "inferred" and (every or link.confidence != "strong"):
            found[link.earlier, link.later] = Question(
                by_id[0][link.earlier],
                by_id[1][link.later],
                link.score or 0.0,
                link.reasons,
                link.relation,
                link.confidence,
                link.precision,
            )
    least = float(comparison.options.get("matching", {}).get("review", 0.0))
    sides: list[tuple[int, ComparedRecommendation, bool]] = []
    sides += [(0, r, r.state == "needs_review") for r in changes.earlier]
    sides += [(1, r, r.state == "needs_review") for r in changes.later]
    for n, r, waits in sides:
        for c in r.candidates:
            asked = every or (waits and c.score >= least)
            pair = (r.id, c.id) if n == 0 else (c.id, r.id)
            if asked and not c.rejected and pair not in found:
                found[pair] = Question(by_id[0][pair[0]], by_id[1][pair[1]], c.score, c.reasons, "reworded")
    places = {r.id: place for place, r in enumerate(earlier.recommendations)}
    return tuple(sorted(found.values(), key=lambda q: (places[q.earlier.id], -q.score, q.later.id)))


def decided(
    answers: Iterable[Answer], earlier: Inspection, later: Inspection, *, by: str, on: date
) -> tuple[LinkDecision, ...]:
    """Answers as entries of a decisions file: each end named by the hash of its letters.

    Raises:
        InputError: an answer names a recommendation that is not there (RG113).
    """
    made = []
    for answer in answers:
        ends = [_ref(side, name) for side, name in ((earlier, answer.earlier), (later, answer.later))]
        made.append(
            LinkDecision(
                earlier=ends[0],
                later=ends[1],
                verdict=answer.verdict,
                relation=answer.relation if answer.verdict == "confirmed" else None,
                by=by,
                on=on,
                note=answer.note,
            )
        )
    return tuple(made)


def _ref(inspection: Inspection, name: str) -> RecommendationRef:
    found = next((r for r in inspection.recommendations if r.id == name), None)
    if found is None:
        raise InputError("RG113", f"{inspection.id} has no recommendation {name}", hint="name one that it has")
    return reference(inspection, found)


def reference(inspection: Inspection, recommendation: Recommendation) -> RecommendationRef:
    """A recommendation as a decisions file names it: by its content, with id and first words for the reader."""
    return RecommendationRef(
        inspection=inspection.id,
        id=recommendation.id,
        text_sha=text_sha(recommendation.text)[:_DIGITS],
        starts=" ".join(recommendation.text.split()[:_STARTS]),
    )


# -- adding to a file ------------------------------------------------------------------------------------------------

_LINKS = re.compile(r"^links:[ \t]*(?:#.*)?\r?$", re.MULTILINE)


def added(existing: bytes | None, links: Sequence[LinkDecision], *, name: str = "decisions.yaml") -> bytes:
    """The bytes of a decisions file with further entries at the end of its links.

    Args:
        existing: What the file holds; None: there is no file yet.
        links: The entries; one that is there already, word for word, is not added again.
        name: The file's name, for messages.

    Returns:
        Everything that was there, byte for byte, and the new entries between.

    Raises:
        InputErrors: The file is wrong as it is.
        InputError: Nothing can be added without changing what is there (RG117).
    """
    if existing is None:
        return data_files.dump(Decisions(links=tuple(links)), to="yaml").encode("utf-8")
    before = data_files.loads(existing, Decisions, name=name).value
    fresh = tuple(link for link in links if link not in before.links)
    if not fresh:
        return existing
    made = _inserted(existing.decode("utf-8"), fresh)
    refusal = InputError(
        "RG117",
        "entries cannot be added without changing what is there",
        where=Where(file=name),
        hint="write each entry of `links` on lines of its own, or write the new ones to another file with -o",
    )
    if made is None:
        raise refusal
    try:
        after = data_files.loads(made.encode("utf-8"), Decisions, name=name).value
    except (InputError, InputErrors):
        raise refusal from None
    if after != before.model_copy(update={"links": (*before.links, *fresh)}):
        raise refusal
    return made.encode("utf-8")


def _inserted(text: str, links: Sequence[LinkDecision]) -> str | None:
    """A YAML text with entries after the last one of its links; None where there is no place for them."""
    end_of_line = "\r\n" if "\r\n" in text else "\n"
    block = data_files.dump(Decisions(links=tuple(links)), to="yaml").split("links:\n", 1)[1]
    found = _LINKS.search(text)
    if found is None:
        if text.lstrip("\ufeff \t\r\n").startswith("{") or re.search(r"^links\s*:", text, re.MULTILINE):
            return None
        start = text if text.endswith("\n") else text + end_of_line
        return start + f"links:\n{block}".replace("\n", end_of_line)
    at = last = text.index("\n", found.start()) + 1
    indent = None
    for line in text[at:].splitlines(keepends=True):
        at += len(line)
        if not line.strip() or line.lstrip().startswith("#"):
            continue  # empty lines and comments stay with what follows them
        if not line.startswith((" ", "-")):
            break
        if indent is None:
            indent = line[: len(line) - len(line.lstrip(" "))]
        last = at
    added_lines = ((indent or "") + line[2:] for line in block.splitlines(keepends=True))
    before = text[:last] if text[:last].endswith("\n") else text[:last] + end_of_line
    return before + "".join(added_lines).replace("\n", end_of_line) + text[last:]
