"""Empty the outbox: claim rows, write them ahead, send them over kept-open connections, record the answers."""

from __future__ import annotations

import asyncio
import mimetypes
import time
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import uuid4

from prefect import task
from prefect.cache_policies import NO_CACHE
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from db import outbox, sending
from db.models import CycleRow, OutboxRow
from db.session import alone
from notifications.kinds import Kind
from notifications.message import Attachment, Email, Envelope, Mailbox, compose
from notifications.smtp import (
    FolderOutgoing,
    Outgoing,
    PermanentRefusal,
    SendingFailed,
    ServerUnavailable,
    TemporaryRefusal,
    Uncertain,
)
from tasks.contacts import take_refusals
from tasks.events import tell_of_lost_mails
from tasks.mail_server import mail_server
from tasks.office import archive, clock, connected, database, log
from tasks.settings import Settings, load_settings

LEASE = timedelta(minutes=15)
_AHEAD = 20  # mails claimed and written while those before them are being sent
_MAX_ATTACHMENT = 50 * 2**20
# The table of the machine may not know them.
mimetypes.add_type("application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx")
mimetypes.add_type("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx")

_STATES = (
    (ServerUnavailable, "unreachable"),
    (TemporaryRefusal, "postponed"),
    (PermanentRefusal, "failed"),
    (Uncertain, "uncertain"),
)


@dataclass(frozen=True, slots=True)
class _Letter:
    """A claimed row with its envelope, or without one and why it cannot be written."""

    row: OutboxRow
    envelope: Envelope | None
    mistake: str = ""


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What became of a row: sent, failed, uncertain, postponed or unreachable, with the server's words."""

    row_id: int
    state: str
    reply: str


_WORDS = {"sent": "已发", "failed": "失败", "uncertain": "不能确认", "postponed": "稍后再发"}


def outcome_words(outcomes: Mapping[str, int]) -> list[str]:
    """What became of how many mails, for a person."""
    said = [f"{word}{outcomes[state]}封" for state, word in _WORDS.items() if outcomes.get(state)]
    return said + ["邮件服务器连接不上，其余的稍后再试"] * bool(outcomes.get("unreachable"))


@task(name="发送邮件", cache_policy=NO_CACHE)
def empty_outbox(now: datetime | None, lease: timedelta = LEASE, block: bool = False) -> dict[str, int]:
    """Send everything that is due; number of rows by outcome.

    `lease`: a sender that has not been heard of for so long is taken for dead. `block`: without a server
    in the environment the one kept in Prefect is asked for.
    """
    settings = load_settings()
    if block:
        settings = replace(settings, smtp=mail_server())
    with database() as session:
        sending.recover(session, at=clock(now), lease=lease, booted_at=_booted_at(session, now))
        outbox.cancel_moot(session)
        outbox.cancel_too_late(session, at=clock(now))
    with connected() as connection:
        delivery = _Delivery(settings, now, connection)
        outcomes = asyncio.run(delivery.run())
    # Whoever can correct an address is told with the next delivery.
    take_refusals(now)
    with database() as session:
        # What lost its cause while it was held here was not handed over.
        outbox.cancel_moot(session)
        outbox.cancel_too_late(session, at=clock(now))
    where = settings.smtp.server if settings.smtp else f"文件夹 {settings.mail_folder}（没有设置邮件服务器）"
    tell_of_lost_mails(delivery.lost)
    log.info("邮件发往 %s：%s", where, "，".join(outcome_words(outcomes)) or "没有待发")
    return dict(outcomes)


def _booted_at(session: Session, now: datetime | None) -> datetime | None:
    """When this machine started, or later: asked for where commits do not wait for the disk (db.session.connection)."""
    if now or session.get_bind().dialect.name != "sqlite":
        return None
    return clock(None) - timedelta(seconds=time.monotonic())


class _Delivery:
    """One run of one sender: one connection, more while mails pile up and the settings allow, fed from one pile.

    Each connection has at most one row in doubt when the process dies: its row is marked before the first
    byte goes out, in the commit that settles the row before.
    """

    def __init__(self, settings: Settings, now: datetime | None, database_connection: Connection):
        self._settings = settings
        self._smtp = settings.smtp
        self._now = now
        self._connection = database_connection
        self._sender = uuid4().hex
        self._outcomes: Counter[str] = Counter()
        self.lost: list[tuple[OutboxRow, str]] = []
        self._pile: deque[_Letter] = deque()
        self._following: asyncio.Task[list[_Letter]] | None = None
        self._turn = asyncio.Lock()
        self._working = 0
        self._most = self._smtp.connections if self._smtp else 1

    async def run(self) -> Counter[str]:
        """Send until nothing is due or the server is out of reach; number of rows by outcome."""
        async with asyncio.TaskGroup() as self._group:
            self._begin_connection()
        return self._outcomes

    def _begin_connection(self) -> None:
        self._working += 1
        self._group.create_task(self._work())

    async def _work(self) -> None:
        """One connection from its first letter to its last, within what all senders together may open."""
        with self._place() as free:
            if free:
                async with self._channel() as channel:
                    await self._send_over(channel)
            elif self._working == 1:
                log.info("允许的 %d 个邮件连接都在使用，由正在运行的发送进程发出", self._smtp.connections)
        self._working -= 1

    @contextmanager
    def _place(self) -> Iterator[bool]:
        """Whether one of the connections that the mail server bears is free; it is ours while this lasts."""
        with ExitStack() as stack:
            url, most = self._settings.database_url, self._smtp.connections if self._smtp else 0
            places = (stack.enter_context(alone(url, f"smtp-{n}")) for n in range(1, most + 1))
            yield any(places) or not self._smtp

    def _channel(self) -> Outgoing | FolderOutgoing:
        return Outgoing(self._smtp) if self._smtp else FolderOutgoing(self._settings.mail_folder)

    async def _send_over(self, channel: Outgoing | FolderOutgoing) -> None:
        last: _Outcome | None = None
        while True:
            if last and (self._paced or not self._pile):
                # What the server said is not left unsaid while this waits.
                with self._connection.begin():
                    self._settle(last)
                last = None
            if self._paced:
                await self._wait_for_turn()
            letter = await self._next()
            if letter is None:
                return
            with self._connection.begin():
                if last:
                    self._settle(last)
                mine = sending.hand_over(self._connection, self._sender, letter.row.id, at=clock(self._now))
            last = None
            if not mine:
                continue
            outcome = await _send(channel, letter)
            if outcome.state == "unreachable":
                self._give_up(letter, outcome.reply)
                return
            last = self._noted(letter.row, outcome)

    @property
    def _paced(self) -> bool:
        return bool(self._smtp and self._smtp.per_minute)

    @property
    def _ahead(self) -> int:
        # A slow pace holds no more than a minute's mails, so that another sender finds some.
        return min(_AHEAD, self._smtp.per_minute) if self._paced else _AHEAD

    async def _wait_for_turn(self) -> None:
        """The pace protects the mail server, so it runs by the real clock, in a rehearsal too."""
        at = clock(None)
        with self._connection.begin():
            turn = sending.next_turn(self._connection, self._smtp.server, self._smtp.per_minute, at=at)
        await asyncio.sleep((turn - at).total_seconds())

    async def _next(self) -> _Letter | None:
        async with self._turn:
            if not self._pile:
                letters = await (self._following or self._write_ahead())
                self._following = self._group.create_task(self._write_ahead()) if letters else None
                self._pile.extend(letters)
                if len(self._pile) == self._ahead and self._working < self._most:
                    self._begin_connection()  # there is more than one mail at a time to do
            return self._pile.popleft() if self._pile else None

    async def _write_ahead(self) -> list[_Letter]:
        """Claim the next rows and write their messages beside the sending."""
        with database() as session:
            rows = sending.claim(session, self._sender, limit=self._ahead, at=clock(self._now))
            senders = {
                cycle_id: Mailbox(self._settings.sender, session.get_one(CycleRow, cycle_id).bureau)
                for cycle_id in {row.cycle_id for row in rows}
            }
        return await asyncio.to_thread(
            lambda: [_written(row, senders[row.cycle_id], clock(self._now)) for row in rows]
        )

    def _settle(self, outcome: _Outcome) -> None:
        sending.settle(
            self._connection,
            self._sender,
            outcome.row_id,
            state=outcome.state,
            reply=outcome.reply,
            at=clock(self._now),
        )

    def _noted(self, row: OutboxRow, outcome: _Outcome) -> _Outcome | None:
        """Count and log; what is final comes back to be settled, what has to wait is put back at once."""
        self._outcomes[outcome.state] += 1
        if outcome.state != "sent":
            if outcome.state != "postponed":
                self.lost.append((row, outcome.state))
            log.error(
                "%s 的邮件（%s）：%s %s",
                row.unit_code,
                Kind(row.kind).label,
                _WORDS[outcome.state],
                outcome.reply,
            )
        if outcome.state != "postponed":
            return outcome
        with database() as session:
            sending.postpone(session, self._sender, row.id, reply=outcome.reply, at=clock(self._now))
        return None

    def _give_up(self, letter: _Letter, reply: str) -> None:
        """A connection that never came about: the others go on; after the last one everything waits."""
        with self._connection.begin():
            sending.take_back(self._connection, self._sender, letter.row.id)
        if self._working > 1:
            log.warning("少用一个邮件连接：%s", reply)
            self._most -= 1
            self._pile.appendleft(letter)
            return
        log.error("邮件服务器连接不上，待发的邮件稍后再试：%s", reply)
        self._outcomes["unreachable"] += 1
        if self._following:
            self._following.cancel()
        with database() as session:
            sending.release(session, self._sender, reply=reply, at=clock(self._now))


def _written(row: OutboxRow, sender: Mailbox, at: datetime) -> _Letter:
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
        return _Letter(row, Envelope.of(message))
    except (ValueError, FileNotFoundError) as mistake:
        return _Letter(row, None, str(mistake))


async def _send(channel: Outgoing | FolderOutgoing, letter: _Letter) -> _Outcome:
    if letter.envelope is None:
        return _Outcome(letter.row.id, "failed", letter.mistake)
    try:
        return _Outcome(letter.row.id, "sent", await channel.send(letter.envelope))
    except SendingFailed as failure:
        state = next(name for kind, name in _STATES if isinstance(failure, kind))
        return _Outcome(letter.row.id, state, str(failure))


def _mime(name: str) -> str:
    return mimetypes.guess_type(name)[0] or "application/octet-stream"
