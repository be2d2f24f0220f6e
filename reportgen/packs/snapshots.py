"""Snapshot tests of a pack: each case rendered, told as text and pictures, and laid beside what was stored.

What is stored lies in ``cases/snapshots/<case>/``: the HTML page, Markdown, the parts of the Word file as XML and its
outline, the text, outline and tags of the PDF, a picture of each page, and ``made.json``, which says what it was made
of: when a snapshot has changed, that says why.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from reportgen import api, data_files, files
from reportgen.errors import InputError, TemplateError, Where
from reportgen.manifest import made_with
from reportgen.model import Case, Events
from reportgen.rendering import Pack

State = Literal["same", "changed", "missing", "stale"]
#: What a pixel's channels may differ by (0 to 255) and still count as the same: edges of letters.
_SLIGHT = 24
#: Pixels an inch of the stored pictures.
_DPI = 60
_MADE = "made.json"
_PART = re.compile(r"word/(document|header\d*|footer\d*|footnotes)\.xml|docProps/(core|app|custom)\.xml")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one snapshot of a case.

    ``share``: of a picture, the share of its pixels that differ, 0 to 1. ``before`` and ``after``: the contents, None
    where there is none.
    """

    case: str
    name: str
    state: State
    before: bytes | None = None
    after: bytes | None = None
    share: float | None = None


@dataclass(frozen=True, slots=True)
class Tested:
    """One case: its snapshots, and what has changed of what it is made of, by kind, with the names."""

    case: str
    outcomes: tuple[Outcome, ...]
    why: tuple[str, ...] = ()

    @property
    def differs(self) -> bool:
        """Whether anything is not as stored; what was never stored does not differ."""
        return any(o.state in ("changed", "stale") for o in self.outcomes)

    @property
    def missing(self) -> bool:
        """Whether something was never stored."""
        return any(o.state == "missing" for o in self.outcomes)


def cases_of(pack: Pack) -> dict[str, Path]:
    """The cases of a pack by name, its own only: packs that it extends are tested on their own."""
    return {path.stem: path for path in sorted((pack.folder / "cases").glob("*.yaml"))}


def run_case(pack: Pack, path: Path) -> Tested:
    """Render a case and compare every part of it with what is stored.

    Raises:
        InputError: the case, or the data that it names, cannot be read or is wrong.
        TemplateError: the pack cannot be used, or the case names a file outside the pack (RG404).
        EnvironmentFault: the machine lacks what a format needs (RG501, RG502).
    """
    case = data_files.load(path, Case, checks=data_files.CHECKS["case"]).value
    made = _made(pack, path, case)
    stored = _stored(path)
    outcomes = [_compared(path.stem, name, stored.get(name), after, case) for name, after in made.items()]
    wanted = {_kind(name) for name in made}
    outcomes += [
        Outcome(path.stem, name, "stale", before=before)
        for name, before in stored.items()
        if name not in made and _kind(name) in wanted
    ]
    now = _made_of(pack, path, case)
    before = json.loads((_folder(path) / _MADE).read_bytes()) if (_folder(path) / _MADE).is_file() else {}
    changed = any(o.state == "changed" for o in outcomes)
    return Tested(path.stem, tuple(outcomes), tuple(_why(before, now)) if changed and before else ())


def store(pack: Pack, path: Path, tested: Tested) -> list[Path]:
    """Store what a case gives now, and take away what it does not give any more.

    Returns:
        The files that were written or taken away.
    """
    folder = _folder(path)
    done = []
    for outcome in tested.outcomes:
        target = folder / outcome.name
        if outcome.state == "stale":
            target.unlink(missing_ok=True)
            done.append(target)
        elif outcome.after is not None and outcome.state != "same":
            done.append(files.write_bytes(target, outcome.after, parents=True))
    case = data_files.load(path, Case, checks=data_files.CHECKS["case"]).value
    text = json.dumps(_made_of(pack, path, case), indent=2, ensure_ascii=False) + "\n"
    note = folder / _MADE
    if not note.is_file() or note.read_text(encoding="utf-8") != text:
        done.append(files.write_bytes(note, text.encode("utf-8"), parents=True))
    return done


def _folder(path: Path) -> Path:
    return path.parent / "snapshots" / path.stem


def _stored(path: Path) -> dict[str, bytes]:
    folder = _folder(path)
    return {p.name: p.read_bytes() for p in sorted(folder.glob("*")) if p.is_file() and p.name != _MADE}


def _kind(name: str) -> str:
    return re.sub(r"^page-\d+\.png$", "pictures", name)


# -- making ------------------------------------------------------------------------------------------------------------


def _made(pack: Pack, path: Path, case: Case) -> dict[str, bytes]:
    """Everything that a case gives, by the name of its file."""
    rendered = api.render(_subject(path, case), template=pack, lang=case.lang, sensitivity=case.sensitivity)
    made: dict[str, bytes] = {}
    if "html" in case.formats:
        made["document.html"] = api.serialise(rendered, "html")
    if "md" in case.formats:
        made["document.md"] = api.serialise(rendered, "md")
    if "docx" in case.formats:
        word = api.serialise(rendered, "docx")
        made["document.docx.xml"] = _readable_word(word).encode("utf-8")
        made["document.docx.outline.txt"] = _word_outline(word).encode("utf-8")
    if "pdf" in case.formats or "pictures" in case.formats:
        pdf = api.serialise(rendered, "pdf")
        if "pdf" in case.formats:
            made["document.pdf.txt"] = _readable_pdf(pdf).encode("utf-8")
        if "pictures" in case.formats:
            made |= {f"page-{n:02}.png": picture for n, picture in enumerate(page_pictures(pdf), 1)}
    return made


def _subject(path: Path, case: Case) -> Any:
    inspections = [api.load_inspection(_inside(path, name))[0] for name in case.data]
    decisions = api.load_decisions(_inside(path, case.decisions)) if case.decisions else None
    if case.subject == "inspection":
        return inspections[0]
    if case.subject == "comparison":
        return api.compare(inspections[0], inspections[1], decisions=decisions)
    events = data_files.load(_inside(path, case.events), Events).value.events if case.events else ()
    return api.build_history(inspections, decisions=decisions, events=events, as_of=case.as_of, baseline=case.baseline)


def _inside(path: Path, name: str) -> Path:
    """A file that a case names: inside the folder of the cases."""
    folder = path.parent.resolve()
    found = (folder / name).resolve()
    if not found.is_relative_to(folder):
        message = f"{name!r} is outside the pack's cases"
        raise TemplateError("RG404", message, where=Where(file=str(path)), hint="put the data beside the case")
    if not found.is_file():
        raise InputError("RG101", f"no such file: {name}", where=Where(file=str(path)), hint="mend the name")
    return found


def _readable_word(data: bytes) -> str:
    """The parts of a Word file that say something, one element a line."""
    import zipfile

    from lxml import etree

    out = []
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in sorted(n for n in archive.namelist() if _PART.fullmatch(n)):
            root = etree.fromstring(archive.read(name))
            out += [f"== {name}", etree.tostring(root, pretty_print=True, encoding="unicode")]
    return "\n".join(out)


def _word_outline(data: bytes) -> str:
    """The headings of a Word file by their level, as its styles have them."""
    from reportgen.document import Heading, plain, walk
    from reportgen.readers import read

    blocks = read(data, "document.docx").blocks
    lines = [f"{'  ' * (b.level - 1)}{plain(b.inlines)}" for b in walk(blocks) if isinstance(b, Heading)]
    return "".join(f"{line}\n" for line in lines)


def _readable_pdf(data: bytes) -> str:
    """The text of a PDF page by page, its outline, and its tags."""
    import pikepdf
    import pypdfium2

    document = pypdfium2.PdfDocument(data)
    out = []
    for number, page in enumerate(document, 1):
        out += [f"== page {number}", re.sub(r"[ \r]+\n|\r\n", "\n", page.get_textpage().get_text_bounded())]
    out.append("== outline")
    out += [f"{'  ' * entry.level}{entry.get_title()}" for entry in document.get_toc()]
    out.append("== tags")
    with pikepdf.open(io.BytesIO(data)) as pdf:
        if "/StructTreeRoot" in pdf.Root:
            out += _tags(pdf.Root.StructTreeRoot.get("/K"), 0)
    return "\n".join(out) + "\n"


def _tags(kids: Any, depth: int) -> list[str]:
    """The structure elements below one, one a line; runs of equal ones without anything below are counted."""
    import pikepdf

    some = list(kids) if isinstance(kids, pikepdf.Array) else [kids] if kids is not None else []
    lines: list[str] = []
    for kid in some:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            lines.append(f"{'  ' * depth}{str(kid.S)[1:]}")
            lines += _tags(kid.get("/K"), depth + 1)
    out: list[str] = []
    count = 1
    for n, line in enumerate(lines):
        if n + 1 < len(lines) and lines[n + 1] == line:
            count += 1
            continue
        out.append(f"{line} × {count}" if count > 1 else line)
        count = 1
    return out


def page_pictures(data: bytes, dpi: int = _DPI) -> Iterable[bytes]:
    """The pages of a PDF as PNG, the same bytes for the same pages."""
    import pypdfium2

    for page in pypdfium2.PdfDocument(data):
        buffer = io.BytesIO()
        page.render(scale=dpi / 72).to_pil().convert("RGB").save(buffer, "PNG", optimize=True)
        yield buffer.getvalue()


# -- comparing ---------------------------------------------------------------------------------------------------------


def _compared(case: str, name: str, before: bytes | None, after: bytes, settings: Case) -> Outcome:
    if before is None:
        return Outcome(case, name, "missing", after=after)
    if before == after:
        return Outcome(case, name, "same", before, after)
    if name.endswith(".png"):
        share = difference(before, after)
        return Outcome(case, name, "same" if share <= settings.tolerance else "changed", before, after, share)
    return Outcome(case, name, "changed", before, after)


def difference(before: bytes, after: bytes) -> float:
    """The share of pixels that differ visibly between two pictures, 0 to 1; 1 where their sizes differ."""
    from PIL import Image, ImageChops

    one, two = (Image.open(io.BytesIO(data)).convert("RGB") for data in (before, after))
    if one.size != two.size:
        return 1.0
    red, green, blue = ImageChops.difference(one, two).split()
    histogram = ImageChops.lighter(ImageChops.lighter(red, green), blue).histogram()
    return sum(histogram[_SLIGHT:]) / (one.size[0] * one.size[1])


# -- why ---------------------------------------------------------------------------------------------------------------


def _made_of(pack: Pack, path: Path, case: Case) -> dict[str, Any]:
    """Hashes of everything that a snapshot is made of, by kind."""
    named = [*case.data, *(n for n in (case.decisions, case.events) if n)]
    data = {name: _sha(_inside(path, name).read_bytes()) for name in named}
    own = {path.name: _sha(path.read_bytes())}
    template = {
        f"{name}/{p.relative_to(folder).as_posix()}": _sha(p.read_bytes())
        for name, folder in pack.folders.items()
        for p in sorted(folder.rglob("*"))
        if p.is_file() and "cases" not in p.relative_to(folder).parts and not _passed_over(p.relative_to(folder))
    }
    return {"template": template, "data": data, "case": own, **made_with()}


def _passed_over(path: Path) -> bool:
    return any(part.startswith((".", "__pycache__")) for part in path.parts)


def _sha(data: bytes) -> str:
    import hashlib

    return hashlib.sha256(data).hexdigest()


def _why(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterable[str]:
    """What has changed since a snapshot was stored, a line a kind."""
    for kind in now:
        old, new = before.get(kind, {}), now[kind]
        names = [name for name in sorted({*old, *new}) if old.get(name) != new.get(name)]
        if names:
            yield f"{kind}: {', '.join(names)}"
