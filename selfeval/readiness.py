"""What is ready to be published, department by department. Pure counting, no clock."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from selfeval.board import OWING, UnitStatus
from selfeval.examination import Examiner, examiners_of, named
from selfeval.legal_clock import LegalDue
from selfeval.levels import Level
from selfeval.secrecy import is_hidden


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
    statuses: Iterable[UnitStatus],
    dues: Mapping[str, LegalDue],
    secret: Collection[str] = (),
    examiners: Collection[Examiner] = (),
) -> tuple[DepartmentReadiness, ...]:
    """Every department with something to publish, by code; units in `secret` and all below them are left out.

    `examiners` name whose decision is missing.
    """
    groups: dict[str, list[UnitStatus]] = {}
    for status in statuses:
        if status.state in OWING and not is_hidden(status, secret):
            groups.setdefault(status.department_code, []).append(status)
    return tuple(
        DepartmentReadiness(
            code=code,
            name=group[0].department_name,
            due=dues.get(code),
            expected=len(group),
            accepted=sum(status.publishable for status in group),
            published=sum(status.state == "published" for status in group),
            missing=tuple(
                f"{status.name}（{status.label}{_who(status, examiners)}）"
                for status in group
                if not status.publishable
            ),
        )
        for code, group in sorted(groups.items())
    )


def _who(status: UnitStatus, examiners: Collection[Examiner]) -> str:
    if not status.awaits:
        return ""
    return f"：{named(examiners_of(examiners, Level(status.awaits), status.department_code))}"
