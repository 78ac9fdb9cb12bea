"""X: between the forms of one filing."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import combinations

from selfeval.completion import Completion
from selfeval.figures import amount, number, text
from selfeval.filing import Filing, Form, FormKind, FundingRole, Indicator
from selfeval.findings import Severity
from selfeval.pattern import Pattern
from selfeval.quantity import comparable, parse_quantity
from selfeval.rules.amounts import in_wan, quoted, same_amount, spent_on
from selfeval.rules.engine import Context, Problem, unit_rule
from selfeval.rules.expenses import Row, Table, expenses

BETWEEN = "表间勾稽"
# Fewer rows than this may be alike by chance.
_COPIED_ROWS = 3
_MOSTLY = Decimal("0.75")
_SATISFACTION_FORMS = 3
# What these say holds for the unit as a whole.
_WHOLE = (FormKind.COVER, FormKind.DEPARTMENT, FormKind.REPORT)
_BASIC = Pattern(
    "工资|津贴补贴|津补贴|绩效奖|社会?保(?:障|险)?(?:缴费|费)|养老保险(?:缴费|费)|医疗保险(?:缴费|费)|公积金|职业年金|公用经费|人员经费|遗属|(?:离|退)休(?:费|人员经费)|抚恤金"
)
_NAMES = Pattern(r"[\s，。；、,.;:：“”\"《》（）()\d一二三四五六七八九十年度至]|项目|经费|工作|专项")
_NUMBERED = Pattern(r"(?:指标)?\d*")
_ANY_RATE = Pattern(
    "资金|经费|支付|拨付|发放|项目|工程|任务|工作|目标|计划|验收|按时|按期|及时|准时|完成|合格|达标|执行|质量|投诉|培训|办结|准确|"
    "到位|覆盖|知晓|控制|回收|利用|增长|下降|提高|好评|参与"
)
_LOOSE = Pattern(r"[\s，。；、,.;:：]|以上|以下|以内|[≥≤≧≦＞＜>=<]")


@unit_rule("X01", Severity.WARNING, "填报要求：指标应反映本项目的产出和效益")
def indicators_are_their_own(filing: Filing, context: Context) -> Iterator[Problem]:
    """不同项目的绩效指标不应照搬。"""
    # Platforms fill in the same indicators for everything that a unit is paid for its staff and its running.
    judged = [form for form in _scored(filing) if not _BASIC.search(form.project or "")]
    rows = {form.id: _rows(form) for form in judged}
    groups: list[list[Form]] = []
    for form in judged:
        mine = rows[form.id]
        alike = next((group for group in groups if mine and rows[group[0].id] == mine), None)
        if alike:
            alike.append(form)
        else:
            groups.append([form])
    for forms in groups:
        count = len(rows[forms[0].id])
        if len(forms) > 1 and count >= _COPIED_ROWS:
            yield Problem(
                tuple(form.at for form in forms),
                None,
                None,
                f"{'、'.join(_called(form) for form in forms)} 的 {count} 个指标，其指标值、完成值、分值和得分完全相同",
            )
    # The same rows with one or two changed: only projects, which share no work, are compared.
    projects = [group[0] for group in groups if group[0].kind is not FormKind.DEPARTMENT]
    for first, second in combinations(projects, 2):
        shared = [row[0] for row in rows[first.id] if row in rows[second.id]]
        least = min(len(rows[first.id]), len(rows[second.id]))
        if len(shared) >= _COPIED_ROWS and len(shared) >= _MOSTLY * least:
            yield Problem(
                (first.at, second.at),
                None,
                None,
                f"{_called(first)}、{_called(second)} 有 {len(shared)} 个指标的指标值、完成值、分值和得分完全相同：{'、'.join(shared)}",
            )


@unit_rule("X02", Severity.WARNING, "填报要求：满意度应按项目调查")
def satisfaction_is_asked_for_each(filing: Filing, context: Context) -> Iterator[Problem]:
    """不同项目的满意度应分别调查，不应共用一个数值。"""
    same: dict[str, list[tuple[Form, Indicator]]] = {}
    for form in _scored(filing):
        for row in form.indicators:
            if "满意" in row.level1 and row.actual.number is not None:
                same.setdefault(row.actual.text, []).append((form, row))
    for said, places in same.items():
        forms = {form.id for form, _ in places}
        # 100% and round figures coincide; a figure with decimals that recurs was copied.
        if len(forms) >= _SATISFACTION_FORMS and "." in said:
            yield Problem(
                tuple(row.actual.at for _, row in places),
                said,
                None,
                f"{len(forms)} 张表的满意度都是 {said}（{'、'.join(_called(form) for form, _ in places)}）",
            )


@unit_rule("X03", Severity.WARNING, "填报要求：一个一级项目一张自评表")
def every_project_has_its_form(filing: Filing, context: Context) -> Iterator[Problem]:
    """基础数据表中有支出的项目应附项目支出绩效自评表。"""
    forms = [form for form in _scored(filing) if form.kind is FormKind.PROJECT]
    for base in _of(filing, FormKind.BASE_DATA):
        table = context.once(expenses, base)
        spending = [row for row in table.project_rows if table.figure(row, table.spent)]
        missing = [row for row in spending if not any(_same_project(row, form, table) for form in forms)]
        # Without any project form they may come in a file of their own.
        if forms and missing:
            said = "、".join(f"{row.label}（{text(row.cells[table.spent])}）" for row in missing)
            yield Problem(
                tuple(row.cells[table.spent].at for row in missing),
                f"{len(forms)} 张",
                f"{len(spending)} 张",
                f"{base.title}中有支出的项目 {len(spending)} 个，附项目支出绩效自评表 {len(forms)} 张，没有对应自评表的有：{said}",
                form=base.id,
            )


@unit_rule("X04", Severity.ERROR, BETWEEN)
def project_spending_agrees(filing: Filing, context: Context) -> Iterator[Problem]:
    """基础数据表与整体支出自评表的项目支出应一致。"""
    tolerance = context.policy.tolerance.amount
    for base in _of(filing, FormKind.BASE_DATA):
        table = context.once(expenses, base)
        for form in _of(filing, FormKind.DEPARTMENT):
            line = next(form.lines(FundingRole.PROJECT_EXPENDITURE), None)
            if line is None:
                continue
            for heading, name, cell in (
                (table.budget, "年初预算数", line.initial_budget),
                (table.spent, "全年执行数", spent_on(form, line)),
            ):
                here = table.projects.cells.get(heading) if table.projects else None
                if same_amount((here, base), (cell, form), tolerance) is not False:
                    continue
                first, second = in_wan(number(here), base), in_wan(number(cell), form)
                adjusted = in_wan(number(line.adjusted_budget), form)
                if heading == table.budget and adjusted is not None and abs(first - adjusted) <= tolerance:
                    continue  # the column of the base data may well be the adjusted budget
                other = next(form.lines(FundingRole.OTHER_FUNDS), None)
                extra = in_wan(number(other.executed or other.amount), form) if other else None
                explained = bool(extra) and abs(first - second) == extra
                yield Problem(
                    (here.at, cell.at),
                    text(here),
                    text(cell),
                    f"{base.title}{heading}的项目支出为 {quoted(here, base)}，{form.title}{name}的项目支出为 "
                    f"{quoted(cell, form)}，相差 {amount(abs(first - second))}"
                    + (f"，恰等于其他资金 {amount(extra)}，口径不同，请注明" if explained else ""),
                    severity=Severity.INFO if explained else None,
                    form=base.id,
                )


@unit_rule("X05", Severity.WARNING, BETWEEN)
def procurement_within_spending(filing: Filing, context: Context) -> Iterator[Problem]:
    """政府采购金额不应大于年度资金总额。"""
    for base in _of(filing, FormKind.BASE_DATA):
        table = context.once(expenses, base)
        for form in _of(filing, FormKind.DEPARTMENT):
            if form.total is None:
                continue
            for heading, name, limit in (
                (table.budget, "年初预算数", form.total.initial_budget),
                (table.spent, "全年执行数", form.total.executed),
            ):
                bought = in_wan(table.figure(table.procurement, heading), base)
                most = in_wan(number(limit), form)
                if bought is None or most is None or bought <= most:
                    continue
                cell = table.procurement.cells[heading]
                yield Problem(
                    (cell.at, limit.at),
                    text(cell),
                    f"不大于 {text(limit)}",
                    f"{heading}的政府采购金额 {quoted(cell, base)}，大于{form.title}的{name} {quoted(limit, form)}",
                    form=base.id,
                )


@unit_rule("X07", Severity.ERROR, BETWEEN)
def one_result_for_one_indicator(filing: Filing, context: Context) -> Iterator[Problem]:
    """同一指标在各表中的实际完成值应一致。"""
    groups: dict[str, list[tuple[Form, Indicator, Completion]]] = {}
    for form in filing.forms:
        if form.kind.judged:
            for row, done in context.rows(form):
                groups.setdefault(_identity(row), []).append((form, row, done))
    for key, places in groups.items():
        # Two projects may well have different results for indicators of one name.
        first = next((place for place in places if place[0].kind in _WHOLE), None)
        others = [place for place in places if first and key and _differ(first[2], place[2])]
        # Forms that say the same are named once, beside the first that says otherwise.
        for _, row, done in others[:1]:
            alike = [place for place in places if not _differ(done, place[2])]
            asked = "满意" in row.level1 or "满意" in row.name
            # Each project has a rate of this kind of its own; a rate of one thing (学前教育毛入园率) is one.
            asked = asked or (done.actual.unit == "%" and _ANY_RATE.search(row.name) is not None)
            # The work of one project alone, with the department's own target, is the department's.
            projects = [other for other, *_ in places if other.kind not in _WHOLE]
            same = first[0].kind is FormKind.DEPARTMENT and len(projects) == 1
            whole = same or any(other.kind in _WHOLE for other, *_ in alike)
            lowered = Severity.INFO if asked else Severity.WARNING
            yield Problem(
                tuple(other.actual.at for _, other, _ in (first, *alike)),
                first[1].actual.text,
                row.actual.text,
                f"{_called(first[0])}{_titled(first[1])}实际完成值 {first[1].actual.text}，"
                f"{'、'.join(_called(other) for other, *_ in alike)}{_titled(row)}实际完成值 {row.actual.text}",
                severity=None if whole and not asked else lowered,
                form=first[0].id,
            )


@unit_rule("X08", Severity.WARNING, "基础数据表表式")
def adjustment_is_a_change(filing: Filing, context: Context) -> Iterator[Problem]:
    """“部门基本支出预算调整”应填调整额，不应填基本支出总额。"""
    for base in _of(filing, FormKind.BASE_DATA):
        table = context.once(expenses, base)
        said = table.figure(table.adjustment, table.spent)
        for form in _of(filing, FormKind.DEPARTMENT):
            line = next(form.lines(FundingRole.BASIC_EXPENDITURE), None)
            initial, spent = (number(line.initial_budget), number(line.executed)) if line else (None, None)
            if not said or initial is None or spent is None or initial == 0:
                continue
            if abs(said - spent) <= 2 * context.policy.tolerance.amount:
                cell = table.adjustment.cells[table.spent]
                yield Problem(
                    (cell.at, line.executed.at),
                    text(cell),
                    amount(spent - initial),
                    f"{table.adjustment.label}填 {text(cell)}，是{form.title}基本支出的总额（全年执行数 {text(line.executed)}）；"
                    f"年初预算数 {text(line.initial_budget)}，调整额应为 {amount(spent - initial)}",
                    form=base.id,
                )


def _of(filing: Filing, kind: FormKind) -> list[Form]:
    return [form for form in filing.forms if form.kind is kind]


def _scored(filing: Filing) -> list[Form]:
    return [
        form
        for form in filing.forms
        if form.kind in (FormKind.DEPARTMENT, FormKind.PROJECT, FormKind.FUND) and form.indicators
    ]


def _rows(form: Form) -> tuple[tuple, ...]:
    """The indicators of a form without their places."""
    return tuple(
        (row.name, row.target.text, row.actual.text, text(row.weight), text(row.score))
        for row in form.indicators
    )


def _called(form: Form) -> str:
    return f"项目自评表（{form.project}）" if form.project else form.title


def _titled(row: Indicator) -> str:
    """An indicator by its name and target; a row that is only numbered is known by its target."""
    if _NUMBERED.fullmatch(_LOOSE.sub("", row.name)):
        return f"“{row.target.text}”"
    return f"“{row.name}”（目标 {row.target.text}）"


def _same_project(row: Row, form: Form, table: Table) -> bool:
    """By name, loosely, or by the cent where the names are worded differently."""
    first, second = _NAMES.sub("", row.label), _NAMES.sub("", form.project or "")
    if first and second and (first in second or second in first):
        return True
    spent = number(form.total.executed) if form.total else None
    return spent is not None and spent == table.figure(row, table.spent)


def _identity(row: Indicator) -> str:
    """What an indicator is about: its name with its target, or the target that names both."""
    if parse_quantity(row.target.text).number is None:
        return ""
    named = _LOOSE.sub("", row.name)
    wanted = _LOOSE.sub("", row.target.text)
    return wanted if _NUMBERED.fullmatch(named) else named + wanted


def _differ(first: Completion, second: Completion) -> bool:
    both = comparable(first.actual, second.actual)
    return both is not None and both[0] != both[1]
