"""Collections: what is found in folders, whose it is, and what lies beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from reportgen import collection
from reportgen.errors import InputError, InputErrors, UsageFault

INSPECTION = """format: reportgen/inspection/1
id: {id}
framework: ofsted-sif-2013
title: Inspection
provider: {{name: {name}, short_name: {short}{ids}}}
inspected: [{{start: {day}, end: {day}}}]
"""


def put(
    folder: Path, id: str, name: str = "Northmoor Council", short: str = "Northmoor", urn: str | None = None
) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    ids = f', ids: {{urn: "{urn}"}}' if urn else ""
    path = folder / f"{id}.yaml"
    path.write_text(INSPECTION.format(id=id, name=name, short=short, ids=ids, day=f"{id[-7:]}-03"), encoding="utf-8")
    return path


def ids(group: collection.Group) -> list[str]:
    return sorted(entry.id for entry in group.entries)


def test_a_folder_is_searched_for_inspections_only(tmp_path: Path) -> None:
    found = put(tmp_path / "a" / "b", "northmoor-2014-02")
    (tmp_path / "decisions.yaml").write_text("format: reportgen/decisions/1\n", encoding="utf-8")
    (tmp_path / "notes.yaml").write_text("a: 1\n", encoding="utf-8")
    (tmp_path / "photo.json").write_bytes(b"\xff\xd8")
    assert collection.find([tmp_path]) == [found]
    with pytest.raises(UsageFault) as caught:
        collection.find([tmp_path, _empty(tmp_path / "c")])
    assert caught.value.code == "RG507"


def _empty(folder: Path) -> Path:
    folder.mkdir()
    return folder


def test_one_provider_is_told_by_a_shared_number_else_by_its_names(tmp_path: Path) -> None:
    put(tmp_path, "northmoor-2014-02", urn="1")
    put(tmp_path, "north-moor-city-2018-02", "North Moor City Council", "North Moor City", urn="1")
    put(tmp_path, "southmoor-2014-02", "Southmoor Council", "Southmoor", urn="2")
    put(tmp_path, "southmoor-2018-02", "Southmoor Council", "Southmoor")
    groups, errors = collection.providers([tmp_path])
    assert not errors
    assert {tuple(ids(g)) for g in groups} == {
        ("north-moor-city-2018-02", "northmoor-2014-02"),
        ("southmoor-2014-02", "southmoor-2018-02"),
    }


def test_two_bodies_of_one_name_are_kept_apart_by_their_numbers(tmp_path: Path) -> None:
    put(tmp_path / "one", "northmoor-2014-02", urn="1")
    put(tmp_path / "two", "northmoor-2014-02", urn="2")
    groups, _ = collection.providers([tmp_path])
    assert [g.slug for g in groups] == ["northmoor", "northmoor-2"]


def test_a_name_that_ends_in_a_figure_is_a_name_of_its_own(tmp_path: Path) -> None:
    put(tmp_path, "district-1-2014-02", "District One", "District 1")
    put(tmp_path, "district-2-2014-02-2", "District Two", "District 2")
    groups, _ = collection.providers([tmp_path])
    assert [g.slug for g in groups] == ["district-1", "district-2"]


@pytest.mark.parametrize("name", ["southmoor", "Southmoor", "Southmoor Council", "2"])
def test_one_provider_is_chosen_by_any_of_its_names(tmp_path: Path, name: str) -> None:
    put(tmp_path, "northmoor-2014-02", urn="1")
    put(tmp_path, "southmoor-2014-02", "Southmoor Council", "Southmoor", urn="2")
    groups, _ = collection.providers([tmp_path], only=name)
    assert [g.slug for g in groups] == ["southmoor"]


def test_a_provider_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    put(tmp_path, "northmoor-2014-02")
    with pytest.raises(UsageFault) as caught:
        collection.providers([tmp_path], only="eastmoor")
    assert "northmoor" in caught.value.hint


def test_what_cannot_be_read_is_told_and_the_others_are_loaded(tmp_path: Path) -> None:
    put(tmp_path, "northmoor-2014-02")
    bad = put(tmp_path, "northmoor-2018-02")
    bad.write_text(bad.read_text(encoding="utf-8").replace("title: Inspection", "titel: Inspection"), encoding="utf-8")
    (tmp_path / "northmoor-2020-02.yaml").write_text("format: reportgen/inspection/1\nid: [", encoding="utf-8")
    (group,), errors = collection.providers([tmp_path])
    loaded = collection.load(group)
    assert [e.code for e in errors] == ["RG104"]
    assert [i.id for i in loaded.inspections] == ["northmoor-2014-02"]
    (error,) = loaded.errors
    assert isinstance(error, InputErrors)
    with pytest.raises(InputError):
        collection.providers([tmp_path / "northmoor-2020-02.yaml"])


def test_decisions_and_events_beside_the_inspections_are_theirs(tmp_path: Path) -> None:
    put(tmp_path / "n", "northmoor-2014-02")
    put(tmp_path / "n", "southmoor-2014-02", "Southmoor Council", "Southmoor")
    checked = "format: reportgen/decisions/1\nchecked:\n  - {inspection: northmoor-2014-02, by: A, 'on': 2015-01-01}\n"
    (tmp_path / "n" / "decisions.yaml").write_text(checked, encoding="utf-8")
    event = "format: reportgen/events/1\nprovider: northmoor\nevents:\n"
    event += "  - {date: '2013', kind: notice, title: T, source: S}\n"
    (tmp_path / "n" / "events.yaml").write_text(event, encoding="utf-8")
    groups, _ = collection.providers([tmp_path])
    one, two = (collection.load(g) for g in groups)
    assert one.decisions is not None
    assert len(one.decisions.checked) == 1
    assert [e.title for e in one.events] == ["T"]
    assert two.events == ()
    other = tmp_path / "other.yaml"
    other.write_text(event.replace("title: T", "title: U"), encoding="utf-8")
    assert [e.title for e in collection.load(groups[1], events=other).events] == ["U"]
