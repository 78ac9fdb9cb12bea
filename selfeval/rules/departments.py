"""X: between a department's own totals and what its units filed. Run by the roll-up, over units that passed.

A rule takes a `Department` and the policy; who is asked about is always the department's own filing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from selfeval.figures import amount, plain
from selfeval.filing import Position
from selfeval.findings import Finding, Severity
from selfeval.labels import bare
from selfeval.policy import Policy
from selfeval.rules.engine import Problem, department_rule, findings_of, registered
from selfeval.statements import MONEY

if TYPE_CHECKING:
    from selfeval.rollup.measures import Measure
    from selfeval.rollup.units import StatedRow, UnitRow

SUMMED = "局机关及二级机构汇总（报告封面表）"
# What a department's table states for each institution, and where a unit's own filing says the same.
_STATED = {
    "cover.income": ("cover.income",),
    "cover.spending": ("cover.spending", "executed"),
    "three_publics.spent": ("three_publics.spent",),
    "cover.assets": ("cover.assets",),
}
_ADDED = ("initial_budget", "adjusted_budget", "executed", "three_publics.spent", "posts", "people")


class Department(NamedTuple):
    """A department's own filing and its subordinate units that owe one."""

    own: UnitRow
    units: tuple[UnitRow, ...]


class DepartmentFinding(NamedTuple):
    """What a rule found between a department and its units; the department is asked about it."""

    code: str
    name: str
    finding: Finding


def department_findings(units: Sequence[UnitRow], policy: Policy) -> tuple[DepartmentFinding, ...]:
    """What the rules between units find; a department that has not passed itself is not compared."""
    rules = [rule for rule in registered() if rule.scope == "department"]
    return tuple(
        DepartmentFinding(each.own.code, each.own.name, finding)
        for each in _departments(units)
        for rule in rules
        for finding in findings_of(rule, each, policy)
    )


@department_rule("X26", Severity.ERROR, SUMMED)
def listed_units_agree_with_their_filings(department: Department, policy: Policy) -> Iterator[Problem]:
    """主管部门表中列明的所属单位数应与该单位自己报送的一致。"""
    for row in department.own.figures.stated:
        unit = None if row.is_sum or row.is_own else _named(row, department.units)
        if unit is None or not unit.passed:
            continue
        for key, stated in row.figures.items():
            filed = _filed(unit, key)
            if filed is not None and abs(filed - stated) > policy.tolerance.amount:
                yield Problem(
                    Position(row.where),
                    plain(stated),
                    plain(filed),
                    f"{unit.name}（{unit.code}）的{_measure(key).label}：{department.own.name}填 {amount(stated)}万元，"
                    f"{unit.name}报送 {amount(filed)}万元，相差 {amount(abs(filed - stated))}万元",
                )


@department_rule("X27", Severity.WARNING, SUMMED)
def stated_sum_is_the_sum_of_its_parts(department: Department, policy: Policy) -> Iterator[Problem]:
    """主管部门的汇总数应等于本级与各所属单位之和；有内部往来抵销的应注明。"""
    rows = department.own.figures.stated
    whole = next((row for row in rows if row.is_sum), None)
    own = next((row for row in rows if row.is_own or bare(row.name) == bare(department.own.name)), None)
    listed = [row for row in rows if not row.is_sum and row is not own]
    for key in _STATED if whole else ():
        stated = whole.figures.get(key)
        first = own.figures.get(key) if own else _own_figure(department.own, key)
        if stated is None or first is None:
            continue
        parts = [("本级", first)]
        filed = [(unit.name, _filed(unit, key) if unit.passed else None) for unit in department.units]
        if any(value is None for _, value in filed):
            # Not every unit has filed: what the table itself lists is all that can be added.
            filed = [(row.name, row.figures.get(key)) for row in listed]
        if not filed or any(value is None for _, value in filed):
            continue
        parts += filed
        total = sum((value for _, value in parts), Decimal(0))
        if abs(total - stated) > policy.tolerance.amount * len(parts):
            said = " + ".join(f"{name} {amount(value)}" for name, value in parts)
            yield Problem(
                Position(whole.where),
                plain(stated),
                plain(total),
                f"{_measure(key).label}汇总填 {amount(stated)}万元，{said} = {amount(total)}万元，"
                f"相差 {amount(abs(total - stated))}万元",
            )


@department_rule("X28", Severity.ERROR, SUMMED)
def units_do_not_exceed_their_department(department: Department, policy: Policy) -> Iterator[Problem]:
    """按汇总口径填报的，各所属单位之和不应大于主管部门的汇总数。"""
    own = department.own
    for key, stated, parts in below_units(own, department.units, policy.tolerance.amount):
        measure, total = _measure(key), sum((value for _, value in parts), Decimal(0))
        said = "、".join(f"{unit.name} {amount(value)}" for unit, value in parts)
        yield Problem(
            Position(own.figures.place or own.name),
            plain(stated),
            f"不小于 {plain(total)}",
            f"{measure.label}汇总填 {amount(stated)}{measure.unit}，已通过的 {len(parts)} 家所属单位合计 "
            f"{amount(total)}{measure.unit}（{said}），多出 {amount(total - stated)}{measure.unit}",
        )


def below_units(
    own: UnitRow, units: Iterable[UnitRow], tolerance: Decimal
) -> Iterator[tuple[str, Decimal, list[tuple[UnitRow, Decimal]]]]:
    """Measures of which a department that speaks for all states less than its units that passed, with their figures."""
    if not own.figures.speaks_for_all:
        return
    passed = [unit for unit in units if unit.passed]
    for key in _ADDED:
        stated = own.figure(key)
        parts = [(unit, value) for unit in passed if (value := unit.figure(key)) is not None]
        slack = tolerance * len(parts) if _measure(key).unit == MONEY else Decimal(0)
        if stated is not None and sum((value for _, value in parts), Decimal(0)) > stated + slack:
            yield key, stated, parts


def below_note(findings: Iterable[DepartmentFinding], code: str) -> str:
    """What stands beside the totals of a department that X28 asks about, without the units; "" for none."""
    said = [
        each.finding.message.partition("（")[0]
        for each in findings
        if each.code == code and each.finding.code == "X28"
    ]
    return f"合计待核实（X28）：{'；'.join(said)}" if said else ""


@department_rule("X29", Severity.WARNING, "汇总口径：主管部门本级与所属单位分别填报")
def one_project_is_filed_once(department: Department, policy: Policy) -> Iterator[Problem]:
    """未注明汇总口径的，主管部门不应再填所属单位已填报的项目。"""
    own = department.own
    if own.figures.speaks_for_all:
        return
    mine = {(bare(each.name), each.executed) for each in own.figures.projects if each.executed}
    for unit in department.units:
        both = [
            each for each in unit.figures.projects if unit.passed and (bare(each.name), each.executed) in mine
        ]
        if both:
            said = "、".join(f"{each.name}（{amount(each.executed)}万元）" for each in both)
            yield Problem(
                Position(own.figures.place or own.name),
                said,
                None,
                f"{own.name}与{unit.name}（{unit.code}）都填报了 {said}，项目名称和全年执行数相同；"
                "表中含所属单位的请在标题注明“汇总”，否则汇总时会重复计算",
            )


def _departments(units: Iterable[UnitRow]) -> Iterator[Department]:
    groups: dict[str, list[UnitRow]] = {}
    for unit in units:
        if unit.owes:
            groups.setdefault(unit.department_code, []).append(unit)
    for group in groups.values():
        own = next((unit for unit in group if unit.tier == 1 and unit.passed), None)
        if own and len(group) > 1:
            yield Department(own, tuple(unit for unit in group if unit is not own))


def _named(row: StatedRow, units: Iterable[UnitRow]) -> UnitRow | None:
    """The unit that a row names, by its whole name or by the one name that it is a part of."""
    name = bare(row.name)
    exact = [unit for unit in units if bare(unit.name) == name]
    near = exact or [unit for unit in units if name and name in bare(unit.name)]
    return near[0] if len(near) == 1 else None


def _measure(key: str) -> Measure:
    # With the roll-up comes the whole cycle: the check of one file, which runs no rule from here, goes without.
    from selfeval.rollup.measures import BY_KEY

    return BY_KEY[key]


def _filed(unit: UnitRow, key: str) -> Decimal | None:
    """What a unit's own filing says of a figure that its department states."""
    known = (unit.figure(each) for each in _STATED.get(key, ()))
    return next((value for value in known if value is not None), None)


def _own_figure(own: UnitRow, key: str) -> Decimal | None:
    """The department alone, as its own forms say it, where they speak for it alone."""
    return _filed(own, key) if not own.figures.speaks_for_all else None
