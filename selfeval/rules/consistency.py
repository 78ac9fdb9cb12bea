"""C and D: what the rows of a form say, beside its other rows, its goals and its money."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from selfeval.completion import is_cost
from selfeval.execution import rates
from selfeval.figures import Fit, amount, decimals, fit, number, percent, plain, text
from selfeval.filing import Cell, Form, FormKind, FundingLine, FundingRole, Indicator
from selfeval.findings import Severity
from selfeval.labels import squash
from selfeval.money import UNITS
from selfeval.pattern import Pattern
from selfeval.quantity import parse_quantity
from selfeval.rules.amounts import short, spent_on
from selfeval.rules.engine import Context, Problem, rule
from selfeval.shortfall import shortfall

TABLE = "自评表表式"
_FORMS = (FormKind.DEPARTMENT, FormKind.PROJECT, FormKind.FUND)
_NAMED_UNIT = Pattern(r"[（(](亩|公顷|平方米|立方米|公里|米|吨|元|人|人次|件|户|册|株)[）)]\s*$")
_SCALED = Pattern(r"(?<![\d.])(?P<number>\d+(?:\.\d+)?)[万亿]")
_UNFINISHED = Pattern(
    r"尚未|未完成|未达|未能|未启动|未开展|未实施|(?:大?部分|初步)(?:完成|建立|落实|实现|到位|建成|解决)|基本完成|正在(?:推进|办理|实施|开展|建设)|进行中|进度滞后"
)
_EXECUTION = Pattern(
    r"(?:指标\d*[:：])?(?:部门|单位|整体|年度|全年|本年|项目(?!支出)|财政|资金)*(?P<line>基本支出|项目支出)?(?:全年|年度)?(?:预算|资金|预算资金|支出预算)(?:执行|支出)率"
)
_ASIDE = Pattern(r"[\s、.．\d]|[（(][^（）()]*[）)]")
_DENIAL = Pattern("尚?[不未没]有?")
# Targets without figures that say how much all the same: what is needed, every one, none, 五十个.
_OPEN = Pattern(
    r"据实|按实|按需|应.尽.|全部|全覆盖|全员|零|无|不发生|[一二两三四五六七八九十百千万]+[个家处户人名次场台套座件条项期本份]"
)
_OWN_LINE = Pattern(r"(?:人员|(?:日常)?公用|运转)(?:类)?(?:经费|支出)")
_PER_HEAD = Pattern("平均|人均|单价|每|单位成本")
# Costs that say nothing of what was spent in the year, or of money spent at all.
_NO_SPENDING = Pattern("均|单价|每|单位|标准|投资|合同|概算|造价|节约|结余|减少|降低|收入|产值|增收|累计|/")
_IN_ALL = Pattern(
    r"(?:指标\d*[:：])?(?:本|该)?(?:项目|年度|全年|经费|资金|预算|实际)*(?:总成本|总支出|总费用|支出总额|成本总额|总额|成本|支出|支出数|支出成本|经费支出|成本控制数?)(?:\([^()]{1,4}\))?"
)
# What a cost indicator of a department or a project speaks of, by the words of its name.
_SPOKEN = (
    (Pattern("三公|公用|人员|单位成本|平均|人均|单价|每"), None),
    (Pattern("项目(?:经费|支出)"), FundingRole.PROJECT_EXPENDITURE),
    (Pattern("基本支出"), FundingRole.BASIC_EXPENDITURE),
    (Pattern("全年(?:总)?支出|年度(?:总)?支出|部门(?:整体|总)?支出|支出总额|总支出"), FundingRole.TOTAL),
)


@rule("C15", Severity.WARNING, "填报要求：指标值应可衡量")
def targets_answer_their_results(form: Form, context: Context) -> Iterator[Problem]:
    """实际完成值是数量的，年度指标值也应写明数量。"""
    if form.kind not in _FORMS:
        return
    found = [row for row in form.indicators if _counted(row)]
    if found:
        said = "、".join(
            f"“{row.name}”（指标值 {row.target.text}，完成值 {row.actual.text}）" for row in found
        )
        yield Problem(
            tuple(row.target.at for row in found),
            None,
            None,
            f"{len(found)} 个指标的完成值是数量而指标值没有数量，无法判断完成程度：{said}",
        )


@rule("C16", Severity.WARNING, TABLE)
def one_number_has_one_unit(form: Form, context: Context) -> Iterator[Problem]:
    """同一数值在同一张表中应使用同一计量单位。"""
    named = [(row, unit[1]) for row in form.indicators if (unit := _NAMED_UNIT.search(row.name))]
    # A short number stands in many texts by chance.
    named = [(row, unit) for row, unit in named if len(_said(row.target)) >= len("12.3")]
    scaled = list(_scaled(form)) if named else []
    for row, unit in named:
        target = row.target
        found = next(
            (
                (cell, f"{match[0]}{unit}")
                for cell, match in scaled
                if cell is not target
                and match["number"] == _said(target)
                and cell.text.startswith(unit, match.end())
            ),
            None,
        )
        if found is not None:
            cell, there = found
            yield Problem(
                (target.at, cell.at),
                f"{target.text}（{unit}）",
                there,
                f"“{row.name}”年度指标值 {target.text}，按名称是 {target.text}{unit}，表内另一处写作 {there}",
            )


def _said(target: Cell) -> str:
    return "" if target.number is None else plain(target.number)


def _scaled(form: Form) -> Iterator[tuple[Cell, re.Match[str]]]:
    """Every number of goals and indicators that is told in 万 or 亿, with its cell."""
    texts = [cell for pair in form.goals for cell in pair]
    texts += [cell for row in form.indicators for cell in (row.target, row.actual)]
    return ((cell, match) for cell in texts for match in _SCALED.finditer(cell.text))


@rule("C17", Severity.WARNING, TABLE)
def cost_indicators_agree_with_the_money(form: Form, context: Context) -> Iterator[Problem]:
    """成本指标写明的实际支出应与资金栏的全年执行数一致，项目的成本不应大于资金总额。"""
    if form.kind in (FormKind.PROJECT, FormKind.FUND):
        yield from _costs_of_a_project(form, context)
    if form.kind is not FormKind.DEPARTMENT:
        return
    for row in form.indicators:
        line = _spent_line(form, row) if is_cost(row) else None
        cell = spent_on(form, line)
        spent, said = number(cell), _money(row.actual, form.amount_unit)
        if spent is None or said is None or abs(spent - said) <= context.policy.tolerance.amount:
            continue
        gap = abs(spent - said)
        other = next(
            (
                candidate
                for candidate in form.funding
                if candidate is not line and gap in (number(candidate.executed), number(candidate.amount))
            ),
            None,
        )
        reason = f"，恰等于{short(other.label)} {amount(gap)}，口径不同，请注明" if other else ""
        yield Problem(
            (row.actual.at, cell.at),
            row.actual.text,
            text(cell),
            f"“{row.name}”实际完成值 {row.actual.text}，资金栏{short(line.label)} {text(cell)}，相差 {amount(gap)}{reason}",
            severity=Severity.INFO if other else None,
        )


def _costs_of_a_project(form: Form, context: Context) -> Iterator[Problem]:
    """No cost of a project is more than all its money, and what it cost in all is no less than what was spent.

    What is contracted or invested runs over years, and what one thing costs is none of the money.
    """
    line = form.total
    cell = spent_on(form, line)
    spent = number(cell)
    if not spent or form.amount_unit not in UNITS:
        return
    money = max(spent, number(line.adjusted_budget) or 0)
    for row, done in context.rows(form):
        # A result without a unit is in that of its target: ≤90万元, 89.5.
        unit, said = done.actual.unit or done.target.unit, done.actual.number
        named = squash(f"{row.name}{row.actual.text}")
        if not is_cost(row) or said is None or unit not in UNITS or _NO_SPENDING.search(named):
            continue
        scale = UNITS[unit] / UNITS[form.amount_unit]
        cost, step = said * scale, Decimal(1).scaleb(-decimals(row.actual.text)) * scale
        # What is done and not yet paid for lies between what was spent and the budget.
        if cost - money > step:
            found = f"大于资金栏的预算数和全年执行数 {text(cell)}，多出 {amount(cost - money)}"
        elif spent - cost > step and _IN_ALL.fullmatch(squash(row.name)):
            found = f"小于资金栏的全年执行数 {text(cell)}，相差 {amount(spent - cost)}"
        else:
            continue
        yield Problem(
            (row.actual.at, cell.at),
            row.actual.text,
            text(cell),
            f"“{row.name}”实际完成值 {row.actual.text}，{found}，请核对，口径不同的请注明",
        )


@rule("C18", Severity.ERROR, TABLE)
def rates_of_the_budget_agree_with_the_money(form: Form, context: Context) -> Iterator[Problem]:
    """预算执行率指标的实际完成值应与资金栏的执行率一致。"""
    for row, done in context.rows(form) if form.kind in _FORMS else ():
        line = _executed_line(form, row)
        said = done.actual.number
        if line is None or said is None or done.actual.unit != "%" or done.actual.comparator:
            continue
        known = rates(line, context.policy)
        step = Decimal(1).scaleb(-decimals(row.actual.text)) / 100
        close = (fit(said, rate.value, context.policy.tolerance.rate, step) for rate in known)
        # What is spent beyond the budget is told as all of it.
        if not known or any(how is not Fit.NONE for how in close) or (said == 1 and known[0].value > 1):
            continue
        yield Problem(
            (row.actual.at, line.executed.at),
            row.actual.text,
            percent(known[0].value),
            f"“{row.name}”实际完成值 {row.actual.text}，资金栏{short(line.label)}{known[0].formula} = "
            f"{percent(known[0].value)}",
        )


@rule("D09", Severity.WARNING, "按政策的定性指标分档")
def unfinished_work_costs_points(form: Form, context: Context) -> Iterator[Problem]:
    """实际完成情况表明没有全部完成的，不应得满分。"""
    if form.kind not in _FORMS:
        return
    for row, done in context.rows(form):
        weight, score = number(row.weight), number(row.score)
        if not weight or score != weight or done.same_text:
            continue
        found = _UNFINISHED.search(row.actual.text) or _denied(row)
        said = found[0] if found else shortfall(row.name, row.target.text, row.actual.text)
        if said is None or said in row.target.text:
            continue
        yield Problem(
            row.score.at,
            text(row.score),
            f"小于 {plain(weight)}",
            f"“{row.name}”年度指标值 {row.target.text or '未填'}，实际完成情况写有“{said}”，分值 {text(row.weight)}，"
            f"得分 {text(row.score)}",
        )


def _denied(row: Indicator) -> re.Match[str] | None:
    """A result that denies its target in so many words: 健全 answered by 不健全."""
    wanted, got = squash(row.target.text), squash(row.actual.text)
    match = _DENIAL.match(got)
    return match if match and wanted and got[match.end() :] == wanted else None


def _counted(row: Indicator) -> bool:
    """A number that measures or counts beside a target without any."""
    actual = parse_quantity(row.actual.text)
    if actual.number is None or not actual.unit or actual.unit in ("%", "‰", "分"):
        return False
    said = row.target.text
    if _OPEN.search(said) or any(sign.isdigit() for sign in said) or row.unit:
        return False
    return bool(said)


def _spent_line(form: Form, row: Indicator) -> FundingLine | None:
    """The line of the money that a cost indicator speaks of: by its own label (公用经费), else by its words."""
    named = [
        line for line in form.funding if _OWN_LINE.fullmatch(name := short(line.label)) and name in row.name
    ]
    if len(named) == 1 and not _PER_HEAD.search(row.name):
        return named[0]
    role = next((role for words, role in _SPOKEN if words.search(row.name)), None)
    return next(form.lines(role), None) if role else None


def _executed_line(form: Form, row: Indicator) -> FundingLine | None:
    """The line of the money whose execution an indicator measures; None for every other indicator."""
    named = _EXECUTION.fullmatch(_ASIDE.sub("", row.name)) if "率" in row.name else None
    if named is None:
        return None
    role = {"基本支出": FundingRole.BASIC_EXPENDITURE, "项目支出": FundingRole.PROJECT_EXPENDITURE}
    return next(form.lines(role.get(named["line"], FundingRole.TOTAL)), None)


def _money(cell: Cell, unit: str) -> Decimal | None:
    """The amount that a result names, in the form's unit; None for percentages and texts."""
    said = parse_quantity(cell.text)
    if said.number is None or said.unit not in UNITS or unit not in UNITS:
        return None
    return said.number * UNITS[said.unit] / UNITS[unit]
