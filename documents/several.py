"""Several indicators written into the cells of one row: told apart where their numbers pair them up."""

from __future__ import annotations

from collections.abc import Iterator

from documents.cells import covering
from documents.grid import GridCell, Line
from selfeval.filing import Note
from selfeval.pattern import Pattern

_NUMBERED = Pattern(r"\s*[(（]?(?:(\d{1,2})(?:[、．)）:：]|\.(?!\d))|([①-⑨]))\s*(.+)")
# 1.62台: its first figure may be a number of the list or none.
_DOUBTFUL = Pattern(r"\s*(\d)\.\d.*")
_CIRCLES = "①②③④⑤⑥⑦⑧⑨"


def apart(
    line: Line, name: GridCell | None, heads: list[GridCell], notes: list[Note]
) -> Iterator[tuple[Line, GridCell | None]]:
    """The rows that a row stands for, each with its name; the row itself where it holds one indicator.

    `heads` are the headings of what is told of an indicator. A figure that is there once, such as one score
    for all, stands in the first row. Numbered names that nothing pairs up are said in `notes`.
    """
    names = _numbered(name.text) if name is not None and name.row == line.number else []
    if len(names) < 2:
        yield line, name
        return
    told = {id(cell): cell for head in heads if (cell := covering(line, head)) and cell.text}
    told.pop(id(name), None)
    parts = {key: _parts(cell.text) for key, cell in told.items()}
    counts = {len(said) for said in parts.values()}
    if len(names) not in counts or counts - {1, len(names)} or any(map(_is_doubtful, parts.values())):
        notes.append(_unpaired(line, name, len(names)))
        yield line, name
        return
    for number, said in enumerate(names):
        mine = {key: texts[number] if number < len(texts) else "" for key, texts in parts.items()}
        cells = {key: cell._replace(text=mine[key]) for key, cell in told.items()}
        named = name._replace(text=said)
        cells[id(name)] = named
        yield (
            Line(line.part, line.number, tuple(cells.get(id(c), c) for c in line.cells), line.addressed),
            named,
        )


def _numbered(text: str) -> list[str]:
    """The lines of a cell without their numbers when these count from 1, else nothing."""
    if "\n" not in text:
        return []
    found = [_NUMBERED.fullmatch(said) for said in text.splitlines() if said.strip()]
    if not all(found):
        return []
    counted = [int(match[1]) if match[1] else _CIRCLES.index(match[2]) + 1 for match in found]
    return [match[3] for match in found] if counted == list(range(1, len(found) + 1)) else []


def _parts(text: str) -> list[str]:
    return _numbered(text) or [said.strip() for said in text.splitlines() if said.strip()]


def _is_doubtful(said: list[str]) -> bool:
    found = [_DOUBTFUL.fullmatch(part) for part in said]
    return len(said) > 1 and all(match and int(match[1]) == n for n, match in enumerate(found, start=1))


def _unpaired(line: Line, name: GridCell, count: int) -> Note:
    return Note(
        at=line.place_of(name),
        found=f"一格内 {count} 项指标",
        expected="每项指标单独一行",
        message=f"一格内写了 {count} 项指标，指标值、完成值或得分的行数与之对不上，无法逐项审核；请每项指标单独填一行。",
    )
