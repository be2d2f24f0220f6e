"""Counters as word processors and browsers print them: 7, g, vii."""

from __future__ import annotations

_ROMAN = (
    (1000, "m"),
    (900, "cm"),
    (500, "d"),
    (400, "cd"),
    (100, "c"),
    (90, "xc"),
    (50, "l"),
    (40, "xl"),
    (10, "x"),
    (9, "ix"),
    (5, "v"),
    (4, "iv"),
    (1, "i"),
)
_WORDS = "one two three four five six seven eight nine ten eleven twelve".split()


def ordinal(count: int, form: str) -> str:
    """A counter in a form that WordprocessingML names; in figures where the form has no way to show it.

    After ``z`` Word goes on with ``aa``, ``bb``, so that the 28th is ``bb``.
    """
    match form:
        case "lowerLetter" | "upperLetter" if 0 < count <= 780:
            letter = chr(ord("a") + (count - 1) % 26) * ((count - 1) // 26 + 1)
            return letter.upper() if form == "upperLetter" else letter
        case "lowerRoman" | "upperRoman" if 0 < count < 4000:
            roman = _roman(count)
            return roman.upper() if form == "upperRoman" else roman
        case "decimalZero":
            return f"{count:02d}"
        case "ordinal":
            return f"{count}{_ending(count)}"
        case "cardinalText" if 0 < count <= len(_WORDS):
            return _WORDS[count - 1].capitalize()
    return str(count)


def _roman(count: int) -> str:
    out = ""
    for value, letters in _ROMAN:
        times, count = divmod(count, value)
        out += letters * times
    return out


def _ending(count: int) -> str:
    if count % 100 in (11, 12, 13):
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(count % 10, "th")
