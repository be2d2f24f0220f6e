"""Lexicons: what recommendations of one domain are about, as data that anybody can replace; what was measured."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from reportgen.model.base import Key, Model, Problem, Words, duplicates

#: How sure a link is that nobody declared or decided.
Band = Literal["strong", "likely", "possible"]


class Topic(Model):
    """Something that recommendations are about: ``terms`` tell it, ``within`` names wider topics that are told as well.

    ``kind``: an object of practice, a population, a manner in which anything may be done, or a group of topics.
    """

    key: Key
    name: Words
    kind: Literal["object", "population", "manner", "group"] = "object"
    terms: tuple[Words, ...] = ()
    within: tuple[Key, ...] = ()
    weight: Annotated[float, Field(gt=0, le=2)] = 1.0


class Facet(Model):
    """In what respect something is to become better, such as timeliness or recording."""

    key: Key
    name: Words
    terms: tuple[Words, ...] = Field(min_length=1)


class Lexicon(Model):
    """Topics and facets of a domain; ``docs/matching.md`` names every key."""

    format: Literal["reportgen/lexicon/1"] = "reportgen/lexicon/1"
    key: Key
    title: Words
    actors: tuple[Words, ...] = ()
    ignore: tuple[Words, ...] = ()
    topics: tuple[Topic, ...] = Field(min_length=1)
    facets: tuple[Facet, ...] = ()


class BandMeasured(Model):
    """How often links of a band were right; ``low`` and ``high``: the 95 % interval, authorities resampled."""

    band: Band
    at_least: float
    right: int
    of: int
    low: float
    high: float

    @property
    def precision(self) -> float:
        """The share that was right, 0 to 1."""
        return round(self.right / self.of, 2) if self.of else 0.0


class Calibration(Model):
    """What was measured with a lexicon on labelled pairs: weights of the score, thresholds, rarity, precision."""

    format: Literal["reportgen/calibration/1"] = "reportgen/calibration/1"
    lexicon: Key
    note: Words
    weights: dict[str, float]
    accept: float
    review: float
    show: float
    bands: tuple[BandMeasured, ...] = ()
    #: in how many of ``of`` recommendations each topic stands
    of: int
    topics: dict[str, int]


def lexicon_problems(lexicon: Lexicon) -> Iterator[Problem]:
    """What is wrong inside a lexicon that its schema cannot say."""
    yield from duplicates(((("topics", i, "key"), t.key) for i, t in enumerate(lexicon.topics)), "topic")
    yield from duplicates(((("facets", i, "key"), f.key) for i, f in enumerate(lexicon.facets)), "facet")
    known = {topic.key for topic in lexicon.topics}
    for i, topic in enumerate(lexicon.topics):
        for j, wider in enumerate(topic.within):
            if wider not in known:
                yield Problem(("topics", i, "within", j), "RG113", f"no topic {wider!r}", "name a topic of this file")
