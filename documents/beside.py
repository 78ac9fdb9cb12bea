"""What stands right of the forms on a sheet (a link back, a page number, helping figures) is none of theirs."""

from __future__ import annotations

import itertools

from documents.grid import Grid, GridCell, Line
from documents.headers import funding_columns, indicator_columns, is_heading_word
from selfeval.labels import HEAD, OTHER_COLUMNS, REPORTED_GRADE, REPORTED_SCORE, TITLE, bare, squash

_LONGEST = 40
_MOST_BESIDE = 2
_RESULTS = (*HEAD.values(), REPORTED_SCORE, REPORTED_GRADE)


def without_helpers(grid: Grid) -> Grid:
    """A sheet without the columns right of its forms; the same grid where there are none, as in Word."""
    if not any(line.addressed for line in grid.lines[:1]):
        return grid
    edge = _edge(grid.lines)
    if edge is None or not any(line.cells and line.cells[-1].column >= edge for line in grid.lines):
        return grid
    for line in grid.lines:
        edge = max(edge, _last_result(line, edge))
    beside = [cell for line in grid.lines for cell in line.filled if cell.column >= edge]
    if any(TITLE.fullmatch(squash(cell.text[:200])) for cell in beside):
        return grid  # a second form stands there
    return grid._replace(lines=tuple(_cut(line, edge) for line in grid.lines))


def title(line: Line) -> GridCell | None:
    """The title in a row of a sheet that holds some other word right of it; None for any other row."""
    first, *others = line.filled
    if not line.addressed or len(others) > _MOST_BESIDE or not TITLE.fullmatch(squash(first.text[:200])):
        return None
    return None if any(cell.columns > 1 or _is_label(cell) for cell in others) else first


def _edge(lines: tuple[Line, ...]) -> int | None:
    """The first column behind everything that headings name or merged cells cover; None when nothing tells."""
    edge = None
    for line in lines:
        if indicator_columns(line) or funding_columns(line):
            named = (cell.end for cell in line.cells if _is_column(cell.text))
            edge = max(itertools.chain([edge or 0], named))
    widest = max((cell.end for line in lines for cell in line.cells if cell.columns > 1), default=0)
    if edge is not None:
        return max(edge, widest)
    # Base data and covers have no such heading: there only what stands right of a full-width title is beside.
    return widest if any(_exceeds_title(line, widest) for line in lines) else None


def _exceeds_title(line: Line, widest: int) -> bool:
    if len(line.filled) < 2:
        return False
    first = line.filled[0]
    return first.columns > 1 and first.end == widest and TITLE.fullmatch(squash(first.text[:200])) is not None


def _is_column(text: str) -> bool:
    return 0 < len(text) <= _LONGEST and (
        is_heading_word(text) or OTHER_COLUMNS.fullmatch(bare(text)) is not None
    )


def _last_result(line: Line, edge: int) -> int:
    """Where the last value ends whose label stands right before it (主管部门 | 某局); what heads a column is none."""
    reached = edge
    if indicator_columns(line) or funding_columns(line):
        return reached
    for label, value in itertools.pairwise(line.filled):
        if value.column >= edge and value.column == label.end and _is_label(label):
            reached = value.end
    return reached


def _is_label(cell: GridCell) -> bool:
    return len(cell.text) <= _LONGEST and any(label.names(bare(cell.text)) for label in _RESULTS)


def _cut(line: Line, edge: int) -> Line:
    if not line.cells or line.cells[-1].column < edge:
        return line
    return Line(line.part, line.number, tuple(c for c in line.cells if c.column < edge), line.addressed)
