"""Mails that do not reach their address: told once to those who can correct it, made up for afterwards.

One home for both ways of hearing of it: a returned mail in the mailbox, a refusal while sending.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from db import contacts, cycles
from db.models import ContactProblem, CycleRow, OutboxRow
from notifications.contacts import Holder, contact_problem
from selfeval.bounce import Bounce, Failure, refused
from tasks.mail import queue_mail, queue_office_mail
from tasks.office import clock, database, log, office_of
from tasks.settings import load_settings


def take_bounce(session: Session, bounce: Bounce, at: datetime) -> OutboxRow | None:
    """Record what a returned mail tells of ours; the mail that came back, None when it is none of ours.

    A letter without a report may name other addresses too: the one that the mail went to counts.
    """
    failures = {failure.address: failure for failure in bounce.failures}
    if not failures:
        return None
    mail = contacts.returned_row(session, bounce.references, tuple(failures), before=at)
    if mail is None:
        return None
    # An alias may have been forwarded: then the report knows only where to.
    failure = failures.get(mail.recipient.lower()) or next(iter(failures.values()))
    _tell(session, mail, failure, at)
    return mail


def take_refusals(now: datetime | None) -> int:
    """Record the mails that a server refused for good since the last call; their number."""
    at = clock(now)
    with database() as session:
        mails = contacts.unrecorded_refusals(session)
        for mail in mails:
            _tell(session, mail, refused(mail.recipient, mail.reply), at)
    return len(mails)


def _tell(session: Session, mail: OutboxRow, failure: Failure, at: datetime) -> None:
    problem = contacts.record(session, mail, failure, at)
    row = session.get_one(CycleRow, mail.cycle_id)
    if problem is not None:
        _queue_problem(session, row, mail, problem, at)
    contacts.make_up(session, row, at)
    log.warning("发往 %s 的邮件未送达：%s %s", mail.recipient, failure.status, failure.reason)


def _queue_problem(
    session: Session, row: CycleRow, mail: OutboxRow, problem: ContactProblem, at: datetime
) -> None:
    holders = contacts.holders(session, problem.address)
    letter = contact_problem(
        office_of(cycles.value_of(row)),
        year=row.year,
        address=problem.address,
        bad=problem.severity == "bad",
        holders=[Holder(unit.code, unit.name, contact.name, contact.phone) for unit, contact in holders],
        mail_subject=mail.subject,
        reason=contacts.answer_of(problem),
        at=at,
    )
    # Nobody is told at the very address that does not work.
    admins = [address for address in load_settings().admins if address.lower() != problem.address]
    step = f"P{problem.id}"
    queue_office_mail(session, row, letter, admins, step=step, at=at)
    departments = {unit.department_code or unit.code for unit, _ in holders}
    for item in cycles.obligations_of(session, row.id):
        if item.unit_code in departments:
            queue_mail(session, item, letter, step=step, at=at, leave_out=problem.address)
