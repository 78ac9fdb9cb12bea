"""A workbook for the public: visible sheets, rows and columns with their values and looks, and nothing else.

Copied cell by cell into a new workbook: what is not copied here cannot be published by mistake.
"""

from __future__ import annotations

import io
import itertools
import zipfile
from copy import copy
from datetime import datetime

import openpyxl
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell, MergedCell
from openpyxl.styles.cell_style import StyleArray
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from documents.grid import Unreadable
from documents.package import DAMAGED
from documents.redacted_text import Cell as TextCell
from documents.redacted_text import Redactor
from selfeval.redaction import HIDDEN

_EPOCH = (1980, 1, 1, 0, 0, 0)


def redact_excel(data: bytes, redactor: Redactor) -> bytes:
    """The redacted .xlsx with values for formulas. Raises Unreadable for a damaged file."""
    try:
        source = openpyxl.load_workbook(io.BytesIO(data), data_only=True, keep_links=False)
    except (*DAMAGED, ValueError, TypeError, KeyError, AttributeError, OSError) as error:
        raise Unreadable(f"打不开（{type(error).__name__}），不能制作脱敏副本。") from error
    target = openpyxl.Workbook()
    target.remove(target.active)
    visible = [sheet for sheet in source.worksheets if sheet.sheet_state == "visible"]
    for sheet in visible:
        redactor.learn(_learned(sheet))
    looks: dict[tuple[int, ...], StyleArray] = {}
    for sheet in visible:
        _copy(sheet, target.create_sheet(_title(sheet.title, redactor)), redactor, looks)
    if not visible:
        target.create_sheet("空")
    return _saved(target)


def _title(title: str, redactor: Redactor) -> str:
    """The sheet's name without what is personal, short enough for a sheet."""
    for start, stop, _ in reversed(redactor.find(title, f"工作表名“{len(title)}字”")):
        title = title[:start] + HIDDEN + title[stop:]
    return title[:31]


def _shown(sheet: Worksheet) -> list[list[Cell]]:
    """Rows of the cells that a reader sees; a hidden column may be set for a range of columns."""
    hidden = set()
    for letter, dimension in sheet.column_dimensions.items():
        if dimension.hidden or dimension.width == 0:
            first = dimension.min or openpyxl.utils.column_index_from_string(letter)
            hidden |= set(range(first, (dimension.max or first) + 1))
    return [
        [cell for cell in row if not isinstance(cell, MergedCell) and cell.column not in hidden]
        for row in sheet.iter_rows()
        if not _hidden_row(sheet, row[0].row)
    ]


def _hidden_row(sheet: Worksheet, number: int) -> bool:
    dimension = sheet.row_dimensions.get(number)
    return dimension is not None and (dimension.hidden or dimension.height == 0)


def _text(cell: Cell) -> str:
    value = cell.value
    if value is None or isinstance(value, bool | datetime):
        return ""
    if isinstance(value, float):
        # Digits behind a point are the remainder of a calculation.
        return f"{value:.0f}" if value.is_integer() else f"{value:.2f}"
    return str(value)


def _learned(sheet: Worksheet) -> list[str]:
    rows = [[_text(cell).strip() for cell in row] for row in _shown(sheet)]
    said = [[text for text in row if text] for row in rows]
    lines = [line for row in said for text in row for line in text.splitlines()]
    return lines + [
        f"{label.rstrip(':：')}：{value}" for row in said for label, value in itertools.pairwise(row)
    ]


def _look(
    cell: Cell | MergedCell,
    new: Cell,
    title: str,
    redactor: Redactor,
    looks: dict[tuple[int, ...], StyleArray],
) -> None:
    """Give the new cell the looks of the other; `looks` holds those that were copied from cells before.

    Thousands of cells share a few dozen looks, and openpyxl compares every font with all that it knows.
    """
    known = looks.get(key := tuple(cell._style))
    if known is not None:
        new._style = copy(known)
        return
    new.font, new.border, new.fill = copy(cell.font), copy(cell.border), copy(cell.fill)
    new.alignment = copy(cell.alignment)
    # A format may carry a text of its own: "张三"0.
    if not redactor.find(cell.number_format, f"{title}!{cell.coordinate} 的格式"):
        new.number_format = cell.number_format
    looks[key] = copy(new._style)


def _copy(
    sheet: Worksheet, target: Worksheet, redactor: Redactor, looks: dict[tuple[int, ...], StyleArray]
) -> None:
    rows = _shown(sheet)
    texts = [[TextCell(cell.column, _text(cell)) for cell in row] for row in rows]
    for row, labels in zip(rows, redactor.contexts(texts), strict=True):
        for cell, beside in zip(row, labels, strict=True):
            new = target.cell(cell.row, cell.column)
            if cell.has_style:
                _look(cell, new, sheet.title, redactor, looks)
            text = _text(cell)
            found = redactor.find(text, f"{sheet.title}!{cell.coordinate}", beside)
            if found:
                for start, stop, _ in reversed(found):
                    text = text[:start] + HIDDEN + text[stop:]
                _write(new, text)
            elif isinstance(cell.value, str):
                _write(new, cell.value)
            else:
                new.value = cell.value
    for cell in itertools.chain.from_iterable(sheet.iter_rows()):
        if isinstance(cell, MergedCell) and cell.has_style:
            _look(cell, target.cell(cell.row, cell.column), sheet.title, redactor, looks)
    for merged in sheet.merged_cells.ranges:
        # Their looks were copied with the others; merge_cells would work out each border again.
        target.merged_cells.add(merged.coord)
    for letter, dimension in sheet.column_dimensions.items():
        first = dimension.min or openpyxl.utils.column_index_from_string(letter)
        for column in range(first, min(dimension.max or first, sheet.max_column) + 1):
            new = target.column_dimensions[get_column_letter(column)]
            new.width, new.hidden = dimension.width, dimension.hidden
    for number, dimension in sheet.row_dimensions.items():
        if number <= sheet.max_row:
            target.row_dimensions[number].height = dimension.height
            target.row_dimensions[number].hidden = dimension.hidden
    target.page_setup.orientation = sheet.page_setup.orientation
    target.page_setup.paperSize = sheet.page_setup.paperSize
    target.page_setup.scale = sheet.page_setup.scale
    target.page_setup.fitToWidth = sheet.page_setup.fitToWidth
    target.page_setup.fitToHeight = sheet.page_setup.fitToHeight
    target.sheet_properties.pageSetUpPr = copy(sheet.sheet_properties.pageSetUpPr)
    target.freeze_panes = sheet.freeze_panes


def _write(cell: Cell, text: str) -> None:
    """A text stays a text, also one that begins with "="."""
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", text)
    cell.data_type = "s"


def _saved(book: openpyxl.Workbook) -> bytes:
    """The file without properties, and without the clock that the library writes into it."""
    buffer, result = io.BytesIO(), io.BytesIO()
    book.save(buffer)
    with zipfile.ZipFile(buffer) as written, zipfile.ZipFile(result, "w") as target:
        for entry in written.infolist():
            content = written.read(entry)
            if entry.filename.startswith("docProps/"):
                continue
            if entry.filename in ("[Content_Types].xml", "_rels/.rels"):
                content = _without_properties(content)
            info = zipfile.ZipInfo(entry.filename, _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(info, content)
    return result.getvalue()


def _without_properties(content: bytes) -> bytes:
    from lxml import etree

    root = etree.fromstring(content)
    for entry in list(root):
        if "docProps/" in entry.get("PartName", entry.get("Target", "")):
            root.remove(entry)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
