"""The sections on money: budget and spending, basic expenditure, 三公, projects, the other budgets."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from selfeval.department_report.data import ReportData, money, rate, state
from selfeval.figures import percent, points
from selfeval.paper_blocks import Block, Column, Grid, Text, blank
from selfeval.rollup.measures import AMOUNTS, EXPENSES, FUNDING_ROLES
from selfeval.rollup.units import REQUIRED, Sum
from selfeval.rules.departments import below_note

_AMOUNT_COLUMNS = tuple(Column(f"{label}\n（万元）", 2.0) for label in AMOUNTS.values())
# A table with numbered rows is a list; without, a reader takes the columns for those of a form.
_NUMBER = Column("序号", 0.8)
_EXPENSE_COLUMNS = ("last", "budget", "spent")
_PUBLICS = ("three_publics", "purchase", "running", "overseas", "reception")


def budget(data: ReportData) -> Iterator[Block]:
    """Initial and annual budget, what was executed, by unit and by source and nature."""
    known, initial = data.sums(*REQUIRED), data.sum("initial_budget")
    if known:
        adjusted, executed = known
        began = f"年初预算数{points(initial)}万元，" if initial is not None else ""
        change = adjusted - initial if initial is not None else 0
        moved = f"，比年初{'增加' if change > 0 else '减少'}{points(abs(change))}万元" if change else ""
        yield Text(
            f"{data.year}年{data.who}{began}全年预算数{points(adjusted)}万元{moved}，"
            f"全年执行数{points(executed)}万元，执行率{rate(executed, adjusted)}。"
        )
        if initial is None:
            yield Text(data.ask("年初预算数，全年预算数比它增减多少", "initial_budget"))
    else:
        yield Text(data.ask("年初预算数、全年预算数、全年执行数和执行率", *AMOUNTS))
    if doubt := below_note(data.findings, data.code):
        yield Text(blank(f"{doubt}，改正或写明原因"))
    if len(data.owing) > 1:
        yield _by_unit(data)
    rows = list(_by_source(data))
    if rows:
        columns = (_NUMBER, Column("项目", 3.0, left=True), *_AMOUNT_COLUMNS, Column("执行率", 1.4))
        yield Grid("收入来源和支出性质", columns, _numbered(rows))


def _by_unit(data: ReportData) -> Grid:
    rows = []
    for unit in data.owing:
        if unit.included:
            rows.append([state(unit), "—", "—", "—", "—"])
            continue
        amounts = [getattr(unit, key) if unit.passed else None for key in AMOUNTS]
        rows.append([state(unit), *map(money, amounts), rate(amounts[2], amounts[1])])
    rows = _numbered(rows)
    sums = [data.sum(key) for key in AMOUNTS]
    if any(each is not None for each in sums):
        rows.append(["", data.who or "合计", *map(money, sums), rate(sums[2], sums[1])])
    columns = (_NUMBER, Column("单位", 3.0, left=True), *_AMOUNT_COLUMNS, Column("执行率", 1.4))
    return Grid("各单位收支情况", columns, rows, total=len(rows) > len(data.owing))


def _by_source(data: ReportData) -> Iterator[list[str]]:
    """The lines that any unit filled in; a sum to which not all contributed says how many did."""
    figures, counted = data.total.figures, data.total.counted
    for role, label in FUNDING_ROLES.items():
        found = [figures.get(f"{role}.{key}") for key in AMOUNTS]
        if not any(found):
            continue
        cells = []
        for each in found:
            part = f"\n（{each.said}家填报）" if each and each.said < counted else ""
            cells.append(f"{points(each.value)}{part}" if each else "—")
        comparable = found[1] and found[2] and found[1].said == found[2].said
        yield [label, *cells, rate(found[2].value, found[1].value) if comparable else "—"]


def basic(data: ReportData) -> Iterator[Block]:
    """Basic expenditure, personnel and operating cost, procurement."""
    known = data.sums("basic_expenditure.adjusted_budget", "basic_expenditure.executed")
    executed = known[1] if known else data.sum("cover.basic")
    if known:
        yield Text(
            f"{data.year}年{data.who}基本支出全年预算数{points(known[0])}万元，全年执行数{points(known[1])}万元，"
            f"执行率{rate(known[1], known[0])}。"
        )
    else:
        yield Text(data.ask("基本支出的全年预算数和全年执行数", "basic_expenditure.executed", "cover.basic"))
    parts = data.sums("cover.personnel", "cover.operating")
    if parts and executed and abs(sum(parts) - executed) <= data.policy.tolerance.amount * len(data.counted):
        yield Text(
            f"基本支出中，人员支出{points(parts[0])}万元，占{rate(parts[0], executed)}；"
            f"公用支出{points(parts[1])}万元，占{rate(parts[1], executed)}。"
        )
    else:
        yield Text(data.ask("基本支出中人员支出、公用支出各多少", "cover.personnel", "cover.operating"))
    for key, name in (("operating", "公用经费"), ("procurement", "政府采购")):
        both = data.sums(f"{key}.budget", f"{key}.spent")
        if both:
            yield Text(
                f"{data.year}年{data.who}{name}预算{points(both[0])}万元，决算{points(both[1])}万元，"
                f"占预算的{rate(both[1], both[0])}。"
            )


def publics(data: ReportData) -> Iterator[Block]:
    """三公 against the budget and against last year."""
    whole = data.sums("three_publics.budget", "three_publics.spent")
    if whole:
        gap = whole[0] - whole[1]
        against = f"比预算{'节约' if gap >= 0 else '超支'}{points(abs(gap))}万元" if gap else "与预算持平"
        last = data.sum("three_publics.last")
        yield Text(
            f"{data.year}年{data.who}“三公”经费预算{points(whole[0])}万元，支出{points(whole[1])}万元，"
            f"{against}{_against_last_year(last, whole[1])}。"
        )
        if last is None:
            yield Text(data.ask("“三公”经费比上年增减多少", "three_publics.last"))
    else:
        keys = ("three_publics.budget", "three_publics.spent")
        yield Text(data.ask("“三公”经费的预算、支出，与预算、与上年相比的增减和原因", *keys))
    rows = [row for key in _PUBLICS if (row := _public(data, key))]
    if rows:
        heads = (
            f"{data.year - 1}年支出\n（万元）",
            f"{data.year}年预算\n（万元）",
            f"{data.year}年支出\n（万元）",
        )
        columns = (
            Column("项目", 3.0, left=True),
            *(Column(head, 1.9) for head in heads),
            Column("比预算\n（万元）", 1.8),
            Column("比上年\n（万元）", 1.8),
            Column("比上年\n增减", 1.6),
        )
        yield Grid("“三公”经费", columns, rows)


def _against_last_year(last: Decimal | None, spent: Decimal) -> str:
    if last is None:
        return ""
    change = spent - last
    if not change:
        return "，与上年持平"
    word = "增加" if change > 0 else "减少"
    share = f"，{'增长' if change > 0 else '下降'}{percent(abs(change) / last)}" if last > 0 else ""
    return f"，比上年{word}{points(abs(change))}万元{share}"


def _public(data: ReportData, key: str) -> list[str] | None:
    figures, counted = data.total.figures, data.total.counted
    found = [figures.get(f"{key}.{column}") for column in _EXPENSE_COLUMNS]
    if not any(found):
        return None
    last, planned, spent = found
    cells = [
        f"{points(each.value)}{f'{chr(10)}（{each.said}家填报）' if each.said < counted else ''}"
        if each
        else "—"
        for each in found
    ]

    def gap(other: Sum | None) -> Decimal | None:
        return spent.value - other.value if spent and other and spent.said == other.said else None

    against, change = gap(planned), gap(last)
    share = percent(change / last.value) if change is not None and last.value > 0 else "—"
    signed = [f"{points(each):+}" if each is not None else "—" for each in (against, change)]
    return [EXPENSES[key][0], *cells, *signed, share]


def projects(data: ReportData) -> Iterator[Block]:
    """All projects together and one by one."""
    known = data.sums("project_expenditure.adjusted_budget", "project_expenditure.executed")
    if known:
        yield Text(
            f"{data.year}年{data.who}项目支出全年预算数{points(known[0])}万元，全年执行数{points(known[1])}万元，"
            f"执行率{rate(known[1], known[0])}。"
        )
    else:
        yield Text(data.ask("项目支出的全年预算数和全年执行数", "project_expenditure.executed"))
    several = len(data.owing) > 1
    rows = []
    for unit in data.filed:
        # A form that came as Word and again as Excel is one project.
        for project in dict.fromkeys(unit.figures.projects):
            scores = [_points(project.reported_score), _points(project.recomputed_score)]
            amounts = [getattr(project, key) for key in AMOUNTS]
            who = [unit.name] if several else []
            rows.append([project.name, *who, *map(money, amounts), rate(amounts[2], amounts[1]), *scores])
    if not rows:
        yield Text(blank("各项目的名称、预算和支出；没有项目的写“无”"))
        return
    columns = (
        Column("项目名称", 2.6, left=True),
        *((Column("单位", 2.2, left=True),) if several else ()),
        *(Column(f"{label}\n（万元）", 1.6) for label in AMOUNTS.values()),
        Column("执行率", 1.4),
        Column("自评\n得分", 1.2),
        Column("复算\n得分", 1.2),
    )
    yield Grid(f"项目支出绩效自评（{len(rows)}个项目）", columns, rows)


def other_budget(data: ReportData, role: str, name: str) -> Iterator[Block]:
    """A budget beside the general one: what was spent, that there was none, or a marked place."""
    known = data.sums(*(f"{role}.{key}" for key in AMOUNTS))
    if known is None:
        hint = f"{name}预算支出情况；没有的，写明没有安排"
        yield Text(data.ask(hint, *(f"{role}.{key}" for key in AMOUNTS)))
    elif not any(known):
        yield Text(f"{data.year}年{data.who}没有{name}预算安排的支出。")
    else:
        initial, adjusted, executed = known
        yield Text(
            f"{data.year}年{data.who}{name}年初预算数{points(initial)}万元，全年预算数{points(adjusted)}万元，"
            f"全年执行数{points(executed)}万元，执行率{rate(executed, adjusted)}。"
        )
        yield Text(blank(f"{name}预算支出的用途和成效"))


def _numbered(rows: list[list[str]]) -> list[list[str]]:
    return [[str(number), *row] for number, row in enumerate(rows, start=1)]


def _points(score: Decimal | None) -> str:
    return "—" if score is None else f"{points(score)}"
