"""Style sheets and scripts of a pack: everything that they need is put into them, so that a page fetches nothing."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from mimetypes import guess_type
from pathlib import Path
from typing import Any

from reportgen.errors import TemplateError, Where
from reportgen.files import read_bytes

#: Bytes that one picture or font may have.
LARGEST = 3_000_000
_NEEDS = re.compile(r"url|@import|src\s*\(|image", re.IGNORECASE)
_TYPES = {".woff2": "font/woff2", ".woff": "font/woff", ".ttf": "font/ttf", ".otf": "font/otf", ".svg": "image/svg+xml"}
#: Functions of CSS in which a bare text is an address.
#: Addresses that are not a path inside the pack.
_ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//|/|\\\\")
_ADDRESS_IN_TEXT = frozenset({"url", "src", "image", "image-set", "-webkit-image-set"})


def addresses(css: str) -> Iterator[tuple[Any, str]]:
    """Every address of a style sheet: the token that holds it (with its line), and the address as written.

    The token of an ``@import`` is the rule itself.
    """
    import tinycss2

    for rule in tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True):
        if rule.type == "at-rule" and rule.lower_at_keyword == "import":
            text = next((t.value for t in rule.prelude if t.type in ("string", "url")), None)
            nested = next((t for t in rule.prelude if t.type == "function"), None)
            if text is None and nested is not None:
                text = next((t.value for t in nested.arguments if t.type == "string"), None)
            yield rule, text or tinycss2.serialize(rule.prelude).strip()
            continue
        for part in (getattr(rule, "prelude", None), getattr(rule, "content", None)):
            yield from _within(part or (), told=False)


def _within(tokens: Iterable[Any], *, told: bool) -> Iterator[tuple[Any, str]]:
    """Addresses among the parts of a rule; ``told``: a bare text here is one."""
    importing = variable = False
    for token in tokens:
        if token.type == "url":
            yield token, token.value
        elif token.type == "string":
            # what a variable holds may be put where an address belongs
            if told or importing or (variable and _ELSEWHERE.match(token.value.strip())):
                yield token, token.value
        elif token.type == "function":
            yield from _within(token.arguments, told=told or token.lower_name in _ADDRESS_IN_TEXT)
        elif token.type in ("() block", "[] block", "{} block"):
            yield from _within(token.content, told=False)
        if token.type == "ident" and token.value.startswith("--"):
            variable = True
        elif token.type == "literal" and token.value == ";":
            variable = False
        if token.type not in ("whitespace", "comment"):
            importing = token.type == "at-keyword" and token.lower_value == "import"


def self_contained(css: str, source: str, file_of: Callable[[str], Path]) -> str:
    """A style sheet with the pictures and fonts of its pack put into it.

    Args:
        css: the sheet.
        source: its name, for errors.
        file_of: gives the file of a path inside the pack, and raises TemplateError where there is none.

    Raises:
        TemplateError: an address outside the pack, or an ``@import`` (RG405); a file too large (RG107).
    """
    if not _NEEDS.search(css):
        return css
    import tinycss2

    found = list(addresses(css))
    if not found:
        return css
    made: dict[tuple[int, int], str] = {}
    for token, address in found:
        where = Where(file=source, line=token.source_line, column=token.source_column)
        if token.type == "at-rule":
            message = f"blocked: {address[:200]}: a style sheet takes no other in"
            raise TemplateError("RG405", message, where=where, hint="name both under `styles` in pack.yaml")
        if address.startswith("#") or (address.lower().startswith("data:") and len(address) <= LARGEST * 2):
            continue
        made[token.source_line, token.source_column] = _inlined(address, where, file_of)
    rules = tinycss2.parse_stylesheet(css)
    for rule in rules:
        for part in (getattr(rule, "prelude", None), getattr(rule, "content", None)):
            _replace(part or [], made)
    return str(tinycss2.serialize(rules))


def _replace(tokens: list[Any], made: dict[tuple[int, int], str]) -> None:
    for index, token in enumerate(tokens):
        new = made.get((token.source_line, token.source_column))
        if new is not None and token.type in ("url", "string"):
            token.value, token.representation = new, f'url("{new}")' if token.type == "url" else f'"{new}"'
        elif token.type == "function":
            _replace(token.arguments, made)
        elif token.type in ("() block", "[] block", "{} block"):
            _replace(token.content, made)
        tokens[index] = token


def _inlined(address: str, where: Where, file_of: Callable[[str], Path]) -> str:
    hint = "put the file into the pack; nothing is fetched"
    bare = re.sub(r"[?#].*$", "", address)
    if _ELSEWHERE.match(bare):
        raise TemplateError("RG405", f"blocked: {address[:200]}", where=where, hint=hint)
    try:
        path = file_of(bare)
    except TemplateError:
        message = f"blocked: {address[:200]}: not in the pack"
        raise TemplateError("RG405", message, where=where, hint=hint) from None
    data = read_bytes(path, limit=LARGEST)
    kind = _TYPES.get(path.suffix.lower()) or guess_type(path.name)[0] or "application/octet-stream"
    return f"data:{kind};base64,{b64encode(data).decode('ascii')}"
