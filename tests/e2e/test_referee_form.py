"""A browser fills in the review form and uses the filters of a comparison. Run by `make referees`."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from reportgen import api
from reportgen.reviewing import questions
from reportgen.reviewing.form import form
from tests.e2e.test_referees import MODULES, browse, module, needed
from tests.support.examples import LONG, NEXT

pytestmark = pytest.mark.referee

FILL = """
const { chromium } = require('playwright-core');
(async () => {
  const [executable, file, target] = process.argv.slice(2);
  const browser = await chromium.launch({ executablePath: executable, args: ['--no-sandbox', '--disable-gpu'] });
  const page = await browser.newPage({ acceptDownloads: true });
  await page.goto('file://' + file);
  const boxes = page.locator('fieldset');
  await boxes.nth(0).getByLabel('they belong together').check();
  await boxes.nth(0).locator('select').nth(1).selectOption('narrowed');
  await boxes.nth(0).locator('textarea').fill('said: "so"\\nand # more');
  await boxes.nth(1).getByLabel('they do not', { exact: true }).check();
  await boxes.nth(2).getByLabel(/they do not, but/).check();
  await boxes.nth(2).locator('select').nth(0).selectOption({ index: 12 });
  await page.keyboard.press('Escape');
  await page.getByRole('button').click();
  const refused = await page.locator('[name=by]:invalid').count();
  await page.getByLabel('Your name').fill('A. Reader: board');
  const waiting = page.waitForEvent('download');
  await page.getByRole('button').click();
  await (await waiting).saveAs(target);
  console.log(JSON.stringify({ refused, said: await page.locator('#said').textContent() }));
  await browser.close();
})();
"""

FILTER = """
const { chromium } = require('playwright-core');
(async () => {
  const [executable, file] = process.argv.slice(2);
  const browser = await chromium.launch({ executablePath: executable, args: ['--no-sandbox', '--disable-gpu'] });
  const shown = async page => page.locator('section.recommendation:visible').count();
  const found = {};
  const bare = await browser.newPage({ javaScriptEnabled: false });
  await bare.goto('file://' + file);
  found.without = await shown(bare);
  found.filters = await bare.locator('fieldset').count();
  const page = await browser.newPage({ viewport: { width: 320, height: 700 } });
  await page.goto('file://' + file);
  found.all = await shown(page);
  // by keyboard alone: to the first box of the filters, and off
  await page.locator('fieldset.filters input').first().focus();
  await page.keyboard.press('Space');
  found.fewer = await shown(page);
  await page.keyboard.press('Space');
  await page.locator('fieldset.filters input[type=search]').fill('supervision');
  found.searched = await shown(page);
  found.said = await page.locator('fieldset.filters p').textContent();
  console.log(JSON.stringify(found));
  await browser.close();
})();
"""


def play(script: str, tmp_path: Path, *arguments: str | Path) -> dict[str, object]:
    module("playwright-core/package.json")
    path = tmp_path / "script.js"
    path.write_text(script)
    done = subprocess.run(
        [needed("node"), str(path), needed("chromium", "chromium-browser"), *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "NODE_PATH": str(MODULES)},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, object] = json.loads(done.stdout)
    return found


def test_the_form_saves_a_decisions_file_that_can_be_added(tmp_path: Path) -> None:
    one, two = api.read_inspection(LONG), api.read_inspection(NEXT)
    asked = questions(api.compare(one, two), one, two, every=True)
    page, answers = tmp_path / "form.html", tmp_path / "answers.yaml"
    page.write_text(form(asked, one, two), "utf-8")
    done = play(FILL, tmp_path, page, answers)
    assert done["refused"] == 1
    assert "4 entries are saved" in str(done["said"])
    links = api.load_decisions(answers).links
    assert [(x.earlier.id, x.later.id, x.verdict, x.relation, x.note) for x in links] == [
        (asked[0].earlier.id, asked[0].later.id, "confirmed", "narrowed", 'said: "so" and # more'),
        (asked[1].earlier.id, asked[1].later.id, "rejected", None, None),
        (asked[2].earlier.id, asked[2].later.id, "rejected", None, None),
        (asked[2].earlier.id, two.recommendations[11].id, "confirmed", None, None),
    ]
    assert {x.by for x in links} == {"A. Reader: board"}
    target = tmp_path / "decisions.yaml"
    assert api.add_decisions(target, links) == 4
    decided = api.compare(one, two, decisions=api.load_decisions(target))
    assert sum(link.basis == "confirmed" for link in decided.recommendations.links) == 2


def test_the_form_in_a_browser(tmp_path: Path) -> None:
    one, two = api.read_inspection(LONG), api.read_inspection(NEXT)
    page = tmp_path / "form.html"
    page.write_text(form(questions(api.compare(one, two), one, two, every=True), one, two), "utf-8")
    for found in browse(tmp_path, page):
        place = (found["width"], found["scheme"])
        assert found["violations"] == [], (place, found["violations"])
        assert found["overflow"] == 0, place
        assert found["asked"] == [], place


def test_filters_only_hide_what_is_there_without_them(tmp_path: Path) -> None:
    one, two = api.read_inspection(LONG), api.read_inspection(NEXT)
    page = api.write(api.compare(one, two), tmp_path / "comparison.html")
    found = play(FILTER, tmp_path, page)
    every = len(one.recommendations) + len(two.recommendations)
    assert (found["without"], found["filters"], found["all"]) == (every, 0, every)
    assert 0 < int(str(found["fewer"])) < every
    assert 0 < int(str(found["searched"])) < every
    assert str(found["said"]).endswith(f"of {every} are shown")
