"""Rendered -> PDF/UA-1 through WeasyPrint.

Nothing is fetched: the page brings its style with it, fonts come from this package, and every other address is refused
and reported. What WeasyPrint only logs (a missing picture, a character without a glyph) is an error here.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

from reportgen.carried import NAME, SEAL, ToCarry
from reportgen.document import Document, Rendered
from reportgen.errors import EnvironmentFault, ReportgenError, TemplateError, Where
from reportgen.files import metadata_date

_FONTS = Path(__file__).resolve().parents[1] / "fonts"
_FACES = (
    ("SourceSans3-Regular.ttf", 400, "normal"),
    ("SourceSans3-It.ttf", 400, "italic"),
    ("SourceSans3-Semibold.ttf", 600, "normal"),
    ("SourceSans3-Bold.ttf", 700, "normal"),
)
_NO_SEAL = "0" * 64
_LARGEST_DATA = 5_000_000
_INSTALL = (
    "Debian: apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0; macOS: brew install pango; "
    "Windows: install MSYS2, then pacman -S mingw-w64-x86_64-pango"
)


def write(rendered: Rendered, *, carrying: ToCarry | None = None) -> bytes:
    """The document as a tagged PDF; the same document gives the same bytes.

    Args:
        rendered: the page.
        carrying: a data file to attach, sealed with what the finished pages show; None attaches none.

    Raises:
        TemplateError: the page asks for something outside its pack (RG405), lacks a title or a language (RG409), or
            cannot be laid out (RG406).
        EnvironmentFault: Pango is missing (RG501), fonts cannot be used (RG502), or no font holds a character (RG411).
    """
    if not rendered.document.title.strip() or not rendered.document.lang.strip():
        raise TemplateError("RG409", "a PDF needs a title and a language", hint="give the document both")
    weasyprint = _weasyprint()
    fetcher = _fetcher(rendered)
    identifier = hashlib.sha256(rendered.html.encode("utf-8")).digest()[:16]
    with _listening() as logged:
        try:
            page = weasyprint.HTML(string=_described(rendered.html), base_url=_base(rendered), url_fetcher=fetcher)
            data = page.write_pdf(
                stylesheets=[StringIO(_faces())],
                pdf_variant="pdf/ua-1",
                pdf_identifier=identifier,
                attachments=[_attachment(rendered, carrying)] if carrying else None,
                finisher=_announce_attachment if carrying else None,
            )
        except ReportgenError:
            raise
        except MemoryError:
            raise EnvironmentFault(
                "RG505", "out of memory while laying out the pages", hint="split the document"
            ) from None
        except RecursionError:
            raise TemplateError("RG406", "elements are nested too deep to lay out", hint="nest less") from None
        except OSError as error:
            message = f"the machine refused while the pages were laid out: {error.strerror or error}"
            raise EnvironmentFault("RG505", message, hint="look at the limits of the process and the disk") from None
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:
            # a refused address comes as a BaseException, so that WeasyPrint cannot pass over it
            if not fetcher.blocked:
                raise TemplateError(
                    "RG406", f"the pages cannot be laid out: {error}", hint="look at the style sheet"
                ) from error
            data = b""
    if fetcher.blocked:
        addresses = ", ".join(sorted(set(fetcher.blocked)))
        raise TemplateError("RG405", f"blocked: {addresses}", hint="put the file into the pack; nothing is fetched")
    _complain(logged, rendered)
    return _sealed(bytes(data), carrying) if carrying else bytes(data)


def laid_out(html: str) -> bytes:
    """A page of our own making as an untagged PDF.

    Raises:
        EnvironmentFault: Pango is missing (RG501), fonts cannot be used (RG502), or none holds a character (RG411).
        TemplateError: it cannot be laid out (RG406).
    """
    weasyprint = _weasyprint()
    rendered = Rendered(html, Document(()), "")
    with _listening() as logged:
        page = weasyprint.HTML(string=html, base_url=_base(rendered), url_fetcher=_fetcher(rendered))
        data = page.write_pdf(stylesheets=[StringIO(_faces())], pdf_identifier=b"figures")
    _complain(logged, rendered)
    return bytes(data)


def _described(html: str) -> str:
    """Drawings with all that stands for them in their title: WeasyPrint takes alternatives from nowhere else."""
    told = r"(<title id=\"figure-\d+\.title\">)([^<]*)</title>\s*<desc[^>]*>([^<]*)</desc>"
    return re.sub(told, lambda m: f"{m[1]}{m[2]}{'. ' if m[3] else ''}{m[3]}</title>", html)


def _attachment(rendered: Rendered, carrying: ToCarry) -> Any:
    from weasyprint import Attachment

    # without dates of its own it would get those of the clock
    day = metadata_date(dict(rendered.document.properties).get("date"))
    about = "The data of this report"
    return Attachment(string=carrying.data, name=NAME, description=about, created=day, modified=day)


def _announce_attachment(_: Any, pdf: Any) -> None:
    """Say what the attached file is to the document, and make room for its seal, which is known once all is written."""
    import pydyf

    for item in pdf.objects:
        if isinstance(item, pydyf.Stream) and item.extra.get("Type") == "/EmbeddedFile":
            item.extra["Params"][SEAL] = pydyf.String(_NO_SEAL)
        elif isinstance(item, pydyf.Dictionary) and item.get("Type") == "/Filespec":
            item["AFRelationship"] = "/Data"
            pdf.catalog["AF"] = pydyf.Array([item.reference])


def _sealed(data: bytes, carrying: ToCarry) -> bytes:
    room = f"/{SEAL} ({_NO_SEAL})".encode("ascii")
    before, found, after = data.partition(room)
    assert found
    return before + f"/{SEAL} ({carrying.seal(data)})".encode("ascii") + after


def _weasyprint() -> Any:
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


def _faces() -> str:
    return "\n".join(
        f'@font-face {{ font-family: "Source Sans 3"; font-weight: {weight}; font-style: {style}; '
        f'src: url("{(_FONTS / name).as_uri()}"); }}'
        for name, weight, style in _FACES
    )


def _base(rendered: Rendered) -> str:
    return Path(rendered.base).as_uri() + "/" if rendered.base else _FONTS.as_uri() + "/"


def _fetcher(rendered: Rendered) -> Any:
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
def _listening() -> Iterator[list[logging.LogRecord]]:
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


def _complain(logged: list[logging.LogRecord], rendered: Rendered) -> None:
    messages = [record.getMessage() for record in logged]
    missing = sorted({c for m in messages if "glyph" in m.lower() for c in _characters(m)})
    if missing:
        named = ", ".join(f"{c!r} (U+{ord(c):04X}) in “{_around(c, rendered)}”" for c in missing[:5])
        raise EnvironmentFault("RG411", f"no font holds {named}", hint="use another character")
    wrong = [record.getMessage() for record in logged if record.levelno >= logging.ERROR]
    if wrong:
        raise TemplateError(
            "RG412" if "image" in wrong[0].lower() else "RG406",
            wrong[0],
            where=Where(file=rendered.pack),
            hint="mend the template or its style sheet",
        )


def _characters(message: str) -> list[str]:
    return [chr(int(code, 16)) for code in re.findall(r"U\+([0-9A-Fa-f]{4,6})", message)] or re.findall(
        r"[^\x00-\x7f]", message
    )


def _around(char: str, rendered: Rendered) -> str:
    text = re.sub(r"<style>.*?</style>|<[^>]+>", " ", rendered.html, flags=re.DOTALL)
    at = text.find(char)
    return " ".join(text[max(0, at - 25) : at + 25].split())
