"""Filings by e-mail against a real IMAP server: taken in once, by the server's clock, under the right name."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import uuid
import zipfile
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from apps.mailbox import free_port
from db import arrivals, cycles, objections, requests
from db.models import Arrival, ExtensionRequest, ExtensionRow, MailMessage, OutboxRow, Submission
from documents.blanks import BlankFor, blank_workbook
from selfeval.policy import load_policy
from selfeval.refusal import Refusal
from selfeval.workdays import SHANGHAI
from tasks.archive import Archive
from tasks.boards import waiting_board
from tasks.evaluate import judge_batch, pending_submissions
from tasks.extend import decide_extension, dismiss_request, dismissed_words
from tasks.imap import MailboxRefusal
from tasks.intake import collect
from tasks.objections import answer_objection
from tasks.settings import SettingsError, load_settings
from tests.conftest import ROOT
from tests.tasks.conftest import instant, unit
from tests.tasks.imap_server import DOVECOT, PASSWORD, ImapServer

pytestmark = pytest.mark.skipif(DOVECOT is None, reason="跳过：没有 dovecot（Debian 包 dovecot-imapd）")

UNITS = (
    unit("101", "某县教育局"),
    unit("101001", "某县第一中学", "101"),
    unit("102", "某县水利局"),
    unit("103", "某县档案馆", status="exempt", remark="当年新设"),
)
DONE, PERSON = "&XfJlNg-", "&X4VOul3l-"  # 已收, 待人工 in the names of IMAP
WHEN = instant("2026-04-09T10:00")
POLL = instant("2026-04-20T08:00")
_ON_TABLE = {"sqlite": "", "postgresql": " ON submissions"}
# The database refuses the filing of one unit, as a full disk would.
_FAULT = {
    "sqlite": [
        "CREATE TRIGGER no_102 BEFORE INSERT ON submissions WHEN NEW.unit_code = '102' "
        "BEGIN SELECT RAISE(ABORT, 'disk full'); END"
    ],
    "postgresql": [
        "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'disk full'; END $$",
        "CREATE TRIGGER no_102 BEFORE INSERT ON submissions FOR EACH ROW WHEN (NEW.unit_code = '102') "
        "EXECUTE FUNCTION full_disk()",
    ],
}


@pytest.fixture(scope="module")
def server():
    with ImapServer() as running:
        yield running


@pytest.fixture
def bureau_url(database_url) -> str:
    return database_url


@pytest.fixture
def account(server, bureau, monkeypatch):
    opened = server.user(f"u{uuid.uuid4().hex[:10]}")
    values = {"HOST": "127.0.0.1", "PORT": str(opened.port), "TLS": "none", "USERNAME": opened.name}
    for name, value in {**values, "PASSWORD": PASSWORD}.items():
        monkeypatch.setenv(f"SELFEVAL_IMAP_{name}", value)
    bureau.open(*UNITS)
    bureau.issue()
    return opened


def _mail(
    *files: tuple[str, bytes], sender="u102@units.example", subject="自评材料", text="请查收"
) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = f"某人 <{sender}>", "zp@bureau.example", subject
    message["Message-ID"] = f"<{uuid.uuid4().hex}@units.example>"
    message.set_content(text)
    for name, data in files:
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return message


def _form(code: str, name: str, bureau: str = "县财政局") -> bytes:
    # Another bureau's name: not byte for byte the blank that went out with the notice.
    return blank_workbook(BlankFor(name, code, 2025, "某县", bureau), load_policy("national-2020").weights)


def _poll(now=None) -> dict[str, int]:
    return collect.fn(2025, now)


def _killed(when: str, model: str, rows: str) -> None:
    """A poll in a process of its own that is killed around the commit of a transaction with such rows."""
    script = f"""
import os, signal
from prefect.logging import disable_run_logger
from sqlalchemy import event
from sqlalchemy.orm import Session
from db.models import {model}
from tasks.intake import collect

seen = set()

@event.listens_for(Session, "after_flush")
def remember(session, _):
    if any(isinstance(row, {model}) for row in session.{rows}):
        seen.add(session)

@event.listens_for(Session, "{when}")
def die(session):
    if session in seen:
        os.kill(os.getpid(), signal.SIGKILL)

with disable_run_logger():
    collect.fn(2025, None)
"""
    died = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=os.environ, capture_output=True, text=True
    )
    assert died.returncode == -signal.SIGKILL, died.stderr


def _kinds(bureau) -> list[tuple[str, str | None]]:
    with bureau.transaction() as session:
        return [(mail.kind, mail.unit_code) for mail in session.query(MailMessage).order_by(MailMessage.uid)]


def _stored(bureau) -> list[tuple[str, str, str]]:
    with bureau.transaction() as session:
        rows = session.query(Arrival).order_by(Arrival.id)
        return [(arrival.name, arrival.outcome, arrival.unit_code) for arrival in rows]


def test_a_filing_is_received_when_the_server_got_it_archived_whole_answered_once_and_moved(bureau, account):
    mail = _mail(("自评表.xlsx", b"the form"), ("自评报告.docx", b"the report"))
    mail["Date"] = "Mon, 01 Jan 2024 00:00:00 +0800"
    raw = mail.as_bytes()
    account.append(raw, WHEN)
    assert _poll() == {"versions": 1, "duplicates": 0, "unmatched": 0}
    assert _poll() == {"versions": 0, "duplicates": 0, "unmatched": 0}
    with bureau.transaction() as session:
        submission = session.query(Submission).one()
        assert (submission.unit_code, submission.received_at, submission.late_days) == ("102", WHEN, 0)
        assert [file.name for file in submission.files] == ["自评表.xlsx", "自评报告.docx"]
        sources = [arrival.source for arrival in session.query(Arrival)]
        kept = session.query(MailMessage).one()
        assert sources == [f"imap:{kept.mailbox}/{kept.uidvalidity}/{kept.uid}#{n}" for n in (1, 2)]
        assert session.query(OutboxRow).filter_by(kind="receipt").count() == 1
        assert Archive(load_settings().archive).get(kept.sha256, 1 << 20) == raw
    assert account.mails() == [] and account.mails(DONE) == [raw]


def test_versions_follow_the_order_of_receipt_across_mailbox_and_folder(bureau, account):
    hour, now = timedelta(hours=1), datetime.now(SHANGHAI)
    for code, mailed_at in (("101", now - hour), ("102", now + hour)):
        mail = _mail((f"{code}.docx", b"mailed " + code.encode()), sender=f"u{code}@units.example")
        account.append(mail.as_bytes(), mailed_at)
        bureau.put(f"{code}/{code}.xlsx", b"filed " + code.encode())
    assert collect.fn(2025, None, settled=timedelta(0))["versions"] == 4
    with bureau.transaction() as session:
        rows = session.query(Submission).order_by(Submission.unit_code, Submission.version)
        assert [(row.unit_code, row.files[0].name, row.effective) for row in rows] == [
            ("101", "101.docx", False),
            ("101", "101.xlsx", True),
            ("102", "102.xlsx", False),
            ("102", "102.docx", True),
        ]


def test_what_came_a_moment_ago_is_left_in_both_places_so_that_nothing_overtakes_it(bureau, account):
    account.append(_mail(("a.docx", b"mailed")).as_bytes(), datetime.now(SHANGHAI))
    bureau.put("101/b.docx", b"moved here as a whole")
    an_hour = timedelta(hours=1)
    assert collect.fn(2025, None, settled=an_hour)["versions"] == 0
    assert len(account.mails()) == 1
    assert collect.fn(2025, None, settled=timedelta(0))["versions"] == 2


def test_a_mailbox_out_of_reach_keeps_no_file_of_the_folder_waiting(bureau, account, monkeypatch):
    monkeypatch.setenv("SELFEVAL_IMAP_PASSWORD", "wrong")
    bureau.put("101/b.docx", b"filed")
    with pytest.raises(MailboxRefusal):
        _poll(POLL)
    assert _stored(bureau) == [("b.docx", "stored", "101")]


def test_mark_reference_and_sender_name_the_unit_and_a_contradiction_waits_for_a_person(bureau, account):
    marked = ("表.xlsx", _form("101001", "某县第一中学"))
    cases = [
        (_mail(marked, sender="private@qq.example"), ("filing", "101001")),
        (
            _mail(("a.docx", b"a"), sender="x@qq.example", subject="回复：HZ-2025-102-01 修改"),
            ("filing", "102"),
        ),
        (_mail(("b.docx", b"b"), sender="x@qq.example", subject="101001 自评材料"), ("filing", "101001")),
        # The department files for its unit.
        (_mail(("c.docx", b"c"), sender="U101@units.example", subject="【101001】"), ("filing", "101001")),
        (_mail(marked, sender="u102@units.example"), ("unmatched", None)),
        (_mail(marked, sender="u101001@units.example", subject="102"), ("unmatched", None)),
        (_mail(("e.docx", b"e"), sender="x@qq.example", subject="共102项"), ("unmatched", None)),
        (_mail(("f.xlsx", _form("777001", "别县中学"))), ("unmatched", None)),
        (_mail(("g.docx", b"g"), sender="u103@units.example"), ("not_owed", "103")),
    ]
    for mail, _ in cases:
        account.append(mail.as_bytes(), WHEN)
    _poll(POLL)
    assert _kinds(bureau) == [expected for _, expected in cases]
    assert len(account.mails(DONE)) == 4 and len(account.mails(PERSON)) == 5 and not account.mails()
    with bureau.transaction() as session:
        notes = " ".join(arrival.note for arrival in session.query(Arrival).filter_by(outcome="unmatched"))
    assert (
        "发件人却是 102 的联系人" in notes and "指向不同的单位（101001、102）" in notes and "777001" in notes
    )


def test_questions_bounces_and_automatic_answers_wait_for_a_person_and_get_no_receipt(bureau, account):
    with bureau.transaction() as session:
        blank = session.query(OutboxRow).filter_by(unit_code="102").one().attachments[-1]
    ours = (blank["name"], Archive(load_settings().archive).get(blank["sha256"], 1 << 20))
    bounce = EmailMessage(policy=SMTP)
    bounce["From"], bounce["Subject"] = "MAILER-DAEMON@mx.example", "Undelivered Mail Returned to Sender"
    bounce["Content-Type"] = 'multipart/report; report-type=delivery-status; boundary="b"'
    inner = _mail(("空白表.xlsx", _form("102", "某县水利局"))).as_bytes()
    status = b"Reporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; u102@units.example\r\nStatus: 5.1.1\r\n"
    bounced = bounce.as_bytes().rstrip() + (
        b"\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n" + status
        + b"\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n" + inner + b"\r\n--b--\r\n"
    )  # fmt: skip
    vacation = _mail(("自评表.xlsx", b"quoted by a program"))
    vacation["Auto-Submitted"] = "auto-replied"
    picture = _mail()
    picture.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="截图.png")
    sent = [
        (_mail(text="截止日期是哪天？").as_bytes(), "question"),
        (bounced, "bounce"),
        (vacation.as_bytes(), "auto"),
        (_mail(("a.docx", b"x"), subject="自动回复：休假中").as_bytes(), "auto"),
        (picture.as_bytes(), "question"),
        (_mail(ours, text="这张表怎么填？").as_bytes(), "question"),
    ]
    for raw, _ in sent:
        account.append(raw, WHEN)
    assert _poll(POLL) == {"versions": 0, "duplicates": 0, "unmatched": 6}
    assert [kind for kind, _ in _kinds(bureau)] == [kind for _, kind in sent]
    assert account.mails(PERSON) == [raw for raw, _ in sent]
    with bureau.transaction() as session:
        assert session.query(Submission).count() == 0
        assert session.query(OutboxRow).filter_by(kind="receipt").count() == 0
        assert {arrival.outcome for arrival in session.query(Arrival)} == {"unmatched"}


def test_forwarded_mails_and_zips_are_opened_and_what_stays_closed_is_filed_as_it_is(bureau, account):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("材料/基础数据表.xlsx", b"base data")
        archive.writestr("__MACOSX/._x", b"leftover")
    nested = io.BytesIO()
    with zipfile.ZipFile(nested, "w") as archive:
        archive.writestr("自评报告.docx", b"report")
    # What a Chinese packing program writes: the name in GB18030, and no word of it.
    gbk = nested.getvalue().replace(
        "自评报告.docx".encode(), "自评报告.docx".encode("gb18030").ljust(17, b"_")
    )
    gbk = gbk.replace(b"\x14\x00\x00\x08", b"\x14\x00\x00\x00")
    forwarded = _mail(("自评表.docx", b"form"), sender="u102@units.example")
    outer = _mail(
        ("材料.zip", packed.getvalue()),
        ("国标.zip", gbk),
        ("照片.rar", b"Rar!\x1a\x07 closed"),
        sender="office@bureau.example",
    )
    outer.add_attachment(forwarded)
    outer.add_attachment(
        b"\x78\x9f\x3e\x22 tnef", maintype="application", subtype="ms-tnef", filename="winmail.dat"
    )
    account.append(outer.as_bytes(), WHEN)
    assert _poll(POLL)["versions"] == 1
    names = [name for name, _, _ in _stored(bureau)]
    assert names[0] == "基础数据表.xlsx" and names[1].startswith("自评报告.docx")
    assert names[2:] == ["照片.rar", "自评表.docx", "winmail.dat"]
    assert {code for _, _, code in _stored(bureau)} == {"102"}
    with bureau.transaction() as session:
        (waiting,) = [submission.id for submission in session.query(Submission)]
    judge_batch.fn([waiting], POLL)
    with bureau.transaction() as session:
        said = session.query(OutboxRow).filter_by(unit_code="102", kind="returned").one().text_body
    assert "“照片.rar”是 RAR 压缩包" in said and "“winmail.dat”是 Outlook 打包的附件" in said


@pytest.mark.parametrize("state", ["before_commit", "after_commit"])
def test_a_poll_killed_around_the_commit_takes_the_mail_in_once_at_the_next(bureau, account, state):
    account.append(_mail(("自评表.xlsx", b"the form")).as_bytes(), WHEN)
    _killed(state, "Submission", "new")
    committed = state == "after_commit"
    with bureau.transaction() as session:
        assert session.query(Submission).count() == committed
        kept = session.query(MailMessage).one()
        assert (kept.kind == "filing") == committed and Archive(load_settings().archive).get(kept.sha256, 1)
    assert len(account.mails()) == 1
    assert _poll()["versions"] == (not committed)
    with bureau.transaction() as session:
        assert session.query(Submission).one().received_at == WHEN
        assert session.query(OutboxRow).filter_by(kind="receipt").count() == 1
    assert account.mails() == [] and len(account.mails(DONE)) == 1


def test_a_mail_that_breaks_the_program_three_times_goes_to_a_person_unopened(bureau, account):
    account.append(_mail(("自评表.xlsx", b"the form")).as_bytes(), WHEN)
    for _ in range(3):  # the attempt is counted, and the process is gone
        _killed("after_commit", "MailMessage", "dirty")
    assert _poll(POLL)["unmatched"] == 1
    assert _kinds(bureau) == [("stuck", None)] and len(account.mails(PERSON)) == 1


def test_a_mail_whose_transaction_fails_stays_in_place_and_the_others_are_taken(bureau, account):
    account.append(_mail(("a.xlsx", b"a"), sender="u102@units.example").as_bytes(), WHEN)
    account.append(_mail(("b.xlsx", b"b"), sender="u101@units.example").as_bytes(), WHEN)
    with bureau.transaction() as session:
        kind = session.get_bind().dialect.name
        for statement in _FAULT[kind]:
            session.connection().exec_driver_sql(statement)
    for _ in range(3):  # a fault of ours does not count against the mail
        with pytest.raises(ExceptionGroup, match="1 件来件未能收取"):
            _poll(POLL)
    assert _kinds(bureau) == [(None, None), ("filing", "101")]
    assert len(account.mails()) == 1 and len(account.mails(DONE)) == 1
    with bureau.transaction() as session:
        session.connection().exec_driver_sql(f"DROP TRIGGER no_102{_ON_TABLE[kind]}")
    assert _poll(POLL)["versions"] == 1 and account.mails() == []


def test_the_same_files_in_a_second_mail_are_duplicates_without_a_second_receipt(bureau, account):
    for _ in range(2):
        account.append(_mail(("自评表.xlsx", b"the form")).as_bytes(), WHEN)
    assert _poll(POLL) == {"versions": 1, "duplicates": 1, "unmatched": 0}
    with bureau.transaction() as session:
        assert session.query(OutboxRow).filter_by(kind="receipt").count() == 1
    assert len(account.mails(DONE)) == 2


def test_nothing_in_a_mail_adds_a_header_or_markup(bureau, account):
    raw = (
        b"From: =?utf-8?B?PGI+eDwvYj4NCkJjYzogZXZpbEB4?= <u102@units.example>\r\n"
        b"Subject: =?utf-8?B?PHNjcmlwdD54PC9zY3JpcHQ+DQpCY2M6IGV2aWxAeC5leGFtcGxl?=\r\n"
        b'Content-Type: application/octet-stream; name="=?utf-8?B?Li4vPGk+DQpCY2M6IHgueGxzeA==?="\r\n'
        b"Content-Disposition: attachment\r\n\r\nthe form\r\n"
    )
    account.append(raw, WHEN)
    assert _poll(POLL)["versions"] == 1
    bureau.deliver("2026-04-20T08:01")
    receipt = bureau.mails()[-1]
    assert receipt["Bcc"] is None and receipt["To"].addresses[0].addr_spec == "u102@units.example"
    html = receipt.get_body(("html",)).get_content()
    assert "<i>" not in html and "&lt;i&gt; Bcc: x.xlsx" in html
    with bureau.transaction() as session:
        assert "\n" not in session.query(MailMessage).one().subject
        assert session.query(Arrival).one().name == "<i> Bcc: x.xlsx"


def test_before_the_notice_and_without_settings_no_mail_is_touched(bureau, server, monkeypatch):
    bureau.open(*UNITS)
    assert _poll() == {"versions": 0, "duplicates": 0, "unmatched": 0}
    opened = server.user(f"u{uuid.uuid4().hex[:10]}")
    for name, value in {"HOST": "127.0.0.1", "PORT": str(opened.port), "TLS": "none"}.items():
        monkeypatch.setenv(f"SELFEVAL_IMAP_{name}", value)
    with pytest.raises(SettingsError, match="SELFEVAL_IMAP_USERNAME"):
        load_settings()
    monkeypatch.setenv("SELFEVAL_IMAP_USERNAME", opened.name)
    monkeypatch.setenv("SELFEVAL_IMAP_PASSWORD", PASSWORD)
    opened.append(_mail(("自评表.xlsx", b"early")).as_bytes(), WHEN)
    assert _poll() == {"versions": 0, "duplicates": 0, "unmatched": 0}
    assert len(opened.mails()) == 1


def test_a_wrong_password_a_closed_port_and_an_unknown_folder_are_refused_in_words(
    bureau, account, monkeypatch
):
    monkeypatch.setenv("SELFEVAL_IMAP_FOLDER", "没有的文件夹")
    with pytest.raises(MailboxRefusal, match="打不开文件夹“没有的文件夹”"):
        _poll()
    monkeypatch.setenv("SELFEVAL_IMAP_PASSWORD", "wrong")
    with pytest.raises(MailboxRefusal, match=r"拒绝用户“u\w+”登录.*授权码") as refused:
        _poll()
    assert "wrong" not in str(refused.value)
    monkeypatch.setenv("SELFEVAL_IMAP_PORT", str(free_port()))
    with pytest.raises(MailboxRefusal, match=r"连不上邮箱服务器 127\.0\.0\.1:\d+"):
        _poll()


def test_a_server_with_a_certificate_of_its_own_making_gets_no_password(bureau, account, monkeypatch):
    with ImapServer(certificate=True) as own:
        monkeypatch.setenv("SELFEVAL_IMAP_PORT", str(own.port))
        monkeypatch.setenv("SELFEVAL_IMAP_TLS", "starttls")
        with pytest.raises(MailboxRefusal, match="证书不可信，没有登录"):
            _poll()


def test_units_are_told_the_address_of_the_mailbox(bureau, account):
    with bureau.transaction() as session:
        notice = session.query(OutboxRow).filter_by(unit_code="102", kind="notice").one()
    assert "或作为附件发到 selfeval@bureau.example，主题以“102”开头" in notice.text_body


def test_a_request_for_more_time_waits_for_a_person_and_the_unit_is_told_so(bureau, account):
    sent = [
        _mail(
            subject="回复：HZ-2025-102-01",
            text="系统升级，申请延期到4月20日报送，请批准。\n\n> 请于4月10日前报送",
        ),
        _mail(("延期申请.docx", b"sealed"), sender="u101@units.example", text="恳请宽限几天，申请见附件"),
        _mail(("自评表.xlsx", b"form"), sender="u101001@units.example", text="报告申请延期至4月15日报送"),
        _mail(sender="x@qq.example", text="申请延期到4月20日"),
        _mail(sender="u103@units.example", text="申请延期到4月20日"),
        _mail(text="截止日期能否告知？"),
    ]
    for mail in sent:
        account.append(mail.as_bytes(), WHEN)
    counts = _poll(POLL)
    assert (counts["requests"], counts["versions"], counts["unmatched"]) == (2, 1, 3)
    assert _kinds(bureau) == [
        ("extension", "102"), ("extension", "101"), ("filing", "101001"),
        ("question", None), ("question", None), ("question", None),
    ]  # fmt: skip
    with bureau.transaction() as session:
        found = {r.unit_code: r.asked_on for r in session.query(ExtensionRequest)}
        assert found == {"102": date(2026, 4, 20), "101": None, "101001": date(2026, 4, 15)}
        assert session.query(ExtensionRow).count() == 0
        told = session.query(OutboxRow).filter_by(kind="extension_request", unit_code="102").one().text_body
    assert (
        "等待财政局审批" in told and "2026年4月20日" in told and "在收到决定之前，现在的截止时间不变" in told
    )
    assert "> 请于" not in told and _poll(POLL)["unmatched"] == 0
    decide_extension.fn(2025, "102", "unit_due", date(2026, 4, 20), True, "系统升级", "局长", POLL)
    with bureau.transaction() as session:
        answered = session.query(ExtensionRequest).filter_by(unit_code="102").one()
        assert answered.decision_id and answered.settlement == "局长：同意延至2026-04-20"
        open_requests = {r.unit_code: r.id for r, _, _ in requests.waiting(session, 1)}
    assert open_requests.keys() == {"101", "101001"}
    # The other one asks for nothing: its unit reads why, and by when it still has to file.
    with pytest.raises(Refusal, match="写明原因"):
        dismiss_request.fn(open_requests["101"], " ", "经办人", POLL)
    done = dismiss_request.fn(open_requests["101"], "已电话答复", "经办人", POLL)
    assert "101 某县教育局" in dismissed_words(done) and "经办人" in dismissed_words(done)
    with bureau.transaction() as session:
        told = session.query(OutboxRow).filter_by(kind="extension_dismissed", unit_code="101").one().text_body
        assert "已电话答复" in told and "报送截止：2026年4月10日" in told and "截止时间不变" in told
        assert {r.unit_code for r, _, _ in requests.waiting(session, 1)} == {"101001"}
    with pytest.raises(Refusal, match="没有第"):
        dismiss_request.fn(open_requests["101"], "再次", "经办人", POLL)


def test_an_objection_by_mail_waits_for_its_answer_and_nothing_that_came_with_it_is_lost(bureau, account):
    names = {"102": "某县水利局", "101": "某县教育局", "101001": "某县第一中学"}
    forms = {code: _form(code, name) for code, name in names.items()}
    for code, data in forms.items():
        account.append(_mail(("自评表.xlsx", data), sender=f"u{code}@units.example").as_bytes(), WHEN)
    assert _poll(POLL)["versions"] == 3
    judge_batch.fn(pending_submissions.fn(2025), instant("2026-04-20T08:30"))
    with bureau.transaction() as session:
        assert {each.state for each in session.query(Submission)} == {"returned"}
        returned = session.query(OutboxRow).filter_by(kind="returned", unit_code="102").one()
        subject = f"回复：{returned.subject}"
        assert "写明“异议”和理由" in returned.text_body
    sent = [
        _mail(("异议说明.docx", b"why"), ("对账单.jpg", b"scan"), subject=subject,
              text="我单位对退回提出异议，附件有佐证。\n\n> 请改正"),
        _mail(("自评表.xlsx", _form("101", "某县教育局", "另一局")), sender="u101@units.example", subject=subject,
              text="第二项不认可该判定，其余已改正"),
        _mail(("自评表.xlsx", forms["101001"]), sender="u101001@units.example",
              text="审核有误，表中有此数，仍报原表"),
        _mail(subject=subject, text="对同一退回再次提出异议"),
        _mail(sender="u103@units.example", text="我们提出异议"),
        _mail(subject=subject, text="没有异议，正在修改"),
    ]  # fmt: skip
    for mail in sent:
        account.append(mail.as_bytes(), instant("2026-04-20T09:00"))
    counts = _poll()
    assert (counts["versions"], counts["duplicates"], counts["objections"]) == (1, 1, 1)
    assert _kinds(bureau)[3:] == [
        ("objection", "102"), ("filing", "101"), ("filing", "101001"), ("question", "102"), ("question", None),
        ("question", None),
    ]  # fmt: skip
    with bureau.transaction() as session:
        waiting = {unit.unit_code: each for each, _, unit in objections.open_objections(session, 1)}
        assert {code: each.words for code, each in waiting.items()} == {
            "102": "我单位对退回提出异议，附件有佐证。", "101001": "审核有误，表中有此数，仍报原表",
        }  # fmt: skip
        assert waiting["102"].raised_at == instant("2026-04-20T09:00") and waiting["102"].mail_id
        told = session.query(OutboxRow).filter_by(kind="objection", unit_code="102").one().text_body
        assert (
            "selfeval" not in told
            and "已经登记" in told
            and "退回仍然有效" in told
            and "@" not in waiting["102"].raised_by
        )
        items = [each for each, _ in arrivals.waiting(session, 1)]
        listed = {(each.name, each.unit_code): each.note for each in items}
        notes = " ".join(each.note for each in items)
    assert listed[("异议说明.docx", "102")] == listed[("对账单.jpg", "102")] == "异议的附件，答复异议时参考"
    assert "附件已作为新的报送收下，异议请人工答复" in notes and "已经提出过异议" in notes
    with bureau.transaction() as session:
        board = waiting_board(session, cycles.cycle_of(session, 2025), instant("2026-04-20T10:00"), {})
    text = "\n".join(board[2])
    assert "等待答复的异议 2 件" in text and "某县水利局（应于" in text and "@" not in text
    answer_objection.fn(2025, "102", True, "核对无误", "钱股长", instant("2026-04-21T10:00"))
    with bureau.transaction() as session:
        assert session.query(Submission).filter_by(unit_code="102").one().state == "accepted"
        answered = (
            session.query(OutboxRow).filter_by(kind="objection_answered", unit_code="102").one().text_body
        )
    assert "财政局答复如下：异议成立，撤销退回" in answered and "恢复为审核通过，不需要修改" in answered


def test_signature_pictures_are_left_out_and_closed_archives_are_filed_and_named(bureau, account):
    locked = io.BytesIO()
    with zipfile.ZipFile(locked, "w") as archive:
        archive.writestr("自评表.docx", b"secret")
    sealed = bytearray(locked.getvalue())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        sealed[sealed.index(mark) + offset] |= 1  # the flag of an encrypted member
    mail = _mail(("材料.7z", b"7z\xbc\xaf\x27\x1c closed"), ("加密.zip", bytes(sealed)))
    mail.add_attachment(b"\x89PNG", maintype="image", subtype="png", disposition="inline", cid="<logo@x>")
    mail.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="盖章页.png")
    account.append(mail.as_bytes(), WHEN)
    assert _poll(POLL)["versions"] == 1
    assert [name for name, _, _ in _stored(bureau)] == ["材料.7z", "加密.zip", "盖章页.png"]
    with bureau.transaction() as session:
        (waiting,) = [submission.id for submission in session.query(Submission)]
    judge_batch.fn([waiting], POLL)
    with bureau.transaction() as session:
        said = session.query(OutboxRow).filter_by(unit_code="102", kind="returned").one().text_body
    assert "“材料.7z”是 7z 压缩包" in said and "“加密.zip”" in said and "加密" in said


def test_file_names_by_every_way_of_writing_them_arrive_whole(bureau, account):
    name = "自评表.xlsx"
    encoded = {
        "filename*=GB18030''%D7%D4%C6%C0%B1%ED.xlsx": b"a",
        'filename="=?gb2312?B?19TGwLHtLnhsc3g=?="': b"b",
        "filename*0*=UTF-8''%E8%87%AA%E8%AF%84; filename*1*=%E8%A1%A8.xlsx": b"c",
    }
    parts = [
        f"--b\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; {way}\r\n\r\n".encode()
        + data + b"\r\n"
        for way, data in encoded.items()
    ]  # fmt: skip
    raw_name = b'--b\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename="'
    parts.append(raw_name + name.encode("gb18030") + b'"\r\n\r\nd\r\n')
    head = b'From: u102@units.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n'
    account.append(head + b"".join(parts) + b"--b--\r\n", WHEN)
    assert _poll(POLL)["versions"] == 1
    assert [stored for stored, _, _ in _stored(bureau)] == [name] * 4
