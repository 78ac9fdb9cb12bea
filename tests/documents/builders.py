"""Word and Excel files built from one drawing of a table, with other libraries than those that read them.

A drawing has one row per line and cells between bars; "<" continues the cell to the left, "^" the one above.
"""

from __future__ import annotations

import io
import zipfile

import docx
import openpyxl
from openpyxl.utils import get_column_letter


def cells(drawing: str) -> list[list[str]]:
    """The drawing as rows of cells; "\\n" inside a cell is a line break."""
    rows = [
        [cell.strip(" ").replace("\\n", "\n") for cell in line.strip().split("|")]
        for line in drawing.strip("\n").splitlines()
        if line.strip()
    ]
    width = max(map(len, rows))
    return [row + [""] * (width - len(row)) for row in rows]


def merges(rows: list[list[str]]) -> list[tuple[int, int, int, int]]:
    """(top, left, bottom, right), 0-based, of the merged cells of a drawing."""
    found = []
    for top, row in enumerate(rows):
        for left, text in enumerate(row):
            if text in ("<", "^"):
                continue
            right = left
            while right + 1 < len(row) and row[right + 1] == "<":
                right += 1
            bottom = top
            while bottom + 1 < len(rows) and rows[bottom + 1][left] == "^":
                bottom += 1
            if (bottom, right) != (top, left):
                found.append((top, left, bottom, right))
    return found


def word(*parts: str) -> bytes:
    """A .docx: a part with a bar is a table, any other a paragraph per line."""
    document = docx.Document()
    for part in parts:
        if "|" not in part:
            for line in part.strip("\n").splitlines():
                document.add_paragraph(line)
            continue
        rows = cells(part)
        table = document.add_table(rows=len(rows), cols=len(rows[0]), style="Table Grid")
        # By rows: asked for one cell, the library goes through all of them.
        boxes = [row.cells for row in table.rows]
        for top, left, bottom, right in merges(rows):
            boxes[top][left].merge(boxes[bottom][right])
        for row, merged in zip(rows, table.rows, strict=True):
            for text, box in zip(row, merged.cells, strict=True):
                if text not in ("", "<", "^"):
                    box.text = text
    return saved(document)


def excel(*sheets: str) -> bytes:
    """A .xlsx with one sheet per drawing; every cell is text."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, drawing in enumerate(sheets, start=1):
        sheet = book.create_sheet(f"自评{number}")
        rows = cells(drawing)
        for y, row in enumerate(rows, start=1):
            for x, text in enumerate(row, start=1):
                if text not in ("", "<", "^"):
                    sheet.cell(y, x, text).data_type = "s"  # "=100%" is no formula either
        for top, left, bottom, right in merges(rows):
            sheet.merge_cells(
                f"{get_column_letter(left + 1)}{top + 1}:{get_column_letter(right + 1)}{bottom + 1}"
            )
    return saved(book)


def saved(document: object) -> bytes:
    """What a python-docx document or an openpyxl workbook writes."""
    buffer = io.BytesIO()
    document.save(buffer)  # type: ignore[attr-defined]
    return buffer.getvalue()


def repacked(data: bytes, change: dict[str, bytes | None]) -> bytes:
    """A package with parts replaced or added; None leaves a part out."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = change.get(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
        for name, content in change.items():
            if content is not None and name not in old.namelist():
                new.writestr(name, content)
    return buffer.getvalue()
