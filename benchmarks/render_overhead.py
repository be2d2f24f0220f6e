"""How much of ``render --to pdf`` is spent outside WeasyPrint's ``write_pdf``, in one warm process, as CPU.

Loads the long bundled example from its data file, renders it and writes the PDF to a folder; prints the share of the
time that is ours, at most 5 %.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from reportgen import api

ROUNDS = 7
LIMIT = 0.05
DATA = Path(__file__).parents[1] / "inspections" / "ashmere" / "ashmere-2012-09.yaml"


def main() -> int:
    import weasyprint

    engine = 0.0
    whole = weasyprint.HTML.write_pdf

    def timed(*args: Any, **kwargs: Any) -> Any:
        nonlocal engine
        start = time.process_time()
        try:
            return whole(*args, **kwargs)
        finally:
            engine += time.process_time() - start

    weasyprint.HTML.write_pdf = timed
    shares, ours, theirs = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        for round_ in range(ROUNDS + 1):
            engine = 0.0
            start = time.process_time()
            rendered = api.render(api.read_inspection(DATA))
            api.write(rendered, Path(folder) / "report.pdf")
            total = time.process_time() - start
            if engine == 0.0:
                print("write_pdf was not called: the measurement is void")
                return 1
            if round_:  # the first round pays for imports
                shares.append((total - engine) / total)
                ours.append(total - engine)
                theirs.append(engine)
    share = statistics.median(shares)
    print(f"write_pdf          {statistics.median(theirs) * 1000:7.1f} ms CPU")
    print(f"everything else    {statistics.median(ours) * 1000:7.1f} ms CPU")
    print(f"share of the whole {share * 100:7.2f} %  (at most {LIMIT * 100:g} %)")
    return 0 if share <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
