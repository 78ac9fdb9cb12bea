"""One shape for Word tables and Excel sheets: numbered lines of cells with merged cells resolved.

Here is only where things stand and what they say as displayed; what it means is read in forms.py.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from functools import lru_cache, partial
from operator import itemgetter
from typing import NamedTuple

from selfeval.filing import Identity, Note, Position


class Unreadable(Exception):
    """Why a file cannot be read, as the rest of a Chinese sentence that begins with the file's name."""


class GridCell(NamedTuple):
    """One cell, merged or not. `row` and `column` (1-based) are those of its upper left corner."""

    row: int
    column: int
    columns: int
    text: str

    @property
    def end(self) -> int:
        """The first column to the right of it."""
        return self.column + self.columns


class Line:
    """One row: the cells that cover it from left to right, also those that hang down from rows above.

    `own` are the cells that begin in this row, `filled` those of them with text: every reader asks for
    them again and again, so they are told apart once. `heading` keeps what headers.py found in the row,
    `names` what blocks.py compares with labels.
    """

    __slots__ = ("_first", "addressed", "cells", "filled", "heading", "names", "number", "own", "part")

    def __init__(self, part: str, number: int, cells: tuple[GridCell, ...], addressed: bool) -> None:
        self.part = part
        self.number = number
        self.cells = cells
        self.addressed = addressed  # Excel: places are A1 addresses
        self.own = [cell for cell in cells if cell[0] == number]
        self.filled = [cell for cell in self.own if cell[3]]
        self.heading: object = None
        self.names: list[str] | None = None
        self._first: dict[int, GridCell] | None = None

    def begins(self, column: int) -> GridCell | None:
        """The cell that begins in a column, None also for one that another cell already lies over."""
        first = self._first
        if first is None:
            first = self._first = {}
            reached = 0
            for cell in self.cells:
                _, begin, columns, _ = cell
                if begin >= reached:
                    first[begin] = cell
                reached = max(reached, begin + columns)
        return first.get(column)

    def cell(self, column: int) -> GridCell | None:
        """The cell that covers a column; of several the one that begins on the left."""
        if begun := self.begins(column):
            return begun
        for cell in self.cells:
            _, begin, columns, _ = cell
            if begin > column:
                break
            if column < begin + columns:
                return cell
        return None

    def place(self, column: int) -> Position:
        """The position of the cell that covers a column of this row; of the blank place when none does."""
        if not self.addressed:
            return _made_position((self.part, self.number, column, "", False, ""))
        row, column = (self.cell(column) or (self.number, column))[:2]
        return _made_position((self.part, row, column, address(row, column), False, ""))

    def place_of(self, cell: GridCell) -> Position:
        """The position of one cell of this row; in Excel that of its upper left corner."""
        row, column, _, _ = cell
        if self.addressed:
            return _made_position((self.part, row, column, address(row, column), False, ""))
        return _made_position((self.part, self.number, column, "", False, ""))

    @property
    def at(self) -> Position:
        """The position of the whole row; in Excel that of its first filled cell."""
        if self.addressed:
            first = next(iter(self.filled or self.own), None)
            return self.place(first.column if first else 1)
        return Position(self.part, self.number)


class Paragraph(NamedTuple):
    """A paragraph of Word outside tables, or a line of Excel that stands above or below a table."""

    text: str
    at: Position


class Grid(NamedTuple):
    """A table ("表3") or a sheet (its name). Rows without any cell have no line."""

    part: str
    lines: tuple[Line, ...]


class Document(NamedTuple):
    """A file's contents in reading order."""

    items: tuple[Paragraph | Grid, ...]
    identity: Identity | None = None
    notes: tuple[Note, ...] = ()


# What Position(...) and GridCell(...) do in the end; without their keywords it takes half the time, and a
# filing has thousands of both.
_made_position = partial(tuple.__new__, Position)
made_cell = partial(tuple.__new__, GridCell)


def address(row: int, column: int) -> str:
    """A1 notation."""
    return f"{_letters(column)}{row}"


@lru_cache(maxsize=1024)
def _letters(column: int) -> str:
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


_COLUMN = itemgetter(1)
# Hanging-down cells are stored once per row that they cover; a hostile file must not multiply them at will.
_MOST_COVERED = 500_000


def sheet_grid(
    part: str, texts: Mapping[tuple[int, int], str], merged: Iterable[tuple[int, int, int, int]]
) -> Grid:
    """A sheet as a grid. `texts` maps (row, column) to what is displayed; `merged` are (top, left, bottom, right)."""
    ranges = {(top, left): (bottom, right) for top, left, bottom, right in merged}
    rows: dict[int, list[GridCell]] = {}
    for place, text in texts.items():
        row, column = place
        corner = ranges.get(place)
        cell = made_cell((row, column, corner[1] - column + 1 if corner else 1, text))
        if row in rows:
            rows[row].append(cell)
        else:
            rows[row] = [cell]
    numbers = sorted(rows)
    covered = 0
    for (top, left), (bottom, right) in ranges.items():
        text = texts.get((top, left), "")
        if not text:
            # A blank cell that was merged is a place in the form; other blanks of a sheet leave no trace.
            if top in rows:
                rows[top].append(GridCell(top, left, right - left + 1, ""))
            continue
        if bottom == top:
            continue
        hanging = GridCell(top, left, right - left + 1, text)
        below = numbers[bisect_right(numbers, top) : bisect_right(numbers, bottom)]
        covered += len(below)
        if covered > _MOST_COVERED:
            raise Unreadable(f"的工作表“{part}”合并单元格过多，不是自评表。请使用财政部门下发的表格填报。")
        for number in below:
            rows[number].append(hanging)
    return Grid(
        part,
        tuple(Line(part, n, tuple(sorted(rows[n], key=_COLUMN)), True) for n in numbers),
    )
