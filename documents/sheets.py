"""Tables as sheets that print well: title, note, repeated heading, frozen panes, a total in bold."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field

from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from documents.paper_excel import put
from documents.typography import HEADING, TABLE

_BORDER = Border(*(Side(style="thin", color="808080"),) * 4)
_SHADE = PatternFill("solid", fgColor="E7ECF3")
TEXT, COUNT, AMOUNT, RATE, SCORE = "@", "0", "#,##0.00", "0.00%", "0.00"
HEAD_ROW = 3
FIRST_ROW = HEAD_ROW + 1
UNKNOWN = "—"
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
    shown: str = TEXT


@dataclass(slots=True)
class Table:
    """Rows under columns; `frozen` columns stay in sight, `total` is the last line."""

    columns: Sequence[Column]
    rows: list[Sequence[object]]
    frozen: int
    total: Sequence[object] = field(default_factory=tuple)


def write_table(sheet: Worksheet, title: str, note: str, table: Table) -> None:
    """Fill an empty sheet: the title, a small note under it, the table with its heading kept in sight."""
    columns = table.columns
    put(sheet, 1, 1, title)
    sheet["A1"].font = Font(name=HEADING, size=15)
    sheet["A1"].alignment = Alignment(horizontal="center", vertical="center")
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(columns))
    sheet.row_dimensions[1].height = 30
    put(sheet, 2, 1, note)
    sheet["A2"].font = Font(name=TABLE, size=10)
    sheet.row_dimensions[2].height = 18
    for at, column in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(at)].width = column.width
    _write_row(sheet, HEAD_ROW, columns, [column.head for column in columns], heading=True)
    for number, row in enumerate(table.rows, start=FIRST_ROW):
        _write_row(sheet, number, columns, row)
    last = HEAD_ROW + len(table.rows)
    edge = get_column_letter(len(columns))
    sheet.auto_filter.ref = f"A{HEAD_ROW}:{edge}{last}"
    if table.total:
        last += 1
        _write_row(sheet, last, columns, table.total, bold=True)
    sheet.freeze_panes = sheet.cell(FIRST_ROW, table.frozen + 1)
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
        if number > FIRST_ROW and not bold:
            # The style of the row above: making one anew is most of the time that a large book takes.
            cell._style = copy(sheet.cell(number - 1, at)._style)
        else:
            _style(cell, column, heading, bold)
        _fill(sheet, cell, UNKNOWN if value is None else value)
        if heading or column.shown == TEXT:
            lines = max(lines, _lines(cell.value or "", column.width))
    sheet.row_dimensions[number].height = min(lines * _LINE_HEIGHT + 6, _TALLEST)


def _style(cell: Cell, column: Column, heading: bool, bold: bool) -> None:
    cell.font, cell.border = Font(name=TABLE, size=10, bold=bold or heading), _BORDER
    cell.number_format = TEXT if heading else column.shown
    if heading:
        cell.fill = _SHADE
    if heading or (column.shown == TEXT and column.width <= _NARROW):
        cell.alignment = Alignment("center", "center", wrap_text=True)
    elif column.shown == TEXT:
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
    sheet.print_title_rows = f"{HEAD_ROW}:{HEAD_ROW}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_options.horizontalCentered = True
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top, sheet.page_margins.bottom = 0.6, 0.7
    sheet.oddFooter.center.text = "第 &P 页 共 &N 页"
    sheet.oddFooter.center.size = 9
