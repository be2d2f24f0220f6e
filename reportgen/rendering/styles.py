"""Style sheets and scripts of a pack: everything that they need is put into them, so that a page fetches nothing."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from reportgen.errors import InputError, TemplateError, Where
from reportgen.files import read_bytes

#: Bytes that one picture or font may have.
LARGEST = 3_000_000
_NEEDS = re.compile(r"url|@import|src\s*\(|image", re.IGNORECASE)
#: Dots that a picture may have, and parts of a drawing that may be repeats.
_MOST_DOTS, _MOST_USES = 50_000_000, 50
#: How errors say that a file is elsewhere, or nowhere.
LEADS_OUT, _NOT_THERE = "leads out of the pack", "is not in the pack"
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
        TemplateError: an address outside the pack, or an ``@import`` (RG405); a file that is no picture or font, or too
            large (RG412).
    """
    if not _NEEDS.search(css):
        return css
    import tinycss2

    made: dict[tuple[int, int], str] = {}
    for token, address in addresses(css):
        where = Where(file=source, line=token.source_line, column=token.source_column)
        if token.type == "at-rule":
            message = f"blocked: {address[:200]}: a style sheet takes no other in"
            raise TemplateError("RG405", message, where=where, hint=_NO_IMPORT)
        if _stays(address):
            continue
        path = _file(address, where, file_of)
        made[token.source_line, token.source_column] = _as_data(path, where)
    if not made:
        return css
    rules = tinycss2.parse_stylesheet(css)
    for rule in rules:
        for part in (getattr(rule, "prelude", None), getattr(rule, "content", None)):
            _replace(part or [], made)
    return str(tinycss2.serialize(rules))


def sheet_faults(
    css: str, source: str, file_of: Callable[[str], Path]
) -> tuple[list[tuple[str, str, int, str]], set[Path]]:
    """Everything that is wrong with a style sheet, as (code, message, line, what to do); and the files that it uses."""
    faults = [("RG629", message, line, "mend the style sheet") for message, line in _syntax_faults(css)]
    used: set[Path] = set()
    for token, address in addresses(css):
        where = Where(file=source, line=token.source_line)
        if token.type == "at-rule":
            faults.append(("RG626", f"@import of {address[:80]}", token.source_line, _NO_IMPORT))
        elif not _stays(address):
            try:
                path = _file(address, where, file_of)
                used.add(path)
                _as_data(path, where)
            except TemplateError as error:
                code = {"RG412": "RG628"}.get(error.code, "RG627" if error.message.endswith(_NOT_THERE) else "RG625")
                faults.append((code, error.message.removeprefix("blocked: "), token.source_line, error.hint))
    return faults, used


def _syntax_faults(css: str) -> Iterator[tuple[str, int]]:
    import tinycss2

    def inside(tokens: Any) -> Iterator[tuple[str, int]]:
        for part in tinycss2.parse_blocks_contents(tokens, skip_comments=True, skip_whitespace=True):
            if part.type == "error":
                yield part.message, part.source_line
            elif part.type in ("qualified-rule", "at-rule") and part.content:
                yield from inside(part.content)

    for rule in tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True):
        if rule.type == "error":
            yield rule.message, rule.source_line
        elif getattr(rule, "content", None):
            yield from inside(rule.content)


def _stays(address: str) -> bool:
    """Whether an address needs nothing: a part of the page itself, or data that it brings with it."""
    return address.startswith("#") or (address.lower().startswith("data:") and len(address) <= LARGEST * 2)


def _replace(tokens: list[Any], made: dict[tuple[int, int], str]) -> None:
    for token in tokens:
        new = made.get((token.source_line, token.source_column))
        if new is not None and token.type in ("url", "string"):
            token.value, token.representation = new, f'url("{new}")' if token.type == "url" else f'"{new}"'
        elif token.type == "function":
            _replace(token.arguments, made)
        elif token.type in ("() block", "[] block", "{} block"):
            _replace(token.content, made)


_NO_IMPORT = "name both under `styles` in pack.yaml"


def _file(address: str, where: Where, file_of: Callable[[str], Path]) -> Path:
    hint = "put the file into the pack; nothing is fetched"
    bare = re.sub(r"[?#].*$", "", address)
    if _ELSEWHERE.match(bare):
        raise TemplateError("RG405", f"blocked: {address[:200]}", where=where, hint=hint)
    try:
        return file_of(bare)
    except TemplateError as error:
        why = LEADS_OUT if error.message.endswith(LEADS_OUT) else _NOT_THERE
        raise TemplateError("RG405", f"blocked: {address[:200]}: {why}", where=where, hint=hint) from None


def _as_data(path: Path, where: Where) -> str:
    try:
        data = read_bytes(path, limit=LARGEST)
        kind = kind_of_media(data)
    except (InputError, ValueError) as error:
        said = error.message if isinstance(error, InputError) else str(error)
        message = f"{path.name} cannot be used: {said}"
        raise TemplateError(
            "RG412", message, where=where, hint="give a PNG, JPEG or SVG, or a font, of usual size"
        ) from None
    return f"data:{kind};base64,{b64encode(data).decode('ascii')}"


_FONTS = {
    b"wOF2": "font/woff2",
    b"wOFF": "font/woff",
    b"\0\1\0\0": "font/ttf",
    b"true": "font/ttf",
    b"OTTO": "font/otf",
}


def kind_of_media(data: bytes) -> str:
    """The media type of a picture or font, told by its contents.

    Raises:
        ValueError: it is none that can be used, or one made to do harm; the message says why.
    """
    if not data:
        raise ValueError("it is empty")
    if data[:4] in _FONTS:
        return _FONTS[data[:4]]
    if re.match(rb"\s*<", data) and b"<svg" in data[:2000]:
        _check_drawing(data)
        return "image/svg+xml"
    import io
    import warnings

    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # the size is told by the head of the file; nothing is unpacked before it is known
            with Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "GIF", "WEBP")) as picture:
                width, height = picture.size
                kind = str(picture.get_format_mimetype())
                if width * height <= _MOST_DOTS:
                    picture.load()
    except Image.DecompressionBombError:
        raise ValueError(f"more than {_MOST_DOTS // 1_000_000} million dots") from None
    except (OSError, SyntaxError) as error:
        raise ValueError(
            f"no picture or font: {error}" if "identify" not in str(error) else "no picture or font"
        ) from None
    if width * height > _MOST_DOTS:
        raise ValueError(f"more than {_MOST_DOTS // 1_000_000} million dots")
    return kind


def _check_drawing(data: bytes) -> None:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(f"no well-formed drawing: {error.msg}") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise ValueError("a drawing with a document type")
    uses = 0
    for element in root.iter():
        name = str(element.tag).rpartition("}")[2].lower()
        uses += name == "use"
        if name in ("script", "foreignobject", "image", "feimage", "iframe", "animate", "set", "handler"):
            raise ValueError(f"a drawing with <{name}>")
        if name == "style" and re.search(r"url|@import", element.text or "", re.IGNORECASE):
            raise ValueError("a drawing whose style refers to something")
        for qualified, given in element.attrib.items():
            key, value = str(qualified).rpartition("}")[2].lower(), str(given)
            if key.startswith("on") or (key in ("href", "src") and not value.startswith("#")):
                raise ValueError(f"a drawing with {key}={value[:40]!r}")
            if re.search(r"url\(\s*['\"]?(?!#)", value, re.IGNORECASE):
                raise ValueError(f"a drawing that refers to {value[:40]!r}")
    if uses > _MOST_USES:
        raise ValueError(f"a drawing that repeats parts {uses} times")
