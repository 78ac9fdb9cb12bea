"""The forms of a stored check document (selfeval.result) as values again, for what is judged after the filing.

A place comes back as the words that name it, a number as the text says it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from selfeval.filing import (
    Cell,
    Entry,
    Form,
    FormKind,
    FundingLine,
    FundingRole,
    Indicator,
    Position,
    Sentence,
)
from selfeval.labels import squash
from selfeval.money import parse_number
from selfeval.quantity import parse_quantity

_AMOUNTS = ("initial_budget", "adjusted_budget", "executed", "amount", "weight", "score")


def stored_forms(document: Mapping[str, Any]) -> Iterator[tuple[Form, Mapping[str, Any]]]:
    """Every form of the document, each with its own data (recomputed scores stand there)."""
    for entry in document["files"]:
        for data in entry["forms"]:
            yield _form(data), data


def forms_once(document: Mapping[str, Any], *kinds: str) -> Iterator[Mapping[str, Any]]:
    """The data of the forms of these kinds; one that was handed in as Word and as Excel alike comes once."""
    seen: set[tuple[Any, ...]] = set()
    for entry in document["files"]:
        for data in entry["forms"]:
            if data["kind"] in kinds and (said := _said_by(data)) not in seen:
                seen.add(said)
                yield data


def _said_by(data: Mapping[str, Any]) -> tuple[Any, ...]:
    """What makes two forms the same: subject, scored lines and amounts, however they are written."""
    rows = tuple(
        (squash(row["name"]), _plain(row["weight"]), _plain(row["score"])) for row in data["indicators"]
    )
    lines = tuple((line["role"], *(_plain(line[key]) for key in _AMOUNTS)) for line in data["funding"])
    return data["kind"], squash(data["project"] or ""), rows, lines


def _plain(text: str | None) -> Decimal | str | None:
    value = parse_number(text) if text else None
    return text if value is None else value


def _form(data: Mapping[str, Any]) -> Form:
    at = Position(data["where"])
    return Form(
        id=data["id"],
        kind=FormKind(data["kind"]),
        title=data["title"],
        at=at,
        project=data["project"],
        unit=data["unit"],
        department=data["department"],
        year=data["year"],
        amount_unit=data["amount_unit"],
        funding=tuple(map(_line, data["funding"])),
        indicators=tuple(map(_indicator, data["indicators"])),
        entries=tuple(
            Entry(entry["label"], entry["heading"], _said(entry["value"], entry["where"]))
            for entry in data["entries"]
        ),
        goals=tuple(
            (_said(goal["expected"], data["where"]), _said(goal["actual"], data["where"]))
            for goal in data["goals"]
        ),
        total_weight=_figure(data["total_weight"], data["where"]),
        reported_score=_figure(data["reported_score"], data["where"]),
        reported_grade=_said(data["reported_grade"], data["where"]),
        footer=tuple(Sentence(text, at) for text in data["footer"]),
    )


def _line(data: Mapping[str, Any]) -> FundingLine:
    where = data["where"]
    return FundingLine(
        label=data["label"],
        role=FundingRole(data["role"]),
        at=Position(where),
        part_of=FundingRole(data["part_of"]) if data["part_of"] else None,
        execution_rate=_said(data["execution_rate"], where),
        **{column: _figure(data[column], where) for column in _AMOUNTS},
    )


def _indicator(data: Mapping[str, Any]) -> Indicator:
    where = data["where"]
    return Indicator(
        level1=data["level1"],
        level2=data["level2"],
        name=data["name"],
        at=Position(where),
        target=_said(data["target"], where),
        actual=_said(data["actual"], where),
        weight=_figure(data["weight"], where),
        score=_figure(data["score"], where),
        deviation_note=_said(data["deviation_note"], where),
        recheck_score=_figure(data["recheck_score"], where),
        nature=data["nature"] or "",
        unit=data["unit"] or "",
    )


def _said(text: str | None, where: str) -> Cell:
    return Cell(text or "", parse_quantity(text).number if text else None, Position(where))


def _figure(text: str | None, where: str) -> Cell:
    """A number as the document keeps it; percentages are fractions, as reading has them."""
    number: Decimal | None = None
    if text:
        number = parse_quantity(text).number if "%" in text else parse_number(text)
    return Cell(text or "", number, Position(where))
