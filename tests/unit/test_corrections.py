"""Corrections that people made: applied on load, shown, never forced on a value that they were not made for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from reportgen import api, data_files
from reportgen.corrections import corrected
from reportgen.errors import InputErrors
from reportgen.model import Decisions, Inspection, printed
from tests.support.examples import LONG, NEXT

ID = LONG.stem
TAIL = "by: A. Person, on: 2013-05-02}"


def file_of(*entries: str) -> data_files.Loaded[Decisions]:
    lines = [f"  - {{inspection: {ID}, {entry}, {TAIL}" for entry in entries]
    text = "format: reportgen/decisions/1\ncorrections:\n" + "\n".join(lines) + "\n"
    return data_files.loads(text, Decisions, name="decisions.yaml")


@pytest.fixture(scope="module")
def plain() -> Inspection:
    return api.load_inspection(LONG)[0]


def applied(plain: Inspection, *entries: str) -> Inspection:
    return corrected(plain, file_of(*entries), checks=(api._against_framework,))


@pytest.mark.parametrize(
    ("entry", "value"),
    [
        ('field: "lead_inspectors[0].name", was: Marian Tolley, now: Marion Tolley', "Marion Tolley"),
        ("field: team.size, was: 5, now: 6", 6),
        ("field: team.size, was: '5', now: 6", 6),
        ("field: age_group, was: All, now: 0123", "0123"),
        ("field: age_group, was: All, now: 12", "12"),
        ("field: age_group, was: All, now: null", None),
        ("field: age_group, was: All", None),
        ("field: published.basis, was: printed, now: given", "given"),
        ("field: provider.ids.urn, was: 99001, now: '99002'", "99002"),
        ('field: "sections[0].level", was: 1, now: 1', 1),
        ("field: status, was: final, now: draft", "draft"),
    ],
)
def test_a_value_is_replaced_and_the_correction_carried(plain: Inspection, entry: str, value: Any) -> None:
    made = applied(plain, entry)
    (carried,) = made.corrections
    there: Any = made.model_dump(mode="json", by_alias=True)
    for part in api._trail(carried.field):
        there = there[part]
    assert there == value
    assert carried.by == "A. Person"
    assert made.notices == plain.notices
    back = data_files.loads(data_files.dump(made), Inspection, name="x.yaml").value
    assert back == made


def test_whole_parts_and_entries_of_lists(plain: Inspection) -> None:
    made = applied(
        plain,
        "field: published, was: {date: 2012-10-19}, now: {date: 2012-10-22, basis: given}",
        'field: "lead_inspectors[1]", was: null, now: {name: B. Second, title: HMI}',
        'field: "declarations[0]", was: ' + json.dumps(plain.declarations[0].model_dump(mode="json")) + ", now: null",
    )
    assert made.published is not None
    assert (made.published.date.isoformat(), made.published.basis) == ("2012-10-22", "given")
    assert [i.name for i in made.lead_inspectors] == ["Marian Tolley", "B. Second"]
    assert made.declarations == plain.declarations[1:]


def test_one_correction_on_top_of_another(plain: Inspection) -> None:
    made = applied(plain, "field: team.size, was: 5, now: 6", "field: team.size, was: 6, now: 7")
    assert made.team is not None
    assert made.team.size == 7


def test_applied_again_it_changes_nothing(plain: Inspection) -> None:
    entry = "field: team.size, was: 5, now: 6"
    once = applied(plain, entry)
    assert applied(once, entry) == once


def test_what_does_not_fit_is_not_applied_and_names_all_three(plain: Inspection) -> None:
    made = applied(plain, "field: team.size, was: 9, now: 6")
    assert made.team == plain.team
    assert made.corrections == ()
    notice = made.notices[-1]
    assert (notice.code, notice.level, notice.field) == ("RG116", "warning", "team.size")
    assert "replaces 9 by 6, and the value is 5" in notice.message
    assert notice.where is not None
    assert notice.where.line == 3


def test_corrections_of_other_inspections_are_passed_over(plain: Inspection) -> None:
    other = plain.model_copy(update={"id": "elsewhere-2012-09"})
    assert applied(other, "field: team.size, was: 5, now: 6") == other


@pytest.mark.parametrize(
    ("entry", "code", "at", "said"),
    [
        ('field: "judgements[0].grade", was: adequate, now: superb', "RG122", "now:", "superb"),
        ('field: "judgements[77].grade", was: adequate, now: good', "RG113", '"judgements[77]', "no judgements[77]"),
        ("field: nothing.here, was: 1, now: 2", "RG113", "nothing.here", "no nothing"),
        ("field: team.siez, was: null, now: 2", "RG108", "now:", "siez"),
        ("field: team.size, was: 5, now: many", "RG110", "now:", "a whole number"),
        ("field: published.date, was: 2012-10-19, now: 2012-13-19", "RG110", "now:", "no day 2012-13-19"),
        ("field: published.date, was: 2012-10-19, now: 2011-01-01", "RG110", "now:", "before the inspection"),
        ("field: id, was: ashmere-2012-09, now: b-2012-09", "RG116", "id,", "cannot be corrected"),
        ("field: source.sha256, was: null, now: null", "RG116", "source", "cannot be corrected"),
    ],
)
def test_what_would_make_the_data_wrong_is_an_error_at_the_correction(
    plain: Inspection, entry: str, code: str, at: str, said: str
) -> None:
    line = f"  - {{inspection: {ID}, {entry}, {TAIL}"
    with pytest.raises(InputErrors) as caught:
        applied(plain, entry)
    (error,) = caught.value.errors
    assert error.code == code
    assert said in error.message
    assert (error.where.file, error.where.line) == ("decisions.yaml", 3)
    offset = line.index(at) + (len("now: ") if at == "now:" else 0)
    assert error.where.column == offset + 1


def test_several_wrong_ones_are_told_at_once(plain: Inspection) -> None:
    with pytest.raises(InputErrors) as caught:
        applied(plain, "field: team.size, was: 5, now: many", "field: age_group, was: All, now: {a: b}")
    assert [e.where.line for e in caught.value.errors] == [3, 4]


# -- with files ------------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for path in (LONG, NEXT):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    return tmp_path


def decide(folder: Path, *entries: str, checked: str = ID) -> Path:
    lines = [f"  - {{inspection: {ID}, {entry}, {TAIL}" for entry in entries]
    text = "format: reportgen/decisions/1\ncorrections:\n" + "\n".join(lines)
    path = folder / "decisions.yaml"
    path.write_text(f"{text}\nchecked: [{{inspection: {checked}, {TAIL}]\n")
    return path


GRADE = (
    'field: "judgements[0].grade", was: adequate, now: inadequate',
    'field: "judgements[0].printed", was: Adequate, now: Inadequate',
)


def test_the_decisions_beside_a_file_are_applied_to_it(folder: Path) -> None:
    before = (folder / LONG.name).read_bytes()
    decide(folder, *GRADE)
    found = api.read_inspection(folder / LONG.name)
    assert found.judgements[0].grade == "inadequate"
    assert [c.by for c in found.checked] == ["A. Person"]
    assert (folder / LONG.name).read_bytes() == before
    compared = api.compare_files(folder / LONG.name, folder / NEXT.name)
    assert {j.earlier.grade for j in compared.comparison.judgements if j.earlier and j.earlier.label} >= {"inadequate"}
    assert compared.comparison.earlier_inspection.corrections == found.corrections
    assert not [o for o in compared.comparison.other if "correct" in o.path or "checked" in o.path]


def test_a_report_is_corrected_too(folder: Path) -> None:
    report = folder / "report.html"
    api.write(api.render(api.load_inspection(LONG)[0]), report)
    decide(folder, *GRADE)
    assert api.import_report(report).judgements[0].grade == "adequate"
    assert api.read_inspection(report).judgements[0].grade == "inadequate"


@pytest.mark.parametrize("form", ["html", "txt", "md", "docx"])
def test_every_output_says_what_was_corrected_and_who_checked(folder: Path, form: str) -> None:
    decide(folder, *GRADE)
    data = api.serialise(api.read_inspection(folder / LONG.name), form)
    if form == "docx":
        import io
        import zipfile

        data = zipfile.ZipFile(io.BytesIO(data)).read("word/document.xml")
    text = data.decode().replace("\\", "")
    for words in ("2 values of this document were corrected", "judgements[0].grade", "A. Person"):
        assert words in text, words
    assert "Checked against the report" in text
    comparison = api.compare_files(folder / LONG.name, folder / NEXT.name).comparison
    shown = api.serialise(comparison, "md").decode().replace("\\", "")
    assert "judgements[0].grade: adequate became inadequate (A. Person, 2 May 2013)" in shown


@pytest.mark.parametrize("form", ["html", "txt"])
def test_what_was_printed_with_corrections_comes_back_with_them(folder: Path, form: str) -> None:
    decide(folder, *GRADE)
    found = api.read_inspection(folder / LONG.name)
    (folder / "decisions.yaml").unlink()
    out = folder / f"x.{form}"
    api.write(api.render(found), out)
    again = api.read_inspection(out)
    assert printed(again) == printed(found)
    assert (again.corrections, again.checked) == (found.corrections, found.checked)


def test_a_grade_that_is_corrected_in_one_place_only_is_a_warning(folder: Path) -> None:
    decide(folder, GRADE[0])
    (finding,) = api.open_inspection(folder / LONG.name)[1]
    assert (finding.level, finding.code, finding.where.field) == ("warning", "RG210", "judgements[0].printed")
    decide(folder, *GRADE)
    assert api.open_inspection(folder / LONG.name)[1] == []


def test_check_tries_corrections_on_the_inspections_beside(folder: Path) -> None:
    path = decide(folder, *GRADE, "field: team.size, was: 9, now: 6", checked="ashmere-2012-08")
    found = {(f.level, f.code, f.where.line) for f in api.check(path)}
    assert found == {("warning", "RG116", 5), ("warning", "RG113", 6)}
    assert all(f.where.file == str(path) for f in api.check(path))
    assert {f.code for f in api.check(folder / LONG.name)} == {"RG116"}
    decide(folder, "field: team.size, was: 5, now: many")
    (error,) = api.check(path)
    assert (error.level, error.code, error.where.file, error.where.line) == ("error", "RG110", str(path), 3)


def test_a_decisions_file_that_is_given_outranks_the_one_beside(folder: Path, tmp_path: Path) -> None:
    decide(folder, *GRADE)
    other = tmp_path / "mine.yaml"
    other.write_text("format: reportgen/decisions/1\n")
    found = api.open_inspection(folder / LONG.name, decisions=other)[0]
    assert found.judgements[0].grade == "adequate"


def test_an_error_about_a_decision_is_told_at_its_place(folder: Path) -> None:
    r = api.load_inspection(LONG)[0].recommendations
    from reportgen.model import text_sha

    path = folder / "decisions.yaml"
    ref = "{inspection: ashmere-2012-09, id: %s, text_sha: '%s'}"
    path.write_text(
        "format: reportgen/decisions/1\ndue:\n"
        f"  - {{recommendation: {ref % ('R1', text_sha(r[1].text)[:12])}, date: 2013-01-01, set_on: 2013-01-01}}\n"
    )
    with pytest.raises(api.InputError) as caught:
        api.compare_files(folder / LONG.name, folder / NEXT.name)
    assert (caught.value.code, caught.value.where.file, caught.value.where.line) == ("RG115", str(path), 3)
    path.write_text(path.read_text().replace(text_sha(r[1].text)[:12], "0" * 12))
    findings = api.compare_files(folder / LONG.name, folder / NEXT.name).findings
    assert {(f.code, f.where.file, f.where.line) for f in findings} == {("RG304", str(path), 3)}
