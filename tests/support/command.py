"""The command line run in this process, and a picture of a folder before and after."""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from unittest import mock

from reportgen import cli


class Done(NamedTuple):
    """How a run ended."""

    code: int
    out: str
    err: str


def run_here(*arguments: object) -> Done:
    """Run ``reportgen`` with these arguments in this process, through the same boundary as the console script."""
    words = [str(a) for a in arguments]
    out, err = _Out(), io.StringIO()
    with (
        mock.patch.object(sys, "argv", ["reportgen", *words]),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            cli.guarded(lambda: cli.cli(words, prog_name="reportgen", standalone_mode=False))
        except SystemExit as end:
            code = int(end.code or 0)
    return Done(code, out.text(), err.getvalue())


class _Out(io.TextIOWrapper):
    def __init__(self) -> None:
        self.kept = io.BytesIO()
        super().__init__(self.kept, encoding="utf-8", write_through=True)

    def text(self) -> str:
        return self.kept.getvalue().decode("utf-8", "replace")


@contextlib.contextmanager
def unchanged(folder: Path) -> Iterator[None]:
    """What is in a folder, names and contents, is the same afterwards."""
    before = _picture(folder)
    yield
    assert _picture(folder) == before


def _picture(folder: Path) -> dict[str, bytes | None]:
    return {
        str(p.relative_to(folder)): p.read_bytes() if p.is_file() and not p.is_symlink() else None
        for p in sorted(folder.rglob("*"))
    }
