"""A stated percentage beside the fractions that its figures make."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
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
        for (at, part), (behind, whole) in itertools.permutations(values, 2):
            # More than all of it is told of what stood before: 任务40件，完成42件.
            possible = whole > 0 and (part <= whole or behind <= at)
            if possible and fits(stated, Fraction("", part / whole, Decimal(0))):
                return True
    return False


def alike(first: Figure, second: Figure) -> bool:
    """Whether two figures count the same thing: persons are counted in several words."""
    return _kind(first) == _kind(second)


def segment(passage: Passage, stated: Figure) -> Iterator[Figure]:
    """The figures between the last semicolon or full stop and the percentage, percentages left out."""
    start = max(passage.text.rfind(sign, 0, stated.start) for sign in ";。")
    return (f for f in passage.figures if start < f.start < stated.start and f.unit != "%")


def sentence_before(passage: Passage, every: tuple[Passage, ...]) -> Passage | None:
    """The sentence before it in the same section; a list may begin with 其中 in a sentence of its own."""
    if not passage.at.sentence:
        return None
    # A heading that runs on into its text is a sentence without figures.
    rows = (passage.at.row - 1, passage.at.row - 2)
    near = [p for p in every if p.form is passage.form and p.at.part == passage.at.part and p.at.row in rows]
    return next((p for p in reversed(near) if p.figures), None)


def half(figure: Figure) -> Decimal:
    """How far the rounding of a figure may lie from it; a whole number of things is exact."""
    return figure.step / 2 if "." in figure.shown else Decimal(0)


def _kind(figure: Figure) -> str:
    return "人" if figure.unit in _PEOPLE else figure.unit
