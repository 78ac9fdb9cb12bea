"""B: the funding block, total against parts and the execution rate."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from decimal import Decimal

from selfeval.execution import policy_rate, scored_line, stated_rates
from selfeval.figures import amount, number, percent, plain, text
from selfeval.filing import Form, FundingLine, FundingRole
from selfeval.findings import Severity
from selfeval.rules.amounts import (
    COLUMNS,
    Split,
    budget_explanation,
    carried_over,
    cell_of,
    emptied,
    excess_told,
    exhausts,
    nearly_exhausts,
    one_by_one,
    parts_of,
    short,
    shown,
    splits,
    unspent_explanation,
)
from selfeval.rules.breakdown import basic_parts
from selfeval.rules.engine import Context, Problem, rule

TABLE = "自评表表式"
YUAN_PER_WAN = Decimal(10000)


@rule("B01", Severity.ERROR, TABLE)
def total_is_the_sum_of_its_years(form: Form, context: Context) -> Iterator[Problem]:
    """年度资金总额应等于当年财政拨款、上年结转资金和其他资金之和。"""
    total = form.total
    parts = parts_of(form, FundingRole.TOTAL)
    if total is None:
        return
    found = list(splits(form, total, parts))
    made = _made_elsewhere(form, parts, context.policy.tolerance.amount)
    complete = exhausts(FundingRole.TOTAL, parts)
    if not (complete or nearly_exhausts(parts) or made):
        found = _spent_of_one_source(found, context.policy.tolerance.amount)
    for split in found:
        if split.whole is None or split.within(context.policy.tolerance.amount):
            continue
        if not complete and split.sum > split.whole:
            continue  # B07 says it
        problem = _unequal(form, total, split, "各项资金：")
        # Without a row for the rest, a source that is not listed may make up the difference.
        lower = not complete and made < 2 and problem.severity is None
        yield problem._replace(severity=Severity.WARNING) if lower else problem


@rule("B02", Severity.ERROR, TABLE)
def sources_make_the_total(form: Form, context: Context) -> Iterator[Problem]:
    """按收入性质分的各项之和应等于年度资金总额。"""
    parts = parts_of(form, FundingRole.BY_SOURCE)
    if exhausts(FundingRole.BY_SOURCE, parts) or next(form.lines(FundingRole.BY_SOURCE), None):
        yield from _subdivision(form, context, FundingRole.BY_SOURCE, parts, "按收入性质分：")
    elif made := _made_elsewhere(form, parts, context.policy.tolerance.amount):
        for split in splits(form, form.total, parts):
            # Where they are more than the total B07 says it.
            if (
                split.whole is None
                or split.sum > split.whole
                or split.within(context.policy.tolerance.amount)
            ):
                continue
            problem = _unequal(form, form.total, split, "各项资金：")
            lower = made < 2 and problem.severity is None
            yield problem._replace(severity=Severity.WARNING) if lower else problem


@rule("B03", Severity.ERROR, TABLE)
def executed_within_adjusted_budget(form: Form, context: Context) -> Iterator[Problem]:
    """全年执行数不得大于全年预算数。"""
    for line in form.funding:
        budget, executed = number(line.adjusted_budget), number(line.executed)
        if budget is None or executed is None or executed - budget <= context.policy.tolerance.amount:
            continue
        over = executed - budget
        said = (
            f"{short(line.label)}全年执行数 {text(line.executed)} 大于全年预算数 "
            f"{text(line.adjusted_budget)}，超出 {amount(over)}"
        )
        carried = next((value for value in carried_over(form) if value == over), None)
        if line.role is FundingRole.TOTAL and carried:
            yield Problem(
                line.executed.at,
                text(line.executed),
                text(line.adjusted_budget),
                f"{said}，恰等于上年结转资金 {amount(carried)}",
                severity=Severity.INFO,
            )
        elif told := excess_told(form, over):
            yield Problem(
                line.executed.at,
                text(line.executed),
                text(line.adjusted_budget),
                f"{said}，已说明：{told}",
                severity=Severity.INFO,
            )
        else:
            yield Problem(
                line.executed.at,
                text(line.executed),
                f"不大于 {text(line.adjusted_budget)}",
                said,
            )


@rule("B04", Severity.ERROR, TABLE)
def natures_make_the_total(form: Form, context: Context) -> Iterator[Problem]:
    """按支出性质分的基本支出与项目支出之和应等于年度资金总额。"""
    parts = parts_of(form, FundingRole.BY_NATURE)
    if exhausts(FundingRole.BY_NATURE, parts):
        yield from _subdivision(form, context, FundingRole.BY_NATURE, parts, "按支出性质分：")


@rule("B07", Severity.ERROR, TABLE)
def parts_stay_within_their_whole(form: Form, context: Context) -> Iterator[Problem]:
    """其中项之和不得大于所属的合计。"""
    for line in form.funding:
        parts = [part for part in form.funding if part.part_of is line.role and part is not line]
        grouped = line.role in (FundingRole.TOTAL, FundingRole.BY_SOURCE, FundingRole.BY_NATURE)
        if line.role is FundingRole.OTHER or (grouped and exhausts(line.role, parts)):
            continue  # B01, B02 and B04 compare these to the cent
        if line.role is FundingRole.BASIC_EXPENDITURE and basic_parts(form):
            continue  # and B11 these
        divisions = one_by_one(parts)
        if len(divisions) > 1:  # B04 compares the natures
            divisions = [some for some in divisions if not exhausts(FundingRole.BY_NATURE, some)]
        for split in itertools.chain.from_iterable(splits(form, line, some) for some in divisions):
            allowed = context.policy.tolerance.amount * max(1, len(split.parts) - 1)
            if split.whole is not None and split.sum - split.whole > allowed:
                yield Problem(
                    (cell_of(line, split.column).at, *(part.at for part, _ in split.parts)),
                    shown(line, split.column),
                    f"不小于 {amount(split.sum)}",
                    f"{split.heading}：{split.formula}，大于{short(line.label)} {shown(line, split.column)}，"
                    f"多出 {amount(split.sum - split.whole)}",
                )


@rule("B08", Severity.WARNING, "填报要求：预算调整应说明原因")
def large_adjustments_are_explained(form: Form, context: Context) -> Iterator[Problem]:
    """全年预算数与年初预算数相差较大的，应说明调整原因。"""
    line = form.total
    if line is None:
        return
    initial, adjusted = number(line.initial_budget), number(line.adjusted_budget)
    if initial is None or adjusted is None or initial == adjusted or budget_explanation(form):
        return
    limit = context.policy.review.adjustment_limit
    # What came over from last year makes a budget larger and adjusts nothing.
    added = sum((_brought(line) for line in form.lines(FundingRole.CARRY_OVER)), Decimal(0))
    if initial and min(abs(adjusted - initial), abs(adjusted - added - initial)) <= limit * initial:
        return
    change = (
        f"为年初的 {percent(adjusted / initial)}，增减超过 {percent(limit)}"
        if initial
        else "年初没有安排预算"
    )
    same = "，且全年预算数与全年执行数完全相同" if number(line.executed) == adjusted else ""
    yield Problem(
        line.adjusted_budget.at,
        text(line.adjusted_budget),
        "在表内写明调整的原因",
        f"年初预算数 {text(line.initial_budget)}，全年预算数 {text(line.adjusted_budget)}，{change}"
        f"{same}，表内没有说明原因",
    )


@rule("B09", Severity.WARNING, "填报要求：执行与产出应相互印证")
def output_without_spending_is_explained(form: Form, context: Context) -> Iterator[Problem]:
    """资金未执行或执行很少而产出得满分的，应说明原因。"""
    line = scored_line(form)
    if line is None or not _spent_little(line, context) or budget_explanation(form):
        return
    if emptied(form, line):
        return
    outputs = [row for row in form.indicators if "产出" in row.level1 and number(row.weight)]
    scored = [row for row in outputs if number(row.score) is not None]
    if not scored or any(number(row.score) < number(row.weight) for row in scored):
        return
    said = "、".join(
        f"{heading} {text(getattr(line, column)) or '未填'}"
        for column, heading in COLUMNS.items()
        if column != "amount" and getattr(line, column) is not None
    )
    full = plain(sum((number(row.weight) for row in scored), Decimal(0)))
    yield Problem(
        line.at,
        text(line.execution_rate),
        "写明产出由何种资金完成",
        f"{said}，执行率 {text(line.execution_rate) or '未填'}，而 {len(scored)} 个产出指标得满分 {full}，没有说明原因",
    )


@rule("B10", Severity.WARNING, "填报要求：执行率偏低应说明原因")
def low_execution_is_explained(form: Form, context: Context) -> Iterator[Problem]:
    """执行率低于规定比例的，应说明原因。"""
    limit = context.policy.execution.reason_below
    line = scored_line(form)
    asked = form.reasons or any(row.deviation_note is not None for row in form.indicators)
    if limit is None or line is None or not asked:
        return
    rate = policy_rate(line, context.policy)
    if rate is None or rate.value >= limit or budget_explanation(form) or unspent_explanation(form):
        return
    if any(True for _ in output_without_spending_is_explained(form, context)):
        return
    yield Problem(
        line.at,
        text(line.execution_rate),
        "在表内写明执行率偏低的原因",
        f"{rate.formula} = {percent(rate.value)}，低于 {percent(limit)}，表内没有说明原因",
    )


def _made_elsewhere(form: Form, parts: list[FundingLine], tolerance: Decimal) -> int:
    """By how many different totals the parts are shown to be all: those of the columns that they make."""
    return len(
        {
            split.whole
            for split in splits(form, form.total, parts)
            if split.whole and len(split.parts) > 1 and split.within(tolerance)
        }
    )


def _spent_of_one_source(found: list[Split], tolerance: Decimal) -> list[Split]:
    """What was spent where one source alone is the whole budget of the year: nothing else is there to be spent."""
    by_column = {split.column: split for split in found if len(split.parts) == 1 and split.whole}
    budget, spent = by_column.get("adjusted_budget"), by_column.get("executed")
    return [spent] if budget and spent and budget.within(tolerance) else []


def _unequal(form: Form, whole: FundingLine, split: Split, name: str) -> Problem:
    gap = split.whole - split.sum
    reason = _reconciliation(form, split, gap)
    said = (
        f"{split.heading}：{short(whole.label)} {shown(whole, split.column)}，{name}{split.formula}，"
        f"相差 {amount(abs(gap))}"
    )
    return Problem(
        (cell_of(whole, split.column).at, *(cell_of(line, split.column).at for line, _ in split.parts)),
        shown(whole, split.column),
        amount(split.sum),
        said + (f"；{reason}" if reason else ""),
        severity=Severity.INFO if reason else None,
    )


def _reconciliation(form: Form, split: Split, gap: Decimal) -> str | None:
    """What explains a gap to the cent: funds outside the split, or 元 beside 万元."""
    inside = [line for line, _ in split.parts]
    beside = (FundingRole.CARRY_OVER, FundingRole.OTHER_FUNDS, FundingRole.OTHER)
    for line in form.funding:
        outside = line not in inside and line.role in beside
        value = number(getattr(line, split.column)) if outside else None
        if value and abs(gap) == value:
            return f"差额恰等于{short(line.label)} {amount(value)}，口径不同，请注明"
    if split.whole and split.sum and split.whole in (split.sum * YUAN_PER_WAN, split.sum / YUAN_PER_WAN):
        return "两者恰为一万倍，一处以元、一处以万元填写，请统一单位"
    return None


def _subdivision(
    form: Form, context: Context, role: FundingRole, parts: list[FundingLine], name: str
) -> Iterator[Problem]:
    """The parts against their subtotal, or against the total where the subtotal is blank; then the subtotal."""
    tolerance = context.policy.tolerance.amount
    subtotal = next(form.lines(role), None)
    total = form.total
    complete = exhausts(role, parts)
    for split in splits(form, subtotal, parts):
        # Without a row for the rest, the parts that are listed need not be all.
        below = not complete and (split.whole is None or split.sum < split.whole)
        for problem in _of_parts(form, subtotal, total, split, tolerance, name):
            lower = below and problem.severity is None
            yield problem._replace(severity=Severity.WARNING) if lower else problem
    if subtotal is None or total is None:
        return
    for split in splits(form, None, [subtotal]):
        yield from _against_total(form, total, split, tolerance, "")


def _of_parts(
    form: Form,
    subtotal: FundingLine | None,
    total: FundingLine | None,
    split: Split,
    tolerance: Decimal,
    name: str,
) -> Iterator[Problem]:
    if split.whole is None:
        if total is not None:
            yield from _against_total(form, total, split, tolerance, name)
    elif not split.within(tolerance):
        yield _unequal(form, subtotal, split, "各项：")


def _against_total(
    form: Form, total: FundingLine, split: Split, tolerance: Decimal, name: str
) -> Iterator[Problem]:
    columns = [split.column]
    if split.column == "amount" and number(total.amount) is None:
        # The two-column layout states one amount without its column: it must be one of the total's.
        columns = ["executed", "adjusted_budget", "initial_budget"]
    known = {column: value for column in columns if (value := number(getattr(total, column))) is not None}
    candidates = [Split(column, value, split.parts) for column, value in known.items()]
    if not candidates or any(candidate.within(tolerance) for candidate in candidates):
        return
    if len(candidates) == 1 and split.column == candidates[0].column:
        yield _unequal(form, total, candidates[0], name)
        return
    totals = "、".join(f"{COLUMNS[column]} {text(getattr(total, column))}" for column in known)
    gap = candidates[0].whole - split.sum
    reason = _reconciliation(form, split, gap)
    yield Problem(
        (total.at, *(line.at for line, _ in split.parts)),
        amount(split.sum),
        text(cell_of(total, candidates[0].column)),
        f"{name}{split.formula}，与年度资金总额的{totals}都不相等，与{COLUMNS[candidates[0].column]}相差 "
        f"{amount(abs(gap))}" + (f"；{reason}" if reason else ""),
        severity=Severity.INFO if reason else None,
    )


def _brought(line: FundingLine) -> Decimal:
    """By how much a source is larger in the adjusted budget than in the initial one."""
    return (number(line.adjusted_budget) or Decimal(0)) - (number(line.initial_budget) or Decimal(0))


def _spent_little(line: FundingLine, context: Context) -> bool:
    rate = policy_rate(line, context.policy)
    if rate is not None:
        return rate.value < context.policy.review.low_execution
    stated = stated_rates(line)
    return number(line.executed) in (None, Decimal(0)) and bool(stated) and stated[0] == 0
