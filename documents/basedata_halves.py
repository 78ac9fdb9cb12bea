"""Tables of base data that stand side by side: a second label and its headings right of the first ones."""

from __future__ import annotations

from documents.grid import Line
from selfeval.labels import squash
from selfeval.pattern import Pattern

_HEADING = Pattern(
    r".*(?:编制数|人数|控制率|决算数?|预算数?|规模|投资|金额|执行数|支出数|比例|率|数)(?:\([^()]*\))*"
)
YEAR = Pattern(r"(20\d{2})年")
FIGURE = Pattern(r"[-+]?[\d,，.．]+[%％]?")


def one_below_the_other(lines: list[Line], begin: int) -> list[tuple[Line, int]]:
    """The rows with the column where their labels stand: a table on the right below the one on its left."""
    for index, line in enumerate(lines):
        split = _second(line)
        if not split:
            continue
        below = lines[index:]
        end = next((n for n, row in enumerate(below) if n and not _is_apart(row, split)), len(below))
        if any(FIGURE.fullmatch(squash(cell.text)) for row in below[:end] if (cell := row.begins(split))):
            continue  # figures stand there: a column of the same table
        left = [_part(row, 0, split) for row in below[:end]]
        right = [_part(row, split, row.cells[-1].end) for row in below[:end]]
        return [
            *((row, begin) for row in lines[:index]),
            *((row, begin) for row in left if row.filled),
            *one_below_the_other([row for row in right if row.filled], split),
            *one_below_the_other(below[end:], begin),
        ]
    return [(line, begin) for line in lines]


def is_heading(text: str) -> bool:
    compact = squash(text)
    figure = compact[:1].isdigit() and not YEAR.match(compact)
    return len(compact) <= 30 and not figure and _HEADING.fullmatch(compact) is not None


def _second(line: Line) -> int:
    """The column where a second label with headings of its own begins in a row of headings, 0 where none does."""
    filled = line.filled
    if any(FIGURE.fullmatch(squash(cell.text)) for cell in filled):
        return 0
    named = [is_heading(cell.text) for cell in filled]
    for at in range(1, len(filled)):
        before, cell = filled[at - 1], filled[at]
        if not named[at - 1]:
            continue
        if not named[at]:
            return cell.column if named[at + 1 : at + 2] == [True] else 0
        # The labels' place is blank in both: the same headings come again.
        first = named.index(True)
        again = [squash(c.text) for c in filled[at:]] == [squash(c.text) for c in filled[first:at]]
        if again and before.end < cell.column:
            return before.end
    return 0


def _is_apart(line: Line, split: int) -> bool:
    """Whether a row is still one of two tables: nothing lies over their border, no heading stands behind it."""
    if any(cell.column < split < cell.end for cell in line.cells):
        return False
    behind = line.begins(split)
    return behind is None or not is_heading(behind.text)


def _part(line: Line, start: int, end: int) -> Line:
    return Line(
        line.part,
        line.number,
        tuple(cell for cell in line.cells if start <= cell.column < end),
        line.addressed,
    )
