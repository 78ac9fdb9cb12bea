"""Grid cells as cells of a form: blanks recognised, numbers read, and a note where text stands for a number."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache, partial

from documents.grid import GridCell, Line
from selfeval.filing import Cell, Note
from selfeval.labels import is_blank, squash
from selfeval.money import parse_in_unit, parse_number
from selfeval.pattern import Pattern
from selfeval.quantity import parse_quantity

# 10, 10分, 20%, 得9.8分, 9.8/10 (of ten points).
_POINTS = Pattern(r"(?:实?得分?:?)?(.+?)(?:分|%|％)?(?:/\d+(?:\.\d+)?分?)?")
_REMARKED = Pattern(r"(\d+(?:\.\d+)?\s*分?)\s*[(（]([^()（）]*[\u4e00-\u9fff]{2}[^()（）]*)[)）]")
# Zero-width characters come with text pasted from web pages.
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\x07"

# Blanks, weights and scores repeat from cell to cell.
_SHORT = 40


def clean(text: str) -> str:
    """A cell's text as displayed: ends trimmed, "" for the fillers that mean blank."""
    return _clean_short(text) if len(text) <= _SHORT else _visible(text)


# What Cell(...) does in the end, in half the time (see grid.py).
made = partial(tuple.__new__, Cell)


@lru_cache(maxsize=8192)
def _clean_short(text: str) -> str:
    text = _visible(text)
    return "" if is_blank(text) else text


def _visible(text: str) -> str:
    for character in _INVISIBLE:
        if character in text:
            text = text.replace(character, "")
    return text.strip()


def joined(text: str) -> str:
    """A name without the line breaks that a narrow column forced into it."""
    return "".join(part.strip() for part in clean(text).splitlines())


def covering(line: Line, heading: GridCell) -> GridCell | None:
    """The cell of a row that stands under a heading: the one that shares most columns with it."""
    _, start, columns, _ = heading
    end = start + columns
    begun = line.begins(start)
    if begun is not None and begun[2] >= columns:
        return begun
    best, shared = None, 0
    for cell in line.cells:
        _, column, columns, _ = cell
        if column >= end:
            break
        stop = column + columns
        if stop <= start:
            continue
        common = (stop if stop < end else end) - (column if column > start else start)
        if common > shared:
            best, shared = cell, common
    return best


def value_cell(line: Line, cell: GridCell | None, column: int) -> Cell:
    """A target, an actual value or a text. A cell merged over several rows speaks for each of them."""
    at = line.place_of(cell) if cell else line.place(column)
    text = clean(cell.text) if cell else ""
    return made((text, parse_quantity(text).number if text else None, at))


def points_cell(line: Line, cell: GridCell | None, heading: GridCell, notes: list[Note]) -> Cell:
    """A weight or a score: 10, "10分", "得9.8分", "9.8/10", "20%" for 20. A merged cell counts once, in its first row."""
    if cell is not None and cell.row != line.number:
        return Cell("", None, line.place_of(cell))
    return _number_cell(line, cell, heading, notes, _points, "分数")


def amount_cell(line: Line, cell: GridCell | None, heading: GridCell, unit: str, notes: list[Note]) -> Cell:
    """An amount in the form's unit."""
    if cell is not None and cell.row != line.number:
        return Cell("", None, line.place_of(cell))
    return _number_cell(line, cell, heading, notes, lambda text: parse_in_unit(text, unit), f"金额（{unit}）")


def rate_cell(line: Line, cell: GridCell | None, heading: GridCell, notes: list[Note]) -> Cell:
    """An execution rate as a fraction where it carries a percent sign, else as filed. A merged one is the first row's."""
    if cell is not None and cell.row != line.number:
        return Cell("", None, line.place_of(cell))
    return _number_cell(line, cell, heading, notes, _rate, "百分比")


def _number_cell(
    line: Line,
    cell: GridCell | None,
    heading: GridCell,
    notes: list[Note],
    parse: Callable[[str], Decimal | None],
    expected: str,
) -> Cell:
    at = line.place_of(cell) if cell else line.place(heading.column)
    text = clean(cell.text) if cell else ""
    if text in ("无", "不适用"):
        return Cell("", None, at)
    number = parse(text) if text else None
    if text and number is None:
        column = "".join(heading.text.split())
        notes.append(
            Note(
                at=at,
                found=text,
                expected=expected,
                message=f"“{column}”栏应填{expected}，填的是“{text[:40]}”，不能作为数值读取。",
            )
        )
    return made((text, number, at))


def split_remark(text: str) -> tuple[str, str]:
    """Figure and remark of a score with a reason in brackets behind it: 9.6（报名人数减少）; else the text and ""."""
    match = _REMARKED.fullmatch(text.strip())
    return (match[1], match[2]) if match else (text, "")


@lru_cache(maxsize=1024)
def _points(text: str) -> Decimal | None:
    # A footer sometimes slipped into the cell of the total, below the figure.
    first = next((part for part in text.splitlines() if part.strip()), "")
    match = _POINTS.fullmatch(squash(split_remark(first)[0]))
    return parse_number(match[1]) if match else None


def _rate(text: str) -> Decimal | None:
    return parse_quantity(text).number
