"""Accept or reject every tracked change of a Word file, by ECMA-376 part 1, 17.13.5, and read the text that is left."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any, Literal

from lxml import etree

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def settled(path: Path, keep: Literal["ins", "del"]) -> list[str]:
    """The text of every paragraph, in order, with the insertions kept (all accepted) or the deletions (all rejected).

    Empty paragraphs are left out; a tab is a tab.
    """
    with zipfile.ZipFile(path) as file:
        body = etree.fromstring(file.read("word/document.xml"))[0]
    drop = "del" if keep == "ins" else "ins"
    for mark in list(body.iter(f"{_W}{drop}")):
        parent = mark.getparent()
        if parent.tag in (f"{_W}rPr", f"{_W}trPr"):
            continue  # marks of a paragraph or a row: below
        parent.remove(mark)
    for row in list(body.iter(f"{_W}tr")):
        if row.find(f"{_W}trPr/{_W}{drop}") is not None:
            row.getparent().remove(row)
    for table in list(body.iter(f"{_W}tbl")):
        if table.find(f"{_W}tr") is None:
            table.getparent().remove(table)
    out: list[str] = []
    carried = ""
    for paragraph in body.iter(f"{_W}p"):
        text = carried + "".join(_shown(node) for node in paragraph.iter())
        carried = ""
        if paragraph.find(f"{_W}pPr/{_W}rPr/{_W}{drop}") is not None:
            carried = text  # its mark goes: what is left of it runs into the next paragraph
        elif text:
            out.append(text)
    return [*out, carried] if carried else out


def _shown(node: Any) -> str:
    if node.tag in (f"{_W}t", f"{_W}delText"):
        return node.text or ""
    return "\t" if node.tag == f"{_W}tab" and node.getparent().tag == f"{_W}r" else ""
