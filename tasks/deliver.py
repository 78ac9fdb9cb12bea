"""Empty the outbox: claim a row, send it over a kept-open connection, record what the server said."""

from __future__ import annotations

import asyncio
import mimetypes
from asyncio import Future
from collections import Counter
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from uuid import uuid4

from prefect import task
from prefect.cache_policies import NO_CACHE
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from db import cycles, outbox
from db.models import CycleRow, OutboxRow
from notifications.message import Attachment, Email, Mailbox, compose
from notifications.smtp import (
    FolderOutgoing,
    Outgoing,
    PermanentRefusal,
    ServerUnavailable,
    TemporaryRefusal,
    Uncertain,
    connection,
)
from tasks.office import BATCH, archive, clock, connected, database, log
from tasks.settings import Settings, load_settings

LEASE = timedelta(minutes=15)
_MAX_ATTACHMENT = 50 * 2**20
# The table of the machine may not know them.
mimetypes.add_type("application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx")
mimetypes.add_type("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx")


_WAITING = ("postponed", "unreachable")
_Composed = tuple[EmailMessage | None, str]


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What became of a row: sent, failed, uncertain, postponed or unreachable, with the server's words."""

    row_id: int
    state: str
    reply: str


@task(name="发送邮件", cache_policy=NO_CACHE)
def empty_outbox(now: datetime | None, lease: timedelta = LEASE) -> dict[str, int]:
    """Send everything that is due; number of rows by outcome.

    `lease`: a sender that has not been heard of for so long is taken for dead.
    """
    settings = load_settings()
    with database() as session:
        outbox.recover(session, at=clock(now), lease=lease)
        outbox.cancel_moot(session)
    outcomes = asyncio.run(_send_all(settings, uuid4().hex, now))
    with database() as session:
        # What lost its cause while it was held here was not handed over.
        outbox.cancel_moot(session)
    where = (
        f"{settings.smtp.host}:{settings.smtp.port}" if settings.smtp else f"文件夹 {settings.mail_folder}"
    )
    log.info("邮件发往 %s：%s", where, dict(outcomes) or "没有待发")
    return dict(outcomes)


def _channel(settings: Settings) -> AbstractAsyncContextManager[Outgoing | FolderOutgoing]:
    return connection(settings.smtp) if settings.smtp else FolderOutgoing(settings.mail_folder)


async def _send_all(settings: Settings, sender: str, now: datetime | None) -> Counter[str]:
    outcomes: Counter[str] = Counter()
    last: _Outcome | None = None
    async with _channel(settings) as channel:
        while True:
            if last:
                with connected() as database_connection:
                    _settle(database_connection, sender, last, clock(now))
            with database() as session:
                rows = outbox.claim(session, sender, limit=BATCH, at=clock(now))
                bureaus = {row.cycle_id: session.get_one(CycleRow, row.cycle_id).bureau for row in rows}
            last = None
            if not rows:
                return outcomes

            def composing(row: OutboxRow, bureaus: dict[int, str] = bureaus) -> Future[_Composed]:
                return asyncio.ensure_future(
                    asyncio.to_thread(
                        _composed, row, Mailbox(settings.sender, bureaus[row.cycle_id]), clock(now)
                    )
                )

            following = composing(rows[0])
            for number, row in enumerate(rows):
                message, mistake = await following
                if number + 1 < len(rows):
                    # While this mail is with the server, the next one is written.
                    following = composing(rows[number + 1])
                # One commit per mail: it ends the one before and begins this one.
                with connected() as database_connection:
                    if last:
                        _settle(database_connection, sender, last, clock(now))
                    mine = outbox.hand_over(database_connection, sender, row.id, at=clock(now))
                last = None
                if not mine:
                    continue
                outcome = (
                    await _send(channel, row, message) if message else _Outcome(row.id, "failed", mistake)
                )
                outcomes[outcome.state] += 1
                if outcome.state != "sent":
                    log.error("%s 的邮件（%s）：%s %s", row.unit_code, row.kind, outcome.state, outcome.reply)
                if outcome.state not in _WAITING:
                    last = outcome
                    continue
                with database() as session:
                    _put_back(session, sender, outcome, clock(now))
                if outcome.state == "unreachable":
                    await asyncio.wait([following])
                    return outcomes


def _composed(row: OutboxRow, sender: Mailbox, at: datetime) -> _Composed:
    """The message of a row, or None and why there can be none."""
    try:
        message = compose(
            Email(row.kind, row.subject, row.text_body, row.html_body),
            sender=sender,
            recipient=Mailbox(row.recipient),
            message_id=row.message_id,
            date=at,
            attachments=[
                Attachment(item["name"], archive().get(item["sha256"], _MAX_ATTACHMENT), _mime(item["name"]))
                for item in row.attachments
            ],
        )
    except (ValueError, FileNotFoundError) as mistake:
        return None, str(mistake)
    return message, ""


async def _send(channel: Outgoing | FolderOutgoing, row: OutboxRow, message: EmailMessage) -> _Outcome:
    try:
        return _Outcome(row.id, "sent", await channel.send(message))
    except ServerUnavailable as refusal:
        return _Outcome(row.id, "unreachable", str(refusal))
    except TemporaryRefusal as refusal:
        return _Outcome(row.id, "postponed", str(refusal))
    except PermanentRefusal as refusal:
        return _Outcome(row.id, "failed", str(refusal))
    except Uncertain as doubt:
        return _Outcome(row.id, "uncertain", str(doubt))


def _settle(connection: Connection, sender: str, outcome: _Outcome, at: datetime) -> None:
    outbox.settle(connection, sender, outcome.row_id, state=outcome.state, reply=outcome.reply, at=at)


def _put_back(session: Session, sender: str, outcome: _Outcome, at: datetime) -> None:
    if outcome.state == "unreachable":
        outbox.release(session, sender, reply=outcome.reply, at=at)
    else:
        outbox.postpone(session, sender, outcome.row_id, reply=outcome.reply, at=at)


def _mime(name: str) -> str:
    return mimetypes.guess_type(name)[0] or "application/octet-stream"


@task(name="邮件统计", cache_policy=NO_CACHE)
def mail_counts(year: int | None) -> dict[str, dict[str, int]]:
    """Numbers of sent mails by kind and of all mails by state."""
    with database() as session:
        cycle_id = cycles.cycle_of(session, year).id
        return {
            "sent": outbox.count_by_kind(session, cycle_id, "sent"),
            "states": outbox.count_by_state(session, cycle_id),
        }
