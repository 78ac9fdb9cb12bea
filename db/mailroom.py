"""What a person does with single mails: look, settle a doubt, send again. Each act is in the audit log."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from db import audit, outbox
from db.models import CycleRow, OutboxRow
from selfeval.outbox import MAIL_STATE_LABELS
from selfeval.refusal import Refusal

UNSENT = ("pending", "claimed", "sending")


class MailConflict(Refusal):
    """What was asked does not fit the state of the mail; the text says why in Chinese."""


def list_mails(
    session: Session, cycle_id: int, *, state: str | None = None, kind: str | None = None
) -> list[OutboxRow]:
    """The mails of a cycle, newest first."""
    query = select(OutboxRow).where(OutboxRow.cycle_id == cycle_id)
    if state:
        query = query.where(OutboxRow.state == state)
    if kind:
        query = query.where(OutboxRow.kind == kind)
    return list(session.scalars(query.order_by(OutboxRow.id.desc())))


def mail_of(session: Session, mail_id: int) -> OutboxRow:
    """One mail, locked for a change; raises MailConflict when there is none of this number."""
    row = session.get(OutboxRow, mail_id, with_for_update=True)
    if row is None:
        raise MailConflict(f"没有第 {mail_id} 号邮件")
    return row


def doubt_unsent(session: Session, reason: str) -> int:
    """Mails that may have gone out without this database knowing wait for a person; how many they are."""
    unsent = OutboxRow.state.in_(UNSENT)
    statement = update(OutboxRow).where(unsent).values(state="uncertain", claimed_by=None, reply=reason)
    return session.execute(statement.execution_options(synchronize_session=False)).rowcount


def resolve(session: Session, mail_id: int, *, delivered: bool, person: str, at: datetime) -> OutboxRow:
    """Settle a mail in doubt: a person found out whether it arrived. Not delivered: it is sent as it was."""
    row = mail_of(session, mail_id)
    if row.state != "uncertain":
        raise MailConflict(
            f"第 {mail_id} 号邮件{MAIL_STATE_LABELS[row.state]}，只有不能确认是否送达（uncertain）的邮件需要核实"
        )
    if delivered:
        row.state, row.sent_at, row.reply = "sent", row.claimed_at or at, f"{person}核实已送达"
    elif row.not_after and at >= row.not_after:
        row.state, row.reply = "cancelled", f"{person}核实未送达；所说的截止时间已过，不再发送"
    else:
        row.state, row.not_before, row.reply = "pending", at, f"{person}核实未送达，重新发送"
    _note(session, row, "mail.resolved", person, at, {"delivered": delivered})
    return row


def resend(session: Session, mail_id: int, *, person: str, reason: str, at: datetime) -> int:
    """Send a settled mail once more as a mail of its own, to the same address; its number.

    Raises MailConflict for one that is not settled, and while an earlier copy of it waits to go out.
    """
    row = mail_of(session, mail_id)
    if row.state not in ("sent", "failed", "cancelled"):
        advice = (
            f"；请先“核实邮件”（命令 selfeval mail resolve {mail_id}）" if row.state == "uncertain" else ""
        )
        raise MailConflict(
            f"第 {mail_id} 号邮件{MAIL_STATE_LABELS[row.state]}，尚未了结，不能再发一份{advice}"
        )
    copies = (
        OutboxRow.cycle_id == row.cycle_id,
        OutboxRow.unit_code == row.unit_code,
        OutboxRow.kind == row.kind,
        OutboxRow.recipient == row.recipient,
        OutboxRow.step.startswith(f"{row.step}/", autoescape=True),
    )
    # Who asks again after a break, or pressed twice, has one copy: the one that has not gone out yet.
    waiting = session.scalar(select(OutboxRow.id).where(*copies, OutboxRow.state.in_(UNSENT)).limit(1))
    if waiting:
        raise MailConflict(f"第 {mail_id} 号邮件已补发为第 {waiting} 号，还没有发出，不必再补发")
    step = f"{row.step}/{session.scalar(select(func.count()).where(*copies)) + 1}"
    outbox.queue(
        session,
        cycle_id=row.cycle_id,
        unit_code=row.unit_code,
        kind=row.kind,
        step=step,
        recipients=[row.recipient],
        subject=row.subject,
        text=row.text_body,
        html=row.html_body,
        attachments=row.attachments,
        at=at,
    )
    fresh = session.scalars(
        select(OutboxRow.id).where(
            OutboxRow.cycle_id == row.cycle_id,
            OutboxRow.unit_code == row.unit_code,
            OutboxRow.kind == row.kind,
            OutboxRow.recipient == row.recipient,
            OutboxRow.step == step,
        )
    ).one()
    _note(session, row, "mail.resent", person, at, {"reason": reason, "as": fresh})
    return fresh


def _note(session: Session, row: OutboxRow, action: str, person: str, at: datetime, details: dict) -> None:
    year = session.get_one(CycleRow, row.cycle_id).year
    subject = f"cycle/{year}/mail/{row.id}"
    audit.append(session, at=at, actor=person, action=action, subject=subject, details=details)
