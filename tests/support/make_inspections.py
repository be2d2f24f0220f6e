"""Inspections made for the tests: an invented inspectorate, two versions of its framework, reports of any content."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from reportgen.model import (
    Area,
    Edge,
    Framework,
    Grade,
    Inspection,
    Judgement,
    Period,
    Provider,
    Published,
    Recommendation,
    RecommendationsHere,
    Scale,
    Section,
    TextParagraph,
)
from reportgen.model.framework import Band, RecommendationRules, Validity

GRADES = ("poor", "fair", "good", "superb")


def framework(key: str, areas: Iterable[str], *, family: str = "four-points", bands: Iterable[str] = ()) -> Framework:
    """A framework whose areas are all judged on a scale of four."""
    grades = tuple(Grade(key=g, label=g.title(), rank=n) for n, g in enumerate(GRADES, 1))
    return Framework(
        key=key,
        body="Board of Ferry Inspectors",
        title=f"Inspection of ferries, {key}",
        valid=Validity(),
        scales=(Scale(key=f"scale-{key}", family=family, grades=grades),),
        areas=tuple(Area(key=a, label=a.title(), scale=f"scale-{key}") for a in areas),
        recommendations=RecommendationRules(
            bands=tuple(Band(key=b, labels=(b.replace("-", " ").capitalize(),)) for b in bands)
        ),
    )


def edge(earlier: str | None, later: str | None, comparability: str = "same") -> Edge:
    """An edge of a crosswalk."""
    return Edge(earlier=earlier, later=later, comparability=comparability, reason="made for a test", source="the test")


#: Two versions of one inspectorate's framework, and the crosswalk between them.
OLD = framework("ferries-2010", ("overall", "safety", "crew", "catering"), bands=("at-once", "three-months"))
NEW = framework("ferries-2015", ("overall", "safety", "people", "harbour"), bands=("at-once", "six-months"))
EDGES = (
    edge("overall", "overall"),
    edge("safety", "safety"),
    edge("crew", "people", "approximate"),
    edge("catering", None, "not_comparable"),
    edge(None, "harbour", "not_comparable"),
)
BACK = tuple(Edge(earlier=e.later, later=e.earlier, comparability=e.comparability, reason=e.reason) for e in EDGES)


def recommendation(id: str, text: str, **more: Any) -> Recommendation:
    """A recommendation."""
    return Recommendation(id=id, text=text, **{"kind": "improve", **more})


def judgement(area: str, grade: str | None, missing: str | None = None, **more: Any) -> Judgement:
    """A judgement, labelled by its key."""
    return Judgement(
        **{"area": area, "label": area.title(), "grade": grade, "missing": missing, "printed": grade, **more}
    )


def inspection(
    year: int = 2011,
    *,
    framework: Framework = OLD,
    judgements: Iterable[Judgement] = (),
    recommendations: Iterable[Recommendation | str] = (),
    paragraphs: Iterable[str] = (),
    **more: Any,
) -> Inspection:
    """An inspection of the Isle of Mull ferries in May of a year.

    Recommendations may be given by their texts, which get the ids R1, R2 … and stand in the first section; paragraphs
    follow under a title of their own, numbered.
    """
    listed = tuple(
        r if isinstance(r, Recommendation) else recommendation(f"R{n}", r) for n, r in enumerate(recommendations, 1)
    )
    sections = []
    if listed:
        place = RecommendationsHere(recommendations=tuple(r.id for r in listed))
        sections.append(Section(title="What must be better", paragraphs=(place,)))
    texts = tuple(TextParagraph(number=str(n), text=text) for n, text in enumerate(paragraphs, 1))
    if texts:
        sections.append(Section(title="What inspectors found", paragraphs=texts))
    return Inspection(
        **{
            "id": f"mull-ferries-{year}-05",
            "framework": framework.key,
            "title": "Inspection of ferry services",
            "provider": Provider(name="Mull Ferries", short_name="Mull"),
            "inspected": (Period(start=date(year, 5, 2), end=date(year, 5, 6)),),
            "published": Published(date=date(year, 7, 1)),
            "judgements": tuple(judgements),
            "recommendations": listed,
            "sections": tuple(sections),
            **more,
        }
    )
