"""The fictional forms as tables of cells, in the two layouts met in the field.

S0 gives every source and nature a row with three amounts and "——" in the cells without points;
S1 writes them as text cells in two columns ("按收入性质分：…") and leaves unscored cells blank.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby

from examples.forms import EXECUTION_WEIGHT, WEIGHTS, Amounts, BaseRow, Form, Papers, plain, rate_text

FORM_WIDTHS = (1.6, 1.7, 1.9, 2.8, 2.4, 2.4, 1.1, 1.5, 2.6)
BASE_WIDTHS = (2.9, 2.3, 2.0, 1.5, 1.4, 2.2, 1.5, 1.7, 2.5)


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a cell: text, or a number with the Excel format that shows it."""

    value: str | Decimal
    across: int = 1
    down: int = 1
    shown_as: str = "@"
    left: bool = False

    @property
    def text(self) -> str:
        if isinstance(self.value, str):
            return self.value
        if self.shown_as == "0.00%":
            return rate_text(self.value)
        return f"{self.value:.2f}" if self.shown_as == "0.00" else plain(self.value)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One form: what stands above the table, its rows, and the lines below. Widths are cm per grid column."""

    name: str
    attachment: str
    title: str
    widths: Sequence[float]
    rows: Sequence[Sequence[Cell]]
    below: Sequence[str] = field(default=())


def sheets(papers: Papers) -> list[Sheet]:
    """The base data table, the department form and the project forms, in the order of their attachment numbers."""
    found = [_base_sheet(papers), _department_sheet(papers, papers.forms[0])]
    return found + [
        _project_sheet(papers, form, number) for number, form in enumerate(papers.forms[1:], start=1)
    ]


def signature(papers: Papers) -> str:
    day = f"{papers.filed.year}年{papers.filed.month}月{papers.filed.day}日"
    if papers.layout == "S0":
        return f"单位负责人签字：{papers.head}    填表人：{papers.filler}    联系电话：{papers.phone}    填报日期：{day}"
    return f"填表人：{papers.filler}    填报日期：{day}    联系电话：{papers.phone}    单位负责人签字：{papers.head}"


def _department_sheet(papers: Papers, form: Form) -> Sheet:
    funding = _rows_of_sources(form, first=1) if papers.layout == "S0" else _text_sources(form)
    rows = [
        [Cell("县级预算部门名称", across=3), Cell(papers.name, across=6)],
        *_block("年度预\n算申请\n（万元）", [_funding_head(), _total(form), *funding]),
        *_goals(form),
        *_indicators(form),
    ]
    return Sheet(
        "附件2 整体自评表",
        "附件2",
        f"{papers.year}年度部门整体支出绩效自评表",
        FORM_WIDTHS,
        rows,
        [signature(papers)],
    )


def _project_sheet(papers: Papers, form: Form, number: int) -> Sheet:
    rows = [
        [Cell("项目支\n出名称", across=2), Cell(form.project, across=7)],
        [Cell("主管部门", across=2), Cell(papers.department, across=2), Cell("实施单位"), Cell(papers.name, across=4)],
        *_block("项目资金\n（万元）", [_funding_head(), _total(form), *_rows_of_sources(form, 1, papers.layout)]),
        *_goals(form),
        *_indicators(form),
    ]  # fmt: skip
    name = f"附件3-{number} 项目自评表"
    return Sheet(
        name, "附件3", f"{papers.year}年度项目支出绩效自评表", FORM_WIDTHS, rows, [signature(papers)]
    )


def _block(label: str, rows: list[list[Cell]]) -> list[list[Cell]]:
    """Rows that share one tall cell on their left."""
    return [[Cell(label, down=len(rows)), *rows[0]], *rows[1:]]


def _funding_head() -> list[Cell]:
    heads = ("年初\n预算数", "全年\n预算数", "全年\n执行数", "分值", "执行率", "得分")
    return [Cell("", across=2), *map(Cell, heads)]


def _total(form: Form) -> list[Cell]:
    line = form.total
    rate = Cell(Decimal(line.rate.rstrip("%")) / 100, shown_as="0.00%")
    scored = [Cell(EXECUTION_WEIGHT, shown_as="General"), rate, Cell(line.score, shown_as="General")]
    return [Cell(line.label, across=2), *_amounts(line.amounts), *scored]


def _rows_of_sources(form: Form, first: int, layout: str = "S0") -> Iterator[list[Cell]]:
    unscored = "——" if layout == "S0" else ""
    for line in form.lines[first:]:
        label = line.label if line.label.startswith(("按", "其中")) else f"　{line.label}"
        yield [Cell(label, across=2, left=True), *_amounts(line.amounts), *[Cell(unscored)] * 3]


def _text_sources(form: Form) -> Iterator[list[Cell]]:
    amount = {
        line.label: f"{line.amounts.executed:.2f}" if line.amounts.executed else "" for line in form.lines
    }
    pairs = (
        (f"按收入性质分：{amount['按收入性质分：']}", f"按支出性质分：{amount['按支出性质分：']}"),
        (f"其中：一般公共预算：{amount['一般公共预算']}", f"其中：基本支出：{amount['基本支出']}"),
        (f"政府性基金拨款：{amount['政府性基金拨款']}", f"项目支出：{amount['项目支出']}"),
        (f"纳入专户管理的非税收入拨款：{amount['纳入专户管理的非税收入拨款']}", ""),
        (f"其他资金：{amount['其他资金']}", ""),
    )
    for source, nature in pairs:
        yield [Cell(source, across=3, left=True), Cell(nature, across=5, left=True)]


def _amounts(amounts: Amounts) -> list[Cell]:
    return [_amount(value) for value in (amounts.initial, amounts.adjusted, amounts.executed)]


def _amount(value: Decimal | None, across: int = 1) -> Cell:
    return Cell(value, across, shown_as="0.00") if value else Cell("", across)


def _goals(form: Form) -> list[list[Cell]]:
    expected, achieved = form.goals
    return _block(
        "年度总\n体目标",
        [
            [Cell("预期目标", across=3), Cell("实际完成情况", across=5)],
            [Cell(expected, across=3, left=True), Cell(achieved, across=5, left=True)],
        ],
    )


def _indicators(form: Form) -> list[list[Cell]]:
    heads = (
        "一级\n指标",
        "二级\n指标",
        "三级指标",
        "年度\n指标值",
        "实际\n完成值",
        "分值",
        "得分",
        "偏差原因分析\n及改进措施",
    )
    rows: list[list[Cell]] = [[*map(Cell, heads)]]
    for level1, in_level1 in groupby(form.rows, key=lambda row: row.level1):
        level1_rows = []
        for level2, in_level2 in groupby(in_level1, key=lambda row: row.level2):
            cells = [
                [
                    Cell(row.name), Cell(row.target), Cell(row.actual), Cell(row.weight, shown_as="General"),
                    Cell(row.score, shown_as="General"), Cell(row.note, left=True),
                ]
                for row in in_level2
            ]  # fmt: skip
            level1_rows += _block(level2, cells)
        rows += _block(f"{level1}\n（{WEIGHTS[level1]}分）", level1_rows)
    total = [
        Cell("总分", across=6), Cell(Decimal(100), shown_as="General"),
        Cell(form.reported_score, shown_as="General"), Cell(""),
    ]  # fmt: skip
    return [*_block("绩\n效\n指\n标", rows), total]


def _base_sheet(papers: Papers) -> Sheet:
    year = papers.year
    control = Cell(Decimal(papers.staff) / papers.posts, across=2, shown_as="0.00%")
    rows = [
        [
            Cell("财政供养人员情况（人）", across=2, down=2), Cell(f"{year}年末编制数", across=2),
            Cell(f"{year}年末实际在职人数", across=3), Cell("控制率", across=2),
        ],
        [
            Cell(Decimal(papers.posts), 2, shown_as="General"),
            Cell(Decimal(papers.staff), 3, shown_as="General"), control,
        ],
        [
            Cell("经费控制情况（万元）", across=2), Cell(f"{year - 1}年决算数", across=2),
            Cell(f"{year}年预算数", across=3), Cell(f"{year}年决算数", across=2),
        ],
        *map(_base_row, (*papers.publics, *papers.projects, *papers.operating_rows, papers.procurement)),
        [
            Cell("部门基本支出预算调整", across=2), Cell("——", across=2),
            Cell(papers.basic_adjustment, 3, shown_as="0.00"), Cell("", across=2),
        ],
        [
            Cell(f"楼堂馆所控制情况\n（{year}年完工项目）", down=2), Cell("批复规模\n（㎡）"), Cell("实际规模\n（㎡）"),
            Cell("规模控制率", across=2), Cell("预算投资\n（万元）"), Cell("实际投资\n（万元）", across=2),
            Cell("投资概算控制率"),
        ],
        [Cell("——"), Cell("——"), Cell("——", across=2), Cell("——"), Cell("——", across=2), Cell("——")],
        [Cell("厉行节约保障措施"), Cell(papers.thrift, across=8, left=True)],
    ]  # fmt: skip
    below = [
        "说明：“项目支出”填报基本支出以外的所有项目支出情况，“公用经费”填报基本支出中的一般商品和服务支出。",
        signature(papers),
    ]
    title = f"{year}年度部门整体支出绩效评价基础数据表"
    return Sheet("附件1 基础数据表", "附件1", title, BASE_WIDTHS, rows, below)


def _base_row(row: BaseRow) -> list[Cell]:
    return [
        Cell(row.label, across=2, left=True), _amount(row.before, 2), _amount(row.budget, 3), _amount(row.final, 2),
    ]  # fmt: skip
