"""Tables as sheets that print well: title, note, repeated heading, frozen panes, a total in bold."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass, field, replace

from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.cell_style import StyleArray
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from documents.paper_excel import write_text
from documents.typography import HEADING, TABLE

BORDER = Border(*(Side(style="thin", color="808080"),) * 4)
SHADE = PatternFill("solid", fgColor="E7ECF3")
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
    """Rows under columns; `frozen` columns stay in sight, `total` is the last line. Rows are taken once."""

    columns: Sequence[Column]
    rows: Iterable[Sequence[object]]
    frozen: int
    total: Sequence[object] = field(default_factory=tuple)


def write_table(sheet: Worksheet, title: str, note: str, table: Table) -> None:
    """Fill an empty sheet: the title, a small note under it, the table with its heading kept in sight."""
    lines = Lines(sheet, title, note, table.columns, table.frozen)
    for row in table.rows:
        lines.add(row)
    lines.end(table.total)


class Lines:
    """A table that is written row by row: in a write-only workbook no row is kept in memory."""

    def __init__(self, sheet: Worksheet, title: str, note: str, columns: Sequence[Column], frozen: int):
        self._sheet, self._columns = sheet, columns
        self._streams = sheet.parent.write_only
        self._last = 0
        edge = get_column_letter(len(columns))
        # A write-only sheet takes all this before its first row.
        for at, column in enumerate(columns, start=1):
            sheet.column_dimensions[get_column_letter(at)].width = column.width
        sheet.freeze_panes = f"{get_column_letter(frozen + 1)}{FIRST_ROW}"
        for row in (1, 2):
            sheet.merged_cells.add(f"A{row}:{edge}{row}")
        page(sheet)
        sheet.print_title_rows = f"{HEAD_ROW}:{HEAD_ROW}"
        self._append([self._cell(title, Font(name=HEADING, size=15), Alignment("center", "center"))], 30)
        self._append(
            [self._cell(note, Font(name=TABLE, size=10), Alignment("left", "center", wrap_text=True))],
            _height(_lines(note, sum(column.width for column in columns))),
        )
        heading = [replace(column, shown=TEXT) for column in columns]
        styles = [_style(sheet, column, heading=True) for column in heading]
        self._row(heading, [column.head for column in columns], styles)
        self._styles = [_style(sheet, column) for column in columns]

    def add(self, values: Sequence[object]) -> None:
        """One row; None shows as unknown."""
        self._row(self._columns, values, self._styles)

    def end(self, total: Sequence[object] = ()) -> None:
        """Close the table with its total, if it has one: the filter leaves it out, the print does not."""
        edge = get_column_letter(len(self._columns))
        self._sheet.auto_filter.ref = f"A{HEAD_ROW}:{edge}{self._last}"
        if total:
            self._row(self._columns, total, [_style(self._sheet, each, bold=True) for each in self._columns])
        self._sheet.print_area = f"A1:{edge}{self._last}"

    def _cell(self, text: str, font: Font, alignment: Alignment) -> Cell:
        cell = WriteOnlyCell(self._sheet)
        _fill(cell, text)
        cell.font, cell.alignment = font, alignment
        return cell

    def _row(self, columns: Sequence[Column], values: Sequence[object], styles: Sequence[StyleArray]) -> None:
        lines, cells = 1, []
        for column, value, style in zip(columns, values, styles, strict=True):
            cell = WriteOnlyCell(self._sheet)
            # A style made once per column: making one anew is most of the time that a large book takes.
            cell._style = copy(style)
            _fill(cell, UNKNOWN if value is None else value)
            cells.append(cell)
            if column.shown == TEXT:
                lines = max(lines, _lines(str(cell.value or ""), column.width))
        self._append(cells, _height(lines))

    def _append(self, cells: list[Cell], height: float) -> None:
        self._last += 1
        self._sheet.row_dimensions[self._last].height = height
        self._sheet.append(cells)
        if self._streams:
            del self._sheet.row_dimensions[self._last]


def _style(sheet: Worksheet, column: Column, *, heading: bool = False, bold: bool = False) -> StyleArray:
    cell = WriteOnlyCell(sheet)
    cell.font, cell.border = Font(name=TABLE, size=10, bold=bold or heading), BORDER
    cell.number_format = column.shown
    if heading:
        cell.fill = SHADE
    if heading or (column.shown == TEXT and column.width <= _NARROW):
        cell.alignment = Alignment("center", "center", wrap_text=True)
    elif column.shown == TEXT:
        cell.alignment = Alignment("left", "center", wrap_text=True, indent=1)
    else:
        cell.alignment = Alignment("right", "center", wrap_text=True)
    return cell._style


def _fill(cell: Cell, value: object) -> None:
    if isinstance(value, str) and not isinstance(value, Formula):
        write_text(cell, value)
        # Stays text also when a person edits the cell.
        cell.quotePrefix = value.startswith(_FORMULA_SIGNS)
    else:
        cell.value = value
        cell.quotePrefix = False


def _height(lines: int) -> float:
    return min(lines * _LINE_HEIGHT + 6, _TALLEST)


def _lines(text: str, width: float) -> int:
    """How many lines a text takes in a column; a Chinese character is two wide."""
    room = max(int(width) - 2, 1)
    return sum(
        max(-(-sum(1 + (unicodedata.east_asian_width(c) in "WFA") for c in part) // room), 1)
        for part in text.split("\n")
    )


def page(sheet: Worksheet) -> None:
    """A4 across, as wide as the page and as long as it gets, pages numbered."""
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", Worksheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_options.horizontalCentered = True
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top, sheet.page_margins.bottom = 0.6, 0.7
    sheet.oddFooter.center.text = "第 &P 页 共 &N 页"
    sheet.oddFooter.center.size = 9
