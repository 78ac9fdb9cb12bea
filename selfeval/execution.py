"""The execution of a budget as policy sees it: the rate, its denominator and the points that it earns."""

from __future__ import annotations

from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import NamedTuple

from selfeval.figures import number
from selfeval.filing import Form, FundingLine
from selfeval.policy import Policy

ONE = Decimal(1)
DENOMINATORS = {"adjusted": "全年预算数", "initial": "年初预算数"}
# A bare 1 or 100 in a rate column both say 100%; beyond this a number without % can only be per cent.
_BARE_FRACTION_LIMIT = Decimal(5)


class Rate(NamedTuple):
    """An execution rate as a fraction, with the column (adjusted, initial) that it divides by."""

    value: Decimal
    denominator: str
    budget: Decimal
    executed: Decimal

    @property
    def formula(self) -> str:
        return f"全年执行数 {self.executed} ÷ {DENOMINATORS[self.denominator]} {self.budget}"


def rates(line: FundingLine, policy: Policy) -> tuple[Rate, ...]:
    """Every rate that the line's figures give, the policy's denominator first.

    Empty when the executed amount is not stated. A zero or blank budget gives no rate.
    """
    executed = number(line.executed)
    if executed is None:
        return ()
    first = policy.execution.denominator
    order = (first, "initial" if first == "adjusted" else "adjusted")
    budgets = {"adjusted": number(line.adjusted_budget), "initial": number(line.initial_budget)}
    return tuple(
        Rate(executed / budgets[name], name, budgets[name], executed) for name in order if budgets[name]
    )


def policy_rate(line: FundingLine, policy: Policy) -> Rate | None:
    """The rate by the policy's denominator; the other column counts only where the form has no such column.

    None where the rate is undefined: the column is there and blank or zero.
    """
    column = line.adjusted_budget if policy.execution.denominator == "adjusted" else line.initial_budget
    known = rates(line, policy)
    if column is not None:
        return next((rate for rate in known if rate.denominator == policy.execution.denominator), None)
    return known[0] if known else None


def stated_rates(line: FundingLine) -> tuple[Decimal, ...]:
    """What the rate cell may mean as fractions: one reading with a percent sign, two for a small bare number."""
    value = number(line.execution_rate)
    if value is None:
        return ()
    if "%" in line.execution_rate.text or "％" in line.execution_rate.text:
        return (value,)
    per_cent = value / 100
    return (value, per_cent) if value <= _BARE_FRACTION_LIMIT else (per_cent,)


def execution_points(rate: Decimal, weight: Decimal, policy: Policy) -> Decimal:
    """The points of an execution rate, rounded to the policy's places (domain rule: weight × rate, capped)."""
    rule = policy.execution
    if rule.floor is not None and rate < rule.floor:
        return Decimal(0)
    if rule.steps:
        return next((step.score for step in rule.steps if rate >= step.minimum), Decimal(0))
    if rate > ONE:
        share = ONE if rule.over_100 == "cap" else max(Decimal(0), ONE - (rate - ONE))
    else:
        share = max(Decimal(0), rate)
    step = ONE.scaleb(-rule.places)
    return (weight * share).quantize(step, ROUND_FLOOR if rule.rounding == "down" else ROUND_HALF_UP)


def scored_line(form: Form) -> FundingLine | None:
    """The line that carries the execution score: the total, else the first line with a score.

    其中 rows repeat the score of the total and are never scored a second time.
    """
    candidates = [line for line in (form.total, *form.funding) if line is not None]
    return next((line for line in candidates if number(line.score) is not None), form.total)
