"""The outbox: a mail is a row written in the transaction of its cause; `deliver` claims and settles it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from db.models import OutboxRow, Submission

MAX_ATTEMPTS = 8
FIRST_PAUSE = timedelta(minutes=5)
STALE_CLAIM = timedelta(minutes=15)


def queue(
    session: Session,
    *,
    cycle_id: int,
    unit_code: str,
    kind: str,
    step: str,
    recipients: Sequence[str],
    subject: str,
    text: str,
    html: str,
    attachments: Sequence[Mapping[str, str]] = (),
    at: datetime,
) -> int:
    """Queue one mail per recipient; what stands already under the same key stays as it is. Rows added."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    added = 0
    for recipient in recipients:
        key = f"{cycle_id}/{unit_code}/{kind}/{step}/{recipient}"
        statement = insert(OutboxRow).values(
            cycle_id=cycle_id,
            unit_code=unit_code,
            kind=kind,
            step=step,
            recipient=recipient,
            message_id=f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@selfeval.local>",
            subject=subject,
            text_body=text,
            html_body=html,
            attachments=[dict(attachment) for attachment in attachments],
            state="pending",
            attempts=0,
            not_before=at,
            reply="",
            created_at=at,
        )
        inserted = session.execute(statement.on_conflict_do_nothing().returning(OutboxRow.id))
        added += len(inserted.all())
    return added


def is_queued(session: Session, cycle_id: int, unit_code: str, kind: str, step: str) -> bool:
    """Whether a mail of this step stands in the outbox in any state."""
    query = select(OutboxRow.id).where(
        OutboxRow.cycle_id == cycle_id,
        OutboxRow.unit_code == unit_code,
        OutboxRow.kind == kind,
        OutboxRow.step == step,
    )
    return session.scalar(query.limit(1)) is not None


def claim(session: Session, *, at: datetime) -> OutboxRow | None:
    """Take the next due row for sending; another sender does not see it. None when nothing is due.

    One at a time: a sender that dies leaves one row in doubt and not a whole batch.
    """
    query = (
        select(OutboxRow)
        .where(OutboxRow.state == "pending", OutboxRow.not_before <= at)
        .order_by(OutboxRow.not_before, OutboxRow.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    row = session.scalar(query)
    if row is not None:
        row.state, row.claimed_at, row.attempts = "sending", at, row.attempts + 1
    return row


def cancel_moot(session: Session) -> int:
    """Withdraw reminders to units that have filed since the wave was queued."""
    filed = select(Submission.id).where(
        Submission.cycle_id == OutboxRow.cycle_id, Submission.unit_code == OutboxRow.unit_code
    )
    statement = (
        update(OutboxRow)
        .where(OutboxRow.state == "pending", OutboxRow.kind.in_(("reminder", "overdue")), filed.exists())
        .values(state="cancelled", reply="发送前该单位已报送")
        .execution_options(synchronize_session=False)
    )
    return session.execute(statement).rowcount


def doubt_stale(session: Session, *, at: datetime) -> int:
    """Rows whose sender vanished between handing over and recording are uncertain: a person decides."""
    statement = (
        update(OutboxRow)
        .where(OutboxRow.state == "sending", OutboxRow.claimed_at < at - STALE_CLAIM)
        .values(state="uncertain", reply="发送进程中断，无法确认是否已送达")
        .execution_options(synchronize_session=False)
    )
    return session.execute(statement).rowcount


def settle(session: Session, row_id: int, *, state: str, reply: str, at: datetime) -> None:
    """Record the end of a claimed row: sent, failed or uncertain, with the server's answer."""
    values: dict[str, Any] = {"state": state, "reply": reply[:2000]}
    if state == "sent":
        values["sent_at"] = at
    session.execute(
        update(OutboxRow).where(OutboxRow.id == row_id, OutboxRow.state == "sending").values(**values)
    )


def postpone(session: Session, row_id: int, *, reply: str, at: datetime) -> None:
    """A temporary refusal: try again later with growing pauses, give up after MAX_ATTEMPTS."""
    row = session.get_one(OutboxRow, row_id)
    row.reply = reply[:2000]
    if row.attempts >= MAX_ATTEMPTS:
        row.state = "failed"
    else:
        row.state, row.not_before = "pending", at + FIRST_PAUSE * 2 ** (row.attempts - 1)


def release(session: Session, row_id: int, *, reply: str, at: datetime) -> None:
    """The mail server could not be reached: the row waits, and the attempt does not count."""
    row = session.get_one(OutboxRow, row_id)
    row.reply = reply[:2000]
    row.state, row.attempts, row.not_before = "pending", row.attempts - 1, at + FIRST_PAUSE


def count_by_kind(session: Session, cycle_id: int, *states: str) -> dict[str, int]:
    """Number of mails by kind in the given states."""
    query = select(OutboxRow.kind, func.count()).where(
        OutboxRow.cycle_id == cycle_id, OutboxRow.state.in_(states)
    )
    return {
        kind: count
        for kind, count in session.execute(query.group_by(OutboxRow.kind).order_by(OutboxRow.kind))
    }


def count_by_state(session: Session, cycle_id: int) -> dict[str, int]:
    """Number of mails by state."""
    query = select(OutboxRow.state, func.count()).where(OutboxRow.cycle_id == cycle_id)
    return {state: count for state, count in session.execute(query.group_by(OutboxRow.state))}
