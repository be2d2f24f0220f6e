"""Template packs: where they are found, what one takes from another, and that none reaches outside itself."""

from __future__ import annotations

import io
import sys
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from reportgen import read_inspection, rendering
from reportgen.document import Paragraph, plain, walk
from reportgen.errors import InputError, TemplateError
from reportgen.rendering import Project, load, load_project
from reportgen.rendering.finding import packs
from tests.support.examples import ASHMERE

Writer = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Writer:
    """Writes a pack: ``write("search/house", "extends: standard", **{"x.html.j2": "…"})``."""

    def writer(place: str, settings: str = "extends: standard\n", **files: str | bytes) -> Path:
        folder = tmp_path / place
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "pack.yaml").write_text(f"format: reportgen/pack/1\nname: {folder.name}\n{settings}")
        for name, text in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
        return folder

    return writer


def shown(template: object, project: Project | None = None) -> str:
    pack = load(template, project) if not isinstance(template, rendering.Pack) else template
    return rendering.render(read_inspection(ASHMERE[0]), template=pack).html


COVER = '{% extends "standard/inspection.html.j2" %}\n{% block cover %}<h1>COVER</h1>{% endblock %}\n'


# -- where a pack is found -------------------------------------------------------------------------------------------


def test_a_pack_is_found_by_path_project_installed_package_and_built_in_in_this_order(
    write: Writer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def house(place: str) -> Path:
        return write(place, f"extends: standard\ntitle: {place}\n")

    house("here/house"), house("mine/house")
    package = house("site/acme_house/house").parent
    (package / "__init__.py").write_text("from pathlib import Path\nplace = Path(__file__).parent / 'house'\n")
    information = tmp_path / "site" / "acme_house-1.dist-info"
    information.mkdir()
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-house\nVersion: 1\n")
    (information / "entry_points.txt").write_text("[reportgen.packs]\nhouse = acme_house:place\n")
    monkeypatch.chdir(tmp_path / "here")
    settings = tmp_path / "reportgen.toml"
    settings.write_text('[templates]\nsearch = ["mine"]\n')

    assert load("house", load_project(Path())).title == "here/house"
    assert load("house", load_project(tmp_path / "here")).title == "here/house"
    monkeypatch.chdir(tmp_path)
    assert load("house", load_project(tmp_path / "here")).title == "mine/house"
    settings.write_text("")
    with pytest.raises(TemplateError, match=r"RG407.*no template pack 'house'"):
        load("house", load_project(tmp_path))
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    try:
        assert load("house", load_project(tmp_path)).title == "site/acme_house/house"
        assert next((p.name, p.origin) for p in packs(Project())) == ("house", "installed")
        # nothing is called like a built-in pack before the built-in one is reached
        assert load("standard").title == "Standard report"
        assert load("standard").builtin
        (information / "entry_points.txt").write_text("[reportgen.packs]\nhouse = acme_house:nothing\n")
        with pytest.raises(TemplateError, match=r"RG407.*cannot be imported"):
            load("house")
    finally:
        sys.modules.pop("acme_house", None)


def test_the_nearest_settings_say_which_pack_is_used(write: Writer, tmp_path: Path) -> None:
    write("packs/house", "extends: standard\ntitle: House\n")
    (tmp_path / "reportgen.toml").write_text('[templates]\npack = "house"\nsearch = ["packs"]\n')
    below = tmp_path / "reports" / "2026"
    below.mkdir(parents=True)
    project = load_project(below)
    assert load(project.pack, project).title == "House"
    (tmp_path / "reports" / "reportgen.toml").write_text('[templates]\npack = "../packs/house"\n')
    project = load_project(below)
    assert load(project.pack, project).title == "House"
    assert project.search == ()


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ('[templates]\npak = "x"\n', 2, "did you mean 'pack'"),
        ('\n[tempaltes]\npack = "x"\n', 2, "did you mean 'templates'"),
        ("[templates]\n\nsearch = 3\n", 3, "tuple"),
        ('[templates\npack = "x"\n', 1, "Expected"),
        ("[templates]\npack = \n", 2, "Invalid value"),
    ],
)
def test_wrong_settings_are_told_with_their_line(tmp_path: Path, text: str, line: int, said: str) -> None:
    (tmp_path / "reportgen.toml").write_text(text)
    with pytest.raises(InputError) as caught:
        load_project(tmp_path)
    assert caught.value.code == "RG414"
    assert caught.value.where.line == line
    assert said in str(caught.value)


# -- what a pack takes from another ----------------------------------------------------------------------------------


def test_a_pack_that_only_extends_gives_what_its_base_gives(write: Writer) -> None:
    assert shown(write("house")) == shown("standard")


def test_a_child_overrides_a_block_and_keeps_the_rest(write: Writer) -> None:
    folder = write("house", **{"inspection.html.j2": COVER})
    html, base = shown(folder), shown("standard")
    assert '<h1 id="cover">COVER</h1>' in html
    assert html.split("</nav>")[1] == base.split("</nav>")[1]


def test_blocks_may_use_what_the_base_set_and_print_what_the_base_prints(write: Writer) -> None:
    body = '{% extends "standard/inspection.html.j2" %}\n{% block notes %}{{ super() }}'
    body += '{{ parts_of.recommendation_list(inspection.recommendations[:1]) }}<p class="made">OWN</p>{% endblock %}'
    folder = write("house", **{"inspection.html.j2": body})
    blocks = rendering.render(read_inspection(ASHMERE[0]), template=folder).document.blocks
    assert "OWN" in [plain(b.inlines) for b in walk(blocks) if isinstance(b, Paragraph)]


def test_files_that_are_not_in_a_pack_come_from_its_bases_and_styles_begin_with_theirs(
    write: Writer, tmp_path: Path
) -> None:
    project = Project(search=(tmp_path,))
    write(
        "middle",
        "extends: standard\nstyles: [middle.css]\nscripts: {comparison: own.js}\nroles: {lead: Big, said: Said}\n",
        **{"middle.css": "h2 { color: #111 }", "own.js": "1", "_parts.html.j2": "{% macro x() %}MIDDLE{% endmacro %}"},
    )
    write(
        "house",
        "extends: middle\nstyles: [own.css]\nroles: {lead: Huge}\ntemplates: {inspection: mine.html.j2}\n",
        **{
            "own.css": "h2 { color: #222 }",
            "mine.html.j2": '{% import "_parts.html.j2" as p %}<h1>{{ p.x() }}</h1>{% import "standard/_parts.html.j2" '
            "as q %}{{ q.items([]) }}",
        },
    )
    pack = load("house", project)
    assert pack.style.index("--ink") < pack.style.index("#111") < pack.style.index("#222")
    assert pack.scripts["comparison"] == "1"
    assert pack.roles == {"lead": "Huge", "said": "Said"}
    assert pack.shell == pack.folders["standard"] / "shell.docx"
    assert pack.page == "page.html.j2"
    assert list(pack.folders) == ["house", "middle", "standard"]
    assert "MIDDLE" in shown("house", project)


def test_pictures_of_the_base_are_put_into_its_styles(write: Writer, tmp_path: Path) -> None:
    out = io.BytesIO()
    Image.new("1", (2, 2)).save(out, "PNG")
    png = out.getvalue()
    write(
        "middle",
        "extends: standard\nstyles: [css/middle.css]\n",
        **{"css/middle.css": '.cover { background: url("../logo%201.png") }', "logo 1.png": png},
    )
    write("house", "extends: middle\nstyles: [own.css]\n", **{"own.css": "h1 { background: URL(logo\\ 1.png) }"})
    style = load("house", Project(search=(tmp_path,))).style
    assert style.count(f"data:image/png;base64,{b64encode(png).decode()}") == 2
    assert "logo" not in style


def test_a_circle_is_an_error_at_its_line(write: Writer, tmp_path: Path) -> None:
    write("a", "extends: b\n")
    write("b", "title: B\nextends: a\n")
    with pytest.raises(TemplateError) as caught:
        load("a", Project(search=(tmp_path,)))
    assert caught.value.code == "RG413"
    assert "a → b → a" in str(caught.value)
    assert str(caught.value.where).endswith("b/pack.yaml:4:10")
    with pytest.raises(TemplateError, match="RG413"):
        load(write("standard", "extends: standard\n"))


@pytest.mark.parametrize(
    ("settings", "code", "said"),
    [
        ("extends: standrad\n", "RG407", "did you mean 'standard'"),
        ("extends: ../standard\n", "RG110", "extends"),
        ("extends: /etc\n", "RG110", "extends"),
        ("title: alone\n", "RG407", "no `page`"),
        ("page: page.html.j2\n", "RG407", "no `templates`"),
        ("extends: standard\nshell: ../x.docx\n", "RG404", "x.docx"),
        ("extends: standard\nshell: none.docx\n", "RG404", "none.docx"),
        ("extends: standard\nscripts: {comparison: /etc/passwd}\n", "RG404", "/etc/passwd"),
        ("extends: standard\nstyles: [style.css/]\n", "", ""),
        ("extends: standard\nwaivers: {inspction: {title: not wanted}}\n", "RG407", "did you mean 'inspection'"),
    ],
)
def test_what_a_pack_may_not_say(write: Writer, settings: str, code: str, said: str) -> None:
    folder = write("house", settings)
    if not code:
        assert load(folder).style == load("standard").style
        return
    with pytest.raises(TemplateError) as caught:
        load(folder)
    assert caught.value.code == code
    assert said in str(caught.value)


def test_a_subject_without_a_template_is_told(write: Writer) -> None:
    folder = write("house", "page: p.html\ntemplates: {comparison: p.html}\n", **{"p.html": "x"})
    with pytest.raises(TemplateError, match=r"RG407.*no template for a inspection"):
        shown(folder)


def test_an_error_in_a_base_names_the_base(write: Writer, tmp_path: Path) -> None:
    write("middle", **{"inspection.html.j2": "<h1>x</h1>\n{{ nothing }}"})
    write("house", "extends: middle\n", **{"inspection.html.j2": '{% extends "middle/inspection.html.j2" %}'})
    with pytest.raises(TemplateError) as caught:
        shown("house", Project(search=(tmp_path,)))
    assert str(caught.value.where) == "middle/inspection.html.j2:2"


# -- what a pack may not reach ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "css",
    [
        "@import 'more.css';",
        "@import url(//example.org/a.css);",
        "@media print { @import 'x'; }",
        "p { background: url(http://169.254.169.254/x.png) }",
        "p { background: url(HTTP\\3a //example.org/x.png) }",
        "p { background: url(file:///etc/passwd) }",
        "p { background: url(/etc/passwd) }",
        "p { background: url(../secret.png) }",
        "p { background: url(%2e%2e/secret.png) }",
        "p { background: url(link.png) }",
        "p { background: image-set('https://example.org/x.png' 1x) }",
        "p { --x: 'https://example.org/x.png'; background: image-set(var(--x) 1x) }",
        "@font-face { font-family: q; src: local(x), url(https://example.org/f.woff2) }",
        "p { background: url(gone.png) }",
    ],
)
def test_a_style_sheet_reaches_nothing_outside_its_pack(write: Writer, tmp_path: Path, css: str) -> None:
    (tmp_path / "secret.png").write_bytes(b"secret")
    folder = write("house", "extends: standard\nstyles: [own.css]\n", **{"own.css": f"\n{css}", "more.css": ""})
    (folder / "link.png").symlink_to(tmp_path / "secret.png")
    with pytest.raises(TemplateError) as caught:
        load(folder)
    assert caught.value.code == "RG405"
    assert str(caught.value.where).startswith("own.css:2:")


@pytest.mark.parametrize(
    "name", ["link.html", "linked/x.html", "middle/../../secret.html", "middle//etc/passwd", "a\0b"]
)
def test_no_name_of_a_template_leads_outside(write: Writer, tmp_path: Path, name: str) -> None:
    (tmp_path / "secret.html").write_text("SECRET")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "x.html").write_text("SECRET")
    write("middle")
    body = '{% include "' + name.replace("\0", "\\0") + '" %}'
    folder = write("house", "extends: middle\n", **{"inspection.html.j2": body})
    (folder / "link.html").symlink_to(tmp_path / "secret.html")
    (folder / "linked").symlink_to(tmp_path / "outside")
    with pytest.raises(TemplateError) as caught:
        shown("house", Project(search=(tmp_path,)))
    assert caught.value.code == "RG404"
    assert str(caught.value.where).startswith("inspection.html.j2:1")
