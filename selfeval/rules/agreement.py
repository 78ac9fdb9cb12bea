"""X: the same fact on the cover, in the base data, in the department form and in the project forms."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from selfeval.figures import amount, number, text
from selfeval.filing import Cell, Filing, Form, FormKind, FundingLine, FundingRole
from selfeval.findings import Severity
from selfeval.pattern import Pattern
from selfeval.rules.amounts import in_wan, quoted, same_amount, spent_on
from selfeval.rules.cover import Cover, cover_of
from selfeval.rules.engine import Context, Problem, unit_rule
from selfeval.rules.expenses import Row, Table, expenses
from selfeval.rules.scores import same_grade

BETWEEN = "表间勾稽"
# Only the same words name the same project to the cent: 培训经费 and 培训项目 may be two.
_NAMES = Pattern(r"[\s，。；、,.;:：“”\"《》（）()]|^[\d一二三四五六七八九十]+[、.．]")


@unit_rule("X09", Severity.ERROR, BETWEEN)
def project_forms_agree_with_base_data(filing: Filing, context: Context) -> Iterator[Problem]:
    """项目支出自评表的预算数和执行数应与基础数据表中的同一项目一致。"""
    for base in _of(filing, FormKind.BASE_DATA):
        table = context.once(expenses, base)
        for row, form in _pairs(table, filing):
            total = form.total
            if total is None:
                continue
            for heading, name, cell in (
                (table.budget, "年初预算数", total.initial_budget),
                (table.spent, "全年执行数", total.executed),
            ):
                here = row.cells.get(heading)
                if same_amount((here, base), (cell, form), context.policy.tolerance.amount) is not False:
                    continue
                said, there = in_wan(number(here), base), in_wan(number(cell), form)
                budget = heading == table.budget
                if budget and _near(said, in_wan(number(total.adjusted_budget), form), context):
                    continue  # the column of the base data may well be the adjusted budget
                reason = _outside(form, abs(said - there))
                yield Problem(
                    (row.cells[heading].at, cell.at),
                    text(row.cells[heading]),
                    text(cell),
                    f"{row.label}：{base.title}{heading} {quoted(row.cells[heading], base)}，项目自评表（{form.project}）{name} "
                    f"{quoted(cell, form)}，相差 {amount(abs(said - there))}" + reason,
                    severity=Severity.INFO if reason else Severity.WARNING if budget else None,
                    form=form.id,
                )


@unit_rule("X10", Severity.WARNING, BETWEEN)
def projects_stay_within_project_expenditure(filing: Filing, context: Context) -> Iterator[Problem]:
    """各项目自评表的全年执行数合计不应大于部门的项目支出。"""
    forms = [
        form
        for form in (*_of(filing, FormKind.PROJECT), *_of(filing, FormKind.FUND))
        if form.total and in_wan(number(form.total.executed), form) is not None
    ]
    for department in _of(filing, FormKind.DEPARTMENT):
        line = next(department.lines(FundingRole.PROJECT_EXPENDITURE), None)
        cell = spent_on(department, line)
        spent = in_wan(number(cell), department)
        if spent is None:
            continue
        total = sum((in_wan(number(form.total.executed), form) for form in forms), Decimal(0))
        if total - spent > context.policy.tolerance.amount * max(1, len(forms)):
            terms = " + ".join(
                f"{form.project or form.title} {quoted(form.total.executed, form)}" for form in forms
            )
            yield Problem(
                (cell.at, *(form.total.executed.at for form in forms)),
                text(cell),
                amount(total),
                f"{len(forms)} 张项目自评表的全年执行数 {terms} = {amount(total)}，大于{department.title}的项目支出 "
                f"{quoted(cell, department)}，多出 {amount(total - spent)}",
                form=department.id,
            )


@unit_rule("X11", Severity.ERROR, BETWEEN)
def cover_agrees_with_department_form(filing: Filing, context: Context) -> Iterator[Problem]:
    """封面表的支出应与整体支出自评表的全年执行数一致。"""
    for cover, department in _covered(filing, context):
        total = department.total
        for name, cell, line in (
            ("支出合计", cover.spending, total),
            ("基本支出", cover.basic, next(department.lines(FundingRole.BASIC_EXPENDITURE), None)),
            ("项目支出", cover.projects, next(department.lines(FundingRole.PROJECT_EXPENDITURE), None)),
        ):
            other = spent_on(department, line)
            if (
                same_amount((cell, cover.form), (other, department), context.policy.tolerance.amount)
                is not False
            ):
                continue
            first, second = in_wan(number(cell), cover.form), in_wan(number(other), department)
            reason = _outside(department, abs(first - second))
            yield Problem(
                (cell.at, other.at),
                text(cell),
                text(other),
                f"{cover.form.title}{name} {quoted(cell, cover.form)}，{department.title}{name if name != '支出合计' else '年度资金总额'}"
                f"全年执行数 {quoted(other, department)}，相差 {amount(abs(first - second))}" + reason,
                severity=Severity.INFO if reason else None,
                form=cover.form.id,
            )


@unit_rule("X12", Severity.ERROR, BETWEEN)
def cover_agrees_with_base_data(filing: Filing, context: Context) -> Iterator[Problem]:
    """封面表的人员和三公经费应与基础数据表一致。"""
    for form in _of(filing, FormKind.COVER):
        cover = context.once(cover_of, form)
        for base in _of(filing, FormKind.BASE_DATA):
            table = context.once(expenses, base)
            pairs = [
                ("编制", cover.posts, table.staff.get("posts")),
                ("实有人数", cover.people, table.staff.get("people")),
            ]
            if form.amount_unit == base.amount_unit:
                pairs += [
                    ("三公经费", cover.three_publics, _spent(table, table.three_publics)),
                    ("公务接待费", cover.reception, _spent(table, table.reception)),
                    ("公务用车购置费", cover.purchase, _spent(table, table.purchase)),
                    ("公务用车运行维护费", cover.running, _spent(table, table.running)),
                    ("因公出国（境）费用", cover.overseas, _spent(table, table.overseas)),
                ]
            for name, cell, other in pairs:
                first, second = number(cell), number(other)
                if first is None or second is None or _near(first, second, context):
                    continue
                yield Problem(
                    (cell.at, other.at),
                    text(cell),
                    text(other),
                    f"{name}：{form.title} {text(cell)}，{base.title} {text(other)}，相差 {amount(abs(first - second))}",
                    form=form.id,
                )


@unit_rule("X13", Severity.WARNING, BETWEEN)
def operating_cost_agrees(filing: Filing, context: Context) -> Iterator[Problem]:
    """封面表的公用支出与基础数据表的公用经费不一致的，应注明口径。"""
    for form in _of(filing, FormKind.COVER):
        cover = context.once(cover_of, form)
        for base in _of(filing, FormKind.BASE_DATA):
            table = context.once(expenses, base)
            other = _spent(table, table.operating)
            first, second = number(cover.operating), number(other)
            if first is None or second is None or _near(first, second, context):
                continue
            if form.amount_unit == base.amount_unit:
                yield Problem(
                    (cover.operating.at, other.at),
                    text(cover.operating),
                    text(other),
                    f"{form.title}公用支出 {text(cover.operating)}，{base.title}公用经费{table.spent} {text(other)}，"
                    f"相差 {amount(abs(first - second))}，没有注明口径",
                    form=form.id,
                )


@unit_rule("X14", Severity.ERROR, BETWEEN)
def one_grade(filing: Filing, context: Context) -> Iterator[Problem]:
    """封面表、自评报告写明的等级应与整体支出自评表一致。"""
    for form in _of(filing, FormKind.DEPARTMENT):
        grade = text(form.reported_grade)
        for other in (*_of(filing, FormKind.COVER), *_of(filing, FormKind.REPORT)):
            said = text(other.reported_grade)
            if grade and said and not same_grade(grade, said):
                yield Problem(
                    (other.reported_grade.at, form.reported_grade.at),
                    said,
                    grade,
                    f"{other.title}的等级为“{said}”，{form.title}的等级为“{grade}”",
                    form=other.id,
                )


@unit_rule("X15", Severity.WARNING, BETWEEN)
def project_forms_are_filed_once(filing: Filing, context: Context) -> Iterator[Problem]:
    """同一项目不应报送两张自评表。"""
    seen: dict[str, Form] = {}
    for form in _of(filing, FormKind.PROJECT):
        name = _NAMES.sub("", form.project or "")
        first = seen.setdefault(name, form) if name else form
        if first is not form:
            yield Problem(
                (first.at, form.at),
                form.project,
                None,
                f"项目“{form.project}”有两张自评表：{first.at}、{form.at}",
                form=form.id,
            )


@unit_rule("X16", Severity.WARNING, BETWEEN)
def adjustment_is_the_difference(filing: Filing, context: Context) -> Iterator[Problem]:
    """“部门基本支出预算调整”应等于整体支出自评表中基本支出的调整额。"""
    for base, line, department in _basic(filing):
        table = context.once(expenses, base)
        row = table.adjustment
        heading = next((name for name in (table.spent, table.budget) if table.figure(row, name)), None)
        said = in_wan(table.figure(row, heading), base)
        initial, *later = (
            in_wan(number(cell), department)
            for cell in (line.initial_budget, line.adjusted_budget, line.executed)
        )
        later = [value for value in later if value is not None]
        if said is None or initial is None or not later:
            continue
        if any(
            _near(abs(said), abs(value - initial), context) or _near(said, value, context) for value in later
        ):
            continue  # the whole instead of the change is X08's
        cell = row.cells[heading]
        yield Problem(
            (cell.at, line.at),
            text(cell),
            amount(later[0] - initial),
            f"{row.label}填 {text(cell)}；{department.title}基本支出年初预算数 {text(line.initial_budget)}，全年预算数 "
            f"{text(line.adjusted_budget) or '未填'}，全年执行数 {text(line.executed) or '未填'}，调整额为 {amount(later[0] - initial)}",
            form=base.id,
        )


@unit_rule("X17", Severity.WARNING, BETWEEN)
def operating_cost_within_basic_expenditure(filing: Filing, context: Context) -> Iterator[Problem]:
    """公用经费是基本支出的一部分，不应大于基本支出。"""
    for base, line, department in _basic(filing):
        table = context.once(expenses, base)
        cell = _spent(table, table.operating)
        whole = spent_on(department, line)
        first, second = in_wan(number(cell), base), in_wan(number(whole), department)
        if first is not None and second is not None and first - second > context.policy.tolerance.amount:
            yield Problem(
                (cell.at, whole.at),
                text(cell),
                f"不大于 {text(whole)}",
                f"{base.title}公用经费{table.spent} {text(cell)}，大于{department.title}的基本支出 {text(whole)}",
                form=base.id,
            )


def _basic(filing: Filing) -> Iterator[tuple[Form, FundingLine, Form]]:
    """Base data beside the basic expenditure of the department form."""
    for base in _of(filing, FormKind.BASE_DATA):
        for department in _of(filing, FormKind.DEPARTMENT):
            line = next(department.lines(FundingRole.BASIC_EXPENDITURE), None)
            if line is not None:
                yield base, line, department


def _of(filing: Filing, kind: FormKind) -> list[Form]:
    return [form for form in filing.forms if form.kind is kind]


def _covered(filing: Filing, context: Context) -> Iterator[tuple[Cover, Form]]:
    for form in _of(filing, FormKind.COVER):
        for department in _of(filing, FormKind.DEPARTMENT):
            yield context.once(cover_of, form), department


def _pairs(table: Table, filing: Filing) -> Iterator[tuple[Row, Form]]:
    """The rows and forms of one project by its name; a name that stands twice says nothing."""
    rows: dict[str, list[Row]] = {}
    for row in table.project_rows:
        rows.setdefault(_NAMES.sub("", row.label), []).append(row)
    forms: dict[str, list[Form]] = {}
    for form in _of(filing, FormKind.PROJECT):
        forms.setdefault(_NAMES.sub("", form.project or ""), []).append(form)
    for name, found in rows.items():
        if name and len(found) == 1 and len(forms.get(name, ())) == 1:
            yield found[0], forms[name][0]


def _spent(table: Table, row: Row | None) -> Cell | None:
    return row.cells.get(table.spent) if row and table.spent else None


def _near(first: Decimal, second: Decimal | None, context: Context) -> bool:
    return second is not None and abs(first - second) <= context.policy.tolerance.amount


def _outside(form: Form, gap: Decimal) -> str:
    """What explains a gap to the cent: funds that one of the two papers leaves out."""
    for line in form.funding:
        value = in_wan(number(line.executed) or number(line.amount), form)
        if line.role in (FundingRole.CARRY_OVER, FundingRole.OTHER_FUNDS) and value and value == gap:
            return f"，恰等于{line.label} {amount(value)}，口径不同，请注明"
    return ""
