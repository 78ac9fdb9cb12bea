"""Tables as sheets that print well: title, note, repeated heading, frozen panes, a total in bold."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import NamedTuple

from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.cell_style import StyleArray
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from documents.paper_excel import write_text
from documents.streamed import Formula, StreamedSheet
from documents.typography import HEADING, TABLE

BORDER = Border(*(Side(style="thin", color="808080"),) * 4)
SHADE = PatternFill("solid", fgColor="E7ECF3")
TEXT, COUNT, AMOUNT, RATE, SCORE = "@", "#,##0", "#,##0.00", "0.00%", "0.00"
HEAD_ROW = 3
FIRST_ROW = HEAD_ROW + 1
UNKNOWN = "—"
_NARROW = 7  # text columns up to this width hold a word, which stands in the middle
_FORMULA_SIGNS = ("=", "+", "-", "@")
_LINE_HEIGHT, _TALLEST = 14.0, 409.0  # points; Excel knows no taller row


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, its least width in characters and how its cells are shown.

    A line break in the heading says where it may be parted: it would break inside a word by itself.
    """

    head: str
    width: float
    shown: str = TEXT

    @property
    def name(self) -> str:
        """The heading in one line."""
        return self.head.replace("\n", "")


class Otherwise(NamedTuple):
    """A value of a row that is shown otherwise than its column: a count of persons among amounts."""

    value: object
    shown: str


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


class _Look(NamedTuple):
    """A style, and the same for text that looks like a formula: it stays text also when a person edits the cell."""

    plain: StyleArray
    quoted: StyleArray
    numbers: tuple[int, int]  # of both in the workbook


class Lines:
    """A table that is written row by row: on a streamed sheet no row is kept in memory."""

    def __init__(self, sheet: Worksheet, title: str, note: str, columns: Sequence[Column], frozen: int):
        columns = [replace(each, width=max(each.width, _widest(each.head) + 1)) for each in columns]
        self._sheet, self._columns = sheet, columns
        self._others: dict[tuple[int, str], _Look] = {}
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
        self._put([title], [_look(sheet, Font(name=HEADING, size=15), Alignment("center", "center"))], 30)
        small = _look(sheet, Font(name=TABLE, size=10), Alignment("left", "center", wrap_text=True))
        self._put([note], [small], height_of(note, sum(column.width for column in columns)))
        looks = [_style(sheet, replace(column, shown=TEXT), heading=True) for column in columns]
        lines = max(column.head.count("\n") + 1 for column in columns)
        self._put([column.head for column in columns], looks, _height(lines))
        self._styles = [_style(sheet, column) for column in columns]

    def add(self, values: Sequence[object]) -> None:
        """One row; None shows as unknown."""
        self._row(values, self._styles)

    def end(self, total: Sequence[object] = ()) -> None:
        """Close the table with its total, if it has one: the filter leaves it out, the print does not."""
        edge = get_column_letter(len(self._columns))
        self._sheet.auto_filter.ref = f"A{HEAD_ROW}:{edge}{self._last}"
        if total:
            self._row(total, [_style(self._sheet, each, bold=True) for each in self._columns])
        self._sheet.print_area = f"A1:{edge}{self._last}"

    def _row(self, values: Sequence[object], looks: Sequence[_Look]) -> None:
        shown = [UNKNOWN if value is None else value for value in values]
        for at, value in enumerate(shown):
            if isinstance(value, Otherwise):
                looks = [*looks[:at], self._other(at, value.shown), *looks[at + 1 :]]
                shown[at] = value.value
        lines = max(
            (
                _lines(str(value), column.width)
                for column, value in zip(self._columns, shown, strict=True)
                if column.shown == TEXT
            ),
            default=1,
        )
        self._put(shown, looks, _height(lines))

    def _other(self, at: int, shown: str) -> _Look:
        if (at, shown) not in self._others:
            self._others[at, shown] = _style(self._sheet, replace(self._columns[at], shown=shown))
        return self._others[at, shown]

    def _put(self, values: Sequence[object], looks: Sequence[_Look], height: float) -> None:
        self._last += 1
        sheet = self._sheet
        quoted = [_is_text(value) and value.startswith(_FORMULA_SIGNS) for value in values]
        if isinstance(sheet, StreamedSheet):
            numbers = [look.numbers[each] for look, each in zip(looks, quoted, strict=True)]
            sheet.write_row(self._last, height, values, numbers)
            return
        sheet.row_dimensions[self._last].height = height
        for column, (value, look, marked) in enumerate(zip(values, looks, quoted, strict=True), start=1):
            cell = sheet.cell(self._last, column)
            cell._style = copy(look.quoted if marked else look.plain)
            if _is_text(value):
                write_text(cell, value)
            else:
                cell.value = value


def _style(sheet: Worksheet, column: Column, *, heading: bool = False, bold: bool = False) -> _Look:
    font = Font(name=TABLE, size=10, bold=bold or heading)
    if heading or (column.shown == TEXT and column.width <= _NARROW):
        alignment = Alignment("center", "center", wrap_text=True)
    elif column.shown == TEXT:
        alignment = Alignment("left", "center", wrap_text=True, indent=1)
    else:
        alignment = Alignment("right", "center", wrap_text=True)
    return _look(
        sheet,
        font,
        alignment,
        border=BORDER,
        number_format=column.shown,
        **{"fill": SHADE} if heading else {},
    )


def _look(sheet: Worksheet, font: Font, alignment: Alignment, **more: object) -> _Look:
    # Made once per column: making a style anew for every cell is most of the time that a large book takes.
    cell = WriteOnlyCell(sheet)
    cell.font, cell.alignment = font, alignment
    for name, value in more.items():
        setattr(cell, name, value)
    plain = copy(cell._style)
    cell.quotePrefix = True
    number_of = sheet.parent._cell_styles.add
    return _Look(plain, cell._style, (number_of(plain), number_of(cell._style)))


def _is_text(value: object) -> bool:
    return isinstance(value, str) and not isinstance(value, Formula)


def height_of(text: str, width: float) -> float:
    """The points of a row that holds this text in cells of so many characters."""
    return _height(_lines(text, width))


def _height(lines: int) -> float:
    return min(lines * _LINE_HEIGHT + 6, _TALLEST)


class _Widths(dict[str, int]):
    """How wide a character is: a Chinese one as wide as two others."""

    def __missing__(self, character: str) -> int:
        self[character] = width = 1 + (unicodedata.east_asian_width(character) in "WFA")
        return width


_width_of = _Widths().__getitem__


def _widest(text: str) -> int:
    return max(sum(map(_width_of, line)) for line in text.split("\n"))


@lru_cache(maxsize=4096)
def _lines(text: str, width: float) -> int:
    """How many lines a text takes in a column; rules and names come again and again."""
    room = max(int(width) - 2, 1)
    return sum(max(-(-sum(map(_width_of, part)) // room), 1) for part in text.split("\n"))


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
