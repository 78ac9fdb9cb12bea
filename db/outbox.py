"""The outbox: a mail is a row written in the transaction of its cause; `deliver` claims and settles it."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Select, Update, and_, bindparam, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from db.models import MailPace, Obligation, OutboxRow, Submission

MAX_ATTEMPTS = 8
FIRST_PAUSE = timedelta(minutes=5)
_JITTER = 0.2  # mails that were refused together do not come back together
_LONGEST_REPLY = 2000
_REMINDERS = ("reminder", "overdue")
_LISTS = ("escalation", "late_list")
_TOO_LATE = "截止时间之前没有发出，已失去意义，不再发送"
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
    .where(
        *_OWN,
        _TABLE.c.state == "claimed",
        or_(_TABLE.c.not_after.is_(None), _TABLE.c.not_after > bindparam("instant")),
        ~_done(),
    )
    .values(state="sending", claimed_at=bindparam("instant"), attempts=_TABLE.c.attempts + 1)
)
_TAKE_BACK = (
    _TABLE.update()
    .where(*_OWN, _TABLE.c.state == "sending")
    .values(state="claimed", attempts=_TABLE.c.attempts - 1)
)
_SETTLE = (
    _TABLE.update()
    .where(*_OWN)
    .values(
        state=bindparam("outcome"), reply=bindparam("answer"), sent_at=bindparam("instant"), claimed_by=None
    )
)

# Built once: a statement with its values inside is compiled anew for every mail.
_INSERT = {
    name: insert(OutboxRow.__table__).on_conflict_do_nothing().returning(OutboxRow.__table__.c.id)
    for name, insert in (("postgresql", postgresql.insert), ("sqlite", sqlite.insert))
}


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
    not_after: datetime | None = None,
) -> int:
    """Queue one mail per recipient; what stands already under the same key stays as it is. Rows added.

    `unit_code` None: a mail to the bureau itself. `not_after`: from this instant on the mail would say
    nothing true and is cancelled instead; None: it is good whenever it arrives.
    """
    session.flush()  # what the mail refers to may be new
    insert = _INSERT[session.get_bind().dialect.name]
    added = 0
    for recipient in recipients:
        key = f"{cycle_id}/{unit_code or ''}/{kind}/{step}/{recipient}"
        values = {
            "cycle_id": cycle_id,
            "unit_code": unit_code,
            "kind": kind,
            "step": step,
            "recipient": recipient,
            "message_id": f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@selfeval.local>",
            "subject": subject,
            "text_body": text,
            "html_body": html,
            "attachments": [dict(attachment) for attachment in attachments],
            "state": "pending",
            "attempts": 0,
            "not_before": at,
            "not_after": not_after,
            "reply": "",
            "created_at": at,
        }
        inserted = session.execute(insert, values)
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


def still_due(cycle_id: int) -> Select[tuple[OutboxRow]]:
    """The mails of a cycle that wait and have not lost their cause."""
    return select(OutboxRow).where(OutboxRow.cycle_id == cycle_id, OutboxRow.state == "pending", ~_done())


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
    useful = or_(OutboxRow.not_after.is_(None), OutboxRow.not_after > at)
    query = (
        select(OutboxRow)
        .where(OutboxRow.state == "pending", OutboxRow.not_before <= at, useful)
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

    False when it is no longer this sender's, when its cause has gone since it was claimed, or when its last
    useful instant has passed.
    Committed before the first byte goes out: from here on a sender that dies leaves the row in doubt,
    one row per connection and never more.
    """
    parameters = {"row": row_id, "owner": sender, "instant": at}
    return connection.execute(_HAND_OVER, parameters).rowcount == 1


def take_back(connection: Connection, sender: str, row_id: int) -> None:
    """A row whose connection never came about is claimed again, and the attempt does not count."""
    connection.execute(_TAKE_BACK, {"row": row_id, "owner": sender})


def recover(
    session: Session, *, at: datetime, lease: timedelta, booted_at: datetime | None = None
) -> dict[str, int]:
    """Settle what vanished senders left: claimed rows go back, those being handed over become uncertain.

    `booted_at`: rows claimed before this instant are all uncertain, because a power failure may have taken
    the note that they were handed over; None where every commit waits for the disk.
    """
    options = {"synchronize_session": False}

    def settled(*conditions: ColumnElement[bool], **values: str) -> int:
        stale = update(OutboxRow).where(OutboxRow.claimed_at < at - lease, *conditions)
        statement = stale.values(claimed_by=None, **values).execution_options(**options)
        return session.execute(statement).rowcount

    doubted = settled(
        OutboxRow.state == "sending", state="uncertain", reply="发送进程中断，无法确认是否已送达"
    )
    if booted_at:
        doubted += settled(
            OutboxRow.state == "claimed",
            OutboxRow.claimed_at < booted_at,
            state="uncertain",
            reply="机器断电或重启，无法确认是否已送达",
        )
    returned = settled(OutboxRow.state == "claimed", state="pending")
    return {"returned": returned, "uncertain": doubted}


def cancel_moot(session: Session) -> int:
    """Withdraw reminders to units that have done it since the wave was queued, and lists of nobody."""
    return _cancel(session, _waiting(_done()), "发送前已报送")


def cancel_too_late(session: Session, *, at: datetime) -> int:
    """Withdraw what would say nothing true any more; rows withdrawn."""
    return _cancel(session, _waiting(OutboxRow.not_after <= at), _TOO_LATE)


def withdraw(session: Session, cycle_id: int, unit_code: str, wave: str, reason: str) -> int:
    """Withdraw the reminders of one wave (T or C) to one unit that have not gone out; rows withdrawn."""
    mine = (OutboxRow.cycle_id == cycle_id, OutboxRow.unit_code == unit_code)
    reminders = OutboxRow.kind.in_(_REMINDERS)
    return _cancel(session, _waiting(*mine, reminders, OutboxRow.step.startswith(wave)), reason)


def withdraw_wave(session: Session, cycle_id: int, wave: str, reason: str, *, keep: Collection[str]) -> int:
    """Withdraw what has not gone out of one wave (T or C), lists too, but not of the units to keep; rows."""
    calls = OutboxRow.kind.in_((*_REMINDERS, *_LISTS))
    other = or_(OutboxRow.unit_code.is_(None), OutboxRow.unit_code.not_in(keep), OutboxRow.kind.in_(_LISTS))
    mine = (OutboxRow.cycle_id == cycle_id, calls, OutboxRow.step.startswith(wave), other)
    return _cancel(session, _waiting(*mine), reason)


def withdraw_reminders(session: Session, cycle_id: int, reason: str) -> int:
    """Withdraw every call to file that has not gone out, those to departments too; rows withdrawn."""
    calls = OutboxRow.kind.in_((*_REMINDERS, *_LISTS))
    return _cancel(session, _waiting(OutboxRow.cycle_id == cycle_id, calls), reason)


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
    """A temporary refusal: try again after a longer pause each time, while the mail still says something true.

    Failed after MAX_ATTEMPTS, cancelled when the next attempt would come too late.
    """
    row = session.get_one(OutboxRow, row_id)
    if row.claimed_by != sender:
        return
    row.reply, row.claimed_by = reply[:_LONGEST_REPLY], None
    pause = FIRST_PAUSE * 2 ** (row.attempts - 1) * random.uniform(1 - _JITTER, 1 + _JITTER)
    if row.attempts >= MAX_ATTEMPTS:
        row.state = "failed"
    elif row.not_after and at + pause >= row.not_after:
        row.state, row.reply = "cancelled", f"{_TOO_LATE}；最后一次答复：{row.reply}"
    else:
        row.state, row.not_before = "pending", at + pause


def release(session: Session, sender: str, *, reply: str, at: datetime) -> None:
    """The mail server could not be reached: everything that this sender has claimed waits, no attempt counts.

    Rows that are being handed over on another connection stay with it.
    """
    statement = (
        update(OutboxRow)
        .where(OutboxRow.claimed_by == sender, OutboxRow.state == "claimed")
        .values(state="pending", claimed_by=None, reply=reply[:_LONGEST_REPLY], not_before=at + FIRST_PAUSE)
    )
    session.execute(statement.execution_options(synchronize_session=False))


def next_turn(connection: Connection, server: str, per_minute: int, *, at: datetime) -> datetime:
    """Reserve the instant at which one more mail may go to the server, `at` or later.

    Turns are evenly spaced and each is given once, however many senders ask: in no minute do more than
    `per_minute` begin. A sender that dies wastes its turn, no more.
    """
    pace = MailPace.__table__
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    connection.execute(insert(pace).values(server=server, free_at=at).on_conflict_do_nothing())
    mine = pace.c.server == server
    free_at = connection.scalar(select(pace.c.free_at).where(mine).with_for_update())
    turn = max(at, free_at)
    connection.execute(pace.update().where(mine).values(free_at=turn + timedelta(minutes=1) / per_minute))
    return turn


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
