"""Rows and columns of a sheet that are hidden: nobody sees them and no printer prints them, so they are not read.

What a form would lack altogether without them is read all the same. A row that somebody filtered by
mistake is not dropped in silence: hidden rows with figures among the printed ones are told.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import NamedTuple

from documents.grid import Grid, address, sheet_grid
from documents.headers import funding_fields, indicator_fields
from selfeval.filing import Note, Position
from selfeval.pattern import Pattern

_FIGURE = Pattern(r"[-+≥≤]?[\d,.]*\d[\d,.]*\s*[%％\w]{0,4}")
_LEAST_HEADINGS = 3  # a row with fewer is no heading of a table
_MOST_NAMED = 10

Texts = dict[tuple[int, int], str]
Range = tuple[int, int, int, int]  # top, left, bottom, right


class Hidden(NamedTuple):
    """The numbers, from 1, of what a sheet hides."""

    rows: set[int]
    columns: set[int]


def visible_grid(part: str, texts: Texts, merged: list[Range], hidden: Hidden) -> tuple[Grid, list[Note]]:
    """A sheet as it is printed, and the note on hidden rows with figures."""
    notes: list[Note] = []
    if hidden.columns:
        texts = _without_columns(texts, merged, hidden.columns)
    if hidden.rows:
        merged, texts = _from_first_shown(merged, texts, hidden.rows)
        seen = {place: text for place, text in texts.items() if place[0] not in hidden.rows}
        kept = _sole_headings(texts, seen, hidden.rows)
        notes = _told(part, texts, seen, hidden.rows - kept)
        texts = {place: text for place, text in texts.items() if place in seen or place[0] in kept}
    return sheet_grid(part, texts, merged), notes


def _without_columns(texts: Texts, merged: list[Range], hidden: set[int]) -> Texts:
    """A hidden column whose heading stands nowhere else is kept: without it the form would have no such column."""
    showing = {
        (top, left) for top, left, _, right in merged if any(n not in hidden for n in range(left, right + 1))
    }
    seen = {place: text for place, text in texts.items() if place[1] not in hidden or place in showing}
    headed = _headings(seen.values())
    kept = {
        column for (_, column), text in texts.items() if column in hidden and not _headings([text]) <= headed
    }
    return {place: text for place, text in texts.items() if place in seen or place[1] in kept}


def _from_first_shown(merged: list[Range], texts: Texts, hidden: set[int]) -> tuple[list[Range], Texts]:
    """Merged cells begin where they begin to be seen."""
    moved: dict[tuple[int, int], int] = {}
    found: list[Range] = []
    for top, left, bottom, right in merged:
        first = top
        while first in hidden and first < bottom:
            first += 1
        if first != top and first not in hidden:
            moved[top, left] = first
            top = first
        found.append((top, left, bottom, right))
    return found, {(moved.get(place, place[0]), place[1]): text for place, text in texts.items()}


def _sole_headings(texts: Texts, seen: Texts, hidden: set[int]) -> set[int]:
    """Hidden rows of headings without which the columns below had no name at all."""
    headed = _headings(seen.values())
    found: set[int] = set()
    for row, places in itertools.groupby(sorted(p for p in texts if p[0] in hidden), key=lambda p: p[0]):
        if len(_headings(texts[place] for place in places) - headed) >= _LEAST_HEADINGS:
            found.add(row)
    return found


def _told(part: str, texts: Texts, seen: Texts, hidden: set[int]) -> list[Note]:
    """One note for the hidden rows with figures; lists for choosing from, below or above a form, are no part of it."""
    first, last = min((row for row, _ in seen), default=0), max((row for row, _ in seen), default=0)
    rows = sorted(
        {row for (row, _), text in texts.items() if row in hidden and _FIGURE.fullmatch(text)}
        & set(range(first, last))
    )
    if not rows:
        return []
    named = "、".join(map(str, rows[:_MOST_NAMED])) + (" 等" if len(rows) > _MOST_NAMED else "")
    # Beside the row above: in a hidden one nobody would see a comment.
    above = max(row for row, _ in seen if row < rows[0])
    column = min(column for row, column in seen if row == above)
    return [
        Note(
            at=Position(part=part, row=above, column=column, cell=address(above, column)),
            found=f"隐藏 {len(rows)} 行",
            expected="填报的行都能看见、能打印",
            message=f"第 {named} 行是隐藏的，里面有数字，打印不出来，也没有读取；"
            "是填报内容的请取消隐藏（或清除筛选）后重新报送，不是的请删除。",
        )
    ]


def _headings(texts: Iterable[str]) -> set[str]:
    """The columns of a form that headings name."""
    return {
        name
        for text in texts
        for name, clear in (*funding_fields(text), *indicator_fields(text))
        if clear > 1
    }
