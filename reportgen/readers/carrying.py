"""Documents that carry their data: taking it out, and the text that its seal is about."""

from __future__ import annotations

from collections.abc import Iterator

from reportgen.carried import NAME, NAMESPACE, SEAL, Carried
from reportgen.document import Paragraph, texts, walk
from reportgen.errors import InputError
from reportgen.readers import DOCX, PDF, docx, sniff

_LARGEST = 50_000_000
_MOST = 50


def carried(data: bytes) -> Carried | None:
    """The data file in a PDF or a Word file; None where there is none, or where the document cannot be opened."""
    kind = sniff(data)
    try:
        if kind is PDF:
            return _attached(data)
        return _custom_part(data) if kind is DOCX else None
    except InputError:
        # whoever reads the document itself will say what is wrong with it
        return None


def shown(data: bytes) -> Iterator[str]:
    """The text that a PDF or a Word file shows, in pieces: see ``carried``."""
    if sniff(data) is PDF:
        from reportgen.readers.pdf.pages import opened

        with opened(data) as document:
            for page in document:
                yield page.get_textpage().get_text_range()
                page.close()
        return
    for block in walk(docx.read(data)):
        if not (isinstance(block, Paragraph) and block.role):
            yield from texts(block)


def _attached(data: bytes) -> Carried | None:
    if b"/EmbeddedFile" not in data:
        return None
    from pypdfium2 import PdfiumError

    from reportgen.readers.pdf.pages import opened

    with opened(data) as document:
        for index in range(min(document.count_attachments(), _MOST)):
            attachment = document.get_attachment(index)
            try:
                if attachment.get_name() == NAME and attachment.has_key(SEAL):
                    held = bytes(attachment.get_data())
                    return Carried(held, str(attachment.get_str_value(SEAL))) if len(held) <= _LARGEST else None
            except PdfiumError:
                continue
    return None


def _custom_part(data: bytes) -> Carried | None:
    from reportgen.office import Package

    package = Package(data)
    for relation in package.relations(package.main).values():
        if relation.kind == "customXml" and not relation.external:
            root = package.xml(relation.target)
            if root is not None and root.tag == f"{{{NAMESPACE}}}data":
                return Carried((root.text or "").encode("utf-8"), root.get("seal") or "")
    return None
