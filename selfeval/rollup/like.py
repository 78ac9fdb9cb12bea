"""Like indicators of several units: completion aggregated first, then scored (湖北表式说明, the only explicit rule).

Absolute values add; percentages and qualitative results are means, weighted by the funds of their forms or
alike, as the policy says. A unit that says the same indicator in several forms is in it once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

import pandas as pd

from selfeval.completion import Direction, is_met, ratio_of
from selfeval.figures import points
from selfeval.policy import Policy
from selfeval.rollup.totals import integers, settled
from selfeval.rollup.units import IndicatorFigures, IndicatorTotal, UnitRow
from selfeval.scoring import share_of

_MILLION = Decimal(1_000_000)
# Funds as weights count in hundreds of yuan: more exact ones would leave int64 and change nothing.
_HUNDRED_YUAN = Decimal(100)
_SUMS = ["target", "actual", "share", "weight", "weighed"]


def like_indicators(units: Sequence[UnitRow], policy: Policy) -> tuple[IndicatorTotal, ...]:
    """Indicators of at least two counted units: by department, by code, then of the bureau (code "")."""
    units = settled(units)
    frame, keys, left_out = indicator_facts(units, policy)
    return indicator_totals(units, frame, keys, left_out, policy)


def indicator_facts(
    units: Sequence[UnitRow], policy: Policy
) -> tuple[pd.DataFrame, list[tuple[str, ...]], dict[int, list[int]]]:
    """A row per unit and indicator that several units have; their keys; who has no funds to be weighed by."""
    numbers: dict[tuple[str, ...], int] = {}
    owners: defaultdict[int, int] = defaultdict(int)
    rows: list[tuple[int, int, IndicatorFigures]] = []
    for at, unit in enumerate(units):
        if not unit.counted:
            continue
        mine: set[int] = set()
        for row in unit.figures.indicators:
            number = numbers.setdefault((*row.key, "cost" if row.cost else ""), len(numbers))
            if number not in mine:
                mine.add(number)
                owners[number] += 1
                rows.append((at, number, row))
    left_out: defaultdict[int, list[int]] = defaultdict(list)
    columns: dict[str, list[int]] = {name: [] for name in ("unit", "key", *_SUMS)}
    for at, number, row in rows:
        if owners[number] < 2:
            continue
        share = _share(row, policy)
        if share <= 0:
            left_out[number].append(at)
            continue
        weight = row.weight if row.weight is not None else Decimal(0)
        values = (at, number, _millionths(row.target) * share, _millionths(row.actual) * share, share)
        values += (_millionths(weight), int(row.weight is not None))
        for column, value in zip(columns.values(), values, strict=True):
            column.append(value)
    frame = pd.DataFrame({name: integers(column) for name, column in columns.items()})
    frame["department"] = [units[at].department_code for at in columns["unit"]]
    return frame, list(numbers), dict(left_out)


def indicator_totals(
    units: Sequence[UnitRow],
    frame: pd.DataFrame,
    keys: Sequence[tuple[str, ...]],
    left_out: dict[int, list[int]],
    policy: Policy,
) -> tuple[IndicatorTotal, ...]:
    """The aggregates of the facts, scored."""
    found: list[IndicatorTotal] = []
    for by, whole in ((["department", "key"], False), (["key"], True)):
        grouped = frame.groupby(by, sort=True)
        members = grouped["unit"].agg(list)
        for at, sums, who in zip(
            members.index, grouped[_SUMS].sum().itertuples(index=False), members, strict=True
        ):
            if len(who) < 2:
                continue
            department, number = ("", at[0] if isinstance(at, tuple) else at) if whole else at
            unweighed = [
                n for n in left_out.get(number, ()) if whole or units[n].department_code == department
            ]
            found.append(
                _scored(
                    department,
                    keys[number],
                    tuple(int(value) for value in sums),
                    tuple(units[n].name for n in who),
                    tuple(units[n].name for n in unweighed),
                    policy,
                )
            )
    return tuple(found)


def _scored(
    department: str,
    key: tuple[str, ...],
    sums: tuple[int, ...],
    units: tuple[str, ...],
    left_out: tuple[str, ...],
    policy: Policy,
) -> IndicatorTotal:
    level1, level2, name, unit, said, kind, cost = key
    target, actual, share, weight, weighed = sums
    direction = Direction(said)
    scale = _MILLION * (1 if kind == "absolute" else share)
    wanted, got = target / scale, actual / scale
    ratio = ratio_of(wanted, got, direction)
    earned = share_of(is_met(wanted, got, direction), ratio, direction, policy, cost=bool(cost))
    mean = Decimal(weight) / weighed / _MILLION if weighed else None
    score = (
        points(mean * earned, policy.execution.places) if mean is not None and earned is not None else None
    )
    return IndicatorTotal(
        department, level1, level2, name, unit, kind, units, left_out, wanted, got, ratio, mean, score
    )


def _share(row: IndicatorFigures, policy: Policy) -> int:
    if row.kind == "absolute" or policy.rollup.relative == "equal":
        return 1
    return int(((row.funds or Decimal(0)) * _HUNDRED_YUAN).to_integral_value(ROUND_HALF_UP))


def _millionths(value: Decimal) -> int:
    return int((value * _MILLION).to_integral_value(ROUND_HALF_UP))
