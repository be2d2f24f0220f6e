"""Block tree -> Word file, in a shell: an ordinary .docx that owns the looks, the cover, heads and feet.

The shell says where what goes (``claims``), has its fields filled (``shell``) and lends its styles (``styles``); blocks are
told in them by ``builder``. The same tree in the same shell gives the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

from reportgen.carried import NAMESPACE, ToCarry
from reportgen.document import Block, Document, Paragraph, walk
from reportgen.errors import InputError, TemplateError, Where
from reportgen.files import iso_date
from reportgen.writers.docx.builder import ILLEGAL, Builder, legal
from reportgen.writers.docx.claims import BODY, claimed, roles_of, told
from reportgen.writers.docx.numbering import Lists
from reportgen.writers.docx.shell import CONTENT_TYPES, Anchor, Shell, ShellProblem, W, anchor_problems
from reportgen.writers.docx.styles import ADDED, ROLES, Styles

__all__ = ["ROLES", "ShellProblem", "roles_of", "shell_problems", "write"]

_NS = W[1:-1]
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_WML = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_DECLARED = f'xmlns:w="{_NS}" xmlns:r="{_R}"'
_CP = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
_DC, _TERMS = "http://purl.org/dc/elements/1.1/", "http://purl.org/dc/terms/"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
#: What a picture has that says nothing, for the extension of Office.
_DECORATIVE = "{http://schemas.microsoft.com/office/drawing/2017/decorative}decorative"


def write(
    document: Document,
    *,
    shell: str | Path | None = None,
    styles: Mapping[str, str] | None = None,
    anchors: Collection[str] = (),
    comments: Mapping[str, Sequence[str]] | None = None,
    carrying: ToCarry | None = None,
) -> bytes:
    """The document as a .docx.

    Args:
        document: the tree; its ``fields`` are the values that the shell can ask for.
        shell: the Word file that gives styles, cover, page, heads and feet; None takes that of the standard pack.
        styles: the names of the shell's styles for roles (keys of ``ROLES``, or the role of a paragraph); for every
            other role its order of styles is looked through.
        anchors: names that an anchor may have although this document has nothing for it.
        comments: what Word shows beside a paragraph, by the paragraph's id.
        carrying: a data file to put into a part of its own, sealed with what the finished document shows; None puts none.

    Raises:
        InputError: a character that XML cannot hold (RG114).
        TemplateError: the shell is not there (RG407) or is none that can be used (RG431); an anchor is unknown (RG434),
            given twice (RG435) or misplaced (RG436), a field unknown (RG433) or broken (RG432), a style missing (RG437),
            or nothing claims a part of the document (RG410).
    """
    path = Path(shell) if shell is not None else _standard_shell()
    file = _opened(path)
    found = [*file.problems, *(() if file.problems else anchor_problems(file, {*anchors, *roles_of(document)}))]
    parts = claimed(document, [anchor.name for anchor in file.anchors])
    if not found and parts[BODY] and all(anchor.name != BODY for anchor in file.anchors):
        found.append(_unclaimed(told(parts[BODY])))
    values = {"running_title": document.title, **dict(document.fields)}
    values = {name: legal(re.sub(r"[\t\r\n]+", " ", value)) for name, value in values.items()}
    if not file.problems:
        found += file.fill(values)
    look = _styles(file, styles)
    roles = frozenset(block.role for block in walk(document.blocks) if isinstance(block, Paragraph) and block.role)
    found += _misspelt(look, roles)
    _refuse(found, path)
    file.mend()
    _tell(file, document, parts, look, comments or {})
    _refuse(_missing(look), path)
    _properties(file, document, look)
    made = file.written()
    return file.written(_carrying(file, made, carrying)) if carrying else made


def shell_problems(
    shell: str | Path | bytes,
    *,
    styles: Mapping[str, str] | None = None,
    fields: Collection[str] = (),
    anchors: Collection[str] = (),
) -> list[ShellProblem]:
    """Everything that is wrong with a shell, without a document to put into it; empty where it is fine.

    Args:
        shell: the Word file, or its bytes.
        styles: as for ``write``.
        fields: the names of the fields that there will be.
        anchors: the names of the parts that documents may have.

    Returns:
        Problems as ``write`` would raise them, and RG438 for pictures without a description. RG410 says that there is no
        ``[[reportgen:body]]``, so that a document with a part that no other anchor names could not be written.
    """
    try:
        file = Shell.opened(shell) if isinstance(shell, bytes) else _opened(Path(shell))
    except InputError as error:
        return [ShellProblem("RG431", error.message, "", error.hint)]
    except TemplateError as error:
        return [ShellProblem(error.code, error.message, error.where.field or "", error.hint)]
    if file.problems and file.problems[0].code == "RG431":
        return list(file.problems)
    found = [*file.problems, *anchor_problems(file, anchors), *file.fill(dict.fromkeys(fields, ""))]
    here = {anchor.name for anchor in file.anchors}
    if BODY not in here:
        left = ", ".join(name for name in anchors if name not in here)
        found.append(_unclaimed(left or "whatever else a document holds"))
    look = _styles(file, styles)
    for role in (*ROLES, *(styles or ())):
        look.look(role)
    found += [*_misspelt(look, frozenset()), *_missing(look), *_undescribed(file)]
    return list(dict.fromkeys(found))


def _opened(path: Path) -> Shell:
    where = Where(file=str(path))
    try:
        return Shell.opened(path.read_bytes())
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise TemplateError("RG407", f"no Word shell: {reason.lower()}", where=where, hint="give a .docx") from None
    except InputError as error:
        raise TemplateError("RG431", error.message, where=where, hint=error.hint) from None


def _refuse(problems: Iterable[ShellProblem], path: Path) -> None:
    """Raise what is wrong with a shell: the first problem, and the others after it."""
    found = list(dict.fromkeys(problems))
    if not found:
        return
    first, others = found[0], found[1:]
    message = first.message + "".join(
        f"; also [{p.code}] {p.place}{': ' if p.place else ''}{p.message}" for p in others[:20]
    )
    raise TemplateError(first.code, message, where=Where(file=str(path), field=first.place or None), hint=first.hint)


def _unclaimed(what: str) -> ShellProblem:
    message = f"no anchor of the shell claims: {what}"
    return ShellProblem(
        "RG410", message, "", "put [[reportgen:body]] into a paragraph of its own where the rest is to go"
    )


def _styles(file: Shell, chosen: Mapping[str, str] | None) -> Styles:
    part = file.related("styles")
    return Styles(file.tree(part) if part else None, chosen)


def _misspelt(styles: Styles, roles: frozenset[str]) -> Iterator[ShellProblem]:
    for role, near in styles.unknown_roles(roles):
        yield ShellProblem("RG437", f"no role is called {role!r}", "", f"did you mean {near!r}?")


def _missing(styles: Styles) -> Iterator[ShellProblem]:
    if styles.missing:
        wanted = "; ".join(f"{role}: {names}" for role, names in sorted(styles.missing.items()))
        hint = "add them to the shell in a word processor, or name others of its styles for these roles"
        yield ShellProblem("RG437", f"the shell lacks styles for {wanted}", "", hint)


def _undescribed(file: Shell) -> Iterator[ShellProblem]:
    """Pictures that say nothing to those who cannot see them."""
    for part, root in file.texts():
        for drawing in root.iter(f"{W}drawing"):
            named = next((e for e in drawing.iter() if isinstance(e.tag, str) and e.tag.endswith("}docPr")), None)
            picture = any(isinstance(e.tag, str) and e.tag.endswith("}pic") for e in drawing.iter())
            if picture and named is not None and not (named.get("descr") or "").strip():
                if any(e.get("val") in ("1", "true") for e in named.iter(_DECORATIVE)):
                    continue
                message = f"the picture {named.get('name') or named.get('id')!r} has no alternative text"
                yield ShellProblem("RG438", message, part, "describe it, or mark it as decorative")


# -- the document


def _tell(
    file: Shell,
    document: Document,
    parts: Mapping[str, tuple[Block, ...]],
    styles: Styles,
    comments: Mapping[str, Sequence[str]],
) -> None:
    links: dict[str, str] = {}

    def relate(href: str) -> str:
        if href not in links:
            links[href] = file.relate("hyperlink", href, external=True)
        return links[href]

    embedded: dict[bytes, str] = {}

    def embed(picture: bytes) -> str:
        if picture not in embedded:
            folder = file.main.rpartition("/")[0]
            name = next(n for k in count(1) if (n := f"media/reportgen{k}.png") and f"{folder}/{n}" not in file.parts)
            file.add_picture(f"{folder}/{name}", picture)
            embedded[picture] = file.relate("image", name)
        return embedded[picture]

    _add_styles(file, styles)
    root = file.touch(file.main)
    marks = list(root.iter(f"{W}bookmarkStart"))
    already = file.related("comments")
    first_comment = _next(file.tree(already).iter(f"{W}comment") if already else ())
    builder = Builder(
        document,
        styles,
        relate=relate,
        embed=embed,
        lists=Lists(file),
        comments=comments,
        taken=[mark.get(f"{W}name") or "" for mark in marks],
        first_bookmark=max(1, _next(marks)),
        first_comment=first_comment,
        first_drawing=_next_drawing(root),
    )
    for anchor in file.anchors:
        builder.begin(anchor.width)
        _put(file, anchor, builder, parts[anchor.name])
    _add_comments(file, builder, already)


def _put(file: Shell, anchor: Anchor, builder: Builder, blocks: tuple[Block, ...]) -> None:
    file.put(anchor, _elements("".join(builder.blocks(blocks))), lambda: _elements(builder.gap())[0])


def _elements(xml: str) -> list[Any]:
    parser = etree.XMLParser(huge_tree=True, resolve_entities=False)
    return list(etree.fromstring(f"<w:body {_DECLARED}>{xml}</w:body>".encode(), parser))


def _next(elements: Iterable[Any]) -> int:
    found = (e.get(f"{W}id") or "" for e in elements)
    return max((int(key) + 1 for key in found if key.lstrip("-").isdigit()), default=0)


def _next_drawing(root: Any) -> int:
    found = (e.get("id") or "" for e in root.iter() if isinstance(e.tag, str) and e.tag.endswith("}docPr"))
    return max((int(key) + 1 for key in found if key.isdigit()), default=1)


def _add_styles(file: Shell, styles: Styles) -> None:
    """Give the shell the few styles that it may lack and that change no look of it."""
    part = file.related("styles")
    for role, style in ADDED.items():
        if part is not None and styles.look(role).style is None:
            element = _elements(style)[0]
            file.touch(part).append(element)
            styles.add(element)


def _add_comments(file: Shell, builder: Builder, already: str | None) -> None:
    if not builder.said:
        return
    if already is None:
        folder = file.main.rpartition("/")[0]
        already = f"{folder}/comments.xml"
        file.add(already, f"{_HEAD}<w:comments {_DECLARED}/>".encode(), f"{_WML}.comments+xml")
        file.relate("comments", "comments.xml")
    root = file.touch(already)
    style = builder.styles.named("paragraph", "annotation text")
    named = f"<w:pPr><w:pStyle w:val={quoteattr(style)}/></w:pPr>" if style else ""
    for n, text in enumerate(builder.said, builder.first_comment):
        said = "".join(
            f'<w:p>{named}<w:r><w:t xml:space="preserve">{escape(legal(line))}</w:t></w:r></w:p>'
            for line in text.split("\n")
        )
        comment = (
            f'<w:comment w:id="{n}" w:author="reportgen" w:date="{builder.when}" w:initials="rg">{said}</w:comment>'
        )
        root.extend(_elements(comment))


# -- properties and carried data


def _properties(file: Shell, document: Document, styles: Styles) -> None:
    """What the file says of itself: of the report, and nothing of who made the shell."""
    known = dict(document.properties)
    author = known.get("author", "")
    part = file.properties("core-properties")
    if part is None:
        part = "docProps/core.xml"
        declared = f'xmlns:cp="{_CP}" xmlns:dc="{_DC}" xmlns:dcterms="{_TERMS}" xmlns:xsi="{_XSI}"'
        kind = "application/vnd.openxmlformats-package.core-properties+xml"
        file.add(part, f"{_HEAD}<cp:coreProperties {declared}/>".encode(), kind)
        rels = file.touch("_rels/.rels")
        key = next(f"reportgen{n}" for n in range(1, 99) if all(e.get("Id") != f"reportgen{n}" for e in rels))
        etree.SubElement(
            rels, f"{{{_PACKAGE}}}Relationship", Id=key, Type=f"{_PACKAGE}/metadata/core-properties", Target=part
        )
    core = file.touch(part)

    def put(space: str, name: str, text: str) -> None:
        if (part, name) in file.filled:
            # what the shell made out of fields is what it wants
            return
        element = core.find(f"{{{space}}}{name}")
        if element is None:
            element = etree.SubElement(core, f"{{{space}}}{name}")
        element.text = text

    put(_DC, "title", legal(document.title)[:255])
    put(_DC, "subject", known.get("subject", "")[:255])
    put(_DC, "creator", author[:255])
    put(_DC, "language", document.lang)
    put(_CP, "lastModifiedBy", author[:255])
    for name in ("revision", "lastPrinted"):
        for element in core.findall(f"{{{_CP}}}{name}"):
            core.remove(element)
    when = iso_date(known.get("date"))
    for name in ("created", "modified"):
        put(_TERMS, name, when)
        core.find(f"{{{_TERMS}}}{name}").set(f"{{{_XSI}}}type", "dcterms:W3CDTF")
    file.forget_past()
    _language(file, document.lang, styles)


def _language(file: Shell, lang: str, styles: Styles) -> None:
    """The language of the report, in the shell's defaults and in the styles that the report takes."""
    part = file.related("styles")
    if part is None:
        return
    root = file.touch(part)
    used = styles.used()
    holders = [root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr")]
    holders += [e.find(f"{W}rPr") for e in root.iterfind(f"{W}style") if e.get(f"{W}styleId") in used]
    for holder in holders:
        for element in holder.iterfind(f"{W}lang") if holder is not None else ():
            element.set(f"{W}val", lang)
    if holders[0] is not None and holders[0].find(f"{W}lang") is None:
        etree.SubElement(holders[0], f"{W}lang").set(f"{W}val", lang)


def _carrying(file: Shell, made: bytes, carrying: ToCarry) -> dict[str, bytes]:
    """The parts that make a Word file carry its data, new ones and those that have to name them."""
    free = 1
    while any(f"customXml/{name}{free}.xml" in file.parts for name in ("item", "itemProps")):
        free += 1
    text = ILLEGAL.sub(lambda m: f"\\u{ord(m[0]):04x}", carrying.data.decode("utf-8"))
    part = f'{_HEAD}<data xmlns="{NAMESPACE}" seal="{carrying.seal(made)}">{escape(text)}</data>'
    key = str(uuid5(NAMESPACE_URL, NAMESPACE)).upper()
    properties = (
        f'{_HEAD}<ds:datastoreItem xmlns:ds="http://schemas.openxmlformats.org/officeDocument/2006/customXml" '
        f'ds:itemID="{{{key}}}"><ds:schemaRefs><ds:schemaRef ds:uri="{NAMESPACE}"/></ds:schemaRefs></ds:datastoreItem>'
    )
    up = "../" * file.main.count("/")
    file.relate("customXml", f"{up}customXml/item{free}.xml")
    there = f'<Relationship Id="rId1" Type="{_R}/customXmlProps" Target="itemProps{free}.xml"/>'
    kind = "application/vnd.openxmlformats-officedocument.customXmlProperties+xml"
    types = file.touch(CONTENT_TYPES)
    space = types.tag.partition("}")[0] + "}"
    etree.SubElement(types, f"{space}Override", PartName=f"/customXml/itemProps{free}.xml", ContentType=kind)
    parts = {
        f"customXml/item{free}.xml": part,
        f"customXml/itemProps{free}.xml": properties,
        f"customXml/_rels/item{free}.xml.rels": f'{_HEAD}<Relationships xmlns="{_PACKAGE}">{there}</Relationships>',
    }
    return {name: text.encode("utf-8") for name, text in parts.items()}


def _standard_shell() -> Path:
    here = Path(__file__).resolve()
    for folder in (here.parents[2] / "templates", here.parents[3] / "templates"):
        found = folder / "standard" / "shell.docx"
        if found.is_file():
            return found
    raise TemplateError("RG407", "the standard Word shell is not installed", hint="install reportgen again")
