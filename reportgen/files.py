"""Files in and out: reading whole files within a limit, and writing so that an output is complete or not there at all.

Owns names of outputs too: made safe for every system, kept inside their folder, checked against each other.
"""

from __future__ import annotations

import errno
import os
import re
import secrets
import stat
import unicodedata
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from reportgen.errors import InputError, OutputError, UsageFault, Where

#: Bytes that a file name may have at most; systems stop at 255, and a suffix must still fit.
MAX_NAME = 150
#: The end of the year 9999, which is as far as dates go; a ZIP or an XLSX stops earlier, and has dates of its own.
_LAST_SECOND = 253_402_300_800
#: Names that Windows keeps for devices, whatever the suffix.
_DEVICES = frozenset(
    ("con", "prn", "aux", "nul", "conin$", "conout$", *(f"{d}{n}" for d in ("com", "lpt") for n in "123456789¹²³"))
)
_HINTS = {
    errno.ENOSPC: "free some space on the disk",
    errno.EDQUOT: "free some space on the disk",
    errno.EACCES: "choose a folder that you may write to",
    errno.EPERM: "choose a folder that you may write to",
    errno.EROFS: "choose a folder that can be written to",
    errno.ENAMETOOLONG: "choose a shorter name",
}


def read_bytes(path: str | Path, *, limit: int = 50_000_000) -> bytes:
    """Give the contents of a file.

    Args:
        path: an ordinary file, or a link to one.
        limit: bytes that it may have at most.

    Raises:
        InputError: there is no such file, it is a folder or a pipe, or it cannot be read (RG101); too large (RG107).
    """
    data = _read(path, limit + 1)
    if len(data) > limit:
        size = f"{limit / 1_000_000:g} MB"
        where = Where(file=str(path))
        raise InputError("RG107", f"larger than {size}", where=where, hint="split the file or give a smaller one")
    return data


def read_head(path: str | Path, size: int = 4096) -> bytes:
    """The first bytes of a file.

    Raises:
        InputError: as for :func:`read_bytes` (RG101).
    """
    return _read(path, size)


def _read(path: str | Path, size: int) -> bytes:
    where = Where(file=str(path))
    try:
        # Without O_NONBLOCK the opening of a pipe would wait for somebody to write to it.
        number = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(number, "rb") as file:
            if not stat.S_ISREG(os.fstat(number).st_mode):
                raise InputError("RG101", "not an ordinary file", where=where, hint="give the path of a file")
            return file.read(size)
    except FileNotFoundError:
        raise InputError("RG101", "there is no such file", where=where, hint="check the path") from None
    except IsADirectoryError:
        raise InputError("RG101", "a folder, not a file", where=where, hint="give a file in it") from None
    except OSError as error:
        message = f"cannot be read: {_why(error)}"
        raise InputError("RG101", message, where=where, hint="check the file and who may read it") from None
    except ValueError:
        raise InputError("RG101", "a path with a NUL in it", where=where, hint="check the path") from None


def write_bytes(path: str | Path, data: bytes, *, parents: bool = False) -> Path:
    """Write a file, whole or not at all: what stood there before survives any failure, and nothing else is left behind.

    Args:
        path: the file to write. A file of that name is replaced, a link or anything else is not.
        data: the contents.
        parents: whether to make the folders that are missing; else the folder must exist.

    Returns:
        The path written.

    Raises:
        OutputError: it cannot be written there (RG503).
    """
    path = Path(path)
    where = Where(file=str(path))
    made: list[Path] = []
    try:
        if parents:
            _make_folders(path.parent, made)
        _refuse_odd(path, where)
        # A name that nobody can guess, and the mode of an ordinary new file: the kernel takes the umask off it.
        temporary = path.parent / f".reportgen-{secrets.token_hex(8)}.tmp"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        number = os.open(temporary, flags, 0o666)
        try:
            with os.fdopen(number, "wb") as file:
                _write_whole(file, data)
            os.replace(temporary, path)  # noqa: PTH105
        except BaseException:
            with suppress(OSError):
                temporary.unlink()
            raise
    except OSError as error:
        hint = _HINTS.get(error.errno or 0, "check the folder and the disk")
        raise OutputError("RG503", f"cannot be written: {_why(error)}", where=where, hint=hint) from None
    except ValueError:
        raise OutputError("RG503", "a path with a NUL in it", where=where, hint="check the path") from None
    else:
        made.clear()
    finally:
        for folder in reversed(made):
            with suppress(OSError):
                folder.rmdir()
    _sync_folder(path.parent)
    return path


def _make_folders(folder: Path, made: list[Path]) -> None:
    """Make a folder and those that it is in; ``made`` gets each new one, so that a failure can take them away again."""
    if not folder.is_dir() and folder != folder.parent:
        _make_folders(folder.parent, made)
        with suppress(FileExistsError):
            folder.mkdir()
            made.append(folder)


def _write_whole(file: BinaryIO, data: bytes) -> None:
    file.write(data)
    file.flush()
    os.fsync(file.fileno())


def _refuse_odd(path: Path, where: Where) -> None:
    if not path.parent.is_dir():
        message = f"the folder {str(path.parent)!r} does not exist"
        raise OutputError("RG503", message, where=where, hint="make the folder first")
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    if stat.S_ISDIR(mode):
        raise OutputError("RG503", "a folder of that name is there", where=where, hint="choose another name")
    if stat.S_ISLNK(mode):
        raise OutputError("RG503", "a symbolic link of that name is there", where=where, hint="give the file itself")
    if not stat.S_ISREG(mode):
        raise OutputError("RG503", "what is there is no ordinary file", where=where, hint="choose another name")


def _sync_folder(folder: Path) -> None:
    """Make the new name last. The file is whole by now, so that a system that cannot do this is no failure."""
    with suppress(OSError):
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


def _why(error: OSError) -> str:
    why = error.strerror or type(error).__name__
    return why[:1].lower() + why[1:]


def source_date_epoch() -> int | None:
    """The second that SOURCE_DATE_EPOCH names, None where it is not set.

    Raises:
        UsageFault: it is no such number (RG507).

    Source: reproducible-builds.org, SOURCE_DATE_EPOCH specification, version 1.1.
    """
    said = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not said:
        return None
    if not (said.isascii() and said.isdigit() and int(said) < _LAST_SECOND):
        hint = "give the seconds since 1970, or unset it"
        raise UsageFault("RG507", f"SOURCE_DATE_EPOCH is {said!r}, not a number of seconds", hint=hint)
    return int(said)


def metadata_date(own: str | None) -> datetime:
    """The date that a file says of itself: its document's own, else SOURCE_DATE_EPOCH, else the first of January 2000.

    Never the clock's: the same data must give the same bytes on another day.

    Args:
        own: the ISO date of the document, None where its data has none.

    Raises:
        UsageFault: SOURCE_DATE_EPOCH is no number of seconds (RG507).
    """
    if own:
        return datetime.fromisoformat(own).replace(tzinfo=UTC)
    epoch = source_date_epoch()
    return datetime(2000, 1, 1, tzinfo=UTC) if epoch is None else datetime.fromtimestamp(epoch, UTC)


def iso_date(own: str | None) -> str:
    """The same as text, in the form that office files have."""
    return metadata_date(own).strftime("%Y-%m-%dT%H:%M:%SZ")


def safe_name(text: str) -> str:
    """A file name for a text: lower case letters, digits and marks of any script, runs of other characters as a hyphen.

    Apostrophes go; a full stop or an underscore between letters or digits stays. At most ``MAX_NAME`` bytes in NFC;
    never empty, a device of Windows, or with a hyphen or a full stop at either end. A name made here stays as it is.
    """
    lower = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).lower())
    spelled = "".join(c if _stays(c) else "-" for c in re.sub(r"['’]", "", lower))
    name = re.sub(r"[-._]+", lambda m: "-" if "-" in m[0] else m[0][0], spelled).lstrip("-._")
    while name and unicodedata.category(name[0])[0] == "M":
        name = name[1:].lstrip("-._")
    stem, dot, rest = name.partition(".")
    if stem in _DEVICES:
        name = f"{stem}-file{dot}{rest}"
    return name.encode("utf-8")[:MAX_NAME].decode("utf-8", "ignore").rstrip("-._") or "unnamed"


def _stays(char: str) -> bool:
    return unicodedata.category(char)[0] in "LNM" or char in "._"


def inside(folder: str | Path, name: str) -> Path:
    """The path of a name inside a folder; links on the way are followed to see where it leads.

    Args:
        folder: the folder to stay in; it need not exist yet.
        name: a name, or several with slashes between them.

    Raises:
        OutputError: the name leads out of the folder, is the folder, or cannot be a name (RG504).
    """
    folder = Path(folder)
    where = Where(file=str(folder))
    if not name or any(ord(c) < 32 or c == "\\" for c in name):
        raise OutputError("RG504", f"{name!r} cannot be the name of an output", where=where, hint="choose another name")
    try:
        root, target = folder.resolve(), (folder / name).resolve()
    except (OSError, RuntimeError) as error:
        message = f"{name!r} leads nowhere: {error}"
        raise OutputError("RG504", message, where=where, hint="choose another name") from None
    if target == root or not target.is_relative_to(root):
        raise OutputError("RG504", f"{name!r} is not inside the folder", where=where, hint="choose a name inside it")
    return folder / target.relative_to(root)


#: Files of people's own, beside the inspections. The program reads them and never writes over them.
KEPT = ("decisions.yaml", "events.yaml")


def check_collisions(paths: Iterable[str | Path], inputs: Iterable[str | Path] = ()) -> None:
    """Refuse outputs that would land on one name on some system: equal but for case or for the way accents are stored.

    Args:
        paths: the outputs.
        inputs: what they are made from, which none of them may go over.

    Raises:
        UsageFault: two of the paths do (RG504).
        OutputError: an output would go over an input, or over a file of ``KEPT`` (RG503).
    """
    seen: dict[str, str | Path] = {}
    given = list(inputs)
    for path in paths:
        where = Where(file=str(path))
        if any(_same(path, other) for other in given):
            raise OutputError("RG503", "this is the input itself", where=where, hint="choose another name")
        if Path(path).name in KEPT and Path(path).exists():
            message = "a file that people keep, and that nothing writes over"
            raise OutputError("RG503", message, where=where, hint="choose another name")
        folded = unicodedata.normalize("NFC", unicodedata.normalize("NFD", str(path)).casefold())
        if folded in seen:
            message = f"two outputs would have the name {str(path)!r}"
            if str(seen[folded]) != str(path):
                message = f"{str(seen[folded])!r} and {str(path)!r} are one name on some systems"
            raise UsageFault("RG504", message, hint="give one of them another name")
        seen[folded] = path


def _same(one: str | Path, other: str | Path) -> bool:
    try:
        return Path(one).samefile(other)
    except (OSError, ValueError):
        return False
