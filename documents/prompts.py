"""Hints that a form prints where the unit should write (对照年度目标，说明…（100字以内）) and that nobody replaced."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from documents.grid import Line
from selfeval.filing import Cell, Note, Position
from selfeval.labels import squash
from selfeval.pattern import Pattern

# The whole cell is the hint: what a unit writes behind it or instead of it is its answer.
_PROMPT = Pattern(
    r"请(?:在此处?|在这里)[^。]{4,80}[。.]?"
    r"|(?:请)?(?:对照|结合|针对|围绕)[^。]{2,40}(?:说明|分析|提出|总结|阐述|描述|填写)[^。]{2,60}[。;]?\(\d+字(?:以内|左右)\)[。.]?"
)
_LONGEST = 120
_SHOWN = 24


def left(rows: Iterable[Line], goals: Iterable[tuple[Cell, Cell]]) -> Iterator[Note]:
    """A note for every cell of the rows beside the tables, and of the goals, that still holds its hint alone."""
    for line in rows:
        label = line.filled[0] if len(line.filled) > 1 else None
        for cell in line.filled:
            if cell is not label and _is_prompt(cell.text):
                yield _note(cell.text, line.place_of(cell), squash(label.text) if label else "")
    for goal in goals:
        yield from (_note(cell.text, cell.at, "年度总体目标") for cell in goal if _is_prompt(cell.text))


def _is_prompt(text: str) -> bool:
    return len(text) <= _LONGEST and _PROMPT.fullmatch(squash(text)) is not None


def _note(text: str, at: Position, label: str) -> Note:
    said = "".join(text.split())
    shown = said if len(said) <= _SHOWN else f"{said[:_SHOWN]}…"
    column = f"“{label}”栏" if label else "这一栏"
    return Note(
        at=at,
        found=shown,
        expected="按提示填写，没有的填“无”",
        message=f"{column}还是填表提示“{shown}”，没有填写；请按提示填写，没有的填“无”。",
    )
