"""Drawings whose cells say what they are: "3200株@t" is a target. What is read is compared cell by cell.

Indicator rows: 1 and 2 the levels (carried down where merged), n name, t target, a actual value, p 指标性质,
u 度量单位, w weight, s score, r recheck score, d deviation note. Funding rows: L label, i initial budget,
b adjusted budget, e executed, W weight, x execution rate, S score. Heads and totals: P project, U unit,
D department, TW total weight, TS total score, G grade.
"""

from __future__ import annotations

import re

from documents.indicators import level_name
from selfeval.filing import Form
from selfeval.labels import is_blank
from tests.documents import builders

_TAG = re.compile(r"@([A-Za-z0-9]{1,2})$")
_INDICATOR = {
    "n": "name",
    "t": "target",
    "a": "actual",
    "p": "nature",
    "u": "unit",
    "w": "weight",
    "s": "score",
    "r": "recheck_score",
    "d": "deviation_note",
}
_FUNDING = {
    "L": "label",
    "i": "initial_budget",
    "b": "adjusted_budget",
    "e": "executed",
    "W": "weight",
    "x": "execution_rate",
    "S": "score",
}
_FORM = {
    "P": "project",
    "U": "unit",
    "D": "department",
    "TW": "total_weight",
    "TS": "reported_score",
    "G": "reported_grade",
}
_PREFIX = re.compile(r"^指标\d+[:：]?")


def drawing(tagged: str) -> str:
    """The drawing without its tags, for builders.word and builders.excel."""
    rows = builders.cells(tagged)
    return "\n".join("|".join(_TAG.sub("", cell).replace("\n", "\\n") for cell in row) for row in rows)


def expected(tagged: str) -> dict[str, object]:
    """The form's own fields, its funding rows and its indicator rows as tagged, texts without white space."""
    rows = builders.cells(tagged)
    own: dict[str, object] = {}
    funding, indicators = [], []
    for y, row in enumerate(rows):
        said = {match[1]: _TAG.sub("", cell) for cell in row if (match := _TAG.search(cell))}
        own |= {_FORM[tag]: _plain(text) for tag, text in said.items() if tag in _FORM}
        if "L" in said:
            funding.append({_FUNDING[t]: _plain(text) for t, text in said.items() if t in _FUNDING})
        if "n" in said:
            levels = dict(_level(rows, y, x) for x in range(len(row)))
            read = {_INDICATOR[t]: _plain(text) for t, text in said.items() if t in _INDICATOR}
            indicators.append(
                read | {f"level{n}": level_name(levels[n])[0] for n in ("1", "2") if n in levels}
            )
    return own | {"funding": funding, "indicators": indicators}


def read(form: Form, tagged: str) -> dict[str, object]:
    """What was read of a form, the same fields as `expected` gives."""
    wanted = expected(tagged)
    found: dict[str, object] = {
        name: _said(form, name) for name in wanted if name not in ("funding", "indicators")
    }
    for name in ("funding", "indicators"):
        fields = wanted[name]
        found[name] = [
            {field: _said(item, field) for field in (fields[n] if n < len(fields) else ("label", "name"))}
            for n, item in enumerate(getattr(form, name))
        ]
    return found


def _level(rows: list[list[str]], y: int, x: int) -> tuple[str, str]:
    while rows[y][x] in ("<", "^"):
        y, x = (y, x - 1) if rows[y][x] == "<" else (y - 1, x)
    match = _TAG.search(rows[y][x])
    return (match[1] if match else "", _TAG.sub("", rows[y][x]))


def _said(item: object, field: str) -> str:
    value = getattr(item, field, None)
    return _plain(getattr(value, "text", value) or "")


def _plain(text: str) -> str:
    text = re.sub(r"\s+", "", _PREFIX.sub("", text)).rstrip("：:")
    return "" if is_blank(text) else text
