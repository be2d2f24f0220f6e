"""Template packs, sandboxed Jinja and the documented context: data -> Rendered.

A pack is a folder with ``pack.yaml``, templates that write the inside of ``main`` in the closed HTML vocabulary, a page
skeleton and a style sheet. Templates see the names of ``CONTEXT`` and nothing else; they read no file outside their
pack, run nothing and fetch nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import shorten
from typing import Any

from reportgen import data_files
from reportgen.comparing.in_short import when
from reportgen.document import Document, Heading, Rendered, plain, walk
from reportgen.errors import TemplateError, Where
from reportgen.frameworks import load_framework
from reportgen.labels import load_labels, nearest
from reportgen.markup import parse, serialise, unmark
from reportgen.model import Comparison, Framework, History, Inspection
from reportgen.rendering.contexts import CONTEXT, comparison_context, inspection_context
from reportgen.rendering.fields import ANCHORS, FIELDS, comparison_fields, history_fields, inspection_fields
from reportgen.rendering.finding import Project, load_project
from reportgen.rendering.functions import FUNCTIONS, markup, speaking
from reportgen.rendering.histories import history_context, span_of
from reportgen.rendering.packs import Pack, load

__all__ = [
    "ANCHORS",
    "CONTEXT",
    "FIELDS",
    "FUNCTIONS",
    "Pack",
    "Project",
    "context_of",
    "load",
    "load_project",
    "render",
]

#: Characters of a title that a running foot has room for.
_LONGEST_RUNNING = 240


def render(
    subject: Inspection | Comparison | History,
    *,
    template: str | Path | Pack = "standard",
    framework: Framework | None = None,
    lang: str | None = None,
    sensitivity: bool = False,
) -> Rendered:
    """Render an inspection, a comparison or a history with a template pack.

    Args:
        subject: the data.
        template: the name of an installed or built-in pack, the folder of one, or a pack that has been read (``load``).
        framework: the inspection's framework; None loads it by its key.
        lang: the language of the pack's own words; None takes that of the data, of a comparison that of the later side,
            and British English where nobody has translated them. What is data stays in its own language, and says so.
        sensitivity: of a comparison, show near the top what the counts would be at the strict and the lenient end.

    Returns:
        The whole HTML page and the same content as a block tree.

    Raises:
        TemplateError: the pack is not there (RG407), or its templates are wrong (RG401 to RG406, RG408).
        FrameworkError: the framework is unknown.
        InputError: there are no words for that language (RG101).
    """
    if isinstance(subject, Inspection):
        spoken = subject.lang
    elif isinstance(subject, Comparison):
        spoken = subject.later_inspection.lang
    else:
        spoken = "en-GB"
    lang = lang or nearest(spoken)
    with speaking(lang, spoken):
        return _rendered(subject, template, framework, lang, sensitivity=sensitivity)


def _rendered(
    subject: Inspection | Comparison | History,
    template: str | Path | Pack,
    framework: Framework | None,
    lang: str,
    *,
    sensitivity: bool,
) -> Rendered:
    pack = template if isinstance(template, Pack) else load(template)
    labels = load_labels(lang)
    name, context = context_of(subject, labels, framework=framework, sensitivity=sensitivity)
    if isinstance(subject, Inspection):
        framework = context["framework"]
        assert isinstance(framework, Framework)
        title, author = unmark(subject.title), framework.body
        title = f"{title}: {unmark(subject.provider.short_name or subject.provider.name)}"
        issued = subject.published.date if subject.published else None
    elif isinstance(subject, History):
        title, author = (
            labels["history"]["file_title"].format(
                provider=unmark(subject.provider.short_name or subject.provider.name), **span_of(subject)
            ),
            "reportgen",
        )
        issued = subject.as_of
    else:
        title, author, issued = (
            labels["comparison"]["file_title"].format(
                provider=unmark(subject.later_inspection.provider.short_name or subject.later_inspection.provider.name),
                earlier=when(subject.earlier_inspection, lang),
                later=when(subject.later_inspection, lang),
            ),
            "reportgen",
            (subject.later_inspection.published.date if subject.later_inspection.published else None),
        )
    draft = labels["draft_mark"] if _is_draft(subject) else ""
    if draft:
        title = f"{draft}: {title}"
    if isinstance(subject, Inspection):
        fields = inspection_fields(subject, context["framework"], labels, title)
    elif isinstance(subject, History):
        fields = history_fields(subject, labels, title)
    else:
        sides = context["earlier_framework"], context["later_framework"]
        fields = comparison_fields(subject, sides, labels, title)
    source = pack.template_for(name)
    blocks = parse(pack.run(source, context), source=source)
    _check_headings(blocks, source)
    properties = {"author": author, "subject": name, **({"date": issued.isoformat()} if issued else {})}
    document = Document(
        blocks, title=title, lang=lang, properties=tuple(properties.items()), fields=fields, draft=draft
    )
    page = pack.run(
        pack.page,
        {
            "title": title,
            "lang": lang,
            "labels": labels,
            "properties": properties,
            "style": markup(pack.style),
            "main": markup(serialise(blocks, table=labels["table"])),
            "running": shorten(title, _LONGEST_RUNNING, placeholder=" …"),
            "draft": draft,
            "script": markup(pack.scripts.get(name, "")),
        },
    )
    _check_page(page, pack.page)
    data = data_files.dump(subject, to="json").encode("utf-8") if isinstance(subject, Inspection) else None
    return Rendered(
        page,
        document,
        pack.name,
        base=str(pack.folder),
        data=data,
        shell=str(pack.shell) if pack.shell else None,
        word_styles=tuple(pack.roles.items()),
    )


def context_of(
    subject: Inspection | Comparison | History,
    labels: Mapping[str, Any],
    *,
    framework: Framework | None = None,
    sensitivity: bool = False,
) -> tuple[str, dict[str, Any]]:
    """What kind of subject it is, a key of ``CONTEXT``, and what its template is given."""
    if isinstance(subject, Inspection):
        return "inspection", inspection_context(subject, framework or load_framework(subject.framework), labels)
    if isinstance(subject, History):
        return "history", history_context(subject, labels)
    return "comparison", {**comparison_context(subject, labels), "sensitivity": sensitivity}


def _is_draft(subject: Inspection | Comparison | History) -> bool:
    """Whether it is a draft, or holds anything of one."""
    if isinstance(subject, Inspection):
        return subject.status == "draft"
    if isinstance(subject, History):
        return any(inspection.status == "draft" for inspection in subject.inspections)
    return "draft" in (subject.earlier_inspection.status, subject.later_inspection.status)


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
