"""Every pack, subject and language, and content that strains: our own rules, validators from outside, and HTML first.

HTML first: the web page holds everything that the PDF holds, block by block and letter by letter.
"""

from __future__ import annotations

import re
from pathlib import Path

import docx_integrity
import page as validation
import pytest
from lxml import etree

from reportgen import api, checks, compare, read_inspection
from reportgen.checks.pdf_tags import Node, about
from reportgen.readers.pdf.pages import opened
from reportgen.readers.pdf.painting import paintings
from tests.support.examples import LONG, NEXT
from tests.support.faults import FAULTS, docx_with, sound
from tests.support.outputs import Case, cases, rendered, written

#: What holds text and no other block.
BLOCKS = re.compile(r"P|H[1-6]|Lbl|LBody|TOCI|TH|TD|Caption|Note|Figure")


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
        # a label in front of a block is a part of it, and of a list of terms it is a block
        inside = (inner.kind for inner in node.nodes() if inner.kind != "Lbl")
        if not BLOCKS.fullmatch(node.kind) or any(map(BLOCKS.fullmatch, inside)):
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


# -- our own rules, and validators from outside ----------------------------------------------------------------------


@pytest.mark.parametrize("form", ["html", "pdf", "docx"])
@pytest.mark.parametrize("case", cases(), ids=str)
def test_our_own_rules_find_nothing(case: Case, form: str, tmp_path: Path) -> None:
    path = tmp_path / f"output.{form}"
    path.write_bytes(written(case, form))
    assert wrong(path) == set()


def test_our_own_rules_find_nothing_in_a_redline(tmp_path: Path) -> None:
    first, second = read_inspection(LONG), read_inspection(NEXT)
    path = tmp_path / "redline.docx"
    path.write_bytes(api.redline(first, second, compare(first, second)))
    assert wrong(path) == set()


def wrong(path: Path) -> set[str]:
    """The codes of what is found in a file, information left out."""
    return {f["code"] for f in checks.job(str(path)) if checks.rules()[f["code"]].level != "info"}


@pytest.mark.parametrize("case", cases(), ids=str)
def test_every_pdf_is_accessible_and_fit_for_archives_by_the_standards(case: Case, tmp_path: Path) -> None:
    path = tmp_path / "output.pdf"
    path.write_bytes(written(case, "pdf"))
    for profile in ("ua1", "3a"):
        result = validation.validate_pdf(str(path), profile=profile)
        assert result.is_compliant, (profile, [(f.rule_id, f.message) for f in result.failures])


@pytest.mark.parametrize("case", cases(), ids=str)
def test_every_word_file_is_whole(case: Case, tmp_path: Path) -> None:
    path = tmp_path / "output.docx"
    path.write_bytes(written(case, "docx"))
    assert [f for f in docx_integrity.check(str(path)) if f.severity == docx_integrity.ERROR] == []


def test_the_validators_can_say_no(tmp_path: Path) -> None:
    undescribed, struck = tmp_path / "undescribed.pdf", tmp_path / "struck.docx"
    undescribed.write_bytes(FAULTS["pdf", "RG664"]())
    assert not validation.validate_pdf(str(undescribed), profile="ua1").is_compliant
    undescribed.write_bytes(sound("pdf").replace(b'pdfaid:part="3"', b'pdfaid:part="2"'))
    assert not validation.validate_pdf(str(undescribed), profile="3a").is_compliant
    run = r"(<w:r>(?:(?!<w:r>).)*That was all\.?</w:t></w:r>)"
    lost = docx_with({"word/document.xml": lambda text: re.sub(run, r'<w:del w:id="9" w:author="a">\1</w:del>', text)})
    struck.write_bytes(lost)
    assert [f for f in docx_integrity.check(str(struck)) if f.severity == docx_integrity.ERROR]


# -- HTML first ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", cases(), ids=str)
def test_the_page_holds_everything_that_the_pdf_holds(case: Case) -> None:
    made = rendered(case)
    blocks, whole = printed(written(case, "pdf"))
    # nearly all text is looked at: what is missing are numbers of pages in the contents
    assert sum(map(len, blocks)) > 0.95 * whole > 500
    assert lost(made.html, blocks) == []


def test_a_sentence_that_only_the_pdf_holds_is_found() -> None:
    case = Case("standard", "inspection", "en-GB")
    made = rendered(case)
    sentence = "Inspectors were in Ashmere for eight days"
    assert sentence in made.html
    blocks, _ = printed(written(case, "pdf"))
    assert len(lost(made.html.replace(sentence, "Inspectors were there"), blocks)) == 1
