"""The board of a cycle: where every unit stands, counted by department. Pure counting, no clock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from selfeval.levels import Level

if TYPE_CHECKING:
    from selfeval.cycle import Cycle

STATE_LABELS = {
    "missing": "未报送",
    "received": "已收待审",
    "returned": "退回修改",
    "accepted": "审核通过",
    "published": "已公开",
    "exempt": "免报",
    "nil": "零报告",
    "merged": "并入其他单位",
    "closed": "撤并",
}
OWING = ("missing", "received", "returned", "accepted", "published")


def state_label(state: str, awaits: str = "") -> str:
    """A state in Chinese; an accepted version that waits for a level (selfeval.levels) names the level."""
    return f"待{Level(awaits).label}审核" if awaits else STATE_LABELS[state]


@dataclass(frozen=True, slots=True)
class UnitStatus:
    """Where a unit stands. `state` is a key of STATE_LABELS; `late_days` counts its first filing, None if none.

    `due` and `correction_due` are the instants that count for it, `original_*` those of the cycle where an
    extension or a late return moved them for the reason beside it; ISO with Shanghai's offset.
    `late_calculation` says how `late_days` were counted, `late_in_full` with every day of them, `late_points`
    what they cost (None: nothing by the policy). `reason` and `person` explain a unit that owes nothing; a merged one names who files for it.
    `awaits` is the level (selfeval.levels) whose acceptance an accepted version waits for, "" for none.
    """

    code: str
    name: str
    tier: int
    department_code: str
    department_name: str
    state: str
    version: int
    late_days: int | None
    received_at: str | None
    due: str = ""
    original_due: str | None = None
    correction_due: str = ""
    original_correction_due: str | None = None
    first_received_at: str | None = None
    late_calculation: str = ""
    late_in_full: str = ""
    late_points: str | None = None
    due_reason: str = ""
    correction_reason: str = ""
    reason: str = ""
    person: str = ""
    merged_into: str | None = None
    merged_into_name: str = ""
    awaits: str = ""

    @property
    def label(self) -> str:
        """The state in Chinese, with whose decision is missing."""
        return state_label(self.state, self.awaits)

    @property
    def publishable(self) -> bool:
        """Whether the machine and every level have accepted it."""
        return self.state in ("accepted", "published") and not self.awaits

    @property
    def extensions(self) -> tuple[str, ...]:
        """Every extended date beside the one of the cycle, in Chinese."""
        moved = (
            ("报送截止", self.due, self.original_due, self.due_reason),
            ("退回修改截止", self.correction_due, self.original_correction_due, self.correction_reason),
        )
        return tuple(
            f"{label}{minute(new)}（原{minute(old)}{f'；{why}' if why else ''}）"
            for label, new, old, why in moved
            if old
        )

    @property
    def lateness(self) -> str:
        """How late the first filing came, how that was counted and what it costs; "" on time."""
        if not self.late_days:
            return ""
        cost = f"，扣{self.late_points}分" if self.late_points else ""
        return f"{self.late_days}个工作日{cost}（{self.late_calculation}）"

    @property
    def exemption(self) -> str:
        """Why the unit owes nothing, who decided it and, merged, who files for it; "" for one that owes."""
        if self.state in OWING:
            return ""
        into = f"，由{self.merged_into_name}（{self.merged_into}）报送" if self.merged_into else ""
        return f"{self.reason}（{self.person}）{into}" if self.person else f"{self.reason}{into}"


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of units. expected = received + missing; received covers returned, accepted and those to judge.

    `late` counts units whose first filing came after the due instant; missing units are in `missing`.
    """

    expected: int = 0
    received: int = 0
    late: int = 0
    returned: int = 0
    accepted: int = 0
    published: int = 0
    missing: int = 0
    exempt: int = 0


@dataclass(frozen=True, slots=True)
class DepartmentTally:
    code: str
    name: str
    tally: Tally
    missing: tuple[str, ...]  # names of the units that have not filed


def minute(instant: str) -> str:
    """2026-04-10 17:30 of an ISO instant."""
    return instant[:16].replace("T", " ")


def by_department(statuses: Iterable[UnitStatus]) -> tuple[DepartmentTally, ...]:
    """Counts per department, in order of their codes."""
    groups: dict[str, list[UnitStatus]] = {}
    for status in statuses:
        groups.setdefault(status.department_code, []).append(status)
    return tuple(
        DepartmentTally(
            code=code,
            name=group[0].department_name,
            tally=total(group),
            missing=tuple(status.name for status in group if status.state == "missing"),
        )
        for code, group in sorted(groups.items())
    )


def total(statuses: Iterable[UnitStatus]) -> Tally:
    """Counts over all units."""
    states: Counter[str] = Counter()
    late = 0
    for status in statuses:
        states[status.state] += 1
        late += status.state in OWING and bool(status.late_days)
    expected = sum(states[state] for state in OWING)
    return Tally(
        expected=expected,
        received=expected - states["missing"],
        late=late,
        returned=states["returned"],
        accepted=states["accepted"] + states["published"],
        published=states["published"],
        missing=states["missing"],
        exempt=states.total() - expected,
    )


def provisional_note(cycle: Cycle, statuses: Iterable[UnitStatus]) -> str:
    """What is provisional about the dates of a board, as a sentence, "" when every holiday order is out."""
    dues = [datetime.fromisoformat(text) for s in statuses for text in (s.due, s.correction_due)]
    return cycle.workdays.provisional_note(*dues) or cycle.provisional_note
