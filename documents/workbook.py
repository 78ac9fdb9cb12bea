"""The bureau's summary workbook: overview, departments, units, findings.

The overview holds values as of its instant, so that a preview that does not calculate shows them too; the
sums of the other sheets are live formulas over the sheet of units.
"""

from __future__ import annotations

import io
import unicodedata
from collections import Counter
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from documents.paper_excel import put
from documents.typography import HEADING, TABLE
from selfeval.board import STATE_LABELS
from selfeval.findings import Severity
from selfeval.rollup import AMOUNTS, NOT_OWING, DepartmentTotal, UnitRow, WorkbookData, roll_up

_BORDER = Border(*(Side(style="thin", color="808080"),) * 4)
_SHADE = PatternFill("solid", fgColor="E7ECF3")
_TEXT, _COUNT, _AMOUNT, _RATE, _SCORE = "@", "0", "#,##0.00", "0.00%", "0.00"
_HEAD_ROW = 3
_FIRST = _HEAD_ROW + 1
_COUNTED, _NOT_COUNTED, _UNKNOWN = "是", "否", "—"
_NARROW = 7  # text columns up to this width hold a word, which stands in the middle
_FORMULA_SIGNS = ("=", "+", "-", "@")
_LINE_HEIGHT, _TALLEST = 14.0, 409.0  # points; Excel knows no taller row


class Formula(str):
    """A formula of ours; every other text, also one that begins with "=", is written as text."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, its width in characters and how its cells are shown."""

    head: str
    width: float
    shown: str = _TEXT


@dataclass(slots=True)
class _Table:
    columns: Sequence[Column]
    rows: list[Sequence[object]]
    frozen: int  # columns that stay in sight
    total: Sequence[object] = field(default_factory=tuple)


def summary_workbook(data: WorkbookData) -> bytes:
    """The workbook as .xlsx bytes. A unit that is in no sum is named with the reason and never zero."""
    departments, whole = roll_up(data.units)
    book = Workbook()
    book.remove(book.active)
    for name, table in (
        ("总览", _overview(data.units, departments, whole)),
        ("部门汇总", _departments(data.units, departments)),
        ("单位明细", _units(data.units)),
        ("问题清单", _findings(data)),
    ):
        _write_table(book.create_sheet(name), data, table)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


_OVERVIEW = (
    Column("部门", 24),
    *(
        Column(head, 7, _COUNT)
        for head in ("应报", "已报", "未报", "逾期报送", "退回", "通过", "公开", "计入汇总")
    ),
    *(Column(head, 14, _AMOUNT) for head in AMOUNTS.values()),
    Column("执行率", 9, _RATE),
    Column("复算得分平均", 10, _SCORE),
    Column("未计入汇总的单位及原因", 44),
)


def _overview(
    units: Sequence[UnitRow], departments: Sequence[DepartmentTotal], whole: DepartmentTotal
) -> _Table:
    states, late = Counter[tuple[str, str]](), Counter[str]()
    for unit in units:
        states[unit.department_code, unit.state] += 1
        late[unit.department_code] += bool(unit.late_days) and unit.reported

    def counts(*codes: str) -> tuple[int, ...]:
        of = Counter({state: sum(states[code, state] for code in codes) for state in STATE_LABELS})
        owing = sum(number for state, number in of.items() if state not in NOT_OWING)
        passed = of["accepted"] + of["published"]
        return (
            owing, owing - of["missing"], of["missing"], sum(late[code] for code in codes),
            of["returned"], passed, of["published"],
        )  # fmt: skip

    def line(total: DepartmentTotal, *codes: str) -> tuple[object, ...]:
        amounts = (total.initial_budget, total.adjusted_budget, total.executed)
        return (total.name, *counts(*codes), total.counted, *amounts, total.execution_rate, total.mean_score)

    rows = [(*line(total, total.code), _left_out(total)) for total in departments]
    every = line(whole, *(total.code for total in departments))
    return _Table(_OVERVIEW, rows, 1, (*every, f"应报{whole.expected}家，计入{whole.counted}家"))


def _left_out(total: DepartmentTotal) -> str:
    return "、".join(f"{name}（{reason}）" for name, reason in total.left_out) or "无"


_UNITS = (
    Column("预算编码", 11),
    Column("单位", 27),
    Column("部门编码", 9),
    Column("部门", 21),
    Column("状态", 11),
    Column("首次报送逾期（工作日）", 10, _COUNT),
    Column("自评总分", 8, _SCORE),
    Column("各行得分合计", 8, _SCORE),
    Column("复算得分", 8, _SCORE),
    Column("等级", 6),
    *(Column(head, 13, _AMOUNT) for head in AMOUNTS.values()),
    Column("执行率", 9, _RATE),
    Column("错误", 6, _COUNT),
    Column("疑点", 6, _COUNT),
    Column("计入汇总", 6),
    Column("未计入的原因", 18),
)
_LETTER = {column.head: get_column_letter(at) for at, column in enumerate(_UNITS, start=1)}
_BUDGET, _EXECUTED = _LETTER[AMOUNTS["adjusted_budget"]], _LETTER[AMOUNTS["executed"]]


def _units(units: Sequence[UnitRow]) -> _Table:
    return _Table(_UNITS, [_unit(unit, number) for number, unit in enumerate(units, start=_FIRST)], 2)


def _unit(unit: UnitRow, number: int) -> tuple[object, ...]:
    judged = unit.reported and unit.state != "received"
    budget, executed = f"{_BUDGET}{number}", f"{_EXECUTED}{number}"
    rate = f'=IF(COUNT({budget}:{executed})<2,"{_UNKNOWN}",IF({budget}=0,"{_UNKNOWN}",{executed}/{budget}))'
    return (
        unit.code, unit.name, unit.department_code, unit.department_name, STATE_LABELS[unit.state],
        unit.late_days, unit.reported_score, unit.summed_score, unit.recomputed_score, unit.grade,
        unit.initial_budget, unit.adjusted_budget, unit.executed, Formula(rate),
        unit.errors if judged else None, unit.warnings if judged else None,
        _COUNTED if unit.counted else _NOT_COUNTED, unit.left_out or "",
    )  # fmt: skip


_DEPARTMENTS = (
    Column("部门编码", 11),
    Column("部门", 26),
    Column("应报", 7, _COUNT),
    Column("计入汇总", 7, _COUNT),
    *(Column(head, 16, _AMOUNT) for head in AMOUNTS.values()),
    Column("执行率", 10, _RATE),
    Column("复算得分平均", 10, _SCORE),
    Column("未计入汇总的单位及原因", 50),
)


def _departments(units: Sequence[UnitRow], departments: Sequence[DepartmentTotal]) -> _Table:
    last = _HEAD_ROW + max(len(units), 1)

    def line(chosen: str, number: int) -> tuple[Formula, ...]:
        amounts = [_range(head, last) for head in AMOUNTS.values()]
        score = _range("复算得分", last)
        return (
            Formula(f"=SUMPRODUCT({chosen})"),
            # The sum of nothing is unknown, not zero.
            *(Formula(f'=IF($D{number}=0,"{_UNKNOWN}",SUMPRODUCT({chosen},{each}))') for each in amounts),
            Formula(f'=IF(N(F{number})=0,"{_UNKNOWN}",G{number}/F{number})'),
            Formula(
                f'=IFERROR(SUMPRODUCT({chosen},{score})/SUMPRODUCT({chosen},--ISNUMBER({score})),"{_UNKNOWN}")'
            ),
        )

    # SUMPRODUCT compares exactly; the criteria of SUMIFS take 0101 for 101 and * for any name.
    counted = f'({_range("计入汇总", last)}="{_COUNTED}")'
    rows = [
        (
            total.code,
            total.name,
            total.expected,
            *line(f"({_range('部门编码', last)}=$A{number})*{counted}", number),
            _left_out(total),
        )
        for number, total in enumerate(departments, start=_FIRST)
    ]
    end = _FIRST + len(rows)
    expected = Formula(f"=SUM(C{_FIRST}:C{end - 1})") if rows else 0
    return _Table(_DEPARTMENTS, rows, 2, ("", "合计", expected, *line(f"--{counted}", end), ""))


def _range(head: str, last: int) -> str:
    letter = _LETTER[head]
    return f"单位明细!${letter}${_FIRST}:${letter}${last}"


_FINDINGS = (
    Column("预算编码", 11),
    Column("单位", 24),
    Column("级别", 7),
    Column("编号", 7),
    Column("文件", 28),
    Column("位置", 18),
    Column("问题", 54),
    Column("填报要求", 38),
)


def _findings(data: WorkbookData) -> _Table:
    rows = [
        (
            finding.unit_code,
            finding.unit_name,
            Severity(finding.severity).label,
            finding.code,
            finding.file,
            finding.where,
            finding.message,
            finding.sentence,
        )
        for finding in data.findings
    ]
    return _Table(_FINDINGS, rows, 2)


def _write_table(sheet: Worksheet, data: WorkbookData, table: _Table) -> None:
    columns = table.columns
    put(sheet, 1, 1, f"{data.title}：{sheet.title}")
    sheet["A1"].font = Font(name=HEADING, size=15)
    sheet["A1"].alignment = Alignment(horizontal="center", vertical="center")
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(columns))
    sheet.row_dimensions[1].height = 30
    put(sheet, 2, 1, f"截至{data.taken:%Y年%m月%d日 %H:%M}（北京时间）　　金额单位：万元")
    sheet["A2"].font = Font(name=TABLE, size=10)
    sheet.row_dimensions[2].height = 18
    for at, column in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(at)].width = column.width
    _write_row(sheet, _HEAD_ROW, columns, [column.head for column in columns], heading=True)
    for number, row in enumerate(table.rows, start=_FIRST):
        _write_row(sheet, number, columns, row)
    last = _HEAD_ROW + len(table.rows)
    edge = get_column_letter(len(columns))
    sheet.auto_filter.ref = f"A{_HEAD_ROW}:{edge}{last}"
    if table.total:
        last += 1
        _write_row(sheet, last, columns, table.total, bold=True)
    sheet.freeze_panes = sheet.cell(_FIRST, table.frozen + 1)
    _page(sheet, f"A1:{edge}{last}")


def _write_row(
    sheet: Worksheet,
    number: int,
    columns: Sequence[Column],
    values: Sequence[object],
    *,
    heading: bool = False,
    bold: bool = False,
) -> None:
    lines = 1
    for at, (column, value) in enumerate(zip(columns, values, strict=True), start=1):
        cell = sheet.cell(number, at)
        if number > _FIRST and not bold:
            # The style of the row above: making one anew is most of the time that a large book takes.
            cell._style = copy(sheet.cell(number - 1, at)._style)
        else:
            _style(cell, column, heading, bold)
        _fill(sheet, cell, _UNKNOWN if value is None else value)
        if heading or column.shown == _TEXT:
            lines = max(lines, _lines(cell.value or "", column.width))
    sheet.row_dimensions[number].height = min(lines * _LINE_HEIGHT + 6, _TALLEST)


def _style(cell: Cell, column: Column, heading: bool, bold: bool) -> None:
    cell.font, cell.border = Font(name=TABLE, size=10, bold=bold or heading), _BORDER
    cell.number_format = _TEXT if heading else column.shown
    if heading:
        cell.fill = _SHADE
    if heading or (column.shown == _TEXT and column.width <= _NARROW):
        cell.alignment = Alignment("center", "center", wrap_text=True)
    elif column.shown == _TEXT:
        cell.alignment = Alignment("left", "center", wrap_text=True, indent=1)
    else:
        cell.alignment = Alignment("right", "center", wrap_text=True)


def _fill(sheet: Worksheet, cell: Cell, value: object) -> None:
    if isinstance(value, str) and not isinstance(value, Formula):
        put(sheet, cell.row, cell.column, value)
        # Stays text also when a person edits the cell.
        cell.quotePrefix = value.startswith(_FORMULA_SIGNS)
    else:
        cell.value = value
        cell.quotePrefix = False


def _lines(text: str, width: float) -> int:
    """How many lines a text takes in a column; a Chinese character is two wide."""
    room = max(int(width) - 2, 1)
    return sum(
        max(-(-sum(1 + (unicodedata.east_asian_width(c) in "WFA") for c in part) // room), 1)
        for part in text.split("\n")
    )


def _page(sheet: Worksheet, area: str) -> None:
    sheet.print_area = area
    sheet.print_title_rows = f"{_HEAD_ROW}:{_HEAD_ROW}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_options.horizontalCentered = True
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top, sheet.page_margins.bottom = 0.6, 0.7
    sheet.oddFooter.center.text = "第 &P 页 共 &N 页"
    sheet.oddFooter.center.size = 9
