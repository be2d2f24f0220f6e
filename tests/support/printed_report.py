"""An invented report as an inspectorate prints it: a tagged PDF whose paragraphs run over the ends of its pages."""

from __future__ import annotations

from functools import cache

_SAID = (
    "Social workers in Ferrow visit children often and write down what they say. Plans change when the needs of a "
    "child change, and managers look at each plan every month. Where a family waits for help, somebody tells them why."
)
_AREAS = (
    ("Overall effectiveness", "Adequate"),
    ("The effectiveness of the help and protection provided to children, young people, families and carers", "Good"),
    ("The quality of practice", "Adequate"),
    ("Leadership and governance", "Good"),
)
FIRST = "make sure that every plan says who will act and by when"
SECOND = "offer each child who has gone missing a talk with somebody whom the child chooses."
_CHANGED = "Since the last inspection in 2010, the council has halved the time that families wait."


def html() -> str:
    """The report as a page of HTML, which `pdf` prints."""
    rows = "\n".join(f"<tr><td>{label}</td><td>{grade}</td></tr>" for label, grade in _AREAS)
    numbered = "\n".join(
        f"<p>{n}. {_SAID} {_CHANGED if n == 6 else ''} Paragraph {n} ends here.</p>" for n in range(4, 19)
    )
    return f"""<!DOCTYPE html><html lang="en-GB"><head><meta charset="utf-8"><title>Report</title><style>
@page {{ size: A4; margin: 25mm }} body {{ font: 12pt sans-serif }} h1 {{ font-size: 20pt }} h2 {{ font-size: 15pt }}
td {{ border: 1px solid; padding: 4pt; width: 50% }}
</style></head><body>
<h1>Inspection of local authority arrangements for the protection of children</h1>
<p>Ferrow Borough Council</p>
<p>Inspection dates: 3 September 2012 to 12 September 2012</p>
<p>Lead inspector: Marian Tolley HMI</p>
<p>Age group: All</p>
<h2>Areas for improvement</h2>
<p>1. To improve the help that children in Ferrow receive, the council should take the following action.</p>
<p>Immediately:</p>
<p>• {FIRST}</p>
<p>Within three months:</p>
<p>• {SECOND}</p>
<h2>The effectiveness of the help and protection provided to children, young people, families and carers</h2>
<p>2. There are approximately 48,200 children and young people under the age of 18 years in Ferrow. {_SAID}</p>
<p>3. {_SAID}</p>
{numbered}
<h2>Record of main findings</h2>
<table>{rows}</table>
</body></html>"""


@cache
def pdf() -> bytes:
    """The report as a tagged PDF."""
    import weasyprint

    made: bytes = weasyprint.HTML(string=html()).write_pdf(pdf_tags=True)
    return made
