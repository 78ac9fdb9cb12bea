"""The other side of the mail benchmarks: a mail server and a county with queued mails, each its own process."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from apps.mailbox import free_port
from db import cycles, outbox, roster
from db.session import migrate, transaction
from selfeval.roster import RosterContact, RosterUnit
from selfeval.workdays import SHANGHAI
from tests.db.county import DEFINITION
from tests.tasks.imap_server import PASSWORD, Account, ImapServer

STEPS = ("notice", "T-7", "T-3", "T-1")
_SERVER = """
import asyncio, re, sys
from aiosmtpd.controller import Controller

class Logger:
    def __init__(self, path):
        self.log = open(path, "ab", buffering=0)
    async def handle_DATA(self, server, session, envelope):
        # Written before the answer: what stands here is the server's, whoever dies next.
        mark = re.search(rb"Message-ID: *<([^>]+)>", envelope.original_content)
        self.log.write(mark[1] + b"\\n")
        return "250 2.0.0 OK"

Controller(Logger(sys.argv[2]), hostname="127.0.0.1", port=int(sys.argv[1])).start()
print("ready", flush=True)
asyncio.new_event_loop().run_forever()
"""


@contextmanager
def mail_server(log: Path) -> Iterator[int]:
    """A mail server that writes the Message-ID of every mail it takes; its port."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-c", _SERVER, str(port), str(log)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout.readline().strip() == "ready"
        yield port
    finally:
        process.kill()
        process.wait()


def sends_to(port: int) -> dict[str, str]:
    """The settings of a bureau whose mails go to the server at a port of this machine."""
    return {
        "SELFEVAL_SMTP_HOST": "127.0.0.1",
        "SELFEVAL_SMTP_PORT": str(port),
        "SELFEVAL_SMTP_TLS": "none",
        "SELFEVAL_MAIL_FROM": "selfeval@bureau.example",
    }


def collects_from(imap: ImapServer, account: Account) -> dict[str, str]:
    """The settings of a bureau that takes in the mails of an account."""
    return {
        "SELFEVAL_IMAP_HOST": "127.0.0.1",
        "SELFEVAL_IMAP_PORT": str(imap.port),
        "SELFEVAL_IMAP_TLS": "none",
        "SELFEVAL_IMAP_USERNAME": account.name,
        "SELFEVAL_IMAP_PASSWORD": PASSWORD,
    }


def fill(url: str, units: int, steps: tuple[str, ...] = STEPS) -> int:
    """A county of so many units with one mail per unit and step in its outbox; the number of mails."""
    migrate(url)
    at = datetime.now(SHANGHAI) - timedelta(minutes=1)
    listed = [
        RosterUnit(f"{n:06d}", f"某县第{n}单位", 1, None, "active", (RosterContact(f"u{n}@units.example"),))
        for n in range(units)
    ]
    with transaction(url) as session:
        roster.save_roster(session, listed, at=at, actor="bench")
        row = cycles.open_cycle(session, DEFINITION, {}, at=at, actor="bench")
        cycles.freeze_roster(session, row, at=at, actor="bench")
        for step in steps:
            for unit in listed:
                outbox.queue(
                    session,
                    cycle_id=row.id,
                    unit_code=unit.code,
                    kind="notice" if step == "notice" else "reminder",
                    step=step,
                    recipients=[contact.email for contact in unit.contacts],
                    subject=f"【绩效自评】{step}",
                    text=f"{unit.name}：\n" + "请按时报送自评材料。\n" * 20,
                    html=f"<p>{unit.name}：</p>" + "<p>请按时报送自评材料。</p>" * 20,
                    at=at,
                )
    return units * len(steps)
