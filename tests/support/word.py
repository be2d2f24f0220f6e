"""Word files as people make them, out of short pieces of WordprocessingML."""

from __future__ import annotations

from xml.sax.saxutils import escape

from tests.support.bad_files import OFFICE, RELATED, WORD, docx

NAMESPACE = f'xmlns:w="{WORD}"'
#: For elements that lead to another part.
R = f'xmlns:r="{OFFICE}"'
KINDS = ("styles", "numbering", "footnotes", "endnotes", "header", "footer")


def r(text: str, look: str = "") -> str:
    """A run; a tab or a line break in the text becomes one of Word's."""
    inside = escape(text).replace("\t", '</w:t><w:tab/><w:t xml:space="preserve">').replace("\n", "</w:t><w:br/><w:t>")
    return f'<w:r><w:rPr>{look}</w:rPr><w:t xml:space="preserve">{inside}</w:t></w:r>'


def p(text: str = "", style: str | None = None, *, properties: str = "", runs: str | None = None) -> str:
    """A paragraph of one run, or of the runs given."""
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    return f"<w:p><w:pPr>{named}{properties}</w:pPr>{r(text) if runs is None else runs}</w:p>"


def listed(number: int, level: int = 0) -> str:
    """The properties that put a paragraph into a list."""
    return f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'


def table(*rows: str) -> str:
    return f"<w:tbl><w:tblPr/><w:tblGrid/>{''.join(rows)}</w:tbl>"


def tr(*cells: str, properties: str = "") -> str:
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"


def tc(*texts: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{''.join(map(p, texts))}</w:tc>"


def field(instruction: str, shown: str) -> str:
    return (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f"<w:r><w:instrText> {instruction} </w:instrText></w:r>"
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{r(shown)}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


#: Styles as Word itself names them, with ids as a German or French Word would give them.
STYLES = "".join(
    f'<w:style w:type="paragraph" w:styleId="{key}"><w:name w:val="{name}"/>{more}</w:style>'
    for key, name, more in (
        ("Standard", "Normal", ""),
        ("Titel", "Title", ""),
        ("berschrift1", "heading 1", '<w:pPr><w:outlineLvl w:val="0"/></w:pPr>'),
        ("berschrift2", "heading 2", '<w:pPr><w:outlineLvl w:val="1"/></w:pPr>'),
        ("Kapitel", "Chapter of ours", '<w:basedOn w:val="berschrift1"/>'),
        ("Gegliedert", "Outlined", '<w:pPr><w:outlineLvl w:val="2"/></w:pPr>'),
        ("Verzeichnis1", "toc 1", ""),
        ("Beschriftung", "caption", ""),
        ("Absatz", "Report paragraph", '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>'),
        ("Fett", "Loud", "<w:rPr><w:b/></w:rPr>"),
    )
)
LEVELS = {
    0: ("decimal", "%1."),
    1: ("lowerLetter", "(%2)"),
    2: ("lowerRoman", "%3)"),
}


def abstract(key: int, levels: dict[int, tuple[str, str]]) -> str:
    inside = "".join(
        f'<w:lvl w:ilvl="{n}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for n, (form, text) in levels.items()
    )
    return f'<w:abstractNum w:abstractNumId="{key}">{inside}</w:abstractNum>'


def num(key: int, of: int, more: str = "") -> str:
    return f'<w:num w:numId="{key}"><w:abstractNumId w:val="{of}"/>{more}</w:num>'


#: Lists 1 and 2 share their counters, 3 starts at 5, 4 has bullets, 5 is set out as 1, 1.1, 1.1.1, 6 prints words.
NUMBERING = (
    abstract(0, LEVELS)
    + abstract(1, {0: ("bullet", "\uf0b7"), 1: ("bullet", "o")})
    + abstract(2, {0: ("decimal", "%1"), 1: ("decimal", "%1.%2"), 2: ("decimal", "%1.%2.%3")})
    + abstract(3, {0: ("decimal", "Recommendation %1:")})
    + num(1, 0)
    + num(2, 0)
    + num(3, 0, '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride>')
    + num(4, 1)
    + num(5, 2)
    + num(6, 3)
)


def word(body: str, **parts: str) -> bytes:
    """A Word file with parts such as ``styles`` and ``footnotes``, given by what stands inside their root."""
    parts = {"styles": STYLES, "numbering": NUMBERING, **parts}
    roots = {"header": "hdr", "footer": "ftr"}
    made: dict[str, bytes | str] = {
        f"word/{name}.xml": f"<w:{roots.get(name, name)} {NAMESPACE}>{inside}</w:{roots.get(name, name)}>"
        for name, inside in parts.items()
        if name in KINDS
    }
    related = "".join(
        f'<Relationship Id="{name}" Type="{OFFICE}/{name}" Target="{name}.xml"/>' for name in parts if name in KINDS
    )
    related += f'<Relationship Id="web" Type="{OFFICE}/hyperlink" Target="https://example.org/" TargetMode="External"/>'
    made["word/_rels/document.xml.rels"] = f'<Relationships xmlns="{RELATED}">{related}</Relationships>'
    return docx(body, parts=made)
