"""WeasyPrint as we use it: named where it is missing, with our fonts, nothing fetched, heard where it only logs."""

from __future__ import annotations

import logging
import os
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

from reportgen.document import Rendered
from reportgen.errors import EnvironmentFault

_FONTS = Path(__file__).resolve().parents[2] / "fonts"
_FACES = (
    ("SourceSans3-Regular.ttf", 400, "normal"),
    ("SourceSans3-It.ttf", 400, "italic"),
    ("SourceSans3-Semibold.ttf", 600, "normal"),
    ("SourceSans3-Bold.ttf", 700, "normal"),
)
_LARGEST_DATA = 5_000_000
_INSTALL = (
    "Debian: apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0; macOS: brew install pango; "
    "Windows: install MSYS2, then pacman -S mingw-w64-x86_64-pango"
)


def weasyprint() -> Any:
    try:
        # where a library is missing WeasyPrint prints a banner to stdout, which is for results
        with warnings.catch_warnings(), redirect_stdout(StringIO()):
            # that a system has no fonts does not matter: the document brings its own
            warnings.filterwarnings("ignore", message="(FontConfig|No fonts)")
            import weasyprint
    except OSError as error:
        library = re.search(r"cannot load library '([^']+)'", str(error))
        what = library[1] if library else "Pango"
        raise EnvironmentFault("RG501", f"PDF needs Pango, and {what} is not there", hint=_INSTALL) from None
    missing = [name for name, _, _ in _FACES if not (_FONTS / name).is_file()]
    if missing:
        raise EnvironmentFault("RG502", f"fonts are missing: {', '.join(missing)}", hint="install reportgen again")
    configuration = os.environ.get("FONTCONFIG_FILE")
    if configuration and not Path(configuration).is_file():
        # without any configuration Pango ends the process instead of raising
        message = f"FONTCONFIG_FILE names {configuration!r}, which is not there"
        raise EnvironmentFault("RG502", message, hint="unset FONTCONFIG_FILE or name a file")
    return weasyprint


def faces() -> str:
    return "\n".join(
        f'@font-face {{ font-family: "Source Sans 3"; font-weight: {weight}; font-style: {style}; '
        f'src: url("{(_FONTS / name).as_uri()}"); }}'
        for name, weight, style in _FACES
    )


def base(rendered: Rendered) -> str:
    return Path(rendered.base).as_uri() + "/" if rendered.base else _FONTS.as_uri() + "/"


def fetcher(rendered: Rendered) -> Any:
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    roots = [_FONTS, *([Path(rendered.base).resolve()] if rendered.base else [])]

    class Fetcher(URLFetcher):  # type: ignore[misc]
        """Refuses every address but small ``data:`` ones and files of the pack and of the fonts."""

        def __init__(self) -> None:
            super().__init__(allow_redirects=False)
            self.blocked: list[str] = []

        def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
            if url.startswith("data:") and len(url) <= _LARGEST_DATA:
                return super().fetch(url, headers)
            path = _local(url)
            if path is not None and path.is_file() and any(path.is_relative_to(root) for root in roots):
                return super().fetch(path.as_uri(), headers)
            self.blocked.append(url[:200])
            raise FatalURLFetchingError(f"blocked: {url[:200]}")

    return Fetcher()


def _local(url: str) -> Path | None:
    from urllib.parse import unquote, urlsplit

    parts = urlsplit(url)
    if parts.scheme != "file" or parts.netloc not in ("", "localhost"):
        return None
    try:
        return Path(unquote(parts.path)).resolve()
    except (OSError, ValueError):
        return None


@contextmanager
def listening() -> Iterator[list[logging.LogRecord]]:
    """Collect what WeasyPrint and its font library log while a document is made, and print none of it."""
    records: list[logging.LogRecord] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            records.append(record)

    handler = Keep(logging.WARNING)
    loggers = [logging.getLogger("weasyprint"), logging.getLogger("fontTools")]
    before = [(logger, logger.propagate, list(logger.handlers)) for logger in loggers]
    for logger in loggers:
        logger.handlers, logger.propagate = [handler], False
    try:
        yield records
    finally:
        for logger, propagate, handlers in before:
            logger.handlers, logger.propagate = handlers, propagate
