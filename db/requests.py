"""Requests for more time that came by mail: each waits until a person decides, and grants nothing by itself."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from db import audit
from db.models import CycleRow, ExtensionRequest, MailMessage, Obligation, OutboxRow, Submission
from selfeval.refusal import Refusal


class RequestConflict(Refusal):
    """What was asked does not fit the request; the text says why in Chinese."""


def record(
    session: Session,
    row: CycleRow,
    unit_code: str,
    mail: MailMessage,
    *,
    day: date | None,
    words: str,
    at: datetime,
) -> ExtensionRequest:
    """List the request of a mail. It concerns the correction when the unit's filing was returned, else the filing."""
    state = session.scalar(
        select(Submission.state).where(
            Submission.cycle_id == row.id, Submission.unit_code == unit_code, Submission.effective
        )
    )
    request = ExtensionRequest(
        cycle_id=row.id,
        unit_code=unit_code,
        mail_id=mail.id,
        milestone="correction_due" if state == "returned" else "unit_due",
        asked_on=day,
        words=words,
        received_at=mail.received_at,
    )
    session.add(request)
    session.flush()
    details = {"milestone": request.milestone, "asked_on": day.isoformat() if day else "", "mail": mail.id}
    subject = f"cycle/{row.year}/unit/{unit_code}"
    audit.append(session, at=at, actor="收件", action="extension.requested", subject=subject, details=details)
    return request


def waiting(session: Session, cycle_id: int) -> list[tuple[ExtensionRequest, Obligation, MailMessage]]:
    """The requests that nobody has decided, in order of receipt, with their unit and their mail."""
    query = (
        select(ExtensionRequest, Obligation, MailMessage)
        .join(
            Obligation,
            (Obligation.cycle_id == ExtensionRequest.cycle_id)
            & (Obligation.unit_code == ExtensionRequest.unit_code),
        )
        .join(MailMessage, MailMessage.id == ExtensionRequest.mail_id)
        .where(ExtensionRequest.cycle_id == cycle_id, ExtensionRequest.settled_at.is_(None))
        .order_by(ExtensionRequest.received_at, ExtensionRequest.id)
    )
    return [(request, unit, mail) for request, unit, mail in session.execute(query)]


def answer(
    session: Session,
    cycle_id: int,
    unit_code: str,
    milestone: str,
    *,
    decision_id: int,
    said: str,
    at: datetime,
) -> int:
    """A decision answers every open request of the unit for this milestone; their number."""
    settled = session.execute(
        update(ExtensionRequest)
        .where(
            ExtensionRequest.cycle_id == cycle_id,
            ExtensionRequest.unit_code == unit_code,
            ExtensionRequest.milestone == milestone,
            ExtensionRequest.settled_at.is_(None),
        )
        .values(decision_id=decision_id, settled_at=at, settlement=said)
    )
    return settled.rowcount


def dismiss(session: Session, number: int, *, reason: str, person: str, at: datetime) -> ExtensionRequest:
    """A person found that the mail asks for nothing, or that it is answered otherwise."""
    request = session.get(ExtensionRequest, number, with_for_update=True)
    if request is None or request.settled_at is not None:
        raise RequestConflict(f"没有第 {number} 号待审批的延期申请")
    request.settled_at, request.settlement = at, f"{person}：{reason}"
    year = session.get_one(CycleRow, request.cycle_id).year
    subject = f"cycle/{year}/unit/{request.unit_code}"
    details = {"request": number, "reason": reason}
    audit.append(session, at=at, actor=person, action="extension.dismissed", subject=subject, details=details)
    return request


def own_subjects(session: Session, cycle_id: int) -> frozenset[str]:
    """The subjects that the bureau's mails of the cycle bear: an answer repeats them."""
    query = select(OutboxRow.subject).where(OutboxRow.cycle_id == cycle_id).distinct()
    return frozenset(session.scalars(query))
