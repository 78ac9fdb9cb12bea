"""Many texts as one, so that a single search finds those in which a pattern stands."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import accumulate

from selfeval.filing import Position
from selfeval.pattern import Pattern

# Stands in no pattern that is searched for: such a pattern ends where a text ends.
_BETWEEN = "\n"
_BEYOND_TWO_BYTES = Pattern("[\U00010000-\U0010ffff]")

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

    def doubled(self, pattern: Pattern, lengths: range) -> dict[str, list[tuple[int, re.Match[str]]]]:
        """Every match by the text that it stands in, and where that text begins in `match.string`, of a pattern of
        so many characters that stand twice in a row. It is tried only in texts where any such characters do.
        """
        found: dict[str, list[tuple[int, re.Match[str]]]] = {}
        for index in sorted({index for length in lengths for index in self._doubling(length)}):
            begin, end = self._ends[index - 1] if index else 0, self._ends[index] - len(_BETWEEN)
            matches = [(begin, match) for match in pattern.finditer(self._whole, begin, end)]
            if matches:
                found.setdefault(self._texts[index][0], []).extend(matches)
        return found

    def _doubling(self, length: int) -> Iterator[int]:
        """The texts in which `length` characters stand twice in a row.

        The whole as one number, two bytes a character, is laid over itself so many characters later: what is
        equal becomes zero. That is less than half the work of a pattern that tries each length at each place.
        """
        number = self._number
        differences = (number ^ (number >> 16 * length)).to_bytes(2 * len(self._whole), "little")
        same = bytes(2 * length)
        at = differences.find(same)
        while at >= 0:
            if at % 2:  # from the middle of one character to that of another
                at = differences.find(same, at + 1)
                continue
            index = bisect_right(self._ends, at // 2)
            yield index
            at = differences.find(same, 2 * self._ends[index])

    @cached_property
    def _number(self) -> int:
        # What needs more than two bytes is no Chinese character that a pattern asks for.
        text = _BEYOND_TWO_BYTES.sub("\ufffd", self._whole)
        return int.from_bytes(text.encode("utf-16-le", "surrogatepass"), "little")

    def _indexes(self, pattern: Pattern) -> Iterator[int]:
        start = 0
        while found := pattern.search(self._whole, start):
            index = bisect_right(self._ends, found.start())
            yield index
            start = self._ends[index]
