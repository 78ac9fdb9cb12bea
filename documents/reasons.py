"""What a form says of itself as a whole: rows for reasons (说明, 备注, 偏差原因), the 原因 column of the funds, lines below.

What the form prints for whoever fills it in (how to count, how many words) is no reason of the unit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from documents.cells import clean, covering, value_cell
from documents.grid import GridCell, Line, Paragraph
from selfeval.filing import Cell, Entry
from selfeval.labels import INSTRUCTED, REASON_COLUMN, REASON_ROW, bare, squash
from selfeval.pattern import Pattern

_LONGEST_LABEL = 40
_PROBLEMS = Pattern(r"存在的?(?:主要)?问题.{0,10}")


def column(heading: Line) -> GridCell | None:
    """The column for reasons beside the funds; None where they have none."""
    named = (cell for cell in heading.own if REASON_COLUMN.fullmatch(_label(cell.text)))
    return next(named, None)


def beside_funds(line: Line, head: GridCell | None) -> Entry | None:
    """What the column for reasons says in the row of a fund where its cell begins."""
    cell = covering(line, head) if head else None
    if cell is None or cell.row != line.number or not _said(cell.text):
        return None
    return Entry(squash(head.text), "", value_cell(line, cell, head.column))


def in_rows(rows: Iterable[Line]) -> Iterator[Entry]:
    """Every row for reasons with what is filed in it, which may be nothing."""
    for line in rows:
        first, *others = line.own or (None,)
        if first is not None and not any(clean(other.text) for other in others):
            label, colon, said = first.text.replace(":", "：", 1).partition("：")
            if colon and clean(said) and REASON_ROW.fullmatch(_label(label)) and _said(said):
                yield Entry(
                    squash(label), "", value_cell(line, first, first.column)._replace(text=clean(said))
                )
                continue
        if first is None or not REASON_ROW.fullmatch(_label(first.text)):
            continue
        cell = next((other for other in others if clean(other.text)), others[0] if others else None)
        if cell is not None and (_said(cell.text) or not clean(cell.text)):
            yield Entry(squash(first.text), "", value_cell(line, cell, cell.column))


def in_columns(rows: Iterable[Line]) -> Iterator[Entry]:
    """What the column 存在问题和改进措施 beside 情况说明 (分配科学性, 执行准确性 …) says."""
    head = None
    for line in rows:
        named = {_label(cell.text): cell for cell in line.own}
        if "情况说明" in named:
            head = next((cell for label, cell in named.items() if _PROBLEMS.fullmatch(label)), None)
            continue
        cell = covering(line, head) if head else None
        if cell is not None and cell.row == line.number and _said(cell.text):
            yield Entry("存在问题", "", value_cell(line, cell, cell.column))


def of_total(note: Cell | None) -> Iterator[Entry]:
    """What the column for reasons says in the 总分 row, of the form as a whole."""
    if note is not None and _said(note.text):
        yield Entry("总分", "", note)


def below(foots: Iterable[Paragraph]) -> Iterator[Entry]:
    """Lines below the form that begin with 说明, 备注 or 注."""
    for foot in foots:
        label, colon, said = foot.text.replace(":", "：", 1).partition("：")
        if colon and REASON_ROW.fullmatch(_label(label)) and _said(said):
            yield Entry(squash(label), "", Cell(said.strip(), None, foot.at))


def _label(text: str) -> str:
    return bare(text) if len(text) <= _LONGEST_LABEL else ""


def _said(text: str) -> bool:
    return bool(clean(text)) and not INSTRUCTED.search(squash(text))
