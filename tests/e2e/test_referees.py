"""Programs from outside judge our output. Run by `make referees`; under CI a missing program fails instead of skipping."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from reportgen import api, build_history, compare, read_inspection, render, write
from reportgen.document import Document, Figure, texts, walk
from reportgen.model import printed
from reportgen.writers import docx
from tests.support import printed_report
from tests.support.examples import LONG, NEXT, ROOT
from tests.support.outputs import STRAINS
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


def visible(document: Document) -> str:
    """The text that a reader sees; what stands for a picture is seen by nobody who sees the picture."""
    shown = (b for b in walk(document.blocks) if not isinstance(b, Figure))
    return "\n".join(piece for block in shown for piece in texts(block))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("made")
    first, second = read_inspection(LONG), read_inspection(NEXT)
    out = {}
    subjects = {
        "report": first,
        "next": second,
        "comparison": compare(first, second),
        "history": build_history([first, second], baseline=first.id),
    }
    for name, subject in subjects.items():
        rendered = render(subject)
        for suffix in ("html", "docx"):
            out[f"{name}.{suffix}"] = write(rendered, folder / f"{name}.{suffix}")
        (folder / f"{name}.words").write_text(visible(rendered.document))
    for name, make in STRAINS.items():
        out[f"{name}.docx"] = write(render(make()), folder / f"{name}.docx")
    return out


@pytest.mark.parametrize("name", [f"{n}.docx" for n in ("report", "next", "comparison", "history", *STRAINS)])
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


@pytest.mark.parametrize("name", ["report", "comparison", "history"])
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


def test_the_browser_referee_can_say_no(tmp_path: Path) -> None:
    bad = tmp_path / "bad.html"
    bad.write_text(
        "<!doctype html><html><head><title>t</title></head><body><img src='x.png'><div style='width:3000px'>x</div></body></html>"
    )
    found = browse(tmp_path, bad)
    assert all(page["violations"] and page["overflow"] for page in found)


# -- the page for checking a report ----------------------------------------------------------------------------------

CHECK_REPORT = """
const { chromium } = require('playwright-core');
(async () => {
  const [executable, file, target] = process.argv.slice(2);
  const browser = await chromium.launch({ executablePath: executable, args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'] });
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, acceptDownloads: true });
  const page = await context.newPage();
  const said = [];
  page.on('console', message => said.push(message.text()));
  page.on('pageerror', error => said.push(error.message));
  await page.goto('file://' + file);
  // by keyboard alone: from a value to its mark and back
  await page.locator('#v1 .go').first().focus();
  await page.keyboard.press('Enter');
  const mark = await page.evaluate(() => location.hash);
  await page.keyboard.press('Tab');
  await page.locator(mark).focus();
  await page.keyboard.press('Enter');
  const back = await page.evaluate(() => location.hash);
  const seen = await page.locator('#v1').isVisible();
  const value = label => page.locator('li.value', { has: page.locator('.label', { hasText: label }) }).first();
  const mend = async label => { await value(label).locator('button.mend').click(); return value(label).locator('.edit'); };
  let edit = await mend('The quality of practice');
  await edit.getByLabel('Grade').selectOption({ label: 'Good' });
  await edit.getByLabel('As printed').fill('Good');
  edit = await mend('R1');
  await edit.getByLabel('Text').fill('make sure: that "every" plan says\\nwho will act — and #when');
  await edit.getByLabel('Timescale').selectOption({ label: 'Within three months' });
  edit = await mend('Lead inspector');
  await edit.getByLabel('Name').fill('Marion O’Tolley');
  edit = await mend('Published');
  await edit.getByLabel('Date').fill('2012-10-19');
  edit = await mend('Children and young people');
  await edit.getByLabel('Value').fill('48300');
  edit = await mend('R2');
  await edit.getByLabel('Text').fill('to be undone');
  await edit.getByRole('button', { name: 'Undo' }).click();
  await page.getByLabel('I have checked').check();
  await page.getByLabel('Date').last().fill('2013-01-02');
  // without a name nothing is written
  await page.getByRole('button', { name: 'Download' }).click();
  const refused = await page.evaluate(() => document.activeElement.name);
  await page.getByLabel('Your name').fill('A. Person: of "Ferrow"');
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Download' }).click()]);
  await download.saveAs(target);
  const told = await page.locator('.told').textContent();
  console.log(JSON.stringify({ mark, back, seen, refused, name: download.suggestedFilename(), told, said }));
  await browser.close();
})();
"""


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("checked")
    report = folder / "ferrow.pdf"
    report.write_bytes(printed_report.pdf())
    page = folder / "check.html"
    page.write_text(api.review(report, *api.evidence(report)), encoding="utf-8")
    return page


def test_a_person_checks_a_report_and_what_they_mend_is_applied(checked: Path, tmp_path: Path) -> None:
    report = checked.with_name("ferrow.pdf")
    data = write(api.import_report(report), tmp_path / "ferrow-2012-09.yaml")
    target = tmp_path / "decisions.yaml"
    script = tmp_path / "check.js"
    script.write_text(CHECK_REPORT)
    done = subprocess.run(
        [needed("node"), str(script), needed("chromium", "chromium-browser"), str(checked), str(target)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "NODE_PATH": str(module("playwright-core").parent)},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    seen = json.loads(done.stdout)
    assert seen["said"] == []
    assert (seen["mark"], seen["back"], seen["seen"]) == ("#m1", "#v1", True)
    assert (seen["refused"], seen["name"]) == ("by", "decisions.yaml")
    assert seen["told"] == "8 corrections, checked"
    assert api.check(target) == []
    made = read_inspection(data)
    practice = next(j for j in made.judgements if j.area == "quality-of-practice")
    assert (practice.grade, practice.printed) == ("good", "Good")
    first, second = made.recommendations
    assert first.text == 'make sure: that "every" plan says who will act — and #when'
    assert first.timescale == "three-months"
    assert second.text == printed_report.SECOND
    assert made.lead_inspectors[0].name == "Marion O’Tolley"
    assert made.published is not None
    assert (made.published.date.isoformat(), made.published.basis) == ("2012-10-19", "given")
    assert "published" not in made.missing
    assert made.facts[0].value == 48300
    assert {c.by for c in made.corrections} == {'A. Person: of "Ferrow"'}
    assert [c.on.isoformat() for c in made.checked] == ["2013-01-02"]


def test_the_page_for_checking_a_report_in_a_browser(checked: Path, tmp_path: Path) -> None:
    for page in browse(tmp_path, checked):
        place = (page["width"], page["scheme"])
        assert page["violations"] == [], (place, page["violations"])
        assert page["overflow"] == 0, place
        assert page["asked"] == [], place


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
