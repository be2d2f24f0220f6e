"""What word processors are known to write against the schema of the format, set right without a change to be seen.

LibreOffice writes some properties out of their order, which a strict reader may refuse, and values of the strict variant
of the format. Found with Microsoft's validator on files of LibreOffice 7.4; nothing else of a shell is touched.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
#: Children in the order that ECMA-376 part 1 gives them: 17.3.1.26, 17.9.6.
_ORDERS = {
    "pPr": "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr shd tabs "
    "suppressAutoHyphens kinsoku wordWrap overflowPunct topLinePunct autoSpaceDE autoSpaceDN bidi adjustRightInd "
    "snapToGrid spacing ind contextualSpacing mirrorIndents suppressOverlap jc textDirection textAlignment "
    "textboxTightWrap outlineLvl divId cnfStyle rPr sectPr pPrChange",
    "lvl": "start numFmt lvlRestart pStyle isLgl suff lvlText lvlPicBulletId legacy lvlJc pPr rPr",
}
_RANKS = {
    f"{_W}{name}": {f"{_W}{child}": n for n, child in enumerate(order.split())} for name, order in _ORDERS.items()
}
_SIDES = {"start": "left", "end": "right"}


def mend(root: Any) -> bool:
    """Set right what is out of order in a part; whether there was anything."""
    found = False
    for element in root.iter(*_RANKS):
        ranks = _RANKS[element.tag]
        # what another program added for itself stays behind what it stood behind
        placed: list[tuple[int, Any]] = []
        for child in element:
            placed.append((ranks.get(child.tag, placed[-1][0] if placed else 0), child))
        if any(one[0] > two[0] for one, two in pairwise(placed)):
            element[:] = [child for _, child in sorted(placed, key=lambda entry: entry[0])]
            found = True
    for element in root.iter(f"{_W}lvlJc", f"{_W}jc"):
        side = _SIDES.get(element.get(f"{_W}val") or "")
        if side and element.getparent().tag != f"{_W}pPr":
            element.set(f"{_W}val", side)
            found = True
    for element in root.iter(f"{_W}charset"):
        # the number says it too, and says it in words that every reader knows
        if element.get(f"{_W}val") is not None and element.attrib.pop(f"{_W}characterSet", None) is not None:
            found = True
    return found
