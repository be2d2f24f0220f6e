"""The progress report: what it says is what the data says, sums hold in every table, and every format carries it."""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import BaseModel

from reportgen import api, build_history, collection, read_inspection
from reportgen.document import Document, Figure, Heading, Rendered, Section, Table, plain, plain_text, walk
from reportgen.labels import load_labels
from reportgen.markup import unmark
from reportgen.model import History
from reportgen.rendering import render
from reportgen.rendering.functions import counted, linked, partial_date
from reportgen.rendering.histories import history_context
from reportgen.writers import markdown, pdf, terminal, text
from tests.support.examples import ASHMERE, INSPECTIONS

WORDS = load_labels()["history"]
AS_OF = datetime.date(2026, 6, 1)


def made_of(slug: str, baseline: str) -> History:
    groups, errors = collection.providers([INSPECTIONS / slug])
    assert not errors
    loaded = collection.load(groups[0])
    return api.build_history(
        loaded.inspections, decisions=loaded.decisions, events=loaded.events, as_of=AS_OF, baseline=baseline
    )


@pytest.fixture(scope="module")
def ashmere() -> History:
    return made_of("ashmere", "ashmere-2012-09")


@pytest.fixture(scope="module")
def rotherham() -> History:
    return made_of("rotherham", "rotherham-2012-07")


@pytest.fixture(scope="module")
def both(ashmere: History, rotherham: History) -> dict[str, tuple[History, Rendered]]:
    return {"ashmere": (ashmere, render(ashmere)), "rotherham": (rotherham, render(rotherham))}


def part(document: Document, role: str) -> Section:
    return next(b for b in walk(document.blocks) if isinstance(b, Section) and b.role == role)


def tables(section: Section | Document) -> dict[str, list[list[str]]]:
    """The tables of a part by caption, each as rows of cells, the head first."""
    return {
        plain(block.caption): [[plain(c.inlines) for c in row.cells] for row in (*block.head, *block.rows)]
        for block in walk(section.blocks)
        if isinstance(block, Table)
    }


def counts(rows: list[list[str]]) -> dict[str, int]:
    return {row[0]: int(row[-1]) for row in rows[1:]}


NAMES = pytest.mark.parametrize("name", ["ashmere", "rotherham"])


@NAMES
def test_every_table_of_counts_adds_up_by_row_and_by_column(
    both: dict[str, tuple[History, Rendered]], name: str
) -> None:
    history, rendered = both[name]
    total = WORDS["total"]
    summed = 0
    for block in walk(rendered.document.blocks):
        if not isinstance(block, Table) or block.role not in ("counts", "crossed"):
            continue
        rows = [[plain(c.inlines) for c in row.cells] for row in block.rows]
        assert rows[-1][0] == total
        first = next(n for n, cell in enumerate(rows[-1]) if cell.isdigit())
        numbers = [[int(cell) for cell in row[first:]] for row in rows]
        for column in zip(*numbers, strict=True):
            assert sum(column[:-1]) == column[-1], plain(block.caption)
        if block.role == "crossed":
            assert all(sum(row[:-1]) == row[-1] for row in numbers), plain(block.caption)
        summed += 1
    assert summed >= 6
    threads = len(history.threads)
    for role, caption in (
        ("short", WORDS["in_short"]["table"]),
        ("again", WORDS["again"]["often"]),
        ("time", WORDS["time"]["counts"]),
    ):
        assert counts(tables(part(rendered.document, role))[caption])[total] == threads


@NAMES
def test_recommendations_add_up_to_what_the_reports_hold(both: dict[str, tuple[History, Rendered]], name: str) -> None:
    history, rendered = both[name]
    inspections = tables(part(rendered.document, "timeline"))[WORDS["timeline"]["inspections"]]
    held = sum(history.summary.recommendations.values())
    assert inspections[-1][-1] == str(held)
    assert sum(int(row[-1]) for row in inspections[1:-1] if row[-1].isdigit()) == held
    stated = tables(part(rendered.document, "threads"))[WORDS["counts"]["stated"]]
    assert stated[-1][-1] == str(held) == str(sum(len(t.items) for t in history.threads))


@NAMES
def test_each_thread_stands_in_full_once_and_links_lead_to_it(
    both: dict[str, tuple[History, Rendered]], name: str
) -> None:
    history, rendered = both[name]
    ids = [b.id for b in walk(rendered.document.blocks) if isinstance(b, Heading)]
    context = history_context(history, load_labels())
    assert [i for i in ids if i in context["anchors"].values()] == list(context["anchors"].values())
    targets = set(re.findall(r'href="#([^"]+)"', rendered.html))
    assert targets - {"main"} <= set(re.findall(r' id="([^"]+)"', rendered.html))
    shown = " ".join(plain_text(rendered.document).split())
    for thread in history.threads:
        for item in thread.items:
            assert " ".join(item.text.split()) in shown
        for cell in thread.cells:
            for mention in cell.mentions:
                assert " ".join(mention.text.split()) in shown


@NAMES
def test_pictures_have_tables_that_say_the_same(both: dict[str, tuple[History, Rendered]], name: str) -> None:
    history, rendered = both[name]
    context = history_context(history, load_labels())
    names = context["names"]
    found = tables(rendered.document)
    for chart in context["charts"]["threads"]:
        rows = found[WORDS["threads"]["overview"].format(title=chart.figure.title)]
        assert rows[0][1:] == [names[i.id] for i in chart.inspections]
        for (thread, cells), row in zip(chart.rows, rows[1:], strict=True):
            for cell, shown in zip(cells, row[1:], strict=True):
                said = WORDS["threads"]["not_yet"] if cell is None else WORDS["states"][cell.state]
                assert shown == said or shown == f"{said} ({', '.join(cell.items)})", thread.id
    for table in context["charts"]["grades"]:
        rows = found[WORDS["grades"]["caption"].format(title=table.chart.figure.title)]
        drawn = [s.text for s in table.chart.figure.shapes if s.tag == "text"]
        for path, row in zip(table.chart.paths, rows[1:], strict=True):
            for i, shown in zip(table.chart.inspections, row[1:], strict=True):
                for point in (p for p in path.points if p.inspection == i.id):
                    grade = point.printed or point.grade_label
                    assert not grade or (shown.startswith(grade) and any(grade.startswith(d) for d in drawn if d))
                    if point.step and point.step.comparability != "same":
                        assert WORDS["grades"]["flags"][point.step.comparability or "none"] in shown
    figures = [b for b in walk(rendered.document.blocks) if isinstance(b, Figure)]
    assert len(figures) == sum(len(context["charts"][kind]) for kind in ("grades", "threads", "bands"))


def strings(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)
    else:
        yield str(value)


@NAMES
def test_absence_is_never_called_an_achievement(both: dict[str, tuple[History, Rendered]], name: str) -> None:
    history, rendered = both[name]
    assert WORDS["in_short"]["absence"] in plain_text(rendered.document)
    # the report's own words; the texts that it quotes may say what they like
    own = " ".join(strings(WORDS))
    assert not re.search(r"\b(resolved|implemented|completed|fulfilled|addressed|done)\b", own, re.IGNORECASE)
    rows = tables(part(rendered.document, "unknown"))[WORDS["unknown"]["caption"]]
    silent = [t for t in history.threads if t.label in ("not_restated", "not_covered", "not_comparable")]
    assert [row[1] for row in rows[1:-1]] == [WORDS["labels"][t.label] for t in silent]
    assert len(silent) > 10
    sections = [b for b in walk(rendered.document.blocks) if isinstance(b, Section) and b.role == "recommendation"]
    for thread, section in zip(history.threads, sections, strict=True):
        if thread in silent and not thread.progress:
            assert WORDS["progress"]["assessed"]["achieved"] not in plain_text(Document((section,))).split("\n")


def test_ashmere_by_hand(both: dict[str, tuple[History, Rendered]]) -> None:
    """Read off the data files: what an improvement team would check first."""
    _, rendered = both["ashmere"]
    document = rendered.document
    overall = tables(document)["How each step compares with the judgement before it"]
    step = next(row for row in overall if row[0] == "Overall effectiveness" and "February 2015" in row[2])
    assert step[1] == "Overall effectiveness: Adequate (September 2012)"
    assert step[3:5] == ["Not comparable", "no"]
    shown = plain_text(document)
    assert "Requires improvement (February 2015; not comparable)" in shown
    inspections = tables(part(document, "timeline"))[WORDS["timeline"]["inspections"]]
    assert [row[-1] for row in inspections[1:]] == ["8", "13", "13", "2", "5", "41"]
    progress = tables(part(document, "progress"))[WORDS["progress"]["caption"]]
    assert progress[1][1:3] == ["Achieved", "February 2015, paragraph 12"]
    claims = tables(part(document, "claims"))[WORDS["claims"]["caption"]]
    assert claims[1][1:4] == ["accepted", "says it is in progress", "14 March 2013"]
    base = tables(part(document, "baseline"))
    assert counts(base["The recommendations of September 2012 by state in May 2023"])["Total"] == 13
    assert len(base["Each recommendation of September 2012"]) == 14
    overdue = tables(part(document, "time"))[WORDS["time"]["caption"]]
    immediate = next(row for row in overdue if row[0].startswith("R1 of September 2012"))
    # published on 19 October 2012, "Immediately"
    days = f"{(AS_OF - datetime.date(2012, 10, 19)).days:,} days"
    assert immediate[1:4] == ["19 October 2012", "printed timescale, counted from 19 October 2012", days]
    moved = next(row for row in overdue if row[0].startswith("R4 of March 2010"))
    assert moved[1:3] == ["30 June 2013", "set by a decision"]
    assert "19 January 2013 (set on 5 November 2012)" in moved[4]


def test_rotherham_by_hand(both: dict[str, tuple[History, Rendered]]) -> None:
    """The traps: care leavers from outstanding over a joint good to good; overall 2012 against 2014."""
    history, rendered = both["rotherham"]
    found = tables(rendered.document)
    steps = found["How each step compares with the judgement before it"]
    leavers = [row for row in steps if row[0] == "The experiences and progress of care leavers"]
    assert [row[3:5] for row in leavers][-2:] == [["Not comparable", "no"], ["Maintained", "in part"]]
    assert "Outstanding (November 2017)" in leavers[-2][1]
    overall = next(row for row in steps if row[0] == "Overall effectiveness" and "September 2014" in row[2])
    assert overall[3:5] == ["Not comparable", "no"]
    area = "The experiences and progress of care leavers"
    rows = next(
        rows for caption, rows in found.items() if caption.startswith("Grades") and area in (r[0] for r in rows)
    )
    lane = next(row for row in rows if row[0] == area)
    assert lane[rows[0].index("June 2022")] == "Good (joint); not comparable"
    # what has no grade is not said to be comparable
    second = next(rows for rows in found.values() if "The Local Safeguarding Children Board" in (r[0] for r in rows))
    board = next(row for row in second if row[0] == "The Local Safeguarding Children Board")
    assert board[second[0].index("November 2017")] == "Not inspected"
    assert "What became of the 13 recommendations of July 2012" in plain_text(rendered.document)
    base = counts(found["The recommendations of July 2012 by state in November 2025"])
    assert base.pop("Total") == 13 == sum(base.values())
    assert history.baseline is not None
    assert base == {WORDS["states"][s]: n for s, n in Counter(r.state for r in history.baseline.rows).items()}


@NAMES
def test_formats_without_pictures_carry_the_same(both: dict[str, tuple[History, Rendered]], name: str) -> None:
    _, rendered = both[name]
    figures = [b for b in walk(rendered.document.blocks) if isinstance(b, Figure)]
    for said in (markdown.write(rendered.document), text.write(rendered.document), terminal.write(rendered.document)):
        flat = " ".join(said.replace("\\", "").split())
        for figure in figures:
            assert " ".join(figure.desc.split()) in flat
    assert rendered.html.count("<svg") == len(figures) == rendered.html.count('role="img"')


def test_no_words_of_the_report_stand_in_the_template() -> None:
    """Every word comes from the labels, so that another language is one file."""
    source = (Path(__file__).parents[2] / "templates" / "standard" / "history.html.j2").read_text(encoding="utf-8")
    bare = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<[^>]+>", " ", source, flags=re.DOTALL)
    assert re.findall(r"[A-Za-z]{2,}", bare) == []


def test_one_inspection_without_decisions_or_baseline_makes_a_report() -> None:
    made = render(build_history([read_inspection(ASHMERE[0])]))
    shown = plain_text(made.document)
    assert "One inspection, March 2010, made 8 recommendations." in shown
    assert WORDS["progress"]["none"] in shown
    assert WORDS["decide"]["none"] in shown
    assert not any(isinstance(b, Section) and b.role in ("claims", "baseline") for b in walk(made.document.blocks))


def test_addresses_become_links_and_nothing_else_does() -> None:
    assert str(linked("See https://www.a.example/x?y=1, and (http://b.example).")) == (
        'See <a href="https://www.a.example/x?y=1">a.example</a>, and (<a href="http://b.example">b.example</a>).'
    )
    assert str(linked("no <address> & none")) == "no &lt;address&gt; &amp; none"
    assert str(linked(None)) == ""


def test_partial_dates_say_what_is_known() -> None:
    assert [partial_date(d) for d in ("2014", "2014-10", "2014-10-08")] == ["2014", "October 2014", "8 October 2014"]
    assert counted(1, {"one": "{count} day", "other": "{count} days"}) == "1 day"
    assert counted(1200, {"one": "{count} day", "other": "{count} days"}) == "1,200 days"


#: Fields whose text a reader does not need, or sees in other words.
UNSEEN = frozenset(
    "format line framework kind area type status wording basis state label change comparability date when id ids into "
    "comparability_to_previous grade missing relation confidence text_sha sha256 assessed accepted action by about "
    "timescale addressee why level field reason facets_earlier facets_later recommendations_missing thread starts "
    "source code heading".split()
)


def spoken(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text of a model with its path."""
    if isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from spoken(getattr(value, name), f"{path}.{name}")
    elif isinstance(value, dict):
        for inner in value.values():
            yield from spoken(inner, path)
    elif isinstance(value, tuple):
        for inner in value:
            yield from spoken(inner, path)
    elif isinstance(value, str) and value:
        yield path, value


@NAMES
def test_no_text_of_the_history_is_left_out(both: dict[str, tuple[History, Rendered]], name: str) -> None:
    history, rendered = both[name]
    shown = " ".join(plain_text(rendered.document).split())
    elsewhere = (".inspections.provider", ".threads.cells.mentions.shared")
    lost = {
        path: text
        for path, text in spoken(history)
        if path.rpartition(".")[2] not in UNSEEN
        and not path.startswith(elsewhere)
        and " ".join(unmark(text).split()) not in shown
    }
    assert lost == {}
    ends = [path.end.reason for path in history.grade_paths if path.end]
    assert ends
    assert all(reason in shown for reason in ends)
    reasons = [
        s.reason for path in history.grade_paths for p in path.points for s in (p.step, *p.joined) if s and s.reason
    ]
    assert all(reason in shown for reason in reasons)


def test_long_terms_that_a_page_cuts_stay_in_their_list(
    both: dict[str, tuple[History, Rendered]], tmp_path: Path
) -> None:
    import page

    _, rendered = both["ashmere"]
    pair = "<dl class='link'><dt>Passages of September 2012 that speak to it</dt><dd>One line.</dd></dl>"
    # every height that a page may have left for a term of two lines
    main = "<h1>T</h1>" + "".join(f"{pair * n}<p>Between.</p>" for n in range(1, 24))
    head, _, rest = rendered.html.partition("<main")
    opening, _, after = rest.partition(">")
    html = f"{head}<main{opening}>{main}{after[after.index('</main>') :]}"
    path = tmp_path / "terms.pdf"
    path.write_bytes(pdf.write(replace(rendered, html=html)))
    checked = page.validate_pdf(str(path), profile="ua1")
    assert checked.is_compliant, [(f.rule_id, f.message) for f in checked.failures]
