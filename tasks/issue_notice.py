"""Issue the notice: freeze the roster, write the papers, queue a mail with blank forms to every unit."""

from __future__ import annotations

from datetime import datetime

from prefect import task
from prefect.cache_policies import NO_CACHE
from sqlalchemy.orm import Session

from db import cycles, outbox
from db.models import CycleRow, Obligation
from documents.blanks import BlankFor, blank_document, blank_workbook
from documents.notice import Notice, notice_document
from notifications import emails
from notifications.kinds import Kind
from selfeval.refusal import Refusal
from selfeval.rehearsal import NOTICE_STEP
from selfeval.workdays import due_instant
from tasks.events import Happening, tell_of_cycle
from tasks.mail import queue_mail
from tasks.office import archive, clock, database, how_to_send, log, office_of, owed
from tasks.papers import keep_paper, safe_name
from tasks.rehearse import objection_to_notice
from tasks.settings import load_settings

_ATTACHMENTS = (
    "部门整体支出绩效评价基础数据表",
    "部门整体支出绩效自评表",
    "项目支出绩效自评表（一个一级项目填一张）",
)


@task(name="固定报送名单", cache_policy=NO_CACHE)
def freeze(year: int | None, now: datetime | None, actor: str) -> list[str]:
    """Freeze the roster and write the notice; codes of the units that have to file.

    Raises Refusal unless a person approved the plan of the mails as it stands (`selfeval rehearse`).
    """
    at = clock(now)
    with database() as session:
        # Committed before it is raised: an approval that lost its content stays void.
        objection = objection_to_notice(session, cycles.cycle_of(session, year), at)
    if objection:
        raise Refusal(objection)
    with database() as session:
        row = cycles.cycle_of(session, year)
        units = owed(cycles.freeze_roster(session, row, at=at, actor=actor))
        for unit in units:
            folder = safe_name(f"{unit.unit_code} {unit.unit_name}")
            (load_settings().inbox / folder).mkdir(parents=True, exist_ok=True)
        if note := cycles.value_of(row).provisional_note:
            log.warning(note)
        path = keep_paper(notice_name(row), _notice_paper(row))
        log.info("通知已成文，放在文书文件夹：%s", path.name)
        return [unit.unit_code for unit in units]


@task(name="制发空白表", cache_policy=NO_CACHE)
def send_blanks(year: int | None, codes: list[str], now: datetime | None) -> int:
    """Blank forms and mails for these units; units that have theirs are passed over. Mails queued."""
    at, queued = clock(now), 0
    with database() as session:
        row = cycles.cycle_of(session, year)
        notice = (notice_name(row), archive().put(_notice_paper(row)))
    for code in codes:
        with database() as session:
            if outbox.is_queued(session, row.id, code, Kind.NOTICE, NOTICE_STEP):
                continue
            queued += _send_one(session, row, session.get_one(Obligation, (row.id, code)), notice, at)
    return queued


@task(name="登记通知印发", cache_policy=NO_CACHE)
def record_issue(year: int | None, now: datetime | None, actor: str) -> None:
    """Record that every unit's notice stands in the outbox."""
    with database() as session:
        row = cycles.cycle_of(session, year)
        again = row.notice_issued_at is not None
        cycles.issue_notice(session, row, at=clock(now), actor=actor)
        units = len(owed(cycles.obligations_of(session, row.id)))
    if not again:
        tell_of_cycle(Happening.NOTICE_ISSUED, row.year, {"units": units})


@task(name="通知是否到期", cache_policy=NO_CACHE)
def notice_is_due(year: int | None, now: datetime | None) -> bool:
    """Whether the day of the notice has come and a person has approved its plan as it stands."""
    at = clock(now)
    with database() as session:
        row = cycles.cycle_of(session, year)
        cycle = cycles.value_of(row)
        due = due_instant(cycle.milestones.notice, cycles.policy_of(row, cycle.policy).reminders.hour)
        if row.notice_issued_at or at < due:
            return False
        objection = objection_to_notice(session, row, at)
    if objection:
        log.warning(objection)
    return not objection


def notice_name(row: CycleRow) -> str:
    return f"关于开展{row.year}年度预算绩效自评工作的通知.docx"


def _notice_paper(row: CycleRow) -> bytes:
    cycle = cycles.value_of(row)
    hour = cycles.policy_of(row, cycle.policy).filing.due_hour
    return notice_document(
        Notice(
            bureau=cycle.bureau,
            document_number=cycle.document_number,
            year=cycle.year,
            issued_on=cycle.milestones.notice,
            addressee="各预算部门、单位",
            unit_due=cycle.due("unit_due", hour),
            department_due=cycle.due("department_due", hour),
            correction_due=cycle.due("correction_due", hour),
            publication_due=cycle.due("publication_due", hour),
            attachments=_ATTACHMENTS,
            contact=cycle.contact,
            provisional=cycle.provisional_note,
            lock=cycle.lock(hour),
        )
    )


def _send_one(
    session: Session, row: CycleRow, obligation: Obligation, notice: tuple[str, str], at: datetime
) -> int:
    cycle = cycles.value_of(row)
    policy = cycles.policy_of(row, obligation.policy)
    blank = BlankFor(
        name=obligation.unit_name,
        code=obligation.unit_code,
        year=obligation.year,
        department=obligation.department_name,
        bureau=cycle.bureau,
    )
    stem = safe_name(f"{obligation.unit_code}_{obligation.year}年度绩效自评表")
    attachments = [
        notice,
        (f"{stem}.xlsx", archive().put(blank_workbook(blank, policy.weights))),
        (f"{stem}.docx", archive().put(blank_document(blank, policy.weights))),
    ]
    mail = emails.notice(
        office_of(cycle),
        document_number=cycle.document_number,
        year=obligation.year,
        unit_name=obligation.unit_name,
        unit_code=obligation.unit_code,
        due=cycle.due("unit_due", policy.filing.due_hour),
        lock=cycle.lock(policy.filing.due_hour),
        how_to_send=how_to_send(obligation.unit_code),
        attachments=[name for name, _ in attachments],
    )
    return queue_mail(session, obligation, mail, step=NOTICE_STEP, at=at, attachments=attachments)
