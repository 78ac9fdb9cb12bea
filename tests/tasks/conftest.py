"""A bureau of its own for each test: settings, database, inbox, archive, a real mail server."""

from __future__ import annotations

from datetime import datetime
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from prefect.logging import disable_run_logger

from apps.mailbox import Mailbox
from db import cycles, roster
from db.session import migrate, transaction
from selfeval.roster import RosterContact, RosterUnit
from tasks.deliver import empty_outbox
from tasks.issue_notice import freeze, record_issue, send_blanks
from tests.db.county import DEFINITION, at


class Bureau:
    """What the tests act on; every method takes the instant at which it happens."""

    def __init__(self, home: Path, mailbox: Mailbox):
        self.home, self.mailbox = home, mailbox
        self.url = f"sqlite:///{home / 'selfeval.db'}"
        self.inbox = home / "inbox"

    def open(self, *units: RosterUnit) -> None:
        migrate(self.url)
        with transaction(self.url) as session:
            roster.save_roster(session, units, at=at("2026-02-01T09:00"), actor="管理员")
            cycles.open_cycle(session, DEFINITION, {}, at=at("2026-02-02T09:00"), actor="管理员")

    def issue(self, when: str = "2026-03-02T09:00") -> None:
        codes = freeze.fn(2025, at(when), "管理员")
        send_blanks.fn(2025, codes, at(when))
        record_issue.fn(2025, at(when), "管理员")

    def deliver(self, when: str) -> dict[str, int]:
        return empty_outbox.fn(at(when))

    def mails(self) -> list:
        """Every message that the mail server took, in order of receipt."""
        files = sorted(self.mailbox.folder.glob("*.eml"))
        return [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]

    def transaction(self):
        return transaction(self.url)


def unit(code: str, name: str, department: str | None = None, status: str = "active", remark: str = "") -> RosterUnit:
    contact = RosterContact(f"u{code}@units.example", "某人", "")
    return RosterUnit(code, name, 2 if department else 1, department, status, (contact,), remark)


def instant(text: str) -> datetime:
    return at(text)


@pytest.fixture
def bureau(tmp_path, monkeypatch):
    with Mailbox(tmp_path / "received") as mailbox, disable_run_logger():
        values = {
            "SELFEVAL_HOME": str(tmp_path),
            "SELFEVAL_SMTP_HOST": "127.0.0.1",
            "SELFEVAL_SMTP_PORT": str(mailbox.port),
            "SELFEVAL_SMTP_TLS": "none",
            "SELFEVAL_MAIL_FROM": "selfeval@bureau.example",
        }
        for name, value in values.items():
            monkeypatch.setenv(name, value)
        yield Bureau(tmp_path, mailbox)
