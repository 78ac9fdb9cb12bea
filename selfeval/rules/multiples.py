"""Multiples in sentences: 由2亿元增加到6亿元，增长2倍; 财政资金1亿元撬动贷款8亿元，放大8倍."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from selfeval.pattern import Pattern
from selfeval.rules.ratios import alike, half
from selfeval.statements import Figure, Passage

_TIMES = Pattern(
    r"(?P<words>(?:增长|增加|提高|扩大|放大|翻|是)[^\d,;:。()]{0,10}?)(?P<number>\d+(?:\.\d+)?)倍(?!以上|左右|多|于)"
)
_FROM, _TO = (
    Pattern("(?:由|从)[^,;。\\d]{0,12}$"),
    Pattern("(?:增加|增长|提高|扩大|上升|提升|放大)(?:到|至|为)?$"),
)
_LEVERED = Pattern("撬动|带动|引导|吸引|拉动")
_STOPS = (";", "。")


class Multiple(NamedTuple):
    """A stated multiple beside the figures that it comes from: where it stands, how it is computed."""

    shown: str
    start: int
    value: Decimal
    step: Decimal
    formula: str
    ratios: tuple[Decimal, ...]  # each of these may be meant
    slack: Decimal
    loose: bool  # what was multiplied may be something else that is not told

    @property
    def holds(self) -> bool:
        return any(abs(self.value - ratio) <= self.step / 2 + self.slack for ratio in self.ratios)


def multiples(passage: Passage) -> Iterator[Multiple]:
    """Every multiple whose two figures stand right before it in its part of the sentence.

    放大8倍 and 增长3倍 are said of the ratio as well as of what came on top of it: either may be meant.
    """
    for match in _TIMES.finditer(passage.text):
        begin = max(passage.text.rfind(sign, 0, match.start()) for sign in _STOPS) + 1
        told = [f for f in passage.figures if begin <= f.start < match.start()]
        if len(told) < 2 or any(f.rough or f.depth for f in told[-2:]):
            continue
        base, now = told[-2:]
        if not alike(base, now) or base.unit == "%" or not base.value or now.value <= base.value:
            continue
        moved = _FROM.search(base.words) and _TO.search(now.words)
        levered = _LEVERED.search(now.words) and "放大" in match["words"] and len(told) == 2
        if not (moved or levered):
            continue
        ratio = now.value / base.value
        yield Multiple(
            shown=f"{match['number']}倍",
            start=match.start("number"),
            value=Decimal(match["number"]),
            step=Decimal(1).scaleb(-len(match["number"].partition(".")[2])),
            formula=f"{now.shown} ÷ {base.shown}",
            ratios=(ratio, ratio - 1),
            slack=_slack(base, now, ratio),
            loose=not moved,
        )


def _slack(base: Figure, now: Figure, ratio: Decimal) -> Decimal:
    return (half(now) + ratio * half(base)) / base.value
