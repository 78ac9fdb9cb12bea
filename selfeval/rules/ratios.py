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
from selfeval.pattern import Pattern
from selfeval.statements import MONEY, Figure, Passage

HUNDRED = Decimal(100)
# 0.01 percentage point is a rounding, whatever else.
_TOLERANCE = Decimal("0.01")
_PEOPLE = ("人", "名", "人次")
# Beyond this many figures every percentage would be explained by some of them.
_MOST_FIGURES = 12
_SPENDING = Pattern("执行|到位|支付|支出|拨付|使用")
JOINING = ("、", "和", "及", "与")


class Fraction(NamedTuple):
    """One way to compute a percentage: the formula as text, its value, and what rounding may add to it."""

    formula: str
    value: Decimal
    slack: Decimal


class Proportion(NamedTuple):
    """A stated percentage, and the fractions that its figures make; it holds when one of them fits.

    `capped`: more than all of it may be told as 100%."""

    form: str
    at: Position | tuple[Position, ...]
    name: str
    stated: Figure
    ways: tuple[Fraction, ...]
    capped: bool = True

    @property
    def holds(self) -> bool:
        """By rounding at its decimals, by one hundredth of a point, or within the rounding of its figures;
        where no fraction can be made there is nothing to say."""
        if not self.ways:
            return True
        # What is done beyond the task is often told as done in full.
        if self.capped and self.stated.value == HUNDRED and all(way.value >= 1 for way in self.ways):
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
    """The percentage beside the quotients of (part, whole), each pair of values once; nothing is a part of 0."""
    unique = {(part.value, whole.value): (part, whole) for part, whole in pairs if whole.value}.values()
    ways = tuple(quotient(part, whole) for part, whole in unique)
    # Money beyond the budget is no budget spent in full.
    capped = _SPENDING.search(name) is None or not any(whole.unit == MONEY for _, whole in unique)
    return Proportion(passage.form.id, passage.at, name, stated, ways, capped)


def explained(stated: Figure, figures: Iterable[Figure], about: Iterable[Figure] = ()) -> bool:
    """Whether other figures beside it make the percentage: then it may be meant so.

    Of a percentage to the hundredth any two figures, or neighbours added up. A rounder one is made by many a
    pair by chance: it must be that of a figure that it is `about`, or of the last one, in another figure or
    in a list told in one breath.
    """
    parts = {figure.start for figure in about}
    for _, group in itertools.groupby(sorted(figures, key=_kind), key=_kind):
        some = sorted(group, key=lambda figure: figure.start)[-_MOST_FIGURES:]
        if stated.step > _TOLERANCE:
            if _made_in_one_breath(stated, some, parts | {some[-1].start}):
                return True
            continue
        values = {(figure.start, figure.value) for figure in some}
        for first in range(len(some)):
            for last in range(first + 2, min(first + 4, len(some)) + 1):
                values.add((some[first].start, sum((f.value for f in some[first:last]), Decimal(0))))
        if _makes(stated, sorted((value, at) for at, value in values)):
            return True
    return False


def _made_in_one_breath(stated: Figure, figures: list[Figure], parts: set[int]) -> bool:
    """Whether a figure of `parts`, or the list that it ends, is the percentage of another figure, of a list
    or of all that stands before it."""
    spans = [(figure.start, figure.start, figure.value) for figure in figures]
    spans += [(run[0].start, run[-1].start, added(run).value) for run in lists_in(figures)]
    for begin, end, part in [span for span in spans if span[1] in parts]:
        before = [figure for figure in figures if figure.start < begin]
        wholes = [(start, last, value) for start, last, value in spans if last < begin or start > end]
        if len(before) > 1:
            wholes.append((before[0].start, before[-1].start, added(before).value))
        for start, _, whole in wholes:
            possible = whole > 0 and (part <= whole or start < begin)
            if possible and fits(stated, Fraction("", part / whole, Decimal(0))):
                return True
    return False


def lists_in(figures: list[Figure]) -> list[list[Figure]]:
    """What is listed in one breath (提案20件、建议30件): runs of at least two figures."""
    runs: list[list[Figure]] = []
    for figure in figures:
        if runs and figure.words.startswith(JOINING):
            runs[-1].append(figure)
        else:
            runs.append([figure])
    return [run for run in runs if len(run) > 1]


def added(figures: list[Figure]) -> Figure:
    """The sum of figures of one unit as a figure that shows them."""
    return figures[0]._replace(
        value=sum((figure.value for figure in figures), Decimal(0)),
        shown="（" + " + ".join(figure.shown for figure in figures) + "）",
    )


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
    """What stands before `end` behind the last mark of punctuation or bracket; 3,421.60 holds none."""
    cut = end
    while (cut := max(text.rfind(sign, 0, cut) for sign in ",;:。()")) > 0:
        if text[cut] != "," or not (text[cut - 1].isdigit() and text[cut + 1 : cut + 2].isdigit()):
            break
    return text[cut + 1 : end]


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
