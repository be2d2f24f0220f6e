"""A history as pictures: grade paths, threads, and bands of counts.

Every picture is a :class:`~reportgen.document.Figure`: hand-made shapes and text as text, in the colour of text, told
apart by form and by printed words and never by colour, so that they hold on paper, in greyscale and in any scheme. A
picture never says more than its data: where two judgements may not be compared, their line is broken. What does not go
on one page is cut into several pictures; each comes with what it shows, so that a table of the same can stand beside.

Words come from outside (``labels``), and so do the names of inspections; nothing here is in a language of its own.
"""

from reportgen.charts.bands import BandChart, band_charts
from reportgen.charts.grades import GradeChart, grade_charts
from reportgen.charts.threads import ThreadChart, thread_charts

__all__ = ["BandChart", "GradeChart", "ThreadChart", "band_charts", "grade_charts", "thread_charts"]
