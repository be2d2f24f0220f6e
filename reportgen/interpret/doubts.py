"""Reasons to doubt what was read: pages without usable tags, and two readings of one file that do not agree.

A value that is wrong without a notice is the worst that an import can do. Two readings that share nothing but the
painted text seldom err in the same place; where they differ, a person should look.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from reportgen.model import Evidence, Inspector, Judgement, Notice, Recommendation, Where, letters

_CLOSING = "”’\"')]» "
_BULLETS = "•◼▪●■□"
_VALUES = ("inspected", "published", "lead_inspectors", "title", "theme")


def read_by_place(data: Mapping[str, Any], pages: Sequence[int]) -> Iterator[Notice]:
    """A notice for each field with values from pages that were read by where things stand."""
    if not pages:
        return
    places: dict[str, Iterable[Evidence]] = {
        **{name: data["evidence"].get(name, ()) for name in _VALUES},
        "judgements": [e for j in data["judgements"] for e in j.evidence],
        "recommendations": [e for r in data["recommendations"] for e in r.evidence],
        "sections": [e for s in data["sections"] for e in s.evidence],
    }
    for name, evidence in places.items():
        found = sorted({e.page for e in evidence if e.page in pages if e.page is not None})
        if found:
            listed = ", ".join(map(str, found))
            message = f"read by where it stands, without usable tags, on page {listed}: check it against the page"
            yield Notice(code="RG216", field=name, message=message, where=Where(page=found[0]))


def disagreements(data: Mapping[str, Any], second: Mapping[str, Any]) -> Iterator[Notice]:
    """A notice for each value that a second reading of the same file gives otherwise.

    What the second reading does not find at all says nothing against the first.
    """
    for name in ("inspected", "published", "lead_inspectors"):
        if data[name] and second[name] and not _agree(data[name], second[name]):
            yield _notice(name, f"a second reading, by where things stand, gives {_told(second[name])}", data, name)
    yield from _judgements(data["judgements"], {j.area: j for j in second["judgements"]})
    yield from _recommendations(data["recommendations"], second["recommendations"])
    one, two = (_highest(x) for x in (data, second))
    if one and two and one != two:
        message = f"paragraphs run to {one} here and to {two} in a second reading by where things stand"
        yield Notice(code="RG217", field="sections", message=message)


def _agree(one: Any, two: Any) -> bool:
    """Whether two readings give the same; of people only the names count, which a title may stand behind."""
    if isinstance(one, tuple) and all(isinstance(each, Inspector) for each in (*one, *two)):
        names = letters("".join(each.name for each in two))
        return all(letters(each.name) in names for each in one)
    return bool(one == two)


def cut_or_glued(recommendations: Sequence[Recommendation]) -> Iterator[Notice]:
    """A notice for each recommendation that begins or ends as none of its neighbours does."""
    for heading in dict.fromkeys((r.heading, r.addressee) for r in recommendations):
        group = [(i, r) for i, r in enumerate(recommendations) if (r.heading, r.addressee) == heading]
        if len(group) < 3:
            continue
        odd: dict[int, str] = {}
        for said, test in (
            ("begins with a small letter", lambda text: text[:1].islower()),
            ("does not end as a sentence", lambda text: not text.rstrip(_CLOSING).endswith((".", "!", "?", ";", ":"))),
            ("holds a bullet", lambda text: any(mark in text for mark in _BULLETS)),
        ):
            found = [i for i, r in group if test(r.text)]
            # the last of a list alone may end with a full stop, and the last but one with "and"
            if len(found) == 1 and found[0] != group[-1][0]:
                odd[found[0]] = said
        for i, said in odd.items():
            place = recommendations[i].evidence[0] if recommendations[i].evidence else None
            message = f"alone among its neighbours it {said}: it may be cut, or two in one"
            where = Where(page=place.page, line=place.line) if place else None
            yield Notice(code="RG218", field=f"recommendations[{i}].text", message=message, where=where)


def _told(value: Any) -> str:
    if isinstance(value, tuple):
        return "; ".join(_told(each) for each in value)
    return ", ".join(str(v) for v in value.model_dump(mode="json", exclude_none=True).values())


def _notice(field: str, message: str, data: Mapping[str, Any], name: str) -> Notice:
    places = data["evidence"].get(name, ())
    return Notice(code="RG217", field=field, message=message, where=Where(page=places[0].page) if places else None)


def _judgements(first: Sequence[Judgement], second: Mapping[str, Judgement]) -> Iterator[Notice]:
    for i, judgement in enumerate(first):
        other = second.get(judgement.area)
        if other and judgement.grade and other.grade and judgement.grade != other.grade:
            message = f"{judgement.label!r} is {judgement.printed!r} here and {other.printed!r} in a second reading"
            yield Notice(code="RG217", field=f"judgements[{i}].grade", message=message)


def _recommendations(first: Sequence[Recommendation], second: Sequence[Recommendation]) -> Iterator[Notice]:
    if not second:
        return
    one, two = ([letters(" ".join((r.text, *r.references))) for r in side] for side in (first, second))
    if sorted(one) == sorted(two):
        return
    if len(one) != len(two):
        message = f"{len(one)} here and {len(two)} in a second reading by where things stand"
        yield Notice(code="RG217", field="recommendations", message=message)
        return
    known = set(two)
    for i, text in enumerate(one):
        if text not in known:
            place = first[i].evidence[0] if first[i].evidence else None
            message = "a second reading, by where things stand, ends or begins elsewhere"
            where = Where(page=place.page) if place else None
            yield Notice(code="RG217", field=f"recommendations[{i}].text", message=message, where=where)


def _highest(data: Mapping[str, Any]) -> int:
    numbers = [p.number for s in data["sections"] for p in s.paragraphs if getattr(p, "number", None)]
    numbers += [r.number for r in data["recommendations"] if r.number]
    return max((int(n) for n in numbers if str(n).isdigit()), default=0)
