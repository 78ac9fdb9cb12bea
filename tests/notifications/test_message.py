from __future__ import annotations

from datetime import datetime
from email import message_from_bytes, policy

import pytest

from notifications.message import Attachment, Email, Mailbox, checked_address, compose
from selfeval.workdays import SHANGHAI

AT = datetime(2026, 5, 8, 17, 30, tzinfo=SHANGHAI)
EMAIL = Email("receipt", "主题", "正文\n", "<p>正文</p>")
BUREAU = Mailbox("bureau@example.org", "某县财政局")
UNIT = Mailbox("unit@example.org")


def composed(**changes):
    parts = {"sender": BUREAU, "recipient": UNIT, "message_id": "<a.1@example.org>", "date": AT}
    return compose(EMAIL, **(parts | changes))


@pytest.mark.parametrize(
    "broken", ["甲\r\nBcc: all@example.org", "甲\n乙", "甲\r乙", "甲\0乙", "甲\u2028乙", "甲\x85乙", " "]
)
def test_line_breaks_and_control_characters_enter_no_header(broken):
    with pytest.raises(ValueError, match="邮件主题"):
        Email("receipt", broken, "", "")
    with pytest.raises(ValueError, match="姓名"):
        Mailbox("unit@example.org", broken)
    with pytest.raises(ValueError, match="附件名"):
        Attachment(broken, b"", "application/pdf")


def test_a_file_name_that_reads_backwards_is_refused():
    with pytest.raises(ValueError, match=r"U\+202E"):
        Attachment("自评表\u202exslx.exe", b"", "application/octet-stream")


@pytest.mark.parametrize(
    "name", ['张"三" <a@b.cn>, 李四', "办公室;Bcc: x", "😀单位", "x" * 300, "=?utf-8?q?x?="]
)
def test_a_strange_but_printable_name_stays_one_name_of_one_address(name):
    message = composed(recipient=Mailbox("unit@example.org", name))
    read = message_from_bytes(message.as_bytes(), policy=policy.default)
    assert read.keys() == message.keys()
    [address] = message["To"].addresses
    assert (address.addr_spec, address.display_name) == ("unit@example.org", name)
    assert [a.addr_spec for a in read["To"].addresses] == ["unit@example.org"]


@pytest.mark.parametrize(
    "address",
    [
        "",
        "unit",
        "unit@",
        "@example.org",
        "a b@example.org",
        "a@example.org\r\nRCPT TO:<b@example.org>",
        "a@example.org,b@example.org",
        "<a@example.org>",
        "a@-example.org",
        "a..b@example.org",
        "单位@example.org",
        "a@单位.中国",
        "a@example.org>",
        f"{'a' * 65}@example.org",
    ],
)
def test_an_address_that_is_none_is_refused_with_a_reason(address):
    with pytest.raises(ValueError, match="电子邮件地址不正确"):
        Mailbox(address)


@pytest.mark.parametrize("address", ["a@example.org", "cai.zheng-01_x@mail.gov.example.cn", "1@163.example"])
def test_usual_addresses_pass(address):
    assert checked_address(address) == address


@pytest.mark.parametrize("message_id", ["a@b", "<a>", "<a b@c>", "<a@b>\r\nBcc: x@y", ""])
def test_a_message_id_that_is_none_is_refused(message_id):
    with pytest.raises(ValueError, match="邮件编号"):
        composed(message_id=message_id)


def test_a_date_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="时区"):
        composed(date=datetime(2026, 5, 8))  # noqa: DTZ001


@pytest.mark.parametrize(
    "mime", ["pdf", "text/", "multipart/mixed", "text/html; charset=x", "text/x\r\nA: b"]
)
def test_an_attachment_type_that_is_none_is_refused(mime):
    with pytest.raises(ValueError, match="类型不正确"):
        Attachment("表.pdf", b"", mime)


def test_an_attachment_name_with_a_path_is_refused():
    with pytest.raises(ValueError, match="路径"):
        Attachment("../表.pdf", b"", "application/pdf")


def test_long_chinese_file_names_are_written_by_rfc_2231_and_read_back():
    name = "某县自然资源和规划局2025年度部门整体支出绩效自评材料（含附件一至附件五）最终定稿版.docx"
    message = composed(attachments=[Attachment(name, b"x", "application/octet-stream")])
    octets = message.as_bytes(policy=policy.SMTP)
    assert b"filename*0*=utf-8''" in octets
    assert octets.isascii()
    assert max(map(len, octets.split(b"\r\n"))) <= 998
    [part] = message_from_bytes(octets, policy=policy.default).iter_attachments()
    assert part.get_filename() == name


def test_a_machine_says_that_it_is_one():
    assert composed()["Auto-Submitted"] == "auto-generated"
