"""What the report of a department is written from, and the sums that may stand in a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from selfeval.board import STATE_LABELS
from selfeval.figures import percent, points
from selfeval.paper_blocks import BLANK_CELL, blank
from selfeval.policy import Policy
from selfeval.rollup.measures import BY_KEY
from selfeval.rollup.units import NOT_OWING, DepartmentTotal, IndicatorTotal, UnitRow
from selfeval.rules.departments import DepartmentFinding

_FEW = 5  # units whose own figures fit into a marked place


@dataclass(frozen=True, slots=True)
class ReportData:
    """A department in one roll-up (`number`, `taken`): its totals, its units, what each of them filed.

    `documents` are the check documents of the versions that the roll-up names, by unit code.
    `year` is the one that the department is judged for, `cycle_year` that of the notice `document_number`.
    `publication_due` is the day of the cycle by which results have to be public.
    """

    name: str
    code: str
    year: int
    bureau: str
    cycle_year: int
    document_number: str
    policy: Policy
    number: int
    taken: datetime
    total: DepartmentTotal
    units: tuple[UnitRow, ...]
    documents: Mapping[str, Mapping[str, Any]]
    indicators: tuple[IndicatorTotal, ...]
    findings: tuple[DepartmentFinding, ...]
    publication_due: datetime

    @property
    def counted(self) -> tuple[UnitRow, ...]:
        """The units whose figures are in the totals."""
        return tuple(unit for unit in self.units if unit.counted)

    @property
    def filed(self) -> tuple[UnitRow, ...]:
        """The units whose own words and lines are listed: what passed, also without the amounts that sums need."""
        return tuple(unit for unit in self.units if unit.passed and not unit.included)

    @property
    def owing(self) -> tuple[UnitRow, ...]:
        """The units that have to file, each with its own figures or without."""
        return tuple(unit for unit in self.units if unit.state not in NOT_OWING)

    @property
    def who(self) -> str:
        """Whom the sums speak for, in front of a sentence; "" for the whole department."""
        total = self.total
        # Units whose figures stand in the department's own form are spoken for.
        if total.counted + len(total.included) >= total.expected:
            return ""
        return f"已计入汇总的{total.counted}家单位（应报{total.expected}家）"

    def sum(self, key: str) -> Decimal | None:
        """A sum that every counted unit has said its part of; None when any has not, or nobody is counted."""
        found = self.total.figures.get(key)
        return found.value if found and found.said == self.total.counted else None

    def sums(self, *keys: str) -> list[Decimal] | None:
        """All of them, or None."""
        found = [self.sum(key) for key in keys]
        return None if None in found else found

    def ask(self, what: str, *keys: str) -> str:
        """The marked place for a sentence whose figures are not all known, with what is known of them: partial sums,
        and what units say that are in no sum because they leave out another figure.
        """
        partial = []
        for key in keys:
            found = self.total.figures.get(key)
            if found and found.said < self.total.counted:
                unit = BY_KEY[key].unit
                partial.append(
                    f"{BY_KEY[key].label}{self.total.counted}家中只有{found.said}家填报，合计{shown(found.value, unit)}"
                )
        beside = [unit for unit in self.filed if not unit.counted]
        for unit in beside if len(beside) <= _FEW else ():
            said = [(BY_KEY[key], value) for key in keys if (value := unit.figure(key)) is not None]
            if said:
                words = "、".join(f"{each.label}{shown(value, each.unit)}" for each, value in said)
                partial.append(f"{unit.name}填报的有{words}")
        known = f"（{'；'.join(partial)}）" if partial else ""
        return blank(f"{what}{known}")


def money(value: Decimal | None) -> str:
    """万元 with two decimals, without the unit; a marked place when it is not known."""
    return BLANK_CELL if value is None else f"{points(value)}"


def shown(value: Decimal, unit: str) -> str:
    """A figure of a sentence with its unit."""
    return f"{points(value)}万元" if unit == "万元" else f"{points(value).normalize():f}{unit}"


def rate(part: Decimal | None, whole: Decimal | None) -> str:
    """A rate of two sums, "—" where it cannot be computed."""
    return "—" if part is None or not whole or whole <= 0 else percent(part / whole)


def state(unit: UnitRow) -> str:
    """A unit's name, with the reason where its figures are in no sum."""
    return unit.name if unit.counted else f"{unit.name}（{unit.left_out or STATE_LABELS[unit.state]}）"
