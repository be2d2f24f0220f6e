"""Contrast of colours, as WCAG 2 measures it."""

from __future__ import annotations

#: Red, green, blue from 0 to 255.
Colour = tuple[float, float, float]
WHITE: Colour = (255, 255, 255)
BLACK: Colour = (0, 0, 0)


def contrast(one: Colour, other: Colour) -> float:
    """The contrast ratio, from 1 to 21.

    Source: WCAG 2.2, definitions of contrast ratio and relative luminance.
    """
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: Colour) -> float:
    red, green, blue = (_linear(part / 255) for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def enough(size: float, *, bold: bool) -> float:
    """The contrast that text needs: of 18 points, or of 14 in bold, it is large.

    Source: WCAG 2.2, success criterion 1.4.3. A tenth of a point is let through, because sizes are rounded in files.
    """
    return 3.0 if size >= (13.9 if bold else 17.9) else 4.5


def over(upper: Colour, alpha: float, lower: Colour) -> Colour:
    """A colour that lets another one through: ``alpha`` from 0 (all of it) to 1 (nothing)."""
    red, green, blue = (a * alpha + b * (1 - alpha) for a, b in zip(upper, lower, strict=True))
    return red, green, blue


def is_coloured(colour: Colour) -> bool:
    """Whether a colour is more than a shade of grey."""
    return max(colour) - min(colour) > 40


def named(colour: Colour) -> str:
    """A colour as people write it down."""
    return "#" + "".join(f"{round(part):02x}" for part in colour)


def too_low(text: str, colour: Colour, under: Colour, size: float, *, bold: bool) -> str | None:
    """What is wrong with the contrast of some text, None where it is enough; 0.05 is let through for rounding."""
    ratio, needed = contrast(colour, under), enough(size, bold=bold)
    if ratio >= needed - 0.05:
        return None
    shown = f"{text!r} in {named(colour)} on {named(under)}"
    return f"{shown} has a contrast of {ratio:.1f} to 1, and needs {needed:g}"
