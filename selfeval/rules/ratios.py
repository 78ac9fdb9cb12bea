"""A stated percentage beside the fractions that its figures make."""

from __future__ import annotations

import itertools
import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import NamedTuple

from selfeval.filing import Position
from selfeval.statements import Figure, Passage

HUNDRED = Decimal(100)
# 0.01 percentage point is a rounding, whatever else.
_TOLERANCE = Decimal("0.01")
_PEOPLE = ("人", "名", "人次")
# Beyond this many figures every percentage would be explained by some of them.
_MOST_FIGURES = 12


class Fraction(NamedTuple):
    """One way to compute a percentage: the formula as text, its value, and what rounding may add to it."""

    formula: str
    value: Decimal
    slack: Decimal


class Proportion(NamedTuple):
    """A stated percentage, and the fractions that its figures make; it holds when one of them fits."""

    form: str
    at: Position | tuple[Position, ...]
    name: str
    stated: Figure
    ways: tuple[Fraction, ...]

    @property
    def holds(self) -> bool:
        """By rounding at its decimals, by one hundredth of a point, or within the rounding of its figures."""
        # What is done beyond the task is often told as done in full.
        if self.stated.value == HUNDRED and all(way.value >= 1 for way in self.ways):
            return True
        return any(fits(self.stated, way) for way in self.ways)

    @property
    def cut_off(self) -> bool:
        return any(
            (way.value * HUNDRED).quantize(self.stated.step, ROUND_DOWN) == self.stated.value
            for way in self.ways
        )


def fits(stated: Figure, way: Fraction) -> bool:
    value = way.value * HUNDRED
    return (
        abs(stated.value - value) <= max(_TOLERANCE, way.slack * HUNDRED)
        or value.quantize(stated.step, ROUND_HALF_UP) == stated.value
    )


def quotient(part: Figure, whole: Figure) -> Fraction:
    value = part.value / whole.value
    return Fraction(
        f"{part.shown} ÷ {whole.shown}", value, (half(part) + value * half(whole)) / abs(whole.value)
    )


def proportion(
    passage: Passage, stated: Figure, name: str, pairs: Iterable[tuple[Figure, Figure]]
) -> Proportion:
    """The percentage beside the quotients of (part, whole), each pair of values once."""
    unique = {(part.value, whole.value): (part, whole) for part, whole in pairs}.values()
    ways = tuple(quotient(part, whole) for part, whole in unique)
    return Proportion(passage.form.id, passage.at, name, stated, ways)


def explained(stated: Figure, figures: Iterable[Figure]) -> bool:
    """Whether any two of the figures, or neighbours added up, make the percentage: then it may be meant so."""
    for _, group in itertools.groupby(sorted(figures, key=_kind), key=_kind):
        some = sorted(group, key=lambda figure: figure.start)[-_MOST_FIGURES:]
        values = {(figure.start, figure.value) for figure in some}
        for first in range(len(some)):
            for last in range(first + 2, min(first + 4, len(some)) + 1):
                values.add((some[first].start, sum((f.value for f in some[first:last]), Decimal(0))))
        if _makes(stated, sorted((value, at) for at, value in values)):
            return True
    return False


def _makes(stated: Figure, values: list[tuple[Decimal, int]]) -> bool:
    """Whether the percentage is that of one of the values in another; they are sorted and bear their places."""
    reach = 2 * max(_TOLERANCE, stated.step)
    low, high = (stated.value - reach) / HUNDRED, (stated.value + reach) / HUNDRED
    for whole, behind in values:
        if whole <= 0:
            continue
        first, last = bisect_left(values, (low * whole,)), bisect_right(values, (high * whole, math.inf))
        for part, at in values[first:last]:
            # More than all of it is told of what stood before: 任务40件，完成42件.
            possible = (part, at) != (whole, behind) and (part <= whole or behind <= at)
            if possible and fits(stated, Fraction("", part / whole, Decimal(0))):
                return True
    return False


@lru_cache(maxsize=1024)
def clause(text: str, end: int) -> str:
    """What stands before `end` behind the last mark of punctuation or bracket."""
    return text[max(text.rfind(sign, 0, end) for sign in ",;:。()") + 1 : end]


def alike(first: Figure, second: Figure) -> bool:
    """Whether two figures count the same thing: persons are counted in several words."""
    return _kind(first) == _kind(second)


def segment(passage: Passage, stated: Figure) -> Iterator[Figure]:
    """The figures between the last semicolon or full stop and the percentage, percentages left out."""
    start = max(passage.text.rfind(sign, 0, stated.start) for sign in ";。")
    return (f for f in passage.figures if start < f.start < stated.start and f.unit != "%")


def half(figure: Figure) -> Decimal:
    """How far the rounding of a figure may lie from it; a whole number of things is exact."""
    return figure.step / 2 if "." in figure.shown else Decimal(0)


def _kind(figure: Figure) -> str:
    return "人" if figure.unit in _PEOPLE else figure.unit
