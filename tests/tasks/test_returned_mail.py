"""Mail that does not reach its address: recorded, told once to those who can correct it, made up for once."""

from __future__ import annotations

import json
import uuid
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from click.testing import CliRunner

from apps.cli import main
from db import contacts, cycles
from db.models import Arrival, ContactProblem, MailMessage, OutboxRow, ReturnedMail
from selfeval.bounce import read_bounce
from tasks.contacts import take_bounce
from tasks.intake import collect
from tests.tasks.conftest import instant, unit
from tests.tasks.imap_server import DOVECOT, PASSWORD, ImapServer

UNITS = (
    unit("101", "某县教育局"),
    unit("101001", "某县第一中学", "101"),
    unit("102", "某县水利局"),
)
ADMIN = "admin@bureau.example"
SENT = "2026-03-02T09:05"
BACK = "2026-03-02T10:00"
LATER = "2026-03-03T09:00"


@pytest.fixture
def bureau_url(database_url) -> str:
    return database_url


@pytest.fixture
def sent(bureau, monkeypatch):
    """A bureau whose notice left."""
    monkeypatch.setenv("SELFEVAL_ADMIN_EMAILS", ADMIN)
    bureau.open(*UNITS)
    bureau.issue()
    bureau.deliver(SENT)
    return bureau


def _bounce(message_id: str = "", address: str = "u101001@units.example", status: str = "5.1.1") -> bytes:
    action = "failed" if status.startswith("5") else "delayed"
    return (
        "From: MAILER-DAEMON@mx.example\r\nSubject: Undelivered Mail Returned to Sender\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        f"Final-Recipient: rfc822; {address}\r\nAction: {action}\r\nStatus: {status}\r\n"
        f"Diagnostic-Code: smtp; 550 {status} said <i>so</i>\r\n"
        f"\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {message_id}\r\n\r\n--b--\r\n"
    ).encode()


def _take(bureau, raw: bytes, when: str = BACK) -> bool:
    with bureau.transaction() as session:
        return take_bounce(session, read_bounce(raw), instant(when)) is not None


def _told(bureau) -> set[tuple[str | None, str]]:
    with bureau.transaction() as session:
        rows = session.query(OutboxRow).filter_by(kind="contact_problem")
        return {(row.unit_code, row.recipient) for row in rows}


def _notices(bureau, code: str) -> dict[str, str]:
    with bureau.transaction() as session:
        rows = session.query(OutboxRow).filter_by(kind="notice", unit_code=code)
        return {row.recipient: row.state for row in rows}


def _correct(bureau, new: str, when: str = LATER) -> int:
    with bureau.transaction() as session:
        contacts.correct(session, "101001", "u101001@units.example", new, person="管理员", at=instant(when))
        return contacts.make_up(session, cycles.cycle_of(session), instant(when))


def test_a_bad_address_is_told_once_to_administrators_and_department_with_what_to_do(sent):
    with sent.transaction() as session:
        message_id = session.query(OutboxRow).filter_by(unit_code="101001").one().message_id
    assert _take(sent, _bounce(message_id)) and _take(sent, _bounce(message_id))
    assert _told(sent) == {(None, ADMIN), ("101", "u101@units.example")}
    with sent.transaction() as session:
        fact = session.query(ReturnedMail).one()
        assert (fact.severity, fact.status) == ("bad", "5.1.1")
        assert session.query(ContactProblem).one().address == "u101001@units.example"
        text = session.query(OutboxRow).filter_by(kind="contact_problem", unit_code=None).one()
    assert "某县第一中学（101001）" in text.text_body and "<i>" not in text.html_body
    assert "selfeval roster address 101001 u101001@units.example" in text.text_body


def test_without_the_message_id_the_address_names_the_mail_and_a_stranger_names_none(sent):
    assert _take(sent, _bounce(address="U101001@units.example"))
    assert not _take(sent, _bounce(address="nobody@elsewhere.example"))
    with sent.transaction() as session:
        assert session.query(ReturnedMail).count() == 1


def test_a_delay_is_noted_without_a_mark_and_a_failure_after_it_is_told_anew(sent):
    _take(sent, _bounce(status="4.4.1"))
    with sent.transaction() as session:
        assert [p.severity for p in session.query(ContactProblem)] == ["noted"]
    _take(sent, _bounce(status="5.1.1"))
    with sent.transaction() as session:
        assert {p.severity for p in session.query(ContactProblem)} == {"noted", "bad"}
        assert session.query(ReturnedMail).one().severity == "bad"
        assert session.query(OutboxRow).filter_by(kind="contact_problem", unit_code="101").count() == 2


def test_a_corrected_address_gets_what_it_missed_once_and_the_problem_is_over(sent):
    _take(sent, _bounce())
    assert _correct(sent, "new@units.example") == 1
    with sent.transaction() as session:
        assert contacts.make_up(session, cycles.cycle_of(session), instant(LATER)) == 0
        assert session.query(ContactProblem).one().settlement == "名单中已经更正"
    sent.deliver("2026-03-03T09:01")
    assert _notices(sent, "101001") == {"u101001@units.example": "sent", "new@units.example": "sent"}
    got = [mail for mail in sent.mails() if mail["To"].addresses[0].addr_spec == "new@units.example"]
    assert len(got) == 1 and len(list(got[0].iter_attachments())) >= 1


def test_a_mail_that_comes_back_after_the_correction_is_made_up_for_too(sent):
    assert _correct(sent, "new@units.example") == 0
    _take(sent, _bounce(), "2026-03-03T10:00")
    assert _notices(sent, "101001") == {"u101001@units.example": "sent", "new@units.example": "pending"}


def test_what_has_lost_its_meaning_is_not_made_up_for(sent):
    _take(sent, _bounce())
    sent.put("101001/自评表.xlsx", b"filed all the same")
    sent.collect("2026-04-01T10:00")
    with sent.transaction() as session:
        session.query(OutboxRow).filter_by(unit_code="101001", kind="receipt").one().state = "failed"
        session.query(OutboxRow).filter_by(unit_code="101001", kind="receipt").one().reply = "550 5.1.1 no"
    sent.deliver("2026-04-01T10:01")
    assert _correct(sent, "new@units.example", "2026-04-01T11:00") == 1
    assert "new@units.example" not in _notices(sent, "101001")
    assert sent.outbox("101001")[("receipt", "v1")] in ("pending", "failed")


def test_a_refusal_while_sending_is_the_same_problem(sent):
    with sent.transaction() as session:
        row = session.query(OutboxRow).filter_by(unit_code="102").one()
        row.state, row.sent_at, row.reply = "failed", None, "550 5.1.1 User unknown"
    sent.deliver(BACK)
    sent.deliver(LATER)
    # A department's own address: nobody is told at the address that does not work.
    assert _told(sent) == {(None, ADMIN)}
    assert [mail["Subject"] for mail in sent.mails()].count(
        "【绩效自评】单位邮箱无效，请更正：u102@units.example"
    ) == 1


def test_a_returned_contact_problem_makes_no_circle(sent):
    _take(sent, _bounce())
    with sent.transaction() as session:
        ours = session.query(OutboxRow).filter_by(kind="contact_problem", unit_code=None).one().message_id
    for _ in range(2):
        _take(sent, _bounce(ours, ADMIN))
    with sent.transaction() as session:
        assert session.query(OutboxRow).filter_by(kind="contact_problem", recipient=ADMIN).count() == 1


def test_a_returned_mail_settles_the_doubt_whether_it_was_handed_over(sent):
    with sent.transaction() as session:
        row = session.query(OutboxRow).filter_by(unit_code="101001").one()
        row.state, row.sent_at = "uncertain", None
    _take(sent, _bounce())
    with sent.transaction() as session:
        assert session.query(OutboxRow).filter_by(unit_code="101001").one().state == "sent"


@pytest.mark.skipif(DOVECOT is None, reason="跳过：没有 dovecot（Debian 包 dovecot-imapd）")
def test_the_mailbox_takes_returned_mails_of_ours_and_leaves_others_to_a_person(sent, monkeypatch):
    plain = EmailMessage(policy=SMTP)
    plain["From"], plain["Subject"] = "PostMaster@qq.com", "来自qq.com的退信"
    plain.set_content("收件人邮件地址（u102@units.example）不存在，邮件无法送达。", charset="gb18030")
    strange = _bounce(address="nobody@elsewhere.example")
    with ImapServer() as server:
        account = server.user(f"u{uuid.uuid4().hex[:10]}")
        values = {"HOST": "127.0.0.1", "PORT": str(account.port), "TLS": "none", "USERNAME": account.name}
        for name, value in {**values, "PASSWORD": PASSWORD}.items():
            monkeypatch.setenv(f"SELFEVAL_IMAP_{name}", value)
        for raw in (_bounce(), plain.as_bytes(), strange):
            account.append(raw, instant(BACK))
        assert collect.fn(2025, instant(BACK))["unmatched"] == 1
        assert account.mails("&X4VOul3l-") == [strange] and len(account.mails("&XfJlNg-")) == 2
    with sent.transaction() as session:
        assert [mail.unit_code for mail in session.query(MailMessage).order_by(MailMessage.uid)] == [
            "101001",
            "102",
            None,
        ]
        assert session.query(ReturnedMail).count() == 2
        (waiting,) = session.query(Arrival)
        assert waiting.mail_id == session.query(MailMessage).filter_by(unit_code=None).one().id


def test_the_lists_of_mails_addresses_and_arrivals_show_it_and_the_command_corrects_it(sent):
    _take(sent, _bounce())
    run = CliRunner().invoke
    mails = json.loads(run(main, ["mail", "list", "--json"]).output)
    assert [mail["recipient"] for mail in mails if mail["returned"]] == ["u101001@units.example"]
    assert "被退回" in run(main, ["mail", "list"]).output
    (problem,) = json.loads(run(main, ["roster", "problems", "--json"]).output)
    assert (problem["units"], problem["severity"], problem["mails"]) == (["某县第一中学"], "bad", 1)
    change = ["roster", "address", "101001", "u101001@units.example", "new@units.example", "--person", "某人"]
    assert "补发 1 封邮件" in run(main, change).output
    assert json.loads(run(main, ["roster", "problems", "--json"]).output) == []
    again = run(main, change)
    assert again.exit_code == 1 and "没有邮箱 u101001@units.example" in again.output
