"""Adding up 100, 1,000 and 10,000 units in 200 departments, beside a bare groupby over the same frames.

`exponent`: the slope of log(time) over log(units) for the whole roll-up, from values to totals; `over_groupby`:
from the frames to totals and like indicators, over the least that pandas needs to sum the same rows.
"""

from __future__ import annotations

import math
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from bench.measure import best, quick_wanted, table, write
from selfeval.policy import Policy, load_policy
from selfeval.rollup.like import IndicatorFacts, indicator_facts, indicator_totals
from selfeval.rollup.measures import AMOUNTS, MEASURES
from selfeval.rollup.totals import Facts, facts, settled, totals
from selfeval.rollup.units import IndicatorFigures, UnitFigures, UnitRow

SIZES = (100, 1_000, 10_000)
DEPARTMENTS = 200
_INDICATORS = 15


@dataclass(frozen=True)
class Made:
    """The frames that units become."""

    facts: Facts
    indicators: IndicatorFacts


def unit(number: int) -> UnitRow:
    """A unit that states every measure, 15 indicators of which its department shares ten, in odd cents."""
    department = number % DEPARTMENTS
    amount = Decimal(number % 977 * 131 + 7) / 100
    amounts = {key: amount + at for at, key in enumerate(AMOUNTS)}
    rows = tuple(
        IndicatorFigures(
            "产出指标",
            "数量指标",
            f"指标{at}" if at < 10 else f"{number}号单位的指标{at}",
            "%" if at % 3 == 0 else "个",
            "up",
            "relative" if at % 3 == 0 else "absolute",
            Decimal("0.95"),
            Decimal(number % 40 + 60) / 100,
            Decimal(5),
            amount,
        )
        for at in range(_INDICATORS)
    )
    figures = {measure.key: amount + at for at, measure in enumerate(MEASURES)}
    state = "missing" if number % 50 == 49 else "accepted"
    known = amounts if state == "accepted" else {}
    return UnitRow(
        f"{number:06d}", f"第{number}号单位", 2, f"{department:03d}", f"第{department}号部门", state,
        recomputed_score=Decimal(90), **known, figures=UnitFigures(figures, indicators=rows),
        base=amounts, base_of="上年（2024年度）年初预算数",
    )  # fmt: skip


def frames(units: tuple[UnitRow, ...], policy: Policy) -> Made:
    units = settled(units)
    return Made(facts(units), indicator_facts(units, policy))


def ours(made: Made, policy: Policy) -> Callable[[], object]:
    return lambda: (totals(made.facts), indicator_totals(made.indicators, policy))


def bare(made: Made) -> Callable[[], object]:
    sums = ["target", "actual", "share", "weight", "weighed"]
    frame, keyed = made.facts.frame, made.indicators.frame

    def work() -> object:
        return (
            frame.groupby(["department", "measure"], observed=True)["value"].sum(),
            keyed.groupby(["department", "key"], observed=True)[sums].sum(),
            keyed.groupby("key")[sums].sum(),
        )

    return work


def slope(points: list[tuple[int, float]]) -> float:
    """The exponent of a power law through the points, by least squares over their logarithms."""
    xs, ys = [math.log(x) for x, _ in points], [math.log(y) for _, y in points]
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    return sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True)) / sum(
        (x - mean_x) ** 2 for x in xs
    )


def main() -> None:
    quick = quick_wanted(__doc__)
    policy = load_policy("national-2020")
    rows: list[tuple[object, ...]] = [("units", "ms whole", "µs per unit", "kB per unit", "over groupby")]
    whole: list[tuple[int, float]] = []
    ratio = 0.0
    memory: dict[int, float] = {}
    for size in SIZES:
        units = tuple(map(unit, range(size)))
        made = frames(units, policy)

        def everything(units: tuple[UnitRow, ...] = units) -> object:
            return ours(frames(units, policy), policy)()

        rounds = 3 if quick or size == SIZES[-1] else 10
        seconds = best({"ours": ours(made, policy), "bare": bare(made)}, 2 * rounds)
        ratio = seconds["ours"] / seconds["bare"]
        spent = best({"everything": everything}, rounds)["everything"]
        whole.append((size, spent))
        tracemalloc.start()
        everything()
        memory[size] = tracemalloc.get_traced_memory()[1] / size
        tracemalloc.stop()
        rows.append((size, spent * 1000, spent / size * 1e6, memory[size] / 1000, ratio))
    table(rows)
    write(
        "rollup",
        {
            "exponent": round(slope(whole), 3),
            "memory_exponent": round(slope([(size, each * size) for size, each in memory.items()]), 3),
            "over_groupby": round(ratio, 2),
            "units": SIZES[-1],
            "departments": DEPARTMENTS,
            "seconds": round(whole[-1][1], 3),
            "microseconds_per_unit": round(whole[-1][1] / SIZES[-1] * 1e6, 1),
            "kilobytes_per_unit": round(memory[SIZES[-1]] / 1000, 2),
        },
    )


if __name__ == "__main__":
    main()
