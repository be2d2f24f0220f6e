"""File -> blocks with page and line. Readers know file formats and nothing of inspections."""

from __future__ import annotations

from dataclasses import dataclass

from reportgen.document import Block
from reportgen.errors import InputError, Where
from reportgen.readers import html, text

#: What a file may be, told by its first bytes and never by its name.
_SIGNATURES = (
    (b"PK\x03\x04", "application/zip", "an Office document or a zip archive", "save it as text or HTML"),
    (b"\xd0\xcf\x11\xe0", "application/x-ole-storage", "an old Office document", "save it as text or HTML"),
)


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


def read(data: bytes, name: str) -> Read:
    """Read a report by its content.

    Raises:
        InputError: empty (RG103), not text (RG102), nested too deep (RG107), or a kind with no reader (RG201).
    """
    where = Where(file=name)
    if data[:1024].lstrip().startswith(b"%PDF-"):
        from reportgen.readers import pdf

        try:
            found = pdf.read(data)
        except InputError as error:
            raise error.at(where) from None
        return Read(found.blocks, "application/pdf", found.pages, found.by_place, found.second)
    for signature, _, kind, hint in _SIGNATURES:
        if data.startswith(signature):
            raise InputError("RG201", f"{kind} has no reader", where=where, hint=hint)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError("RG102", "UTF-16, not UTF-8", where=where, hint="save the file as UTF-8")
    try:
        decoded = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"not UTF-8 at byte {error.start} (0x{data[error.start]:02x})"
        raise InputError("RG102", message, where=where, hint="save the file as UTF-8") from None
    if "\x00" in decoded:
        raise InputError(
            "RG201", f"NUL at byte {data.index(0)}: not a text", where=where, hint="give a text or HTML file"
        )
    if not decoded.strip():
        raise InputError("RG103", "the file is empty", where=where, hint="give the report's text")
    if html.looks_like(decoded):
        return Read(html.read(decoded, name), "text/html")
    blocks, pages = text.read(decoded)
    return Read(blocks, "text/plain", pages)
