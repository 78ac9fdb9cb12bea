"""G: basic data and 三公: staff, expenses, their parts and their budgets."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from selfeval.figures import Fit, amount, decimals, fit, number, percent, plain, text
from selfeval.filing import Form
from selfeval.findings import Severity
from selfeval.rules.engine import Context, Problem, rule
from selfeval.rules.expenses import Row, Table, buildings, expenses

TABLE = "基础数据表表式"


@rule("G01", Severity.ERROR, TABLE)
def staff_control_rate(form: Form, context: Context) -> Iterator[Problem]:
    """财政供养人员控制率应等于实际在职人数除以编制数。"""
    staff = context.once(expenses, form).staff
    posts, people, rate = (number(staff.get(name)) for name in ("posts", "people", "rate"))
    if not posts or people is None or rate is None:
        return
    cell, exact = staff["rate"], people / posts
    step = Decimal(1).scaleb(-decimals(cell.text)) / 100
    stated = rate if "%" in cell.text or rate <= 2 else rate / 100
    if fit(stated, exact, context.policy.tolerance.rate, step) is not Fit.NONE:
        return
    yield Problem(
        cell.at,
        text(cell),
        percent(exact),
        f"实际在职人数 {text(staff['people'])} ÷ 编制数 {text(staff['posts'])} = {percent(exact)}，填报控制率 {text(cell)}",
    )


@rule("G02", Severity.ERROR, TABLE)
def three_publics_add_up(form: Form, context: Context) -> Iterator[Problem]:
    """三公经费应等于公务用车、因公出国（境）和公务接待各项之和。"""
    table = context.once(expenses, form)
    vehicles = [row for row in (table.purchase, table.running) if row]
    yield from _sums(table, table.vehicles, vehicles, context)
    for heading in table.headings:
        whole = table.figure(table.three_publics, heading)
        parts = [*table.vehicle_part(heading), *(row for row in (table.overseas, table.reception) if row)]
        known = [(row, value) for row in parts if (value := table.figure(row, heading)) is not None]
        if whole is None or not known:
            continue
        # A row that other columns fill was left out here, it is not zero.
        blank = [row for row in parts if table.figure(row, heading) is None and _used(table, row)]
        short = sum((value for _, value in known), Decimal(0)) < whole
        for problem in _unequal(table.three_publics, heading, whole, known, context):
            yield problem._replace(severity=Severity.WARNING) if blank and short else problem


@rule("G03", Severity.ERROR, TABLE)
def operating_parts_stay_within(form: Form, context: Context) -> Iterator[Problem]:
    """公用经费的其中项之和不得大于公用经费。"""
    table = context.once(expenses, form)
    for heading in table.headings:
        whole = table.figure(table.operating, heading)
        known = [
            (row, value) for row in table.operating_parts if (value := table.figure(row, heading)) is not None
        ]
        total = sum((value for _, value in known), Decimal(0))
        if whole is None or total - whole <= context.policy.tolerance.amount * max(1, len(known) - 1):
            continue
        yield Problem(
            (table.operating.cells[heading].at, *(row.cells[heading].at for row, _ in known)),
            text(table.operating.cells[heading]),
            f"不小于 {amount(total)}",
            f"{heading}：{_terms(known, heading)}，大于{table.operating.label} "
            f"{text(table.operating.cells[heading])}，多出 {amount(total - whole)}",
        )


@rule("G04", Severity.WARNING, TABLE)
def subtotals_are_filled(form: Form, context: Context) -> Iterator[Problem]:
    """明细有金额的，小计不应空白。"""
    table = context.once(expenses, form)
    groups = (
        (table.three_publics, [table.vehicles, table.overseas, table.reception]),
        (table.vehicles, [table.purchase, table.running]),
        (table.operating, table.operating_parts),
        (table.projects, table.project_rows),
    )
    for whole, parts in groups:
        for heading in table.headings if whole else ():
            known = [(row, value) for row in parts if row and (value := table.figure(row, heading))]
            cell = whole.cells.get(heading)
            if cell is not None and not cell.text and known:
                total = sum((value for _, value in known), Decimal(0))
                yield Problem(
                    cell.at,
                    None,
                    amount(total),
                    f"{heading}：{whole.label}未填，其明细为 {_terms(known, heading)}",
                )


@rule("G05", Severity.WARNING, "厉行节约要求：三公经费不超预算")
def three_publics_within_budget(form: Form, context: Context) -> Iterator[Problem]:
    """三公经费决算数超过预算数的，应说明原因。"""
    table = context.once(expenses, form)
    vehicles = [table.vehicles] if table.vehicles else [table.purchase, table.running]
    for row in (table.three_publics, *vehicles, table.overseas, table.reception):
        yield from _over_budget(table, row, context.policy.tolerance.amount)
    # Where the vehicles' budget stands in their subtotal alone, its parts need none.
    split = table.figure(table.vehicles, table.budget) is None or table.figure(table.running, table.budget)
    for row in (*((table.purchase,) if split else ()), table.overseas, table.reception):
        yield from _without_budget(table, row)


@rule("G06", Severity.WARNING, "填报要求：预算调整应说明原因")
def procurement_near_its_budget(form: Form, context: Context) -> Iterator[Problem]:
    """政府采购决算数大幅超过预算数的，应说明原因。"""
    table = context.once(expenses, form)
    budget = table.figure(table.procurement, table.budget)
    if budget:
        yield from _over_budget(table, table.procurement, context.policy.review.adjustment_limit * budget)


@rule("G07", Severity.ERROR, TABLE)
def projects_add_up(form: Form, context: Context) -> Iterator[Problem]:
    """项目支出应等于所列各项目之和。"""
    table = context.once(expenses, form)
    for heading in table.headings:
        whole = table.figure(table.projects, heading)
        known = [
            (row, value) for row in table.project_rows if (value := table.figure(row, heading)) is not None
        ]
        if whole is None or not known:
            continue
        known = _without_children(known)
        for problem in _unequal(table.projects, heading, whole, known, context):
            listed = sum((value for _, value in known), Decimal(0))
            # Fewer rows than money: projects may not be listed one by one, a person asks. Where every row has
            # its figure, and the same rows make the whole in another column, nothing is left out.
            sure = listed > whole or (len(known) > 1 and _complete(table, heading, context))
            yield problem if sure else problem._replace(severity=Severity.WARNING)


def _complete(table: Table, heading: str, context: Context) -> bool:
    """Whether all projects have a figure under a heading, and make the project expenditure under another one."""
    if any(table.figure(row, heading) is None for row in table.project_rows):
        return False
    others = (other for other in table.headings if other != heading)
    return any(_made(table, other, context.policy.tolerance.amount) for other in others)


def _made(table: Table, heading: str, tolerance: Decimal) -> bool:
    """Whether the projects make the project expenditure under a heading."""
    whole = table.figure(table.projects, heading)
    values = [value for row in table.project_rows if (value := table.figure(row, heading)) is not None]
    return bool(whole) and abs(sum(values) - whole) <= tolerance * max(1, len(values) - 1)


@rule("G08", Severity.WARNING, TABLE)
def staff_within_posts(form: Form, context: Context) -> Iterator[Problem]:
    """实际在职人数超过编制数的，应说明原因。"""
    staff = context.once(expenses, form).staff
    posts, people = number(staff.get("posts")), number(staff.get("people"))
    if posts and people is not None and people > posts:
        yield Problem(
            (staff["posts"].at, staff["people"].at),
            text(staff["people"]),
            f"不大于 {text(staff['posts'])}",
            f"实际在职人数 {text(staff['people'])}，编制数 {text(staff['posts'])}，超编 {plain(people - posts)} 人",
        )


@rule("G09", Severity.WARNING, TABLE)
def adjustment_belongs_to_this_year(form: Form, context: Context) -> Iterator[Problem]:
    """“部门基本支出预算调整”只填本年，上年决算数栏应为“——”。"""
    table = context.once(expenses, form)
    if table.adjustment is None or table.spent is None:
        return
    for heading, cell in table.adjustment.cells.items():
        if "决算" in heading and heading != table.spent and number(cell):
            yield Problem(
                cell.at,
                text(cell),
                "——",
                f"{table.adjustment.label}：{heading}填了 {text(cell)}，预算调整是本年的，上年栏应为“——”",
            )


@rule("G11", Severity.ERROR, TABLE)
def building_rates_follow_their_figures(form: Form, context: Context) -> Iterator[Problem]:
    """楼堂馆所的规模控制率和投资控制率应等于实际数除以批复数。"""
    for building in buildings(form):
        for planned, actual, rate in (
            ("批复规模", "实际规模", "规模控制率"),
            ("预算投资", "实际投资", "投资概算控制率"),
        ):
            base, done, stated = (number(building.get(name)) for name in (planned, actual, rate))
            if not base or done is None or stated is None:
                continue
            cell, exact = building[rate], done / base
            step = Decimal(1).scaleb(-decimals(cell.text)) / 100
            value = stated if "%" in cell.text or stated <= 2 else stated / 100
            if fit(value, exact, context.policy.tolerance.rate, step) is Fit.NONE:
                yield Problem(
                    (cell.at, building[actual].at, building[planned].at),
                    text(cell),
                    percent(exact),
                    f"{actual} {text(building[actual])} ÷ {planned} {text(building[planned])} = {percent(exact)}，"
                    f"填报{rate} {text(cell)}",
                )


@rule("G12", Severity.ERROR, TABLE)
def expenditure_adds_up(form: Form, context: Context) -> Iterator[Problem]:
    """支出合计应等于基本支出与项目支出之和，基本支出应等于人员经费与公用经费之和。"""
    table = context.once(expenses, form)
    for whole, parts in (
        (table.total, (table.basic, table.projects)),
        (table.basic, (table.personnel, table.operating)),
    ):
        for heading in table.headings if whole and all(parts) else ():
            total = table.figure(whole, heading)
            known = [(row, value) for row in parts if (value := table.figure(row, heading)) is not None]
            if total is not None and len(known) == len(parts):
                yield from _unequal(whole, heading, total, known, context)


@rule("G13", Severity.ERROR, TABLE)
def changes_follow_from_their_years(form: Form, context: Context) -> Iterator[Problem]:
    """增减率应等于本年决算数与上年决算数之差除以上年决算数。"""
    table = context.once(expenses, form)
    years = sorted(heading for heading in table.headings if "决算" in heading)
    if len(years) != 2:
        return
    rows = [row for row in table.every if number(row.change) is not None]
    signed = any(number(row.change) < 0 for row in rows)
    for row in rows:
        before, now = (table.figure(row, heading) for heading in years)
        if not before or now is None:
            continue
        cell, exact = row.change, (now - before) / before
        stated = number(cell) if "%" in cell.text else number(cell) / 100
        step = Decimal(1).scaleb(-decimals(cell.text)) / 100
        if fit(stated, exact, context.policy.tolerance.rate, step) is not Fit.NONE:
            continue
        # A column without any sign may give falls as they are.
        if not signed and fit(stated, -exact, context.policy.tolerance.rate, step) is not Fit.NONE:
            continue
        yield Problem(
            cell.at,
            text(cell),
            percent(exact),
            f"{row.label}：{years[0]} {text(row.cells[years[0]])}，{years[1]} {text(row.cells[years[1]])}，"
            f"增减率为 {percent(exact)}，填报 {text(cell)}",
        )


def _without_budget(table: Table, row: Row | None) -> Iterator[Problem]:
    """Spending without a budget, in a table whose other rows do have one."""
    spent = table.figure(row, table.spent)
    if not spent or table.figure(table.three_publics, table.budget) is None:
        return
    budget = row.cells.get(table.budget)
    if budget is not None and not budget.text:
        yield Problem(
            (row.cells[table.spent].at, budget.at),
            text(row.cells[table.spent]),
            None,
            f"{row.label}：{table.spent} {text(row.cells[table.spent])}，{table.budget}未填，没有预算却有支出",
        )


def _over_budget(table: Table, row: Row | None, margin: Decimal) -> Iterator[Problem]:
    budget, spent = table.figure(row, table.budget), table.figure(row, table.spent)
    if budget is None or spent is None or spent - budget <= margin:
        return
    times = f"，为预算的 {percent(spent / budget)}" if budget else ""
    yield Problem(
        (row.cells[table.budget].at, row.cells[table.spent].at),
        text(row.cells[table.spent]),
        f"不大于 {text(row.cells[table.budget])}",
        f"{row.label}：{table.budget} {text(row.cells[table.budget])}，{table.spent} {text(row.cells[table.spent])}，"
        f"超出 {amount(spent - budget)}{times}",
    )


def _without_children(known: list[tuple[Row, Decimal]]) -> list[tuple[Row, Decimal]]:
    """The rows without those that only subdivide the row above them, to the cent."""
    kept: list[tuple[Row, Decimal]] = []
    index = 0
    while index < len(known):
        row, value = known[index]
        kept.append((row, value))
        index += 1
        below, end = Decimal(0), index
        while end < len(known) and below < value:
            below += known[end][1]
            end += 1
        if below == value and end - index > 1:
            index = end
    return kept


def _used(table: Table, row: Row) -> bool:
    return any(table.figure(row, heading) for heading in table.headings)


def _sums(table: Table, whole: Row | None, parts: list[Row], context: Context) -> Iterator[Problem]:
    for heading in table.headings:
        value = table.figure(whole, heading)
        known = [(row, part) for row in parts if (part := table.figure(row, heading)) is not None]
        if value is not None and known:
            yield from _unequal(whole, heading, value, known, context)


def _unequal(
    whole: Row, heading: str, value: Decimal, known: list[tuple[Row, Decimal]], context: Context
) -> Iterator[Problem]:
    total = sum((part for _, part in known), Decimal(0))
    if abs(total - value) <= context.policy.tolerance.amount * max(1, len(known) - 1):
        return
    yield Problem(
        (whole.cells[heading].at, *(row.cells[heading].at for row, _ in known)),
        text(whole.cells[heading]),
        amount(total),
        f"{heading}：{whole.label} {text(whole.cells[heading])}，{_terms(known, heading)}，相差 {amount(abs(value - total))}",
    )


def _terms(known: list[tuple[Row, Decimal]], heading: str) -> str:
    said = " + ".join(f"{row.label} {text(row.cells[heading])}" for row, _ in known)
    total = sum((value for _, value in known), Decimal(0))
    return f"{said} = {amount(total)}" if len(known) > 1 else said
