"""The outbox as senders see it: a mail is claimed, handed over and settled, in the turn that it was given."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, bindparam, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from db.models import MailPace, OutboxRow
from db.outbox import TOO_LATE, moot

MAX_ATTEMPTS = 8
FIRST_PAUSE = timedelta(minutes=5)
_JITTER = 0.2  # mails that were refused together do not come back together
_LONGEST_REPLY = 2000
# Two statements per mail: built once, they cost a third of what the mapper takes.
_TABLE = OutboxRow.__table__
_OWN = (_TABLE.c.id == bindparam("row"), _TABLE.c.claimed_by == bindparam("owner"))
_HAND_OVER = (
    _TABLE.update()
    .where(
        *_OWN,
        _TABLE.c.state == "claimed",
        or_(_TABLE.c.not_after.is_(None), _TABLE.c.not_after > bindparam("instant")),
        ~moot(),
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
        row.state, row.reply = "cancelled", f"{TOO_LATE}；最后一次答复：{row.reply}"
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
