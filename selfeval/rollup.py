"""Units added up into departments and the bureau: missing units are named and counted, never zero.

A tier-1 unit files for itself (本级), so a department is its own form plus those of its subordinate units.
Amounts are integer 分 inside the frames, so that sums are exact; ratios are recomputed from the sums.
The only module of the domain that imports pandas.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

import pandas as pd

from selfeval.board import STATE_LABELS

AMOUNTS = {"initial_budget": "年初预算数", "adjusted_budget": "全年预算数", "executed": "全年执行数"}
NOT_OWING = ("exempt", "nil", "merged", "closed")
_FEN_PER_WAN = Decimal(1_000_000)


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One unit of the roll-up. Amounts in 万元, None where the unit has not said; states as on the board."""

    code: str
    name: str
    tier: int
    department_code: str
    department_name: str
    state: str
    late_days: int | None = None
    reported_score: Decimal | None = None
    summed_score: Decimal | None = None
    recomputed_score: Decimal | None = None
    grade: str | None = None
    initial_budget: Decimal | None = None
    adjusted_budget: Decimal | None = None
    executed: Decimal | None = None
    errors: int = 0
    warnings: int = 0

    @property
    def reported(self) -> bool:
        """Whether the unit filed anything that it owes."""
        return self.state not in (*NOT_OWING, "missing")

    @property
    def left_out(self) -> str | None:
        """Why the unit's figures are in no total, in Chinese; None when they are.

        Only what passed is added, and only with all three amounts: the sums stay comparable.
        """
        if self.state not in ("accepted", "published"):
            return STATE_LABELS[self.state]
        unknown = [label for key, label in AMOUNTS.items() if getattr(self, key) is None]
        return f"未填{'、'.join(unknown)}" if unknown else None

    @property
    def counted(self) -> bool:
        """Whether the unit's figures are in the totals."""
        return self.left_out is None


@dataclass(frozen=True, slots=True)
class FindingRow:
    """One finding of one file, for the list of doubts."""

    unit_code: str
    unit_name: str
    file: str
    where: str
    code: str
    severity: str
    sentence: str
    message: str


@dataclass(frozen=True, slots=True)
class WorkbookData:
    """What the summary workbook shows: the cycle's name, the instant it was taken, units and findings."""

    title: str
    taken: datetime
    units: tuple[UnitRow, ...]
    findings: tuple[FindingRow, ...]


@dataclass(frozen=True, slots=True)
class DepartmentTotal:
    """Sums of a department (or of the bureau: code ""). `counted` of `expected` units are in the sums.

    `left_out` names every unit that is in no sum, with the reason. Amounts are in 万元, None when no unit
    is counted; `mean_score` is the plain mean of the counted units' recomputed scores.
    """

    code: str
    name: str
    expected: int
    counted: int
    left_out: tuple[tuple[str, str], ...]
    mean_score: Decimal | None
    initial_budget: Decimal | None
    adjusted_budget: Decimal | None
    executed: Decimal | None

    @property
    def execution_rate(self) -> Decimal | None:
        """全年执行数 ÷ 全年预算数 of the sums, as a fraction; None without a budget."""
        return self.executed / self.adjusted_budget if self.adjusted_budget else None


def roll_up(units: Sequence[UnitRow]) -> tuple[tuple[DepartmentTotal, ...], DepartmentTotal]:
    """Totals per department, by code, and of the whole bureau."""
    counted = [unit for unit in units if unit.counted]
    # Python integers: a slip of thirty digits must neither overflow nor end the roll-up.
    frame = pd.DataFrame({key: [_fen(getattr(u, key)) for u in counted] for key in AMOUNTS}, dtype=object)
    by_department = frame.groupby([unit.department_code for unit in counted]).sum().to_dict("index")
    groups: defaultdict[str, list[UnitRow]] = defaultdict(list)
    for unit in units:
        groups[unit.department_code].append(unit)
    departments = tuple(
        _total(code, group[0].department_name, group, by_department.get(code, {}))
        for code, group in sorted(groups.items())
    )
    return departments, _total("", "合计", units, frame.sum().to_dict() if counted else {})


def _total(code: str, name: str, units: Sequence[UnitRow], sums: Mapping[str, int]) -> DepartmentTotal:
    counted = [unit for unit in units if unit.counted]
    scores = [unit.recomputed_score for unit in counted if unit.recomputed_score is not None]
    return DepartmentTotal(
        code=code,
        name=name,
        expected=sum(unit.state not in NOT_OWING for unit in units),
        counted=len(counted),
        left_out=tuple((unit.name, unit.left_out) for unit in units if unit.left_out is not None),
        mean_score=sum(scores) / len(scores) if scores else None,
        # The sum of nothing is unknown, not zero.
        **{key: Decimal(sums[key]) / _FEN_PER_WAN if sums else None for key in AMOUNTS},
    )


def _fen(amount: Decimal) -> int:
    return int((amount * _FEN_PER_WAN).to_integral_value(ROUND_HALF_UP))
