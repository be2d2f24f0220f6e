"""A data file that a document carries: how it is sealed, and what it is called. Files know nothing of what is in it.

The seal holds the data and what the document shows together. It is the SHA-256 of the letters and digits that the
document shows, a line break, and the data, so that a document edited by hand, or given other data, no longer fits it::

    SHA-256( alphanumeric characters of NFKC(text shown), in UTF-8  +  "\\n"  +  data )

What counts as text shown: in a PDF the text of every page as PDFium gives it; in a Word file the text of all blocks as
our own reader gives them, without contents, headers and footers, which a word processor fills anew. White space,
punctuation and every kind of line end are left out, because they differ from one program to the next.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass

#: The name of the file in a PDF, and the key of the seal beside its dates and size.
NAME, SEAL = "inspection.json", "ReportgenSeal"
#: The namespace of the element that holds the data in a Word file.
NAMESPACE = "urn:reportgen:carried"


@dataclass(frozen=True, slots=True)
class Carried:
    """A data file found in a document, with the seal that stands beside it."""

    data: bytes
    seal: str


@dataclass(frozen=True, slots=True)
class ToCarry:
    """A data file that a document is to carry, and how the text is found that the finished document shows."""

    data: bytes
    shown: Callable[[bytes], Iterable[str]]

    def seal(self, document: bytes) -> str:
        """The seal for a finished document."""
        return seal(self.shown(document), self.data)


def seal(shown: Iterable[str], data: bytes) -> str:
    """The seal of data in a document that shows these pieces of text: 64 hexadecimal digits."""
    digest = hashlib.sha256()
    for piece in shown:
        digest.update("".join(filter(str.isalnum, unicodedata.normalize("NFKC", piece))).encode("utf-8"))
    digest.update(b"\n" + data)
    return digest.hexdigest()
