"""Checks a template pack before anything is made with it: what it says, what it names, what it writes, what it shows.

Everything that can be told from the text of the pack is told from it, so that branches are checked that no example
reaches. Then the pack renders invented data in which every field holds something of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from html import unescape
from pathlib import Path
from typing import Any

from reportgen import workers
from reportgen.api import Finding
from reportgen.errors import InputError, TemplateError, Where
from reportgen.labels import load_labels
from reportgen.markup import parse, serialise
from reportgen.packs.coverage import coverage, covers
from reportgen.packs.invented import MODELS, Invention
from reportgen.packs.names import Names
from reportgen.packs.written import page_faults, vocabulary_faults, with_places, written
from reportgen.rendering import ANCHORS, CONTEXT, FIELDS, Project, context_of
from reportgen.rendering.contexts import PAGE
from reportgen.rendering.finding import Found, Link, chain, find
from reportgen.rendering.packs import Pack, Reader, load
from reportgen.rendering.styles import sheet_faults
from reportgen.sandbox import TOO_MUCH

#: What a pack from elsewhere may take: seconds and bytes for all of its check.
LIMITS = workers.Limits(seconds=60.0, memory=1_500_000_000)
_TEMPLATES = (".j2", ".html", ".jinja", ".jinja2")
#: Files of these kinds that nothing uses are worth a word.
_USED = (*_TEMPLATES, ".css", ".js", ".png", ".jpg", ".jpeg", ".svg", ".ttf", ".otf", ".woff", ".woff2")
_MARKER = re.compile(r' data-at="(\d+)"')
#: Where the errors of reading a pack belong among the faults of a pack.
_CODES = {"RG413": "RG622", "RG407": "RG621", "RG404": "RG623"}


def check(template: str | Path, project: Project | None = None) -> list[Finding]:
    """Everything that is wrong with a pack, by file and line; empty where it is fine.

    A pack that does not come with the program is checked in a child process with limits of time and memory.

    Raises:
        TemplateError: there is no pack of that name (RG407).
    """
    project = project or Project()
    found = find(template, project)
    if found.origin == "built in":
        return _check(found, project)
    # a place is told as the pack was named
    named = str(template) if found.origin == "path" else str(found.folder)
    arguments = {"folder": str(found.folder), "origin": found.origin, "search": [str(p) for p in project.search]}
    try:
        rows = workers.call("reportgen.packs.lint:check_job", arguments, limits=LIMITS)
    except InputError as error:
        if error.code not in ("RG505", "RG107"):
            raise
        where = Where(file=f"{named}/pack.yaml", line=1)
        hint = "look for loops in loops, and for tables of many thousand rows"
        return [Finding("error", "RG634", f"the check of this pack {error.message}", where, hint)]
    findings = [Finding(**{**row, "where": Where(**row["where"])}) for row in rows]
    return [replace(each, where=_renamed(each.where, str(found.folder), named)) for each in findings]


def _renamed(where: Where, folder: str, named: str) -> Where:
    inside = where.file is not None and where.file.startswith(f"{folder}/")
    return replace(where, file=f"{named.rstrip('/')}{(where.file or '')[len(folder) :]}") if inside else where


def check_job(folder: str, origin: Any, search: list[str]) -> list[dict[str, Any]]:
    """Check a pack inside a child process."""
    found = _check(Found(Path(folder).name, Path(folder), origin), Project(search=tuple(Path(p) for p in search)))
    return [asdict(each) for each in found]


def _check(found: Found, project: Project) -> list[Finding]:
    lint = _Lint(found.folder)
    try:
        links = chain(found.folder, project)
    except TemplateError as error:
        lint.refused(error)
        return lint.findings()
    lint.run(links, project)
    return lint.findings()


@dataclass
class _Lint:
    folder: Path
    found: dict[tuple[Any, ...], Finding] = field(default_factory=dict)
    used: set[Path] = field(default_factory=set)
    sections: set[str] = field(default_factory=set)

    def findings(self) -> list[Finding]:
        return sorted(self.found.values(), key=lambda f: (f.where.file or "", f.where.line or 0, f.code, f.message))

    def report(self, code: str, message: str, file: str, line: int | None, hint: str, level: str = "error") -> None:
        """Keep a finding, once; ``file`` as the pack names it."""
        own = self.folder / file
        where = Where(file=str(own) if own.exists() else file, line=line)
        self.found.setdefault((code, where, message), Finding(level, code, message, where, hint))

    def refused(self, error: TemplateError) -> None:
        """Keep what keeps the pack from being read at all."""
        code = _CODES.get(error.code, "RG621")
        if error.code == "RG407" and (error.where.field == "extends" or error.message.startswith("the pack in the")):
            code = "RG622"
        self.found.setdefault((code, error.where), Finding("error", code, error.message, error.where, error.hint))

    def run(self, links: Sequence[Link], project: Project) -> None:
        own = links[0]
        folders = {link.file.name: link.folder.resolve() for link in links}
        reader = Reader(folders)
        self._files(own, reader)
        templates: dict[str, str] = {}
        for link in reversed(links):
            templates |= {key: name for key, name in link.file.templates.items() if key in CONTEXT}
        page = next((link.file.page for link in links if link.file.page), None)
        self._names(templates, page, own, reader)
        self._shell(links, reader)
        self._unused(own)
        waivers = dict(_waivers(links))
        self._unknown_waivers(own)
        if any(f.level == "error" for f in self.found.values()):
            return
        try:
            pack = load(own.folder, project)
        except TemplateError as error:
            self.refused(error)
            return
        self._trial(pack, reader, waivers, own)

    # -- files -------------------------------------------------------------------------------------------------------

    def _files(self, own: Link, reader: Reader) -> None:
        """Files that ``pack.yaml`` names, those that lead outside, and style sheets."""
        file, where = own.file, own.settings.where
        named: list[tuple[tuple[str | int, ...], str]] = [(("styles", n), name) for n, name in enumerate(file.styles)]
        named += [(("templates", key), name) for key, name in file.templates.items() if key in CONTEXT]
        named += [(("scripts", key), name) for key, name in file.scripts.items() if key in CONTEXT]
        named += [((key,), name) for key in ("page", "shell") if (name := getattr(file, key))]
        for path, name in named:
            try:
                self.used.add(reader.find(name, at=file.name))
            except TemplateError as error:
                at = where(path)
                code = "RG624" if _leads_outside(own.folder, name) else "RG623"
                message = f"{name!r} leads out of the pack" if code == "RG624" else f"{name!r} is not in the pack"
                self.found[code, at] = Finding("error", code, message, at, error.hint)
        for key in ("templates", "scripts", "waivers"):
            for subject in getattr(file, key):
                if subject not in CONTEXT:
                    at, hint = where((key, subject)), f"one of: {', '.join(CONTEXT)}"
                    self.found["RG621", at] = Finding("error", "RG621", f"no subject is called {subject!r}", at, hint)
        for entry in sorted(own.folder.rglob("*")):
            name = entry.relative_to(own.folder).as_posix()
            if entry.is_symlink() and _leads_outside(own.folder, name):
                self.report("RG624", f"{name!r} leads out of the pack", name, None, "copy the file into the pack")
        for name in file.styles:
            try:
                css = reader.find(name, at=file.name).read_text(encoding="utf-8-sig")
            except (TemplateError, OSError, UnicodeDecodeError):
                continue
            faults, used = sheet_faults(css, name, partial(reader.beside, name, at=file.name))
            self.used |= used
            for code, message, line, hint in faults:
                self.report(code, message, name, line, hint)

    def _shell(self, links: Sequence[Link], reader: Reader) -> None:
        """The Word file, where it is the pack's own or the pack says something about its styles."""
        from reportgen.writers.docx import shell_problems

        own = links[0].file
        holder = next((link.file for link in links if link.file.shell), None)
        if holder is None or holder.shell is None or not (own.shell or own.roles):
            return
        try:
            path = reader.find(holder.shell, at=holder.name)
        except TemplateError:
            return
        roles: dict[str, str] = {}
        for link in reversed(links):
            roles |= link.file.roles
        anchors = {name for names in ANCHORS.values() for name in names} | self.sections
        for problem in shell_problems(path, styles=roles, fields=FIELDS, anchors=sorted(anchors)):
            where = Where(file=str(path), field=problem.place or None)
            found = Finding("error", problem.code, problem.message, where, problem.hint)
            self.found.setdefault((problem.code, where, problem.message), found)

    def _unused(self, own: Link) -> None:
        for path in sorted(own.folder.rglob("*")):
            name = path.relative_to(own.folder).as_posix()
            if name.startswith("cases/") or path.suffix.lower() not in _USED or path.resolve() in self.used:
                continue
            if path.is_file() and not path.is_symlink():
                self.report("RG635", f"nothing uses {name}", name, None, "name it, or take it out", "warning")

    # -- names and elements ------------------------------------------------------------------------------------------

    def _names(self, templates: Mapping[str, str], page: str | None, own: Link, reader: Reader) -> None:
        environment = reader.environment()
        names = Names(environment, reader.template, self.report)
        for subject, name in templates.items():
            try:
                names.follow(name, CONTEXT[subject])
            except TemplateError as error:
                self.refused(error)
        pages: set[str] = set()
        if page is not None:
            before = set(names.reached)
            names.follow(page, PAGE)
            pages = names.reached - before
        for path in sorted(own.folder.rglob("*")):
            if path.suffix.lower() not in _TEMPLATES or not path.is_file() or path.is_symlink():
                continue
            name = path.relative_to(own.folder).as_posix()
            if name.startswith("cases/"):
                continue
            if name in names.reached:
                self.used.add(path.resolve())
            try:
                names.read(name)
                text, _ = reader.template(name)
            except TemplateError as error:
                self.report("RG601", error.message, name, error.where.line, error.hint)
                continue
            html = written(environment, text)
            self.sections |= {e.attributes.get("class", "") for e in html.elements() if e.name == "section"}
            is_page = name in pages or any(e.name == "html" for e in html.elements())
            for code, message, line, hint in page_faults(html) if is_page else vocabulary_faults(html):
                self.report(code, message, name, line, hint)

    # -- invented data -----------------------------------------------------------------------------------------------

    def _trial(self, pack: Pack, reader: Reader, waivers: Mapping[str, Mapping[str, str]], own: Link) -> None:
        labels = load_labels()
        for subject, name in pack.templates.items():
            if subject not in MODELS:
                continue
            _, shown = reader.template(name)
            if not self._drawn(subject, name, shown, reader, pack):
                continue

            def draw(data: Any, name: str = name) -> str:
                return pack.run(name, context_of(data, labels)[1])

            waived = waivers.get(subject, {})
            covered = coverage(subject, draw, waivers=tuple(waived))
            for part, size in covered.missing(waived):
                message = f"{subject}: `{part}`" + (f" with its {size} fields" if size > 1 else "")
                hint = "show it, or say under `waivers` in pack.yaml why not"
                self.report("RG630", f"{message} is neither shown nor waived", shown, 1, hint)
            for pattern in own.file.waivers.get(subject, {}):
                about = [path for path in covered.fields if covers(pattern, path)]
                if about and all(path in covered.shown for path in about):
                    where = own.settings.where(("waivers", subject, pattern))
                    message = f"{subject}: the waiver of `{pattern}` waives nothing: the templates show it"
                    self.found["RG631", where] = Finding("error", "RG631", message, where, "take the waiver out")

    def _unknown_waivers(self, own: Link) -> None:
        for subject, waived in own.file.waivers.items():
            if subject not in MODELS:
                continue
            invention = Invention(subject)
            invention.make()
            for pattern in waived:
                if not any(covers(pattern, path) for path in invention.leaves):
                    where = own.settings.where(("waivers", subject, pattern))
                    message = f"{subject}: no field is called `{pattern}`"
                    hint = "write it as templates do, without places in lists: recommendations.number"
                    self.found["RG632", where] = Finding("error", "RG632", message, where, hint)

    def _drawn(self, subject: str, name: str, shown: str, reader: Reader, pack: Pack) -> bool:
        """Whether a template makes a document of invented data, full and scant; what is wrong with it is kept."""
        places: list[tuple[str, int, str]] = []
        plain = reader.environment()
        marking = replace(pack, environment=reader.environment(lambda text, at: with_places(plain, text, at, places)))
        full = Invention(subject)
        full.make()
        fine = True
        for without in (frozenset(), frozenset(full.optional)):
            data = Invention(subject, without=without).make()
            try:
                marked = marking.run(name, context_of(data, load_labels())[1])
            except TemplateError as error:
                code = "RG634" if error.message == TOO_MUCH else "RG633"
                self.report(code, error.message, error.where.file or shown, error.where.line, error.hint)
                return False
            fine = self._document(marked, places, shown) and fine
        return fine

    def _document(self, marked: str, places: Sequence[tuple[str, int, str]], shown: str) -> bool:
        def at(offset: int) -> tuple[str, int]:
            """The place in a template of the last opening tag that begins at or before a place in the page."""
            before = list(_MARKER.finditer(marked, 0, offset))
            return places[int(before[-1][1])][:2] if before else (shown, 1)

        try:
            blocks = parse(_MARKER.sub("", marked), source=shown)
        except TemplateError as error:
            line = error.where.line or 1
            rows = marked.split("\n")
            here = [int(m[1]) for m in _MARKER.finditer(rows[line - 1] if line <= len(rows) else "")]
            tag = re.search(r"</?([a-z0-9]+)>", error.message)
            chosen = [n for n in here if tag and places[n][2] == tag[1]] or here
            file, row = places[chosen[0]][:2] if chosen else at(sum(len(r) + 1 for r in rows[:line]))
            self.report("RG614", error.message, file, row, error.hint)
            return False
        fine = True
        level = 0
        for found in re.finditer(r"<h([1-6])\b[^>]*>", marked):
            if int(found[1]) > level + 1 or (found[1] == "1" and level):
                file, row = at(found.end())
                said = f"after level {level}" if level else "at the beginning"
                self.report(
                    "RG615", f"a heading of level {found[1]} {said}", file, row, "let levels run on, with one <h1>"
                )
                fine = False
            level = int(found[1])
        if not level:
            self.report("RG616", "the document has no heading", shown, 1, "begin it with <h1>")
            return False
        for found in re.finditer(r"<table\b[^>]*>(.*?)</table>", marked, re.DOTALL):
            if "<th" not in found[1]:
                file, row = at(found.start(1))
                hint = 'begin each row with <th scope="row">, or give the table a <thead>'
                self.report("RG617", "a table without header cells", file, row, hint)
                fine = False
        html = serialise(blocks)
        ids = set(re.findall(r'\bid="([^"]*)"', html))
        for found in re.finditer(r'<a\b[^>]*href="#([^"]*)"[^>]*>', marked):
            if unescape(found[1]) not in {unescape(i) for i in ids}:
                file, row = at(found.end())
                self.report(
                    "RG620", f"a link to #{found[1][:60]}, which is not there", file, row, "give its target an id"
                )
                fine = False
        return fine


def _waivers(links: Sequence[Link]) -> Iterator[tuple[str, dict[str, str]]]:
    for subject in CONTEXT:
        held: dict[str, str] = {}
        for link in reversed(links):
            held |= link.file.waivers.get(subject, {})
        yield subject, held


def _leads_outside(folder: Path, name: str) -> bool:
    try:
        path = folder / name
        return (path.is_symlink() or path.exists()) and not path.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError, ValueError):
        return True
