"""Template packs in a team's own pipeline: pytest checks every ``pack.yaml`` that it finds and tests its cases.

A pack is collected where its ``pack.yaml`` has our format line, unless ``reportgen_packs = false`` stands in pytest's
settings. One item is the check of the pack, and one each of its cases. ``--reportgen-update`` stores what the cases
give now. The fixture ``reportgen_pack`` does the same from inside a test of your own.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

_FORMAT = b"format: reportgen/pack/1"


class PackFailure(Exception):
    """A pack that is not as it should be; the message says what and where."""


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("reportgen", "template packs")
    group.addoption("--reportgen-update", action="store_true", help="Store what the cases of template packs give now.")
    parser.addini("reportgen_packs", "Collect template packs (pack.yaml) as tests.", type="bool", default=True)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    if file_path.name != "pack.yaml" or not parent.config.getini("reportgen_packs"):
        return None
    with file_path.open("rb") as file:
        if _FORMAT not in file.read(4000):
            return None
    collected: pytest.Collector = PackTests.from_parent(parent, path=file_path)
    return collected


class PackTests(pytest.File):
    """The tests of one pack."""

    def collect(self) -> Iterator[pytest.Item]:
        yield CheckItem.from_parent(self, name="check")
        for path in sorted((self.path.parent / "cases").glob("*.yaml")):
            yield CaseItem.from_parent(self, name=path.stem)


class _PackItem(pytest.Item):
    @property
    def pack(self) -> PackTester:
        update = bool(self.config.getoption("reportgen_update"))
        return PackTester(self.path.parent, update=update, reports=self.config.rootpath)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        from reportgen.errors import ReportgenError

        if isinstance(excinfo.value, PackFailure | ReportgenError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        return self.path, None, f"template pack {self.path.parent.name}: {self.name}"


class CheckItem(_PackItem):
    """Whether the check of the pack finds no error."""

    def runtest(self) -> None:
        self.pack.check()


class CaseItem(_PackItem):
    """Whether a case gives what is stored."""

    def runtest(self) -> None:
        self.pack.test(self.name)


@dataclass(frozen=True, slots=True)
class PackTester:
    """A pack to check and to test. ``reports``: the folder that pages of differences are written to."""

    folder: Path
    update: bool = False
    reports: Path = Path()

    def check(self) -> None:
        """Check the pack.

        Raises:
            PackFailure: the check found errors; the message has a line for each.
        """
        from reportgen.errors import one_line
        from reportgen.packs.lint import check
        from reportgen.rendering import load_project

        found = [f for f in check(self.folder, load_project(self.folder)) if f.level == "error"]
        if found:
            raise PackFailure("\n".join(one_line("error", f.code, f.message, f.where, f.hint) for f in found))

    def test(self, case: str) -> None:
        """Render a case and compare it with what is stored.

        What was never stored is stored, unless CI is true: there it is a failure.

        Raises:
            PackFailure: something is not as stored; the message names it, why, and the page that shows it.
        """
        from reportgen.files import write_bytes
        from reportgen.packs import differences, snapshots
        from reportgen.rendering import load, load_project

        pack = load(self.folder, load_project(self.folder))
        path = snapshots.cases_of(pack).get(case)
        if path is None:
            raise PackFailure(f"the pack {pack.name} has no case {case!r}")
        tested = snapshots.run_case(pack, path)
        in_ci = os.environ.get("CI", "").lower() in ("1", "true")
        if self.update or (tested.missing and not tested.differs and not in_ci):
            snapshots.store(pack, path, tested)
            return
        wrong = [o for o in tested.outcomes if o.state != "same"]
        if wrong:
            page = self.reports / f"{pack.name}-{case}-snapshots.html"
            write_bytes(page, differences.page(pack.name, [tested]).encode("utf-8"), parents=True)
            lines = [f"{o.name}: {o.state}" for o in wrong]
            lines += [f"changed since it was stored: {line}" for line in tested.why]
            lines.append(f"the differences side by side: {page}")
            raise PackFailure("\n".join(lines))


@pytest.fixture
def reportgen_pack(request: pytest.FixtureRequest) -> Callable[[str | Path], PackTester]:
    """Give a pack, by its folder, to check and to test: ``reportgen_pack("packs/ours").check()``."""
    update = bool(request.config.getoption("reportgen_update"))
    root = request.config.rootpath
    return lambda folder: PackTester(Path(folder).resolve(), update=update, reports=root)
