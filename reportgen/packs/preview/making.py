"""What a preview shows, made inside a child process: one format of one subject, as JSON can hold it."""

from __future__ import annotations

import base64
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from reportgen import api, data_files
from reportgen.model import Events
from reportgen.packs.snapshots import page_pictures
from reportgen.rendering import load
from reportgen.rendering.finding import Project

_DPI = 96
_OFFICE = ("soffice", "libreoffice")


def make_job(
    pack: str,
    search: list[str],
    data: list[str],
    subject: str,
    form: str,
    lang: str = "en-GB",
    decisions: str | None = None,
    baseline: str | None = None,
) -> dict[str, Any]:
    """Make one format of one subject.

    Returns:
        ``text`` of web page, Markdown and plain text; ``file`` (base64) and ``pages`` (pictures, base64) of PDF and
        Word; ``note``: why there are no pictures.
    """
    found = load(pack, Project(search=tuple(Path(p) for p in search)))
    rendered = api.render(_subject([Path(p) for p in data], subject, decisions, baseline), template=found, lang=lang)
    made = api.serialise(rendered, form)
    if form in ("html", "md", "txt"):
        return {"text": made.decode("utf-8")}
    note = None
    if form == "docx":
        as_pdf, note = _as_pdf(made)
    else:
        as_pdf = made
    pages = [base64.b64encode(p).decode("ascii") for p in page_pictures(as_pdf, _DPI)] if as_pdf else []
    return {"file": base64.b64encode(made).decode("ascii"), "pages": pages, "note": note}


def _subject(paths: list[Path], subject: str, decisions: str | None, baseline: str | None) -> Any:
    opened = [api.open_inspection(path, decisions=decisions)[0] for path in paths]
    if subject == "inspection":
        return opened[0]
    decided = api.decisions_for(*reversed(paths), given=decisions)
    value = decided.value if decided else None
    if subject == "comparison":
        return api.compare(opened[0], opened[1], decisions=value)
    listed = paths[0].parent / "events.yaml"
    events = data_files.load(listed, Events).value.events if listed.is_file() else ()
    return api.build_history(opened, decisions=value, events=events, baseline=baseline)


def _as_pdf(word: bytes) -> tuple[bytes | None, str | None]:
    """A Word file as LibreOffice prints it, for its pictures; else the reason why not."""
    office = next((path for name in _OFFICE if (path := shutil.which(name))), None)
    if office is None:
        return None, "LibreOffice is not installed, so there are no pictures: open the file"
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "document.docx"
        source.write_bytes(word)
        profile = f"-env:UserInstallation=file://{folder}/profile"
        command = [office, profile, "--headless", "--convert-to", "pdf", "--outdir", folder, str(source)]
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=60)  # noqa: S603 -- found above, no shell
            return (Path(folder) / "document.pdf").read_bytes(), None
        except (OSError, subprocess.SubprocessError):
            return None, "LibreOffice could not print the file, so there are no pictures: open the file"
