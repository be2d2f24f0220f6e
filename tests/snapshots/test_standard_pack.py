"""What the standard pack makes of the bundled examples, stored beside this file and compared as text.

`make snapshots` stores them anew after a change that was meant; under CI a missing snapshot fails.
"""

from __future__ import annotations

import io
import os
import re
import subprocess
import zipfile
from pathlib import Path

import pytest
from lxml import etree

from reportgen import api, collection, compare, read_inspection, render
from reportgen.document import Rendered
from reportgen.writers import docx, html, markdown, pdf, text
from tests.support.examples import ASHMERE, INSPECTIONS, LONG, NEXT

STORED = Path(__file__).parent / "stored"


def readable_docx(data: bytes) -> str:
    """The parts of a Word file that say something, one element a line."""
    out = []
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in ("word/document.xml", "word/footer1.xml", "docProps/core.xml"):
            root = etree.fromstring(archive.read(name))
            out += [f"== {name}", etree.tostring(root, pretty_print=True, encoding="unicode")]
    return "\n".join(out)


def readable_pdf(data: bytes) -> str:
    """The text of a PDF page by page, and its outline."""
    import pypdfium2

    document = pypdfium2.PdfDocument(data)
    out = []
    for number, page in enumerate(document, 1):
        out += [f"== page {number}", re.sub(r"[ \r]+\n|\r\n", "\n", page.get_textpage().get_text_bounded())]
    out.append("== outline")
    out += [f"{'  ' * entry.level}{entry.get_title()}" for entry in document.get_toc()]
    return "\n".join(out) + "\n"


FORMS = {
    "html": lambda r: html.write(r).decode(),
    "md": lambda r: markdown.write(r.document),
    "txt": lambda r: text.write(r.document),
    "docx.xml": lambda r: readable_docx(docx.write(r.document)),
    "pdf.txt": lambda r: readable_pdf(pdf.write(r)),
}


@pytest.fixture(scope="module")
def subjects() -> dict[str, Rendered]:
    made = {path.stem: render(read_inspection(path)) for path in (ASHMERE[0], ASHMERE[3])}
    made["comparison"] = render(compare(read_inspection(LONG), read_inspection(NEXT)))
    [ashmere], _ = collection.providers([INSPECTIONS / "ashmere"])
    loaded = collection.load(ashmere)
    two = [i for i in loaded.inspections if i.id in (LONG.stem, NEXT.stem)]
    history = api.build_history(two, decisions=loaded.decisions, events=loaded.events, baseline=LONG.stem)
    made["history"] = render(history)
    return made


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", [ASHMERE[0].stem, ASHMERE[3].stem, "comparison", "history"])
def test_snapshot(subjects: dict[str, Rendered], name: str, form: str) -> None:
    got = FORMS[form](subjects[name])
    path = STORED / f"{name}.{form}"
    if os.environ.get("REPORTGEN_UPDATE_SNAPSHOTS"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(got, encoding="utf-8")
        return
    assert path.is_file(), f"no snapshot {path.name}: run `make snapshots` and look at what it stored"
    assert got == path.read_text(encoding="utf-8"), f"{path.name} has changed: `make snapshots` if it was meant"


@pytest.mark.parametrize("name", [ASHMERE[0].stem, "comparison", "history"])
def test_two_processes_give_the_same_bytes(subjects: dict[str, Rendered], name: str, tmp_path: Path) -> None:
    """Another hash seed, time zone, locale and folder: the same bytes in every format."""
    import sys

    source = [str(LONG), str(NEXT)] if name in ("comparison", "history") else [str(ASHMERE[0])]
    command = {"comparison": "compare", "history": "history"}.get(name, "render")
    made = []
    for run, extra in enumerate(
        ({"PYTHONHASHSEED": "1", "TZ": "UTC"}, {"PYTHONHASHSEED": "77", "TZ": "Pacific/Auckland", "LC_ALL": "C"})
    ):
        out = tmp_path / str(run)
        out.mkdir()
        subprocess.run(
            [
                sys.executable,
                "-m",
                "reportgen",
                "-q",
                command,
                *source,
                "--to",
                "html,md,txt,json,docx,pdf",
                "-o",
                str(out),
            ],
            check=True,
            env={**os.environ, **extra},
            cwd=out,
        )
        made.append({p.suffix: p.read_bytes() for p in out.rglob("*.*") if p.is_file()})
    assert len(made[0]) == 6
    assert [suffix for suffix in made[0] if made[0][suffix] != made[1][suffix]] == []
