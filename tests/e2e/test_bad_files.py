"""Bad files: each one line that says what is wrong and what to do, exit 3, soon, in little memory, nothing written."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import bad_files as bad
from tests.support.shared import SHARED

#: name of the file, its contents, the code, what the message says
FILES: list[tuple[str, bytes | Callable[[], bytes], str, str]] = [
    ("empty.pdf", b"", "RG103", "empty"),
    ("empty.docx", b"", "RG103", "empty"),
    ("blank.txt", b" \n\n \t\n", "RG103", "empty"),
    ("error page.pdf", bad.ERROR_PAGE, "RG201", "not a PDF but a web page saved under that name"),
    ("error page.docx", bad.ERROR_PAGE, "RG201", "not a Word document but a web page saved under that name"),
    ("blank page.pdf", bad.page("<script>wait()</script>"), "RG201", "not a PDF but a web page"),
    ("blank page.html", bad.page("<script>wait()</script>"), "RG103", "shows no text"),
    ("moved.html", bad.page("", '<meta http-equiv="refresh" content="0; url=/x">'), "RG103", "shows no text"),
    ("text.pdf", b"Only some words that somebody wrote.", "RG201", "not a PDF but plain text saved under that name"),
    ("truncated.pdf", bad.pdf_truncated, "RG201", "cut short"),
    ("without its last line.pdf", lambda: bad.pdf_pages([bad.shown("A report")])[:-7], "RG201", "cut short"),
    ("half a header.pdf", b"%PDF-1.7\n", "RG201", "cut short"),
    ("only its ends.pdf", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF", "RG201", "damaged"),
    ("encrypted.pdf", bad.pdf_encrypted, "RG201", "password"),
    ("scan.pdf", bad.pdf_scan, "RG201", "no text layer"),
    ("page loop.pdf", bad.pdf_page_loop, "RG201", ""),
    ("huge count.pdf", bad.pdf_huge_count, "", ""),
    ("content bomb.pdf", bad.pdf_content_bomb, "", ""),
    ("path bomb.pdf", bad.pdf_path_bomb, "", ""),
    ("form bomb.pdf", bad.pdf_form_bomb, "", ""),
    ("giant page.pdf", bad.pdf_giant_page, "", ""),
    ("no zip.docx", b"PK\x03\x04 word/document.xml, and nothing else", "RG201", "damaged"),
    ("old.doc", bad.ole("WordDocument"), "RG201", "an old Word document (.doc) has no reader"),
    ("old.docx", bad.ole("WordDocument"), "RG201", "an old Word document (.doc) has no reader"),
    ("locked.docx", bad.ole("EncryptedPackage"), "RG201", "locked with a password"),
    ("bomb.docx", bad.docx_bomb, "RG107", "unpacks to more than it should"),
    ("parts.docx", bad.docx_many_parts, "RG107", "parts"),
    ("entities.docx", bad.docx_entity_bomb, "RG201", ""),
    ("reaches out.docx", bad.docx_reaches_out, "RG201", "declares a document type"),
    ("deep.docx", bad.docx_deep, "RG107", ""),
    ("climbs.docx", lambda: bad.docx_with(lambda a: a.writestr("../../x.xml", "x")), "RG201", "leads out of it"),
    ("absolute.docx", lambda: bad.docx_with(lambda a: a.writestr("/etc/x", "x")), "RG201", "leads out of it"),
    ("twice.docx", bad.docx_twice, "RG201", "two parts of the name"),
    ("no document.docx", lambda: bad.docx_without_document("word/x.xml"), "RG201", "no document part"),
    ("no text.docx", lambda: bad.docx("<w:p/>"), "RG103", "shows no text"),
    ("broken.docx", lambda: bad.docx("<w:p>"), "RG201", "damaged at word/document.xml"),
    ("sheet.docx", lambda: bad.docx_without_document("xl/workbook.xml"), "RG201", "no Word document"),
    ("archive.zip", bad.archive, "RG201", "a zip archive has no reader"),
    ("letter.rtf", b"{\\rtf1\\ansi Dear all}", "RG201", "RTF"),
    ("scan.png", b"\x89PNG\r\n\x1a\n" + bytes(50), "RG201", "picture"),
    ("nested.html", b"<html>" + b"<div>" * 100_000 + b"END", "RG107", "nested more than"),
    ("deep.html", bad.page("<div>" * 260 + "END" + "</div>" * 260), "RG107", "nested more than"),
    ("charset.html", b"<html><meta charset=utf-8><p>caf\xe9</p>", "RG102", "not UTF-8 at byte"),
    ("unknown charset.html", b"<html><meta charset=klingon><p>caf\xe9</p>", "RG102", "klingon"),
    ("wide.txt", "A report".encode("utf-16"), "RG102", "UTF-16"),
    ("latin.txt", b"caf\xe9", "RG102", "not UTF-8 at byte 3"),
    ("binary.txt", b"MZ\x00\x01", "RG201", "NUL"),
    ("other.txt", b"A letter about something else.", "RG202", "no framework fits"),
]


def import_(*arguments: object, cwd: Path) -> tuple[subprocess.CompletedProcess[str], float, int]:
    """Run an import; what came of it, its processor time in seconds, the most memory that a process held in KB."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-m", "reportgen", "import", *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=cwd,
        env={**os.environ, "PYTHONUTF8": "1"},
        timeout=60,
        check=False,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return done, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, after.ru_maxrss


@pytest.mark.parametrize(("name", "contents", "code", "said"), FILES, ids=lambda x: x if isinstance(x, str) else "")
def test_a_bad_file_is_one_line_and_exit_3(
    name: str, contents: bytes | Callable[[], bytes], code: str, said: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(contents if isinstance(contents, bytes) else contents())
    done, seconds, memory = import_(name, "-o", "out", cwd=tmp_path)
    assert done.returncode == 3, done.stderr
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"{name}: error[{code or 'RG'}")
    assert said in line
    assert " – " in line, "what to do"
    assert done.stdout == ""
    assert sorted(p.name for p in tmp_path.iterdir()) == [name]
    assert seconds < 10
    assert memory < 1_000_000


@pytest.mark.parametrize(
    ("name", "said"),
    [("folder", "no reports found"), ("pipe.pdf", "not an ordinary file"), ("nothing.pdf", "no such file")],
)
def test_what_is_no_file(name: str, said: str, tmp_path: Path) -> None:
    if name == "folder":
        (tmp_path / name).mkdir()
    elif name == "pipe.pdf":
        os.mkfifo(tmp_path / name)
    done, seconds, _ = import_(name, "-o", "out", cwd=tmp_path)
    assert done.returncode == (2 if name == "folder" else 3)
    (line,) = done.stderr.splitlines()
    assert "error[RG101]" in line
    assert said in line
    assert seconds < 5


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every file")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    (tmp_path / "mine.pdf").write_bytes(b"x")
    (tmp_path / "mine.pdf").chmod(0)
    done, _, _ = import_("mine.pdf", "-o", "out", cwd=tmp_path)
    assert done.returncode == 3
    assert "error[RG101]: cannot be read" in done.stderr


def test_saved_error_pages_of_the_published_archives(tmp_path: Path) -> None:
    folder = SHARED / "reports" / "childrens-services"
    if not folder.is_dir():
        pytest.skip("the real reports are not beside the checkout")
    pages = [p for p in folder.rglob("*.pdf") if not p.read_bytes()[:1024].lstrip().startswith(b"%PDF")]
    assert len(pages) == 2
    for path in pages:
        done, _, _ = import_(path, "-o", "out", cwd=tmp_path)
        assert done.returncode == 3
        assert "error[RG201]: not a PDF but a web page saved under that name" in done.stderr


def test_html_is_read_whole_whatever_is_in_it(tmp_path: Path) -> None:
    """Unclosed elements, a huge picture inside the page, and a long text are no reason to lose what comes after."""
    from reportgen.document import Paragraph, plain
    from reportgen.readers import read

    picture = f"<img src='data:image/png;base64,{'A' * 15_000_000}'>"
    found = read(bad.page(f"<p>first{'<p>so on' * 1_000}{picture}<p>{'long ' * 2_500_000}<p>END"), "x.html")
    texts = [plain(b.inlines) for b in found.blocks if isinstance(b, Paragraph)]
    assert texts[0] == "first"
    assert len(texts) == 1_003
    assert len(texts[-2]) == 12_499_999
    assert texts[-1] == "END"


@pytest.mark.parametrize("declared", ["windows-1252", "ISO-8859-1"])
def test_a_page_in_another_character_set_says_so_and_is_read(declared: str) -> None:
    from reportgen.document import Paragraph, plain
    from reportgen.readers import read

    found = read(f"<html><meta charset='{declared}'><p>caf\xe9".encode("latin-1") + b" \x93so\x94</p>", "x.html")
    (paragraph,) = found.blocks
    assert isinstance(paragraph, Paragraph)
    assert plain(paragraph.inlines) == "café “so”"
