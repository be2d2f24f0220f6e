"""Word shells made in LibreOffice Writer, and how each is meant to be used."""

from __future__ import annotations

from collections.abc import Mapping

from tests.support.examples import ROOT

SHELLS = ROOT / "tests" / "shells"
#: Styles for roles, by shell: the narrow one has styles of its own for what it prints most.
STYLES: dict[str, Mapping[str, str]] = {
    "cover": {},
    "narrow": {
        "text": "House text",
        "title": "House title",
        "item-1": "House item",
        "table-text": "House cell",
        "table-small": "House cell",
    },
    "landscape": {},
}
