"""A Word file as a package of parts, opened with care: what is no Word file, or not meant to be read, is refused.

Reports to read and shells to write into come through here, and nothing else sees such an archive. Sizes are checked
before anything is unpacked, nothing is ever written to a disk, and XML is parsed without entities, document types,
network or nesting deeper than libxml2 takes.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from dataclasses import dataclass
from typing import Any

from lxml import etree

from reportgen.errors import InputError

_MOST_PARTS = 5_000
_LARGEST = 200_000_000
_LARGEST_XML = 60_000_000
#: Bytes that one byte of the archive may stand for, for a part of more than a megabyte.
_DENSEST = 200
_MEND = "open it in a word processor, save it again and import that"
_STRICT = (
    (
        b"http://purl.oclc.org/ooxml/wordprocessingml/main",
        b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    ),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    ),
)
_RELATED = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"


@dataclass(frozen=True, slots=True)
class Relation:
    """Where a relationship of a part leads: its kind (the last word of its type) and its target."""

    kind: str
    target: str
    external: bool


class Package:
    """The parts of a Word file.

    Raises:
        InputError: not an archive or a damaged one, or with names, sizes or a lock that no word processor gives it
            (RG201, RG107); without a document part (RG201).
    """

    def __init__(self, data: bytes) -> None:
        try:
            self.archive = zipfile.ZipFile(io.BytesIO(data))
            entries = self.archive.infolist()
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
            raise InputError("RG201", f"the Word file is damaged: {_first(error)}", hint="fetch it again") from None
        _check(entries)
        self.names = {entry.filename for entry in entries}
        main = next((r.target for r in self.relations("").values() if r.kind == "officeDocument"), "word/document.xml")
        self.order = [entry.filename for entry in entries if not entry.is_dir()]
        if main not in self.names:
            message = f"the Word file has no document part ({main})"
            raise InputError("RG201", message, hint="fetch it again, or save it again in a word processor")
        self.main = main

    @property
    def application(self) -> str:
        """The program that wrote the file, as it names itself; empty where it does not."""
        related = (r.target for r in self.relations("").values() if r.kind == "extended-properties" and not r.external)
        root = next((self.xml(target) for target in related), None)
        named = root.iterfind("{*}Application") if root is not None else ()
        return next((element.text or "" for element in named), "")

    def part(self, kind: str) -> Any:
        """The root element of the part that the document has for something, such as ``styles``; None without one."""
        return next((self.xml(r.target) for r in self.relations(self.main).values() if r.kind == kind), None)

    def relations(self, part: str) -> dict[str, Relation]:
        """The relationships of a part by their ids; an empty name means the package itself."""
        folder, name = posixpath.split(part)
        root = self.xml(posixpath.join(folder, "_rels", f"{name}.rels"))
        out: dict[str, Relation] = {}
        for element in root.iter(_RELATED) if root is not None else ():
            external = element.get("TargetMode") == "External"
            target = element.get("Target") or ""
            if not external:
                target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            out[element.get("Id") or ""] = Relation((element.get("Type") or "").rpartition("/")[2], target, external)
        return out

    def bytes(self, name: str) -> bytes | None:
        """The contents of a part; None where there is no such part."""
        if name not in self.names:
            return None
        try:
            return self.archive.read(name)
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, EOFError) as error:
            raise InputError("RG201", f"the Word file is damaged at {name}: {_first(error)}", hint=_MEND) from None

    def xml(self, name: str) -> Any:
        """The root element of a part; None where there is no such part."""
        data = self.bytes(name)
        if data is None:
            return None
        if len(data) > _LARGEST_XML:
            raise InputError(
                "RG107", f"{name} in the Word file holds {len(data) // 1_000_000} MB", hint="split the file"
            )
        for strict, usual in _STRICT:
            data = data.replace(strict, usual)
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        try:
            root = etree.fromstring(data, parser)
        except etree.XMLSyntaxError as error:
            code = "RG107" if "depth" in str(error).lower() or "huge" in str(error).lower() else "RG201"
            raise InputError(code, f"the Word file is damaged at {name}: {_first(error)}", hint=_MEND) from None
        document_type: Any = root.getroottree().docinfo
        if document_type.doctype:
            message = f"{name} in the Word file declares a document type, which no word processor writes"
            raise InputError("RG201", message, hint="do not open it; ask where it came from")
        return root


def _check(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > _MOST_PARTS:
        raise InputError("RG107", f"the Word file has {len(entries)} parts, more than {_MOST_PARTS}", hint=_MEND)
    seen: set[str] = set()
    total = 0
    for entry in entries:
        name = entry.filename
        if name.startswith("/") or "\\" in name or ".." in name.split("/") or ":" in name:
            message = f"a part of the Word file has the name {name[:80]!r}, which leads out of it"
            raise InputError("RG201", message, hint="do not open it; ask where it came from")
        if name.casefold() in seen:
            raise InputError("RG201", f"the Word file has two parts of the name {name[:80]!r}", hint=_MEND)
        seen.add(name.casefold())
        if entry.flag_bits & 0x1:
            raise InputError("RG201", "the archive is locked with a password", hint="save it without one")
        total += entry.file_size
        if total > _LARGEST or (
            entry.file_size > 1_000_000 and entry.file_size > _DENSEST * max(1, entry.compress_size)
        ):
            message = f"the Word file unpacks to more than it should ({name[:80]}: {entry.file_size // 1_000_000} MB)"
            raise InputError("RG107", message, hint="do not open it; ask where it came from")


def _first(error: Exception) -> str:
    text = str(getattr(error, "msg", None) or error).partition("\n")[0] or type(error).__name__
    return text[:1].lower() + text[1:]
