"""What a roll-up came to, counted for charts and for the bulletin: grades, lateness, execution. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from selfeval.rollup.units import DepartmentTotal, UnitRow

PASSED = ("accepted", "published")
UNGRADED = "未评定"
# Working days late, both ends included; None: and more.
_LATE = ((1, 3), (4, 10), (11, None))


class Count(NamedTuple):
    """So many units of something; `share` is their fraction of all that are counted, None of nothing."""

    label: str
    units: int
    share: Decimal | None


def grade_labels(units: Iterable[UnitRow], bands: Sequence[str]) -> tuple[str, ...]:
    """The grades to count by: the policy's, the best first, then what other policies gave, by the best score that
    has it; none where none is given.
    """
    best: dict[str, Decimal] = {}
    for unit in units:
        if unit.state in PASSED and unit.grade:
            best[unit.grade] = max(unit.recomputed_score or Decimal(0), best.get(unit.grade, Decimal(0)))
    others = sorted(best.keys() - set(bands), key=lambda grade: (-best[grade], grade))
    return (*bands, *others) if best else ()


def grade_counts(units: Iterable[UnitRow], bands: Sequence[str]) -> tuple[Count, ...]:
    """The units that passed, by grade; empty where nothing is graded. Every grade of the policy is listed."""
    passed = [unit for unit in units if unit.state in PASSED]
    labels = grade_labels(passed, bands)
    if not labels:
        return ()
    found = Counter(unit.grade or UNGRADED for unit in passed)
    return _counts({label: found[label] for label in (*labels, *([UNGRADED] if found[UNGRADED] else ()))})


def lateness_counts(units: Iterable[UnitRow]) -> tuple[Count, ...]:
    """The units that owe, by how late their first filing came; those without any last."""
    owing = [unit for unit in units if unit.reported or unit.state == "missing"]
    found: dict[str, int] = {"按时": 0}
    bounds = {(f"逾期{low}—{high}日" if high else f"逾期{low}日以上"): (low, high) for low, high in _LATE}
    found |= dict.fromkeys(bounds, 0)
    found["未报送"] = 0
    for unit in owing:
        if not unit.reported:
            found["未报送"] += 1
        elif not unit.late_days:
            found["按时"] += 1
        else:
            label = next(
                label
                for label, (low, high) in bounds.items()
                if low <= unit.late_days and (high is None or unit.late_days <= high)
            )
            found[label] += 1
    return _counts(found)


def by_execution(departments: Iterable[DepartmentTotal]) -> tuple[DepartmentTotal, ...]:
    """The departments whose execution rate is known, the lowest first."""
    known = [each for each in departments if each.execution_rate is not None]
    return tuple(sorted(known, key=lambda each: (each.execution_rate, each.code)))


def _counts(found: dict[str, int]) -> tuple[Count, ...]:
    whole = sum(found.values())
    return tuple(
        Count(label, units, Decimal(units) / whole if whole else None) for label, units in found.items()
    )
