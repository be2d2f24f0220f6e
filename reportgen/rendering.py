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
from typing import Any

from reportgen import data_files
from reportgen.document import Document, Heading, Rendered, plain, walk
from reportgen.errors import InputError, TemplateError, Where
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
    Period,
    Recommendation,
    RecommendationsHere,
    ScaleHere,
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
    "comparison": ("comparison", "earlier_framework", "later_framework", "labels", "links", "by_id", "in_short"),
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
)
_MONTHS = "January February March April May June July August September October November December".split()
_LARGEST = 50_000_000


def render(
    subject: Inspection | Comparison,
    *,
    template: str | Path = "standard",
    framework: Framework | None = None,
    lang: str = "en-GB",
) -> Rendered:
    """Render an inspection or a comparison with a template pack.

    Args:
        subject: the data.
        template: the name of a built-in pack, or the folder of one.
        framework: the inspection's framework; None loads it by its key.
        lang: the language of the pack's own words.

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
        title = f"{title}: {subject.provider.short_name or subject.provider.name}"
        issued = subject.published.date if subject.published else None
        if subject.status == "draft":
            title = f"{labels['draft_mark']}: {title}"
    else:
        name, context = "comparison", _comparison_context(subject, labels)
        title, author, issued = (
            labels["comparison"]["file_title"].format(
                provider=subject.later_inspection.provider.short_name or subject.later_inspection.provider.name,
                earlier=subject.earlier_inspection.id,
                later=subject.later_inspection.id,
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
            "running": unmark(title),
        },
    )
    data = data_files.dump(subject, to="json").encode("utf-8") if isinstance(subject, Inspection) else None
    return Rendered(page, document, pack.name, base=str(pack.folder), data=data)


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
    environment: Any

    def run(self, template: str, context: Mapping[str, Any]) -> str:
        """Run a template, with every way it can fail turned into one of our errors."""
        import jinja2

        names = (*context, *FUNCTIONS)
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
            raise TemplateError("RG401", error.message or "syntax", where=where, hint="mend the template") from None
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
        except RecursionError:
            raise TemplateError(
                "RG406", "templates include each other without end", where=Where(file=template), hint="break the circle"
            ) from None
        except (TypeError, ValueError, ArithmeticError, LookupError, AttributeError, OverflowError) as error:
            message = f"{type(error).__name__}: {error}"
            raise TemplateError("RG406", message, where=_where(error, template), hint="mend the expression") from None
        return "".join(out)


def _undefined(error: Exception, template: str, names: Sequence[str]) -> TemplateError:
    message = str(error)
    said = re.match(r"'([\w.]+)' is undefined|.* has no attribute '(\w+)'", message)
    near = get_close_matches(said[1] or said[2], names, n=1) if said else []
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
    settings = data_files.plain((folder / "pack.yaml").read_bytes(), name=str(folder / "pack.yaml"))
    where = Where(file=str(folder / "pack.yaml"))
    try:
        name, templates = settings["name"], dict(settings["templates"])
        page, styles = settings["page"], settings["styles"]
    except (KeyError, TypeError):
        hint = "give it name, templates, page and styles"
        raise TemplateError("RG407", "pack.yaml lacks a key", where=where, hint=hint) from None
    style = "\n".join(_inside(folder, s).read_text(encoding="utf-8") for s in styles)
    if "</style" in style.lower():
        raise TemplateError("RG404", "a style sheet closes its element", where=where, hint="take </style out of it")
    return _Pack(name, folder, templates, page, style, _environment(folder))


def _inside(folder: Path, name: str) -> Path:
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()) or not path.is_file():
        raise TemplateError("RG404", f"{name!r} is not in the pack", where=Where(file=str(folder)), hint="put it there")
    return path


def _environment(folder: Path) -> Any:
    from jinja2 import FunctionLoader, StrictUndefined, TemplateNotFound
    from jinja2.exceptions import SecurityError
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    def load(name: str) -> tuple[str, str, Callable[[], bool]]:
        try:
            path = _inside(folder, name)
        except TemplateError:
            raise TemplateNotFound(name) from None
        return path.read_text(encoding="utf-8"), str(path), lambda: True

    class Sandbox(ImmutableSandboxedEnvironment):
        intercepted_binops = frozenset({"*", "**"})

        def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
            sizes = [
                v if isinstance(v, int) else len(v) for v in (left, right) if isinstance(v, int | str | list | tuple)
            ]
            if operator == "**" or any(abs(s) > 100_000 for s in sizes):
                raise SecurityError(f"{operator} with operands this large")
            return super().call_binop(context, operator, left, right)

    environment = Sandbox(
        loader=FunctionLoader(load),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    # nothing but what is documented: `lipsum`, `cycler` and their like are a way into Python
    environment.globals.clear()
    environment.globals["range"] = _short_range
    environment.globals["namespace"] = _namespace()
    for name in FUNCTIONS:
        function = globals()[f"_{name}"]
        environment.filters[name] = function
        environment.globals[name] = function
    return environment


def _namespace() -> Any:
    from jinja2.utils import Namespace

    return Namespace


def _short_range(*args: int) -> range:
    made = range(*args)
    if len(made) > 100_000:
        raise ValueError("a range of more than 100,000")
    return made


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
    """The tone of a judgement's tag: its rank on the scale, ``none`` without a grade."""
    return _grade_tone(framework, judgement.area, judgement.grade)


def _grade_tone(framework: Framework, area: str, key: str | None) -> str:
    """The tone of a grade of an area."""
    grade = framework.grade(area, key)
    return f"level-{min(grade.rank, 6)}" if grade else "none"


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
        "groups": _groups(inspection.recommendations),
        "register": _register(inspection, framework, labels),
    }


def _groups(recommendations: Sequence[Recommendation]) -> list[tuple[str, list[Recommendation]]]:
    """Recommendations by heading, in printed order."""
    groups: list[tuple[str, list[Recommendation]]] = []
    for recommendation in recommendations:
        heading = recommendation.heading or ""
        if not groups or groups[-1][0] != heading:
            groups.append((heading, []))
        groups[-1][1].append(recommendation)
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
        "missing": [(name, labels["missing"][reason]) for name, reason in inspection.missing.items()],
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
        "in_short": _in_short(comparison),
        "links": links,
        "by_id": {
            **{f"earlier:{r.id}": r for r in changes.earlier},
            **{f"later:{r.id}": r for r in changes.later},
        },
    }


def _in_short(comparison: Comparison) -> str:
    """One paragraph in plain words, made from the counts and hedged as the evidence is."""
    earlier, later = comparison.earlier_inspection, comparison.later_inspection
    name = later.provider.short_name or later.provider.name
    judged = comparison.summary.judgements
    words = {"improved": "improved", "declined": "declined", "maintained": "stayed the same"}
    directions = [f"{judged[state]} {word}" for state, word in words.items() if judged.get(state)]
    compared = sum(judged.get(state, 0) for state in words)
    span = f"Between {_when(earlier)} and {_when(later)}"
    if directions:
        pairs = _plural(compared, "pair of judgements", "pairs of judgements")
        said = [f"{span}, of the {pairs} on {name} that can be compared, {_listed(directions)}"]
    else:
        said = [f"{span}, no judgement on {name} can be compared"]
    approximate = sum(j.comparability == "approximate" and j.steps is not None for j in comparison.judgements)
    if directions and approximate:
        said[0] += f"; {approximate} of these comparisons hold only in part, because the frameworks differ"
    apart = judged.get("not_comparable", 0)
    if apart:
        said.append(f"{_plural(apart, 'pair of judgements', 'pairs of judgements')} cannot be compared at all")
    states = comparison.summary.earlier
    total = sum(states.values())
    if total:
        again = sum(states.get(s, 0) for s in ("carried_same", "carried_reworded", "split", "merged"))
        silent = states.get("not_restated", 0) + states.get("not_covered", 0)
        said.append(
            f"Of the {_plural(total, 'earlier recommendation', 'earlier recommendations')}, {again} "
            f"{'is' if again == 1 else 'are'} stated again and {silent} {'is' if silent == 1 else 'are'} not repeated, "
            "which does not mean that they were carried out"
        )
        if states.get("needs_review"):
            count = states["needs_review"]
            said.append(f"For {count} more a person has to decide whether a later recommendation follows")
    new = comparison.summary.later.get("new", 0)
    if comparison.recommendations.later:
        said.append(
            f"{new} of the {len(comparison.recommendations.later)} later recommendations "
            f"{'is' if new == 1 else 'are'} new"
        )
    return ". ".join(said) + "."


def _when(side: Any) -> str:
    if side.inspected:
        day = side.inspected[0].start
        return f"{_MONTHS[day.month - 1]} {day.year}"
    return _long_date(side.published.date) if side.published else str(side.id)


def _listed(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
