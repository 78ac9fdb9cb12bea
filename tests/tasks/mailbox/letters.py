"""The mails that units send, and what became of them."""

from __future__ import annotations

import uuid
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from db.models import Arrival, MailMessage
from documents.blanks import BlankFor, blank_workbook
from selfeval.policy import load_policy
from tasks.intake import collect
from tests.tasks.conftest import instant, unit
from tests.tasks.imap_server import DOVECOT

needs_dovecot = pytest.mark.skipif(DOVECOT is None, reason="跳过：没有 dovecot（Debian 包 dovecot-imapd）")
UNITS = (
    unit("101", "某县教育局"),
    unit("101001", "某县第一中学", "101"),
    unit("102", "某县水利局"),
    unit("103", "某县档案馆", status="exempt", remark="当年新设"),
)
DONE, PERSON = "&XfJlNg-", "&X4VOul3l-"  # 已收, 待人工 in the names of IMAP
WHEN = instant("2026-04-09T10:00")
POLL = instant("2026-04-20T08:00")


def mail_with(
    *files: tuple[str, bytes], sender="u102@units.example", subject="自评材料", text="请查收"
) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = f"某人 <{sender}>", "zp@bureau.example", subject
    message["Message-ID"] = f"<{uuid.uuid4().hex}@units.example>"
    message.set_content(text)
    for name, data in files:
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return message


def form(code: str, name: str, bureau: str = "县财政局") -> bytes:
    # Another bureau's name: not byte for byte the blank that went out with the notice.
    return blank_workbook(BlankFor(name, code, 2025, "某县", bureau), load_policy("national-2020").weights)


# PostgreSQL lets go of the place of a killed poll when it notices that the client is gone.
_PATIENCE = timedelta(minutes=2)


def poll(now=None) -> dict[str, int]:
    return collect.fn(2025, now, patience=_PATIENCE)


def kinds(bureau) -> list[tuple[str, str | None]]:
    with bureau.transaction() as session:
        return [(mail.kind, mail.unit_code) for mail in session.query(MailMessage).order_by(MailMessage.uid)]


def stored(bureau) -> list[tuple[str, str, str]]:
    with bureau.transaction() as session:
        rows = session.query(Arrival).order_by(Arrival.id)
        return [(arrival.name, arrival.outcome, arrival.unit_code) for arrival in rows]
