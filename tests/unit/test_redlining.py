from __future__ import annotations

import zipfile
from pathlib import Path

import docx_integrity
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from reportgen import api
from reportgen.document import (
    Aside,
    Cell,
    Contents,
    Document,
    Emphasis,
    Heading,
    Item,
    Link,
    ListBlock,
    Mark,
    Note,
    Paragraph,
    Row,
    Section,
    Strong,
    Table,
    Tag,
    Terms,
    Text,
    plain,
)
from reportgen.redlining import redline
from reportgen.writers import docx
from tests.support.examples import LONG, NEXT
from tests.support.revisions import settled
from tests.support.shared import SEED_2012, SEED_2014, needs_seed

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def text(*words: str) -> tuple[Text, ...]:
    return tuple(Text(word) for word in words)


def table(*rows: tuple[str, ...], caption: str = "") -> Table:
    head, *rest = [Row(tuple(Cell(text(cell)) for cell in row)) for row in rows]
    return Table((head,), tuple(rest), caption=text(caption) if caption else ())


def expected(document: Document) -> list[str]:
    """The text of every paragraph that the Word file must have, straight from the tree."""
    out: list[str] = []

    def walk(blocks) -> None:
        for block in blocks:
            match block:
                case Section(inner, role):
                    if role != "about":
                        walk(inner)
                case Aside(inner):
                    walk(inner)
                case Heading(inlines=inlines):
                    out.append(plain(inlines))
                case Paragraph(inlines=inlines, number=number):
                    out.append((f"{number}.\t" if number else "") + plain(inlines))
                case ListBlock(items):
                    for item in items:
                        walk_item(item)
                case Table(head, rows, caption):
                    out.extend([plain(caption)] if caption else [])
                    out.extend(plain(cell.inlines) for row in (*head, *rows) for cell in row.cells)
                case Terms(pairs):
                    out.extend(f"{plain(term)}\t{plain(value)}" for term, value in pairs)
                case Note(mark, inlines):
                    out.append(f"{mark}\t{plain(inlines)}")

    def walk_item(item: Item) -> None:
        for n, inner in enumerate(item.blocks):
            if n == 0 and item.number and isinstance(inner, Paragraph):
                out.append(f"{item.number}.\t{plain(inner.inlines)}")
            else:
                walk([inner])

    walk(document.blocks)
    return [each for each in out if each]


def marked(one: Document, two: Document, folder: Path, notes=None) -> Path:
    document, comments = redline(one, two, notes)
    path = folder / "redline.docx"
    path.write_bytes(docx.write(document, comments=comments))
    return path


def document(*blocks) -> Document:
    return Document(tuple(blocks), title="A report")


ONE = document(
    Section((Heading(1, text("Ferries")), Terms(((text("On site"), text("2 May 2011")),))), role="cover"),
    Contents(text("Contents")),
    Heading(2, text("Findings")),
    Paragraph((Text("Boats are tested every "), Strong(text("month")), Text(".")), number="1"),
    Paragraph(text("The harbour wall leaks, and nobody has mended it for years."), number="2"),
    Paragraph(text("Ticket prices are clear to all who travel with the company."), number="3"),
    ListBlock(
        (Item((Paragraph(text("Test lifeboats")),), id="R1"), Item((Paragraph(text("Train the crew")),), id="R2"))
    ),
    table(("Area", "Grade"), ("Safety", "Good"), ("Menus", "Poor"), caption="Judgements"),
    Note("1", text("As printed.")),
    Section((Heading(2, text("About")), Paragraph(text("Made of data."))), role="about"),
)
TWO = document(
    Section((Heading(1, text("Ferries")), Terms(((text("On site"), text("9 May 2016")),))), role="cover"),
    Contents(text("Contents")),
    Heading(2, text("Main findings")),
    Paragraph(text("Ticket prices are clear to all who travel with the company."), number="1"),
    Paragraph((Text("Boats are tested every "), Emphasis(text("week")), Text("."), Mark("1")), number="2"),
    Aside((Paragraph(text("A draft.")),)),
    ListBlock(
        (
            Item(
                (Paragraph(text("Test lifeboats at sea")), ListBlock((Item((Paragraph(text("at night")),)),))),
                number="4",
                id="R1",
            ),
            Item((Paragraph((Text("Train the crew in "), Link("https://example.org", text("drills")))),), id="R2"),
        )
    ),
    table(("Area", "Grade"), ("Safety", "Outstanding"), ("Drills", "Good"), caption="Judgements in full"),
    table(("Boats", "Number", "Year"), ("Rafts", "4", "2016")),
    Paragraph((Text("Overall: "), Tag("Good", "level-3"))),
)


@pytest.mark.parametrize(("one", "two"), [(ONE, TWO), (TWO, ONE), (ONE, ONE), (ONE, document()), (document(), TWO)])
def test_accepting_gives_the_later_text_and_rejecting_the_earlier(one: Document, two: Document, tmp_path: Path) -> None:
    path = marked(one, two, tmp_path)
    assert settled(path, "ins") == expected(two)
    assert settled(path, "del") == expected(one)


def test_one_document_beside_itself_has_no_change(tmp_path: Path) -> None:
    with zipfile.ZipFile(marked(ONE, ONE, tmp_path)) as file:
        body = etree.fromstring(file.read("word/document.xml"))
    assert not list(body.iter(f"{_W}ins", f"{_W}del"))


def test_words_keep_their_look() -> None:
    one = document(Paragraph((Text("Boats are tested every "), Strong(text("month")), Text(" at sea")), number="1"))
    two = document(
        Paragraph((Text("Boats are tested every "), Emphasis(text("week")), Text(" at sea"), Mark("1")), number="2")
    )
    found = redline(one, two)[0].blocks[0]
    assert isinstance(found, Paragraph)
    assert Strong((Text("month", "del"),)) in found.inlines
    assert Emphasis((Text("week", "ins"),)) in found.inlines
    assert Mark("1", "ins") in found.inlines
    assert (found.number, found.earlier_number) == ("2", "1")


def test_rows_are_kept_where_they_stay() -> None:
    one = document(table(("Area", "Grade"), ("Safety at sea", "Good"), ("Menus", "Poor")))
    two = document(table(("Area", "Grade"), ("Safety at sea", "Outstanding"), ("Drills", "Good")))
    first = redline(one, two)[0].blocks[0]
    assert isinstance(first, Table)
    assert [row.change for row in (*first.head, *first.rows)] == [None, None, "del", "ins"]
    assert plain(first.rows[0].cells[1].inlines, side="del") == "Good"
    assert plain(first.rows[0].cells[1].inlines, side="ins") == "Outstanding"


def test_every_recommendation_has_its_comment(tmp_path: Path) -> None:
    notes = {f"{side}:{name}": f"{side} {name} & so on" for side in ("earlier", "later") for name in ("R1", "R2")}
    path = marked(ONE, TWO, tmp_path, notes)
    with zipfile.ZipFile(path) as file:
        comments = etree.fromstring(file.read("word/comments.xml"))
        body = etree.fromstring(file.read("word/document.xml"))
    said = {"".join(c.itertext()): c.get(f"{_W}id") for c in comments}
    assert set(said) == set(notes.values())
    for kind in ("commentRangeStart", "commentRangeEnd", "commentReference"):
        assert sorted(e.get(f"{_W}id") for e in body.iter(f"{_W}{kind}")) == sorted(said.values())
    assert settled(path, "ins") == expected(TWO)
    assert settled(path, "del") == expected(ONE)


def test_the_same_two_give_the_same_bytes(tmp_path: Path) -> None:
    notes = {"later:R1": "new"}
    assert marked(ONE, TWO, tmp_path, notes).read_bytes() == marked(ONE, TWO, tmp_path, notes).read_bytes()


WORDS = st.lists(st.sampled_from("boats are tested every month and week & <so> on, at sea".split()), max_size=9)
TEXTS = WORDS.map(" ".join)


@st.composite
def inlines(draw: st.DrawFn):
    parts = draw(st.lists(st.tuples(st.sampled_from((Text, Strong, Emphasis, Mark, Link)), TEXTS), max_size=3))
    made = []
    for kind, words in parts:
        if kind in (Text, Mark):
            made.append(kind(words))
        else:
            made.append(Link("https://example.org", text(words)) if kind is Link else kind(text(words)))
    return tuple(made)


@st.composite
def any_block(draw: st.DrawFn):
    kind = draw(st.sampled_from(("heading", "paragraph", "numbered", "list", "table", "note")))
    if kind == "heading":
        return Heading(draw(st.integers(2, 3)), draw(inlines()))
    if kind == "paragraph":
        return Paragraph(draw(inlines()))
    if kind == "numbered":
        return Paragraph(draw(inlines()), number=str(draw(st.integers(1, 3))))
    if kind == "note":
        return Note(draw(st.sampled_from("12")), draw(inlines()))
    if kind == "list":
        number = st.sampled_from((None, "1", "2"))
        return ListBlock(
            tuple(Item((Paragraph(draw(inlines())),), number=draw(number)) for _ in range(draw(st.integers(1, 3))))
        )
    width = draw(st.integers(1, 2))
    rows = [Row(tuple(Cell(draw(inlines())) for _ in range(width))) for _ in range(draw(st.integers(1, 4)))]
    return Table(tuple(rows[:1]), tuple(rows[1:]), caption=draw(inlines()))


DOCUMENTS = st.lists(any_block(), max_size=6).map(lambda blocks: document(*blocks))


@given(DOCUMENTS, DOCUMENTS)
@settings(max_examples=40, deadline=None)
def test_any_two_documents_can_be_had_back(
    tmp_path_factory: pytest.TempPathFactory, one: Document, two: Document
) -> None:
    path = marked(one, two, tmp_path_factory.mktemp("any"))
    assert settled(path, "ins") == expected(two)
    assert settled(path, "del") == expected(one)


def test_the_file_is_sound_and_the_check_can_say_no(tmp_path: Path) -> None:
    path = marked(ONE, TWO, tmp_path, {"later:R1": "new", "earlier:R2": "not repeated"})
    assert docx_integrity.check(path) == []
    bad = tmp_path / "bad.docx"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(bad, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(b"w:delText", b"w:t"))
    assert docx_integrity.check(bad)


def both_ways(first: Path, second: Path, folder: Path) -> None:
    one, two = api.read_inspection(first), api.read_inspection(second)
    path = folder / "redline.docx"
    path.write_bytes(api.redline(one, two, api.compare(one, two)))
    assert settled(path, "ins") == expected(api.render(two).document)
    assert settled(path, "del") == expected(api.render(one).document)
    assert docx_integrity.check(path) == []
    with zipfile.ZipFile(path) as file:
        comments = etree.fromstring(file.read("word/comments.xml"))
    assert len(comments) == len(one.recommendations) + len(two.recommendations)


def test_two_example_reports(tmp_path: Path) -> None:
    both_ways(LONG, NEXT, tmp_path)


@needs_seed
def test_two_real_reports(tmp_path: Path) -> None:
    both_ways(SEED_2012, SEED_2014, tmp_path)
