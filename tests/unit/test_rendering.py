"""What templates are given: tones, groups, titles."""

from __future__ import annotations

import itertools
from pathlib import Path

from reportgen import read_inspection, render
from reportgen.document import Table, plain, walk
from reportgen.frameworks import load_framework
from reportgen.rendering.contexts import groups_of
from reportgen.rendering.functions import grade_tone
from tests.support.examples import NEXT, ROTHERHAM

SIF = next(p for p in ROTHERHAM if p.stem == "rotherham-2014-09")


def test_the_tone_of_a_grade_is_its_place_on_its_scale() -> None:
    four, six = load_framework("ofsted-cp-2012"), load_framework("care-inspectorate")
    area = next(a.key for a in six.areas if a.scale)
    assert grade_tone(four, "overall-effectiveness", "adequate") == "level-2-of-4"
    assert grade_tone(six, area, "adequate") == "level-3-of-6"
    assert grade_tone(four, "overall-effectiveness", None) == "none"


def test_groups_tell_the_addressee_where_there_are_several() -> None:
    inspection = read_inspection(SIF)
    framework = load_framework(inspection.framework)
    groups = [(h, a, len(r)) for h, a, r in groups_of(inspection.recommendations, framework)]
    assert groups == [
        ("Priority and immediate action", "Local authority", 10),
        ("Areas for improvement", "Local authority", 16),
        ("Priority and immediate action", "Local Safeguarding Children Board", 5),
        ("Areas for improvement", "Local Safeguarding Children Board", 4),
    ]
    alone = [r for r in inspection.recommendations if r.addressee == inspection.recommendations[0].addressee]
    assert {a for _, a, _ in groups_of(alone, framework)} == {""}


def test_no_caption_repeats_the_heading_above_it() -> None:
    for path in (Path(NEXT), SIF):
        blocks = list(walk(render(read_inspection(path)).document.blocks))
        for before, block in itertools.pairwise(blocks):
            if isinstance(block, Table):
                assert plain(block.caption) != plain(getattr(before, "inlines", ()))
