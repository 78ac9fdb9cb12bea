"""The raw cells of a Word file or a workbook by python-docx and openpyxl, which the reader does not use.

The walk knows nothing of labels: it takes the rows by their shape (an indicator row is one that fills the
score column below the heading 三级指标), so a row or a cell that the reader drops shows up as a difference.
"""

from __future__ import annotations

import io
import re
from decimal import Decimal
from functools import cache
from pathlib import Path

import docx
import openpyxl


def squeezed(text: str) -> str:
    """White space and fillers carry no meaning when two readings are compared."""
    text = re.sub(r"\s+", "", text)
    return "" if re.fullmatch(r"[—/…]*", text) else text


@cache
def raw_tables(folder: Path, name: str) -> list[list[list[str]]]:
    """Every table as a full rectangle of texts; a merged cell repeats its text in every place that it covers."""
    data = (folder / name).read_bytes()
    if name.endswith(".docx"):
        return [
            [[cell.text for cell in row.cells] for row in table.rows]
            for table in docx.Document(io.BytesIO(data)).tables
        ]
    found = []
    for sheet in openpyxl.load_workbook(io.BytesIO(data)):
        rectangle = [[displayed(cell) for cell in row] for row in sheet.iter_rows()]
        for area in sheet.merged_cells.ranges:
            text = rectangle[area.min_row - 1][area.min_col - 1]
            for row in range(area.min_row - 1, area.max_row):
                for column in range(area.min_col - 1, area.max_col):
                    rectangle[row][column] = text
        found.append(rectangle)
    return found


def displayed(cell: openpyxl.cell.Cell) -> str:
    if cell.value is None:
        return ""
    if isinstance(cell.value, (int, float)):
        value = Decimal(repr(round(cell.value, 12)))
        if cell.number_format == "0.00%":
            return f"{value * 100:.2f}%"
        return format(value.normalize(), "f")
    return str(cell.value)


def raw_rows(table: list[list[str]], heading: str, columns: list[str]) -> list[list[str]]:
    """The rows below the row that holds `heading`, cut to the columns with these headings, up to 总分."""
    top = next(i for i, row in enumerate(table) if heading in map(squeezed, row))
    names = [squeezed(text) for text in table[top]]
    places = [names.index(column) for column in columns]
    rows = []
    for row in table[top + 1 :]:
        if squeezed(row[0]).startswith(("总分", "年度总体目标")) or squeezed(row[1]) == "预期目标":
            break
        rows.append([squeezed(row[place]) for place in places])
    return rows
