"""X: amounts in 元 under a heading in 万元, which no unit can have meant."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from selfeval.completion import is_cost
from selfeval.figures import number, plain, text
from selfeval.filing import Cell, Filing, Form, FormKind
from selfeval.findings import Severity
from selfeval.money import UNITS
from selfeval.quantity import parse_quantity
from selfeval.rules.amounts import COLUMNS, in_wan
from selfeval.rules.engine import Context, Problem, unit_rule

_WAN = Decimal(10000)
# A project may be paid beside the department's own budget, but never be so many times as large.
_TIMES = 10


@unit_rule("X38", Severity.ERROR, "表间勾稽")
def amounts_are_in_the_unit_of_their_form(filing: Filing, context: Context) -> Iterator[Problem]:
    """项目自评表的金额应按表头的单位填写，不应把元填作万元。"""
    wholes = [form for form in filing.forms if form.kind is FormKind.DEPARTMENT]
    largest = max((value for form in wholes for _, _, value in _amounts(form)), default=None)
    for form in filing.forms:
        if form.kind not in (FormKind.PROJECT, FormKind.FUND) or form.amount_unit != "万元":
            continue
        for column, cell, value in _amounts(form):
            cost = next((said for said in _costs(form) if value == _WAN * said[1]), None)
            beyond = largest and value > _TIMES * largest and value <= _WAN * largest
            if cost is None and not beyond:
                continue
            why = (
                f"成本指标写明 {cost[0].text}，恰为一万分之一"
                if cost
                else f"是部门整体资金 {largest} 万元的 {_TIMES} 倍以上"
            )
            yield Problem(
                (cell.at, cost[0].at) if cost else cell.at,
                text(cell),
                f"{plain(value / _WAN)} 万元",
                f"{form.project or form.title}{COLUMNS[column]} {text(cell)}（万元），{why}，疑以元填写",
                severity=None if cost else Severity.WARNING,
                form=form.id,
            )
            break


def _amounts(form: Form) -> Iterator[tuple[str, Cell, Decimal]]:
    """The amounts of the total in 万元, those that are 0 left out."""
    for column in ("executed", "adjusted_budget", "initial_budget") if form.total else ():
        cell = getattr(form.total, column)
        if value := in_wan(number(cell), form):
            yield column, cell, value


def _costs(form: Form) -> Iterator[tuple[Cell, Decimal]]:
    """What cost indicators say in money, in 万元."""
    for row in form.indicators if form.kind in (FormKind.PROJECT, FormKind.FUND) else ():
        for cell in (row.actual, row.target) if is_cost(row) else ():
            said = parse_quantity(cell.text)
            if said.number and said.unit in UNITS:
                yield cell, said.number * UNITS[said.unit]
