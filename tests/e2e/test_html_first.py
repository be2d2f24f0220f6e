"""The web page comes first: it holds everything that the PDF holds, block by block and letter by letter."""

from __future__ import annotations

import re

import pytest
from lxml import etree

from reportgen import api
from reportgen.checks.pdf_tags import Node, about
from reportgen.readers.pdf.pages import opened
from reportgen.readers.pdf.painting import paintings
from tests.support.outputs import Case, cases, rendered

#: What holds text and no other block.
BLOCKS = re.compile(r"P|H[1-6]|LBody|TH|TD|Caption|Note|Figure")


def letters(text: str) -> str:
    """Letters and digits alone: white space, punctuation and hyphens at line ends differ from format to format."""
    return "".join(filter(str.isalnum, text)).casefold()


def printed(data: bytes) -> tuple[list[str], int]:
    """The letters of each block of a tagged PDF, and how many letters are tagged in all.

    A page number behind a link of the contents is left out. Words in a drawing stand where the drawing wants them, so
    each is given by itself.
    """
    texts: dict[tuple[int, int], list[str]] = {}
    with opened(data) as document:
        for page in paintings(document):
            for text in page.texts:
                if text.mark is not None:
                    texts.setdefault((page.number - 1, text.mark), []).append(text.text)

    def shown(node: Node) -> list[str]:
        return [letters(t) for leaf in node.leaves() for t in texts.get((leaf.page, leaf.mark), ())]

    tree = about(data).tree
    blocks: list[str] = []
    for node in tree.nodes():
        if not BLOCKS.fullmatch(node.kind) or any(BLOCKS.fullmatch(inner.kind) for inner in node.nodes()):
            continue
        if node.within("Figure"):
            blocks += shown(node)
            continue
        linked = any(inner.kind == "Link" for inner in node.nodes()) and node.within("L", "TOC")
        found = "".join(shown(node))
        blocks.append(re.sub(r"^\d+|\d+$", "", found) if linked else found)
    return blocks, len("".join(shown(tree)))


def lost(html: str, blocks: list[str]) -> list[str]:
    """The blocks whose letters the page does not show."""
    body = etree.fromstring(html, etree.HTMLParser()).find("body")
    for element in list(body.iter("script", "style")):
        element.text = None
    page = letters("".join(body.itertext()))
    return [block for block in blocks if block not in page]


@pytest.mark.parametrize("case", cases(), ids=str)
def test_the_page_holds_everything_that_the_pdf_holds(case: Case) -> None:
    made = rendered(case)
    blocks, whole = printed(api.serialise(made, "pdf"))
    # nearly all text is looked at: what is missing are numbers of pages in the contents
    assert sum(map(len, blocks)) > 0.95 * whole > 500
    assert lost(made.html, blocks) == []


def test_a_sentence_that_only_the_pdf_holds_is_found() -> None:
    made = rendered(cases()[0])
    sentence = "Inspectors were in Ashmere for eight days"
    assert sentence in made.html
    blocks, _ = printed(api.serialise(made, "pdf"))
    assert len(lost(made.html.replace(sentence, "Inspectors were there"), blocks)) == 1
