"""Sums of units by department and of the bureau: exact, with what is missing beside them.

A tier-1 unit files for itself (本级), so a department is its own form plus those of its subordinate units;
where the department's form speaks for all (汇总), the others are in it already and are not added again.
Sums run over integers, millionths of the measure's unit (分 for 万元), as int64 where every possible sum fits
and as Python integers beyond: a slip of thirty digits must neither overflow nor end the roll-up.
The only module of the domain that imports pandas.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

import pandas as pd

from selfeval.figures import total as sum_of
from selfeval.rollup.measures import AMOUNTS, MEASURES
from selfeval.rollup.units import NOT_OWING, Coverage, DepartmentTotal, Range, Scope, Sum, UnitRow

_MILLION = Decimal(1_000_000)
_INT64 = 2**63 - 1
# A unit that is missing is taken to move by as much as the policies ask a reason for (三成).
SPREAD = Decimal("0.30")


def settled(units: Sequence[UnitRow]) -> tuple[UnitRow, ...]:
    """The units with those marked whose figures stand in their department's own form.

    A department's form speaks for all only when it says so (or the cycle does) and when it counts itself.
    """
    whole = {
        unit.department_code
        for unit in units
        if unit.tier == 1 and unit.figures.scope is Scope.WHOLE and unit.counted
    }
    return tuple(
        replace(unit, included=True)
        if unit.department_code in whole and unit.tier != 1 and unit.state not in NOT_OWING
        else unit
        for unit in units
    )


def roll_up(
    units: Sequence[UnitRow], spread: Decimal = SPREAD
) -> tuple[tuple[DepartmentTotal, ...], DepartmentTotal]:
    """Totals per department, by code, and of the whole bureau.

    `spread` is by how much of its base (fraction) a missing unit may lie above or below it.
    """
    units = settled(units)
    return totals(units, facts(units), spread)


def facts(units: Sequence[UnitRow]) -> pd.DataFrame:
    """One row per figure of the counted units: department, measure (categories) and value (integers)."""
    order = {code: n for n, code in enumerate(sorted({unit.department_code for unit in units}))}
    keys = {measure.key: n for n, measure in enumerate(MEASURES)}
    departments: list[int] = []
    measures: list[int] = []
    values: list[int] = []
    for unit in units:
        if not unit.counted:
            continue
        said = {**unit.figures.figures, **{key: getattr(unit, key) for key in AMOUNTS}}
        departments += [order[unit.department_code]] * len(said)
        measures += [keys[key] for key in said]
        values += [_millionths(value) for value in said.values()]
    return pd.DataFrame(
        {
            "department": pd.Categorical.from_codes(departments, categories=list(order)),
            "measure": pd.Categorical.from_codes(measures, categories=list(keys)),
            "value": integers(values),
        }
    )


def integers(values: list[int]) -> pd.Series:
    """A column whose sums cannot overflow: int64 where the sum of all would fit, else Python integers."""
    fits = max(map(abs, values), default=0) * max(len(values), 1) <= _INT64
    return pd.Series(values, dtype="int64" if fits else object)


def totals(
    units: Sequence[UnitRow], frame: pd.DataFrame, spread: Decimal = SPREAD
) -> tuple[tuple[DepartmentTotal, ...], DepartmentTotal]:
    """The totals of settled units from their facts."""
    grouped = frame.groupby(["department", "measure"], observed=True, sort=False)["value"]
    by_department: defaultdict[str, dict[str, tuple[int, int]]] = defaultdict(dict)
    whole: dict[str, tuple[int, int]] = {}
    sums, said = grouped.sum(), grouped.size()
    for (code, key), value, count in zip(sums.index, sums.tolist(), said.tolist(), strict=True):
        by_department[code][key] = (value, count)
        before = whole.get(key, (0, 0))
        # Python integers: the sum of sums has no limit.
        whole[key] = (before[0] + value, before[1] + count)
    groups: defaultdict[str, list[UnitRow]] = defaultdict(list)
    for unit in units:
        groups[unit.department_code].append(unit)
    departments = tuple(
        _total(code, group[0].department_name, group, by_department[code], spread)
        for code, group in sorted(groups.items())
    )
    return departments, _total("", "合计", units, whole, spread)


def _total(
    code: str, name: str, units: Sequence[UnitRow], sums: Mapping[str, tuple[int, int]], spread: Decimal
) -> DepartmentTotal:
    counted = [unit for unit in units if unit.left_out is None]
    scores = [
        (unit.recomputed_score, unit.adjusted_budget) for unit in counted if unit.recomputed_score is not None
    ]
    funds = sum_of(budget for _, budget in scores if budget > 0)
    # In the order of the measures, whatever order the groups came in; the sum of nothing is unknown, not zero.
    figures = {
        measure.key: Sum(Decimal(sums[measure.key][0]) / _MILLION, sums[measure.key][1])
        for measure in MEASURES
        if measure.key in sums
    }
    amounts = {key: figures[key].value if key in figures else None for key in AMOUNTS}
    return DepartmentTotal(
        code=code,
        name=name,
        expected=sum(unit.state not in NOT_OWING for unit in units),
        counted=len(counted),
        left_out=tuple((unit.name, unit.left_out) for unit in units if unit.left_out is not None),
        mean_score=sum(score for score, _ in scores) / len(scores) if scores else None,
        **amounts,
        weighted_score=sum(score * budget for score, budget in scores if budget > 0) / funds
        if funds
        else None,
        included=tuple(unit.name for unit in units if unit.included),
        figures=figures,
        coverage=_coverage(units),
        ranges=_ranges(units, amounts, spread),
    )


def _missing(units: Sequence[UnitRow]) -> list[UnitRow]:
    """The units whose figures should be in the sums and stand nowhere."""
    return [
        unit
        for unit in units
        if unit.state not in NOT_OWING and not unit.included and unit.left_out is not None
    ]


def _coverage(units: Sequence[UnitRow]) -> Coverage | None:
    """By the base of every expected unit; None where no base is known. One basis for all, last year's first."""
    expected = [unit for unit in units if unit.state not in NOT_OWING and not unit.included]
    bases = {unit.base_of for unit in expected if unit.base}
    if not bases:
        return None
    basis = min(bases, key=lambda text: ("上年" not in text, text))
    known = [unit for unit in expected if unit.base_of == basis and "initial_budget" in unit.base]
    counted = sum_of(unit.base["initial_budget"] for unit in known if unit.counted)
    return Coverage(
        basis,
        counted or Decimal(0),
        sum_of(unit.base["initial_budget"] for unit in known) or Decimal(0),
        tuple(unit.name for unit in expected if unit not in known),
    )


def _ranges(
    units: Sequence[UnitRow], amounts: Mapping[str, Decimal | None], spread: Decimal
) -> dict[str, Range]:
    """Each total with the missing units at their base, less and plus `spread`."""
    found = {}
    missing = _missing(units)
    for key, value in amounts.items():
        bases = [unit.base[key] for unit in missing if key in unit.base]
        if bases:
            known, moved = value or Decimal(0), sum(bases, Decimal(0))
            found[key] = Range(known + moved * (1 - spread), known + moved * (1 + spread))
    return found


def _millionths(value: Decimal) -> int:
    return int((value * _MILLION).to_integral_value(ROUND_HALF_UP))
