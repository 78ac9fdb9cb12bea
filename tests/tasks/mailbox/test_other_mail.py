"""Mails that are no filings wait for a person: questions, bounces, requests for more time, objections."""

from __future__ import annotations

from datetime import date
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from db import arrivals, cycles, objections, requests
from db.board import unit_statuses
from db.models import Arrival, ExtensionRequest, ExtensionRow, OutboxRow, Submission
from selfeval.refusal import Refusal
from tasks.archive import Archive
from tasks.boards import waiting_board
from tasks.evaluate import judge_batch, pending_submissions
from tasks.extend import decide_extension, dismiss_request, dismissed_words
from tasks.objections import answer_objection
from tasks.settings import load_settings
from tests.tasks.conftest import instant
from tests.tasks.mailbox.letters import PERSON, POLL, WHEN, form, kinds, mail_with, needs_dovecot, poll

pytestmark = needs_dovecot


def test_questions_bounces_and_automatic_answers_wait_for_a_person_and_get_no_receipt(bureau, account):
    with bureau.transaction() as session:
        blank = session.query(OutboxRow).filter_by(unit_code="102").one().attachments[-1]
    ours = (blank["name"], Archive(load_settings().archive).get(blank["sha256"], 1 << 20))
    bounce = EmailMessage(policy=SMTP)
    bounce["From"], bounce["Subject"] = "MAILER-DAEMON@mx.example", "Undelivered Mail Returned to Sender"
    bounce["Content-Type"] = 'multipart/report; report-type=delivery-status; boundary="b"'
    inner = mail_with(("空白表.xlsx", form("102", "某县水利局"))).as_bytes()
    status = b"Reporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; u102@units.example\r\nStatus: 5.1.1\r\n"
    bounced = bounce.as_bytes().rstrip() + (
        b"\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n" + status
        + b"\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n" + inner + b"\r\n--b--\r\n"
    )  # fmt: skip
    vacation = mail_with(("自评表.xlsx", b"quoted by a program"))
    vacation["Auto-Submitted"] = "auto-replied"
    picture = mail_with()
    picture.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="截图.png")
    sent = [
        (mail_with(text="截止日期是哪天？").as_bytes(), "question"),
        (bounced, "bounce"),
        (vacation.as_bytes(), "auto"),
        (mail_with(("a.docx", b"x"), subject="自动回复：休假中").as_bytes(), "auto"),
        (picture.as_bytes(), "question"),
        (mail_with(ours, text="这张表怎么填？").as_bytes(), "question"),
    ]
    for raw, _ in sent:
        account.append(raw, WHEN)
    assert poll(POLL) == {"versions": 0, "duplicates": 0, "unmatched": 6}
    assert [kind for kind, _ in kinds(bureau)] == [kind for _, kind in sent]
    assert account.mails(PERSON) == [raw for raw, _ in sent]
    with bureau.transaction() as session:
        assert session.query(Submission).count() == 0
        assert session.query(OutboxRow).filter_by(kind="receipt").count() == 0
        assert {arrival.outcome for arrival in session.query(Arrival)} == {"unmatched"}


def test_a_request_for_more_time_waits_for_a_person_and_the_unit_is_told_so(bureau, account):
    sent = [
        mail_with(
            subject="回复：HZ-2025-102-01",
            text="系统升级，申请延期到4月20日报送，请批准。\n\n> 请于4月10日前报送",
        ),
        mail_with(("延期申请.docx", b"sealed"), sender="u101@units.example", text="恳请宽限几天，申请见附件"),
        mail_with(("自评表.xlsx", b"form"), sender="u101001@units.example", text="报告申请延期至4月15日报送"),
        mail_with(sender="x@qq.example", text="申请延期到4月20日"),
        mail_with(sender="u103@units.example", text="申请延期到4月20日"),
        mail_with(text="截止日期能否告知？"),
    ]
    for mail in sent:
        account.append(mail.as_bytes(), WHEN)
    counts = poll(POLL)
    assert (counts["requests"], counts["versions"], counts["unmatched"]) == (2, 1, 3)
    assert kinds(bureau) == [
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
    assert "> 请于" not in told and poll(POLL)["unmatched"] == 0
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
    forms = {code: form(code, name) for code, name in names.items()}
    for code, data in forms.items():
        account.append(mail_with(("自评表.xlsx", data), sender=f"u{code}@units.example").as_bytes(), WHEN)
    assert poll(POLL)["versions"] == 3
    judge_batch.fn(pending_submissions.fn(2025), instant("2026-04-20T08:30"))
    with bureau.transaction() as session:
        assert {each.state for each in session.query(Submission)} == {"returned"}
        returned = session.query(OutboxRow).filter_by(kind="returned", unit_code="102").one()
        subject = f"回复：{returned.subject}"
        assert "写明“异议”和理由" in returned.text_body
    sent = [
        mail_with(("异议说明.docx", b"why"), ("对账单.jpg", b"scan"), subject=subject,
              text="我单位对退回提出异议，附件有佐证。\n\n> 请改正"),
        mail_with(("自评表.xlsx", form("101", "某县教育局", "另一局")), sender="u101@units.example", subject=subject,
              text="第二项不认可该判定，其余已改正"),
        mail_with(("自评表.xlsx", forms["101001"]), sender="u101001@units.example",
              text="审核有误，表中有此数，仍报原表"),
        mail_with(subject=subject, text="对同一退回再次提出异议"),
        mail_with(sender="u103@units.example", text="我们提出异议"),
        mail_with(subject=subject, text="没有异议，正在修改"),
    ]  # fmt: skip
    for mail in sent:
        account.append(mail.as_bytes(), instant("2026-04-20T09:00"))
    counts = poll()
    assert (counts["versions"], counts["duplicates"], counts["objections"]) == (1, 1, 1)
    assert kinds(bureau)[3:] == [
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
        row = cycles.cycle_of(session, 2025)
        board = waiting_board(session, row, instant("2026-04-20T10:00"), {}, unit_statuses(session, row.id))
    text = "\n".join(board[2])
    assert "等待答复的异议 2 件" in text and "某县水利局（应于" in text and "@" not in text
    answer_objection.fn(2025, "102", True, "核对无误", "钱股长", instant("2026-04-21T10:00"))
    with bureau.transaction() as session:
        assert session.query(Submission).filter_by(unit_code="102").one().state == "accepted"
        answered = (
            session.query(OutboxRow).filter_by(kind="objection_answered", unit_code="102").one().text_body
        )
    assert "财政局答复如下：异议成立，撤销退回" in answered and "恢复为审核通过，不需要修改" in answered
