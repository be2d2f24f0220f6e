"""What makes a PDF one for archives (PDF/A-3a) and accessible (PDF/UA-1) at once, and lets it carry data under seal.

Nothing here comes from a clock: dates are those of the document, ids are hashes of what is in it.

Source:
    ISO 19005-3, 6.6 (metadata, extension schemas) and 6.8 (embedded files); ISO 14289-1, clause 5.
"""

from __future__ import annotations

import binascii
import hashlib
import io
import zlib
from datetime import datetime
from importlib.resources import files
from typing import Any

from reportgen.carried import NAME, SEAL, ToCarry
from reportgen.document import Rendered
from reportgen.files import metadata_date

#: WeasyPrint's name for the kind of file; PDF/UA-1 asks for nothing that it forbids.
VARIANT = "pdf/a-3a"
#: Not the name that WeasyPrint knows: it would open the file and leave it open.
COLOURS = "reportgen-srgb"
#: PDF/A forbids that a viewer makes pictures smoother than they are.
STYLE = "img { image-rendering: crisp-edges; }"
_NO_SEAL = "0" * 64
_ENDS = (b"\r", b"\n")
_MOST_TRIES = 50
#: PDF/A wants every property of the metadata declared that it does not know itself.
_UA = b"""<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1"/>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of PDF/UA that the file follows</pdfaProperty:description>
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
"""


def colours() -> dict[str, Any]:
    """The colour space that all colours are meant in, by name: the one that WeasyPrint brings, read and closed."""
    from weasyprint.css import ColorProfile

    profile = io.BytesIO((files("weasyprint.pdf") / "sRGB2014.icc").read_bytes())
    return {COLOURS: ColorProfile(profile, "sRGB2014.icc", "relative-colorimetric", (["r"], ["g"], ["b"]))}


def identifier(rendered: Rendered, carrying: ToCarry | None) -> bytes:
    """An id made of everything that the file is made of."""
    digest = hashlib.sha256(rendered.html.encode("utf-8"))
    digest.update(carrying.data if carrying else b"")
    return digest.digest()[:16]


def day(rendered: Rendered) -> datetime:
    """The day that the file bears: that of its document."""
    return metadata_date(dict(rendered.document.properties).get("date"))


def attachment(rendered: Rendered, carrying: ToCarry) -> Any:
    """The data file as WeasyPrint attaches it."""
    from weasyprint import Attachment

    # without dates of its own it would get those of the clock
    when = day(rendered)
    about = "The data of this report"
    return Attachment(
        string=carrying.data, name=NAME, description=about, created=when, modified=when, relationship="Data"
    )


def finish(pdf: Any) -> None:
    """Say in the metadata that the file is PDF/UA too, make room for the seal, and compress what it holds, once."""
    import pydyf

    if "AF" in pdf.catalog:
        pdf.catalog["AF"] = pydyf.Array(dict.fromkeys(pdf.catalog["AF"]))
    for item in pdf.objects:
        if not isinstance(item, pydyf.Stream):
            continue
        kind = item.extra.get("Type")
        if kind == "/Metadata":
            # archives search it without unpacking anything
            item.compress = False
            before, _, after = b"".join(item.stream).rpartition(b"</rdf:RDF>")
            item.stream = [before + _UA + b"</rdf:RDF>" + after]
        elif kind == "/EmbeddedFile":
            item.extra["Params"][SEAL] = pydyf.String(_NO_SEAL)
        if item.compress:
            # once: WeasyPrint asks for the bytes twice, for the file and for the id of the file
            _compress(item)
    _steady(pdf)


def _compress(item: Any) -> None:
    import pydyf

    raw = b"\n".join(map(pydyf._to_bytes, item.stream))
    packed = zlib.compress(raw, 9)
    item.extra["Filter"], item.compress = "/FlateDecode", False
    if packed.endswith(_ENDS):
        packed = binascii.hexlify(packed) + b">"
        item.extra["Filter"] = "[/ASCIIHexDecode /FlateDecode]"
    item.stream = [packed]


def _steady(pdf: Any) -> None:
    """Have the file written so that no stream ends as a line does.

    A reader that looks for the end of a line in front of ``endstream`` would take such a byte for it, and the length
    that is written for wrong. The streams that hold the other objects are made while the file is written, so that it is
    written again with another number where one that is free may stand.
    """
    write = pdf.write

    def steadily(output: Any, *args: Any) -> None:
        tree = next(o for o in pdf.objects if isinstance(o, dict) and o.get("Type") == "/StructTreeRoot")
        count = len(pdf.objects)
        for _ in range(_MOST_TRIES):
            made = io.BytesIO()
            pdf.current_position = 0
            write(made, *args)
            data = made.getvalue()
            if not any(end + b"\nendstream" in data for end in _ENDS):
                break
            del pdf.objects[count:]
            # every number above those in use will do
            tree["ParentTreeNextKey"] += 1
        output.write(data)

    pdf.write = steadily


def sealed(data: bytes, carrying: ToCarry) -> bytes:
    """The finished file with its seal in the room that was made for it."""
    room = f"/{SEAL} ({_NO_SEAL})".encode("ascii")
    before, found, after = data.partition(room)
    assert found
    return before + f"/{SEAL} ({carrying.seal(data)})".encode("ascii") + after
