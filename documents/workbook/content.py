"""What the summary workbook is made from. The lists of findings and lost points are taken unit by unit, once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from selfeval.bulletin import Bulletin
from selfeval.comparison import Comparison
from selfeval.recheck import Recheck
from selfeval.rollup.record import RolledUp


class FindingRow(NamedTuple):
    """One finding of one file."""

    file: str
    where: str
    code: str
    severity: str
    sentence: str
    message: str


class LostPoint(NamedTuple):
    """A line of a form that lost points (selfeval.deductions), scores in points and None for unknown."""

    form: str
    where: str
    name: str
    weight: Decimal
    stated: Decimal | None
    due: Decimal | None
    figures: str
    clause: str
    reason: str


class UnitDetails(NamedTuple):
    """What the lists say of one unit."""

    code: str
    name: str
    findings: tuple[FindingRow, ...]
    lost: tuple[LostPoint, ...]


@dataclass(frozen=True, slots=True)
class WorkbookData:
    """A cycle at an instant. `grades`: the labels of the policy, the best first.

    `source`: the kept roll-up that it is, "" where it is none.
    `weighted`: mean scores are weighted by 全年预算数. `recheck`: the sampled units by code. `comparison`: None where the year before was not run here.
    """

    title: str
    taken: datetime
    made: RolledUp
    status: Bulletin
    grades: tuple[str, ...]
    weighted: bool = False
    recheck: Mapping[str, Recheck] = field(default_factory=dict)
    details: Iterable[UnitDetails] = ()
    comparison: Comparison | None = None
    source: str = ""
