"""Empty the outbox: claim a row, send it over a kept-open connection, record what the server said."""

from __future__ import annotations

import asyncio
import mimetypes
from collections import Counter
from contextlib import AbstractAsyncContextManager
from datetime import datetime

from prefect import task
from prefect.cache_policies import NO_CACHE

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
from tasks.office import archive, clock, database, log
from tasks.settings import Settings, load_settings

_MAX_ATTACHMENT = 50 * 2**20
# The table of the machine may not know them.
mimetypes.add_type("application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx")
mimetypes.add_type("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx")


@task(name="发送邮件", cache_policy=NO_CACHE)
def empty_outbox(now: datetime | None) -> dict[str, int]:
    """Send everything that is due; number of rows by outcome."""
    settings = load_settings()
    with database() as session:
        outbox.doubt_stale(session, at=clock(now))
        outbox.cancel_moot(session)
    outcomes = asyncio.run(_send_all(settings, now))
    where = (
        f"{settings.smtp.host}:{settings.smtp.port}" if settings.smtp else f"文件夹 {settings.mail_folder}"
    )
    log.info("邮件发往 %s：%s", where, dict(outcomes) or "没有待发")
    return dict(outcomes)


def _channel(settings: Settings) -> AbstractAsyncContextManager[Outgoing | FolderOutgoing]:
    return connection(settings.smtp) if settings.smtp else FolderOutgoing(settings.mail_folder)


async def _send_all(settings: Settings, now: datetime | None) -> Counter[str]:
    outcomes: Counter[str] = Counter()
    async with _channel(settings) as channel:
        while True:
            with database() as session:
                row = outbox.claim(session, at=clock(now))
                bureau = session.get_one(CycleRow, row.cycle_id).bureau if row else ""
            if row is None:
                return outcomes
            outcome = await _send(channel, row, Mailbox(settings.sender, bureau), now)
            outcomes[outcome] += 1
            if outcome == "unreachable":
                return outcomes


async def _send(
    channel: Outgoing | FolderOutgoing, row: OutboxRow, sender: Mailbox, now: datetime | None
) -> str:
    """Send one claimed row and settle it; the name of the outcome."""
    try:
        message = compose(
            Email(row.kind, row.subject, row.text_body, row.html_body),
            sender=sender,
            recipient=Mailbox(row.recipient),
            message_id=row.message_id,
            date=clock(now),
            attachments=[
                Attachment(item["name"], archive().get(item["sha256"], _MAX_ATTACHMENT), _mime(item["name"]))
                for item in row.attachments
            ],
        )
        reply = await channel.send(message)
    except ServerUnavailable as refusal:
        log.error("邮件服务器不可用：%s", refusal)
        with database() as session:
            outbox.release(session, row.id, reply=str(refusal), at=clock(now))
        return "unreachable"
    except TemporaryRefusal as refusal:
        with database() as session:
            outbox.postpone(session, row.id, reply=str(refusal), at=clock(now))
        return "postponed"
    except (PermanentRefusal, ValueError, FileNotFoundError) as refusal:
        log.error("%s 的邮件（%s）未能发出：%s", row.unit_code, row.kind, refusal)
        state, reply = "failed", str(refusal)
    except Uncertain as doubt:
        log.error("%s 的邮件（%s）是否送达无法确认：%s", row.unit_code, row.kind, doubt)
        state, reply = "uncertain", str(doubt)
    else:
        state = "sent"
    with database() as session:
        outbox.settle(session, row.id, state=state, reply=reply, at=clock(now))
    return state


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
