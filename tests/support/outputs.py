"""What is rendered to be judged: each built-in pack with its subjects in every language, and content that strains.

A new pack, and a new language of the labels, is found by itself; a new subject is one more entry of ``SUBJECTS``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from reportgen import api, build_history, compare, labels, read_inspection
from reportgen.document import Rendered
from reportgen.model import Inspection, PrintedTable, Section, TableParagraph, TextParagraph
from reportgen.rendering.finding import builtin
from tests.support.examples import ASHMERE, LONG, NEXT


def _bare(**more: Any) -> Inspection:
    """The example with nothing in it but what every inspection has."""
    nothing = dict.fromkeys(("judgements", "recommendations", "sections", "facts", "footnotes", "declarations"), ())
    return read_inspection(LONG).model_copy(update={**nothing, "scale_as_printed": (), "lead_inspectors": (), **more})


def _wide() -> Inspection:
    header = tuple(f"Quarter {n} of the year" for n in range(1, 13))
    rows = tuple(tuple(f"{n * m:,} children" for m in range(1, 13)) for n in (1, 1234))
    table = TableParagraph(table=PrintedTable(caption="Numbers by quarter", header=header, rows=rows))
    unbroken = TextParagraph(number="1", text=f"See {'a-very-long-name-without-a-space/' * 8} and {'x' * 200}.")
    return _bare(sections=(Section(title="Numbers", level=1, paragraphs=(unbroken, table)),))


#: Each subject that a template can be about, with an example of it.
SUBJECTS: dict[str, Callable[[], Any]] = {
    "inspection": lambda: read_inspection(LONG),
    "comparison": lambda: compare(read_inspection(LONG), read_inspection(NEXT)),
    "history": lambda: build_history([read_inspection(p) for p in ASHMERE], baseline=LONG.stem),
}
#: Content that strains a layout, rendered with the standard pack.
STRAINS: dict[str, Callable[[], Any]] = {
    "short": lambda: _bare(
        sections=(Section(title="Findings", level=1, paragraphs=(TextParagraph(text="All is well."),)),)
    ),
    "empty": _bare,
    "wide": _wide,
    "unchanged": lambda: compare(read_inspection(LONG), read_inspection(LONG)),
    "alone": lambda: build_history([_bare()]),
}


@dataclass(frozen=True)
class Case:
    """One document: a pack, a subject (of ``SUBJECTS`` or ``STRAINS``) and a language."""

    pack: str
    subject: str
    lang: str

    def __str__(self) -> str:
        return f"{self.pack}-{self.subject}-{self.lang}"


def cases() -> list[Case]:
    """Every case, those of the packs first."""
    folder = Path(labels.__file__).parent
    languages = sorted(p.stem for p in folder.glob("*.yaml"))
    packs = [api.find_pack(p.parent.name, Path()) for p in sorted(builtin().glob("*/pack.yaml"))]
    found = [Case(pack.name, subject, lang) for pack in packs for subject in pack.templates for lang in languages]
    return found + [Case("standard", strain, "en-GB") for strain in STRAINS]


@cache
def rendered(case: Case) -> Rendered:
    subject = {**SUBJECTS, **STRAINS}[case.subject]()
    return api.render(subject, template=case.pack, lang=case.lang)


@cache
def written(case: Case, form: str) -> bytes:
    """The output in one format; the same bytes for every test of a process."""
    return api.serialise(rendered(case), form)
