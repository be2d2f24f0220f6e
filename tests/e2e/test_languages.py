"""Outputs in another language: their own words in it, the data in its own and marked so, and read back all the same."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import zipfile

import pytest
from lxml import etree

from reportgen import Inspection, compare, read_inspection, render
from reportgen.document import Language, Rendered, plain, walk
from reportgen.labels import load_labels
from reportgen.markup import parse
from reportgen.writers import docx
from tests.support.examples import ASHMERE, LONG, NEXT


@pytest.fixture(scope="module")
def english() -> Inspection:
    return read_inspection(LONG)


@pytest.fixture(scope="module")
def welsh(english: Inspection) -> Rendered:
    return render(english, lang="cy")


def spoken(page: str) -> list[tuple[str, str]]:
    """(language, text) of every piece of text of a page's content."""
    root = etree.fromstring(page.encode(), etree.HTMLParser(encoding="utf-8"))
    pieces = []
    for text in root.xpath("//main//text()"):
        if re.search(r"[^\W\d_]{2,}", text):
            holder = text.getparent().getparent() if text.is_tail else text.getparent()
            pieces.append(
                (next(e.get("lang") for e in (holder, *holder.iterancestors()) if e.get("lang")), text.strip())
            )
    return pieces


def words_of(labels: object) -> set[str]:
    match labels:
        case dict():
            return {word for inner in labels.values() for word in words_of(inner)}
        case list():
            return {word for inner in labels for word in words_of(inner)}
    return {str(labels)}


def test_what_is_data_is_in_its_own_language_and_all_else_in_the_page_s(english: Inspection, welsh: Rendered) -> None:
    pieces = spoken(welsh.html)
    assert '<html lang="cy">' in welsh.html
    own = {text for lang, text in pieces if lang == "cy"}
    english_words = words_of(load_labels()) - words_of(load_labels("cy"))
    # a profile's words too: those of dates, inspectors and parts that the layout adds
    assert own & english_words == set()
    assert {"Cynnwys", "Cipolwg ar y barnau", "Arolygydd arweiniol", "19 Hydref 2012"} <= own
    data = [r.text for r in english.recommendations] + [s.title for s in english.sections]
    told = {text for lang, text in pieces if lang == "en-GB"}
    assert set(data) <= told
    assert not [text for text in data if text in own]


def test_a_comparison_too(english: Inspection) -> None:
    comparison = compare(english, read_inspection(NEXT))
    page = render(comparison, lang="cy", sensitivity=True)
    pieces = spoken(page.html)
    own = {text for lang, text in pieces if lang == "cy"}
    assert own & (words_of(load_labels()) - words_of(load_labels("cy"))) == set()
    for r in (*comparison.recommendations.earlier, *comparison.recommendations.later):
        assert ("en-GB", r.text) in pieces
    short = plain(next(b for b in walk(page.document.blocks) if getattr(b, "role", None) == "lead").inlines)
    for group, states in (
        ("judgements", ("maintained", "declined")),
        ("earlier", ("not_restated",)),
        ("later", ("new",)),
    ):
        for state in states:
            assert f": {getattr(comparison.summary, group)[state]}" in short
    assert page.document.title == "Ashmere: yr hyn a newidiodd, Medi 2012 – Chwefror 2015"


def test_an_inspection_in_welsh_is_printed_in_welsh(english: Inspection) -> None:
    said = english.model_copy(update={"lang": "cy"})
    page = render(said)
    assert page.document.lang == "cy"
    # nothing but the profile's own words is English then
    told = {text for lang, text in spoken(page.html) if lang != "cy"}
    assert "Inspection of local authority arrangements for the protection of children" in told
    assert not {r.text for r in english.recommendations} & told
    assert {text for lang, text in spoken(render(said, lang="en-GB").html) if lang == "cy"} >= {
        r.text for r in english.recommendations
    }
    assert render(english.model_copy(update={"lang": "ga"})).document.lang == "en-GB"


def test_language_is_part_of_the_tree_and_of_word_files(welsh: Rendered) -> None:
    main = welsh.html[welsh.html.index("<main") : welsh.html.index("</main>")].partition(">")[2]
    assert parse(main) == welsh.document.blocks
    assert any(isinstance(i, Language) for b in walk(welsh.document.blocks) for i in getattr(b, "inlines", ()))
    with zipfile.ZipFile(io.BytesIO(docx.write(welsh.document))) as archive:
        body, styles = (archive.read(f"word/{name}.xml").decode() for name in ("document", "styles"))
    assert '<w:lang w:val="cy"' in styles
    assert body.count('<w:lang w:val="en-GB"/>') > 100
    assert not re.search(r'<w:lang w:val="en-GB"/></w:rPr><w:t xml:space="preserve">Cynnwys', body)


@pytest.mark.parametrize("given", ["fr", "EN-gb", "../cy", ""])
def test_an_unknown_language_is_a_usage_error(given: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "reportgen", "render", str(ASHMERE[0]), "--lang", given],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "cy" in done.stderr


def test_help_loads_no_dates() -> None:
    code = """
import sys
from reportgen.cli import cli
cli(["render", "--help"], standalone_mode=False)
print("babel" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "False"
