"""File -> blocks with page and line. Readers know file formats and nothing of inspections.

What a file is follows from its content and never from its name; where the two disagree, :func:`disguised` says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from reportgen.document import Block
from reportgen.errors import InputError, Where

#: What may be wrong at the beginning of a file that is otherwise as it should be.
_JUNK = b"\x00\t\n\x0c\r \xef\xbb\xbf"
_HEAD = 4096
_HTML = re.compile(
    r"\s*+(?:<\?xml[^>]*>\s*+)?(?><!--.*?-->\s*+)*+<(?:!doctype\s+html|html|head|body|main|article)\b", re.I | re.S
)
_CHARSET = re.compile(rb"""<meta\b[^>]{0,200}?\bcharset\s*=\s*["']?\s*([A-Za-z0-9_:.-]{1,40})""", re.I)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file: its media type, its name with an article, and what to do where there is no reader for it."""

    media_type: str
    name: str
    hint: str | None = None


PDF = Kind("application/pdf", "a PDF")
DOCX = Kind("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "a Word document")
HTML = Kind("text/html", "a web page")
MARKDOWN = Kind("text/markdown", "Markdown")
TEXT = Kind("text/plain", "plain text")
_SAVE = "save it as .docx or PDF and import that"
_OPEN_DOCUMENT = Kind("application/vnd.oasis.opendocument.text", "an OpenDocument text", hint=_SAVE)
_ARCHIVE = Kind("application/zip", "a zip archive", hint="take the report out of it and import that")
_OTHER_OFFICE = Kind("application/zip", "an Office file that is no Word document", hint="give the report itself")
_OLD_WORD = Kind("application/msword", "an old Word document (.doc)", hint=_SAVE)
_LOCKED = Kind(
    "application/x-ole-storage",
    "an Office document locked with a password",
    hint="open it, take the password off and save it again",
)
_OLE = Kind("application/x-ole-storage", "an old Office file", hint=_SAVE)
_RTF = Kind("application/rtf", "an RTF document", hint=_SAVE)
_OCR = "run it through text recognition (OCR) and import the text"
_SIGNATURES = (
    (b"{\\rtf", _RTF),
    (b"\x89PNG\r\n", Kind("image/png", "a picture (PNG)", hint=_OCR)),
    (b"\xff\xd8\xff", Kind("image/jpeg", "a picture (JPEG)", hint=_OCR)),
    (b"II*\x00", Kind("image/tiff", "a picture (TIFF)", hint=_OCR)),
    (b"MM\x00*", Kind("image/tiff", "a picture (TIFF)", hint=_OCR)),
    (b"GIF8", Kind("image/gif", "a picture (GIF)", hint=_OCR)),
    (b"\x1f\x8b", Kind("application/gzip", "a compressed file (gzip)", hint="unpack it and import what is in it")),
)
#: Suffixes that reports are saved under, with the media type that each promises (None: any).
SUFFIXES: dict[str, str | None] = {
    ".pdf": PDF.media_type,
    ".docx": DOCX.media_type,
    ".docm": DOCX.media_type,
    ".doc": _OLD_WORD.media_type,
    ".rtf": _RTF.media_type,
    ".odt": _OPEN_DOCUMENT.media_type,
    ".htm": HTML.media_type,
    ".html": HTML.media_type,
    ".xhtml": HTML.media_type,
    ".md": None,
    ".markdown": None,
    ".txt": None,
    ".text": None,
}
_PROMISED = {".pdf": "a PDF", ".docx": "a Word document", ".docm": "a Word document", ".doc": "a Word document"}


@dataclass(frozen=True, slots=True)
class Read:
    """What a reader found: blocks in reading order, the media type, the number of pages (None where there are none).

    ``by_place``: pages whose order and kinds were told by where things stand, for want of tags. ``second``: the blocks
    of another, independent reading of the same file, to be held against the first; None where there is none.
    """

    blocks: tuple[Block, ...]
    media_type: str
    pages: int | None = None
    by_place: tuple[int, ...] = ()
    second: tuple[Block, ...] | None = None


def sniff(data: bytes) -> Kind | None:
    """The kind of a file by its content; None for text of any sort, which has to be decoded to be told apart."""
    head = data[:_HEAD]
    bare = head[:1024].lstrip(_JUNK)
    if bare.startswith(b"%PDF-") or (b"%PDF-1." in head[:1024] and b"%%EOF" in data[-1024:]):
        return PDF
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        if b"word/" in data:
            return DOCX
        if b"application/vnd.oasis.opendocument.text" in head:
            return _OPEN_DOCUMENT
        return _OTHER_OFFICE if b"[Content_Types].xml" in data else _ARCHIVE
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        if "EncryptedPackage".encode("utf-16-le") in data:
            return _LOCKED
        return _OLD_WORD if "WordDocument".encode("utf-16-le") in data else _OLE
    return next((kind for signature, kind in _SIGNATURES if head.startswith(signature)), None)


def is_foreign(data: bytes) -> bool:
    """Whether a file is of a binary kind that a library decodes, so that it had better be read in a child process."""
    return sniff(data) in (PDF, DOCX)


def could_be_report(head: bytes, suffix: str) -> bool:
    """Whether a file found in a folder should be read: by its first bytes, or because reports bear its suffix."""
    if suffix.lower() in SUFFIXES:
        return True
    return sniff(head) in (PDF, DOCX) or is_html(head.decode("latin-1"))


def is_html(text: str) -> bool:
    """Whether a text is a web page: an element of HTML stands at its beginning."""
    return _HTML.match(text) is not None


def read(data: bytes, name: str) -> Read:
    """Read a report by its content.

    Raises:
        InputError: empty (RG103), not text (RG102), nested too deep or too large (RG107), or of a kind with no reader,
            damaged, encrypted, or without text (RG201).
    """
    where = Where(file=name)
    try:
        kind = sniff(data)
        if kind is None:
            return _read_text(data, name)
        if kind.hint is not None:
            raise InputError("RG201", f"{kind.name} has no reader", hint=kind.hint)
        if kind is PDF and b"%%EOF" not in data.rstrip(_JUNK)[-2048:]:
            # PDFium would make do with what is there, and nobody would know what is not
            raise InputError("RG201", "the PDF is cut short: its end is missing", hint="fetch the file again")
        if kind is DOCX:
            from reportgen.readers import docx

            return Read(docx.read(data), kind.media_type)
        from reportgen.readers import pdf

        found = pdf.read(data)
        return Read(found.blocks, kind.media_type, found.pages, found.by_place, found.second)
    except InputError as error:
        raise error.at(where) from None


def disguised(name: str, kind: str) -> InputError | None:
    """The error for a file whose name promises another kind than it is, such as a web page saved as ``report.pdf``."""
    suffix = "." + name.rpartition(".")[2].lower()
    if suffix not in _PROMISED or SUFFIXES[suffix] == kind:
        return None
    found = next((k.name for k in (HTML, MARKDOWN, TEXT, DOCX, PDF) if k.media_type == kind), "another file")
    message = f"not {_PROMISED[suffix]} but {found} saved under that name"
    hint = "download the report again: what was saved may be an error message"
    return InputError("RG201", message, where=Where(file=name), hint=hint)


def _read_text(data: bytes, name: str) -> Read:
    text = decoded(data)
    if "\x00" in text:
        raise InputError(
            "RG201", f"NUL at byte {data.index(0)}: not a text", hint="give a PDF, Word, HTML or text file"
        )
    if not text.strip():
        raise InputError("RG103", "the file is empty", hint="give the report itself")
    if is_html(text):
        from reportgen.readers import html

        return Read(html.read(text, name), HTML.media_type)
    from reportgen.readers import markdown

    if markdown.looks_like(text):
        return Read(markdown.read(text), MARKDOWN.media_type)
    from reportgen.readers import text as plain

    blocks, pages = plain.read(text)
    return Read(blocks, TEXT.media_type, pages)


def decoded(data: bytes) -> str:
    """The text of a file: UTF-8, or for a web page the character set that it declares where its bytes are not UTF-8."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError("RG102", "UTF-16, not UTF-8", hint="save the file as UTF-8")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"not UTF-8 at byte {error.start} (0x{data[error.start]:02x})"
    declared = _CHARSET.search(data[:_HEAD])
    if declared and declared[1].lower() not in (b"utf-8", b"utf8") and is_html(data[:_HEAD].decode("latin-1")):
        label = declared[1].decode("ascii").lower()
        # browsers read these labels as the larger Windows set
        codec = {"iso-8859-1": "cp1252", "latin1": "cp1252", "us-ascii": "cp1252", "ascii": "cp1252"}.get(label, label)
        try:
            return data.decode(codec)
        except (LookupError, UnicodeDecodeError):
            message += f", and not {label} either, which it declares"
    raise InputError("RG102", message, hint="save the file as UTF-8") from None
