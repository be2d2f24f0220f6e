"""What stands at the beginning of items and numbered paragraphs, and what ends a sentence: the same in every format."""

from __future__ import annotations

import re

#: Glyphs that begin an item; the private-use ones are what symbol fonts leave in extracted text.
BULLET = re.compile(r"([•◼▪●○◦■□◆⬛‣⁃∙·➢✓\ue000-\uf8ff]|[-–—−*o§](?=\s))\s*(?=\S)")
#: A printed number such as ``12.`` or ``2.1.``, with the space behind it or tight against a sentence.
NUMBER = re.compile(r"(\d{1,3}(?:\.\d{1,2})*)\.(?:\s+(?=\S)|(?=[A-Z‘“]))")
#: A labelled line such as ``Lead inspector:``.
LABEL = re.compile(r"^[A-Z][\w’' /()-]{2,40}:(?:\s|$)")
_TERMINAL = (".", "!", "?", ":", ";")
_CLOSING = "”’\"')]»"


def terminated(text: str) -> bool:
    """Whether a text ends as a sentence or a lead-in does."""
    return text.rstrip(_CLOSING + " ").endswith(_TERMINAL)


def first_number(number: str) -> int:
    """The number before the first full stop: ``2.1`` → 2."""
    return int(number.split(".")[0])
