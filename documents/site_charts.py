"""Charts of the site as rows of label, bar and value: the words say what the bar shows, patterns not colours differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

from selfeval.figures import money, plain
from selfeval.money import parse_number
from selfeval.publication import UnitEntry
from selfeval.published_page import IndicatorRow, PublishedForm
from selfeval.summary import Summary


class Bar(NamedTuple):
    """A row of a chart: `share` is the length in percent of the longest possible bar, `fill` a pattern's name."""

    label: str
    share: str
    shown: str
    fill: str


def funding_bars(summary: Summary) -> list[Bar]:
    """Budget and spending of a unit in 万元; empty when it stated fewer than two of the three."""
    amounts = [
        ("年初预算数", summary.initial_budget, "outline"),
        ("全年预算数", summary.adjusted_budget, "stripes"),
        ("全年执行数", summary.executed, "solid"),
    ]
    known = [(label, amount, fill) for label, amount, fill in amounts if amount is not None]
    most = max((amount for _, amount, _ in known), default=Decimal(0))
    if len(known) < 2 or most <= 0:
        return []
    return [Bar(label, _share(amount, most), f"{money(amount)}万元", fill) for label, amount, fill in known]


def score_bars(form: PublishedForm) -> list[Bar]:
    """Recomputed points of a form by level 1, as shares of the points to be had; empty when one is unknown."""
    groups: list[tuple[str, list[tuple[str | None, str | None]]]] = []
    execution = [(row.weight, row.recomputed_score) for row in form.funding if row.recomputed_score]
    if execution:
        groups.append(("预算执行", execution))
    for level1, rows in by_level1(form.indicators):
        groups.append((level1 or "其他指标", [(row.weight, row.recomputed_score) for row in rows]))
    bars = []
    for label, rows in groups:
        weight, score = (_sum(column) for column in zip(*rows, strict=True))
        if weight is None or score is None or weight <= 0:
            return []
        shown = f"{plain(score)}分，满分{plain(weight)}分"
        bars.append(Bar(label, _share(score, weight), shown, "stripes"))
    return bars


def grade_bars(units: Sequence[UnitEntry]) -> list[Bar]:
    """How many units have each grade, the best ones first; those without a grade last."""
    best: dict[str, Decimal] = {}
    for unit in units:
        if unit.summary.grade:
            score = unit.summary.recomputed_score or Decimal(0)
            best[unit.summary.grade] = max(score, best.get(unit.summary.grade, score))
    counts = Counter(unit.summary.grade or "" for unit in units)
    order = sorted(best, key=lambda grade: (-best[grade], grade)) + [""] * ("" in counts)
    return [
        Bar(
            grade or "未评定",
            _share(Decimal(counts[grade]), Decimal(len(units))),
            f"{counts[grade]}个单位",
            fill,
        )
        for grade, fill in zip(order, _fills(len(order)), strict=True)
    ]


def by_level1(rows: Iterable[IndicatorRow]) -> list[tuple[str, list[IndicatorRow]]]:
    """Indicators that stand together under the same level 1."""
    return [(level1, list(group)) for level1, group in groupby(rows, key=lambda row: row.level1)]


def _fills(count: int) -> list[str]:
    return [("solid", "stripes", "dots", "outline")[min(place, 3)] for place in range(count)]


def _share(part: Decimal, whole: Decimal) -> str:
    return plain(round(min(max(part / whole, Decimal(0)), Decimal(1)) * 100, 1))


def _sum(figures: Iterable[str | None]) -> Decimal | None:
    """None when one of them is unknown."""
    numbers = [parse_number(figure) if figure else None for figure in figures]
    return None if None in numbers else sum(numbers, Decimal(0))
