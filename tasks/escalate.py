"""Tell who has to know which units are late: each department its own, the bureau all; once per step."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import groupby

from prefect import task
from prefect.cache_policies import NO_CACHE
from sqlalchemy.orm import Session

from db import cycles, extensions, outbox, requests
from db.debtors import debtors
from db.models import CycleRow, Obligation
from notifications import lists
from notifications.lists import LateUnit
from selfeval.cycle import Step
from selfeval.reminders import CORRECTION, Debtor, list_step, may_send
from tasks.mail import queue_mail, queue_office_mail
from tasks.office import clock, database, lateness_text, log, office_of
from tasks.settings import load_settings


@task(name="通报主管部门", cache_policy=NO_CACHE)
def queue_escalations(year: int | None, now: datetime | None) -> int:
    """Queue a mail to each department with units that are late; number of departments told.

    Units whose extension still runs are not on the list.
    """
    at, told = clock(now), 0
    with database() as session:
        row = cycles.cycle_of(session, year)
        cycle = cycles.value_of(row)
        for code, late, step in due_escalations(session, row, at):
            department = session.get_one(Obligation, (row.id, code))
            mail = lists.escalation(
                office_of(cycle),
                addressee=department.unit_name,
                year=row.year,
                late=late_units(session, row, late, at),
                at=at,
            )
            told += bool(queue_mail(session, department, mail, step=step.key, at=at))
    log.info("通报主管部门：%d家", told)
    return told


@task(name="报送逾期名单", cache_policy=NO_CACHE)
def queue_late_list(year: int | None, now: datetime | None) -> int:
    """Queue the list of all late units to the bureau's own addresses; number of units on it, 0 for no list."""
    at = clock(now)
    with database() as session:
        row = cycles.cycle_of(session, year)
        cycle = cycles.value_of(row)
        late, step = due_late_list(session, row, at)
        if step is None:
            return 0
        addresses = load_settings().bureau_addresses
        if not addresses:
            log.warning("没有设置 SELFEVAL_BUREAU_EMAILS 或 SELFEVAL_ADMIN_EMAILS，逾期名单没有发出")
        mail = lists.late_list(
            office_of(cycle), year=row.year, late=late_units(session, row, late, at), at=at
        )
        added = queue_office_mail(session, row, mail, addresses, step=step.key, at=at)
        return len(late) if added else 0


def due_escalations(session: Session, row: CycleRow, at: datetime) -> list[tuple[str, list[Debtor], Step]]:
    """The departments that are due a list of their late units and have not been told: code, units, step."""
    cycle = cycles.value_of(row)
    policy = cycles.policy_of(row, cycle.policy)
    if not may_send(cycle, policy.reminders, at):
        return []
    found = []
    for code, late in _by_department(late_debtors(session, row, at)):
        step = list_step(cycle, policy, late, row.notice_issued_at, policy.reminders.department_from, at)
        if step and not outbox.is_queued(session, row.id, code, "escalation", step.key):
            found.append((code, late, step))
    return found


def due_late_list(session: Session, row: CycleRow, at: datetime) -> tuple[list[Debtor], Step | None]:
    """The late units on the bureau's list, and its step that is due; None: none is, or it stands in the outbox."""
    cycle = cycles.value_of(row)
    policy = cycles.policy_of(row, cycle.policy)
    if not may_send(cycle, policy.reminders, at):
        return [], None
    late = late_debtors(session, row, at)
    step = list_step(cycle, policy, late, row.notice_issued_at, policy.reminders.bureau_from, at)
    if step and outbox.is_queued(session, row.id, None, "late_list", step.key):
        step = None
    return late, step


def late_debtors(session: Session, row: CycleRow, at: datetime) -> list[Debtor]:
    """The units that are late now, department by department."""
    return [debtor for debtor in debtors(session, row) if debtor.is_late(at)]


def late_units(session: Session, row: CycleRow, late: Collection[Debtor], at: datetime) -> list[LateUnit]:
    """The lines of a list of late units, in the order given."""
    cycle = cycles.value_of(row)
    reminded = outbox.last_reminded(session, row.id)
    asked = {
        code: f"曾申请延至{day.month}月{day.day}日，未同意"
        for code, day in extensions.last_refused(session, row.id).items()
    }
    for request, unit, _ in requests.waiting(session, row.id):
        day = request.asked_on
        asked[unit.unit_code] = f"已来信申请{f'延至{day.month}月{day.day}日' if day else '延期'}，等待审批"
    departments = {item.unit_code: item.department_name for item in cycles.obligations_of(session, row.id)}
    found = []
    for debtor in late:
        reckoning = cycle.workdays.reckon(debtor.due.instant, at)
        line = LateUnit(
            debtor.code,
            debtor.name,
            departments[debtor.code],
            "退回后未改正" if debtor.wave == CORRECTION else "自评材料未报送",
            debtor.due.instant,
            debtor.due.before_extension,
            reckoning.days,
            lateness_text(cycle, None, reckoning),
            reminded.get(debtor.code),
            asked.get(debtor.code, ""),
        )
        found.append(line)
    return found


def _by_department(late: Sequence[Debtor]) -> list[tuple[str, list[Debtor]]]:
    return [(code, list(units)) for code, units in groupby(late, key=lambda debtor: debtor.department_code)]
