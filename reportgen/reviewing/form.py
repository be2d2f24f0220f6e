"""The questions of a review as one HTML page that saves a decisions file by itself, with no server behind it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.resources import files
from typing import Any

from reportgen.markup import unmark
from reportgen.model import Inspection, Recommendation
from reportgen.reviewing import Question, reference


def form(questions: Sequence[Question], earlier: Inspection, later: Inspection) -> str:
    """The page. What it saves is a decisions file with the answers, named after the two inspections."""
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    name = later.provider.short_name or later.provider.name
    data = {
        "name": f"decisions-{earlier.id}-{later.id}.yaml",
        "questions": [{"earlier": _plain(earlier, q.earlier), "later": _plain(later, q.later)} for q in questions],
        "later": [_plain(later, r) for r in later.recommendations],
    }
    # inside a script nothing may look like the end of it
    inside = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")
    template = environment.from_string((files("reportgen") / "reviewing" / "form.html.j2").read_text("utf-8"))
    return template.render(
        title=f"{name}: which recommendations belong together?",
        intro=(
            f"Each question is about a recommendation of {earlier.id} and one of {later.id}. "
            "They belong together where the later one asks for the same improvement of the same thing. "
            "What you save here is a file; reportgen review --answers FILE adds it to decisions.yaml."
        ),
        questions=[
            {
                "earlier": _shown(q.earlier),
                "later": _shown(q.later),
                "why": why(q),
            }
            for q in questions
        ],
        later=[{"id": r.id, "starts": " ".join(unmark(r.text).split()[:9])} for r in later.recommendations],
        data=Markup(inside),  # noqa: S704 -- JSON of our own making with every < written out
    )


def _plain(inspection: Inspection, recommendation: Recommendation) -> dict[str, Any]:
    return reference(inspection, recommendation).model_dump(mode="json", exclude_none=True)


def _shown(recommendation: Recommendation) -> dict[str, Any]:
    return {
        "id": recommendation.id,
        "text": unmark(recommendation.text),
        "heading": unmark(recommendation.heading or "").rsplit(" / ", 1)[-1],
    }


def why(question: Question) -> list[str]:
    """What speaks for a pair and what against it, a line each."""
    reasons = question.reasons
    rare = [
        topic.name + (f" (in {100 * topic.share:.1f} % of recommendations)" if topic.share is not None else "")
        for topic in reasons.topics
    ]
    lines = [
        f"Both speak of: {', '.join(rare)}." if rare else "",
        f"Words of both: {', '.join(reasons.shared)}." if reasons.shared else "",
        f"Only the earlier: {', '.join(reasons.only_earlier)}." if reasons.only_earlier else "",
        f"Only the later: {', '.join(reasons.only_later)}." if reasons.only_later else "",
    ]
    if reasons.facets_earlier or reasons.facets_later:
        one, two = (", ".join(some) or "nothing named" for some in (reasons.facets_earlier, reasons.facets_later))
        lines.append(f"To become better: earlier {one}; later {two}.")
    # certain is kept for what is declared, decided or equal
    score = min(question.score, 0.99)
    if question.proposed is None:
        lines.append(f"Score {score:.2f}: not linked.")
    else:
        right = (
            f"; links like it were right in {100 * question.precision:.0f} %" if question.precision is not None else ""
        )
        lines.append(f"Score {score:.2f}: linked, {question.proposed}{right}.")
    return [line for line in lines if line]
