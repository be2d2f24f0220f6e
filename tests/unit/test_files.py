"""Reading within a limit; writing whole files or none; names of outputs."""

from __future__ import annotations

import os
import stat
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen import files
from reportgen.errors import InputError, OutputError, UsageFault

posix = pytest.mark.skipif(sys.platform == "win32", reason="pipes, links and modes of POSIX")


# -- reading ---------------------------------------------------------------------------------------------------------


def test_reads_a_file_and_a_link_to_it(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes(b"a\r\n\x00b")
    link = tmp_path / "link"
    link.symlink_to(file)
    assert files.read_bytes(file) == b"a\r\n\x00b"
    assert files.read_bytes(str(link)) == b"a\r\n\x00b"


def test_limit_is_exact(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"12345")
    assert files.read_bytes(file, limit=5) == b"12345"
    with pytest.raises(InputError, match="larger than") as caught:
        files.read_bytes(file, limit=4)
    assert caught.value.code == "RG107"
    assert caught.value.where.file == str(file)


@pytest.mark.parametrize("make", ["nothing", "folder", "pipe", "nul"])
@posix
def test_what_is_no_file_is_refused_at_once(tmp_path: Path, make: str) -> None:
    path = tmp_path / "x"
    words = {"nothing": "no such file", "folder": "a folder", "pipe": "not an ordinary file", "nul": "NUL"}
    if make == "folder":
        path.mkdir()
    elif make == "pipe":
        os.mkfifo(path)
    elif make == "nul":
        path = tmp_path / "a\0b"
    with pytest.raises(InputError, match=words[make]) as caught:
        files.read_bytes(path)
    assert caught.value.code == "RG101"
    assert caught.value.hint


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "a").write_bytes(b"")
    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(InputError, match="cannot be read: permission denied"):
        files.read_bytes(tmp_path / "a")


# -- writing ---------------------------------------------------------------------------------------------------------


def test_writes_and_replaces(tmp_path: Path) -> None:
    target = tmp_path / "out ' é.txt"
    assert files.write_bytes(target, b"one") == target
    assert files.write_bytes(str(target), b"two") == target
    assert target.read_bytes() == b"two"
    assert list(tmp_path.iterdir()) == [target]


def test_a_relative_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert files.write_bytes("out.txt", b"x") == Path("out.txt")
    assert (tmp_path / "out.txt").read_bytes() == b"x"


@posix
@pytest.mark.parametrize("mask", [0o022, 0o077, 0o002])
def test_mode_follows_the_umask(tmp_path: Path, mask: int) -> None:
    before = os.umask(mask)
    try:
        target = files.write_bytes(tmp_path / "out", b"x")
    finally:
        os.umask(before)
    assert stat.S_IMODE(target.stat().st_mode) == 0o666 & ~mask


@posix
@pytest.mark.parametrize("there", ["folder", "link", "dangling", "pipe", "no folder", "file as folder", "long", "nul"])
def test_refuses_what_is_no_place_for_a_file(tmp_path: Path, there: str) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    other = tmp_path / "other"
    other.write_bytes(b"kept")
    target = folder / "x"
    if there == "folder":
        target.mkdir()
    elif there == "link":
        target.symlink_to(other)
    elif there == "dangling":
        target.symlink_to(tmp_path / "nowhere")
    elif there == "pipe":
        os.mkfifo(target)
    elif there == "no folder":
        target = folder / "missing" / "x"
    elif there == "file as folder":
        target = other / "x"
    elif there == "long":
        target = folder / ("x" * 300)
    else:
        target = folder / "a\0b"
    before = sorted(folder.iterdir())
    with pytest.raises(OutputError) as caught:
        files.write_bytes(target, b"new")
    assert caught.value.code == "RG503"
    assert caught.value.hint
    assert len(caught.value.lines()) == 1
    assert sorted(folder.iterdir()) == before
    assert other.read_bytes() == b"kept"
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("call", ["write", "fsync", "replace", "open"])
@pytest.mark.parametrize("earlier", [b"earlier", None])
def test_the_earlier_file_survives_any_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, earlier: bytes | None
) -> None:
    target = tmp_path / "out"
    if earlier is not None:
        target.write_bytes(earlier)

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        if call == "write":
            patched.setattr(files, "_write_whole", full)
        else:
            patched.setattr(os, call, full)
        with pytest.raises(OutputError, match="no space left on device") as caught:
            files.write_bytes(target, b"new")
    assert caught.value.hint == "free some space on the disk"
    assert [p.name for p in tmp_path.iterdir()] == (["out"] if earlier is not None else [])
    if earlier is not None:
        assert target.read_bytes() == earlier


def test_an_interrupt_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        files.write_bytes(tmp_path / "out", b"new")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_synced_is_no_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sync = os.fsync
    calls = []

    def only_files(number: int) -> None:
        calls.append(number)
        if stat.S_ISDIR(os.fstat(number).st_mode):
            raise OSError(22, "Invalid argument")
        sync(number)

    monkeypatch.setattr(os, "fsync", only_files)
    assert files.write_bytes(tmp_path / "out", b"new").read_bytes() == b"new"
    assert len(calls) == 2


def test_a_disk_that_is_full_for_real() -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full")
    with pytest.raises(OutputError, match="no ordinary file"):
        files.write_bytes(full, b"x")


# -- names -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("rotherham-2012-07", "rotherham-2012-07"),
        ("Metropolitan Borough of Rotherham", "metropolitan-borough-of-rotherham"),
        ("../../etc/passwd", "etc-passwd"),
        ("a/b\\c", "a-b-c"),
        ("Ynys Môn", "ynys-môn"),
        ("Ynys Mo\u0302n", "ynys-môn"),
        ("St. Helen's", "st-helens"),
        ("v1.2 final_draft.", "v1.2-final_draft"),
        ("CON", "con-file"),
        ("con.txt", "con-file.txt"),
        ("LPT1", "lpt1-file"),
        ("console", "console"),
        ("-rf", "rf"),
        (".hidden", "hidden"),
        ("", "unnamed"),
        ("😀", "unnamed"),
        ("..", "unnamed"),
        ("a\x00b\nc", "a-b-c"),
        ("हिन्दी", "हिन्दी"),
    ],
)
def test_safe_names(text: str, name: str) -> None:
    assert files.safe_name(text) == name


@given(st.text(max_size=300))
def test_safe_names_are_safe_everywhere(text: str) -> None:
    name = files.safe_name(text)
    assert 0 < len(name.encode()) <= files.MAX_NAME
    assert name == unicodedata.normalize("NFC", name)
    assert name[0] not in "-."
    assert name[-1] not in ". "
    assert not set(name) & set('/\\:*?"<>| \0')
    assert name.isprintable()
    assert name.split(".")[0] not in files._DEVICES
    assert files.safe_name(name) == name


@pytest.mark.parametrize("text", ["a" * 300, "é" * 300, "con." + "x" * 300, "a-" * 200])
def test_long_names_are_cut(text: str) -> None:
    name = files.safe_name(text)
    assert files.MAX_NAME - 2 <= len(name.encode()) <= files.MAX_NAME
    assert files.safe_name(name) == name


def test_inside(tmp_path: Path) -> None:
    assert files.inside(tmp_path, "a/b.yaml") == tmp_path / "a" / "b.yaml"
    assert files.inside(str(tmp_path), "a/../b") == tmp_path / "b"
    assert files.inside(tmp_path / "not-there-yet", "x") == tmp_path / "not-there-yet" / "x"


@pytest.mark.parametrize("name", ["", ".", "..", "../x", "a/../../x", "/etc/passwd", "a\\b", "a\0b", "a\nb"])
def test_outside(tmp_path: Path, name: str) -> None:
    with pytest.raises(OutputError) as caught:
        files.inside(tmp_path, name)
    assert caught.value.code == "RG504"


@posix
def test_a_link_that_leads_out(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "link").symlink_to(tmp_path)
    (folder / "own").symlink_to(folder / "sub")
    (folder / "round").symlink_to(folder / "round")
    assert files.inside(folder, "own/x") == folder / "sub" / "x"
    for name in ("link/x", "round/x"):
        with pytest.raises(OutputError):
            files.inside(folder, name)


def test_collisions() -> None:
    files.check_collisions([])
    files.check_collisions([Path("a/x"), Path("b/x"), "a/y"])
    for one, other in [("a/X", "A/x"), ("é", "e\u0301"), ("straße", "STRASSE"), ("a", "a")]:
        with pytest.raises(UsageFault) as caught:
            files.check_collisions([Path("c"), one, Path(other)])
        assert caught.value.code == "RG504"
        assert other in caught.value.message


def test_folders_are_made_on_request_and_taken_away_where_writing_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "a" / "b" / "out"
    assert files.write_bytes(target, b"x", parents=True).read_bytes() == b"x"

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "_write_whole", full)
    with pytest.raises(OutputError):
        files.write_bytes(tmp_path / "a" / "c" / "d" / "out", b"x", parents=True)
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["a", "b", "out"]


@posix
def test_the_nth_call_that_fails_never_hurts_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever call to the system fails first: the earlier file or the new one, whole, and nothing beside it."""
    names = ("open", "fsync", "replace", "lstat", "mkdir")
    real = {name: getattr(os, name) for name in names}
    left = 0

    def counted(name: str) -> object:
        def call(*args: object, **more: object) -> object:
            nonlocal left
            left -= 1
            if left == 0:
                raise OSError(5, "Input/output error")
            return real[name](*args, **more)

        return call

    for n in range(1, 30):
        folder = tmp_path / str(n)
        folder.mkdir()
        target = folder / "out"
        target.write_bytes(b"earlier")
        with monkeypatch.context() as patched:
            for name in names:
                patched.setattr(os, name, counted(name))
            left = n
            code = None
            try:
                files.write_bytes(target, b"later")
            except OutputError as error:
                code = error.code
            hit = left <= 0
        assert [p.name for p in folder.iterdir()] == ["out"]
        assert code in (None, "RG503")
        assert target.read_bytes() == (b"earlier" if code else b"later")
        if not hit:
            break
    else:
        pytest.fail("no run without a failure")
    assert n > 3


def test_outputs_never_go_over_inputs_or_what_people_keep(tmp_path: Path) -> None:
    data, kept = tmp_path / "in.yaml", tmp_path / "events.yaml"
    files.check_collisions([data, kept], [data])
    for path in (data, kept):
        path.write_bytes(b"x")
    for path in (data, kept):
        with pytest.raises(OutputError) as caught:
            files.check_collisions([tmp_path / "other", path], [data])
        assert caught.value.where.file == str(path)
