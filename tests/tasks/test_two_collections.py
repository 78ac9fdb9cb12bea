"""Two collections at the same instant, each a process of its own: both end well, nothing is stored twice."""

from __future__ import annotations

import uuid
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from db.models import Arrival, MailMessage, OutboxRow, Submission
from tasks.intake import collect
from tests.tasks.at_once import at_once, two_that
from tests.tasks.conftest import instant, unit
from tests.tasks.imap_server import DOVECOT, PASSWORD, ImapServer

UNITS = tuple(unit(f"2{n:02d}", f"某县第{n}单位") for n in range(15))


@pytest.fixture
def bureau_url(database_url) -> str:
    return database_url


def _collected() -> dict[str, int]:
    return collect.fn(2025, None, settled=timedelta(0))


def _mail(code: str) -> bytes:
    message = EmailMessage(policy=SMTP)
    message["From"], message["Subject"] = f"u{code}@units.example", "自评材料"
    message.set_content("请查收")
    message.add_attachment(
        f"mailed by {code}".encode(), maintype="application", subtype="msword", filename="自评报告.doc"
    )
    return message.as_bytes()


def test_every_file_of_the_folder_is_stored_once_and_answered_once(bureau):
    bureau.open(*UNITS)
    bureau.issue()
    for item in UNITS:
        bureau.put(f"{item.code}/自评表.xlsx", f"filed by {item.code}".encode())
        bureau.put(f"不认识的{item.code}/材料.docx", f"nobody's {item.code}".encode())
    with two_that(_collected) as processes:
        counts = at_once(processes)
    assert counts == {"versions": len(UNITS), "duplicates": 0, "unmatched": len(UNITS)}
    with bureau.transaction() as session:
        assert session.query(Arrival).count() == 2 * len(UNITS)
        assert {(s.unit_code, s.version) for s in session.query(Submission)} == {
            (item.code, 1) for item in UNITS
        }
        assert session.query(OutboxRow).filter_by(kind="receipt").count() == len(UNITS)


@pytest.mark.skipif(DOVECOT is None, reason="跳过：没有 dovecot（Debian 包 dovecot-imapd）")
def test_every_mail_is_taken_once_and_leaves_the_mailbox(bureau, monkeypatch):
    bureau.open(*UNITS)
    bureau.issue()
    with ImapServer() as server:
        account = server.user(f"u{uuid.uuid4().hex[:10]}")
        values = {"HOST": "127.0.0.1", "PORT": str(account.port), "TLS": "none", "USERNAME": account.name}
        for name, value in {**values, "PASSWORD": PASSWORD}.items():
            monkeypatch.setenv(f"SELFEVAL_IMAP_{name}", value)
        for item in UNITS:
            account.append(_mail(item.code), instant("2026-04-09T10:00"))
        with two_that(_collected) as processes:
            assert at_once(processes)["versions"] == len(UNITS)
        assert account.mails() == [] and len(account.mails("&XfJlNg-")) == len(UNITS)
    with bureau.transaction() as session:
        assert {mail.kind for mail in session.query(MailMessage)} == {"filing"}
        assert session.query(Submission).count() == len(UNITS)
        assert session.query(OutboxRow).filter_by(kind="receipt").count() == len(UNITS)
