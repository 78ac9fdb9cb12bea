"""On the way to the legal day: readiness lists, the alarm of a missing decision, the publication itself when it is due."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from prefect import task
from prefect.cache_policies import NO_CACHE
from sqlalchemy.orm import Session

from db import cycles, decisions, outbox, publications
from db.board import unit_statuses
from db.examiners import examiners_in
from db.models import CycleRow
from db.roster import secret_codes
from notifications import publication as mails
from notifications.lists import Entry
from notifications.message import Email
from notifications.publication import ReadyDepartment
from selfeval.cycle import Cycle
from selfeval.legal_clock import alarm_day, alarm_step, readiness_step
from selfeval.readiness import DepartmentReadiness, readiness
from selfeval.reminders import may_send
from selfeval.workdays import local
from tasks.kept_content import KeptContent, content_by_now
from tasks.legal_clock import legal_dues, next_publication
from tasks.mail import queue_office_mail
from tasks.office import clock, database, log, office_of, reading
from tasks.public_content import withdrawn_units
from tasks.publish import SUBJECT, write_publication, writing
from tasks.redacted import CONFIRM, names_of, unconfirmed
from tasks.settings import load_settings
from tasks.withdraw import finish_withdrawals

_APPROVE = "selfeval publication approve --person 姓名"


@dataclass(frozen=True, slots=True)
class Outlook:
    """Where a publication stands: its departments, the earliest legal day and the moment of the run for it.

    `ready` are the codes of the units that may be shown.
    """

    departments: tuple[DepartmentReadiness, ...]
    due: date | None
    moment: datetime | None
    ready: frozenset[str]

    @property
    def waiting(self) -> int:
        """Accepted units that are not public."""
        return sum(department.accepted - department.published for department in self.departments)


def outlook(session: Session, row: CycleRow) -> Outlook:
    """The departments of a cycle against the legal clock."""
    secret = secret_codes(session)
    left_out = secret | withdrawn_units(session, row)
    statuses = unit_statuses(session, row.id)
    departments = readiness(statuses, legal_dues(session, row), left_out, examiners_in(session, row.id))
    ready = frozenset(
        each.code
        for each in statuses
        if each.publishable and not left_out & {each.code, each.department_code}
    )
    shown = {department.code for department in departments if not department.done}
    coming = next_publication(session, row, legal_dues(session, row).keys() - shown)
    return Outlook(departments, *(coming or (None, None)), ready)


@task(name="备好公开准备清单和警报", cache_policy=NO_CACHE)
def queue_readiness(year: int | None, now: datetime | None) -> dict[str, int]:
    """Queue the list that is due and the alarm of today, each once to every administrator; mails by kind."""
    at, admins = clock(now), load_settings().admins
    counts = {"readiness": 0, "alarm": 0}
    # What is decided on may have to be made for them, which takes minutes for a province: without a lock.
    with reading() as session:
        row = cycles.cycle_of(session, year)
        cycle = cycles.value_of(row)
        reminders = cycles.policy_of(row, cycle.policy).reminders
        if row.notice_issued_at is None or not may_send(cycle, reminders, at):
            return counts
        state = outlook(session, row)
        if state.due is None:
            return counts
        if not admins:
            log.warning("没有设置 SELFEVAL_ADMIN_EMAILS，公开准备清单和警报没有发出")
            return counts
        letters = list(_letters(session, row, cycle, state, at))
    with database() as session:
        for name, step, mail in letters:
            counts[name] = queue_office_mail(session, row, mail, admins, step=step, at=at)
    return counts


def _letters(
    session: Session, row: CycleRow, cycle: Cycle, state: Outlook, at: datetime
) -> Iterator[tuple[str, str, Email]]:
    """What is due and not queued: readiness or alarm, the step and the mail."""
    step = readiness_step(cycle.workdays, state.due, at)
    if step and not outbox.is_queued(session, row.id, None, "readiness", step.key):
        mail = mails.readiness(
            office_of(cycle),
            year=row.year,
            due=state.due,
            days_left=cycle.workdays.between(local(at).date(), state.due),
            provisional=cycle.workdays.provisional_note(state.due),
            departments=[_line(department, state.due) for department in state.departments],
            decisions=open_decisions(session, row),
            at=at,
        )
        yield "readiness", step.key, mail
    day = alarm_step(at)
    if alarm_day(cycle.workdays, state.due, at) and not outbox.is_queued(
        session, row.id, None, "publication_alarm", day
    ):
        alarm = _alarm(session, row, state, at)
        if alarm:
            yield "alarm", day, alarm


@task(name="到期公开", cache_policy=NO_CACHE)
def publish_when_due(year: int | None, now: datetime | None) -> dict[str, str | int]:
    """What a killed run left is finished; what is approved and due is published. {} when there is nothing to do."""
    at, settings = clock(now), load_settings()
    with database() as session:
        row = cycles.cycle_of(session, year)
        decision = decisions.standing(session, row.id, SUBJECT)
        publication = publications.publication_of(session, decision.id) if decision else None
        state = outlook(session, row)
    begun = publication is not None and publication.fetched_at is None
    due = publication is None and state.moment is not None and at >= state.moment
    if decision and decision.verdict == "approved" and (begun or due):
        return write_publication.fn(year, now)
    with writing(settings):
        return finish_withdrawals(row, settings, at)


def open_decisions(session: Session, row: CycleRow) -> list[Entry]:
    """The decisions that a publication needs, with the command for what is missing; none is taken for granted."""
    content = content_by_now(session, row)
    return [_approval(session, row, content.digest), *_redaction(session, row, content)]


def undecided(session: Session, row: CycleRow, state: Outlook) -> list[Entry]:
    """The decisions that are missing while something waits to be published: an alarm when the day is near."""
    if not _something_waits(session, row, state):
        return []
    return [entry for entry in open_decisions(session, row) if entry.command]


def is_undecided(session: Session, row: CycleRow, state: Outlook) -> bool:
    """Whether a decision is missing. Without an approval one is, and the content need not be made to know it."""
    decision = decisions.standing(session, row.id, SUBJECT)
    if decision is None or decision.verdict != "approved":
        return _something_waits(session, row, state)
    return bool(undecided(session, row, state))


def _something_waits(session: Session, row: CycleRow, state: Outlook) -> bool:
    return bool(state.waiting) or publications.proven_publication(session, row.id) is None


def _approval(session: Session, row: CycleRow, digest: str) -> Entry:
    decision = decisions.standing(session, row.id, SUBJECT)
    if decision is None:
        return Entry("公开结果还没有审批", "没有审批不会公开任何结果", _APPROVE)
    if decision.verdict != "approved":
        return Entry(f"{decision.person}不同意公开", decision.reason, _APPROVE)
    if decision.content_hash != digest:
        return Entry(f"{decision.person}审批之后审核结果有变化", "须重新审批", _APPROVE)
    return Entry(f"{decision.person}已于{decision.decided_at:%Y-%m-%d %H:%M}同意公开", "到期自动公开")


def _redaction(session: Session, row: CycleRow, content: KeptContent) -> list[Entry]:
    waiting = unconfirmed(session, row, content.units, {unit.code: unit.digest for unit in content.units})
    if waiting:
        return [Entry(f"{len(waiting)}家的脱敏清单还没有确认", names_of(waiting), CONFIRM)]
    return [Entry("脱敏清单都已由第二人确认")] if content.units else []


def _alarm(session: Session, row: CycleRow, state: Outlook, at: datetime) -> Email | None:
    missing = undecided(session, row, state)
    if not missing:
        return None
    late = (local(at).date() - state.due).days
    clock_words = f"已超过期限{late}天" if late > 0 else f"须于{state.due}前公开"
    log.error("公开结果没有有效的审批，%s", clock_words)
    return mails.publication_alarm(
        office_of(cycles.value_of(row)),
        year=row.year,
        title="没有有效的公开审批",
        sentence=f"{clock_words}，{state.waiting}家单位的结果等待公开。没有人的决定，系统不会公开。",
        entries=missing,
        at=at,
    )


def _line(department: DepartmentReadiness, otherwise: date) -> ReadyDepartment:
    due = department.due
    return ReadyDepartment(
        department.name,
        due.day if due else otherwise,
        due.basis if due else "按最早的部门",
        department.expected,
        department.accepted,
        department.published,
        department.missing,
    )
