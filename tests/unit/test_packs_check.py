"""Checks of template packs: every planted fault is found by its own code, at its line."""

from __future__ import annotations

import re
import shutil
import zipfile
import zlib
from pathlib import Path

import pytest

from reportgen.api import Finding
from reportgen.errors import CODES, TemplateError, UsageFault
from reportgen.packs import invented
from reportgen.packs.coverage import covers
from reportgen.packs.explaining import explain, explained
from reportgen.packs.lint import check
from reportgen.packs.starting import new_pack
from reportgen.rendering import CONTEXT, Project, load
from tests.support.examples import ROOT

STANDARD = ROOT / "templates" / "standard"
BODY, PARTS, PAGE, STYLE, PACK = "inspection.html.j2", "_parts.html.j2", "page.html.j2", "style.css", "pack.yaml"
#: What stands in front of a plant, and stays.
ABOUT = '<p class="made">{{ about.made }}</p>\n'
STYLED = ".made { color: var(--soft); font-size: 0.9rem; margin-top: 2rem; }\n"


@pytest.fixture
def alone(tmp_path: Path) -> Path:
    """The standard pack under another name, for inspections alone and with nothing under it."""
    folder = tmp_path / "alone"
    shutil.copytree(
        STANDARD, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__", "filters.js", "[ch]o*.j2", "hi*.j2")
    )
    lines = (STANDARD / PACK).read_text().splitlines(keepends=True)
    text = "".join(line for line in lines if not re.search("comparison.html|history.html|filters.js", line))
    (folder / PACK).write_text(text[: text.index("  comparison:\n")].replace("name: standard", "name: alone"))
    return folder


def errors(folder: Path, project: Project | None = None) -> list[Finding]:
    return [finding for finding in check(folder, project) if finding.level == "error"]


def test_what_the_faults_are_planted_in_has_none(alone: Path) -> None:
    assert check(alone) == []


def png_head(width: int, height: int) -> bytes:
    """A picture that says how large it is, and holds nothing."""

    def part(name: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big")

    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes((1, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", zlib.compress(b"")) + part(b"IEND", b"")


#: Code, file, what stands there, what is planted after it, and what is said of it. The plant's first line is the place.
PLANTS: list[tuple[str, str, str, str, str]] = [
    ("RG601", BODY, ABOUT, "{% if inspection.theme %}<p>x</p>{% endfor %}\n", "endfor"),
    ("RG601", PARTS, "", "{% macro x( %}{% endmacro %}\n", "expected"),
    ("RG602", BODY, ABOUT, "{% if false %}<p>{{ inspecton.title }}</p>{% endif %}\n", "did you mean 'inspection'"),
    ("RG602", PARTS, "", "{% macro m() %}{{ labels.area }}{% endmacro %}\n", "'labels'"),
    ("RG602", BODY, ABOUT, "{% from '_parts.html.j2' import itens %}\n", "did you mean 'items'"),
    ("RG603", BODY, ABOUT, "{% if parts.none %}{% endif %}\n", "`parts` has no 'none'"),
    ("RG603", BODY, ABOUT, "{% if false %}{{ inspection.provder.name }}{% endif %}\n", "did you mean 'provider'"),
    ("RG603", BODY, ABOUT, "{% for j in inspection.judgements %}{% if j.grad %}{% endif %}{% endfor %}\n", "'grade'"),
    ("RG603", BODY, ABOUT, "{% for r in recommendations.values() if r.nunber %}{% endfor %}\n", "'number'"),
    ("RG603", BODY, ABOUT, "{% set x = groups | map(attribute=3) | list %}\n", "a row of 3"),
    ("RG603", BODY, ABOUT, "{% set x = inspection.judgements | selectattr('missng') | list %}\n", "'missing'"),
    (
        "RG603",
        BODY,
        ABOUT,
        "{% for p in inspection.sections[0].paragraphs if p.txt %}{% endfor %}\n",
        "'text'",
    ),
    ("RG603", BODY, ABOUT, "{% if labels.about.intr %}{% endif %}\n", "did you mean 'intro'"),
    ("RG603", BODY, ABOUT, "{% if inspection.published.date.yeer %}{% endif %}\n", "did you mean 'year'"),
    ("RG603", BODY, ABOUT, "{% set n = namespace(a=1) %}{% if n.b %}{% endif %}\n", "the namespace has no 'b'"),
    ("RG603", BODY, ABOUT, "{% if framework.scale_of('x').grads %}{% endif %}\n", "did you mean 'grades'"),
    (
        "RG603",
        BODY,
        ABOUT,
        "{{ parts_of.scale_tabel(inspection.scale_as_printed, labels) }}\n",
        "did you mean 'scale_table'",
    ),
    ("RG604", BODY, ABOUT, "{% if false %}<p>{{ inspection.title | uper }}</p>{% endif %}\n", "did you mean 'upper'"),
    ("RG604", BODY, ABOUT, "{% set x = inspection.sources | map('rihc') | list %}\n", "did you mean 'rich'"),
    ("RG605", BODY, ABOUT, "{% if inspection.team is defind %}{% endif %}\n", "did you mean 'defined'"),
    ("RG606", BODY, ABOUT, "{% if false %}{% include 'footer.html.j2' %}{% endif %}\n", "footer.html.j2"),
    ("RG606", BODY, ABOUT, "{% include 'inspection.html.j2' %}\n", "without end"),
    ("RG609", BODY, ABOUT, "{% if false %}<p>{{ inspection.provider }}</p>{% endif %}\n", "cannot be printed"),
    ("RG609", BODY, ABOUT, "{% if false %}<p>{{ inspection.sources }}</p>{% endif %}\n", "a list cannot be printed"),
    ("RG610", BODY, ABOUT, "{% if false %}{{ plural(3) }}{% endif %}\n", "it takes: count, one, many"),
    ("RG610", BODY, ABOUT, "{% for heading, group in groups %}{% endfor %}\n", "2 names for a row of 3"),
    ("RG610", BODY, ABOUT, "{% if false %}{{ parts_of.items() }}{% endif %}\n", "it takes: entries"),
    ("RG611", BODY, ABOUT, "{% if false %}<blockquote><p>x</p></blockquote>{% endif %}\n", "<blockquote>"),
    ("RG611", BODY, ABOUT, "{% if false %}<script>x</script>{% endif %}\n", "<script>"),
    ("RG612", BODY, ABOUT, '{% if false %}<p style="color: red">x</p>{% endif %}\n', "'style'"),
    ("RG613", BODY, ABOUT, '{% if false %}<p><span class="tag goood">x</span></p>{% endif %}\n', "tag goood"),
    ("RG613", BODY, ABOUT, '{% if false %}<p class="lead said">x</p>{% endif %}\n', "several roles"),
    ("RG614", BODY, ABOUT, "{% if inspection.theme %}\n\n<li>x</li>{% endif %}\n", "<li>"),
    ("RG614", PARTS, "<ul>\n{% for item in entries %}\n", "<p>stray</p>\n", "<p> inside <ul>"),
    ("RG614", BODY, ABOUT, "<p><em>never closed</p>\n", "where <em> is open"),
    ("RG615", BODY, ABOUT, "<h4>too deep</h4>\n", "a heading of level 4 after level 2"),
    ("RG615", BODY, ABOUT, "<h1>another title</h1>\n", "level 1"),
    ("RG616", PAGE, '<meta charset="utf-8">\n', "", ""),
    ("RG617", BODY, ABOUT, "{% if false %}<table><tbody><tr><td>x</td></tr></tbody></table>{% endif %}\n", "header"),
    ("RG618", BODY, ABOUT, "{% if false %}<table><tbody><tr><th>x</th></tr></tbody></table>{% endif %}\n", "scope"),
    ("RG619", PAGE, "<body>\n", '<img src="data:image/png;base64,AA">\n', "alternative text"),
    ("RG620", BODY, ABOUT, '<p><a href="#nowhere">x</a></p>\n', "#nowhere"),
    ("RG620", BODY, ABOUT, '{% if false %}<p><a href="javascript:x()">x</a></p>{% endif %}\n', "javascript"),
    ("RG621", PACK, "name: alone\n", "titel: x\n", "did you mean `title`"),
    ("RG621", PACK, "templates:\n", "  inspction: x.html.j2\n", "inspction"),
    ("RG622", PACK, "name: alone\n", "extends: standrad\n", "did you mean 'standard'"),
    ("RG623", PACK, "page: page.html.j2\n", "scripts: {inspection: own.js}\n", "own.js"),
    ("RG625", STYLE, STYLED, "p { background: url(https://example.org/x.png) }\n", "https://example.org/x.png"),
    ("RG625", STYLE, STYLED, "@font-face { font-family: q; src: url(../../x.woff2) }\n", "x.woff2"),
    (
        "RG625",
        PAGE,
        '<meta charset="utf-8">\n',
        '<link rel="stylesheet" href="https://example.org/a.css">\n',
        "example.org",
    ),
    ("RG625", PAGE, "<body>\n", '<iframe src="#"></iframe>\n', "<iframe>"),
    ("RG626", STYLE, STYLED, "@import 'more.css';\n", "more.css"),
    ("RG627", STYLE, STYLED, "p { background: url(gone.png) }\n", "gone.png"),
    ("RG628", STYLE, STYLED, "p { background: url(empty.png) }\n", "empty"),
    ("RG628", STYLE, STYLED, "p { background: url(large.png) }\n", "50 million dots"),
    ("RG628", STYLE, STYLED, "p { background: url(runs.svg) }\n", "<script>"),
    ("RG628", STYLE, STYLED, "p { background: url(text.png) }\n", "no picture or font"),
    ("RG629", STYLE, STYLED, "p { color red }\n", ""),
    (
        "RG631",
        PACK,
        "    id: a name for programs, made from the provider and the date\n",
        "    title: not wanted\n",
        "`title`",
    ),
    (
        "RG632",
        PACK,
        "    id: a name for programs, made from the provider and the date\n",
        "    titel: not wanted\n",
        "`titel`",
    ),
    ("RG633", BODY, ABOUT, "<p>{{ inspection.team.size }}</p>\n", "has no 'size'"),
    ("RG633", BODY, ABOUT, "<p>{{ 1 // (inspection.sources | length - 1) }}</p>\n", "ZeroDivision"),
    ("RG636", BODY, ABOUT, "<p>{{ inspection.title | safe }}</p>\n", "`safe`"),
    ("RG637", BODY, ABOUT, "{% if false %}{{ ''.__class__ }}{% endif %}\n", "__class__"),
]


@pytest.mark.parametrize(
    ("code", "name", "after", "plant", "said"),
    [p for p in PLANTS if p[3]],
    ids=[f"{p[0]}-{p[3].strip()[:40]}" for p in PLANTS if p[3]],
)
def test_a_planted_fault_is_found_at_its_line(
    alone: Path, code: str, name: str, after: str, plant: str, said: str
) -> None:
    (alone / "empty.png").write_bytes(b"")
    (alone / "large.png").write_bytes(png_head(30000, 30000))
    (alone / "text.png").write_text("no picture")
    (alone / "runs.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"><script>x</script></svg>')
    text = (alone / name).read_text()
    at = text.index(after) + len(after)
    (alone / name).write_text(text[:at] + plant + text[at:])
    line = text.count("\n", 0, at) + 1 + len(plant) - len(plant.lstrip("\n"))
    if plant.startswith("{% if inspection.theme %}\n"):
        line += 2
    found = errors(alone)
    mine = [f for f in found if f.code == code and f.where.line == line and str(f.where.file).endswith(name)]
    assert mine, found
    assert said in f"{mine[0].message} {mine[0].hint}"
    assert {f.code for f in found} <= {code, "RG611"}, found


def changed(folder: Path, name: str, old: str, new: str) -> None:
    text = (folder / name).read_text()
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1))


@pytest.mark.parametrize(
    ("name", "old", "new", "code", "line", "said"),
    [
        (PAGE, ' lang="{{ lang }}"', "", "RG616", 2, "language"),
        (PAGE, "<title>{{ title }}</title>", "<title></title>", "RG616", 5, "title"),
        (PAGE, "<title>{{ title }}</title>\n", "", "RG616", 3, "title"),
        (
            BODY,
            "<h1>{{ rich(inspection.title) }}</h1>",
            "<p>{{ rich(inspection.title) }}</p>",
            "RG615",
            "<h2>{{ layout.glance",
            "level 2",
        ),
        (PACK, "page: page.html.j2", "page: gone.html.j2", "RG623", "page:", "gone.html.j2"),
        (PACK, "styles: [style.css]", "styles: [../alone/../x.css]", "RG624", "styles:", "leads out"),
        (PACK, "name: alone", "name: [alone", "RG621", 4, ""),
        (BODY, "{% for basis in inspection.legal_basis %}", "{% for basis in [] %}", "RG630", 1, "`legal_basis`"),
        (BODY, "{{ rich(inspection.provider.name) }}", "", "RG630", 1, "`provider.name`"),
        (
            PACK,
            '    "evidence": places in the published report, which',
            '    "sections.evidence": x',
            "RG630",
            1,
            "`evidence`",
        ),
    ],
)
def test_a_change_for_the_worse_is_found_at_its_line(
    alone: Path, name: str, old: str, new: str, code: str, line: int | str, said: str, tmp_path: Path
) -> None:
    (tmp_path / "x.css").write_text("")
    changed(alone, name, old, new)
    found = errors(alone)
    if isinstance(line, str):
        line = (alone / name).read_text().partition(line)[0].count("\n") + 1
    mine = [f.where.line for f in found if said in f.message and f.code == code]
    assert line in mine, found
    assert len(mine) <= 2


def test_a_loop_over_recommendations_that_goes_missing_fails_the_check(alone: Path) -> None:
    changed(alone, PARTS, "{% for r in wanted %}", "{% for r in [] %}")
    changed(alone, BODY, '("judgements", "recommendations", "chapters"', '("judgements", "chapters"')
    found = errors(alone)
    assert {f.code for f in found} == {"RG630"}
    parts = [f.message for f in found]
    assert any("`recommendations.references`" in m for m in parts)
    assert any("`recommendations.text`" in m for m in parts)


def test_every_code_is_planted_explained_and_documented() -> None:
    codes = {code for code in CODES if "RG601" <= code <= "RG639"}
    planted = {code for code, *_ in PLANTS} | {"RG607", "RG608", "RG624", "RG630", "RG634", "RG635"}
    shells = {code for code in CODES if "RG431" <= code <= "RG439"} | {"RG410"}
    assert planted == codes
    assert codes | shells <= set(explained())
    assert len({code for code, _, _, plant, _ in PLANTS if plant}) >= 25
    for code in codes:
        assert all(len(part) > 10 for part in explain(code))
    assert explain("rg601") == explain("RG601")
    with pytest.raises(UsageFault, match="RG507"):
        explain("RG101")


# -- the Word file ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("paragraphs", "settings", "code", "said"),
    [
        ("{{ titel }}", "", "RG433", "did you mean"),
        ("{{ title", "", "RG432", "{{"),
        ("[[reportgen:glanc]]", "", "RG434", "glanc"),
        ("[[reportgen:glance]]|[[reportgen:glance]]", "", "RG435", "glance"),
        ("see [[reportgen:glance]]", "", "RG436", "glance"),
        ("", "roles: {lead: No Such Style}\n", "RG437", "No Such Style"),
        ("-body", "", "RG410", "body"),
    ],
)
def test_a_fault_of_the_word_file(alone: Path, paragraphs: str, settings: str, code: str, said: str) -> None:
    with zipfile.ZipFile(STANDARD / "shell.docx") as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    text = parts["word/document.xml"].decode()
    if paragraphs == "-body":
        text = text.replace("[[reportgen:body]]", "")
    else:
        more = "".join(f"<w:p><w:r><w:t>{p}</w:t></w:r></w:p>" for p in paragraphs.split("|") if p)
        text = text.replace("<w:sectPr", f"{more}<w:sectPr", 1) if more else text
    parts["word/document.xml"] = text.encode()
    with zipfile.ZipFile(alone / "shell.docx", "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    (alone / PACK).write_text((alone / PACK).read_text() + settings)
    found = errors(alone)
    assert [(f.code, Path(str(f.where.file)).name) for f in found] == [(code, "shell.docx")], found
    assert said in f"{found[0].message} {found[0].hint}"


# -- packs that extend others ----------------------------------------------------------------------------------------


def child(tmp_path: Path, settings: str = "", **files: str) -> Path:
    folder = tmp_path / "house"
    folder.mkdir()
    (folder / PACK).write_text(f"format: reportgen/pack/1\nname: house\nextends: alone\n{settings}")
    for name, text in files.items():
        (folder / name).write_text(text)
    return folder


@pytest.mark.parametrize(
    ("body", "code", "line", "said"),
    [
        ("\n{% block foots %}<p>x</p>{% endblock %}\n", "RG607", 2, "no block 'foots'"),
        ("\n\n<p>lost</p>\n", "RG608", 3, "never printed"),
        ("\n{% block notes %}{{ super() }}\n<p>{{ nothing }}</p>{% endblock %}\n", "RG602", 3, "'nothing'"),
        (
            "\n{% block entry %}{% if entry.txt %}{% endif %}{{ super() }}{% endblock %}\n",
            "RG603",
            2,
            "did you mean 'text'",
        ),
        ("\n{% block notes %}{% endblock %}\n", "RG630", 1, "`footnotes` with its 2 fields"),
        ("\n{% block made %}{% endblock %}\n{% block notes %}\n<h5>x</h5>\n{% endblock %}", "RG607", 2, "'made'"),
    ],
)
def test_a_fault_of_a_pack_that_extends_another(
    alone: Path, tmp_path: Path, body: str, code: str, line: int, said: str
) -> None:
    folder = child(tmp_path, **{BODY: '{% extends "alone/inspection.html.j2" %}' + body})
    found = errors(folder, Project(search=(tmp_path,)))
    assert [(f.code, f.where.line) for f in found] == [(code, line)], found
    assert said in f"{found[0].message} {found[0].hint}"
    assert str(found[0].where.file) == f"{folder}/{BODY}"


def test_waivers_of_the_base_hold_and_own_ones_are_added(alone: Path, tmp_path: Path) -> None:
    body = '{% extends "alone/inspection.html.j2" %}\n{% block notes %}{% endblock %}\n'
    settings = "waivers:\n  inspection:\n    footnotes: nobody misses them\n"
    assert errors(child(tmp_path, settings, **{BODY: body}), Project(search=(tmp_path,))) == []


def test_files_that_nothing_uses_and_links_that_lead_out(alone: Path, tmp_path: Path) -> None:
    (alone / "old.css").write_text("")
    (alone / "unused.html.j2").write_text("<p>{{ x | nope }}</p><blink>x</blink>")
    (tmp_path / "secret").write_text("x")
    (alone / "logo.png").symlink_to(tmp_path / "secret")
    found = check(alone)
    assert [(f.level, f.code, Path(str(f.where.file)).name) for f in found] == [
        ("error", "RG624", "logo.png"),
        ("warning", "RG635", "old.css"),
        ("warning", "RG635", "unused.html.j2"),
        ("error", "RG611", "unused.html.j2"),
    ]


def test_a_pack_that_takes_for_ever_is_stopped_and_told(alone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from reportgen import workers
    from reportgen.packs import lint

    monkeypatch.setattr(lint, "LIMITS", workers.Limits(seconds=3.0, memory=lint.LIMITS.memory))
    loop = "{% for a in range(990) %}"
    # few turns, each of them dear: only the clock of the child stops that
    slow = f"{loop}{loop}{{% if 'x' * 99999 < 'y' %}}{{% endif %}}{{% endfor %}}{{% endfor %}}"
    each = "{% for a in 'x' * 990 %}"
    many = f"{each}{each}{each}{{% set x = a %}}{{% endfor %}}{{% endfor %}}{{% endfor %}}"
    changed(alone, BODY, ABOUT, many + ABOUT)
    (counted,) = check(alone)
    assert counted.code == "RG634"
    assert Path(str(counted.where.file)).name == "inspection.html.j2"
    changed(alone, BODY, many + ABOUT, slow + ABOUT)
    (stopped,) = check(alone)
    assert stopped.code == "RG634", stopped


# -- invented data ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("subject", invented.MODELS)
def test_invented_data_holds_every_field(subject: str) -> None:
    """A field that the model gains is checked from then on, in every pack."""
    made = invented.Invention(subject)
    data = made.make()
    empty = [name for name in type(data).model_fields if getattr(data, name) in (None, (), {}, "")]
    assert empty == []
    assert {path.split(".")[0] for path in made.leaves} == set(type(data).model_fields) - {"format"}
    assert len(set(made.texts.values())) > 20
    assert invented.Invention(subject).make() == data


def test_a_waiver_names_a_field_a_part_or_a_pattern() -> None:
    assert covers("recommendations", "recommendations.text")
    assert covers("recommendations.text", "recommendations.text")
    assert covers("*.evidence", "sections.paragraphs.evidence.page")
    assert not covers("recommendations.tex", "recommendations.text")
    assert not covers("evidence", "sections.evidence")


# -- beginning -------------------------------------------------------------------------------------------------------


def test_a_new_pack_passes_the_check_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "house"
    folder.mkdir()
    for name, text in new_pack("house", load("standard"), schema="x").items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    assert check(folder) == []
    assert set(load(folder).templates) == set(load("standard").templates) <= set(CONTEXT)


@pytest.mark.parametrize("name", ["House", "../x", "a b", "standard", "", "-x"])
def test_a_bad_name_makes_no_pack(name: str) -> None:
    with pytest.raises(UsageFault, match="RG507"):
        new_pack(name, load("standard"), schema="x")


def test_the_packs_that_come_with_the_program_have_no_faults() -> None:
    for folder in sorted((ROOT / "templates").glob("*/pack.yaml")):
        assert check(folder.parent.name) == []


def test_no_pack_of_that_name() -> None:
    with pytest.raises(TemplateError, match="RG407"):
        check("nowhere")
