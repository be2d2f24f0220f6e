"""Pictures of pages, and the boxes of spans of their text."""

from __future__ import annotations

import io

import pikepdf
import pytest
from PIL import Image

from reportgen.readers.pdf.pages import texts
from reportgen.readers.pdf.pictures import Picture, pictures
from tests.support import printed_report


def span(data: bytes, page: int, words: str) -> tuple[int, int]:
    text = dict(texts(data))[page]
    start = text.index(words)
    return start, start + len(words)


def first(data: bytes, words: str, *, scale: float = 1.0) -> Picture:
    return next(iter(pictures(data, {1: [span(data, 1, words)]}, scale=scale)))


def ink(picture: Picture, box: tuple[float, float, float, float]) -> float:
    """How much of a box on a picture is dark, 0 to 1."""
    image = Image.open(io.BytesIO(picture.data)).convert("L")
    scale = image.width / picture.width
    left, top, width, height = (edge * scale for edge in box)
    part = image.crop((round(left), round(top), round(left + width), round(top + height)))
    return sum(part.histogram()[:128]) / (part.width * part.height)


def test_a_page_is_a_picture_of_its_size() -> None:
    found = list(pictures(printed_report.pdf(), {}, scale=1.5))
    assert [p.number for p in found] == [1, 2, 3]
    image = Image.open(io.BytesIO(found[0].data))
    assert image.width == pytest.approx(found[0].width * 1.5, abs=2)
    assert f"image/{(image.format or '').lower()}" == found[0].media_type
    assert all(len(p.data) < 200_000 for p in found)


def test_boxes_lie_on_the_words_one_a_line() -> None:
    picture = first(printed_report.pdf(), "Ferrow Borough Council", scale=2)
    ((box,),) = picture.boxes
    assert ink(picture, box) > 0.05
    assert ink(picture, (box[0], box[1] - 6, box[2], 4)) == 0
    data = printed_report.pdf()
    start, end = span(data, 1, "The effectiveness of the help")[0], span(data, 1, "carers")[1]
    (lines,) = next(iter(pictures(data, {1: [(start, end)]}))).boxes
    assert len(lines) in (2, 3), "as the font of the machine sets it"
    assert [line[1] for line in lines] == sorted({line[1] for line in lines})


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_boxes_of_a_page_that_is_turned_and_cut_are_where_the_words_are_seen(turn: int) -> None:
    with pikepdf.open(io.BytesIO(printed_report.pdf())) as file:
        file.pages[0].rotate(turn, relative=False)
        file.pages[0].cropbox = [40, 60, 560, 830]
        out = io.BytesIO()
        file.save(out)
    data = out.getvalue()
    picture = first(data, "Ferrow Borough Council", scale=2)
    ((box, *more),) = picture.boxes
    assert not more or turn in (90, 270)
    assert (box[2] > box[3]) == (turn in (0, 180))
    assert 0 <= box[0] < box[0] + box[2] <= picture.width
    assert 0 <= box[1] < box[1] + box[3] <= picture.height
    assert ink(picture, box) > 0.05


def test_a_page_of_any_size_makes_a_picture_of_bounded_size() -> None:
    with pikepdf.open(io.BytesIO(printed_report.pdf())) as file:
        file.pages[0].mediabox = [0, 0, 14_000, 14_000]
        out = io.BytesIO()
        file.save(out)
    picture = next(iter(pictures(out.getvalue(), {})))
    assert max(Image.open(io.BytesIO(picture.data)).size) <= 2001


def test_the_same_page_gives_the_same_bytes() -> None:
    one, two = (next(iter(pictures(printed_report.pdf(), {}))) for _ in range(2))
    assert one == two
