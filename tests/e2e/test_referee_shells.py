"""Programs from outside judge reports in Word shells that LibreOffice Writer made."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from reportgen import api, compare, read_inspection, render
from reportgen.document import plain_text
from reportgen.rendering import ANCHORS
from reportgen.writers import docx
from tests.e2e.test_referees import module, needed
from tests.support.examples import LONG, NEXT
from tests.support.shells import SHELLS, STYLES

pytestmark = pytest.mark.referee
WORD = re.compile(r"[^\W\d_]{3,}")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("shells")
    names = {name for each in ANCHORS.values() for name in each}
    one, two = read_inspection(LONG), read_inspection(NEXT)
    comparison = compare(one, two)
    out: dict[str, Path] = {}
    for kind, rendered in (("report", render(one)), ("comparison", render(comparison))):
        (folder / f"{kind}.words").write_text(plain_text(rendered.document), encoding="utf-8")
        for shell, styles in STYLES.items():
            out[f"{kind}-{shell}"] = folder / f"{kind}-{shell}.docx"
            out[f"{kind}-{shell}"].write_bytes(
                docx.write(rendered.document, shell=SHELLS / f"{shell}.docx", styles=styles, anchors=names)
            )
    out["redline-cover"] = folder / "redline-cover.docx"
    out["redline-cover"].write_bytes(api.redline(one, two, comparison, shell=SHELLS / "cover.docx"))
    out["carrying-cover"] = api.write(one, folder / "carrying-cover.docx", shell=SHELLS / "cover.docx")
    return out


def judged(path: Path) -> list[str]:
    tool = module(".bin/ooxml-validator")
    command = [str(tool), str(path), "--officeVersion", "Microsoft365"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return [f"{error['path']}: {error['description']}" for error in json.loads(done.stdout)["errors"]]


def test_the_schema_of_office_files_holds_in_every_shell(made: dict[str, Path]) -> None:
    assert {name: judged(path) for name, path in made.items()} == {name: [] for name in made}


def test_a_shell_as_the_word_processor_saved_it_does_not_pass() -> None:
    """What is set right is really wrong before: the referee can say no."""
    assert judged(SHELLS / "cover.docx")


def test_libreoffice_shows_every_word_in_every_shell(made: dict[str, Path], tmp_path: Path) -> None:
    office, to_text, info = needed("soffice", "libreoffice"), needed("pdftotext"), needed("pdfinfo")
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    shown = [path for name, path in made.items() if name.startswith(("report", "comparison"))]
    command = [office, profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), *map(str, shown)]
    subprocess.run(command, check=True, capture_output=True, timeout=240)
    for path in shown:
        pdf = str(tmp_path / f"{path.stem}.pdf")
        text = subprocess.run([to_text, pdf, "-"], check=True, capture_output=True, text=True).stdout
        kind = path.stem.partition("-")[0]
        words = set(WORD.findall(path.with_name(f"{kind}.words").read_text(encoding="utf-8")))
        # a narrow cell cuts long words between two lines
        joined = re.sub(r"\s", "", text)
        assert [word for word in words if word not in joined] == [], path.name
        assert not re.search(r"\{\{|\[\[reportgen", text), path.name
    pages = subprocess.run(
        [info, "-f", "1", "-l", "99", str(tmp_path / "report-landscape.pdf")],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    sizes = re.findall(r"size:\s+([\d.]+) x ([\d.]+)", pages)
    wide = [float(width) > float(height) for width, height in sizes]
    assert wide[0]
    assert not wide[-1]
    assert wide == sorted(wide, reverse=True), "a landscape section, then one that is not"
