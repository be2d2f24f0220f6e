"""What ``render --to pdf`` costs against WeasyPrint alone on the same page, in one warm process, as CPU.

Renders of the long bundled example take turns: pages without tags; WeasyPrint's own accessible archive file
(``write_pdf`` with the variant that ours has); and ours, from the data file to the file on the disk, with a structure
tree of our own, the data attached and its seal. Prints two ratios of the fastest rounds (other programs only ever make
a round slower): ours to that of WeasyPrint, at most 1.05, and what tags, archive metadata and joining cost, that is
ours without template, data and seal to the untagged render, at most 1.25.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from io import StringIO
from pathlib import Path

from reportgen import api
from reportgen.writers import pdf
from reportgen.writers.pdf import archive, engine

ROUNDS = 7
OVERHEAD, TAGS = 1.05, 1.25
DATA = Path(__file__).parents[1] / "inspections" / "ashmere" / "ashmere-2012-09.yaml"


def main() -> int:
    import weasyprint

    page = api.render(api.read_inspection(DATA))

    def alone(variant: str | None) -> None:
        with engine.listening():
            made = weasyprint.HTML(string=page.html, base_url=engine.base(page), url_fetcher=engine.fetcher(page))
            made.write_pdf(
                stylesheets=[StringIO(engine.faces() + archive.STYLE)], pdf_variant=variant, pdf_identifier=b"bench"
            )

    with tempfile.TemporaryDirectory() as folder:
        renders: dict[str, Callable[[], object]] = {
            "WeasyPrint, untagged": lambda: alone(None),
            "WeasyPrint, PDF/A-3a": lambda: alone(archive.VARIANT),
            "ours, pages alone": lambda: pdf.write(page),
            "ours, data to file": lambda: api.write(api.render(api.read_inspection(DATA)), Path(folder) / "report.pdf"),
        }
        took: dict[str, list[float]] = {name: [] for name in renders}
        for round_ in range(ROUNDS + 1):
            for name, render in renders.items():
                start = time.process_time()
                render()
                if round_:  # the first round pays for imports
                    took[name].append(time.process_time() - start)
    best = {name: min(times) for name, times in took.items()}
    for name, seconds in best.items():
        print(f"{name:24}{seconds * 1000:7.1f} ms CPU")
    overhead = best["ours, data to file"] / best["WeasyPrint, PDF/A-3a"]
    tags = best["ours, pages alone"] / best["WeasyPrint, untagged"]
    print(f"ours to WeasyPrint alone   {overhead:.3f}  (at most {OVERHEAD:g})")
    print(f"tagged to untagged         {tags:.3f}  (at most {TAGS:g})")
    return 0 if overhead <= OVERHEAD and tags <= TAGS else 1


if __name__ == "__main__":
    sys.exit(main())
