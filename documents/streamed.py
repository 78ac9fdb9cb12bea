"""A sheet that is written as it comes: a row is text and goes straight into the file.

openpyxl makes every cell an object and asks it a dozen things on its way: four fifths of the time that a
province's lists took.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from xml.sax.saxutils import escape

from lxml import etree
from openpyxl import Workbook
from openpyxl.compat import safe_string
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from documents.typography import printable
from selfeval.pattern import Pattern

_LONGEST = 32_767  # characters that Excel keeps in a cell
# Nearly every text: nothing in it that XML cannot hold or that has to be escaped.
_PLAIN = Pattern(r"[\n -%'-;=?-\ud7ff]{1,32767}")
_BREAKS = {"\r": "&#13;"}  # an XML reader would make a line feed of it
_letters = lru_cache(maxsize=256)(get_column_letter)


class Formula(str):
    """A formula of ours; every other text, also one that begins with "=", is written as text."""


class StreamedSheet(WriteOnlyWorksheet):
    """A sheet of a write-only workbook that takes rows of values with the numbers of their styles."""

    def write_row(self, number: int, height: float, values: Sequence[object], styles: Sequence[int]) -> None:
        """The next row; raises TypeError for a value that is neither text nor a number."""
        cells = [
            _cell(f"{_letters(column)}{number}", style, value)
            for column, (value, style) in enumerate(zip(values, styles, strict=True), start=1)
        ]
        self.append([f'<row r="{number}" ht="{height:g}" customHeight="1">{"".join(cells)}</row>'])

    def _write_rows(self) -> Iterator[None]:
        # What append() sends arrives here; the original makes cells of it.
        stream = self._writer.xf.send(True)
        with stream.element("sheetData"):
            try:
                while True:
                    for row in (yield):
                        stream.write(etree.fromstring(row))
            except GeneratorExit:
                pass
        self._writer.xf.send(None)


def streamed(book: Workbook, name: str) -> StreamedSheet:
    """A new last sheet of a write-only workbook."""
    sheet = StreamedSheet(book, name)
    book._add_sheet(sheet)
    return sheet


def _cell(place: str, style: int, value: object) -> str:
    if isinstance(value, Formula):
        return f'<c r="{place}" s="{style}"><f>{escape(value[1:])}</f><v/></c>'
    if isinstance(value, str):
        plain = _PLAIN.fullmatch(value) is not None
        text = value if plain else printable(value)[:_LONGEST]
        if not text:
            return f'<c r="{place}" s="{style}" t="inlineStr"/>'
        kept = ' xml:space="preserve"' if text != text.strip() else ""
        escaped = text if plain else escape(text, _BREAKS)
        return f'<c r="{place}" s="{style}" t="inlineStr"><is><t{kept}>{escaped}</t></is></c>'
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return f'<c r="{place}" s="{style}" t="n"><v>{safe_string(value)}</v></c>'
    raise TypeError(f"no value of a table: {value!r}")
