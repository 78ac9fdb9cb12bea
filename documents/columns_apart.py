"""Indicators whose columns go on on another page or sheet, where their names come again.

Both parts are read one after the other; here the rows of the same name become one again.
"""

from __future__ import annotations

from dataclasses import replace

from selfeval.filing import Cell, Indicator
from selfeval.labels import squash

_FIELDS = ("target", "actual", "weight", "score", "deviation_note", "recheck_score")
_LEAST = 2  # one name that comes twice may be two indicators
_MOST = 400  # rows: a form has some dozens, and each is compared with those before it


def together(rows: list[Indicator]) -> list[Indicator]:
    """The indicators with all their columns; the same list where not every one of them comes again."""
    if len(rows) > _MOST:
        return rows
    whole: list[Indicator] = []
    parts: list[int] = []
    for row in rows:
        name = squash(row.name)
        for index, first in enumerate(whole):
            if squash(first.name) == name and (joined := _joined(first, row)):
                whole[index] = joined
                parts[index] += 1
                break
        else:
            whole.append(row)
            parts.append(1)
    apart = len(whole) >= _LEAST and parts[0] > 1 and len(set(parts)) == 1
    return whole if apart else rows


def _joined(first: Indicator, rest: Indicator) -> Indicator | None:
    """One row of both, None when they contradict each other or the second one has no column of its own."""
    more: dict[str, Cell] = {}
    for name in _FIELDS:
        here, there = getattr(first, name), getattr(rest, name)
        if there is not None and (here is None or (there.text and not here.text)):
            more[name] = there
        elif here and there and here.text and there.text and here.text != there.text:
            return None
    lacks = any((cell := getattr(first, name)) and cell.text and not getattr(rest, name) for name in _FIELDS)
    if not more or not lacks:
        return None
    return replace(
        first,
        **more,
        nature=first.nature or rest.nature,
        unit=first.unit or rest.unit,
        level1_weight=first.level1_weight or rest.level1_weight,
    )
