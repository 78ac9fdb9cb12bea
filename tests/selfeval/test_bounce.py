"""Returned mail as servers and Chinese mailboxes write it: who was not reached, and is the address to blame."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP

import pytest

from selfeval.bounce import Severity, judged, read_bounce, refused

OURS = "<0123456789abcdef0123456789abcdef01234567@selfeval.local>"


def _report(
    *, action="failed", status="5.1.1", extra="", original=f"Message-ID: {OURS}\r\nSubject: x\r\n"
) -> bytes:
    return (
        "From: MAILER-DAEMON@mx.example\r\nSubject: Undelivered Mail Returned to Sender\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nI'm sorry, write to postmaster@mx.example.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.example\r\n\r\n"
        f"{extra}Final-Recipient: rfc822; Clerk@units.example\r\nAction: {action}\r\nStatus: {status}\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 <Clerk@units.example>:\r\n    Recipient address rejected: User unknown\r\n"
        f"\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\n{original}\r\n--b--\r\n"
    ).encode()


def _letter(sender: str, subject: str, text: str, html: bool = False, charset: str = "utf-8") -> bytes:
    message = EmailMessage(policy=SMTP)
    message["From"], message["Subject"] = sender, subject
    message.set_content(text, subtype="html" if html else "plain", charset=charset)
    return message.as_bytes()


def test_a_report_names_recipient_status_reason_and_the_mail_that_came_back():
    bounce = read_bounce(_report())
    (failure,) = bounce.failures
    assert failure.address == "clerk@units.example" and failure.status == "5.1.1"
    assert "User unknown" in failure.reason and failure.severity is Severity.BAD
    assert OURS in bounce.references


def test_the_address_that_was_written_to_counts_and_not_the_one_it_was_forwarded_to():
    report = _report(extra="Original-Recipient: rfc822;office@units.example\r\n")
    assert [failure.address for failure in read_bounce(report).failures] == ["office@units.example"]


@pytest.mark.parametrize(("action", "failures"), [("delayed", 1), ("delivered", 0), ("relayed", 0)])
def test_a_delay_is_noted_and_a_success_is_no_failure(action, failures):
    found = read_bounce(_report(action=action)).failures
    assert len(found) == failures and all(failure.severity is Severity.NOTED for failure in found)


@pytest.mark.parametrize(
    ("sender", "subject", "text", "html", "charset", "severity"),
    [
        ("PostMaster@qq.com", "来自qq.com的退信",
         "很抱歉您的邮件被退回到您的邮箱！\n收件人邮件地址（clerk@units.example）不存在，邮件无法送达。", False, "gb18030", "bad"),
        ("postmaster@163.com", "系统退信",
         "<p>您的邮件无法投递到：<b>clerk@units.example</b></p><p>退信原因：SMTP error, RCPT TO: 550 User not found</p>",
         True, "gb18030", "bad"),
        ("postmaster@163.com", "系统退信",
         "无法投递到 clerk@units.example ，退信原因：收件人邮箱已满，请稍后再发", False, "utf-8", "noted"),
        ("postmaster@corp.example", "未送达: 自评通知",
         "以下收件人: clerk@units.example\n#550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found ##",
         False, "utf-8", "bad"),
        ("mailer-daemon@corp.example", "failure notice",
         "Hi. This is the qmail-send program.\n<clerk@units.example>:\n192.0.2.7 does not like recipient.\n"
         "Remote host said: 452 4.2.2 over quota", False, "utf-8", "noted"),
    ],
)  # fmt: skip
def test_letters_without_a_report_name_the_address_and_the_reason(
    sender, subject, text, html, charset, severity
):
    bounce = read_bounce(_letter(sender, subject, text, html, charset))
    found = {failure.address: failure.severity for failure in bounce.failures}
    assert found["clerk@units.example"] == severity


def test_the_message_id_is_found_in_a_quotation_too():
    text = f"clerk@units.example 不存在\n\n----- 原始邮件 -----\nMessage-ID: {OURS}\n"
    assert OURS in read_bounce(_letter("postmaster@qq.com", "退信", text)).references


@pytest.mark.parametrize(
    ("status", "reason", "severity"),
    [
        ("5.1.1", "", "bad"), ("5.2.1", "", "bad"), ("5.4.4", "", "bad"), ("4.2.2", "", "noted"),
        ("5.2.2", "mailbox full", "noted"), ("5.7.1", "spam", "noted"), ("5.3.4", "too big", "noted"),
        ("", "550 no", "bad"), ("", "554 rejected", "noted"), ("", "552 quota exceeded", "noted"),
        ("", "something", "noted"), ("5.0.0", "553 sorry, no mailbox", "bad"),
    ],
)  # fmt: skip
def test_only_what_blames_the_address_marks_it_bad(status, reason, severity):
    assert judged(status, reason) == severity


def test_a_refusal_while_sending_is_the_same_kind_of_failure():
    failure = refused("Clerk@units.example", "550 5.1.1 User unknown")
    assert (failure.address, failure.status, failure.severity) == ("clerk@units.example", "5.1.1", "bad")
    assert refused("a@b.example", "550 from 5.1.1.3 blocked: quota").status == ""
