"""Points and the points that can be got in one cell: 28/30 under 得分/分值, 30（28） under 分值（得分）."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

from documents.cells import clean
from documents.grid import GridCell, Line
from selfeval.filing import Cell
from selfeval.labels import squash
from selfeval.pattern import Pattern

_SCORE = r"(?:自评|指标|实际|单项)?(?:得分|评分|自评分)|实得分"
_WEIGHT = r"(?:指标|标准)?(?:分值|权重|满分|标准分|总分)"
_HEADING = Pattern(
    rf"(?:(?P<score>{_SCORE})|{_WEIGHT})(?:[/|、]|\()(?:(?P<behind>{_SCORE})|{_WEIGHT})\)?", needs="/、|("
)
_NUMBER = r"(\d+(?:\.\d+)?)分?"
_PAIR = Pattern(rf"{_NUMBER}(?:[/|、]|\(){_NUMBER}\)?")


@lru_cache(maxsize=1024)
def order(heading: str) -> tuple[str, str] | None:
    """The fields that the two figures below a heading state, in their order; None where it names no such pair."""
    named = _HEADING.fullmatch(squash(heading)) if len(heading) <= 20 else None
    if named is None or bool(named["score"]) == bool(named["behind"]):
        return None
    return ("score", "weight") if named["score"] else ("weight", "score")


def split(line: Line, cell: GridCell | None, heading: GridCell) -> dict[str, Cell] | None:
    """Both figures of a cell below such a heading; blank where the cell is, None where it states no pair."""
    names = order(heading.text)
    if names is None:
        return None
    if cell is None or cell.row != line.number or not clean(cell.text):
        at = line.place_of(cell) if cell else line.place(heading.column)
        return dict.fromkeys(names, Cell("", None, at))
    said = _PAIR.fullmatch(squash(cell.text))
    if said is None:
        return None
    return {
        name: Cell(points, Decimal(points), line.place_of(cell))
        for name, points in zip(names, said.groups(), strict=True)
    }
