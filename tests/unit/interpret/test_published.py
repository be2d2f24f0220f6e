"""What the blocks of a report as printed mean: one small report a rule, written for this test."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from reportgen.document import (
    Block,
    Cell,
    Heading,
    Item,
    ListBlock,
    Note,
    PageBreak,
    Paragraph,
    Place,
    Row,
    Table,
    Text,
)
from reportgen.errors import InputError
from reportgen.interpret import interpret
from reportgen.model import Inspection, ItemsParagraph, RecommendationsHere, Source, TextParagraph


def h(text: str, level: int = 0) -> Heading:
    return Heading(level, (Text(text),))


def p(text: str, number: str | None = None, role: str | None = None) -> Paragraph:
    return Paragraph((Text(text),), number=number, role=role)


def items(*texts: str) -> ListBlock:
    return ListBlock(tuple(Item((p(t),)) for t in texts))


def table(*rows: Sequence[str]) -> Table:
    return Table((), tuple(Row(tuple(Cell((Text(c),) if c else ()) for c in row)) for row in rows))


def read(*blocks: Block, **more: object) -> Inspection:
    return interpret(blocks, source=Source(file="report.pdf"), **more)  # type: ignore[arg-type]


LEADERS = "The impact of leaders on social work practice with children and families"
HELP = "The experiences and progress of children who need help and protection"
CARE = "The experiences and progress of children in care"
LEAVERS = "The experiences and progress of care leavers"
GRADES = (
    ("Judgement", "Grade"),
    (LEADERS, "Good"),
    (HELP, "Requires improvement to be good"),
    (CARE, "Good"),
    (LEAVERS, "Outstanding"),
    ("Overall effectiveness", "Good"),
)


def ilacs(
    *body: Block, grades: Sequence[Sequence[str]] = GRADES, dates: str = "3 to 14 June 2024"
) -> tuple[Block, ...]:
    return (
        h("Inspection of Ashmere local authority children’s services", 1),
        p(f"Inspection dates: {dates}"),
        p("Lead inspector: Ann Other, His Majesty’s Inspector"),
        table(*grades),
        p("Children in Ashmere are safer than they were."),
        *body,
    )


def sif(*body: Block) -> tuple[Block, ...]:
    return (
        h("Ashmere Borough Council"),
        h("Inspection of services for children in need of help and protection, children looked after and care leavers"),
        h("and"),
        h("Review of the effectiveness of the Local Safeguarding Children Board"),
        p("Inspection date: 2 – 25 March 2015"),
        p("Report published: 12 May 2015"),
        *body,
    )


def grade(inspection: Inspection, area: str) -> str | None:
    return next(j.grade for j in inspection.judgements if j.area == area)


# -- kinds -----------------------------------------------------------------------------------------------------------


def test_the_first_day_on_site_decides_between_frameworks_of_one_title() -> None:
    assert read(*ilacs()).framework == "ofsted-ilacs-2023"
    assert (
        read(*ilacs(dates="5 December 2022 to 9 December 2022 and 6 to 10 February 2023")).framework
        == "ofsted-ilacs-2018"
    )
    assert read(*ilacs(dates="27 April to 1 May 2026")).framework == "ofsted-ilacs-2026"


def test_a_kind_that_no_profile_fits_names_the_nearest() -> None:
    with pytest.raises(InputError, match="the nearest is ofsted-") as caught:
        read(h("Inspection of the harbour services for children", 1), p("Inspection dates: 3 to 14 June 2024"))
    assert caught.value.code == "RG202"


def test_words_about_a_visit_in_the_text_do_not_make_a_letter() -> None:
    found = read(*ilacs(p("Since the focused visit to Ashmere children’s services much has changed.")))
    assert found.framework == "ofsted-ilacs-2023"


# -- judgements ------------------------------------------------------------------------------------------------------


def test_where_table_and_chapter_disagree_both_places_are_told() -> None:
    found = read(*ilacs(h(f"{CARE}: inadequate", 2), p("Children wait.", "1")))
    judgement = next(j for j in found.judgements if j.area == "in-care")
    assert (judgement.grade, [c.value for c in judgement.conflicts]) == ("good", ["inadequate"])
    notice = next(n for n in found.notices if n.code == "RG210")
    assert notice.level == "warning"
    assert notice.field == f"judgements[{found.judgements.index(judgement)}].grade"


@pytest.mark.parametrize("ending", [": good", " are good", " is good", ": Good", " require improvement to be good"])
def test_grades_at_the_end_of_chapter_headings(ending: str) -> None:
    found = read(*ilacs(h(f"{CARE}{ending}", 2), grades=GRADES[:3]))
    wanted = "requires-improvement" if "require" in ending else "good"
    assert grade(found, "in-care") == wanted


def test_a_misprinted_label_is_read_with_a_notice_and_no_other_label_is() -> None:
    rows = [*GRADES[:4], ("The experiences and progress of children care leavers", "Good"), GRADES[5]]
    found = read(*ilacs(grades=rows))
    assert grade(found, "care-leavers") == "good"
    assert [n.code for n in found.notices if n.field and n.field.startswith("judgements") and n.level == "warning"] == [
        "RG213"
    ]
    other = read(*ilacs(grades=[*GRADES[:4], ("The quality of the harbour", "Good"), GRADES[5]]))
    assert grade(other, "care-leavers") is None
    assert next(j.missing for j in other.judgements if j.area == "care-leavers") == "unreadable"


def test_an_area_that_was_not_judged() -> None:
    found = read(*ilacs(grades=[*GRADES[:4], (LEAVERS, "Not judged"), GRADES[5]]))
    judgement = next(j for j in found.judgements if j.area == "care-leavers")
    assert (judgement.grade, judgement.missing, judgement.printed) == (None, "not_inspected", "Not judged")


def test_the_overall_from_the_line_over_the_table() -> None:
    found = read(
        *sif(
            table(
                ("Children’s services in Ashmere require improvement to be good", "", ""),
                ("1. Children who need help and protection", "Requires improvement", ""),
                ("2. Children looked after and achieving permanence", "Good", ""),
                ("", "2.1 Adoption performance", "Outstanding"),
                ("", "2.2 Experiences and progress of care leavers", "Good"),
                ("3. Leadership, management and governance", "Requires improvement", ""),
            )
        )
    )
    assert [(j.area, j.grade) for j in found.judgements] == [
        ("overall-effectiveness", "requires-improvement"),
        ("help-and-protection", "requires-improvement"),
        ("looked-after-and-permanence", "good"),
        ("adoption", "outstanding"),
        ("care-leavers", "good"),
        ("leadership", "requires-improvement"),
    ]


def test_a_review_of_the_board_alone_judges_the_board_alone() -> None:
    found = read(
        h("Ashmere Safeguarding Children Board"),
        h("Review of the effectiveness of the Local Safeguarding Children Board"),
        p("Inspection date: 2 – 4 March 2015"),
        h("The Local Safeguarding Children Board is good"),
        h("Recommendations", 2),
        items("Hear more children."),
    )
    assert (found.type, found.provider.short_name) == ("lscb_review", "Ashmere")
    assert grade(found, "lscb") == "good"
    assert {j.missing for j in found.judgements if j.area != "lscb"} == {"not_inspected"}
    assert [r.addressee for r in found.recommendations] == ["lscb"]


# -- recommendations -------------------------------------------------------------------------------------------------


def test_bullets_with_references_under_the_question() -> None:
    found = read(
        *ilacs(
            h("What needs to improve?"),
            items("The timeliness of visits. (Outcome 4, national framework)", "The quality of plans."),
            h(f"{HELP}: requires improvement to be good"),
            p("Visits are late.", "1"),
        )
    )
    assert [(r.text, r.references) for r in found.recommendations] == [
        ("The timeliness of visits.", ("Outcome 4, national framework",)),
        ("The quality of plans.", ()),
    ]
    assert found.sections[-1].area == "help-and-protection"


def test_points_under_a_numbered_recommendation_belong_to_it() -> None:
    found = read(
        *sif(
            h("Recommendations", 3),
            p("Improve plans, so that they", "1"),
            items("are short", "name dates."),
            p("See children.", "2"),
        )
    )
    assert [r.text for r in found.recommendations] == [
        "Improve plans, so that they are short name dates.",
        "See children.",
    ]


def test_themes_and_sub_headings_even_where_they_are_worded_like_a_chapter() -> None:
    found = read(
        *sif(
            p("Contents", role="contents"),
            p("What does the local authority need to improve? 4", role="contents"),
            h("What does the local authority need to improve?", 3),
            h("Priority and immediate action", 3),
            h("Leadership, management and governance", 4),
            p("Appoint a director.", "1"),
            h("Areas for improvement", 3),
            h("Care leavers", 4),
            p("Write pathway plans.", "2"),
            h("The local authority’s strengths", 3),
            p("Early help is well organised.", "3"),
        )
    )
    assert [(r.kind, r.heading) for r in found.recommendations] == [
        ("priority-action", "Priority and immediate action / Leadership, management and governance"),
        ("area-for-improvement", "Areas for improvement / Care leavers"),
    ]


@pytest.mark.parametrize(
    ("line", "none"),
    [
        ("Inspectors found no areas for priority and immediate action here.", True),
        ("This inspection has not identified any.", True),
        ("No areas for immediate action were identified.", True),
        ("Inspectors found no recommendations register. Set one up.", False),
    ],
)
def test_lines_that_only_say_there_are_none_are_no_recommendations(line: str, none: bool) -> None:
    found = read(
        *sif(
            h("What does the local authority need to improve?", 3),
            h("Priority and immediate action", 3),
            p(line, "1"),
            h("Areas for improvement", 3),
            p("Write pathway plans.", "2"),
        )
    )
    assert [r.number for r in found.recommendations] == (["2"] if none else ["1", "2"])
    said = any(isinstance(e, TextParagraph) and e.number == "1" for s in found.sections for e in s.paragraphs)
    assert said == none


def test_the_part_of_the_board_speaks_to_the_board() -> None:
    found = read(
        *sif(
            h("Recommendations", 3),
            p("Write pathway plans.", "1"),
            h("The experiences and progress of children who need help and protection", 3),
            p("Plans are late.", "2"),
            h("The Local Safeguarding Children Board (LSCB)", 2),
            h("Recommendations", 3),
            p("Hear more children.", "3"),
            h("Inspection findings – the Local Safeguarding Children Board", 3),
            p("Few children are heard.", "4"),
        )
    )
    assert [(r.number, r.addressee) for r in found.recommendations] == [("1", "local-authority"), ("3", "lscb")]


def test_a_heading_stands_once_over_recommendations_that_something_parts() -> None:
    found = read(
        *sif(
            h("What does the local authority need to improve?", 3),
            h("Areas for improvement", 3),
            h("Care leavers", 4),
            p("Write pathway plans.", "1"),
            Note("1", (Text("A plan for those who leave care."),)),
            p("There is no other action under this head but the next."),
            p("Find homes.", "2"),
        )
    )
    places = [e for s in found.sections for e in s.paragraphs if isinstance(e, RecommendationsHere)]
    assert [(e.recommendations, e.heading) for e in places] == [(("R1",), "Care leavers"), (("R2",), None)]
    assert {r.heading for r in found.recommendations} == {"Areas for improvement / Care leavers"}


# -- letters ---------------------------------------------------------------------------------------------------------


def letter(sentence: str, *body: Block) -> tuple[Block, ...]:
    return (
        p("9 November 2021"),
        p("Jo Bloggs"),
        p("Director of children’s services"),
        p("Dear Jo"),
        h("Focused visit to Ashmere Council children’s services"),
        p(f"{sentence} Her Majesty’s Inspectors for this visit were Ann Other and Bo Peep."),
        *body,
        p("Yours sincerely"),
        p("Ann Other"),
        h("Her Majesty’s Inspector"),
    )


def visited(days: str) -> str:
    return f"This letter summarises the findings of the focused visit to Ashmere Council children’s services {days}."


@pytest.mark.parametrize(
    ("days", "start", "end"),
    [
        ("on 5 and 6 October 2021", "2021-10-05", "2021-10-06"),
        ("between 5 and 7 October 2021", "2021-10-05", "2021-10-07"),
        ("on 30 September and 1 October 2021", "2021-09-30", "2021-10-01"),
        ("on 4 October 2021", "2021-10-04", "2021-10-04"),
    ],
)
def test_a_letter_says_when_who_and_what(days: str, start: str, end: str) -> None:
    theme = p("Inspectors looked at the local authority’s arrangements for care leavers. They spoke to many.")
    found = read(*letter(visited(days), theme))
    assert (found.framework, found.type, found.id) == ("ofsted-ilacs-visit", "focused_visit", f"ashmere-{start[:7]}")
    assert [(str(x.start), str(x.end)) for x in found.inspected] == [(start, end)]
    assert found.published is not None
    assert str(found.published.date) == "2021-11-09"
    assert [(i.name, i.title) for i in found.lead_inspectors] == [("Ann Other", "Her Majesty’s Inspector")]
    assert found.theme == "care leavers"
    assert found.source is not None
    assert [f.text for f in found.source.furniture if f.kind == "letter"][-2:] == [
        "Ann Other",
        "Her Majesty’s Inspector",
    ]


def test_two_days_apart_are_two_periods() -> None:
    found = read(*letter(visited("on 5 and 8 October 2021")))
    assert len(found.inspected) == 2


def test_a_year_that_is_not_printed_comes_with_a_warning() -> None:
    found = read(*letter(visited("on 5 and 6 October")))
    assert str(found.inspected[0].start) == "2021-10-05"
    assert [(n.code, n.field) for n in found.notices if n.level == "warning"][:1] == [("RG213", "inspected")]


def test_without_a_closing_line_the_name_stands_before_its_title() -> None:
    blocks = [
        b
        for b in letter(visited("on 5 October 2021"))
        if not (isinstance(b, Paragraph) and b.inlines == (Text("Yours sincerely"),))
    ]
    assert [i.name for i in read(*blocks).lead_inspectors] == ["Ann Other"]


# -- area SEND -------------------------------------------------------------------------------------------------------


def send(outcome: str, *body: Block) -> tuple[Block, ...]:
    return (
        h("Area SEND inspection of Ashmere Local Area Partnership"),
        p("Inspection dates: 4 to 8 March 2024"),
        p("Dates of previous inspection: 2 to 6 July 2018"),
        h("Inspection outcome"),
        p(outcome),
        *body,
        h("Inspection team"),
        table(
            ("Ofsted", "Care Quality Commission"),
            ("Ann Other, Ofsted HMI lead inspector", "Bo Peep, CQC lead inspector"),
        ),
    )


@pytest.mark.parametrize(
    ("sentence", "key"),
    [
        (
            "The local area partnership’s arrangements typically lead to positive experiences and outcomes.",
            "typically-positive",
        ),
        ("The local area partnership’s arrangements lead to inconsistent experiences and outcomes.", "inconsistent"),
        ("There are widespread and/or systemic failings leading to significant concerns.", "systemic-failings"),
    ],
)
def test_an_outcome_is_a_sentence(sentence: str, key: str) -> None:
    found = read(*send(sentence))
    assert grade(found, "outcome") == key
    assert [i.name for i in found.lead_inspectors] == ["Ann Other", "Bo Peep"]
    assert [(d.about, d.date) for d in found.declarations] == [("previous_inspection", "2018-07-02")]


def test_rows_of_actions_with_the_body_responsible() -> None:
    found = read(
        *send(
            "There are widespread and/or systemic failings leading to significant concerns.",
            h("Areas for priority action"),
            table(
                ("Areas for priority action", "Responsible body"),
                ("Leaders should see children sooner.", "Ashmere Council"),
                ("Leaders should write plans.", "Ashmere NHS board"),
            ),
            h("Areas for improvement"),
            p("Leaders should train staff, so that:"),
            items("they know the law", "they know the children."),
        )
    )
    assert [(r.kind, r.text, r.responsible) for r in found.recommendations] == [
        ("priority-action", "Leaders should see children sooner.", "Ashmere Council"),
        ("priority-action", "Leaders should write plans.", "Ashmere NHS board"),
        (
            "area-for-improvement",
            "Leaders should train staff, so that: they know the law they know the children.",
            None,
        ),
    ]


# -- the past --------------------------------------------------------------------------------------------------------


def test_statements_about_the_past_take_grade_and_date_where_they_are_plain() -> None:
    found = read(
        *ilacs(
            p(
                "The previous inspection of services for children looked after was in May 2015. The local authority was judged to be good."
            ),
            p("At the last inspection, in March 2011, services were judged good for some and inadequate for others."),
            items("Adoption performance: good", "Overall effectiveness: inadequate"),
        )
    )
    told = [(d.about, d.date, d.grade) for d in found.declarations]
    assert ("previous_inspection", "2015-05", "good") in told
    assert ("previous_inspection", "2011-03", None) in told
    assert ("previous_inspection", None, "inadequate") in told
    assert any(isinstance(e, ItemsParagraph) for s in found.sections for e in s.paragraphs)


# -- doubts ----------------------------------------------------------------------------------------------------------


def bulleted(*texts: str) -> tuple[Block, ...]:
    return ilacs(h("What needs to improve?"), items(*texts))


def test_a_second_reading_that_differs_is_told() -> None:
    found = read(*bulleted("See children.", "Hear children."), second=bulleted("See children. Hear children."))
    notice = next(n for n in found.notices if n.code == "RG217")
    assert (notice.field, notice.level) == ("recommendations", "warning")
    assert not [
        n for n in read(*bulleted("See children."), second=bulleted("See children.")).notices if n.code == "RG217"
    ]


def test_pages_read_by_place_are_told_with_what_stands_on_them() -> None:
    title = Heading(1, (Text("Inspection of Ashmere local authority children’s services"),), place=Place(1))
    blocks = [title, *ilacs()[1:4], PageBreak(Place(2)), Heading(0, (Text("What needs to improve?"),), place=Place(2))]
    blocks.append(ListBlock((Item((p("See children."),), place=Place(2)),)))
    found = read(*blocks, by_place=(2,))
    assert {n.field for n in found.notices if n.code == "RG216"} == {"recommendations", "sections"}


def test_one_recommendation_that_begins_as_no_other_does_is_doubted() -> None:
    found = read(*bulleted("See children.", "who are away.", "Hear children.", "Plan with children."))
    assert [n.field for n in found.notices if n.code == "RG218"] == ["recommendations[1].text"]


def test_numbers_of_recommendations_that_do_not_run_on_are_told() -> None:
    found = read(*sif(h("Recommendations", 3), p("See children.", "1"), p("Hear children.", "3")))
    assert ("RG212", "recommendations") in [(n.code, n.field) for n in found.notices]
