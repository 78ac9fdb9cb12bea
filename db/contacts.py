"""Addresses that mails do not reach: what came back, told once, and what a corrected address gets afterwards."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from db import audit, outbox
from db.models import Contact, ContactProblem, CycleRow, OutboxRow, ReturnedMail, Submission, Unit
from selfeval.bounce import Failure
from selfeval.contacts import still_matters
from selfeval.refusal import Refusal


class ContactConflict(Refusal):
    """What was asked does not fit the roster or the problem; the text says why in Chinese."""


def returned_row(
    session: Session, references: tuple[str, ...], addresses: tuple[str, ...], *, before: datetime
) -> OutboxRow | None:
    """The mail that came back: by its Message-ID, else the latest one that left for one of these addresses."""
    left = OutboxRow.state.in_(("sent", "uncertain", "failed"))
    if references:
        found = session.scalar(select(OutboxRow).where(OutboxRow.message_id.in_(references)).limit(1))
        if found is not None:
            return found
    query = select(OutboxRow).where(
        left, func.lower(OutboxRow.recipient).in_(addresses), OutboxRow.created_at <= before
    )
    return session.scalar(query.order_by(OutboxRow.id.desc()).limit(1))


def unrecorded_refusals(session: Session) -> list[OutboxRow]:
    """Mails that a server refused for good while they were sent, not yet taken for a contact problem."""
    query = (
        select(OutboxRow)
        .outerjoin(ReturnedMail, ReturnedMail.outbox_id == OutboxRow.id)
        .where(OutboxRow.state == "failed", OutboxRow.reply.like("5__ %"), ReturnedMail.outbox_id.is_(None))
        .order_by(OutboxRow.id)
    )
    return list(session.scalars(query))


def record(session: Session, mail: OutboxRow, failure: Failure, at: datetime) -> ContactProblem | None:
    """Keep that a mail did not reach its recipient; the problem if nobody was told of it yet, else None.

    A mail in doubt whose return is here was handed over: the doubt is settled. What is told again changes
    nothing, unless a delay turned into a failure.
    """
    if mail.state == "uncertain":
        mail.state, mail.sent_at, mail.reply = (
            "sent",
            mail.claimed_at or at,
            "收到退信，可知已经交给邮件服务器",
        )
    standing = session.get(ReturnedMail, mail.id, with_for_update=True)
    if standing is not None and (standing.severity == "bad" or failure.severity == "noted"):
        return None
    problem, fresh = _problem(session, mail, failure, at)
    facts = {"severity": str(failure.severity), "status": failure.status, "reason": failure.reason, "at": at}
    if standing is None:
        session.add(ReturnedMail(outbox_id=mail.id, problem_id=problem.id, **facts))
    else:
        standing.problem_id = problem.id
        for name, value in facts.items():
            setattr(standing, name, value)
    session.flush()
    return problem if fresh else None


def _problem(
    session: Session, mail: OutboxRow, failure: Failure, at: datetime
) -> tuple[ContactProblem, bool]:
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    address = mail.recipient.lower()
    statement = insert(ContactProblem).values(
        cycle_id=mail.cycle_id,
        address=address,
        severity=str(failure.severity),
        status=failure.status,
        reason=failure.reason,
        found_at=at,
        settlement="",
    )
    added = session.execute(statement.on_conflict_do_nothing().returning(ContactProblem.id)).all()
    query = select(ContactProblem).where(
        ContactProblem.cycle_id == mail.cycle_id,
        ContactProblem.address == address,
        ContactProblem.severity == str(failure.severity),
        ContactProblem.settled_at.is_(None),
    )
    return session.scalars(query).one(), bool(added)


def open_problems(session: Session, cycle_id: int) -> list[tuple[ContactProblem, int]]:
    """The addresses that mails do not reach, each with the number of mails that came back."""
    count = func.count(ReturnedMail.outbox_id)
    query = (
        select(ContactProblem, count)
        .outerjoin(ReturnedMail, ReturnedMail.problem_id == ContactProblem.id)
        .where(ContactProblem.cycle_id == cycle_id, ContactProblem.settled_at.is_(None))
        .group_by(ContactProblem.id)
        .order_by(ContactProblem.id)
    )
    return [(problem, number) for problem, number in session.execute(query)]


def answer_of(problem: ContactProblem) -> str:
    """What the server said, with its status code where the words do not hold it."""
    repeated = problem.status in problem.reason
    return problem.reason if repeated else f"{problem.status} {problem.reason}".strip()


def returns(session: Session, mail_ids: Collection[int]) -> dict[int, str]:
    """Which of these mails came back or were refused: number → what the server said."""
    query = (
        select(ReturnedMail.outbox_id, ReturnedMail.status, ReturnedMail.reason)
        .join(OutboxRow, OutboxRow.id == ReturnedMail.outbox_id)
        .where(ReturnedMail.outbox_id.in_(mail_ids), OutboxRow.state == "sent")
    )
    return {number: reason or status for number, status, reason in session.execute(query)}


def holders(session: Session, address: str) -> list[tuple[Unit, Contact]]:
    """The units whose contact an address is, with the contact."""
    query = (
        select(Unit, Contact)
        .join(Contact, Contact.unit_code == Unit.code)
        .where(func.lower(Contact.email) == address.lower())
        .order_by(Unit.code)
    )
    return [(unit, contact) for unit, contact in session.execute(query)]


def correct(session: Session, unit_code: str, old: str, new: str, *, person: str, at: datetime) -> None:
    """Replace one address of a unit by another; name and telephone of the contact stay."""
    contact = session.scalar(
        select(Contact).where(Contact.unit_code == unit_code, func.lower(Contact.email) == old.lower())
    )
    if contact is None:
        raise ContactConflict(f"单位 {unit_code} 没有邮箱 {old}，请用 selfeval roster list 核对")
    taken = session.get(Contact, (unit_code, new))
    if taken is not None and taken is not contact:
        raise ContactConflict(f"单位 {unit_code} 已有邮箱 {new}")
    session.add(Contact(unit_code=unit_code, email=new, name=contact.name, phone=contact.phone))
    session.delete(contact)
    session.flush()
    details = {"from": old, "to": new}
    audit.append(
        session, at=at, actor=person, action="contact.corrected", subject=f"unit/{unit_code}", details=details
    )


def make_up(session: Session, row: CycleRow, at: datetime) -> int:
    """Queue what units missed at addresses that do not work for the addresses that they have now; mails queued.

    Each mail goes to each address once, only while it still has a meaning, and never again to an address
    that is marked bad. Problems of addresses that nobody has any more are settled, and what still waits for
    such an address goes to the others instead.
    """
    addresses: dict[str, set[str]] = {}
    for code, email in session.execute(select(Contact.unit_code, Contact.email)):
        addresses.setdefault(code, set()).add(email)
    used = {email.lower() for emails in addresses.values() for email in emails}
    problems = session.scalars(select(ContactProblem).where(ContactProblem.cycle_id == row.id)).all()
    bad = {
        problem.address
        for problem in problems
        if problem.severity == "bad" and (problem.settled_at is None or problem.address not in used)
    }
    if not bad:
        return 0
    filed = {s.unit_code: s for s in session.scalars(
        select(Submission).where(Submission.cycle_id == row.id, Submission.effective)
    )}  # fmt: skip
    added = 0
    for code, mails in _missed(session, row.id, bad, used).items():
        submission = filed.get(code)
        version, state = (submission.version, submission.state) if submission else (0, None)
        meant = still_matters([(mail.kind, mail.step) for mail in mails], version, state)
        for mail in mails:
            if mail.state == "pending":
                mail.state, mail.reply = "cancelled", "这个邮箱已经更正，改发到新的邮箱"
            if (mail.kind, mail.step) in meant:
                added += outbox.queue(
                    session,
                    cycle_id=row.id,
                    unit_code=code,
                    kind=mail.kind,
                    step=mail.step,
                    recipients=sorted(email for email in addresses.get(code, ()) if email.lower() not in bad),
                    subject=mail.subject,
                    text=mail.text_body,
                    html=mail.html_body,
                    attachments=mail.attachments,
                    at=at,
                    not_after=mail.not_after,
                )
    for problem in problems:
        if problem.settled_at is None and problem.address not in used:
            problem.settled_at, problem.settlement = at, "名单中已经更正"
    return added


def make_up_latest(session: Session, at: datetime) -> int:
    """`make_up` for the latest cycle; 0 when none was opened yet."""
    row = session.scalar(select(CycleRow).order_by(CycleRow.year.desc()).limit(1))
    return make_up(session, row, at) if row else 0


def _missed(session: Session, cycle_id: int, bad: set[str], used: set[str]) -> dict[str, list[OutboxRow]]:
    """Unit → mails that did not reach it, oldest first: returned or refused, and those still waiting for nobody."""
    query = (
        select(OutboxRow, ReturnedMail.outbox_id)
        .outerjoin(ReturnedMail, ReturnedMail.outbox_id == OutboxRow.id)
        .where(
            OutboxRow.cycle_id == cycle_id,
            OutboxRow.unit_code.is_not(None),
            func.lower(OutboxRow.recipient).in_(bad),
        )
        .order_by(OutboxRow.id)
    )
    found: dict[str, list[OutboxRow]] = {}
    for mail, returned in session.execute(query):
        gone = mail.recipient.lower() not in used and mail.state == "pending"
        if returned is not None or gone:
            found.setdefault(mail.unit_code, []).append(mail)
    return found


def dismiss(session: Session, problem_id: int, *, reason: str, person: str, at: datetime) -> ContactProblem:
    """A person found that the address works after all: the problem is over, the next return is a new one."""
    problem = session.get(ContactProblem, problem_id, with_for_update=True)
    if problem is None or problem.settled_at is not None:
        raise ContactConflict(f"没有第 {problem_id} 号待处理的邮箱问题")
    problem.settled_at, problem.settlement = at, f"{person}：{reason}"
    year = session.get_one(CycleRow, problem.cycle_id).year
    details = {"address": problem.address, "reason": reason}
    subject = f"cycle/{year}/contact/{problem.id}"
    audit.append(session, at=at, actor=person, action="contact.dismissed", subject=subject, details=details)
    return problem
