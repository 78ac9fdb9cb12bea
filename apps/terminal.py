"""Text for a terminal of 80 columns: Chinese characters take two of them, figures are never broken."""

from __future__ import annotations

import re

from rich.cells import cell_len

WIDTH = 80
_UNITS = re.compile(r"[\x21-\x7e]+|\s+|.", re.DOTALL)
# What must not begin a line, and what must not end one.
_CLOSING = frozenset("，。；：、！？）”’》〉】〕％%…")
_OPENING = frozenset("（“‘《〈【〔")


def wrapped(text: str, first: str = "", rest: str | None = None, width: int = WIDTH) -> str:
    """The text in lines of at most `width` columns; the first begins with `first`, the others with `rest`.

    `rest` is as many blanks as `first` is wide unless given.
    """
    margin = " " * cell_len(first) if rest is None else rest
    lines = [first]
    for unit in _units(text):
        fits = cell_len(lines[-1]) + cell_len(unit.rstrip()) <= width
        if not fits and lines[-1].strip():
            lines[-1] = lines[-1].rstrip()
            lines.append(margin)
            unit = unit.lstrip()
        lines[-1] += unit
    return "\n".join(lines)


def _units(text: str) -> list[str]:
    """The pieces between which a line may break: words and figures whole, signs with what they belong to."""
    found: list[str] = []
    for unit in _UNITS.findall(" ".join(text.split("\n"))):
        if found and (unit in _CLOSING or found[-1][-1] in _OPENING):
            found[-1] += unit
        else:
            found.append(unit)
    return found
