"""The notice reaches every unit once, with its own forms; failures of the mail server lose nothing."""

from __future__ import annotations

import asyncio
import io
import zipfile

import pytest
from sqlalchemy import text

from db import cycles, outbox
from db.models import Obligation, OutboxRow
from documents.reading import read_file
from selfeval.refusal import Refusal
from tests.tasks.conftest import instant, unit

UNITS = (unit("101", "某县教育局"), unit("101001", "某县<b>第一</b>中学", "101"))


def test_each_unit_gets_the_notice_and_blank_forms_that_know_whose_they_are(bureau):
    bureau.open(*UNITS)
    bureau.issue()
    assert bureau.deliver("2026-03-02T09:01") == {"sent": 2}
    mails = {mail["To"].addresses[0].addr_spec: mail for mail in bureau.mails()}
    assert set(mails) == {"u101@units.example", "u101001@units.example"}
    for code in ("101", "101001"):
        attachments = {
            a.get_filename(): a.get_content() for a in mails[f"u{code}@units.example"].iter_attachments()
        }
        assert sorted(name.rsplit(".", 1)[1] for name in attachments) == ["docx", "docx", "xlsx"]
        blanks = {name: data for name, data in attachments.items() if "绩效自评表" in name}
        for name, data in blanks.items():
            identity = read_file(name, data).identity
            assert (identity.code, identity.year) == (code, 2025)
        notice = next(data for name, data in attachments.items() if "通知" in name)
        assert "word/document.xml" in zipfile.ZipFile(io.BytesIO(notice)).namelist()
    html = mails["u101001@units.example"].get_body(("html",)).get_content()
    assert "<b>第一</b>" not in html and "&lt;b&gt;第一" in html


def test_issuing_twice_and_delivering_twice_sends_nothing_twice(bureau):
    bureau.open(*UNITS)
    bureau.issue()
    bureau.issue("2026-03-03T09:00")
    assert bureau.deliver("2026-03-03T09:01") == {"sent": 2}
    assert bureau.deliver("2026-03-03T09:02") == {}
    assert len(bureau.mails()) == 2
    with bureau.transaction() as session:
        assert cycles.cycle_of(session).notice_issued_at == instant("2026-03-02T09:00")


def test_without_a_roster_the_notice_is_refused_with_the_command_that_helps(bureau):
    bureau.open(unit("101", "某县教育局"))
    with bureau.transaction() as session:
        for table in ("contacts", "units"):
            session.execute(text(f"DELETE FROM {table}"))
    with pytest.raises(Refusal, match="roster import"):
        bureau.issue()


def test_a_mail_server_out_of_reach_keeps_every_mail_for_later(bureau, monkeypatch):
    bureau.open(*UNITS)
    bureau.issue()
    with monkeypatch.context() as patched:
        patched.setenv("SELFEVAL_SMTP_PORT", "1")
        assert bureau.deliver("2026-03-02T09:01") == {"unreachable": 1}
    assert bureau.deliver("2026-03-02T09:02") == {}
    assert bureau.deliver("2026-03-02T10:00") == {"sent": 2}
    with bureau.transaction() as session:
        assert {row.state for row in session.query(OutboxRow)} == {"sent"}


def test_without_a_mail_server_mails_are_kept_in_the_folder(bureau, monkeypatch):
    bureau.open(*UNITS)
    bureau.issue()
    monkeypatch.delenv("SELFEVAL_SMTP_HOST")
    assert bureau.deliver("2026-03-02T09:01") == {"sent": 2}
    assert len(list((bureau.home / "mails").glob("*.eml"))) == 2 and bureau.mails() == []


def test_two_senders_at_once_send_each_mail_once(bureau):
    bureau.open(*(unit(f"{n}", f"某县第{n}局") for n in range(100, 130)))
    bureau.issue()

    async def both():
        return await asyncio.gather(
            *(asyncio.to_thread(bureau.deliver, "2026-03-02T09:01") for _ in range(2))
        )

    outcomes = asyncio.run(both())
    assert sum(outcome.get("sent", 0) for outcome in outcomes) == 30
    assert len({mail["Message-ID"] for mail in bureau.mails()}) == len(bureau.mails()) == 30


def test_an_exempt_unit_gets_no_notice(bureau):
    bureau.open(*UNITS, unit("102", "某县档案馆", status="exempt", remark="当年新设"))
    bureau.issue()
    assert bureau.deliver("2026-03-02T09:01") == {"sent": 2}
    with bureau.transaction() as session:
        cycle = cycles.cycle_of(session)
        assert session.get_one(Obligation, (cycle.id, "102")).reason == "当年新设"
        assert outbox.count_by_state(session, cycle.id) == {"sent": 2}
