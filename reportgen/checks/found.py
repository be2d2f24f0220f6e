"""What a rule found, and the rules that are about words, whatever the format that holds them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePath


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a file: the page of a PDF, the line of a web page, or in words, as ``table 2, row 1``."""

    page: int | None = None
    line: int | None = None
    field: str | None = None


NOWHERE = Place()


@dataclass(frozen=True, slots=True)
class Found:
    """One fault: the code of the rule, what is wrong, where."""

    code: str
    message: str
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Headed:
    """A heading as a format gives it: its level from 1, its text, its place."""

    level: int
    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Linked:
    """A link: what it says, where it leads (empty for a place in the same file), its place."""

    text: str
    target: str
    place: Place


_FILE = re.compile(
    r"(?:[\w.:~ ()&+-]*[/\\])*[^/\\]*\.(?:docx?|docm|dotx?|pdf|x?html?|odt|rtf|txt|md|indd|pub|pptx?|xlsx?|tmp"
    r"|png|jpe?g|gif|bmp|tiff?|svg|webp|emf|wmf)",
    re.IGNORECASE,
)
_NO_TITLE = re.compile(r"microsoft (word|powerpoint|excel) - .*|(untitled|document|dokument|new document) ?\d*", re.I)
_NO_ALT = re.compile(
    r"(?:img|dsc|dscn|dcim|scan|screenshot)[ _-]?[\d_-]*\d"
    r"|(?:image|picture|photo|graphic|figure|chart|bild|icon)s? ?\d*",
    re.I,
)
_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z]{4})?(?:-(?:[A-Za-z]{2}|\d{3}))?(?:-[A-Za-z0-9]{2,8})*")
_ADDRESS = re.compile(r"(?:(?:https?|ftp|file)://|www\.)\S+", re.IGNORECASE)
#: Words of links that name no place, in the languages of the reports.
_EMPTY_WORDS = frozenset(
    "click here|here|this|this link|this page|link|more|read more|find out more|learn more|more information|more info"
    "|details|download|click|go|page|website|cliciwch yma|yma|mwy|darllen mwy|rhagor|dolen".split("|")
)
_BULLET = re.compile(r"(?:[•◦▪▫■□●○‣⁃∙·\uf0b7\uf0a7\uf076]\s*|[-–—*o]\s+)(?=\S)")
_LONGEST_HEADING = 90


def short(text: str, size: int = 60) -> str:
    """Some text to be shown in a message, on one line and not too long."""
    one = " ".join(text.split())
    return one if len(one) <= size else one[: size - 1].rstrip() + "…"


def is_file_name(text: str) -> bool:
    """Whether a text is the name of a file."""
    return _FILE.fullmatch(text.strip()) is not None


def about_title(title: str, name: str) -> Iterator[Found]:
    """The title of the file ``name``."""
    title = " ".join(title.split())
    if not title:
        yield Found("RG651", "the document has no title")
    elif (
        is_file_name(title)
        or _NO_TITLE.fullmatch(title)
        or (" " not in title and title.casefold() == PurePath(name).stem.casefold())
    ):
        yield Found("RG652", f"the title is {short(title)!r}")


def about_lang(lang: str) -> Iterator[Found]:
    """The language that a document declares."""
    if not lang.strip():
        yield Found("RG653", "the document declares no language")
    elif not _TAG.fullmatch(lang.strip()):
        yield Found("RG653", f"{short(lang)!r} is no language tag")


def about_headings(headings: Iterable[Headed]) -> Iterator[Found]:
    """Headings in reading order."""
    before = 0
    for heading in headings:
        if not heading.text.strip():
            yield Found("RG656", f"a heading of level {heading.level} has no text", heading.place)
            continue
        if heading.level > before + 1:
            follows = f"follows level {before}" if before else "is the first one"
            message = f"heading {short(heading.text)!r} of level {heading.level} {follows}"
            yield Found("RG654", message, heading.place)
        before = heading.level


def about_alt(alt: str | None, place: Place, *, what: str = "a picture") -> Iterator[Found]:
    """The alternative text of a picture, None or empty where it has none and should."""
    if alt is None or not alt.strip():
        yield Found("RG664", f"{what} has no alternative text", place)
    elif is_file_name(alt) or _NO_ALT.fullmatch(alt.strip()):
        yield Found("RG665", f"{what} has the alternative text {short(alt)!r}", place)


def is_address(text: str) -> bool:
    """Whether a text is nothing but a web address."""
    return _ADDRESS.fullmatch(text.strip()) is not None


def about_links(links: Iterable[Linked]) -> Iterator[Found]:
    """All links of a document."""
    targets: dict[str, str] = {}
    told: set[str] = set()
    for link in links:
        text = " ".join(link.text.split())
        words = re.sub(r"[^\w ]+", "", text).strip().casefold()
        if not text:
            yield Found("RG667", f"a link to {short(link.target) or 'somewhere'} has no text", link.place)
        elif is_address(text):
            yield Found("RG666", f"a link shows its address: {short(text)!r}", link.place)
        elif words in _EMPTY_WORDS:
            yield Found("RG666", f"a link says {short(text)!r}", link.place)
        elif link.target and targets.setdefault(words, link.target) != link.target and words not in told:
            told.add(words)
            message = f"links that say {short(text)!r} lead to {short(targets[words])} and to {short(link.target)}"
            yield Found("RG693", message, link.place)


def poses_as_heading(text: str) -> bool:
    """Whether a paragraph set wholly in bold reads like a heading: short, with letters, and no sentence."""
    text = " ".join(text.split())
    return 1 < len(text) <= _LONGEST_HEADING and text[-1] not in ".,;:!?…" and any(map(str.isalpha, text))


def has_typed_bullet(text: str) -> bool:
    """Whether a paragraph begins with a bullet that somebody typed."""
    return _BULLET.match(text.lstrip()) is not None


def about_typed_lists(paragraphs: Iterable[tuple[str, Place]]) -> Iterator[Found]:
    """Paragraphs in order, those of real lists left out as an empty text: two with typed bullets make a list."""
    run: list[tuple[str, Place]] = []
    for text, place in (*paragraphs, ("", NOWHERE)):
        if has_typed_bullet(text):
            run.append((text, place))
            continue
        if len(run) > 1:
            yield Found("RG671", f"{len(run)} paragraphs with typed bullets, from {short(run[0][0])!r}", run[0][1])
        run = []
