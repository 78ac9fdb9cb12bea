"""The outbox: a mail is a row written in the transaction of its cause; `deliver` claims and settles it."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Update, and_, bindparam, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from db.models import Obligation, OutboxRow, Submission

MAX_ATTEMPTS = 8
FIRST_PAUSE = timedelta(minutes=5)
_LONGEST_REPLY = 2000
_REMINDERS = ("reminder", "overdue")
_LISTS = ("escalation", "late_list")
# Two statements per mail: built once, they cost a third of what the mapper takes.
_TABLE = OutboxRow.__table__
_OWN = (_TABLE.c.id == bindparam("row"), _TABLE.c.claimed_by == bindparam("owner"))


def _done() -> ColumnElement[bool]:
    """Whether a row asks for what has been done since it was queued: filed, or corrected.

    Steps whose name begins with T ask for a first filing, those with C for a correction; a list of late
    units has lost its meaning when none of them owes anything any more.
    """
    filed = select(Submission.id).where(
        Submission.cycle_id == OutboxRow.cycle_id, Submission.unit_code == OutboxRow.unit_code
    )
    returned = filed.where(Submission.effective, Submission.state == "returned")
    filed_by = select(Submission.id).where(
        Submission.cycle_id == Obligation.cycle_id, Submission.unit_code == Obligation.unit_code
    )
    owing = select(Obligation.unit_code).where(
        Obligation.cycle_id == OutboxRow.cycle_id,
        or_(OutboxRow.unit_code.is_(None), Obligation.department_code == OutboxRow.unit_code),
        Obligation.duty == "required",
        or_(
            ~filed_by.exists(),
            filed_by.where(Submission.effective, Submission.state == "returned").exists(),
        ),
    )
    return or_(
        and_(OutboxRow.kind.in_(_REMINDERS), OutboxRow.step.startswith("T"), filed.exists()),
        and_(OutboxRow.kind.in_(_REMINDERS), OutboxRow.step.startswith("C"), ~returned.exists()),
        and_(OutboxRow.kind.in_(_LISTS), ~owing.exists()),
    )


_HAND_OVER = (
    _TABLE.update()
    .where(*_OWN, _TABLE.c.state == "claimed", ~_done())
    .values(state="sending", claimed_at=bindparam("instant"), attempts=_TABLE.c.attempts + 1)
)
_SETTLE = (
    _TABLE.update()
    .where(*_OWN)
    .values(
        state=bindparam("outcome"), reply=bindparam("answer"), sent_at=bindparam("instant"), claimed_by=None
    )
)


def queue(
    session: Session,
    *,
    cycle_id: int,
    unit_code: str | None,
    kind: str,
    step: str,
    recipients: Sequence[str],
    subject: str,
    text: str,
    html: str,
    attachments: Sequence[Mapping[str, str]] = (),
    at: datetime,
) -> int:
    """Queue one mail per recipient; what stands already under the same key stays as it is. Rows added.

    `unit_code` None: a mail to the bureau itself.
    """
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    added = 0
    for recipient in recipients:
        key = f"{cycle_id}/{unit_code or ''}/{kind}/{step}/{recipient}"
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


def queued_steps(
    session: Session, cycle_id: int, *kinds: str, codes: Collection[str] | None = None
) -> set[tuple[str | None, str, str]]:
    """(unit, kind, step) of the mails of these kinds that stand in the outbox, whatever became of them."""
    query = select(OutboxRow.unit_code, OutboxRow.kind, OutboxRow.step).where(
        OutboxRow.cycle_id == cycle_id, OutboxRow.kind.in_(kinds)
    )
    if codes is not None:
        query = query.where(OutboxRow.unit_code.in_(codes))
    return {(code, kind, step) for code, kind, step in session.execute(query)}


def last_reminded(session: Session, cycle_id: int) -> dict[str, datetime]:
    """When the last reminder to each unit left this house."""
    query = (
        select(OutboxRow.unit_code, func.max(OutboxRow.sent_at))
        .where(OutboxRow.cycle_id == cycle_id, OutboxRow.kind.in_(_REMINDERS), OutboxRow.state == "sent")
        .group_by(OutboxRow.unit_code)
    )
    return {code: sent_at for code, sent_at in session.execute(query)}


def is_queued(session: Session, cycle_id: int, unit_code: str | None, kind: str, step: str) -> bool:
    """Whether a mail of this step stands in the outbox in any state; `unit_code` None: to the bureau itself."""
    query = select(OutboxRow.id).where(
        OutboxRow.cycle_id == cycle_id,
        OutboxRow.unit_code.is_not_distinct_from(unit_code),
        OutboxRow.kind == kind,
        OutboxRow.step == step,
    )
    return session.scalar(query.limit(1)) is not None


def claim(session: Session, sender: str, *, limit: int, at: datetime) -> list[OutboxRow]:
    """Take up to `limit` due rows for this sender; another sender does not see them.

    A claimed row has not left this house: when its sender dies it simply goes back (`recover`).
    """
    query = (
        select(OutboxRow)
        .where(OutboxRow.state == "pending", OutboxRow.not_before <= at)
        .order_by(OutboxRow.not_before, OutboxRow.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = list(session.scalars(query))
    for row in rows:
        row.state, row.claimed_at, row.claimed_by = "claimed", at, sender
    session.flush()
    return rows


def hand_over(connection: Connection, sender: str, row_id: int, *, at: datetime) -> bool:
    """Mark a claimed row as being handed to the mail server.

    False when it is no longer this sender's, or when its cause has gone since it was claimed.
    Committed before the first byte goes out: from here on a sender that dies leaves the row in doubt,
    one row per connection and never more.
    """
    parameters = {"row": row_id, "owner": sender, "instant": at}
    return connection.execute(_HAND_OVER, parameters).rowcount == 1


def recover(session: Session, *, at: datetime, lease: timedelta) -> dict[str, int]:
    """Settle what vanished senders left: claimed rows go back, those being handed over become uncertain."""
    stale = OutboxRow.claimed_at < at - lease
    back = update(OutboxRow).where(OutboxRow.state == "claimed", stale)
    doubt = update(OutboxRow).where(OutboxRow.state == "sending", stale)
    options = {"synchronize_session": False}
    returned = session.execute(
        back.values(state="pending", claimed_by=None).execution_options(**options)
    ).rowcount
    reply = "发送进程中断，无法确认是否已送达"
    doubted = session.execute(
        doubt.values(state="uncertain", claimed_by=None, reply=reply).execution_options(**options)
    ).rowcount
    return {"returned": returned, "uncertain": doubted}


def cancel_moot(session: Session) -> int:
    """Withdraw reminders to units that have done it since the wave was queued, and lists of nobody."""
    return _cancel(session, _waiting(_done()), "发送前已报送")


def withdraw(session: Session, cycle_id: int, unit_code: str, wave: str, reason: str) -> int:
    """Withdraw the reminders of one wave (T or C) to one unit that have not gone out; rows withdrawn."""
    mine = (OutboxRow.cycle_id == cycle_id, OutboxRow.unit_code == unit_code)
    reminders = OutboxRow.kind.in_(_REMINDERS)
    return _cancel(session, _waiting(*mine, reminders, OutboxRow.step.startswith(wave)), reason)


def _waiting(*conditions: ColumnElement[bool]) -> Update:
    """Rows that have not left this house; their sender is asked once more before it hands one over."""
    return update(OutboxRow).where(OutboxRow.state.in_(("pending", "claimed")), *conditions)


def _cancel(session: Session, statement: Update, reason: str) -> int:
    values = statement.values(state="cancelled", claimed_by=None, reply=reason)
    return session.execute(values.execution_options(synchronize_session=False)).rowcount


def settle(connection: Connection, sender: str, row_id: int, *, state: str, reply: str, at: datetime) -> None:
    """Record the end of a row of this sender: sent, failed or uncertain, with the server's answer."""
    parameters = {
        "row": row_id,
        "owner": sender,
        "outcome": state,
        "answer": reply[:_LONGEST_REPLY],
        "instant": at if state == "sent" else None,
    }
    connection.execute(_SETTLE, parameters)


def postpone(session: Session, sender: str, row_id: int, *, reply: str, at: datetime) -> None:
    """A temporary refusal: try again later with growing pauses, give up after MAX_ATTEMPTS."""
    row = session.get_one(OutboxRow, row_id)
    if row.claimed_by != sender:
        return
    row.reply, row.claimed_by = reply[:_LONGEST_REPLY], None
    if row.attempts >= MAX_ATTEMPTS:
        row.state = "failed"
    else:
        row.state, row.not_before = "pending", at + FIRST_PAUSE * 2 ** (row.attempts - 1)


def release(session: Session, sender: str, *, reply: str, at: datetime) -> None:
    """The mail server could not be reached: everything that this sender holds waits, no attempt counts."""
    held = OutboxRow.claimed_by == sender
    waiting = {
        "state": "pending",
        "claimed_by": None,
        "reply": reply[:_LONGEST_REPLY],
        "not_before": at + FIRST_PAUSE,
    }
    for state, attempts in (("claimed", OutboxRow.attempts), ("sending", OutboxRow.attempts - 1)):
        statement = (
            update(OutboxRow).where(held, OutboxRow.state == state).values(**waiting, attempts=attempts)
        )
        session.execute(statement.execution_options(synchronize_session=False))


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
