"""Indicators in two halves side by side (一级指标 | … | 得分 | 一级指标 | … | 得分) as rows one below the other."""

from __future__ import annotations

from documents.grid import Line
from documents.headers import indicator_columns, indicator_fields
from documents.indicators import is_total

_LEAST = 3  # fields of a heading that come again


def one_below_the_other(lines: list[Line]) -> list[Line]:
    """The rows with the left half above the right one; the same list where no heading comes twice in its row."""
    for index, line in enumerate(lines):
        split = _second(line)
        if split:
            below = lines[index:]
            whole = next((n for n, row in enumerate(below) if n and _lies_over(row, split)), len(below))
            return lines[:index] + _apart(below[:whole], split) + one_below_the_other(below[whole:])
    return lines


def _second(line: Line) -> int:
    """The column where the headings of a row begin again, 0 where they do not."""
    if indicator_columns(line) is None:
        return 0
    named = [(fields[0][0], cell) for cell in line.filled if (fields := indicator_fields(cell.text))]
    names, half = [name for name, _ in named], len(named) // 2
    twice = half >= _LEAST and names[:half] == names[half:] and "name" in names[:half]
    return named[half][1].column if twice and len(set(names[:half])) == half else 0


def _lies_over(line: Line, split: int) -> bool:
    return any(cell.column < split < cell.end for cell in line.cells)


def _apart(rows: list[Line], split: int) -> list[Line]:
    left, right, totals = [], [], []
    for row in rows:
        sides = (
            (left, tuple(cell for cell in row.cells if cell.column < split)),
            (right, tuple(cell for cell in row.cells if cell.column >= split)),
        )
        for side, cells in sides:
            part = Line(row.part, row.number, cells, row.addressed)
            if part.filled:
                # The total ends both halves, whichever it stands below.
                (totals if is_total(part.filled[0].text) else side).append(part)
    return left + right + totals
