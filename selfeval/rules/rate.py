"""B: the execution rate against the budgets that it may divide by."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from selfeval.execution import DENOMINATORS, Rate, policy_rate, rates, stated_rates
from selfeval.figures import Fit, amount, decimals, fit, number, percent, text
from selfeval.filing import Form, FundingLine, FundingRole
from selfeval.findings import Severity
from selfeval.money import parse_number
from selfeval.rules.amounts import COLUMNS, carried_over, cell_of, emptied, short
from selfeval.rules.engine import Context, Problem, rule

TABLE = "自评表表式"


@rule("B05", Severity.ERROR, TABLE)
def rate_is_executed_over_budget(form: Form, context: Context) -> Iterator[Problem]:
    """执行率应等于全年执行数除以预算数。"""
    for line in form.funding:
        yield from _rate_problem(form, line, context)


@rule("B06", Severity.WARNING, TABLE)
def rate_needs_a_budget(form: Form, context: Context) -> Iterator[Problem]:
    """预算数为零或未填时没有执行率，不应填写。"""
    column = "adjusted_budget" if context.policy.execution.denominator == "adjusted" else "initial_budget"
    for line in form.funding:
        cell, rate = cell_of(line, column), number(line.execution_rate)
        if cell is None or rate is None or number(cell) or (cell.text and number(cell) is None):
            continue
        if any(_fits(line, known, context) for known in rates(line, context.policy)):
            continue  # B05 says that it divides by the other column
        if emptied(form, line):
            continue  # B01 says that its parts are not nothing
        if line.role is not FundingRole.TOTAL and not rate and not any(_amounts(line)):
            continue  # platforms print 0.00% beside a source that gave nothing
        yield Problem(
            line.execution_rate.at,
            text(line.execution_rate),
            "不填",
            f"{short(line.label)}的{COLUMNS[column]}{'为 0' if cell.text else '未填'}，执行率无从计算，"
            f"却填报 {text(line.execution_rate)}",
        )


def _amounts(line: FundingLine) -> Iterator[Decimal | None]:
    return (number(getattr(line, column)) for column in COLUMNS)


def _fits(line: FundingLine, rate: Rate, context: Context) -> bool:
    return _fit(line, rate.value, context) is Fit.ROUNDED


def _fit(line: FundingLine, exact: Decimal, context: Context) -> Fit:
    shown_as = line.execution_rate.text
    step = Decimal(1).scaleb(-decimals(shown_as))
    found = []
    for stated in stated_rates(line):
        # 97.30 without its sign shows hundredths of a per cent, 0.973 thousandths of the whole.
        whole = parse_number(shown_as) == stated
        found.append(fit(stated, exact, context.policy.tolerance.rate, step if whole else step / 100))
    return min(found, key=list(Fit).index)


def _rate_problem(form: Form, line: FundingLine, context: Context) -> Iterator[Problem]:
    known = rates(line, context.policy)
    if not stated_rates(line) or not known:
        return
    first = policy_rate(line, context.policy)
    if first is None:
        # The policy's column is blank (B06); a rate by the other column is still worth its name.
        return
    stated = text(line.execution_rate)
    at = (line.execution_rate.at, line.executed.at)
    how = _fit(line, first.value, context)
    if how is Fit.ROUNDED:
        return
    exact = f"{first.formula} = {percent(first.value)}"
    if how is Fit.TRUNCATED:
        yield Problem(
            at,
            stated,
            percent(first.value),
            f"填报执行率 {stated}，{exact}，应四舍五入，不应舍去尾数",
            severity=Severity.WARNING,
        )
        return
    other = next((rate for rate in known if rate is not first and _fits(line, rate, context)), None)
    if other is not None:
        yield Problem(
            at,
            stated,
            percent(first.value),
            f"填报执行率 {stated} 是以{DENOMINATORS[other.denominator]}计算的（{other.formula} = "
            f"{percent(other.value)}）；按规定以{DENOMINATORS[first.denominator]}计算，{exact}",
            severity=Severity.WARNING,
        )
        return
    carried = _with_carry_over(form, line, first, context)
    if carried:
        yield Problem(at, stated, percent(first.value), carried, severity=Severity.INFO)
        return
    if narrowed := _other_denominator(form, line, first, context):
        yield Problem(at, stated, percent(first.value), narrowed, severity=Severity.WARNING)
        return
    others = [rate for rate in known if rate.budget != first.budget]
    every = "，".join(f"{rate.formula} = {percent(rate.value)}" for rate in (first, *others))
    yield Problem(
        at, stated, percent(first.value), f"填报执行率 {stated}，{every}，{'都' if others else ''}不相符"
    )


def _with_carry_over(form: Form, line: FundingLine, rate: Rate, context: Context) -> str | None:
    if line.role is not FundingRole.TOTAL:
        return None
    for carried in carried_over(form):
        for budget in (rate.budget + carried, rate.budget - carried):
            if budget > 0 and _fit(line, rate.executed / budget, context) is Fit.ROUNDED:
                sign = "加" if budget > rate.budget else "减"
                return (
                    f"填报执行率 {text(line.execution_rate)}，等于全年执行数 {rate.executed} ÷"
                    f"（{DENOMINATORS[rate.denominator]} {rate.budget} {sign}上年结转 {amount(carried)}）；{rate.formula} = {percent(rate.value)}"
                )
    return None


def _other_denominator(form: Form, line: FundingLine, rate: Rate, context: Context) -> str | None:
    """A budget less funds that another line names (统筹整合): some transfer forms divide by what remains."""
    for other in form.funding:
        outside = number(other.adjusted_budget) or number(other.initial_budget)
        if other is line or not outside or outside >= rate.budget:
            continue
        budget = rate.budget - outside
        if rate.executed <= budget and _fit(line, rate.executed / budget, context) is Fit.ROUNDED:
            return (
                f"填报执行率 {text(line.execution_rate)}，等于全年执行数 {rate.executed} ÷（"
                f"{DENOMINATORS[rate.denominator]} {rate.budget} 减{short(other.label)} {amount(outside)}）；"
                f"{rate.formula} = {percent(rate.value)}"
            )
    return None
