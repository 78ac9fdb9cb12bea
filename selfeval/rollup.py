"""Units added up into departments and the bureau: missing units are named and counted, never zero.

Amounts are integer 分 inside the frames, so that sums are exact; ratios are recomputed from the sums.
The only module of the domain that imports pandas.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

import pandas as pd

AMOUNTS = ("initial_budget", "adjusted_budget", "executed")
NOT_OWING = ("exempt", "closed")
_FEN_PER_WAN = Decimal(1_000_000)
_CENT = Decimal("0.01")


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
    def counted(self) -> bool:
        """Whether the unit's figures are in the totals: only what passed is added, the rest is named."""
        return self.state in ("accepted", "published") and self.adjusted_budget is not None


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

    `missing` names the units that owe a filing and are not in the sums, with their state. Amounts are
    None when no unit is counted; `execution_rate` is a fraction of the sums.
    """

    code: str
    name: str
    expected: int
    counted: int
    missing: tuple[tuple[str, str], ...]
    initial_budget: Decimal | None
    adjusted_budget: Decimal | None
    executed: Decimal | None
    mean_score: Decimal | None

    @property
    def execution_rate(self) -> Decimal | None:
        if not self.adjusted_budget or self.executed is None:
            return None
        return self.executed / self.adjusted_budget


def roll_up(units: Sequence[UnitRow]) -> tuple[tuple[DepartmentTotal, ...], DepartmentTotal]:
    """Totals per department, by code, and of the whole bureau."""
    counted = [unit for unit in units if unit.counted]
    frame = pd.DataFrame(
        [[unit.department_code, *(_fen(getattr(unit, key)) for key in AMOUNTS)] for unit in counted],
        columns=["department_code", *AMOUNTS],
    ).astype({key: "Int64" for key in AMOUNTS})
    # min_count: the sum of nothing is unknown, not zero.
    sums = frame.groupby("department_code")[list(AMOUNTS)].sum(min_count=1)
    names = {unit.department_code: unit.department_name for unit in units}
    departments = tuple(
        _total(code, names[code], [u for u in units if u.department_code == code], _row(sums, code))
        for code in sorted(names)
    )
    whole = frame[list(AMOUNTS)].sum(min_count=1)
    return departments, _total("", "合计", list(units), {key: _wan(whole[key]) for key in AMOUNTS})


def _row(sums: pd.DataFrame, code: str) -> dict[str, Decimal | None]:
    if code not in sums.index:
        return dict.fromkeys(AMOUNTS)
    return {key: _wan(sums.at[code, key]) for key in AMOUNTS}


def _total(code: str, name: str, units: list[UnitRow], amounts: dict[str, Decimal | None]) -> DepartmentTotal:
    owing = [unit for unit in units if unit.state not in NOT_OWING]
    scores = [unit.recomputed_score for unit in owing if unit.counted and unit.recomputed_score is not None]
    mean = (sum(scores) / len(scores)).quantize(_CENT, ROUND_HALF_UP) if scores else None
    return DepartmentTotal(
        code=code,
        name=name,
        expected=len(owing),
        counted=sum(unit.counted for unit in owing),
        missing=tuple((unit.name, unit.state) for unit in owing if not unit.counted),
        mean_score=mean,
        **amounts,
    )


def _fen(amount: Decimal | None) -> int | None:
    if amount is None:
        return None
    return int((amount * _FEN_PER_WAN).to_integral_value(ROUND_HALF_UP))


def _wan(fen: object) -> Decimal | None:
    return None if fen is pd.NA or pd.isna(fen) else Decimal(int(fen)) / _FEN_PER_WAN
