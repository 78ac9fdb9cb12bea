"""Papers as an Excel workbook, one sheet each, ready to print on A4."""

from __future__ import annotations

import io
from collections.abc import Sequence
from copy import copy
from itertools import groupby
from zipfile import ZIP_DEFLATED, ZipFile

from lxml import etree
from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.packaging.custom import StringProperty
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.styles.cell_style import StyleArray
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.xml.constants import SHEET_MAIN_NS

from documents.paper import Box, Kind, Paper
from documents.typography import HEADING, TABLE, TITLE, printable
from selfeval import identity

_LINE = Side(style="thin")
_BORDER = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_FORMATS = {
    Kind.COUNT: "0",
    Kind.AMOUNT: "#,##0.00",
    Kind.RATE: "0.00%",
    Kind.POINTS: "General",
    Kind.SCORE: "General",
    Kind.TOTAL: "General",
}
_LEFT = (Kind.ITEM, Kind.TEXT)
_WIDER = 1.15  # than the paper's columns: scaled to the page's width, a page then holds a whole form
_STRETCH = (1.25, 1.6)  # least and most of a row's height: what the page has room for
_ABOVE = 3  # rows above the table: annex, title, unit line
_OVER, _NOTE = (20, 34, 30), 28  # points of the rows above the table, and of one below it
_CHARACTER = 5.25  # points of a unit of column width in Calibri, the font that Excel measures it in
_PAGE = (508, 720)  # points between the margins of A4, across and, with some to spare, down


def write_workbook(papers: Sequence[Paper], mark: str, author: str) -> bytes:
    """The workbook as .xlsx bytes; `mark` stands in each footer and in the document properties."""
    book = Workbook()
    book.remove(book.active)
    book.properties.creator = printable(author)
    book.properties.title = papers[0].title
    book.custom_doc_props.append(StringProperty(name=identity.PROPERTY, value=mark))
    for paper in papers:
        write_sheet(book.create_sheet(paper.name), paper, mark)
    buffer = io.BytesIO()
    book.save(buffer)
    return _with_results(buffer.getvalue())


def _with_results(data: bytes) -> bytes:
    """Store the empty result of the totals: openpyxl writes formulas without one, as of a broken file."""
    buffer = io.BytesIO()
    with ZipFile(io.BytesIO(data)) as source, ZipFile(buffer, "w", ZIP_DEFLATED) as target:
        for item in source.infolist():
            content = source.read(item)
            if item.filename.startswith("xl/worksheets/sheet"):
                sheet = etree.fromstring(content)
                for cell in sheet.iterfind(f".//{{{SHEET_MAIN_NS}}}f/.."):
                    cell.set("t", "str")
                content = etree.tostring(sheet, xml_declaration=True, encoding="UTF-8", standalone=True)
            target.writestr(item, content)
    return buffer.getvalue()


def put(sheet: Worksheet, row: int, column: int, text: str) -> None:
    """Write text as text into a cell of a sheet."""
    write_text(sheet.cell(row, column), text)


def write_text(cell: Cell, text: str) -> None:
    """Write text as text: what begins with “=” must not become a formula."""
    cell.value = printable(text)
    cell.data_type = "s"


def write_sheet(sheet: Worksheet, paper: Paper, mark: str) -> None:
    """Draw a paper on an empty sheet; `mark` stands in the footer."""
    for column, width in enumerate(paper.widths, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width * _WIDER
    last = len(paper.widths)
    cut = last - 2  # the right part takes the last two columns
    first, second, third = _OVER
    _line(sheet, 1, 1, cut - 2, paper.annex, Font(name=HEADING, size=12), "left", first)
    _line(sheet, 1, cut - 1, last, paper.reference, Font(name=TABLE, size=11), "right", first)
    _line(sheet, 2, 1, last, paper.title, Font(name=TITLE, size=18), "center", second)
    _line(sheet, 3, 1, cut, paper.line[0], Font(name=TABLE, size=11), "left", third)
    _line(sheet, 3, cut + 1, last, paper.line[1], Font(name=TABLE, size=11), "right", third)
    _write_table(sheet, paper)
    row = _ABOVE + len(paper.rows)
    for note in paper.notes:
        row += 1
        _line(sheet, row, 1, last, note, Font(name=TABLE, size=11), "left", _NOTE)
    _page(sheet, paper, f"A1:{get_column_letter(last)}{row}", mark)


def _line(
    sheet: Worksheet, row: int, first: int, last: int, text: str, font: Font, side: str, height: float
) -> None:
    put(sheet, row, first, text)
    cell = sheet.cell(row, first)
    cell.font = font
    cell.alignment = Alignment(horizontal=side, vertical="center", wrap_text=True)
    _merge(sheet, row, row, first, last)
    sheet.row_dimensions[row].height = height


def _merge(sheet: Worksheet, row: int, last_row: int, column: int, last_column: int) -> None:
    """Merge cells that are drawn already: openpyxl's own way draws their borders anew, which takes most of the time."""
    sheet.merged_cells.add(CellRange(min_col=column, min_row=row, max_col=last_column, max_row=last_row))


def _style(cell: Cell, box: Box | None, *, long: bool) -> StyleArray:
    """The style of a table's cell, given to `cell`; None: a cell that another one covers.

    In a `long` table what stands beside several rows begins at the first: in their middle a page may end.
    """
    cell.border = _BORDER
    if box is not None:
        cell.font = Font(name=TABLE, size=11)
        cell.number_format = _FORMATS.get(box.kind, "General")
        cell.alignment = Alignment(
            horizontal="left" if box.kind in _LEFT else "center",
            vertical="top" if long and box.down > 1 else "center",
            wrap_text=True,
            indent=box.indent,
        )
    return cell._style


def _write_table(sheet: Worksheet, paper: Paper) -> None:
    scores: list[tuple[int, int]] = []
    totals: list[tuple[int, int]] = []
    styles: dict[tuple[Kind, int, bool] | None, StyleArray] = {}
    room = _room(paper)
    stretch = min(max(room, _STRETCH[0]), _STRETCH[1])
    for number, (row, placed) in enumerate(zip(paper.rows, paper.grid(), strict=True), start=_ABOVE + 1):
        sheet.row_dimensions[number].height = row.height * stretch
        for at, box, continued in placed:
            column = at + 1
            for spanned in range(column, column + box.span):
                shown = box if spanned == column and not continued else None
                cell, key = sheet.cell(number, spanned), shown and (shown.kind, shown.indent, shown.down > 1)
                if key in styles:
                    cell._style = copy(styles[key])
                else:
                    styles[key] = _style(cell, shown, long=room < _STRETCH[0])
            if continued:
                continue
            cell = sheet.cell(number, column)
            if box.number is not None:
                cell.value = box.number
            elif box.text:
                write_text(cell, box.text)
            if box.kind is Kind.SCORE:
                scores.append((column, number))
            elif box.kind is Kind.TOTAL:
                totals.append((column, number))
            if box.span > 1 or box.down > 1:
                _merge(sheet, number, number + box.down - 1, column, column + box.span - 1)
    for column, number in totals:
        # A unit may type over it; until the first score is entered it shows nothing.
        ranges = ",".join(_ranges(scores))
        sheet.cell(number, column).value = f'=IF(COUNT({ranges})=0,"",SUM({ranges}))'


def _room(paper: Paper) -> float:
    """How much taller the rows may be for the paper to fill one page; Excel scales it to the page's width."""
    across, down = _PAGE
    scale = min(across / (sum(paper.widths) * _WIDER * _CHARACTER), 1)
    return (down / scale - sum(_OVER) - _NOTE * len(paper.notes)) / sum(row.height for row in paper.rows)


def _ranges(cells: list[tuple[int, int]]) -> list[str]:
    """Addresses of (column, row) pairs, neighbours below each other joined into one range."""
    ranges = []
    for _, group in groupby(enumerate(sorted(cells)), key=lambda item: (item[1][0], item[1][1] - item[0])):
        run = [cell for _, cell in group]
        letter = get_column_letter(run[0][0])
        ranges.append(f"{letter}{run[0][1]}:{letter}{run[-1][1]}" if len(run) > 1 else f"{letter}{run[0][1]}")
    return ranges


def _page(sheet: Worksheet, paper: Paper, area: str, mark: str) -> None:
    sheet.print_area = area
    sheet.sheet_view.showGridLines = False
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.orientation = "portrait"
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_options.horizontalCentered = True
    sheet.page_margins.left = sheet.page_margins.right = 0.6
    sheet.page_margins.top, sheet.page_margins.bottom = 0.7, 0.7
    if paper.repeat is not None:
        row = _ABOVE + 1 + paper.repeat
        sheet.print_title_rows = f"{row}:{row}"
    sheet.oddFooter.center.text = "第 &P 页 共 &N 页"
    sheet.oddFooter.center.size = 9
    sheet.oddFooter.right.text = mark
    sheet.oddFooter.right.size = 8
    sheet.oddFooter.right.color = "7F7F7F"
