"""The bureau's roster file as rows of text."""

from __future__ import annotations

import io

from python_calamine import CalamineError, CalamineWorkbook

from selfeval.refusal import Refusal


class RosterUnreadable(Refusal):
    """The file is no Excel workbook; the text says so in Chinese."""


def roster_rows(name: str, data: bytes) -> list[list[str]]:
    """Rows of the first sheet; numbers as a person reads them (101001, not 101001.0)."""
    try:
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0)
        rows = sheet.to_python(skip_empty_area=False)
    except CalamineError as error:
        raise RosterUnreadable(f"“{name}”不是可读的 Excel 文件（应为 .xlsx 或 .xls）：{error}") from error
    return [[_text(value) for value in row] for row in rows]


def _text(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
