"""Sums of units by department and of the bureau: exact, with what is missing beside them.

A tier-1 unit files for itself (本级), so a department is its own form plus those of its subordinate units;
where the department's form speaks for all (汇总), the others are in it already and are not added again.
Sums run over integers, millionths of the measure's unit (分 for 万元), as int64 where every possible sum fits
and as Python integers beyond: a slip of thirty digits must neither overflow nor end the roll-up.
Of the domain only this package imports pandas, where it makes a frame.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from selfeval.rollup.measures import AMOUNTS, MEASURES
from selfeval.rollup.packed import Integers
from selfeval.rollup.units import NOT_OWING, Coverage, DepartmentTotal, Range, Scope, Sum, UnitRow

if TYPE_CHECKING:
    import pandas as pd

_MILLION = Decimal(1_000_000)
_ONE = Decimal(1)
_MEASURES = tuple(measure.key for measure in MEASURES)
# A unit that is missing is taken to move by as much as the policies ask a reason for (三成).
SPREAD = Decimal("0.30")
# What is added up beside the measures, so that one grouping makes every sum.
_EXPECTED, _COUNTED = "#expected", "#counted"
_SCORE, _SCORE_BY_FUNDS, _FUNDS = "#score", "#score_by_funds", "#funds"
_COVERED, _DUE = "#covered", "#due"
_MISSING = {key: f"#missing.{key}" for key in AMOUNTS}
_KEYS = {
    key: n
    for n, key in enumerate(
        (
            *(measure.key for measure in MEASURES),
            *(_EXPECTED, _COUNTED, _SCORE, _SCORE_BY_FUNDS, _FUNDS, _COVERED, _DUE),
            *_MISSING.values(),
        )
    )
}


@dataclass(slots=True)
class Names:
    """Who of a department is in no sum of its own, is in the department's form, has no known base, and is counted
    without an initial budget.
    """

    name: str
    left_out: list[tuple[str, str]] = field(default_factory=list)
    included: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    unstated: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Facts:
    """One row per figure: department, measure (categories) and value (integers); and what is no figure."""

    frame: pd.DataFrame
    names: Mapping[str, Names]
    basis: str | None


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
    return totals(facts(settled(units)), spread)


def facts(units: Sequence[UnitRow]) -> Facts:
    """The figures of settled units as one frame: of the counted ones, and what the missing are measured by."""
    codes = sorted({unit.department_code for unit in units})
    order = {code: n for n, code in enumerate(codes)}
    # One basis for all units, last year's first: a share over different years would say nothing.
    bases = {unit.base_of for unit in units if "initial_budget" in unit.base}
    basis = min(bases, key=lambda text: ("上年" not in text, text), default=None)
    names: dict[str, Names] = {}
    departments, measures, values = Integers(), Integers(), Integers()
    for unit in units:
        mine = names.get(unit.department_code)
        if mine is None:
            mine = names[unit.department_code] = Names(unit.department_name)
        reason = unit.left_out
        if reason is not None:
            mine.left_out.append((unit.name, reason))
        elif unit.initial_budget is None:
            mine.unstated.append(unit.name)
        if unit.included:
            mine.included.append(unit.name)
        elif unit.state not in NOT_OWING and not (unit.base_of == basis and "initial_budget" in unit.base):
            mine.unknown.append(unit.name)
        for key, value in dict(_facts(unit, reason is None, basis)).items():
            departments.append(order[unit.department_code])
            measures.append(_KEYS[key])
            values.append(_millionths(value))
    import pandas as pd  # here, not above: of the runs of every minute hardly one adds anything up

    frame = pd.DataFrame(
        {
            "department": pd.Categorical.from_codes(departments.series(), categories=codes),
            "measure": pd.Categorical.from_codes(measures.series(), categories=list(_KEYS)),
            "value": values.series(),
        }
    )
    return Facts(frame, names, basis)


def _facts(unit: UnitRow, counted: bool, basis: str | None) -> Iterator[tuple[str, Decimal]]:
    if unit.state not in NOT_OWING:
        yield _EXPECTED, _ONE
        if basis == unit.base_of and "initial_budget" in unit.base and not unit.included:
            yield _DUE, unit.base["initial_budget"]
            if counted:
                yield _COVERED, unit.base["initial_budget"]
        if not counted and not unit.included:
            yield from ((key, unit.base[name]) for name, key in _MISSING.items() if name in unit.base)
    if not counted:
        return
    yield _COUNTED, _ONE
    yield from unit.figures.figures.items()
    yield from ((key, value) for key in AMOUNTS if (value := getattr(unit, key)) is not None)
    if unit.recomputed_score is not None:
        yield _SCORE, unit.recomputed_score
        if unit.adjusted_budget > 0:
            yield _FUNDS, unit.adjusted_budget
            yield _SCORE_BY_FUNDS, unit.recomputed_score * unit.adjusted_budget


def totals(made: Facts, spread: Decimal = SPREAD) -> tuple[tuple[DepartmentTotal, ...], DepartmentTotal]:
    """The totals of the facts."""
    grouped = made.frame.groupby(["department", "measure"], observed=True, sort=False)["value"]
    sums, said = grouped.sum(), grouped.size()
    by_department: defaultdict[str, dict[str, Sum]] = defaultdict(dict)
    whole: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    for (code, key), value, count in zip(sums.index, sums.tolist(), said.tolist(), strict=True):
        by_department[code][key] = Sum(value / _MILLION, count)
        # Python integers: the sum of sums has no limit.
        both = whole[key]
        both[0] += value
        both[1] += count
    every = Names("合计")
    departments = []
    for code, names in sorted(made.names.items()):
        departments.append(_total(code, names, by_department[code], made.basis, spread))
        every.left_out += names.left_out
        every.included += names.included
        every.unknown += names.unknown
        every.unstated += names.unstated
    sums_of_all = {key: Sum(value / _MILLION, count) for key, (value, count) in whole.items()}
    return tuple(departments), _total("", every, sums_of_all, made.basis, spread)


def _total(
    code: str, names: Names, sums: Mapping[str, Sum], basis: str | None, spread: Decimal
) -> DepartmentTotal:
    # In the order of the measures, whatever order the groups came in.
    figures = {key: sums[key] for key in _MEASURES if key in sums}
    # The sum of nothing is unknown, not zero.
    amounts = {key: figures[key].value if key in figures else None for key in AMOUNTS}
    score, funds = sums.get(_SCORE), sums.get(_FUNDS)
    due = sums.get(_DUE)
    ranges = {}
    for key, value in amounts.items():
        moved = sums.get(_MISSING[key])
        if moved:
            known = value or Decimal(0)
            ranges[key] = Range(known + moved.value * (1 - spread), known + moved.value * (1 + spread))
    return DepartmentTotal(
        code=code,
        name=names.name,
        expected=sums[_EXPECTED].said if _EXPECTED in sums else 0,
        counted=sums[_COUNTED].said if _COUNTED in sums else 0,
        left_out=tuple(names.left_out),
        mean_score=score.value / score.said if score else None,
        **amounts,
        weighted_score=sums[_SCORE_BY_FUNDS].value / funds.value if funds else None,
        included=tuple(names.included),
        figures=figures,
        coverage=Coverage(
            basis, sums[_COVERED].value if _COVERED in sums else Decimal(0), due.value, tuple(names.unknown)
        )
        if due
        else None,
        ranges=ranges,
        unstated=tuple(names.unstated),
    )


def _millionths(value: Decimal) -> int:
    return int((value * _MILLION).to_integral_value(ROUND_HALF_UP))
