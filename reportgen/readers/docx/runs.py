"""Runs of text of one look -> inlines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from reportgen.document import Emphasis, Inline, Link, Mark, Strong, Tag, Text


@dataclass(frozen=True, slots=True)
class Run:
    """Text of one look. ``kind``: text, mark (raised), tag (a grade or state), number (printed in front)."""

    text: str
    bold: bool = False
    italic: bool = False
    href: str | None = None
    kind: str = "text"


def folded(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def inlines_of(runs: Iterable[Run]) -> tuple[Inline, ...]:
    return trimmed(_nested([run for run in runs if run.text]))


def kept_tabs(runs: Iterable[Run]) -> tuple[Inline, ...]:
    """The inlines with one tab kept between two columns, for :func:`columns`; a label's tab is a space."""
    made = list(runs)
    left, right = split_at_tab(made)
    before, after = (folded("".join(r.text for r in side)) for side in (left, right))
    if not before or not after or before.endswith(":") or "\t" in "".join(r.text for r in right).strip():
        return inlines_of(made)
    return (*inlines_of(left), Text("\t"), *inlines_of(right))


def _nested(runs: Sequence[Run]) -> list[Inline]:
    out: list[Inline] = []
    at = 0
    while at < len(runs):
        run = runs[at]
        if run.kind != "text":
            text = run.text.strip()
            out.append(Mark(text) if run.kind == "mark" else Tag(text, "none") if run.kind == "tag" else Text(run.text))
            at += 1
            continue
        reach = {name: _reach(runs, at, name) for name in ("href", "italic", "bold") if getattr(run, name)}
        if not reach:
            out.append(Text(run.text))
            at += 1
            continue
        # the look that goes on longest is the outermost
        name = max(reach, key=lambda n: reach[n])
        held = [_less(r, name) for r in runs[at : at + reach[name]]]
        out.extend(_wrapped(name, run.href, _nested(held)))
        at += reach[name]
    return out


def _less(run: Run, name: str) -> Run:
    if name == "href":
        return replace(run, href=None)
    return replace(run, italic=False) if name == "italic" else replace(run, bold=False)


def _reach(runs: Sequence[Run], at: int, name: str) -> int:
    wanted, end = getattr(runs[at], name), at
    while end < len(runs) and runs[end].kind == "text" and getattr(runs[end], name) == wanted:
        end += 1
    return end - at


def _wrapped(name: str, href: str | None, inner: list[Inline]) -> Iterator[Inline]:
    """Inlines inside a mark; white space at its ends stands outside."""
    merged = _merged(inner)
    first, last = merged[0], merged[-1]
    before = " " if isinstance(first, Text) and first.text[:1].isspace() else ""
    after = " " if isinstance(last, Text) and last.text[-1:].isspace() else ""
    bare = trimmed(merged)
    if not bare:
        yield Text(" ")
        return
    if before:
        yield Text(before)
    yield Link(href or "", bare) if name == "href" else Emphasis(bare) if name == "italic" else Strong(bare)
    if after:
        yield Text(after)


def _merged(inlines: Iterable[Inline]) -> list[Inline]:
    out: list[Inline] = []
    for inline in inlines:
        if isinstance(inline, Text) and out and isinstance(out[-1], Text):
            inline = Text(out.pop().text + inline.text)  # type: ignore[union-attr]
        out.append(inline)
    return out


def trimmed(inlines: Iterable[Inline]) -> tuple[Inline, ...]:
    out = [Text(re.sub(r"\s+", " ", i.text)) if isinstance(i, Text) else i for i in _merged(inlines)]
    if out and isinstance(out[0], Text):
        out[0] = Text(out[0].text.lstrip())
    if out and isinstance(out[-1], Text):
        out[-1] = Text(out[-1].text.rstrip())
    return tuple(i for i in out if i != Text(""))


def unmarked(inlines: tuple[Inline, ...]) -> tuple[Inline, ...]:
    only = inlines[0] if len(inlines) == 1 else None
    return only.inlines if isinstance(only, Strong) else inlines


def split_at_tab(runs: Sequence[Run]) -> tuple[list[Run], list[Run]]:
    """The runs before and behind the first tab that stands behind text."""
    begun = False
    for index, run in enumerate(runs):
        at = next((i for i, c in enumerate(run.text) if c == "\t" and (begun or run.text[:i].strip())), None)
        if at is not None:
            left = [*runs[:index], replace(run, text=run.text[:at])]
            return left, [replace(run, text=run.text[at + 1 :]), *runs[index + 1 :]]
        begun = begun or bool(run.text.strip())
    return list(runs), []


def without(runs: Sequence[Run], count: int) -> list[Run]:
    """The runs without the first characters of their folded text."""
    out: list[Run] = []
    left, before = count, " "
    for run in runs:
        kept = 0
        for char in run.text:
            if left <= 0:
                break
            kept += 1
            if not (char.isspace() and before.isspace()):
                left -= 1
            before = char
        out.append(replace(run, text=run.text[kept:]))
    return out
