"""Programs from outside judge our output. Run by `make referees`; under CI a missing program fails instead of skipping."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from reportgen import api, compare, read_inspection, render, write
from reportgen.document import plain_text
from reportgen.model import printed
from reportgen.writers import docx
from tests.support.examples import LONG, NEXT, ROOT
from tests.support.published import in_word

pytestmark = pytest.mark.referee
MODULES = ROOT / "tests" / "referees" / "node_modules"


def needed(*names: str) -> str:
    found = next((path for name in names if (path := shutil.which(name))), None)
    if found is None:
        message = f"{names[0]} is not installed: make referees installs it"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return found


def module(path: str) -> Path:
    found = MODULES / path
    if not found.exists():
        message = f"{path} is not there: make referees installs it"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return found


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("made")
    first, second = read_inspection(LONG), read_inspection(NEXT)
    out = {}
    for name, subject in (("report", first), ("next", second), ("comparison", compare(first, second))):
        rendered = render(subject)
        for suffix in ("html", "docx"):
            out[f"{name}.{suffix}"] = write(rendered, folder / f"{name}.{suffix}")
        (folder / f"{name}.words").write_text(plain_text(rendered.document))
    return out


@pytest.mark.parametrize("name", ["report.docx", "next.docx", "comparison.docx"])
def test_the_schema_of_office_files_holds(made: dict[str, Path], name: str) -> None:
    tool = module(".bin/ooxml-validator")
    done = subprocess.run(
        [str(tool), str(made[name]), "--officeVersion", "Microsoft365"], capture_output=True, text=True, check=False
    )
    found = json.loads(done.stdout)
    assert found["ok"], found["errors"][:5]


def test_the_schema_referee_can_say_no(made: dict[str, Path], tmp_path: Path) -> None:
    import zipfile

    bad = tmp_path / "bad.docx"
    with zipfile.ZipFile(made["report.docx"]) as source, zipfile.ZipFile(bad, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "word/document.xml":
                data = data.replace(b"<w:body>", b"<w:body><w:nonsense/>", 1)
            target.writestr(name, data)
    tool = module(".bin/ooxml-validator")
    done = subprocess.run(
        [str(tool), str(bad), "--officeVersion", "Microsoft365"], capture_output=True, text=True, check=False
    )
    assert not json.loads(done.stdout)["ok"]


@pytest.mark.parametrize("name", ["report", "comparison"])
def test_libreoffice_shows_every_word(made: dict[str, Path], name: str, tmp_path: Path) -> None:
    office, to_text = needed("soffice", "libreoffice"), needed("pdftotext")
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    source = made[f"{name}.docx"]
    subprocess.run(
        [office, profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(source)],
        check=True,
        capture_output=True,
    )
    shown = subprocess.run(
        [to_text, str(tmp_path / f"{name}.pdf"), "-"], check=True, capture_output=True, text=True
    ).stdout
    words = set(re.findall(r"[^\W\d_]{3,}", source.with_suffix(".words").read_text()))
    missing = words - set(re.findall(r"[^\W\d_]{3,}", shown.replace("-\n", "-")))
    assert not missing


CHECK_PAGE = """
const { chromium } = require('playwright-core');
const fs = require('fs');
(async () => {
  const [axe, executable, ...files] = process.argv.slice(2);
  const source = fs.readFileSync(axe, 'utf8');
  const browser = await chromium.launch({ executablePath: executable, args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'] });
  const found = [];
  for (const file of files) for (const width of [320, 1280]) for (const scheme of ['light', 'dark']) {
    const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: scheme });
    const page = await context.newPage();
    const asked = [];
    await page.route(/^https?:/, route => { asked.push(route.request().url()); route.abort(); });
    await page.goto('file://' + file);
    await page.evaluate(source);
    const result = await page.evaluate(async () => await axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    found.push({ file, width, scheme, overflow, asked, violations: result.violations.map(v => ({ id: v.id, where: v.nodes.slice(0, 3).map(n => n.html.slice(0, 160)) })) });
    await context.close();
  }
  await browser.close();
  console.log(JSON.stringify(found));
})();
"""


def browse(tmp_path: Path, *files: Path) -> list[dict[str, object]]:
    script = tmp_path / "check.js"
    script.write_text(CHECK_PAGE)
    axe = module("axe-core/axe.min.js")
    done = subprocess.run(
        [needed("node"), str(script), str(axe), needed("chromium", "chromium-browser"), *map(str, files)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "NODE_PATH": str(MODULES)},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found: list[dict[str, object]] = json.loads(done.stdout)
    return found


def test_pages_in_a_browser(made: dict[str, Path], tmp_path: Path) -> None:
    """Narrow and wide, light and dark: no accessibility violation, no sideways scrolling, no request."""
    found = browse(tmp_path, made["report.html"], made["next.html"], made["comparison.html"])
    assert len(found) == 12
    for page in found:
        place = (page["file"], page["width"], page["scheme"])
        assert page["violations"] == [], (place, page["violations"])
        assert page["overflow"] == 0, place
        assert page["asked"] == [], place


def test_the_browser_referee_can_say_no(tmp_path: Path) -> None:
    bad = tmp_path / "bad.html"
    bad.write_text(
        "<!doctype html><html><head><title>t</title></head><body><img src='x.png'><div style='width:3000px'>x</div></body></html>"
    )
    found = browse(tmp_path, bad)
    assert all(page["violations"] and page["overflow"] for page in found)


@pytest.mark.parametrize("example", [LONG, NEXT], ids=lambda p: p.stem)
def test_what_a_word_processor_saves_again_is_still_the_same(example: Path, tmp_path: Path) -> None:
    """Our own file, with the data that it carries and by its content alone, and a report as published in Word."""
    tool = needed("soffice", "libreoffice")
    inspection = read_inspection(example)
    rendered = render(inspection)
    files = {
        "carrying": api.serialise(rendered, "docx"),
        "content": docx.write(rendered.document),
        "published": in_word(inspection),
    }
    for name, data in files.items():
        (tmp_path / f"{name}.docx").write_bytes(data)
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    paths = [str(tmp_path / f"{name}.docx") for name in files]
    subprocess.run(
        [tool, profile, "--headless", "--convert-to", "docx", "--outdir", str(tmp_path / "saved"), *paths],
        check=True,
        capture_output=True,
        timeout=180,
    )
    saved = {name: read_inspection(tmp_path / "saved" / f"{name}.docx") for name in files}
    assert [n.code for n in saved["carrying"].notices] == ["RG219"]
    assert printed(saved["carrying"]) == printed(inspection)
    assert printed(saved["content"]) == printed(inspection)
    before = read_inspection(tmp_path / "published.docx")
    assert printed(saved["published"]) == printed(before)
