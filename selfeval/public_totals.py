"""A department's totals for the public: what its published units add up to, and who is not in the sums.

Units that are not public are in no sum, or the difference would tell their figures.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from selfeval.board import UnitStatus
from selfeval.rollup.figures import figures_of
from selfeval.rollup.measures import BY_KEY, RATIOS, Measure
from selfeval.rollup.totals import roll_up
from selfeval.rollup.units import Scope, UnitFigures, UnitRow
from selfeval.rules.departments import below_units
from selfeval.summary import Summary

WITHDRAWN = "已撤下"
BELOW = "小于已公开的所属单位合计，待核实"
_TOLERANCE = Decimal("0.01")  # of the amounts that are added, where no policy says


@dataclass(frozen=True, slots=True)
class PublicSum:
    """A sum in the unit of its measure, and how many of the counted units stated a figure for it.

    `doubt`: in Chinese, why it is not what it should be; "" for nothing known.
    """

    measure: Measure
    total: Decimal
    said: int
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class PublicTotals:
    """`counted` of `expected` units are in the sums; `left_out` names the others, with the reason in Chinese.

    `rates` are fractions by Chinese label, made from sums of as many units.
    """

    expected: int
    counted: int
    left_out: tuple[tuple[str, str], ...]
    sums: tuple[PublicSum, ...]
    rates: tuple[tuple[str, Decimal], ...]


def unit_row(
    status: UnitStatus, summary: Summary, document: Mapping[str, Any], scope: Scope | None
) -> UnitRow:
    """A published unit as it is added; `scope` is the cycle's word on whom its figures speak for."""
    made = figures_of(document)
    return replace(
        absent_row(status),
        state=status.state,
        recomputed_score=summary.recomputed_score,
        initial_budget=summary.initial_budget,
        adjusted_budget=summary.adjusted_budget,
        executed=summary.executed,
        figures=UnitFigures(figures=made.figures, scope=scope or made.scope),
    )


def absent_row(status: UnitStatus) -> UnitRow:
    """A unit that is in no sum: withdrawn, not examined at every level, or in a state that is not public."""
    state = "missing" if status.publishable else "received" if status.awaits else status.state
    return UnitRow(
        code=status.code,
        name=status.name,
        tier=status.tier,
        department_code=status.department_code,
        department_name=status.department_name,
        state=state,
    )


def public_totals(
    units: Iterable[UnitRow], withdrawn: Iterable[str], tolerance: Decimal = _TOLERANCE
) -> PublicTotals:
    """The totals of the units of one department; `withdrawn` are the codes of those that were taken back."""
    listed = list(units)
    gone = {unit.name for unit in listed if unit.code in set(withdrawn)}
    _, whole = roll_up(listed)
    below = {
        key
        for own in listed
        if own.tier == 1 and own.counted
        for key, *_ in below_units(own, (unit for unit in listed if unit is not own), tolerance)
    }
    return PublicTotals(
        expected=whole.expected,
        counted=whole.counted,
        left_out=tuple((name, WITHDRAWN if name in gone else reason) for name, reason in whole.left_out),
        sums=tuple(
            PublicSum(BY_KEY[key], each.value, each.said, BELOW if key in below else "")
            for key, each in whole.figures.items()
        ),
        rates=tuple((ratio.label, whole.ratios[ratio.key]) for ratio in RATIOS if ratio.key in whole.ratios),
    )
