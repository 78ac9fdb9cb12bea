"""Funds of a form without a funding table: labels with their amounts beside them, or a table turned on its side.

全年预算数（万元）| 1,100.00 | 全年执行数 | 1,080.00, and 其中：财政拨款 | 900.00 in the rows below; or the sources
as columns (资金总额 | 中央资金 | 县级资金) over rows that are called 年初预算数, 全年执行数.
"""

from __future__ import annotations

import itertools
from decimal import Decimal
from typing import NamedTuple

from documents.cells import amount_cell, clean, covering, points_cell, rate_cell
from documents.funding import role_of, settle_rate, squash_label
from documents.grid import GridCell, Line
from documents.headers import funding_fields
from selfeval.filing import Cell, FundingLine, FundingRole, Note
from selfeval.labels import squash
from selfeval.money import parse_number
from selfeval.pattern import Pattern

_WEIGHT = Pattern(r"\((\d+(?:\.\d+)?)分\)")
_LONGEST_LABEL = 40
_BUDGETS = ("initial_budget", "adjusted_budget")
_AMOUNTS = (*_BUDGETS, "executed")


class _Pair(NamedTuple):
    line: Line
    label: GridCell
    value: GridCell


def read(rows: list[Line], unit: str, notes: list[Note]) -> list[FundingLine]:
    """The lines that such rows make, amounts in `unit`; none without a budget and what was spent of it."""
    return _turned(rows, unit, notes) or _paired(rows, unit, notes)


def _paired(rows: list[Line], unit: str, notes: list[Note]) -> list[FundingLine]:
    found: dict[str, _Pair] = {}
    for line in rows:
        pairs = _pairs(line)
        named = [(pair, dict(funding_fields(pair.label.text))) for pair in pairs]
        spent = any(fields.get("executed") == 2 for _, fields in named)
        for pair, fields in named:
            for name, fits in fields.items():
                # 预算数 alone is a budget beside what was spent of it.
                if fits > 1 or (spent and name in _BUDGETS):
                    found.setdefault(name, pair)
    if "executed" not in found or not any(name in found for name in _BUDGETS):
        return []
    fields: dict[str, Cell] = {}
    for name, (line, label, value) in found.items():
        fields[name] = _cell(name, line, value, label, unit, notes)
    printed = [found[name][:2] for name in ("score", "execution_rate") if name in found]
    for line, label in printed if "weight" not in fields else ():
        if points := _WEIGHT.search(squash(label.text)):
            fields["weight"] = Cell(points[1], Decimal(points[1]), line.place_of(label))
            break
    # Words beside the labels, as in a heading of two rows, are no amounts.
    if fields["executed"].number is None:
        return []
    at = found["executed"].line.at
    whole = settle_rate(FundingLine(label="年度资金总额", role=FundingRole.TOTAL, at=at, **fields))
    return [whole, *_parts(rows, {name: found[name] for name in _AMOUNTS if name in found}, unit, notes)]


def _parts(rows: list[Line], wholes: dict[str, _Pair], unit: str, notes: list[Note]) -> list[FundingLine]:
    """其中：财政拨款 | 20 below 预算数 | 30: each source with the amounts that stand below those of the whole."""
    last = max(pair.line.number for pair in wholes.values())
    lines: list[FundingLine] = []
    for line in rows:
        if line.number <= last:
            continue
        below = {
            name: pair
            for name, whole in wholes.items()
            for pair in _pairs(line)
            if pair.label.column == whole.label.column and role_of(pair.label.text)
        }
        if len(below) != len(wholes) or len({squash_label(p.label.text) for p in below.values()}) != 1:
            break
        cells = {name: amount_cell(line, p.value, p.label, unit, notes) for name, p in below.items()}
        label = squash_label(next(iter(below.values())).label.text).rstrip(":：")
        lines.append(
            FundingLine(label=label, role=role_of(label), at=line.at, part_of=FundingRole.TOTAL, **cells)
        )
    return lines


def _pairs(line: Line) -> list[_Pair]:
    return [
        _Pair(line, label, value)
        for label, value in itertools.pairwise(line.filled)
        if len(label.text) <= _LONGEST_LABEL and value.row == line.number
    ]


def _turned(rows: list[Line], unit: str, notes: list[Note]) -> list[FundingLine]:
    """Sources as columns over rows of budgets and what was spent."""
    for index, head in enumerate(rows):
        sources = _sources(head)
        if len(sources) < 2:
            continue
        body: dict[str, Line] = {}
        for line in rows[index + 1 :]:
            label = next((c for c in reversed(line.filled) if c.column < sources[0].column), None)
            named = dict(funding_fields(label.text)) if label else {}
            name = max(named, key=named.get, default=None)
            if name is None or name in body:
                break
            body[name] = line
        if "executed" not in body or not any(name in body for name in _BUDGETS):
            continue
        roles = [role_of(cell.text) or FundingRole.OTHER for cell in sources]
        return [
            settle_rate(
                FundingLine(
                    label=squash_label(source.text),
                    role=role,
                    at=head.place(source.column),
                    part_of=FundingRole.TOTAL
                    if role is not FundingRole.TOTAL and FundingRole.TOTAL in roles
                    else None,
                    **{
                        name: _cell(name, line, covering(line, source), source, unit, notes)
                        for name, line in body.items()
                    },
                )
            )
            for source, role in zip(sources, roles, strict=True)
        ]
    return []


def _sources(line: Line) -> list[GridCell]:
    """The columns that a row names by sources of money, the total first; none where it states an amount."""
    cells = [cell for cell in line.cells if clean(cell.text)]
    if any(parse_number(cell.text) is not None for cell in cells):
        return []
    roles = [role_of(cell.text) for cell in cells]
    if FundingRole.TOTAL not in roles:
        return []
    first = roles.index(FundingRole.TOTAL)
    return cells[first:] if sum(role is not None for role in roles[first:]) > 1 else []


def _cell(
    name: str, line: Line, value: GridCell | None, label: GridCell, unit: str, notes: list[Note]
) -> Cell:
    if name in _AMOUNTS:
        return amount_cell(line, value, label, unit, notes)
    return (rate_cell if name == "execution_rate" else points_cell)(line, value, label, notes)
