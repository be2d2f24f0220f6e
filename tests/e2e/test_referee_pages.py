"""Web pages as readers meet them: axe-core in Chromium in five modes, keyboard, no script, no network; Nu validator.

Every gate is shown to fail on a page with one fault.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from tests.e2e.test_referees import MODULES, module, needed
from tests.support.examples import ROOT
from tests.support.outputs import Case, cases, rendered

pytestmark = pytest.mark.referee
CASES = cases()
#: Left out: the paged media module of CSS, which the validator does not know and a browser passes over; and advice on
#: sections, which packs also use for what a Word shell may put elsewhere.
LEFT_OUT = re.compile(
    r"^CSS: “(content”: “string\(|string-set”: Property|box-sizing”: .* but exists in)|^Section lacks heading\."
)
Page = dict[str, Any]


def look(*files: Path) -> dict[str, Page]:
    """What was found in each page, by its file's name."""
    script = ROOT / "tests" / "referees" / "pages.js"
    axe = module("axe-core/axe.min.js")
    done = subprocess.run(
        [needed("node"), str(script), str(axe), needed("chromium", "chromium-browser"), *map(str, files)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "NODE_PATH": str(MODULES)},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return {Path(page["file"]).stem: page for page in json.loads(done.stdout)}


def valid(*files: Path) -> dict[str, list[str]]:
    """What the Nu validator says about each page, by its file's name; all in one run, because Java starts slowly."""
    jar = module("vnu-jar/build/dist/vnu.jar")
    command = [needed("java"), "-jar", str(jar), "--format", "json", "--stdout", "--exit-zero-always", *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    said: dict[str, list[str]] = {file.stem: [] for file in files}
    for message in json.loads(done.stdout)["messages"]:
        told = message["type"] == "error" or message.get("subType") == "warning"
        if told and not LEFT_OUT.search(message["message"]):
            said[Path(message["url"].removeprefix("file:")).stem].append(message["message"])
    return said


# -- the gates: each gives what is wrong with a page -----------------------------------------------------------------


def axe_says(page: Page) -> list[Any]:
    return [(mode, found["violations"]) for mode, found in page["modes"].items() if found["violations"]]


def too_wide(page: Page) -> list[Any]:
    return [
        (mode, page["modes"][mode]["overflow"]) for mode in ("320 px", "1280 px") if page["modes"][mode]["overflow"]
    ]


def asked_for(page: Page) -> list[Any]:
    return [*page["asked"], *page["errors"]]


def no_skip_link(page: Page) -> list[Any]:
    """The first thing that takes the focus shows itself and leads into the content, and focus goes on from there."""
    first, jump, walk = (page["keys"][name] for name in ("first", "jump", "walk"))
    fine = first and first["tag"] == "a" and first["seen"] and not first["inMain"] and page["keys"]["landed"]
    # a content without links has nothing that could take the focus
    led = (jump is not None and jump["inMain"]) or not any(stop["inMain"] for stop in walk)
    return [] if fine and led else [first, jump]


def focus_lost(page: Page) -> list[Any]:
    """Focus goes through the page in its order, and can be seen wherever it is."""
    walk = page["keys"]["walk"]
    backwards = [(a["name"], b["name"]) for a, b in pairwise(walk) if b["order"] <= a["order"]]
    return backwards + [stop["name"] for stop in walk if not stop["seen"] or not stop["marked"]]


def words(text: str) -> set[str]:
    return set(re.findall(r"[^\W_]+", text))


GATES: list[Callable[[Page], list[Any]]] = [axe_says, too_wide, asked_for, no_skip_link, focus_lost]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[Case, Path]:
    folder = tmp_path_factory.mktemp("pages")
    made = {}
    for case in CASES:
        made[case] = folder / f"{case}.html"
        made[case].write_text(rendered(case).html, encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def pages(files: dict[Case, Path]) -> dict[str, Page]:
    return look(*files.values())


@pytest.mark.parametrize("gate", GATES, ids=lambda g: g.__name__)
@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_page(pages: dict[str, Page], case: Case, gate: Callable[[Page], list[Any]]) -> None:
    assert gate(pages[str(case)]) == []


@pytest.mark.parametrize("case", CASES, ids=str)
def test_everything_is_shown_without_a_script(pages: dict[str, Page], case: Case) -> None:
    assert all(mode["passed"] > 10 for mode in pages[str(case)]["modes"].values())
    body = etree.fromstring(rendered(case).html, etree.HTMLParser()).find("body")
    # names of drawings are for those who cannot see them, and the filters come with the script
    etree.strip_elements(body, "script", "title", "desc", with_tail=False)
    assert words(" ".join(body.itertext())) - words(pages[str(case)]["text"]) == set()


def test_pages_are_valid(files: dict[Case, Path]) -> None:
    assert {name: said for name, said in valid(*files.values()).items() if said} == {}


# -- planted faults --------------------------------------------------------------------------------------------------

SOUND = """<!DOCTYPE html><html lang="en-GB"><head><meta charset="utf-8"><title>Harbours</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>body { color: #222; background: #fff } a:focus-visible { outline: 3px solid } STYLE</style></head>
<body><a href="#main">Skip to the report</a><main id="main"><h1>Harbours</h1><p>Read <a href="#two">the second
part</a> or <a href="https://example.org/">what others wrote</a>.</p><h2 id="two">Two</h2><p class="note">A note.</p>
</main></body></html>"""
PALE = "{ .note { color: #bbb } }"
FAULTS: dict[str, tuple[Callable[[Page], list[Any]], str, str, str]] = {
    "320 px": (axe_says, "", "", f"@media (max-width: 400px) {PALE}"),
    "1280 px": (axe_says, "", "", f"@media screen and (min-width: 800px) {PALE}"),
    "dark": (axe_says, "", "", f"@media (prefers-color-scheme: dark) {PALE}"),
    "forced colours": (axe_says, "", "", f"* {{ forced-color-adjust: none }} @media (forced-colors: active) {PALE}"),
    "print": (axe_says, "", "", f"@media print {PALE}"),
    "landmark": (axe_says, "<main id", "<div id", ""),
    "wide": (too_wide, "A note.", "A note.", ".note { width: 2000px }"),
    "network": (asked_for, "A note.", '<img src="https://example.org/x.png" alt="A light">', ""),
    "script": (asked_for, "A note.", "<script>nothing.here()</script>", ""),
    "no skip link": (no_skip_link, '<a href="#main">Skip to the report</a>', "", ""),
    "hidden skip link": (no_skip_link, "A note.", "A note.", "a:first-child { position: absolute; left: -99em }"),
    "order": (focus_lost, 'href="https', 'tabindex="1" href="https', ""),
    "focus not seen": (focus_lost, "A note.", "A note.", "a:focus-visible { outline: none }"),
}  # fmt: skip


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Page]:
    folder = tmp_path_factory.mktemp("faulty")
    made = {"sound": SOUND.replace("STYLE", "")}
    for name, (_, old, new, style) in FAULTS.items():
        assert old in SOUND
        made[name] = SOUND.replace("STYLE", style).replace(old, new, 1) if old else SOUND.replace("STYLE", style)
    for name, text in made.items():
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    return look(*(folder / f"{name}.html" for name in made))


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_found(faulty: dict[str, Page], name: str) -> None:
    gate = FAULTS[name][0]
    assert gate(faulty["sound"]) == []
    found = gate(faulty[name])
    assert found
    if name in faulty["sound"]["modes"]:
        told = {mode for mode, _ in found}
        assert name in told
        assert ("320 px" in told) is (name == "320 px")


def test_what_only_a_script_shows_is_missed(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    late = "<script>document.querySelector('.note').textContent = 'Later'</script>"
    page.write_text(SOUND.replace("STYLE", "").replace("A note.", "A note.</p>" + late + "<p>"), encoding="utf-8")
    assert "Later" not in words(look(page)["page"]["text"])


def test_the_validator_can_say_no(tmp_path: Path) -> None:
    sound, bad = tmp_path / "sound.html", tmp_path / "bad.html"
    sound.write_text(SOUND.replace("STYLE", ""), encoding="utf-8")
    bad.write_text(SOUND.replace("STYLE", "").replace("A note.", "<li>A note."), encoding="utf-8")
    said = valid(sound, bad)
    assert said["sound"] == []
    assert said["bad"]
