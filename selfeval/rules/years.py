"""One thing told of two years side by side: 2024年收入1100万元，2025年收入1200万元; 上年支出…；本年支出…."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from selfeval.pattern import Pattern
from selfeval.rules.ratios import alike
from selfeval.statements import Figure, Passage

_YEAR = Pattern(r"(?P<year>20\d\d)年|(?P<before>上年|去年|上一年)|(?P<now>本年|今年|当年)")
_OF_A_YEAR = Pattern("上一?年度?|去年|本年度?|今年|当年")


class Years(NamedTuple):
    """The figure of the year before and that of the year after it."""

    base: Figure
    later: Figure


def two_years(passage: Passage, figures: Sequence[Figure]) -> Years | None:
    """The last two figures where they tell one thing of two years, in either order."""
    if len(figures) < 2 or "年" not in passage.text:
        return None
    pair = figures[-2:]
    if not alike(*pair) or any(f.rough or f.depth for f in pair) or _thing(pair[0]) != _thing(pair[1]):
        return None
    years = [_year(passage, figure) for figure in pair]
    if None in years or abs(years[0] - years[1]) != 1:
        return None
    return Years(*(pair if years[0] < years[1] else reversed(pair)))


def _thing(figure: Figure) -> str:
    return _OF_A_YEAR.sub("", figure.label)


def _year(passage: Passage, figure: Figure) -> int | None:
    """The year that stands right before a figure; 上年 is -1 and 本年 0."""
    before = max((f.end for f in passage.figures if f.end <= figure.start), default=0)
    every = list(_YEAR.finditer(passage.text, before, figure.start))
    if not every:
        return None
    found = every[-1]
    return int(found["year"]) if found["year"] else -1 if found["before"] else 0
