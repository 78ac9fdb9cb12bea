"""Text of a Word file that nobody sees: rows marked as hidden and hidden characters; neither is printed nor read.

As in a workbook, hidden rows of a table with figures are not dropped in silence.
"""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree

from selfeval.filing import Note, Position
from selfeval.pattern import Pattern

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
HIDDEN, VANISH = _W + "hidden", _W + "vanish"
_TR, _TC, _TBL, _R, _T, _RPR, _TRPR, _VAL = (
    _W + name for name in ("tr", "tc", "tbl", "r", "t", "rPr", "trPr", "val")
)
_OFF = ("0", "false", "off")
_FIGURE = Pattern(r"[-+≥≤]?[\d,.]*\d[\d,.]*\s*[%％\w]{0,4}")
_MOST_NAMED = 10

Row = etree._Element


def clear(marks: Iterable[etree._Element]) -> set[Row]:
    """Take hidden text out and return the rows of tables that show nothing for it and held figures."""
    emptied: dict[Row, list[str]] = {}
    for mark in marks:
        properties = mark.getparent()
        owner = None if properties is None else properties.getparent()
        if owner is None or mark.get(_VAL) in _OFF:
            continue
        if mark.tag == HIDDEN and properties.tag == _TRPR:
            emptied.setdefault(owner, []).extend(_cells(owner))
            for run in list(owner.iter(_R)):
                _empty(run)
        elif mark.tag == VANISH and properties.tag == _RPR and owner.tag == _R:
            row = next(owner.iterancestors(_TR), None)
            if row is not None and row not in emptied:
                emptied[row] = _cells(row)
            _empty(owner)
    return {
        row
        for row, said in emptied.items()
        if not any(_cells(row)) and any(_FIGURE.fullmatch(text) for text in said)
    }


def told(table: Row, part: str, rows: set[Row]) -> list[Note]:
    """One note for the hidden rows of a table."""
    if not rows:
        return []
    every = [row for row in table.iter(_TR) if next(row.iterancestors(_TBL), None) is table]
    numbers = [number for number, row in enumerate(every, start=1) if row in rows]
    if not numbers:
        return []
    named = "、".join(map(str, numbers[:_MOST_NAMED])) + (" 等" if len(numbers) > _MOST_NAMED else "")
    return [
        Note(
            at=Position(part=part, row=max(1, numbers[0] - 1)),
            found=f"隐藏 {len(numbers)} 行",
            expected="填报的行都能看见、能打印",
            message=f"{part}第 {named} 行是隐藏文字，里面有数字，打印不出来，也没有读取；"
            "是填报内容的请取消隐藏后重新报送，不是的请删除。",
        )
    ]


def _cells(row: Row) -> list[str]:
    texts = ("".join(cell.itertext(_T, with_tail=False)).strip() for cell in row.iter(_TC))
    return [text for text in texts if text]


def _empty(run: etree._Element) -> None:
    for piece in list(run):
        if piece.tag != _RPR:
            run.remove(piece)
