"""Makes ``shell.docx``, the Word file that owns the looks of the standard pack. Run it after a change: the file is data.

It is written from scratch and not from a library's template, so that it holds no stray author, picture, compatibility
mode or unused style. Arial, because a Word file carries no fonts and every machine has it or a twin of the same widths.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

INK, SOFT, ACCENT, TINT, LINE = "1D2733", "48566A", "1F4E79", "EEF3F8", "B8C4D0"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def paragraph_style(
    key: str,
    name: str,
    *,
    based: str | None = "Normal",
    following: str | None = None,
    paragraph: str = "",
    run: str = "",
    default: bool = False,
) -> str:
    parts = [
        f'<w:style w:type="paragraph"{" w:default=" + chr(34) + "1" + chr(34) if default else ""} w:styleId="{key}">'
    ]
    parts.append(f'<w:name w:val="{name}"/>')
    if based and not default:
        parts.append(f'<w:basedOn w:val="{based}"/>')
    if following:
        parts.append(f'<w:next w:val="{following}"/>')
    parts.append("<w:qFormat/>")
    if paragraph:
        parts.append(f"<w:pPr>{paragraph}</w:pPr>")
    if run:
        parts.append(f"<w:rPr>{run}</w:rPr>")
    return "".join((*parts, "</w:style>"))


def spacing(before: int, after: int, line: int | None = None) -> str:
    height = f' w:line="{line}" w:lineRule="auto"' if line else ""
    return f'<w:spacing w:before="{before}" w:after="{after}"{height}/>'


def heading(level: int, size: int, before: int, after: int, colour: str, *, rule: bool = False) -> str:
    border = f'<w:pBdr><w:top w:val="single" w:sz="18" w:space="6" w:color="{ACCENT}"/></w:pBdr>' if rule else ""
    return paragraph_style(
        f"Heading{level}",
        f"heading {level}",
        following="BodyText",
        paragraph=f'<w:keepNext/><w:keepLines/>{border}{spacing(before, after, 259)}<w:outlineLvl w:val="{level - 1}"/>',
        run=f'<w:b/><w:bCs/><w:color w:val="{colour}"/><w:sz w:val="{size}"/><w:szCs w:val="{size}"/>',
    )


def styles() -> str:
    fonts = '<w:rFonts w:ascii="Arial" w:hAnsi="Arial" w:eastAsia="Arial" w:cs="Arial"/>'
    out = [
        HEAD,
        f"<w:styles {W}>",
        f'<w:docDefaults><w:rPrDefault><w:rPr>{fonts}<w:color w:val="{INK}"/><w:sz w:val="24"/><w:szCs w:val="24"/>'
        '<w:lang w:val="en-GB" w:eastAsia="en-GB" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>'
        f"<w:pPrDefault><w:pPr>{spacing(0, 120, 276)}</w:pPr></w:pPrDefault></w:docDefaults>",
        paragraph_style("Normal", "Normal", based=None, default=True),
        '<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont"><w:name w:val="Default Paragraph Font"/>'
        '<w:uiPriority w:val="1"/><w:semiHidden/></w:style>',
        '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:uiPriority w:val="99"/>'
        '<w:semiHidden/><w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar><w:top w:w="0" w:type="dxa"/>'
        '<w:left w:w="108" w:type="dxa"/><w:bottom w:w="0" w:type="dxa"/><w:right w:w="108" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>',
        '<w:style w:type="numbering" w:default="1" w:styleId="NoList"><w:name w:val="No List"/><w:uiPriority w:val="99"/><w:semiHidden/></w:style>',
        paragraph_style(
            "Title",
            "Title",
            following="Subtitle",
            paragraph=f'<w:pBdr><w:left w:val="single" w:sz="48" w:space="14" w:color="{ACCENT}"/></w:pBdr>{spacing(3600, 240, 240)}',
            run=f'<w:b/><w:bCs/><w:color w:val="{ACCENT}"/><w:sz w:val="56"/><w:szCs w:val="56"/>',
        ),
        paragraph_style(
            "Subtitle",
            "Subtitle",
            following="BodyText",
            paragraph=spacing(120, 480),
            run='<w:b/><w:bCs/><w:sz w:val="34"/><w:szCs w:val="34"/>',
        ),
        heading(1, 34, 480, 140, ACCENT, rule=True),
        heading(2, 27, 320, 80, ACCENT),
        heading(3, 24, 260, 60, INK),
        heading(4, 24, 220, 60, SOFT),
        heading(5, 24, 200, 60, SOFT),
        paragraph_style("BodyText", "Body Text", paragraph="<w:widowControl/>" + spacing(0, 140)),
        paragraph_style("Lead", "Lead Paragraph", based="BodyText", run='<w:sz w:val="26"/><w:szCs w:val="26"/>'),
        paragraph_style(
            "NumberedParagraph",
            "Numbered Paragraph",
            based="BodyText",
            paragraph='<w:tabs><w:tab w:val="left" w:pos="680"/></w:tabs><w:ind w:left="680" w:hanging="680"/>',
        ),
        *(
            paragraph_style(
                f"ListBullet{'' if n == 1 else n}",
                f"List Bullet{'' if n == 1 else f' {n}'}",
                based="BodyText",
                paragraph=f'<w:numPr><w:ilvl w:val="{n - 1}"/><w:numId w:val="1"/></w:numPr>{spacing(0, 80)}<w:ind w:left="{340 * n}" w:hanging="340"/>',
            )
            for n in (1, 2, 3)
        ),
        paragraph_style(
            "NumberedItem",
            "Numbered Item",
            based="BodyText",
            paragraph=f'<w:tabs><w:tab w:val="left" w:pos="680"/></w:tabs>{spacing(0, 80)}<w:ind w:left="680" w:hanging="680"/>',
        ),
        paragraph_style(
            "Band",
            "Band",
            based="BodyText",
            following="ListBullet",
            paragraph="<w:keepNext/>" + spacing(200, 80),
            run=f'<w:b/><w:bCs/><w:color w:val="{SOFT}"/>',
        ),
        paragraph_style(
            "GradeLine",
            "Grade Line",
            based="BodyText",
            paragraph="<w:keepNext/>",
            run='<w:sz w:val="27"/><w:szCs w:val="27"/>',
        ),
        paragraph_style(
            "Details",
            "Details",
            based="BodyText",
            paragraph=f'<w:tabs><w:tab w:val="left" w:pos="2835"/></w:tabs>{spacing(0, 80)}<w:ind w:left="2835" w:hanging="2835"/>',
        ),
        paragraph_style(
            "Note",
            "Aside",
            based="BodyText",
            paragraph='<w:pBdr><w:left w:val="single" w:sz="36" w:space="8" w:color="B07A00"/></w:pBdr><w:shd w:val="clear" w:color="auto" w:fill="FFF7E0"/>'
            + spacing(240, 140)
            + '<w:ind w:left="227"/>',
        ),
        paragraph_style(
            "NoteText",
            "Note Text",
            based="BodyText",
            paragraph='<w:ind w:left="284" w:hanging="284"/>',
            run='<w:sz w:val="21"/><w:szCs w:val="21"/>',
        ),
        paragraph_style(
            "Imprint",
            "Imprint",
            based="BodyText",
            run=f'<w:color w:val="{SOFT}"/><w:sz w:val="20"/><w:szCs w:val="20"/>',
        ),
        paragraph_style(
            "Caption",
            "caption",
            following="BodyText",
            paragraph="<w:keepNext/>" + spacing(160, 60),
            run=f'<w:b/><w:bCs/><w:color w:val="{SOFT}"/><w:sz w:val="22"/><w:szCs w:val="22"/>',
        ),
        paragraph_style(
            "TableText", "Table Text", paragraph=spacing(60, 60, 252), run='<w:sz w:val="21"/><w:szCs w:val="21"/>'
        ),
        paragraph_style(
            "TableSmall", "Table Text Small", based="TableText", run='<w:sz w:val="18"/><w:szCs w:val="18"/>'
        ),
        paragraph_style(
            "TOCHeading",
            "TOC Heading",
            following="BodyText",
            paragraph=f"<w:keepNext/><w:pageBreakBefore/>{spacing(0, 240)}",
            run=f'<w:b/><w:bCs/><w:color w:val="{ACCENT}"/><w:sz w:val="34"/><w:szCs w:val="34"/>',
        ),
        *(
            paragraph_style(
                f"TOC{n}",
                f"toc {n}",
                paragraph=f'<w:tabs><w:tab w:val="right" w:pos="9070"/></w:tabs>{spacing(0, 80)}<w:ind w:left="{(n - 1) * 284}"/>',
                run="<w:b/><w:bCs/>" if n == 1 else '<w:sz w:val="22"/><w:szCs w:val="22"/>',
            )
            for n in (1, 2, 3)
        ),
        paragraph_style(
            "Footer",
            "footer",
            paragraph='<w:tabs><w:tab w:val="right" w:pos="9070"/></w:tabs>' + spacing(40, 0, 252),
            run=f'<w:color w:val="{SOFT}"/><w:sz w:val="18"/><w:szCs w:val="18"/>',
        ),
        '<w:style w:type="character" w:styleId="Strong"><w:name w:val="Strong"/><w:qFormat/><w:rPr><w:b/><w:bCs/></w:rPr></w:style>',
        '<w:style w:type="character" w:styleId="Emphasis"><w:name w:val="Emphasis"/><w:qFormat/><w:rPr><w:i/><w:iCs/></w:rPr></w:style>',
        '<w:style w:type="character" w:styleId="Tag"><w:name w:val="Grade or State"/><w:qFormat/><w:rPr><w:b/><w:bCs/></w:rPr></w:style>',
        f'<w:style w:type="character" w:styleId="Hyperlink"><w:name w:val="Hyperlink"/><w:rPr><w:color w:val="{ACCENT}"/><w:u w:val="single"/></w:rPr></w:style>',
        f'<w:style w:type="character" w:styleId="ParagraphNumber"><w:name w:val="Paragraph Number"/><w:qFormat/><w:rPr><w:b/><w:bCs/><w:color w:val="{SOFT}"/></w:rPr></w:style>',
        '<w:style w:type="table" w:styleId="ReportTable"><w:name w:val="Report Table"/><w:basedOn w:val="TableNormal"/><w:qFormat/>'
        f'<w:tblPr><w:tblStyleRowBandSize w:val="1"/><w:tblBorders><w:top w:val="single" w:sz="4" w:space="0" w:color="{LINE}"/>'
        f'<w:bottom w:val="single" w:sz="8" w:space="0" w:color="{ACCENT}"/><w:insideH w:val="single" w:sz="4" w:space="0" w:color="{LINE}"/></w:tblBorders>'
        '<w:tblCellMar><w:top w:w="40" w:type="dxa"/><w:left w:w="100" w:type="dxa"/><w:bottom w:w="40" w:type="dxa"/><w:right w:w="100" w:type="dxa"/></w:tblCellMar></w:tblPr>'
        f'<w:tblStylePr w:type="firstRow"><w:rPr><w:b/><w:bCs/><w:color w:val="{INK}"/></w:rPr><w:tcPr><w:tcBorders><w:bottom w:val="single" w:sz="12" w:space="0" w:color="{ACCENT}"/></w:tcBorders>'
        f'<w:shd w:val="clear" w:color="auto" w:fill="{TINT}"/></w:tcPr></w:tblStylePr>'
        '<w:tblStylePr w:type="firstCol"><w:rPr><w:b/><w:bCs/></w:rPr></w:tblStylePr></w:style>',
        "</w:styles>",
    ]
    return "".join(out)


def numbering() -> str:
    levels = "".join(
        f'<w:lvl w:ilvl="{n}"><w:start w:val="1"/><w:numFmt w:val="bullet"/><w:lvlText w:val="{glyph}"/><w:lvlJc w:val="left"/>'
        f'<w:pPr><w:ind w:left="{340 * (n + 1)}" w:hanging="340"/></w:pPr><w:rPr><w:rFonts w:ascii="Arial" w:hAnsi="Arial" w:cs="Arial"/><w:color w:val="{ACCENT}"/></w:rPr></w:lvl>'
        for n, glyph in enumerate(("•", "–", "•"))
    )
    return (
        f'{HEAD}<w:numbering {W}><w:abstractNum w:abstractNumId="0"><w:multiLevelType w:val="hybridMultilevel"/>{levels}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
    )


def field(code: str, shown: str) -> str:
    return (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r><w:instrText xml:space="preserve"> {code} </w:instrText></w:r>'
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>{shown}</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


PARTS = {
    "[Content_Types].xml": HEAD + '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>'
    '<Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/>'
    '<Override PartName="/word/settings.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.settings+xml"/>'
    '<Override PartName="/word/numbering.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.numbering+xml"/>'
    '<Override PartName="/word/footer1.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"/>'
    '<Override PartName="/word/footer2.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"/>'
    '<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>'
    '<Override PartName="/docProps/app.xml" ContentType="application/vnd.openxmlformats-officedocument.extended-properties+xml"/></Types>',
    "_rels/.rels": HEAD + '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>'
    '<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/>'
    '<Relationship Id="rId3" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/extended-properties" Target="docProps/app.xml"/></Relationships>',
    "docProps/core.xml": HEAD
    + '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
    "<dc:title></dc:title><dc:language>en-GB</dc:language></cp:coreProperties>",
    "docProps/app.xml": HEAD
    + '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"><Application>reportgen</Application></Properties>',
    "word/_rels/document.xml.rels": HEAD
    + '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/>'
    '<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/settings" Target="settings.xml"/>'
    '<Relationship Id="rId3" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/numbering" Target="numbering.xml"/>'
    '<Relationship Id="rId4" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/footer" Target="footer1.xml"/>'
    '<Relationship Id="rId5" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/footer" Target="footer2.xml"/></Relationships>',
    "word/document.xml": f'{HEAD}<w:document {W} {R}><w:body><w:p><w:r><w:t>[[reportgen:body]]</w:t></w:r></w:p><w:sectPr><w:footerReference w:type="default" r:id="rId4"/>'
    '<w:footerReference w:type="first" r:id="rId5"/><w:pgSz w:w="11906" w:h="16838"/>'
    '<w:pgMar w:top="1304" w:right="1418" w:bottom="1304" w:left="1418" w:header="680" w:footer="680" w:gutter="0"/><w:titlePg/></w:sectPr></w:body></w:document>',
    "word/footer1.xml": f'{HEAD}<w:ftr {W}><w:p><w:pPr><w:pStyle w:val="Footer"/><w:pBdr><w:top w:val="single" w:sz="4" w:space="4" w:color="{LINE}"/></w:pBdr></w:pPr><w:r><w:t>{{{{ running_title }}}}</w:t></w:r></w:p>'
    '<w:p><w:pPr><w:pStyle w:val="Footer"/><w:jc w:val="right"/></w:pPr><w:r><w:t xml:space="preserve">Page </w:t></w:r>'
    + field("PAGE", "1")
    + '<w:r><w:t xml:space="preserve"> of </w:t></w:r>'
    + field("NUMPAGES", "1")
    + "</w:p></w:ftr>",
    "word/footer2.xml": f'{HEAD}<w:ftr {W}><w:p><w:pPr><w:pStyle w:val="Footer"/></w:pPr></w:p></w:ftr>',
    "word/settings.xml": f'{HEAD}<w:settings {W}><w:zoom w:percent="100"/><w:defaultTabStop w:val="720"/><w:characterSpacingControl w:val="doNotCompress"/>'
    '<w:compat><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>'
    '<w:themeFontLang w:val="en-GB"/><w:decimalSymbol w:val="."/><w:listSeparator w:val=","/></w:settings>',
}


def main() -> None:
    target = Path(__file__).with_name("shell.docx")
    parts = {**PARTS, "word/styles.xml": styles(), "word/numbering.xml": numbering()}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, text.encode("utf-8"))


if __name__ == "__main__":
    main()
