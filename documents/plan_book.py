"""The plan of a rehearsal as an Excel workbook: what it takes for granted, the steps, every single mail."""

from __future__ import annotations

import io
from collections.abc import Sequence

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from documents.paper_excel import put
from documents.typography import HEADING, TABLE

_LINE = Side(style="thin", color="BFBFBF")
_BORDER = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_SHADE = PatternFill("solid", fgColor="E8EEF4")
_WIDTHS = {
    "时间": 18, "环节": 16, "种类": 12, "步骤": 16, "邮件": 8, "编码": 12, "单位": 30, "收件人": 34,
    "说明": 60, "原因": 60,
}  # fmt: skip


def plan_workbook(
    title: str,
    words: Sequence[str],
    step_head: Sequence[str],
    steps: Sequence[Sequence[str]],
    mail_head: Sequence[str],
    mails: Sequence[Sequence[str]],
) -> bytes:
    """The workbook as .xlsx bytes: sheets 说明, 步骤 and 邮件, headings frozen and with a filter."""
    book = Workbook()
    about = book.active
    about.title = "说明"
    about.column_dimensions["A"].width = 100
    for number, sentence in enumerate((f"{title}：预演", *words), start=1):
        put(about, number, 1, sentence)
        about.cell(number, 1).font = Font(
            name=HEADING if number == 1 else TABLE, size=14 if number == 1 else 11
        )
        about.cell(number, 1).alignment = Alignment(wrap_text=True, vertical="top")
    _page(about)
    _table(book.create_sheet("步骤"), step_head, steps)
    _table(book.create_sheet("邮件"), mail_head, mails)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _table(sheet: Worksheet, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    for column, name in enumerate(head, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = _WIDTHS[name]
    for number, row in enumerate((head, *rows), start=1):
        for column, text in enumerate(row, start=1):
            put(sheet, number, column, text)
            cell = sheet.cell(number, column)
            cell.border = _BORDER
            cell.alignment = Alignment(wrap_text=True, vertical="center")
            cell.font = Font(name=HEADING if number == 1 else TABLE, size=11)
            if number == 1:
                cell.fill = _SHADE
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    sheet.print_title_rows = "1:1"
    _page(sheet)


def _page(sheet: Worksheet) -> None:
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
