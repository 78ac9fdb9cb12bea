"""What leaves the house: connections and pace shared by all senders, refusals one by one, nothing too late."""

from __future__ import annotations

import asyncio

import pytest

from bench.mail_host import fill
from db import outbox
from db.models import OutboxRow
from db.session import transaction
from tasks.deliver import empty_outbox
from tests.db.county import at, open_county
from tests.notifications.servers import faulty_server, real_server

NOW = at("2026-04-01T09:00")


@pytest.fixture
def deliver(database_url, tmp_path, monkeypatch):
    """Deliver from the database to a port, with further SELFEVAL_SMTP_* settings."""

    def run(port: int, when=None, **settings: str):
        for name, value in {"HOST": "127.0.0.1", "PORT": str(port), "TLS": "none", **settings}.items():
            monkeypatch.setenv(f"SELFEVAL_SMTP_{name}", value)
        return empty_outbox.fn(when)

    monkeypatch.setenv("SELFEVAL_HOME", str(tmp_path))
    monkeypatch.setenv("SELFEVAL_DATABASE_URL", database_url)
    monkeypatch.setenv("SELFEVAL_MAIL_FROM", "selfeval@bureau.example")
    return run


def _queue(url: str, *recipients: str, not_after=None) -> None:
    with transaction(url) as session:
        outbox.queue(
            session, cycle_id=open_county(session).id, unit_code="102", kind="notice", step="notice",
            recipients=recipients, subject="主题", text="正文", html="<p>正文</p>", at=NOW, not_after=not_after,
        )  # fmt: skip


def _rows(url: str) -> dict[str, OutboxRow]:
    with transaction(url) as session:
        # What the bureau is told about a refused address stands beside them.
        return {row.recipient: row for row in session.query(OutboxRow).filter_by(kind="notice")}


def test_many_mails_open_more_connections_and_two_senders_never_more_than_allowed(deliver, database_url):
    mails = fill(database_url, 100, ("notice",))

    async def both(port):
        return await asyncio.gather(*(asyncio.to_thread(deliver, port, CONNECTIONS="2") for _ in range(2)))

    with real_server() as (kept, port):
        outcomes = asyncio.run(both(port))
    assert sum(outcome.get("sent", 0) for outcome in outcomes) == len(kept.messages) == mails
    assert kept.most_connected == 2
    assert len({message["Message-ID"] for message in kept.messages}) == mails


def test_few_mails_open_one_connection(deliver, database_url):
    _queue(database_url, "a@u.example", "b@u.example", "c@u.example")
    with real_server() as (kept, port):
        assert deliver(port, CONNECTIONS="5") == {"sent": 3}
    assert kept.most_connected == 1


def test_two_senders_together_keep_the_pace(deliver, database_url):
    mails = fill(database_url, 30, ("notice",))

    async def both(port):
        return await asyncio.gather(*(asyncio.to_thread(deliver, port, PER_MINUTE="1200") for _ in range(2)))

    with real_server() as (_, port):
        outcomes = asyncio.run(both(port))
    assert sum(outcome.get("sent", 0) for outcome in outcomes) == mails
    begun = sorted(row.claimed_at for row in _rows(database_url).values())
    # 29 pauses of 50 ms; the first may have begun a little late.
    assert (begun[-1] - begun[0]).total_seconds() > 29 * 0.05 * 0.7


def test_of_several_recipients_the_refused_one_fails_alone(deliver, database_url):
    _queue(database_url, "a@u.example", "nobody@u.example", "b@u.example")
    with real_server() as (kept, port):
        assert deliver(port) == {"sent": 2, "failed": 1}
    rows = _rows(database_url)
    assert rows["a@u.example"].state == rows["b@u.example"].state == "sent"
    assert rows["nobody@u.example"].state == "failed"
    assert "no such user" in rows["nobody@u.example"].reply
    assert sorted(recipient for [recipient] in kept.recipients) == ["a@u.example", "b@u.example"]


@pytest.mark.parametrize(
    ("step", "fault", "state"),
    [
        ("RCPT", "452 4.2.2 mailbox full", "pending"),
        ("dot", "552 5.2.2 mailbox full", "failed"),
        ("dot", "451 4.7.1 greylisted", "pending"),
        ("dot", None, "uncertain"),
    ],
)
def test_a_refusal_decides_alone_whether_a_mail_is_tried_again(deliver, database_url, step, fault, state):
    _queue(database_url, "a@u.example")

    async def run():
        async with faulty_server(step, fault) as (server, port):
            await asyncio.to_thread(deliver, port, NOW)
            first = _rows(database_url)["a@u.example"]
            await asyncio.to_thread(deliver, port, at("2026-04-02T09:00"))
            accepted = [content for content in server.accepted if first.message_id.encode() in content]
            return first, _rows(database_url)["a@u.example"], len(accepted)

    first, then, accepted = asyncio.run(run())
    assert first.state == state
    again = state == "pending"
    assert (then.state, accepted) == ("sent" if again else state, int(again))


def test_a_mail_is_not_tried_again_after_the_instant_that_it_speaks_of(deliver, database_url):
    _queue(database_url, "a@u.example", not_after=at("2026-04-01T17:30"))

    async def run():
        async with faulty_server("RCPT", "451 later") as (server, port):
            await asyncio.to_thread(deliver, port, NOW)
            await asyncio.to_thread(deliver, port, at("2026-04-01T17:30"))
            return len(server.accepted)

    assert asyncio.run(run()) == 0
    row = _rows(database_url)["a@u.example"]
    assert row.state == "cancelled" and "截止时间之前没有发出" in row.reply


def test_a_second_connection_that_the_server_refuses_costs_nothing(deliver, database_url):
    mails = fill(database_url, 60, ("notice",))

    async def run():
        async with faulty_server("greeting", "421 too many connections", sessions=1) as (server, port):
            outcome = await asyncio.to_thread(deliver, port, CONNECTIONS="2")
            return outcome, len(server.accepted), server.sessions

    assert asyncio.run(run()) == ({"sent": mails}, mails, 2)
