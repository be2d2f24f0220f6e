"""The page for checking a report: whole without its script, closed to the network, list and pages linked both ways."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
from lxml import html as parser

from reportgen import api, data_files
from reportgen.corrections import corrected
from reportgen.evidence import values_of
from reportgen.model import Decisions, Inspection, Notice
from reportgen.readers.printed import words_of
from reportgen.review import page, spans_of
from reportgen.review.edits import edits_of
from tests.support import printed_report

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "ferrow.pdf"
    path.write_bytes(printed_report.pdf())
    return path


@pytest.fixture(scope="module")
def inspection(report: Path) -> Inspection:
    return api.import_report(report)


def shown(inspection: Inspection, **more: Any) -> str:
    return page(inspection, values_of(inspection, words_of(printed_report.pdf(), "application/pdf")), **more)


@pytest.fixture(scope="module")
def text(report: Path) -> str:
    return api.review(report, *api.evidence(report))


@pytest.fixture(scope="module")
def tree(text: str) -> Any:
    return parser.document_fromstring(text)


def test_nothing_is_fetched_and_only_its_own_script_runs(text: str, tree: Any) -> None:
    (policy,) = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy.startswith("default-src 'none'; img-src data:; ")
    for name in ("style", "script"):
        found = re.findall(rf"<{name}>(.*?)</{name}>", text, re.DOTALL)
        assert len(found) == 1
        digest = base64.b64encode(hashlib.sha256(found[0].encode()).digest()).decode()
        assert f"{name}-src 'sha256-{digest}'" in policy
    addresses = [v for v in tree.xpath("//@href | //@src") if not v.startswith(("#", "data:image/"))]
    assert addresses == []
    assert not tree.xpath("//@style | //@onclick")


def test_marks_and_values_point_at_each_other_and_every_mark_has_words(tree: Any) -> None:
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    targets = {v[1:] for v in tree.xpath("//@href") if v.startswith("#")}
    assert targets <= set(ids)
    marks = tree.xpath("//a[contains(@class, 'mark')]")
    entries = tree.xpath("//li[contains(@class, 'value')]")
    assert len(marks) >= len(entries) - 1
    for mark in marks:
        number = mark.get("href")[2:]
        (entry,) = tree.xpath(f"//li[@id='v{number}']")
        assert f"#{mark.get('id')}" in entry.xpath(".//@href")
        assert mark.get("aria-label").startswith(f"{number}: ")
        assert "".join(mark.xpath("./text/text()")) == number
    assert len(tree.xpath("//figure")) == 3


def test_marks_lie_on_their_page_and_their_numbers_apart(tree: Any) -> None:
    for sheet in tree.xpath("//figure//*[local-name()='svg']"):
        width, height = map(float, (sheet.get("viewBox") or sheet.get("viewbox")).split()[2:])
        tabs = []
        for box in sheet.xpath(".//rect"):
            x, y, w, h = (float(box.get(name)) for name in ("x", "y", "width", "height"))
            assert 0 <= x < x + w <= width
            assert -2 <= y < y + h <= height
            if box.get("class") == "tab":
                tabs.append((x, y, w, h))
        for i, one in enumerate(tabs):
            for other in tabs[i + 1 :]:
                apart = one[0] + one[2] <= other[0] or other[0] + other[2] <= one[0]
                assert apart or abs(one[1] - other[1]) >= 10


def test_it_reads_without_its_script(tree: Any, inspection: Inspection) -> None:
    assert tree.xpath("//form[@hidden]")
    words = re.sub(r"\s+", " ", tree.xpath("//main")[0].text_content())
    for recommendation in inspection.recommendations:
        assert recommendation.text in words
    assert "3 September 2012 to 12 September 2012" in words
    assert "Printed: Inspection dates: 3 September 2012 to 12 September 2012" in words
    assert "not known (not published)" in words
    assert "Nothing was flagged" in words


def test_what_is_doubtful_comes_first_and_says_why(inspection: Inspection) -> None:
    told = (
        Notice(code="RG210", field="judgements[2].grade", message="two places disagree"),
        Notice(code="RG203", message="something general"),
    )
    tree = parser.document_fromstring(shown(inspection.model_copy(update={"notices": told})))
    (first,) = tree.xpath("//section[contains(@class, 'first')]")
    said = first.text_content()
    assert "The quality of practice: two places disagree" in re.sub(r"\s+", " ", said)
    assert "something general" in said
    number = first.xpath(".//a/@href")[0][1:]
    assert number == "v1", "within its kind it comes first"
    (entry,) = tree.xpath(f"//li[@id='{number}']")
    assert "Check" in entry.text_content()


def test_report_text_stays_text(inspection: Inspection) -> None:
    nasty = "</script><img src=x onerror=alert(1)>{{ 7*7 }}"
    first = inspection.recommendations[0].model_copy(update={"text": nasty})
    text = shown(inspection.model_copy(update={"recommendations": (first,)}))
    assert "<img src=x" not in text
    tree = parser.document_fromstring(text)
    assert nasty in tree.text_content()
    (data,) = tree.xpath("//script[@id='data']")
    assert nasty in json.dumps(json.loads(data.text), ensure_ascii=False)


def test_a_source_without_pages_shows_its_lines(tmp_path: Path) -> None:
    path = tmp_path / "ferrow.txt"
    path.write_text(
        "Inspection of local authority arrangements for the protection of children\n\nFerrow Borough Council\n\n"
        "Inspection dates: 3 September to 12 September 2012\nLead inspector: Marian Tolley HMI\n\n"
        "Areas for improvement\n\n1. The council should act, "
        + "as this long line of running text says, "
        * 5
        + "now.\n"
        "\nImmediately:\n\n- review how plans <are> written.\n",
        encoding="utf-8",
    )
    tree = parser.document_fromstring(api.review(path, *api.evidence(path)))
    assert not tree.xpath("//image")
    lines = [line.text_content() for line in tree.xpath("//span[@class='text']")]
    assert lines == path.read_text(encoding="utf-8").split("\n")
    assert tree.xpath("//mark[contains(@class, 'recommendation')]/text()") == ["review how plans <are> written."]
    for mark in tree.xpath("//a[contains(@class, 'ref')]"):
        (entry,) = tree.xpath(f"//li[@id='{mark.get('href')[1:]}']")
        assert f"#{mark.get('id')}" in entry.xpath(".//@href")


def test_a_web_page_shows_its_blocks(tmp_path: Path) -> None:
    path = tmp_path / "ferrow.html"
    path.write_text(printed_report.html(), encoding="utf-8")
    tree = parser.document_fromstring(api.review(path, *api.evidence(path)))
    marked = tree.xpath("//mark[contains(@class, 'date')]/text()")
    assert marked == ["Inspection dates: 3 September 2012 to 12 September 2012"]
    targets = {v[1:] for v in tree.xpath("//@href") if v.startswith("#")}
    assert targets <= set(tree.xpath("//@id"))


def test_corrections_and_checks_are_shown(inspection: Inspection) -> None:
    file = data_files.loads(
        "format: reportgen/decisions/1\ncorrections:\n"
        "  - {inspection: ferrow-2012-09, field: 'judgements[quality-of-practice].printed', was: Adequate,"
        " now: Good, by: A. Person, on: 2013-01-02}\n"
        "checked:\n  - {inspection: ferrow-2012-09, by: B. Person, on: 2013-01-03}\n",
        Decisions,
        name="decisions.yaml",
    )
    tree = parser.document_fromstring(shown(corrected(inspection, file)))
    (said,) = tree.xpath("//li//p[@class='corrected']")
    assert "by A. Person on 2013-01-02" in said.text_content()
    assert "The quality of practice" in said.getparent().text_content()
    assert "by B. Person on 2013-01-03" in tree.xpath("//header")[0].text_content()


def test_every_edit_names_a_field_that_is_there_and_what_it_holds(inspection: Inspection) -> None:
    whole = inspection.model_dump(mode="json", by_alias=True)
    values = values_of(inspection, words_of(printed_report.pdf(), "application/pdf"))
    fields: dict[str, Any] = {}
    for value in values:
        for edit in edits_of(value, inspection, whole):
            if edit["kind"] == "field":
                fields[edit["field"]] = edit["was"]
            elif edit["kind"] == "choice":
                fields |= edit["was"]
                assert any(option["sets"] == edit["was"] for option in edit["options"]), edit
            else:
                fields |= {also["field"]: also["was"] for also in edit["also"]}
    assert len(fields) > 40
    # a correction that puts in place what is there already is one that fits
    entries = [
        {"inspection": inspection.id, "field": field, "was": was, "now": was, "by": "A. Person", "on": "2013-01-02"}
        for field, was in fields.items()
    ]
    text = json.dumps({"format": "reportgen/decisions/1", "corrections": entries})
    made = corrected(inspection, data_files.loads(text, Decisions, name="decisions.yaml"))
    assert made.notices == inspection.notices
    assert {c.field for c in made.corrections} == set(fields)
    assert made.model_copy(update={"corrections": ()}) == inspection


def test_spans_are_asked_for_in_the_order_of_their_boxes(inspection: Inspection) -> None:
    values = values_of(inspection, words_of(printed_report.pdf(), "application/pdf"))
    spans = spans_of(values)
    assert set(spans) == {1, 2, 3}
    assert sum(map(len, spans.values())) == sum(len(v.spans) for v in values)


def test_the_page_is_the_same_each_time(report: Path, text: str) -> None:
    assert api.review(report, *api.evidence(report)) == text
