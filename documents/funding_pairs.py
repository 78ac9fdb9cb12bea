"""Funds of a form without a funding table: each label with its amount beside it (全年预算数（万元）| 1,100.00)."""

from __future__ import annotations

import itertools
from decimal import Decimal

from documents.cells import amount_cell, points_cell, rate_cell
from documents.funding import settle_rate
from documents.grid import GridCell, Line
from documents.headers import funding_fields
from selfeval.filing import Cell, FundingLine, FundingRole, Note
from selfeval.labels import squash
from selfeval.pattern import Pattern

_WEIGHT = Pattern(r"\((\d+(?:\.\d+)?)分\)")
_LONGEST_LABEL = 40
_BUDGETS = ("initial_budget", "adjusted_budget")
_AMOUNTS = (*_BUDGETS, "executed")


def read(rows: list[Line], unit: str, notes: list[Note]) -> FundingLine | None:
    """The one line that such pairs make, amounts in `unit`; None without a budget and what was spent of it."""
    found: dict[str, tuple[Line, GridCell, GridCell]] = {}
    for line in rows:
        for label, value in itertools.pairwise(line.filled):
            if len(label.text) <= _LONGEST_LABEL and value.row == line.number:
                for name, fits in funding_fields(label.text):
                    if fits > 1:
                        found.setdefault(name, (line, label, value))
    if "executed" not in found or not any(name in found for name in _BUDGETS):
        return None
    fields: dict[str, Cell] = {}
    for name, (line, label, value) in found.items():
        if name in _AMOUNTS:
            fields[name] = amount_cell(line, value, label, unit, notes)
        elif name == "execution_rate":
            fields[name] = rate_cell(line, value, label, notes)
        else:
            fields[name] = points_cell(line, value, label, notes)
    printed = [found[name][:2] for name in ("score", "execution_rate") if name in found]
    for line, label in printed if "weight" not in fields else ():
        if points := _WEIGHT.search(squash(label.text)):
            fields["weight"] = Cell(points[1], Decimal(points[1]), line.place_of(label))
            break
    # Words beside the labels, as in a heading of two rows, are no amounts.
    if fields["executed"].number is None:
        return None
    at = found["executed"][0].at
    return settle_rate(FundingLine(label="年度资金总额", role=FundingRole.TOTAL, at=at, **fields))
