"""Like indicators of several units: completion aggregated first, then scored (湖北表式说明, the only explicit rule).

Absolute values add; percentages and qualitative results are means, weighted by the funds of their forms or
alike, as the policy says. A unit that says the same indicator in several forms is in it once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from selfeval.completion import Direction, is_met, ratio_of
from selfeval.figures import points
from selfeval.policy import Policy
from selfeval.rollup.packed import Integers, Packed
from selfeval.rollup.totals import settled
from selfeval.rollup.units import IndicatorFigures, IndicatorTotal, UnitRow
from selfeval.scoring import share_of

if TYPE_CHECKING:
    import pandas as pd

_MILLION = Decimal(1_000_000)
# Funds as weights count in hundreds of yuan: more exact ones would leave int64 and change nothing.
_HUNDRED_YUAN = Decimal(100)
_SUMS = ["target", "actual", "share", "weight", "weighed"]


@dataclass(frozen=True, slots=True)
class IndicatorFacts:
    """A row per unit and indicator that several units have, and by (department, number of the key) who has it
    and who has no funds to be weighed by; department "" is the bureau.
    """

    frame: pd.DataFrame
    keys: Sequence[tuple[str, ...]]
    members: Mapping[tuple[str, int], Sequence[str]]
    left_out: Mapping[tuple[str, int], Sequence[str]]


def like_indicators(units: Sequence[UnitRow], policy: Policy) -> Packed[IndicatorTotal]:
    """Indicators of at least two units that passed: by department, by code, then of the bureau (code "")."""
    return indicator_totals(indicator_facts(settled(units), policy), policy)


def indicator_facts(units: Sequence[UnitRow], policy: Policy) -> IndicatorFacts:
    """The facts of settled units."""
    numbers: dict[tuple[str, ...], int] = {}
    owners: defaultdict[int, int] = defaultdict(int)
    # Every row as numbers: which of them are like others is known when all of them have been seen.
    rows = {name: Integers() for name in ("unit", "key", *_SUMS)}
    for at, unit in enumerate(units):
        # Completion needs no sum of the unit's money: relative rows bring the funds of their own form.
        if not unit.passed or unit.included:
            continue
        mine: set[int] = set()
        for row in unit.figures.indicators:
            number = numbers.setdefault((*row.key, "cost" if row.cost else ""), len(numbers))
            if number in mine:
                continue
            mine.add(number)
            owners[number] += 1
            share = _share(row, policy)
            weight = row.weight if row.weight is not None else Decimal(0)
            values = (at, number, _millionths(row.target) * share, _millionths(row.actual) * share, share)
            values += (_millionths(weight), int(row.weight is not None))
            for column, value in zip(rows.values(), values, strict=True):
                column.append(value)
    members: defaultdict[tuple[str, int], list[str]] = defaultdict(list)
    left_out: defaultdict[tuple[str, int], list[str]] = defaultdict(list)
    departments: list[str] = []
    columns = {name: Integers() for name in ("key", *_SUMS)}
    for at, *values in zip(*rows.values(), strict=True):
        number, share, unit = values[0], values[3], units[at]
        if owners[number] < 2:
            continue
        for code in (unit.department_code, ""):
            (members if share > 0 else left_out)[code, number].append(unit.name)
        if share > 0:
            departments.append(unit.department_code)
            for column, value in zip(columns.values(), values, strict=True):
                column.append(value)
    import pandas as pd

    frame = pd.DataFrame({name: column.series() for name, column in columns.items()})
    frame["department"] = pd.Categorical(departments)
    return IndicatorFacts(frame, list(numbers), members, left_out)


def indicator_totals(facts: IndicatorFacts, policy: Policy) -> Packed[IndicatorTotal]:
    """The aggregates of the facts, scored."""
    return Packed(_totals(facts, policy))


def _totals(facts: IndicatorFacts, policy: Policy) -> Iterator[IndicatorTotal]:
    for by in (["department", "key"], ["key"]):
        sums = facts.frame.groupby(by, sort=True, observed=True)[_SUMS].sum()
        columns = [sums[name].tolist() for name in _SUMS]
        for at, *values in zip(sums.index, *columns, strict=True):
            place = ("", at) if len(by) == 1 else at
            members = facts.members[place]
            if len(members) > 1:
                unweighed = tuple(facts.left_out.get(place, ()))
                yield _scored(place[0], facts.keys[place[1]], values, tuple(members), unweighed, policy)


def _scored(
    department: str,
    key: tuple[str, ...],
    sums: Sequence[int],
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
