"""Many texts as one, so that a single search finds those in which a pattern stands."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import accumulate

from selfeval.filing import Position
from selfeval.pattern import Pattern

# Stands in no pattern that is searched for: such a pattern ends where a text ends.
_BETWEEN = "\n"

Placed = tuple[str, Position, str | None]


class RunningText:
    """Texts, each with its place and its form's id (None: of no judged form).

    Most texts hold nothing of what a rule looks for; asking each of them costs more than the search itself.
    """

    def __init__(self, texts: Iterable[Placed]) -> None:
        self._texts = list(texts)
        self._whole = _BETWEEN.join(text for text, _, _ in self._texts)
        lengths = (len(text) + len(_BETWEEN) for text, _, _ in self._texts)
        self._ends = list(accumulate(lengths))

    def __iter__(self) -> Iterator[Placed]:
        return iter(self._texts)

    def having(self, *patterns: Pattern) -> list[Placed]:
        """The texts in which one of the patterns stands, in order; a pattern has no anchors."""
        return [self._texts[index] for index in sorted({n for p in patterns for n in self._indexes(p)})]

    def matches(self, pattern: Pattern) -> dict[str, list[tuple[int, re.Match[str]]]]:
        """Every match of a pattern by the text that it stands in, and where that text begins in `match.string`."""
        found: dict[str, list[tuple[int, re.Match[str]]]] = {}
        for match in pattern.finditer(self._whole):
            index = bisect_right(self._ends, match.start())
            begin = self._ends[index - 1] if index else 0
            found.setdefault(self._texts[index][0], []).append((begin, match))
        return found

    def _indexes(self, pattern: Pattern) -> Iterator[int]:
        start = 0
        while found := pattern.search(self._whole, start):
            index = bisect_right(self._ends, found.start())
            yield index
            start = self._ends[index]
