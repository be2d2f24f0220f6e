"""Rendered -> an HTML file: the page as it is."""

from __future__ import annotations

from reportgen.document import Rendered


def write(rendered: Rendered) -> bytes:
    """The page as UTF-8."""
    return rendered.html.encode("utf-8")
