"""Rendered -> a PDF that is accessible (PDF/UA-1) and fit for archives (PDF/A-3a) at once, through WeasyPrint.

WeasyPrint lays the pages out and paints them (``engine``); the structure tree is made here, one element for each
element of the page (``structure``); metadata, the attached data and its seal come last (``archive``).

Nothing is fetched: the page brings its style with it, fonts come from this package, and every other address is refused
and reported. What WeasyPrint only logs (a missing picture, a character without a glyph) is an error here.
"""

from __future__ import annotations

import logging
import re
from io import StringIO

from reportgen.carried import ToCarry
from reportgen.document import Document, Heading, Rendered, plain, texts, walk
from reportgen.errors import EnvironmentFault, ReportgenError, TemplateError, Where
from reportgen.writers.pdf import archive, engine, structure


def write(rendered: Rendered, *, carrying: ToCarry | None = None) -> bytes:
    """The document as a PDF/UA-1 that is a PDF/A-3a; the same document gives the same bytes.

    Args:
        rendered: the page.
        carrying: a data file to attach, sealed with what the finished pages show; None attaches none.

    Raises:
        TemplateError: the page asks for something outside its pack (RG405), lacks a title or a language (RG409), or
            cannot be laid out (RG406), holds a picture without words (RG421) or text that cannot be tagged (RG422).
        EnvironmentFault: Pango is missing (RG501), fonts cannot be used (RG502), or no font holds a character (RG411).
    """
    if not rendered.document.title.strip() or not rendered.document.lang.strip():
        raise TemplateError("RG409", "a PDF needs a title and a language", hint="give the document both")
    weasyprint = engine.weasyprint()
    fetcher = engine.fetcher(rendered)
    with engine.listening() as logged:
        try:
            page = weasyprint.HTML(string=rendered.html, base_url=engine.base(rendered), url_fetcher=fetcher)
            document = page.render(
                stylesheets=[StringIO(engine.faces() + archive.STYLE)],
                color_profiles=archive.colours(),
                output_intent=archive.COLOURS,
            )
            document.metadata.created = document.metadata.modified = archive.day(rendered).date().isoformat()
            sheets = structure.watched(document)

            def finish(_: object, pdf: object) -> None:
                structure.add(pdf, sheets)
                archive.finish(pdf)

            data = document.write_pdf(
                pdf_variant=archive.VARIANT,
                output_intent=archive.COLOURS,
                pdf_identifier=archive.identifier(rendered, carrying),
                attachments=[archive.attachment(rendered, carrying)] if carrying else None,
                finisher=finish,
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
    return archive.sealed(bytes(data), carrying) if carrying else bytes(data)


def laid_out(html: str) -> bytes:
    """A page of our own making as an untagged PDF.

    Raises:
        EnvironmentFault: Pango is missing (RG501), fonts cannot be used (RG502), or none holds a character (RG411).
        TemplateError: it cannot be laid out (RG406).
    """
    weasyprint = engine.weasyprint()
    rendered = Rendered(html, Document(()), "")
    with engine.listening() as logged:
        page = weasyprint.HTML(string=html, base_url=engine.base(rendered), url_fetcher=engine.fetcher(rendered))
        data = page.write_pdf(stylesheets=[StringIO(engine.faces())], pdf_identifier=b"figures")
    _complain(logged, rendered)
    return bytes(data)


def _complain(logged: list[logging.LogRecord], rendered: Rendered) -> None:
    messages = [record.getMessage() for record in logged]
    missing = sorted({c for m in messages if "glyph" in m.lower() for c in _characters(m)})
    if missing:
        named = ", ".join(f"{c!r} (U+{ord(c):04X}) {_around(c, rendered)}" for c in missing[:5])
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
    """Where a character stands: the words round it, the number or the id of their block, and its heading."""
    heading = ""
    for block in walk(rendered.document.blocks):
        for text in texts(block):
            at = text.find(char)
            if at < 0:
                continue
            number, name = getattr(block, "number", None), getattr(block, "id", None)
            which = f" of {number}." if number else f" of {name}" if name and not isinstance(block, Heading) else ""
            under = f" under “{heading}”" if heading and not isinstance(block, Heading) else ""
            return f"in “{' '.join(text[max(0, at - 25) : at + 25].split())}”{which}{under}"
        if isinstance(block, Heading):
            heading = plain(block.inlines)
    page = re.sub(r"<style>.*?</style>|<[^>]+>", " ", rendered.html, flags=re.DOTALL)
    at = page.find(char)
    return f"in “{' '.join(page[max(0, at - 25) : at + 25].split())}”" if at >= 0 else "in what the style sheet adds"
