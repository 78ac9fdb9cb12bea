"""The bureau's summary workbook: overview, units, departments, findings; formulas live, headings frozen."""

from __future__ import annotations

import io
from collections.abc import Sequence

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from selfeval.board import STATE_LABELS
from selfeval.findings import Severity
from selfeval.rollup import DepartmentTotal, WorkbookData, roll_up

_SONG = "宋体"
_LINE = Border(*(Side(style="thin", color="808080"),) * 4)
_SHADE = PatternFill("solid", fgColor="E7ECF3")
_AMOUNT, _RATE, _SCORE = "#,##0.00", "0.00%", "0.00"
_HEAD_ROW = 3
_COUNTED = "是"


class Formula(str):
    """A formula of ours; every other text, also one that begins with "=", is written as text."""


def summary_workbook(data: WorkbookData) -> bytes:
    """The workbook as .xlsx bytes. Missing units stand as text and are in no sum."""
    departments, whole = roll_up(data.units)
    book = Workbook()
    book.remove(book.active)
    _overview(book.create_sheet("总览"), data, departments, whole)
    _units(book.create_sheet("单位明细"), data)
    _departments(book.create_sheet("部门汇总"), data, departments)
    _findings(book.create_sheet("问题清单"), data)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _overview(
    sheet: Worksheet, data: WorkbookData, departments: Sequence[DepartmentTotal], whole: DepartmentTotal
) -> None:
    head = ("部门", "应报", "已报", "其中逾期", "退回", "通过", "公开", "计入汇总", "未计入的单位")
    rows = []
    for total in departments:
        owing = [
            u for u in data.units if u.department_code == total.code and u.state not in ("exempt", "closed")
        ]
        states = [unit.state for unit in owing]
        rows.append(
            (
                total.name,
                total.expected,
                sum(state != "missing" for state in states),
                sum(bool(unit.late_days) for unit in owing),
                states.count("returned"),
                states.count("accepted") + states.count("published"),
                states.count("published"),
                total.counted,
                "、".join(f"{name}（{STATE_LABELS[state]}）" for name, state in total.missing) or "无",
            )
        )
    first, last = _table(sheet, data, head, rows, (30, 8, 8, 10, 8, 8, 8, 10, 60))
    sums = [Formula(f"=SUM({letter}{first}:{letter}{last})") for letter in "BCDEFGH"] if rows else [0] * 7
    _write(sheet, last + 1, ("合计", *sums, f"计入 {whole.counted} 家，应报 {whole.expected} 家"), bold=True)


def _units(sheet: Worksheet, data: WorkbookData) -> None:
    head = (
        "预算编码", "单位", "部门", "状态", "首次报送逾期（工作日）", "自评总分", "各行得分合计", "复算得分", "等级",
        "年初预算数（万元）", "全年预算数（万元）", "全年执行数（万元）", "执行率", "错误", "疑点", "计入汇总",
    )  # fmt: skip
    rows = []
    for number, unit in enumerate(data.units, start=_HEAD_ROW + 1):
        known = unit.adjusted_budget is not None and unit.executed is not None
        rows.append(
            (
                unit.code, unit.name, unit.department_name, STATE_LABELS[unit.state], unit.late_days,
                unit.reported_score, unit.summed_score, unit.recomputed_score, unit.grade,
                unit.initial_budget, unit.adjusted_budget, unit.executed,
                Formula(f'=IF(K{number}=0,"",L{number}/K{number})') if known else None,
                unit.errors if unit.reported else None,
                unit.warnings if unit.reported else None,
                _COUNTED if unit.counted else "",
            )
        )  # fmt: skip
    formats = {6: _SCORE, 7: _SCORE, 8: _SCORE, 10: _AMOUNT, 11: _AMOUNT, 12: _AMOUNT, 13: _RATE}
    widths = (12, 34, 26, 11, 12, 10, 12, 10, 8, 15, 15, 15, 10, 7, 7, 8)
    _table(sheet, data, head, rows, widths, formats)


def _departments(sheet: Worksheet, data: WorkbookData, departments: Sequence[DepartmentTotal]) -> None:
    head = (
        "部门编码", "部门", "应报", "计入汇总", "年初预算数（万元）", "全年预算数（万元）", "全年执行数（万元）", "执行率",
        "复算得分平均", "未计入的单位",
    )  # fmt: skip
    rows = []
    for number, total in enumerate(departments, start=_HEAD_ROW + 1):
        known = bool(total.adjusted_budget) and total.executed is not None
        rows.append(
            (
                total.code, total.name, total.expected, total.counted,
                # The sums follow the sheet of units; a department without a counted unit has none.
                *(_sum_of(column, number) if total.counted else "未报" for column in "JKL"),
                Formula(f"=G{number}/F{number}") if known else None,
                total.mean_score,
                "、".join(f"{name}（{STATE_LABELS[state]}）" for name, state in total.missing) or "无",
            )
        )  # fmt: skip
    formats = {5: _AMOUNT, 6: _AMOUNT, 7: _AMOUNT, 8: _RATE, 9: _SCORE}
    first, last = _table(sheet, data, head, rows, (12, 30, 8, 10, 18, 18, 18, 10, 13, 60), formats)
    if rows:
        sums = [Formula(f"=SUM({letter}{first}:{letter}{last})") for letter in "CDEFG"]
        line = ("", "合计", *sums, Formula(f'=IF(F{last + 1}=0,"",G{last + 1}/F{last + 1})'))
        _write(sheet, last + 1, (*line, None, ""), formats=formats, bold=True)


def _sum_of(column: str, row: int) -> Formula:
    return Formula(f'=SUMIFS(单位明细!{column}:{column},单位明细!C:C,B{row},单位明细!P:P,"{_COUNTED}")')


def _findings(sheet: Worksheet, data: WorkbookData) -> None:
    head = ("预算编码", "单位", "级别", "编号", "文件", "位置", "问题", "应当")
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
    _table(sheet, data, head, rows, (12, 28, 8, 8, 34, 24, 70, 44))


def _table(
    sheet: Worksheet,
    data: WorkbookData,
    head: Sequence[str],
    rows: Sequence[Sequence[object]],
    widths: Sequence[int],
    formats: dict[int, str] | None = None,
) -> tuple[int, int]:
    """A titled table with frozen heading, filter and print set-up; its first and last row."""
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(head))
    sheet["A1"].value, sheet["A1"].font = f"{data.title}：{sheet.title}", Font(name="黑体", size=15)
    sheet["A1"].alignment = Alignment(horizontal="center", vertical="center")
    sheet.row_dimensions[1].height = 28
    sheet["A2"].value = f"截至 {data.taken:%Y年%m月%d日 %H:%M}（北京时间）　金额单位：万元"
    sheet["A2"].font = Font(name=_SONG, size=10)
    _write(sheet, _HEAD_ROW, head, bold=True, shade=True)
    for number, row in enumerate(rows, start=_HEAD_ROW + 1):
        _write(sheet, number, row, formats=formats)
    for column, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    last = _HEAD_ROW + len(rows)
    edge = get_column_letter(len(head))
    sheet.freeze_panes = sheet.cell(_HEAD_ROW + 1, 3 if len(head) > 8 else 2)
    sheet.auto_filter.ref = f"A{_HEAD_ROW}:{edge}{max(last, _HEAD_ROW)}"
    sheet.print_area = f"A1:{edge}{last + 1}"
    sheet.print_title_rows = f"{_HEAD_ROW}:{_HEAD_ROW}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.oddFooter.center.text = "第 &P 页 共 &N 页"
    return _HEAD_ROW + 1, last


def _write(
    sheet: Worksheet,
    row: int,
    values: Sequence[object],
    *,
    formats: dict[int, str] | None = None,
    bold: bool = False,
    shade: bool = False,
) -> None:
    for column, value in enumerate(values, start=1):
        cell = sheet.cell(row, column)
        text = isinstance(value, str) and not isinstance(value, Formula)
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", value) if text else value
        if text:
            cell.data_type = "s"
        cell.font, cell.border = Font(name=_SONG, size=10, bold=bold), _LINE
        cell.alignment = Alignment("left" if text else "right", "center", wrap_text=True)
        if shade:
            cell.fill, cell.alignment = _SHADE, Alignment("center", "center", wrap_text=True)
        if formats and column in formats:
            cell.number_format = formats[column]
