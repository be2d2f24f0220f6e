"""What people add: decisions on links and values, and dated events without grades."""

from __future__ import annotations

import datetime
import hashlib
from typing import Annotated, Any, Literal

from pydantic import Field

from reportgen.model.base import Key, Model, PartialDate, Str, Words, letters

#: A path into an inspection, as in ``judgements[2].grade``.
FIELD = r"^[a-z_]+(\[\d{1,6}\]|\.[A-Za-z0-9_-]+)*$"


class RecommendationRef(Model):
    """A recommendation named by its content: the hash of its letters decides, id and first words help the reader."""

    inspection: str
    id: str
    text_sha: Annotated[str, Field(pattern=r"^[0-9a-f]{12,64}$")]
    starts: Str | None = None


class Cited(Model):
    """A place in a published report that an entry rests on."""

    inspection: str
    paragraph: Str | None = None
    page: int | None = None


class LinkDecision(Model):
    """A person's word on whether two recommendations belong together."""

    earlier: RecommendationRef
    later: RecommendationRef
    verdict: Literal["confirmed", "rejected"]
    relation: Literal["same", "reworded", "narrowed", "broadened"] | None = None
    by: Words
    on: datetime.date
    note: Str | None = None


class Progress(Model):
    """Progress that the inspectorate assessed, in its own published words."""

    recommendation: RecommendationRef
    assessed: Literal[
        "achieved", "partially_achieved", "not_achieved", "no_longer_relevant", "could_not_verify", "not_assessed"
    ]
    by: Literal["inspectorate"] = "inspectorate"
    evidence: Cited
    note: Str | None = None


class Position(Model):
    """What the provider says of a recommendation: self-reported."""

    recommendation: RecommendationRef
    accepted: Literal["accepted", "partially_accepted", "rejected", "no_response_found"] | None = None
    action: Literal["not_started", "in_progress", "reported_complete"] | None = None
    by: Literal["provider"] = "provider"
    on: datetime.date
    note: Str | None = None


class Closure(Model):
    """A dated, reversible decision about the record; ``closed_implemented`` needs evidence."""

    recommendation: RecommendationRef
    state: Literal["open", "closed_implemented", "closed_not_implemented"]
    reason: (
        Literal["superseded", "no_longer_relevant", "body_abolished", "framework_withdrawn", "rejected_and_dropped"]
        | None
    ) = None
    by: Words
    on: datetime.date
    evidence: Cited | None = None
    note: Str | None = None


class Due(Model):
    """A date by which a recommendation is due; a later entry moves the date and keeps the history."""

    recommendation: RecommendationRef
    date: datetime.date
    set_on: datetime.date
    note: Str | None = None


class Correction(Model):
    """A value of an inspection that a person mended; applied on load and shown as such."""

    inspection: str
    field: Annotated[str, Field(pattern=FIELD)]
    was: Any = None
    now: Any = None
    by: Words
    on: datetime.date


class Checked(Model):
    """A person read the imported data of an inspection against its report."""

    inspection: str
    by: Words
    on: datetime.date


class Decisions(Model):
    """``decisions.yaml`` of one provider."""

    format: Literal["reportgen/decisions/1"] = "reportgen/decisions/1"
    links: tuple[LinkDecision, ...] = ()
    progress: tuple[Progress, ...] = ()
    position: tuple[Position, ...] = ()
    closure: tuple[Closure, ...] = ()
    due: tuple[Due, ...] = ()
    corrections: tuple[Correction, ...] = ()
    checked: tuple[Checked, ...] = ()


class Event(Model):
    """A dated event without grades."""

    date: PartialDate
    kind: Key
    title: Words
    text: Str | None = None
    source: Words


class Events(Model):
    """``events.yaml`` of one provider."""

    format: Literal["reportgen/events/1"] = "reportgen/events/1"
    provider: Key
    events: tuple[Event, ...] = ()


def text_sha(text: str) -> str:
    """SHA-256 of the letters of a recommendation's text, as 64 hex digits (files may shorten it to twelve or more)."""
    return hashlib.sha256(letters(text).encode()).hexdigest()
