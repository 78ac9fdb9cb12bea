"""What the bulletin of results is made from, and how it writes figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from selfeval.bulletin import Bulletin
from selfeval.comparison import Comparison
from selfeval.figures import points
from selfeval.problems import Typical
from selfeval.recheck import Recheck
from selfeval.rollup.record import RolledUp

NAMED = 5  # names in a sentence or a cell; a paper is read, the workbook holds them all


class Grading(NamedTuple):
    """How another policy than the cycle's grades: its title and its labels, the best first."""

    title: str
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ResultsData:
    """A cycle as its last roll-up has it. `grades`: the labels of the policy, the best first, none: no grades.

    `gradings`: by code the units that another policy grades.
    `weighted`: mean scores are weighted by 全年预算数. `comparison`: None where the year before was not run.
    Units marked secret are in none of this; `status` says how many. `source`: the roll-up that it was made from.
    """

    bureau: str
    year: int
    document_number: str
    made: RolledUp
    status: Bulletin
    grades: tuple[str, ...]
    weighted: bool
    typical: tuple[Typical, ...] = ()
    recheck: Mapping[str, Recheck] = field(default_factory=dict)
    comparison: Comparison | None = None
    source: str = ""
    gradings: Mapping[str, Grading] = field(default_factory=dict)


def money(value: Decimal | None) -> str:
    """An amount in 万元 as official papers write it, "—" when unknown."""
    return "—" if value is None else f"{points(value)}"


def rate(value: Decimal | None) -> str:
    """A fraction as a percentage."""
    return "—" if value is None else f"{points(value * 100)}%"


def score(value: Decimal | None) -> str:
    """Points with two decimals."""
    return "—" if value is None else f"{points(value)}"


def few(names: Sequence[str]) -> str:
    """Names, and how many there are when not all are named."""
    more = f"等{len(names)}家" if len(names) > NAMED else ""
    return f"{'、'.join(names[:NAMED])}{more}"
