"""The bulletin of results (自评结果通报) in blocks: what the system knows is said, what only a person can write is marked.

`data` is what it is made from, `standing` tells totals, grades and re-checks, `faults` problems, lateness and
the year before, `bulletin` puts the sections in order. Nothing is drawn here; documents/results_bulletin.py does.
"""

from selfeval.results.bulletin import blocks
from selfeval.results.data import ResultsData

__all__ = ["ResultsData", "blocks"]
