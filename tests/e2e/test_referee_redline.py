"""Programs from outside settle and judge the tracked changes and the workbook. Run by `make referees`."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Literal
from xml.sax.saxutils import escape

import pytest

from reportgen import api
from tests.e2e.test_referees import module, needed
from tests.support.examples import LONG, NEXT
from tests.support.revisions import settled
from tests.support.shared import SEED_2012, SEED_2014

pytestmark = pytest.mark.referee

MACRO = """Sub Settle(source, target, command)
  Dim hidden(0) As New com.sun.star.beans.PropertyValue
  hidden(0).Name = "Hidden" : hidden(0).Value = True
  doc = StarDesktop.loadComponentFromURL(source, "_blank", 0, hidden())
  helper = createUnoService("com.sun.star.frame.DispatchHelper")
  helper.executeDispatch(doc.CurrentController.Frame, command, "", 0, Array())
  Dim how(1) As New com.sun.star.beans.PropertyValue
  how(0).Name = "FilterName" : how(0).Value = "Text (encoded)"
  how(1).Name = "FilterOptions" : how(1).Value = "UTF8,LF"
  doc.storeToURL(target, how())
  doc.close(True)
End Sub
"""
_BASIC = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<!DOCTYPE {0}:{1} PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "{1}.dtd">\n'
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("redlines")
    pairs = {"examples": (LONG, NEXT)} | ({"real": (SEED_2012, SEED_2014)} if SEED_2012.is_file() else {})
    out = {}
    for name, sides in pairs.items():
        one, two = (api.read_inspection(side) for side in sides)
        comparison = api.compare(one, two)
        out[name] = folder / f"{name}.docx"
        out[name].write_bytes(api.redline(one, two, comparison))
        (folder / f"{name}.xlsx").write_bytes(api.serialise(comparison, "xlsx"))
    return out


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A profile of LibreOffice with the macro in it."""
    program = needed("soffice", "libreoffice")
    profile = tmp_path_factory.mktemp("office")
    # the first start makes the profile, and would write over the macro
    subprocess.run(
        [program, f"-env:UserInstallation=file://{profile}", "--headless", "--terminate_after_init"],
        check=False,
        capture_output=True,
        timeout=120,
    )
    basic = profile / "user" / "basic" / "Standard"
    basic.mkdir(parents=True, exist_ok=True)
    script, library = (
        'xmlns:script="http://openoffice.org/2000/script"',
        'xmlns:library="http://openoffice.org/2000/library"',
    )
    (basic / "Module1.xba").write_text(
        _BASIC.format("script", "module")
        + f'<script:module {script} script:name="Module1" script:language="StarBasic">{escape(MACRO)}</script:module>'
    )
    for name, inside in (("script", '<library:element library:name="Module1"/>'), ("dialog", "")):
        (basic / f"{name}.xlb").write_text(
            _BASIC.format("library", "library")
            + f'<library:library {library} library:name="Standard" library:readonly="false" '
            f'library:passwordprotected="false">{inside}</library:library>'
        )
    return profile


def by_office(profile: Path, source: Path, keep: Literal["ins", "del"]) -> list[str]:
    target = source.with_suffix(f".{keep}.txt")
    command = ".uno:AcceptAllTrackedChanges" if keep == "ins" else ".uno:RejectAllTrackedChanges"
    subprocess.run(
        [
            needed("soffice", "libreoffice"),
            f"-env:UserInstallation=file://{profile}",
            "--headless",
            "--norestore",
            f'macro:///Standard.Module1.Settle("file://{source}","file://{target}","{command}")',
        ],
        check=True,
        capture_output=True,
        timeout=180,
    )
    lines = target.read_text(encoding="utf-8-sig").split("\n")
    # bullets are the list's, not the text's
    return [words for line in lines if (words := " ".join(line.split()).lstrip("•◦▪ ").strip())]


@pytest.mark.parametrize("keep", ["ins", "del"])
@pytest.mark.parametrize("name", ["examples", "real"])
def test_libreoffice_settles_every_change_as_we_do(
    made: dict[str, Path], office: Path, name: str, keep: Literal["ins", "del"]
) -> None:
    if name not in made:
        pytest.skip("the two real reports are not beside the checkout")
    ours = [" ".join(line.split()) for line in settled(made[name], keep)]
    assert by_office(office, made[name], keep) == ours


@pytest.mark.parametrize("suffix", [".docx", ".xlsx"])
def test_the_schema_holds(made: dict[str, Path], suffix: str) -> None:
    tool = module(".bin/ooxml-validator")
    for path in made.values():
        done = subprocess.run(
            [str(tool), str(path.with_suffix(suffix)), "--officeVersion", "Microsoft365"],
            capture_output=True,
            text=True,
            check=False,
        )
        found = json.loads(done.stdout)
        assert found["ok"], found["errors"][:5]
