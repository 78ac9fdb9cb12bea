"""The legal clock of a cycle: recorded approvals of accounts, the day of every department, the run that waits."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE
from sqlalchemy.orm import Session

from db import cycles, publications
from db.models import CycleRow
from selfeval.cycle import Duty
from selfeval.legal_clock import LegalDue, days_late, legal_due, publication_moment
from selfeval.refusal import Refusal
from tasks.office import clock, database


@task(name="登记决算批复", cache_policy=NO_CACHE)
def record_accounts(
    year: int | None,
    department_code: str | None,
    approved_on: date,
    document_number: str,
    person: str,
    now: datetime | None,
) -> dict[str, str]:
    """Record the day on which the accounts of a department (None: of all of them) were approved.

    The day until which each has to publish, by department name.
    """
    at = clock(now)
    with database() as session:
        row = cycles.cycle_of(session, year)
        codes = [department_code] if department_code else list(legal_dues(session, row))
        if not codes:
            raise Refusal(f"{row.name}的名单还没有固定（通知印发后固定），不能登记决算批复")
        for code in codes:
            publications.record_accounts_approval(
                session, row, code, approved_on=approved_on, document_number=document_number, person=person, at=at
            )  # fmt: skip
        names = {
            item.department_code: item.department_name for item in cycles.obligations_of(session, row.id)
        }
        dues = legal_dues(session, row)
        return {names[code]: f"{dues[code].day}（{dues[code].basis}）" for code in codes}


def legal_dues(session: Session, row: CycleRow) -> dict[str, LegalDue]:
    """Until when each department of the cycle has to publish, by its code."""
    cycle, approvals = cycles.value_of(row), publications.accounts_approvals(session, row.id)
    return {
        item.unit_code: legal_due(
            cycle,
            cycles.policy_of(row, item.policy).publication,
            approvals[item.unit_code].approved_on if item.unit_code in approvals else None,
        )
        for item in cycles.obligations_of(session, row.id)
        if item.tier == 1 and item.duty != Duty.CLOSED
    }


def next_publication(session: Session, row: CycleRow, done: Iterable[str]) -> tuple[date, datetime] | None:
    """The earliest legal day among the departments that are not `done`, and the moment to publish for it."""
    done = set(done)
    dues = [due for code, due in legal_dues(session, row).items() if code not in done]
    if not dues:
        return None
    cycle = cycles.value_of(row)
    hour = cycles.policy_of(row, cycle.policy).reminders.hour
    return min(due.day for due in dues), publication_moment(cycle.workdays, hour, dues)


def lateness(dues: dict[str, LegalDue], published: Iterable[str], at: datetime) -> dict[str, Any]:
    """How these departments stand against the clock when they are public at `at`; by code, for the record."""
    return {
        code: {
            "due": dues[code].day.isoformat(),
            "days": days_late(dues[code].day, at),
            "basis": dues[code].basis,
        }
        for code in sorted(set(published) & dues.keys())
    }
