"""Blocks + frameworks -> Inspection: what the words of a report mean.

Nothing here knows a file format, and nothing inspectorate-specific stands in the code: it is in the profiles. Two ways
lead to an inspection: ``published`` reads reports as inspectorates print them, ``ours`` reads back what the standard
pack printed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from reportgen.document import Block
from reportgen.errors import InputError, Where
from reportgen.frameworks import framework_keys, load_framework
from reportgen.interpret.cues import block_text, flat, front_text, labelled
from reportgen.interpret.doubts import cut_or_glued, disagreements, read_by_place
from reportgen.interpret.ours import framework_of, interpret_ours
from reportgen.interpret.published import interpret_published
from reportgen.interpret.values import read_periods
from reportgen.interpret.walk import COVER, find_title
from reportgen.model import Framework, Inspection, Source, inconsistencies, slug_of

__all__ = ["detect", "interpret"]


def interpret(
    blocks: Sequence[Block],
    *,
    source: Source,
    framework: Framework | None = None,
    by_place: Sequence[int] = (),
    second: Sequence[Block] | None = None,
) -> Inspection:
    """Give the inspection that a report's blocks print, with evidence and notices.

    Args:
        blocks: what a reader found, in reading order.
        source: the file they came from.
        framework: the profile to read with; None tells it from the title and the dates on site.
        by_place: pages that were read by where things stand on them: values from there come with a notice.
        second: the blocks of an independent reading of the same file; where it gives other values, a notice says so.

    Returns:
        An inspection, partial where the report could not be read whole: what is missing is None with its reason, and
        a notice says so.

    Raises:
        InputError: no profile fits (RG202), or nothing could be read at all (RG203).
    """
    name = source.file or "report"
    if framework is None and framework_of(blocks):
        data = interpret_ours(blocks, source)
    else:
        chosen = framework or detect(blocks, name)
        data = interpret_published(blocks, chosen, source)
        notices = [*cut_or_glued(data["recommendations"]), *read_by_place(data, by_place)]
        if second is not None:
            notices += disagreements(data, interpret_published(second, chosen, source))
        data["notices"] = (*data["notices"], *notices)
    if data["provider"] is None or not data["title"]:
        raise InputError(
            "RG203",
            "no title and provider found on the title page",
            where=Where(file=name),
            hint="name the framework, or enter the data by hand with `reportgen new`",
        )
    inspection = Inspection(id=_id(data), **data)
    for problem in inconsistencies(inspection):
        raise InputError(problem.code, problem.message, where=Where(file=name), hint=problem.hint)
    return inspection


def detect(blocks: Sequence[Block], name: str) -> Framework:
    """The framework whose title the report bears and whose validity holds its first day on site."""
    cover = list(flat(blocks))[:COVER]
    known = [load_framework(key) for key in framework_keys()]
    titled = [(found[0], -found[1], f) for f in known if (found := find_title(cover, f))]
    start = _start(blocks, [f for *_, f in titled])
    fitting = [(first, size, f) for first, size, f in titled if start is None or f.valid.holds(start)]
    # where titles of several stand on the cover, the first and longest is the report's own
    best = [f for first, size, f in fitting if (first, size) == min(x[:2] for x in fitting)]
    if len(best) == 1:
        return best[0]
    if not titled:
        why = f"its title is none of theirs; the nearest is {_nearest(front_text(cover))}"
    elif not fitting:
        why = f"its title is that of {', '.join(f.key for *_, f in titled)}, but none was in force on {start}"
    else:
        why = f"{', '.join(f.key for f in best)} fit alike" + ("" if start else ", and no date on site was found")
    raise InputError("RG202", f"no framework fits: {why}", where=Where(file=name), hint="name one with --framework")


def _start(blocks: Sequence[Block], frameworks: Sequence[Framework]) -> date | None:
    labels = {label for f in frameworks for label in f.layout.dates}
    for block in list(flat(blocks))[:60]:
        value = labelled(block_text(block), sorted(labels))
        periods = read_periods(value) if value else ()
        if periods:
            return periods[0].start
    return None


def _nearest(front: str) -> str:
    """The framework with most of its title's words on the front, for an error message."""
    words = set(re.findall(r"[a-z]{4,}", front.lower()))

    def share(framework: Framework) -> float:
        own = set(re.findall(r"[a-z]{4,}", framework.title.lower()))
        return len(own & words) / max(1, len(own))

    best = max(map(load_framework, framework_keys()), key=share)
    return f"{best.key} ({best.title})"


def _id(data: dict[str, Any]) -> str:
    provider = data["provider"]
    slug = slug_of(provider.short_name or provider.name)
    inspected, published = data["inspected"], data["published"]
    day = inspected[0].start if inspected else (published.date if published else None)
    return f"{slug}-{day:%Y-%m}" if day else f"{slug}-0000"
