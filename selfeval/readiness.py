"""What is ready to be published, department by department. Pure counting, no clock."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from selfeval.board import OWING, STATE_LABELS, UnitStatus
from selfeval.legal_clock import LegalDue

_READY = ("accepted", "published")


@dataclass(frozen=True, slots=True)
class DepartmentReadiness:
    """Counts of units that have to file and may be shown; `missing` names those that are not accepted, with their state."""

    code: str
    name: str
    due: LegalDue | None
    expected: int
    accepted: int
    published: int
    missing: tuple[str, ...]

    @property
    def complete(self) -> bool:
        return self.accepted == self.expected

    @property
    def done(self) -> bool:
        """Whether nothing of it is left to publish."""
        return self.published == self.expected


def readiness(
    statuses: Iterable[UnitStatus], dues: Mapping[str, LegalDue], secret: Collection[str] = ()
) -> tuple[DepartmentReadiness, ...]:
    """Every department with something to publish, by code; units in `secret` and all below them are left out."""
    groups: dict[str, list[UnitStatus]] = {}
    for status in statuses:
        hidden = status.code in secret or status.department_code in secret
        if status.state in OWING and not hidden:
            groups.setdefault(status.department_code, []).append(status)
    return tuple(
        DepartmentReadiness(
            code=code,
            name=group[0].department_name,
            due=dues.get(code),
            expected=len(group),
            accepted=sum(status.state in _READY for status in group),
            published=sum(status.state == "published" for status in group),
            missing=tuple(
                f"{status.name}（{STATE_LABELS[status.state]}）"
                for status in group
                if status.state not in _READY
            ),
        )
        for code, group in sorted(groups.items())
    )
