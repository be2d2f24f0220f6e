"""Template packs, sandboxed Jinja and the documented context: data -> Rendered.

A pack is a folder with ``pack.yaml``, templates that write the inside of ``main`` in the closed HTML vocabulary, a page
skeleton and a style sheet. Templates see the names of ``CONTEXT`` and nothing else; they read no file outside their
pack, run nothing and fetch nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from textwrap import shorten
from typing import Any, Literal

from pydantic import Field

from reportgen import data_files
from reportgen.document import TONES, Document, Heading, Rendered, plain, walk
from reportgen.errors import InputError, InputErrors, TemplateError, Where
from reportgen.frameworks import area_of_title, load_framework
from reportgen.labels import load_labels
from reportgen.markup import escape, inline_html, inlines, parse, serialise, unmark
from reportgen.model import (
    Comparison,
    Edit,
    Framework,
    Inspection,
    Judgement,
    JudgementsHere,
    Model,
    Period,
    Recommendation,
    RecommendationsHere,
    ScaleHere,
    Words,
)

__all__ = ["CONTEXT", "FUNCTIONS", "render"]

#: What a template may use, by subject; docs/templates.md explains each.
CONTEXT: dict[str, tuple[str, ...]] = {
    "inspection": (
        "inspection",
        "framework",
        "layout",
        "labels",
        "judgements",
        "recommendations",
        "unplaced",
        "parts",
        "register",
        "groups",
    ),
    "comparison": (
        "comparison",
        "earlier_framework",
        "later_framework",
        "labels",
        "links",
        "by_id",
        "in_short",
        "sensitivity",
    ),
}
#: Functions and filters that every template may use.
FUNCTIONS = (
    "rich",
    "words",
    "long_date",
    "date_range",
    "number",
    "shown_grade",
    "tone",
    "grade_tone",
    "last",
    "changes_of",
    "plural",
    "told",
    "by_section",
    "first_words",
)
_MONTHS = "January February March April May June July August September October November December".split()
_LARGEST = 50_000_000
#: Characters of a title that a running foot has room for.
_LONGEST_RUNNING = 240


def render(
    subject: Inspection | Comparison,
    *,
    template: str | Path = "standard",
    framework: Framework | None = None,
    lang: str = "en-GB",
    sensitivity: bool = False,
) -> Rendered:
    """Render an inspection or a comparison with a template pack.

    Args:
        subject: the data.
        template: the name of a built-in pack, or the folder of one.
        framework: the inspection's framework; None loads it by its key.
        lang: the language of the pack's own words.
        sensitivity: of a comparison, show near the top what the counts would be at the strict and the lenient end.

    Returns:
        The whole HTML page and the same content as a block tree.

    Raises:
        TemplateError: the pack is not there (RG407), or its templates are wrong (RG401 to RG406, RG408).
        FrameworkError: the framework is unknown.
    """
    pack = _pack(_folder(template))
    labels = load_labels(lang)
    if isinstance(subject, Inspection):
        name, context = (
            "inspection",
            _inspection_context(subject, framework or load_framework(subject.framework), labels),
        )
        title, author = unmark(subject.title), (framework or load_framework(subject.framework)).body
        title = f"{title}: {unmark(subject.provider.short_name or subject.provider.name)}"
        issued = subject.published.date if subject.published else None
        if subject.status == "draft":
            title = f"{labels['draft_mark']}: {title}"
    else:
        name, context = "comparison", {**_comparison_context(subject, labels), "sensitivity": sensitivity}
        title, author, issued = (
            labels["comparison"]["file_title"].format(
                provider=unmark(subject.later_inspection.provider.short_name or subject.later_inspection.provider.name),
                earlier=_when(subject.earlier_inspection),
                later=_when(subject.later_inspection),
            ),
            "reportgen",
            (subject.later_inspection.published.date if subject.later_inspection.published else None),
        )
    blocks = parse(pack.run(pack.templates[name], context), source=pack.templates[name])
    _check_headings(blocks, pack.templates[name])
    properties = {"author": author, "subject": name, **({"date": issued.isoformat()} if issued else {})}
    document = Document(blocks, title=title, lang=lang, properties=tuple(properties.items()))
    page = pack.run(
        pack.page,
        {
            "title": title,
            "lang": lang,
            "labels": labels,
            "properties": properties,
            "style": _markup(pack.style),
            "main": _markup(serialise(blocks)),
            "running": shorten(title, _LONGEST_RUNNING, placeholder=" …"),
            "script": _markup(pack.scripts.get(name, "")),
        },
    )
    _check_page(page, pack.page)
    data = data_files.dump(subject, to="json").encode("utf-8") if isinstance(subject, Inspection) else None
    return Rendered(page, document, pack.name, base=str(pack.folder), data=data)


def _check_page(page: str, source: str) -> None:
    """Without its language and its title a page is neither accessible nor can it become a PDF/UA."""
    head = page[: page.find("<body")]
    for what, pattern in (("language", r"<html\b[^>]*\slang=\S"), ("title", r"<title>\s*[^<\s]")):
        if not re.search(pattern, head, re.IGNORECASE):
            hint = "print {{ lang }} in <html lang> and {{ title }} in <title>"
            raise TemplateError("RG409", f"the page has no {what}", where=Where(file=source), hint=hint)


def _check_headings(blocks: Sequence[Any], source: str) -> None:
    level = 0
    for block in walk(tuple(blocks)):
        if isinstance(block, Heading):
            if block.level > level + 1 or (block.level == 1 and level):
                message = f"heading {plain(block.inlines)[:60]!r} of level {block.level} follows level {level}"
                raise TemplateError(
                    "RG408", message, where=Where(file=source), hint="let levels run on, with one level 1"
                )
            level = block.level
    if not level:
        hint = "begin it with <h1>{{ rich(inspection.title) }}</h1> or the like"
        raise TemplateError("RG409", "the document has no heading", where=Where(file=source), hint=hint)


# -- packs -----------------------------------------------------------------------------------------------------------


def _builtin() -> Path:
    """The folder of the built-in packs: inside the installed package, else beside it in a checkout."""
    here = Path(__file__).resolve().parent
    packaged = here / "templates"
    if packaged.is_dir():
        return packaged
    checkout = here.parent / "templates"
    if checkout.is_dir() and (here.parent / "pyproject.toml").is_file():
        return checkout
    raise TemplateError("RG407", "the built-in template packs are not installed", hint="install reportgen again")


def _folder(template: str | Path) -> Path:
    path = Path(template)
    if (path / "pack.yaml").is_file():
        return path.resolve()
    builtin = _builtin()
    names = sorted(p.parent.name for p in builtin.glob("*/pack.yaml"))
    if str(template) in names:
        return builtin / str(template)
    near = get_close_matches(str(template), names, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"one of: {', '.join(names)}, or a folder with pack.yaml"
    raise TemplateError("RG407", f"no template pack {str(template)!r}", hint=hint)


@dataclass(frozen=True, slots=True)
class _Pack:
    """A pack that has been read, with its environment."""

    name: str
    folder: Path
    templates: Mapping[str, str]
    page: str
    style: str
    scripts: Mapping[str, str]
    environment: Any

    def run(self, template: str, context: Mapping[str, Any]) -> str:
        """Run a template, with every way it can fail turned into one of our errors."""
        import jinja2

        names = (*context, *FUNCTIONS)
        self.environment.begin()
        try:
            out: list[str] = []
            size = 0
            for piece in self.environment.get_template(template).generate(context):
                out.append(piece)
                size += len(piece)
                if size > _LARGEST:
                    raise TemplateError(
                        "RG406", "the output is larger than 50 MB", where=Where(file=template), hint="print less"
                    )
        except jinja2.TemplateSyntaxError as error:
            where = Where(file=error.name or template, line=error.lineno)
            raise self._syntax(error.message or "syntax", where) from None
        except jinja2.TemplateNotFound as error:
            where = _where(error, template)
            raise TemplateError(
                "RG404", f"no template {error.name!r} in the pack", where=where, hint="put it there"
            ) from None
        except jinja2.UndefinedError as error:
            raise _undefined(error, template, names) from None
        except jinja2.exceptions.SecurityError as error:
            raise TemplateError(
                "RG406", str(error), where=_where(error, template), hint="templates only print data"
            ) from None
        except jinja2.TemplateRuntimeError as error:
            raise self._syntax(str(error), _where(error, template)) from None
        except RecursionError:
            raise TemplateError(
                "RG406", "templates include each other without end", where=Where(file=template), hint="break the circle"
            ) from None
        except (TypeError, ValueError, ArithmeticError, LookupError, AttributeError, OverflowError) as error:
            message = f"{type(error).__name__}: {error}"
            raise TemplateError("RG406", message, where=_where(error, template), hint="mend the expression") from None
        return "".join(out)

    def _syntax(self, message: str, where: Where) -> TemplateError:
        """What Jinja could not compile; a filter or a test that is not there with the nearest one that is."""
        said = re.match(r"No (filter|test) named '(.+?)'", message)
        if said is None:
            return TemplateError("RG401", message, where=where, hint="mend the template")
        known = self.environment.filters if said[1] == "filter" else self.environment.tests
        near = get_close_matches(said[2], known, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"docs/templates.md lists every {said[1]} of ours"
        return TemplateError("RG402", f"there is no {said[1]} {said[2]!r}", where=where, hint=hint)


def _undefined(error: Exception, template: str, names: Sequence[str]) -> TemplateError:
    """A name that is not there, with the nearest one that is."""
    message = str(error)
    said = re.match(r"'([\w.]+)' is undefined", message)
    name, known = getattr(error, "name", said[1] if said else ""), getattr(error, "known", names)
    near = get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]!r}?" if near else "docs/templates.md lists every name"
    return TemplateError("RG402", message, where=_where(error, template), hint=hint)


def _where(error: BaseException, template: str) -> Where:
    """The innermost template line that an error came through."""
    found = Where(file=template)
    trace = error.__traceback__
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        if name.endswith((".j2", ".html")):
            found = Where(file=Path(name).name, line=trace.tb_lineno)
        trace = trace.tb_next
    return found


def _pack(folder: Path) -> _Pack:
    stamps = tuple(sorted((str(p), p.stat().st_mtime_ns, p.stat().st_size) for p in folder.rglob("*") if p.is_file()))
    return _read_pack(folder, stamps)


@lru_cache(maxsize=8)
def _read_pack(folder: Path, stamps: tuple[tuple[str, int, int], ...]) -> _Pack:  # noqa: ARG001 -- the key of the cache
    file = folder / "pack.yaml"
    where = Where(file=str(file))
    try:
        settings = data_files.load(file, _Settings).value
    except InputErrors as several:
        first = several.errors[0]
        raise TemplateError(first.code, first.message, where=first.where, hint=first.hint) from None
    name, templates, page, styles = settings.name, settings.templates, settings.page, settings.styles
    for key in templates:
        if key not in CONTEXT:
            hint = f"one of: {', '.join(CONTEXT)}"
            raise TemplateError("RG407", f"no subject is called {key!r}", where=where, hint=hint)
    try:
        style = "\n".join(_inside(folder, s).read_text(encoding="utf-8") for s in styles)
    except UnicodeDecodeError:
        raise TemplateError("RG102", "a style sheet is not UTF-8", where=where, hint="save it as UTF-8") from None
    if "</style" in style.lower():
        raise TemplateError("RG404", "a style sheet closes its element", where=where, hint="take </style out of it")
    scripts = {kind: _inside(folder, str(file)).read_text(encoding="utf-8") for kind, file in settings.scripts.items()}
    if any("</script" in script.lower() for script in scripts.values()):
        raise TemplateError("RG404", "a script closes its element", where=where, hint="take </script out of it")
    return _Pack(name, folder, templates, page, style, scripts, _environment(folder))


class _Settings(Model):
    """``pack.yaml``."""

    format: Literal["reportgen/pack/1"] = "reportgen/pack/1"
    name: Words
    title: Words | None = None
    templates: dict[str, str]
    page: Words
    styles: tuple[Words, ...] = ()
    scripts: dict[str, str] = Field(default_factory=dict)


def _inside(folder: Path, name: str) -> Path:
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()) or not path.is_file():
        raise TemplateError("RG404", f"{name!r} is not in the pack", where=Where(file=str(folder)), hint="put it there")
    return path


def _environment(folder: Path) -> Any:
    from jinja2 import TemplateNotFound

    from reportgen.sandbox import Environment

    def load(name: str) -> tuple[str, str, Callable[[], bool]]:
        try:
            path = _inside(folder, name)
        except TemplateError:
            raise TemplateNotFound(name) from None
        try:
            return path.read_text(encoding="utf-8"), str(path), lambda: True
        except UnicodeDecodeError as error:
            message = f"not UTF-8 text: byte {error.object[error.start]:#04x} at byte offset {error.start}"
            where = Where(file=name)
            raise TemplateError("RG102", message, where=where, hint="save the file as UTF-8") from None

    functions = {name: globals()[f"_{name}"] for name in FUNCTIONS}
    return Environment(load, functions)


def _markup(html: str) -> Any:
    from markupsafe import Markup

    return Markup(html)  # noqa: S704 -- it comes out of the strict serialiser


# -- functions of templates --------------------------------------------------------------------------------------------


def _rich(text: str | None) -> Any:
    """Data text with its CommonMark marks as HTML."""
    return _markup(inline_html(inlines(text or "")))


def _words(text: str | None) -> str:
    """Data text without its marks."""
    return unmark(text or "")


def _long_date(day: date | None) -> str:
    """``10 August 2012``."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}" if day else ""


def _date_range(periods: Sequence[Period], style: str = "once_month") -> str:
    """``2 to 11 July 2012``, or ``2 July to 11 July 2012`` in the style ``repeat_month``; several joined by ``and``."""
    return " and ".join(_period(p, style) for p in periods)


def _period(period: Period, style: str) -> str:
    start, end = period.start, period.end
    if start == end:
        return _long_date(end)
    if start.year != end.year:
        return f"{_long_date(start)} to {_long_date(end)}"
    if start.month == end.month and style == "once_month":
        return f"{start.day} to {_long_date(end)}"
    return f"{start.day} {_MONTHS[start.month - 1]} to {_long_date(end)}"


def _number(value: float | None) -> str:
    """``56,000``; figures below one thousand and fractions as they are."""
    return "" if value is None else f"{value:,}"


def _shown_grade(judgement: Any, framework: Framework, labels: Mapping[str, Any]) -> str:
    """A grade as printed, else its label; where there is none, the reason in words."""
    if judgement.grade is None:
        return str(labels["missing"][judgement.missing]) if judgement.missing else ""
    grade = framework.grade(judgement.area, judgement.grade)
    return judgement.printed or (grade.label if grade else judgement.grade)


def _tone(judgement: Any, framework: Framework) -> str:
    """The tone of a judgement's tag: its place on the scale, ``none`` without a grade."""
    return _grade_tone(framework, judgement.area, judgement.grade)


def _grade_tone(framework: Framework, area: str, key: str | None) -> str:
    """The tone of a grade of an area."""
    scale, grade = framework.scale_of(area), framework.grade(area, key)
    if scale is None or grade is None:
        return "none"
    tone = f"level-{sorted(g.rank for g in scale.grades).index(grade.rank) + 1}-of-{len(scale.grades)}"
    return tone if tone in TONES else "note"


def _last(heading: str | None) -> str:
    """The last part of a heading with the headings above it."""
    return (heading or "").rsplit(" / ", 1)[-1]


def _plural(count: int, one: str, many: str) -> str:
    """``1 item``, ``2 items``."""
    return f"{count} {one if count == 1 else many}"


def _changes_of(edits: Sequence[Edit]) -> Any:
    """Word-level edits as ``ins`` and ``del``."""
    from html import escape

    out = []
    for edit in edits:
        text = escape(unmark(edit.text), quote=False)
        out.append(text if edit.op == "equal" else f"<{edit.op}>{text}</{edit.op}>")
    return _markup("".join(out))


def _first_words(text: str | None, count: int = 8) -> str:
    """The first words of data text without its marks, with a sign where more follow."""
    words = unmark(text or "").split()
    return " ".join(words[:count]) + (" …" if len(words) > count else "")


def _told(value: Any) -> str:
    """Any value of data as words: nothing for nothing, lists with commas, mappings as ``key: value``."""
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return "; ".join(f"{k}: {_told(v)}" for k, v in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_told(v) for v in value)
    return _number(value) if isinstance(value, int | float) and not isinstance(value, bool) else str(value)


def _by_section(changes: Sequence[Any], side: str) -> list[tuple[str, str, int]]:
    """(section, numbers of its paragraphs as ranges, count of pieces without a number), in printed order."""
    found: dict[str, tuple[list[int], int]] = {}
    for change in changes:
        piece = getattr(change, side)
        numbers, unnumbered = found.setdefault(piece.section or "", ([], 0))
        if (piece.number or "").isdigit():
            numbers.append(int(piece.number))
        else:
            found[piece.section or ""] = (numbers, unnumbered + 1)
    return [(section, _ranges(numbers), unnumbered) for section, (numbers, unnumbered) in found.items()]


def _ranges(numbers: Sequence[int]) -> str:
    """``3, 5 to 9``."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(str(a) if a == b else f"{a} to {b}" for a, b in runs)


# -- contexts ----------------------------------------------------------------------------------------------------------


def _inspection_context(inspection: Inspection, framework: Framework, labels: Mapping[str, Any]) -> dict[str, Any]:
    placed = {
        rid
        for s in inspection.sections
        for p in s.paragraphs
        if isinstance(p, RecommendationsHere)
        for rid in p.recommendations
    }
    entries = [p for s in inspection.sections for p in s.paragraphs]
    unplaced = [r for r in inspection.recommendations if r.id not in placed]
    has_table = any(isinstance(p, JudgementsHere) for p in entries)
    parts = {
        "glance": bool(inspection.judgements or inspection.recommendations),
        "scale": bool(inspection.scale_as_printed) and not any(isinstance(p, ScaleHere) for p in entries),
        "recommendations": bool(unplaced),
        "record": bool(inspection.sections and inspection.judgements) and not has_table,
    }
    return {
        "inspection": inspection,
        "framework": framework,
        "layout": framework.layout,
        "labels": labels,
        "judgements": {j.area: j for j in inspection.judgements},
        "recommendations": {r.id: r for r in inspection.recommendations},
        "unplaced": unplaced,
        "parts": parts,
        "groups": _groups(inspection.recommendations, framework),
        "register": _register(inspection, framework, labels),
    }


def _groups(
    recommendations: Sequence[Recommendation], framework: Framework
) -> list[tuple[str, str, list[Recommendation]]]:
    """(heading, addressee, recommendations) in printed order; the addressee is told only where there are several."""
    labels = {a.key: a.label for a in framework.recommendations.addressees}
    several = len({r.addressee for r in recommendations}) > 1
    groups: list[tuple[str, str, list[Recommendation]]] = []
    for recommendation in recommendations:
        key = recommendation.addressee if several else None
        heading, addressee = recommendation.heading or "", labels.get(key, key) if key else ""
        if not groups or groups[-1][:2] != (heading, addressee):
            groups.append((heading, addressee, []))
        groups[-1][2].append(recommendation)
    return groups


def _register(inspection: Inspection, framework: Framework, labels: Mapping[str, Any]) -> dict[str, Any]:
    """The registers at the end, as interpret/ours.py reads them back: columns that hold nothing are left out."""
    made: dict[str, Any] = {}
    for name, rows in _register_rows(inspection, framework, labels).items():
        held = [i for i, column in enumerate(zip(*rows, strict=True)) if i == 0 or any(column)]
        columns = labels["about"][name]["columns"]
        made[name] = {"columns": [columns[i] for i in held], "rows": [[row[i] for i in held] for row in rows]}
    return made


def _register_rows(
    inspection: Inspection, framework: Framework, labels: Mapping[str, Any]
) -> dict[str, list[tuple[str, ...]]]:
    rules = framework.recommendations
    kinds = {k.key: k.label for k in rules.kinds}
    bands = {b.key: b.labels[0] for b in rules.bands}
    addressees = {a.key: a.label for a in rules.addressees}
    areas = {a.key: a.label for a in framework.areas}
    about = labels["about"]
    return {
        "judgements": [_judgement_row(j, labels) for j in inspection.judgements],
        "recommendations": [
            (
                r.id,
                r.number or "",
                r.heading or "",
                escape(" ".join(unmark(r.text).split()[:8])),
                bands.get(r.timescale or "", r.timescale or ""),
                kinds.get(r.kind, r.kind),
                addressees.get(r.addressee or "", r.addressee or ""),
                r.responsible or "",
                "; ".join(areas.get(a, a) for a in r.areas),
            )
            for r in inspection.recommendations
        ],
        "chapters": list(_chapters(inspection, framework)),
        "facts": [
            (f.label or f.key, _number(f.value), f.unit, about["facts"]["approximate" if f.approximate else "exact"])
            for f in inspection.facts
        ],
        "declarations": [
            (about["declarations"]["about"][d.about], d.text, d.grade or "", d.date or "", d.recommendation or "")
            for d in inspection.declarations
        ],
        "missing": [
            (about["missing"]["fields"].get(name, name), labels["missing"][reason])
            for name, reason in inspection.missing.items()
        ],
        "corrections": [(c.field, _told(c.was), _told(c.now), c.by, _long_date(c.on)) for c in inspection.corrections],
    }


def _judgement_row(judgement: Judgement, labels: Mapping[str, Any]) -> tuple[str, ...]:
    grade = judgement.grade or (labels["missing"][judgement.missing] if judgement.missing else "")
    also = ", ".join(c.value for c in judgement.conflicts)
    return judgement.area, judgement.label, judgement.printed or "", grade, also


def _chapters(inspection: Inspection, framework: Framework) -> Iterator[tuple[str, str]]:
    """Sections whose area their title does not tell, with all others of the same title."""
    odd = {s.title for s in inspection.sections if s.area != area_of_title(framework, unmark(s.title))}
    for section in inspection.sections:
        if section.title in odd:
            yield section.title, section.area or ""


def _when(side: Any) -> str:
    if side.inspected:
        day = side.inspected[0].start
        return f"{_MONTHS[day.month - 1]} {day.year}"
    return _long_date(side.published.date) if side.published else str(side.id)


def _comparison_context(comparison: Comparison, labels: Mapping[str, Any]) -> dict[str, Any]:
    changes = comparison.recommendations
    links: dict[str, list[Any]] = {}
    for link in changes.links:
        links.setdefault(f"earlier:{link.earlier}", []).append(link)
        links.setdefault(f"later:{link.later}", []).append(link)
    try:
        frameworks = (
            load_framework(comparison.earlier_inspection.framework),
            load_framework(comparison.later_inspection.framework),
        )
    except InputError as error:
        raise TemplateError("RG407", error.message, hint="check the framework keys") from None
    return {
        "comparison": comparison,
        "earlier_framework": frameworks[0],
        "later_framework": frameworks[1],
        "labels": labels,
        "in_short": comparison.in_short,
        "links": links,
        "by_id": {
            **{f"earlier:{r.id}": r for r in changes.earlier},
            **{f"later:{r.id}": r for r in changes.later},
        },
    }
