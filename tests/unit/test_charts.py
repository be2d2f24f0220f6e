"""Pictures of a history: what they show is what the data says, and everything stays inside the picture."""

from __future__ import annotations

import itertools
import re
from datetime import date
from typing import Any

import pytest

from reportgen.charts import band_charts, grade_charts, thread_charts
from reportgen.charts.canvas import WIDTH, Canvas, measure, parts, wrap
from reportgen.charts.grades import in_order, kind_of
from reportgen.document import Figure, Shape
from reportgen.labels import load_labels
from reportgen.markup import parse, serialise
from reportgen.model import (
    GradePath,
    GradePoint,
    GradeStep,
    History,
    HistoryInspection,
    HistorySummary,
    PathEnd,
    Provider,
    Thread,
    ThreadCell,
    ThreadItem,
    Timeliness,
)
from reportgen.model.history import CellState

WORDS: dict[str, Any] = load_labels()["history"]["charts"]
SHA = "0" * 64


def inspection(id_: str, when: str) -> HistoryInspection:
    provider = Provider(name="Ashmere", kind="local-authority")
    return HistoryInspection(
        id=id_, when=when, framework="f", framework_title="F", body="B", line="f", graded=True, title="T",
        provider=provider,
    )  # fmt: skip


def point(id_: str, area: str | None, rank: int | None = 2, **more: Any) -> GradePoint:
    graded = {} if rank is None else {"grade": f"g{rank}", "printed": f"Grade {rank}", "rank": rank, "ranks": 4}
    return GradePoint(inspection=id_, area=area, label=area, **graded, **more)


def step(id_: str, area: str, how: Any) -> GradeStep:
    change = "not_comparable" if how == "not_comparable" else "maintained"
    return GradeStep(inspection=id_, area=area, change=change, comparability=how, reason="why")


def history(
    ids: dict[str, str], paths: list[GradePath] | None = None, threads: list[Thread] | None = None
) -> History:  # fmt: skip
    threads = threads or []
    cells: dict[str, dict[str, int]] = {}
    for thread in threads:
        for cell in thread.cells:
            cells.setdefault(cell.inspection, {}).setdefault(cell.state, 0)
            cells[cell.inspection][cell.state] += 1
    return History(
        provider=Provider(name="Ashmere", kind="local-authority"),
        inspections=tuple(inspection(id_, when) for id_, when in ids.items()),
        grade_paths=tuple(paths or ()),
        threads=tuple(threads),
        summary=HistorySummary(cells=cells),
    )


def thread(n: int, first: str, states: dict[str, CellState], text: str = "Do what was said.") -> Thread:
    item = ThreadItem(inspection=first, recommendation=f"R{n}", state="new", text=text, text_sha=SHA, kind="k")
    return Thread(
        id=f"{first}:R{n}", line="f", label="new", first_stated=first, last_stated=first, times_stated=1, spanned=1,
        items=(item,), cells=tuple(ThreadCell(inspection=i, state=s) for i, s in states.items()),
        timeliness=Timeliness(state="undated"),
    )  # fmt: skip


def path(key: str, *points: GradePoint, **more: Any) -> GradePath:
    return GradePath(id=key, line="f", area=key, label=more.pop("label", key), points=points, **more)


YEARS = {"a": "2010-03-08", "b": "2012-09-03", "c": "2015-02"}
NAMES = {"a": "March 2010", "b": "September 2012", "c": "February 2015"}


def said(figure: Figure) -> list[str]:
    return [shape.text for shape in figure.shapes if shape.tag == "text"]


def ends(shape: Shape) -> tuple[float, float, float, float]:
    got = dict(shape.attrs)
    return float(got["x1"]), float(got["y1"]), float(got["x2"]), float(got["y2"])


def lines(figure: Figure) -> list[Shape]:
    return [s for s in figure.shapes if s.tag == "line" and ("class", "bold") in s.attrs]


def inside(figure: Figure) -> None:
    """Every shape and every text lies in the picture."""
    for shape in figure.shapes:
        got = dict(shape.attrs)
        if shape.tag == "text":
            size, x = float(got["font-size"]), float(got["x"])
            wide = measure(shape.text, size, bold="font-weight" in got) / 1.15
            left = {"middle": x - wide / 2, "end": x - wide}.get(got.get("text-anchor", ""), x)
            assert left > -2, shape
            assert left + wide < WIDTH + 2, shape
            assert size >= 10
        for name in ("x", "x1", "x2", "cx"):
            if name in got:
                assert -2 <= float(got[name]) <= WIDTH, shape
        for name in ("y", "y1", "y2", "cy"):
            if name in got:
                assert -1 <= float(got[name]) <= figure.height, shape


@pytest.mark.parametrize(("how", "joined"), [("same", True), ("approximate", True), ("not_comparable", False)])
def test_a_line_joins_only_what_may_be_compared(how: str, joined: bool) -> None:
    made = history(
        {"a": YEARS["a"], "b": YEARS["b"]}, [path("x", point("a", "x"), point("b", "x", step=step("a", "x", how)))]
    )
    [chart] = grade_charts(made, WORDS, NAMES)
    # the two marks stand at the ends of the axis; a line that joins them runs over most of the way between them
    lane = [ends(line) for line in lines(chart.figure)][: 1 if joined else 2]
    longest = max(x2 - x1 for x1, _, x2, _ in lane)
    assert (longest > 400) == joined
    assert ("≠" in said(chart.figure)) == (not joined)
    assert ("≈" in said(chart.figure)) == (how == "approximate")
    assert WORDS["key"][how] in said(chart.figure)
    inside(chart.figure)


@pytest.mark.parametrize(("before", "after"), [(None, 2), (2, None), (None, None)])
def test_no_line_leads_to_or_from_what_has_no_grade(before: int | None, after: int | None) -> None:
    one = point("a", "x", before, **({} if before else {"missing": "withheld"}))
    two = point("b", "x", after, step=step("a", "x", "same"), **({} if after else {"missing": "unreadable"}))
    assert kind_of(two.step, one, two) == "unknown"
    [chart] = grade_charts(history({"a": YEARS["a"], "b": YEARS["b"]}, [path("x", one, two)]), WORDS, NAMES)
    assert "?" in said(chart.figure)
    assert WORDS["missing"]["unreadable" if after is None else "withheld"] in said(chart.figure)


def test_a_step_whose_comparability_nobody_knows_is_no_line() -> None:
    two = point("b", "x", step=step("a", "x", None))
    assert kind_of(two.step, point("a", "x"), two) == "not_comparable"
    assert kind_of(None, point("a", "x"), two) == "not_comparable"


def test_joint_joined_split_and_ended_paths_are_told_apart_in_words() -> None:
    made = history(
        YEARS,
        [
            path(
                "x",
                point("a", "x"),
                point("b", "x", step=step("a", "x", "same"), joined=(step("a", "y", "approximate"),)),
                point("c", "x", 3, step=step("b", "x", "same"), joint=True),
            ),
            path("y", point("a", "y"), end=PathEnd(kind="joined", inspection="b", into="x", reason="why")),
            path("z", point("a", "z"), end=PathEnd(kind="dropped", inspection="b", reason="why")),
            path("w", point("b", "w"), split_from=step("a", "z", "approximate")),
        ],
    )
    [chart] = grade_charts(made, WORDS, NAMES)
    words = " ".join(said(chart.figure))
    assert "Grade 3 (joint)" in words
    assert "went into x in September 2012" in words
    assert "no longer judged in September 2012" in words
    for key in ("joint", "took_in", "split", "ended", "bars"):
        assert WORDS["key"][key] in words
    assert "≠" not in words
    assert [p.id for p in chart.paths] == ["x", "y", "z", "w"]
    inside(chart.figure)


def test_paths_that_join_stand_beneath_what_they_join() -> None:
    join = PathEnd(kind="joined", inspection="b", into="x", reason="why")
    paths = [
        path("x", point("a", "x"), point("b", "x")),
        path("v", point("a", "v"), point("b", "v")),
        path("y", point("a", "y"), end=join),
    ]
    assert [p.id for p in in_order(paths)] == ["x", "y", "v"]
    circle = [path("y", point("b", "x"), end=join)]
    assert [p.id for p in in_order(circle)] == ["y"]


def test_time_goes_along_by_real_dates() -> None:
    made = history(YEARS, [path("x", *(point(i, "x") for i in YEARS))])
    [chart] = grade_charts(made, WORDS, NAMES)
    got = [dict(s.attrs) for s in chart.figure.shapes if s.tag == "line" and ("class", "faint") in s.attrs]
    at = sorted({float(line["x1"]) for line in got if line["x1"] == line["x2"]})
    days = [date(2010, 3, 8).toordinal(), date(2012, 9, 3).toordinal(), date(2015, 2, 1).toordinal()]
    share = (days[1] - days[0]) / (days[2] - days[0])
    assert (at[1] - at[0]) / (at[2] - at[0]) == pytest.approx(share, abs=0.002)


@pytest.mark.parametrize("count", [1, 2, 7, 12, 25])
@pytest.mark.parametrize("close", [False, True])
def test_any_number_of_inspections_and_long_names_stay_inside(count: int, close: bool) -> None:
    start = date(2009, 1, 1).toordinal()
    ids = {f"i{n:02}": date.fromordinal(start + n * (3 if close else 200)).isoformat() for n in range(count)}
    names = {id_: f"September {2009 + n} (ashmere-{n})" for n, id_ in enumerate(ids)}
    long = "The experiences and progress of children in Llanfairpwllgwyngyllgogerychwyrndrobwll and elsewhere " * 2

    def at(k: int, n: int, i: str) -> GradePoint:
        before = step(f"i{n - 1:02}", f"x{k}", "same") if n else None
        return point(i, f"x{k}", 1 + (n + k) % 4, step=before, joint=True)

    paths = [path(f"x{k}", *(at(k, n, i) for n, i in enumerate(ids)), label=long) for k in range(9)]
    charts = grade_charts(history(ids, paths), WORDS, names)
    shown = {(p.id, i.id) for chart in charts for p in chart.paths for i in chart.inspections}
    assert shown == {(p.id, i) for p in paths for i in ids}
    for chart in charts:
        assert len(chart.inspections) <= 7
        assert chart.figure.height <= 860
        inside(chart.figure)
    assert len({chart.figure.title for chart in charts}) == len(charts)


@pytest.mark.parametrize(("inspections", "threads"), [(1, 1), (2, 1), (2, 80), (12, 1), (12, 80)])
def test_every_thread_stands_at_every_inspection_in_one_picture(inspections: int, threads: int) -> None:
    ids = {f"i{n:02}": f"{2009 + n}-05-01" for n in range(inspections)}
    names = {id_: f"May {when[:4]}" for id_, when in ids.items()}
    cycle = itertools.cycle(["carried_same", "not_restated", "recurred", "needs_review", "not_covered"])
    made = history(
        ids,
        threads=[
            thread(n, "i00", {i: "new" if i == "i00" else next(cycle) for i in ids}, "Wording of some length " * 9)
            for n in range(threads)
        ],
    )
    charts = thread_charts(made, WORDS, names)
    shown = [(t, i, cell) for c in charts for t, row in c.rows for i, cell in zip(c.inspections, row, strict=True)]
    seen = [(t.id, i.id) for t, i, cell in shown if cell]
    assert sorted(seen) == sorted((t.id, cell.inspection) for t in made.threads for cell in t.cells)
    for chart in charts:
        assert chart.figure.height <= 800
        inside(chart.figure)
        words = said(chart.figure)
        cells = [cell for _, row in chart.rows for cell in row if cell]
        for state in {cell.state for cell in cells}:
            assert sum(w == WORDS["short"][state] for w in words) == sum(c.state == state for c in cells)
            assert WORDS["states"][state] in words
    bands = band_charts(made, WORDS, names)
    assert [i.id for band in bands for i, _ in band.rows] == list(ids)
    for band in bands:
        inside(band.figure)


def test_each_state_has_a_form_and_a_texture_of_its_own() -> None:
    from reportgen.charts.bands import TEXTURES
    from reportgen.charts.threads import mark

    forms = {}
    for state in TEXTURES:
        canvas = Canvas()
        mark(canvas, 50, 50, state)
        forms[state] = tuple(canvas.shapes)
    assert len(set(forms.values())) == len(forms) == len(WORDS["states"])
    # what tells them apart is no colour: without any they still differ
    bare = {s: tuple(tuple(a for a in shape.attrs if a[0] != "class") for shape in f) for s, f in forms.items()}
    assert len(set(bare.values())) == len(bare)
    assert len(set(TEXTURES.values())) == len(TEXTURES)


def test_bands_are_to_one_measure_and_their_sums_are_printed() -> None:
    made = history(
        {"a": "2010-01", "b": "2012-01"},
        threads=[thread(n, "a", {"a": "new", "b": "carried_same" if n < 3 else "not_restated"}) for n in range(4)]
        + [thread(9, "b", {"b": "new"})],
    )
    [chart] = band_charts(made, WORDS, {"a": "January 2010", "b": "January 2012"})
    assert [dict(counts) for _, counts in chart.rows] == [{"new": 4}, {"new": 1, "carried_same": 3, "not_restated": 1}]
    assert {"= 4 threads", "= 5 threads"} <= set(said(chart.figure))
    assert "= 5 threads" in chart.figure.desc
    widths: dict[float, float] = {}
    for shape in chart.figure.shapes:
        got = dict(shape.attrs)
        if shape.tag == "rect" and got["height"] == "20":
            widths[float(got["y"])] = widths.get(float(got["y"]), 0) + float(got["width"])
    first, second = (widths[y] for y in sorted(widths))
    assert first / second == pytest.approx(4 / 5, abs=0.01)


def test_pictures_pass_through_the_vocabulary_as_they_are() -> None:
    made = history(
        YEARS,
        [path("x", *(point(i, "x", step=step("a", "x", "approximate")) for i in YEARS))],
        [thread(1, "a", {"a": "new", "b": "merged", "c": "split"}, "Keep <it> & go")],
    )
    figures = tuple(
        chart.figure for make in (grade_charts, thread_charts, band_charts) for chart in make(made, WORDS, NAMES)
    )
    assert len(figures) == 3
    assert parse(serialise(figures)) == figures
    assert all(figure.title and figure.desc and figure.caption for figure in figures)
    colours = set(re.findall(r"#[0-9a-f]{6}", serialise(figures)))
    assert colours <= {"#ffffff", "#1f4e79", "#48566a", "#b8c4d0"}


def test_nothing_is_drawn_of_nothing() -> None:
    empty = history({"a": "2010"})
    assert all(make(empty, WORDS, NAMES) == () for make in (grade_charts, thread_charts, band_charts))


def test_text_is_wrapped_by_its_width_and_loses_nothing_but_what_it_says() -> None:
    assert wrap("one two three", 1000, 10) == ["one two three"]
    lines_ = wrap("one two three four five six", 60, 10, most=2)
    assert len(lines_) == 2
    assert lines_[-1].endswith("…")
    assert all(measure(line, 10) <= 60 for line in lines_)
    cut = wrap("a" * 100, 60, 10, most=99)
    assert "".join(line.removesuffix("-") for line in cut) == "a" * 100
    assert wrap("", 60, 10) == []
    assert wrap("W", 1, 10) == ["W"]


@pytest.mark.parametrize(
    ("count", "most", "overlap"), [(0, 5, 0), (5, 5, 0), (6, 5, 0), (80, 16, 0), (12, 7, 1), (25, 7, 1)]
)
def test_parts_are_even_and_hold_everything(count: int, most: int, overlap: int) -> None:
    made = parts(list(range(count)), most, overlap=overlap)
    assert sorted({n for part in made for n in part}) == list(range(count))
    assert all(len(part) <= most for part in made)
    for one, two in itertools.pairwise(made):
        assert one[len(one) - overlap :] == two[:overlap]
    assert all(len(part) > 1 for part in made) or count <= 1
