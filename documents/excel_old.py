"""An Excel 97-2003 workbook (.xls) as a Document: every visible sheet a grid of what it displays.

It goes through xlrd, which tells the number formats: without them 95.60% shows as 0.956.
"""

from __future__ import annotations

import io

import xlrd

from documents import display
from documents.excel import MAX_CELLS, TOO_MANY, document_of
from documents.grid import Document, Grid, Unreadable
from documents.unseen import Hidden, visible_grid
from selfeval.filing import Note

_BROKEN = "已损坏，不能按 Excel 97-2003 工作簿打开。请另存为 .xlsx 后再报送。"
_LOCKED = "设有打开密码，读不出内容。请取消密码后重新报送。"
_VISIBLE = 0


def read(data: bytes) -> Document:
    """Read a .xls workbook (BIFF); raises Unreadable for damage, a password and too many cells."""
    try:
        # Ragged: a single cell in the last corner must not be laid out as a full rectangle.
        # What the library prints about odd files is no finding.
        with xlrd.open_workbook(
            file_contents=data,
            formatting_info=True,
            on_demand=True,
            ragged_rows=True,
            logfile=io.StringIO(),
        ) as book:
            return _read(book)
    except Unreadable:
        raise
    except xlrd.XLRDError as error:
        raise Unreadable(_LOCKED if "encrypted" in str(error) else _BROKEN) from error
    except Exception as error:
        # The library lets errors of every kind through from a damaged file.
        raise Unreadable(_BROKEN) from error


def _read(book: xlrd.Book) -> Document:
    grids: list[Grid] = []
    notes: list[Note] = []
    hidden: list[str] = []
    budget = MAX_CELLS
    for number in range(book.nsheets):
        sheet = book.sheet_by_index(number)
        texts: dict[tuple[int, int], str] = {}
        for row in range(sheet.nrows):
            for column, cell in enumerate(sheet.row(row)):
                if text := _text(cell, book):
                    texts[row + 1, column + 1] = text
            if len(texts) > budget:
                raise Unreadable(TOO_MANY)
        budget -= len(texts)
        if sheet.visibility != _VISIBLE:
            hidden.extend(texts.values())
        else:
            merged = [(top + 1, left + 1, bottom, right) for top, bottom, left, right in sheet.merged_cells]
            grid, unread = visible_grid(sheet.name, texts, merged, _hidden(sheet))
            grids.append(grid)
            notes.extend(unread)
        book.unload_sheet(number)
    return document_of(grids, hidden, None, notes)


def _hidden(sheet: xlrd.sheet.Sheet) -> Hidden:
    return Hidden(
        {row + 1 for row, look in sheet.rowinfo_map.items() if look.hidden or look.height == 0},
        {column + 1 for column, look in sheet.colinfo_map.items() if look.hidden or look.width == 0},
    )


def _text(cell: xlrd.sheet.Cell, book: xlrd.Book) -> str:
    """What a cell displays."""
    if cell.ctype == xlrd.XL_CELL_TEXT:
        return cell.value.strip()
    if cell.ctype in (xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE):
        return display.show(cell.value, _format(cell, book), bool(book.datemode))
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return "TRUE" if cell.value else "FALSE"
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return xlrd.error_text_from_code.get(cell.value, "")
    return ""


def _format(cell: xlrd.sheet.Cell, book: xlrd.Book) -> str:
    found = book.format_map.get(book.xf_list[cell.xf_index].format_key)
    return found.format_str if found else "General"
