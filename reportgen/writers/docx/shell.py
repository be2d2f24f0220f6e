"""A shell: an ordinary Word file of somebody else's, with fields to fill and anchors where blocks go.

It is opened with the checks of every foreign file, and nothing in it is run or fetched. Anchors are found before the first
field is filled, and fields are filled before the first block goes in: so neither a value nor report text can ever be taken
for a field or an anchor. Parts in which nothing is filled stay what they are, byte for byte.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import count
from typing import Any, NamedTuple
from urllib.parse import unquote

from lxml import etree

from reportgen.errors import InputError
from reportgen.office import Package, Relation
from reportgen.writers.docx.claims import BODY
from reportgen.writers.docx.mending import mend

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_R_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_VML = "{urn:schemas-microsoft-com:vml}"
_XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_RELATED = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_STRICT = b"http://purl.oclc.org/ooxml/"
CONTENT_TYPES = "[Content_Types].xml"
#: Parts of the document whose text nobody sees as such.
_NO_TEXT = re.compile(
    r"(?:styles|stylesWithEffects|numbering|settings|webSettings|fontTable|theme\d*)\.xml$|/glossary/"
)
# none of these looks further than the next bracket, so that no text makes them slow
_FIELD = re.compile(r"\{\{([^{}]*)\}\}")
_LOGIC = re.compile(r"\{%[^{}]*%\}")
_ANCHOR = re.compile(r"\[\[\s*reportgen\s*:([^\[\]]*)\]\]", re.IGNORECASE)
#: What is meant as an anchor and is none.
_NEARLY = re.compile(r"\[\s*reportgen\b", re.IGNORECASE)
#: What stands for anything in a paragraph that is no text, so that no field reaches over it.
_OTHER = "\ufffc"
#: What the paragraph of an anchor may hold beside it, because nothing of it is seen.
_UNSEEN = frozenset(f"{W}{name}" for name in "proofErr bookmarkStart bookmarkEnd lastRenderedPageBreak".split())
_HOLDERS = frozenset(f"{W}{name}" for name in "r hyperlink smartTag sdt sdtContent dir bdo fldSimple customXml".split())
_TRACKED = frozenset(
    f"{W}{name}" for name in "ins del moveFrom moveTo pPrChange rPrChange sectPrChange tblPrChange".split()
)
#: Bytes of XML that the parts with text may have in all: a shell has a cover and some pages, and no more.
_LARGEST_TEXT = 10_000_000
#: Problems after which a shell is not looked through any further.
_MOST_PROBLEMS = 50
#: Field codes that bring something in from outside, or start something, when a word processor brings them up to date.
_REACHING = re.compile(r"(?i)^\s*(?:DDE|DDEAUTO|INCLUDEPICTURE|INCLUDETEXT|INCLUDE|IMPORT|LINK|RD|DATABASE)\b")
#: Parts of a file that are files or programs of their own, by the kinds of relationships that lead to them.
_WITHIN = {
    "aFChunk": "a file inside the file that a word processor would read in",
    "control": "a control that runs code",
    "activeXControlBinary": "a control that runs code",
    "oleObject": "an embedded object",
    "subDocument": "another document",
}
#: Properties of the file that tell of the shell's own past.
_PAST = frozenset(
    "TotalTime Pages Words Characters CharactersWithSpaces Lines Paragraphs HeadingPairs TitlesOfParts".split()
)


class ShellProblem(NamedTuple):
    """Something that is wrong with a shell: a code, what it is, where, and what to do about it."""

    code: str
    message: str
    place: str = ""
    hint: str = ""


@dataclass(slots=True)
class Anchor:
    """An anchor's name, its paragraph in the document, and the width of the text there in twentieths of a point."""

    name: str
    paragraph: Any
    place: str
    width: int


@dataclass(slots=True)
class Shell:
    """A shell that was opened: its parts, those of them that were parsed, its anchors, and what is wrong with it."""

    package: Package
    parts: dict[str, bytes]
    main: str
    anchors: list[Anchor] = field(default_factory=list)
    problems: list[ShellProblem] = field(default_factory=list)
    #: Parts as trees; those named in ``changed`` are written anew from them.
    trees: dict[str, Any] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)
    #: Properties of the file in which a field was filled: the part and the name.
    filled: set[tuple[str, str]] = field(default_factory=set)
    #: Ids that the shell's own relationships have, and the number of the last one that was given to one of ours.
    taken: set[str] = field(default_factory=set)
    given: int = 0

    # -- opening

    @classmethod
    def opened(cls, data: bytes) -> Shell:
        """Open a shell and find its anchors.

        Raises:
            InputError: no archive that can be a Word file, or one made to do harm (RG201, RG107).
        """
        if data[:4] != b"PK\x03\x04":
            raise InputError("RG201", "not a Word file (.docx)", hint="save it as a Word document (.docx)")
        package = Package(data)
        parts = {name: package.bytes(name) or b"" for name in package.order}
        shell = cls(package, parts, package.main)
        shell.problems.extend(shell._foreign())
        if not shell.problems:
            shell._find_anchors()
        return shell

    def _foreign(self) -> Iterator[ShellProblem]:
        """What makes a file no shell: another kind of file, code, signatures, tracked changes, things to be fetched."""
        size = sum(len(self.parts[name]) for name in self._text_parts())
        if size > _LARGEST_TEXT:
            message = f"the text of the file is {size // 1_000_000} MB of XML, more than {_LARGEST_TEXT // 1_000_000}"
            yield ShellProblem("RG431", message, self.main, "take the report out of it, and leave its frame")
            return
        kind = self._kind()
        code = [name for name in self.parts if name.casefold().endswith(("vbaproject.bin", "vbadata.xml"))]
        if code or "macroenabled" in kind.casefold():
            hint = "save it as a Word document without macros (.docx)"
            yield ShellProblem("RG431", "the file holds macros", code[0] if code else self.main, hint)
        elif kind != _MAIN:
            hint = "save it as a Word document (.docx)"
            yield ShellProblem("RG431", f"no ordinary Word document but {kind or 'of no kind that it names'}", "", hint)
        if _STRICT in self.parts[self.main][:4000]:
            hint = "save it as 'Word Document', not as 'Strict Open XML Document'"
            yield ShellProblem("RG431", "a strict Open XML document", self.main, hint)
        if any(name.startswith("_xmlsignatures/") for name in self.parts):
            yield ShellProblem("RG431", "the file is signed, and what is filled in would break that", "", "unsign it")
        for part, relation in self._all_relations():
            if relation.external and relation.kind not in ("hyperlink", "attachedTemplate"):
                message = (
                    f"something ({relation.kind}) is fetched from {relation.target[:120]!r} when the file is opened"
                )
                yield ShellProblem("RG431", message, part, "put it into the file itself")
            elif relation.kind in _WITHIN:
                yield ShellProblem("RG431", f"the file holds {_WITHIN[relation.kind]}", part, "take it out")
        for name, root in self.texts():
            for number, paragraph in enumerate(root.iter(f"{W}p"), 1):
                reaching = next((each for each in _codes(paragraph) if _REACHING.match(each)), None)
                if reaching is not None:
                    message = f"a field of Word's that reaches outside: {reaching.strip()[:80]!r}"
                    yield ShellProblem("RG431", message, self.place(name, number), "put what it shows in its place")
            tracked = next((e for e in root.iter() if e.tag in _TRACKED), None)
            if tracked is not None:
                message = "the file holds tracked changes, which would mix with those of a report"
                yield ShellProblem("RG431", message, name, "accept or reject them all")

    def _kind(self) -> str:
        """The content type of the main part: its own, else that of its suffix."""
        types = self.tree(CONTENT_TYPES)
        suffix = self.main.rpartition(".")[2].casefold()
        own = [e for e in types if (e.get("PartName") or "").lstrip("/").casefold() == self.main.casefold()]
        usual = [e for e in types if (e.get("Extension") or "").casefold() == suffix]
        return next((e.get("ContentType") or "" for e in (*own, *usual)), "")

    def _all_relations(self) -> Iterator[tuple[str, Relation]]:
        for name in self.parts:
            if name.endswith(".rels"):
                folder, _, file = name.rpartition("_rels/")
                owner = folder + file.removesuffix(".rels")
                for relation in self.package.relations(owner).values():
                    yield owner or "the package", relation

    def tree(self, name: str) -> Any:
        """The root element of a part, to read or, with ``touch``, to change; None where there is no such part."""
        if name not in self.trees:
            self.trees[name] = self.package.xml(name)
        return self.trees[name]

    def touch(self, name: str) -> Any:
        """The root element of a part that is about to be changed."""
        self.changed.add(name)
        return self.tree(name)

    def texts(self) -> Iterator[tuple[str, Any]]:
        """The parts of the document in which text is seen, the main one first."""
        for name in self._text_parts():
            root = self.tree(name)
            if root is not None:
                yield name, root

    def _text_parts(self) -> Iterator[str]:
        folder = self.main.rpartition("/")[0]
        yield self.main
        for name in self.parts:
            inside = name != self.main and name.startswith(f"{folder}/") and name.endswith(".xml")
            if inside and not _NO_TEXT.search(name):
                yield name

    def related(self, kind: str) -> str | None:
        """The part that the document has for something, such as ``styles``."""
        found = (r.target for r in self.package.relations(self.main).values() if r.kind == kind and not r.external)
        return next((target for target in found if target in self.parts), None)

    def properties(self, kind: str) -> str | None:
        """The part that the file has for properties of a kind, such as ``core-properties``."""
        found = (r.target for r in self.package.relations("").values() if r.kind == kind and not r.external)
        return next((target for target in found if target in self.parts), None)

    # -- anchors

    def _find_anchors(self) -> None:
        seen: dict[str, str] = {}
        for part, root in self.texts():
            for number, paragraph in enumerate(root.iter(f"{W}p", f"{_A}p"), 1):
                if len(self.problems) + len(self.anchors) > _MOST_PROBLEMS:
                    self.problems.append(
                        ShellProblem("RG435", "more anchors than any shell needs", self.place(part, number))
                    )
                    return
                text = _text(paragraph)
                for match in _ANCHOR.finditer(text):
                    if _is_copy(paragraph):
                        continue
                    place = self.place(part, number, text)
                    name = match[1].strip()
                    wrong = self._misplaced(part, paragraph, text)
                    if wrong:
                        self.problems.append(ShellProblem("RG436", f"{match[0]} {wrong[0]}", place, wrong[1]))
                    elif name in seen:
                        message = f"{match[0]} stands twice, first in {seen[name]}"
                        self.problems.append(ShellProblem("RG435", message, place, "take one of them out"))
                    else:
                        self.anchors.append(Anchor(name, paragraph, place, self._width(paragraph)))
                    seen.setdefault(name, place)
                if _NEARLY.search(_ANCHOR.sub("", text)) and not _is_copy(paragraph):
                    message = f"an anchor that is not whole in its paragraph: {text.strip()[:80]!r}"
                    self.problems.append(
                        ShellProblem("RG436", message, self.place(part, number, text), "write it as [[reportgen:body]]")
                    )

    def place(self, part: str, number: int, text: str = "") -> str:
        """Where a paragraph stands, for an error."""
        shown = " ".join(text.split())
        return f"{part}, paragraph {number}" + (f" ({shown[:60]!r})" if shown else "")

    def _misplaced(self, part: str, paragraph: Any, text: str) -> tuple[str, str] | None:
        """Why no blocks can stand where an anchor stands, and what to do; None where they can."""
        move = "move it to the body of the document"
        if part != self.main:
            name = part.rpartition("/")[2].rstrip("0123456789.xml").rstrip("0123456789")
            return f"stands in a part that holds no blocks ({name or part})", move
        for element in paragraph.iterancestors():
            if element.tag in (f"{W}txbxContent", f"{_VML}textbox"):
                return "stands in a text box, where a report has no room", move
            if element.tag == f"{W}sdtContent":
                return "stands in a content control", "take the control away, or move the anchor out of it"
        if paragraph.tag != f"{W}p" or paragraph.getparent().tag not in (f"{W}body", f"{W}tc"):
            return "stands where no blocks can stand", move
        if paragraph.find(f"{W}pPr/{W}framePr") is not None:
            return "stands in a frame, where a report has no room", move
        if _ANCHOR.sub("", text.replace(_OTHER, "")).strip() or len(_ANCHOR.findall(text)) > 1:
            return f"shares its paragraph with other text ({' '.join(text.split())[:80]!r})", "give it one of its own"
        if not _only_text(paragraph):
            return (
                "shares its paragraph with a picture, a field, a note or a comment",
                "give the anchor a paragraph of its own",
            )
        return None

    def _width(self, paragraph: Any) -> int:
        """The width of the text where a paragraph stands."""
        cell = next((e for e in paragraph.iterancestors(f"{W}tc")), None)
        if cell is not None:
            return max(_cell_width(cell), 600)
        section = None
        for element in (paragraph, *paragraph.itersiblings()):
            section = element if element.tag == f"{W}sectPr" else element.find(f"{W}pPr/{W}sectPr")
            if section is not None:
                break
        return max(_section_width(section), 600)

    # -- fields

    def fill(self, values: Mapping[str, str]) -> list[ShellProblem]:
        """Put values into the fields, everywhere but in the paragraphs of anchors; what cannot be filled is returned."""
        problems: list[ShellProblem] = []
        anchors = {id(anchor.paragraph) for anchor in self.anchors}
        for part, root in list(self.texts()):
            for number, paragraph in enumerate(root.iter(f"{W}p", f"{_A}p"), 1):
                if id(paragraph) in anchors:
                    continue
                if len(problems) > _MOST_PROBLEMS:
                    return problems
                found: list[ShellProblem] = []
                if _fill_paragraph(paragraph, values, found.append):
                    self.changed.add(part)
                if found and not _is_copy(paragraph):
                    place = self.place(part, number, _text(paragraph))
                    problems.extend(problem._replace(place=place) for problem in found)
            problems.extend(self._fill_descriptions(part, root, values))
        for part, relation in self._all_relations():
            if relation.external and "{{" in unquote(relation.target):
                message = f"a field in the address of a link: {unquote(relation.target)[:80]!r}"
                problems.append(ShellProblem("RG432", message, part, "put the field into the text of the link"))
        for kind in ("core-properties", "extended-properties", "custom-properties"):
            part = self.properties(kind) or ""
            for element in self.tree(part).iter() if part else ():
                self._fill_text(part, element, values, problems)
        for part in self.parts:
            # what content controls of the shell are tied to, as those of Word's own cover pages are
            if re.fullmatch(r"customXml/item\d+\.xml", part) and b"{" in self.parts[part]:
                for element in self.tree(part).iter():
                    self._fill_text(part, element, values, None)
        return problems

    def _fill_descriptions(self, part: str, root: Any, values: Mapping[str, str]) -> Iterator[ShellProblem]:
        for element in root.iter():
            if not isinstance(element.tag, str) or not element.tag.endswith(("}docPr", "}cNvPr")):
                continue
            for name in ("descr", "title"):
                text = element.get(name) or ""
                found: list[ShellProblem] = []
                made = _filled(text, values, found.append)
                if made != text:
                    element.set(name, made)
                    self.changed.add(part)
                yield from (p._replace(place=f"{part}, description of a picture ({text[:60]!r})") for p in found)

    def _fill_text(
        self, part: str, element: Any, values: Mapping[str, str], problems: list[ShellProblem] | None
    ) -> None:
        found = element.text or ""
        if not isinstance(element.tag, str) or "{" not in found:
            return

        def note(problem: ShellProblem) -> None:
            if problems is not None:
                problems.append(problem._replace(place=part))

        made = _filled(found, values, note)
        if made != found:
            element.text = made
            self.changed.add(part)
            self.filled.add((part, etree.QName(element).localname))

    # -- blocks and parts

    def put(self, anchor: Anchor, elements: Sequence[Any], gap: Callable[[], Any]) -> None:
        """Put blocks in the place of an anchor; ``gap`` makes the paragraph that must stand between two tables."""
        old = anchor.paragraph
        holder = old.getparent()
        made = list(elements)
        table = f"{W}tbl"
        before, after = old.getprevious(), old.getnext()
        if made and made[0].tag == table and before is not None and before.tag == table:
            made.insert(0, gap())
        follows = (
            after is None or after.tag in (table, f"{W}sectPr")
            if holder.tag == f"{W}tc"
            else (after is not None and after.tag == table)
        )
        last = made[-1] if made else before
        if follows and (last is None or last.tag in (table, f"{W}tcPr")):
            made.append(gap())
        section = old.find(f"{W}pPr/{W}sectPr")
        if section is not None:
            if not made or made[-1].tag == table:
                made.append(gap())
            _into_properties(made[-1], section, before=(f"{W}pPrChange",))
        page_break = old.find(f"{W}pPr/{W}pageBreakBefore")
        if page_break is not None and made:
            if made[0].tag == table:
                made.insert(0, gap())
            _break_before(made[0], page_break)
        leading, trailing = _breaks(old)
        if leading or trailing:
            made = self._with_breaks(made, leading, trailing, gap)
        marks = list(old.iter(f"{W}bookmarkStart", f"{W}bookmarkEnd"))
        for element in (*marks, *made):
            old.addprevious(element)
        holder.remove(old)
        self.changed.add(self.main)

    def _with_breaks(
        self, made: list[Any], leading: Sequence[Any], trailing: Sequence[Any], gap: Callable[[], Any]
    ) -> list[Any]:
        """Blocks with the breaks before the first of them and behind the last; they need paragraphs to stand in."""
        table = f"{W}tbl"
        if not made or (leading and made[0].tag == table):
            made = [gap(), *made]
        if trailing and made[-1].tag == table:
            made = [*made, gap()]
        for at, element in enumerate(leading):
            run = etree.Element(f"{W}r")
            run.append(element)
            made[0].insert(at + (made[0].find(f"{W}pPr") is not None), run)
        for element in trailing:
            etree.SubElement(made[-1], f"{W}r").append(element)
        return made

    def relate(self, kind: str, target: str, *, external: bool = False) -> str:
        """A new relationship of the document, by its id."""
        name = _rels_of(self.main)
        if name not in self.parts:
            self.add(name, f'<Relationships xmlns="{_RELATED[1:-1]}"/>'.encode(), None)
        root = self.touch(name)
        if not self.given:
            self.taken = {e.get("Id") or "" for e in root}
        self.given = next(n for n in count(self.given + 1) if f"reportgen{n}" not in self.taken)
        key = f"reportgen{self.given}"
        element = etree.SubElement(root, f"{_RELATED}Relationship", Id=key, Type=f"{_OFFICE}/{kind}", Target=target)
        if external:
            element.set("TargetMode", "External")
        return key

    def add(self, name: str, data: bytes, kind: str | None) -> None:
        """A new part; ``kind`` is its content type, None where its suffix tells it."""
        self.parts[name] = data
        self.package.names.add(name)
        self.trees[name] = etree.fromstring(data)
        if kind is not None:
            types = self.touch(CONTENT_TYPES)
            etree.SubElement(types, f"{_TYPES}Override", PartName=f"/{name}", ContentType=kind)

    def add_picture(self, name: str, data: bytes) -> None:
        """A new part that holds a PNG."""
        self.parts[name] = data
        types = self.tree(CONTENT_TYPES)
        if all((e.get("Extension") or "").casefold() != "png" for e in types):
            default = etree.Element(f"{_TYPES}Default", Extension="png", ContentType="image/png")
            self.touch(CONTENT_TYPES).insert(0, default)

    def drop(self, kind: str, owner: str) -> None:
        """Take away what a part is related to by a relationship of a kind, with the relationship."""
        name = _rels_of(owner)
        for element in list(self.tree(name) if name in self.parts else ()):
            if (element.get("Type") or "").endswith(f"/{kind}"):
                self.touch(name).remove(element)
                if element.get("TargetMode") != "External":
                    target = self.package.relations(owner)[element.get("Id")].target
                    self.parts.pop(target, None)
                    for override in list(self.tree(CONTENT_TYPES)):
                        if override.get("PartName") == f"/{target}":
                            self.touch(CONTENT_TYPES).remove(override)

    def forget_past(self) -> None:
        """Take out what a file tells of the shell and not of the report: its template, its thumbnail, its counts."""
        self.drop("thumbnail", "")
        if (settings := self.related("settings")) is not None:
            attached = self.tree(settings).find(f"{W}attachedTemplate")
            if attached is not None:
                self.touch(settings).remove(attached)
                self.drop("attachedTemplate", settings)
        if (app := self.properties("extended-properties")) is not None:
            for element in list(self.tree(app)):
                if etree.QName(element).localname in (*_PAST, "Template"):
                    self.touch(app).remove(element)

    def mend(self) -> None:
        """Set right what other programs are known to write against the schema."""
        folder = self.main.rpartition("/")[0]
        for name in self.parts:
            if name.startswith(f"{folder}/") and name.endswith(".xml") and "/theme/" not in name:
                root = self.tree(name)
                if root is not None and mend(root):
                    self.changed.add(name)

    def written(self, further: Mapping[str, bytes] | None = None) -> bytes:
        """The file, in which nothing depends on when or where it was made."""
        made = {}
        for name, data in self.parts.items():
            if name in self.changed:
                data = etree.tostring(self.trees[name], xml_declaration=True, encoding="UTF-8", standalone=True)
            made[name] = data
        made.update(further or {})
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as target:
            for name, data in made.items():
                entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.create_system = 3
                entry.external_attr = 0o644 << 16
                target.writestr(entry, data)
        return out.getvalue()


# -- anchors: names that no shell may have, and those that it needs


def anchor_problems(shell: Shell, known: Collection[str]) -> Iterator[ShellProblem]:
    """Anchors whose names nothing has; ``known`` are the names that a document may have parts for."""
    names = sorted({*known, BODY})
    for anchor in shell.anchors:
        if anchor.name not in names:
            near = get_close_matches(anchor.name, names, n=1)
            hint = f"did you mean [[reportgen:{near[0]}]]?" if near else f"one of: {', '.join(names)}"
            yield ShellProblem("RG434", f"no part of a report is called {anchor.name!r}", anchor.place, hint)


# -- text of paragraphs


def _is_copy(paragraph: Any) -> bool:
    """Whether a paragraph only repeats another one for older programs."""
    return any(e.tag == f"{_MC}Fallback" for e in paragraph.iterancestors())


def _own(paragraph: Any) -> Iterator[Any]:
    """The elements of a paragraph in order, without those of paragraphs inside it, such as those of text boxes."""
    for child in paragraph:
        if child.tag in (f"{W}p", f"{_A}p") or not isinstance(child.tag, str):
            continue
        yield child
        if not child.tag.endswith(("}pPr", "}rPr", "}sdtPr")):
            yield from _own(child)


def _pieces(paragraph: Any) -> list[Any]:
    """The text elements of a paragraph, and None for everything seen between them that is no text."""
    text = (f"{W}t", f"{_A}t")
    seen = {f"{W}{name}" for name in "tab br cr sym drawing pict object footnoteReference endnoteReference".split()}
    seen |= {f"{W}{name}" for name in "commentReference fldChar noBreakHyphen softHyphen ptab".split()} | {f"{_A}br"}
    return [e if e.tag in text else None for e in _own(paragraph) if e.tag in text or e.tag in seen]


def _text(paragraph: Any) -> str:
    return "".join(_OTHER if e is None else e.text or "" for e in _pieces(paragraph))


def _only_text(paragraph: Any) -> bool:
    """Whether a paragraph holds text, breaks and what nobody sees, and nothing else."""
    known = {f"{W}{name}" for name in "t br tab pPr rPr sdtPr sdtEndPr".split()} | _UNSEEN | _HOLDERS
    return all(child.tag in known for child in _own(paragraph))


def _breaks(paragraph: Any) -> tuple[list[Any], list[Any]]:
    """Breaks of a page or a column that the paragraph of an anchor holds: before its text, and behind it."""
    around: tuple[list[Any], list[Any]] = ([], [])
    behind = 0
    for element in _own(paragraph):
        if element.tag == f"{W}t" and (element.text or "").strip():
            behind = 1
        elif element.tag == f"{W}br" and element.get(f"{W}type") in ("page", "column"):
            around[behind].append(element)
    return around


def _filled(text: str, values: Mapping[str, str], note: Callable[[ShellProblem], None]) -> str:
    """A text with its fields filled, each once: what a value holds is never looked at again."""

    def value(match: re.Match[str]) -> str:
        name = match[1].strip()
        if name in values:
            return values[name]
        note(_unknown(name, values))
        return match[0]

    made = _FIELD.sub(value, text)
    rest = _FIELD.sub("", text)
    if "{{" in rest or _LOGIC.search(rest):
        shown = " ".join(text.replace(_OTHER, "…").split())[:80]
        message = f"a field that is not closed in its paragraph, or something else in braces: {shown!r}"
        note(ShellProblem("RG432", message, "", "write fields as {{ title }}, in one paragraph; a shell has no logic"))
    return made


def _unknown(name: str, values: Mapping[str, str]) -> ShellProblem:
    near = get_close_matches(name, values, n=1)
    hint = f"did you mean {{{{ {near[0]} }}}}?" if near else f"one of: {', '.join(sorted(values))}"
    if not re.fullmatch(r"\w+", name):
        hint = f"a field is one name and nothing else; {hint}"
    shown = name.replace(_OTHER, "…")[:60]
    return ShellProblem("RG433", f"no field is called {shown!r}", "", hint)


def _codes(paragraph: Any) -> list[str]:
    """The codes of Word's own fields in a paragraph, each whole however it was cut."""
    codes = [e.get(f"{W}instr") or "" for e in _own(paragraph) if e.tag == f"{W}fldSimple"]
    open_: list[str] = []
    for element in _own(paragraph):
        if element.tag == f"{W}fldChar" and element.get(f"{W}fldCharType") == "begin":
            open_.append("")
        elif element.tag == f"{W}instrText":
            open_ = open_ or [""]
            open_[-1] += element.text or ""
        elif element.tag == f"{W}fldChar" and open_:
            codes.append(open_.pop())
            if element.get(f"{W}fldCharType") == "separate":
                # what ends here has no code any more
                open_.append("")
    return [code for code in (*codes, *open_) if code]


def _fill_paragraph(paragraph: Any, values: Mapping[str, str], note: Callable[[ShellProblem], None]) -> bool:
    """Fill the fields of one paragraph, wherever Word cut them into runs; whether anything was filled."""
    inside = next((code for code in _codes(paragraph) if "{{" in code), None)
    if inside is not None:
        message = f"a field inside a field code of Word's: {inside.strip()[:80]!r}"
        note(ShellProblem("RG432", message, "", "put it beside the field code"))
    pieces = _pieces(paragraph)
    text = "".join(_OTHER if e is None else e.text or "" for e in pieces)
    if "{" not in text:
        return False
    # the new text of each piece: a value goes to where its field began
    made = [""] * len(pieces)
    owners = [n for n, e in enumerate(pieces) for _ in (_OTHER if e is None else e.text or "")]
    at = 0
    _filled(text, values, note)
    for match in _FIELD.finditer(text):
        name = match[1].strip()
        if name not in values:
            continue
        for n in range(at, match.start()):
            made[owners[n]] += text[n]
        made[owners[match.start()]] += values[name]
        at = match.end()
    if not at:
        return False
    for n in range(at, len(text)):
        made[owners[n]] += text[n]
    for element, new in zip(pieces, made, strict=True):
        if element is not None and (element.text or "") != new:
            element.text = new
            if element.tag == f"{W}t":
                element.set(_XML_SPACE, "preserve")
    return True


# -- places and widths


def _number(element: Any, name: str, default: int = 0) -> int:
    found = element.get(f"{W}{name}") if element is not None else None
    return int(float(found)) if found is not None and re.fullmatch(r"-?\d+(\.\d+)?", found) else default


def _section_width(section: Any) -> int:
    """The width of the text of a section, or of the first of its columns."""
    if section is None:
        return 9070
    size, margins, columns = (section.find(f"{W}{name}") for name in ("pgSz", "pgMar", "cols"))
    edge = _number(margins, "left", 1440) + _number(margins, "right", 1440)
    if margins is not None and section.find(f"{W}rtlGutter") is None:
        edge += _number(margins, "gutter")
    width = _number(size, "w", 11906) - edge
    if columns is None:
        return width
    first = columns.find(f"{W}col")
    if first is not None and columns.get(f"{W}equalWidth") in ("0", "false", "off"):
        return _number(first, "w", width)
    count = max(1, _number(columns, "num", 1))
    return (width - (count - 1) * _number(columns, "space", 720)) // count


def _cell_width(cell: Any) -> int:
    """The width of the text of a cell, by the columns of its table where it does not say."""
    own = cell.find(f"{W}tcPr/{W}tcW")
    if own is not None and own.get(f"{W}type", "dxa") == "dxa" and _number(own, "w"):
        return _number(own, "w") - 216
    row = cell.getparent()
    grid = [_number(e, "w") for e in row.getparent().iterfind(f"{W}tblGrid/{W}gridCol")]
    at = _number(row.find(f"{W}trPr/{W}gridBefore"), "val")
    for each in row.iterchildren(f"{W}tc"):
        span = max(1, _number(each.find(f"{W}tcPr/{W}gridSpan"), "val", 1))
        if each is cell:
            return (sum(grid[at : at + span]) or 9070) - 216
        at += span
    return 9070 - 216


def _into_properties(paragraph: Any, element: Any, *, before: tuple[str, ...]) -> None:
    properties = paragraph.find(f"{W}pPr")
    if properties is None:
        properties = etree.Element(f"{W}pPr")
        paragraph.insert(0, properties)
    later = next((e for e in properties if e.tag in before), None)
    if later is None:
        properties.append(element)
    else:
        later.addprevious(element)


def _break_before(paragraph: Any, page_break: Any) -> None:
    earlier = {f"{W}{name}" for name in ("pStyle", "keepNext", "keepLines")}
    later = paragraph.find(f"{W}pPr")
    following = () if later is None else tuple(e.tag for e in later if e.tag not in earlier)
    _into_properties(paragraph, page_break, before=following)


def _rels_of(part: str) -> str:
    folder, _, file = part.rpartition("/")
    return f"{folder}/_rels/{file}.rels" if folder else f"_rels/{file}.rels"
