"""Messages as mail programs really write them, down to what no standard allows."""

from __future__ import annotations

import base64
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfeval.letter import LetterKind, file_name, one_line, read_letter

_NAME = "自评表（修改稿）镕.xlsx"  # 镕 is not in GB2312: what carries that label is wider


def _with(disposition: bytes, content_type: bytes = b"application/octet-stream") -> bytes:
    return b"From: a@b.example\r\nContent-Type: " + content_type + b"\r\nContent-Disposition: " + disposition + (
        b"\r\n\r\nthe form\r\n"
    )  # fmt: skip


def _words(text: str, charset: str, codec: str) -> bytes:
    return f"=?{charset}?B?{base64.b64encode(text.encode(codec)).decode()}?=".encode()


@pytest.mark.parametrize(
    "raw",
    [
        _with(b'attachment; filename="' + _NAME.encode("gb18030") + b'"'),
        _with(b'attachment; filename="' + _NAME.encode() + b'"'),
        _with(b'attachment; filename="' + _words(_NAME, "gb2312", "gb18030") + b'"'),
        _with(b"attachment; filename=" + _words(_NAME[:4], "gbk", "gbk") + b"\r\n " + _words(_NAME[4:], "utf-8", "utf-8")),
        _with(b"attachment; filename*=GB2312''" + "".join(f"%{b:02X}" for b in _NAME.encode("gb18030")).encode()),
        _with(b"attachment; filename=stopgap.xlsx; filename*=UTF-8''" + "".join(f"%{b:02x}" for b in _NAME.encode()).encode()),
        _with(
            b"attachment;\r\n filename*0*=UTF-8''" + "".join(f"%{b:02x}" for b in _NAME[:5].encode()).encode()
            + b";\r\n filename*1*=" + "".join(f"%{b:02x}" for b in _NAME[5:].encode()).encode()
        ),
        _with(b"attachment", b'application/vnd.ms-excel; name="' + _words(_NAME, "GB18030", "gb18030") + b'"'),
    ],
)  # fmt: skip
def test_a_chinese_file_name_survives_every_way_of_writing_it(raw):
    assert [(enclosure.name, enclosure.data) for enclosure in read_letter(raw).enclosures] == [
        (_NAME, b"the form\r\n")
    ]


def test_words_of_a_subject_that_are_cut_inside_a_character_are_joined():
    data = "部门整体支出绩效自评".encode("gb18030")
    parts = [f"=?GB2312?B?{base64.b64encode(piece).decode()}?=" for piece in (data[:7], data[7:])]
    raw = ("From: a@b.example\r\nSubject: " + "\r\n ".join(parts) + "\r\n\r\n").encode()
    assert read_letter(raw).subject == "部门整体支出绩效自评"
    assert read_letter(b"Subject: " + data + b"\r\n\r\n").subject == "部门整体支出绩效自评"


def test_pictures_of_the_text_signatures_and_cards_are_no_enclosures():
    message = EmailMessage(policy=SMTP)
    message["From"] = "a@b.example"
    message.set_content("见附件")
    message.add_alternative('<img src="cid:logo@x">', subtype="html")
    message.add_attachment(b"png", maintype="image", subtype="png", cid="<logo@x>", filename="image001.png")
    message.add_attachment(b"png", maintype="image", subtype="png", disposition="inline", filename="2.png")
    message.add_attachment(b"sig", maintype="application", subtype="pkcs7-signature", filename="smime.p7s")
    message.add_attachment("BEGIN:VCARD", subtype="vcard", filename="me.vcf")
    message.add_attachment(b"scan", maintype="image", subtype="jpeg", filename="盖章页.jpg")
    assert [enclosure.name for enclosure in read_letter(message.as_bytes()).enclosures] == ["盖章页.jpg"]


def test_a_forwarded_mail_is_opened_even_when_it_is_coded_or_attached_as_a_file():
    inner = EmailMessage(policy=SMTP)
    inner["From"], inner["Subject"] = "Unit <U@units.example>", "自评材料"
    inner.set_content("见附件")
    inner.add_attachment(b"form", maintype="application", subtype="octet-stream", filename="自评表.docx")
    coded = base64.encodebytes(inner.as_bytes())
    head = b'From: office@bureau.example\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n'
    ways = (
        b"Content-Type: message/rfc822\r\n\r\n" + inner.as_bytes(),
        b"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n" + coded,
        b'Content-Type: application/octet-stream; name="fw.eml"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
        + coded,
    )
    for way in ways:
        letter = read_letter(head + way + b"\r\n--b--\r\n")
        assert [enclosure.name for enclosure in letter.enclosures] == ["自评表.docx"]
        assert letter.senders == ("office@bureau.example", "u@units.example")


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("From: PostMaster@qq.example", LetterKind.BOUNCE),
        ("Content-Type: multipart/report; report-type=delivery-status; boundary=b", LetterKind.BOUNCE),
        ("Content-Type: multipart/report; report-type=disposition-notification; boundary=b", LetterKind.AUTO),
        ("Auto-Submitted: auto-generated", LetterKind.AUTO),
        ("Auto-Submitted: no", LetterKind.PERSONAL),
        ("Return-Path: <>", LetterKind.AUTO),
        ("Precedence: bulk", LetterKind.AUTO),
        ("Subject: Automatic reply: 自评", LetterKind.AUTO),
        ("Subject: 关于自动回复的说明", LetterKind.PERSONAL),
    ],
)
def test_what_programs_wrote_is_told_from_what_people_wrote(header, kind):
    assert read_letter(f"{header}\r\n\r\n".encode()).kind is kind


def test_names_and_lines_of_strangers_lose_paths_controls_and_reordering_and_keep_their_ending():
    assert file_name("..\\..\\C:\\a\u202excod.exe\r\nBcc: x") == "axcod.exe Bcc: x"
    assert file_name("../") == ""
    long = file_name("长" * 500 + ".docx")
    assert long.endswith("长.docx") and len(long) == 200
    assert one_line("a\x00b\nc\u2028d", 10) == "ab c d"


@given(
    st.binary(max_size=400),
    st.sampled_from([b"", b"Content-Type: ", b"Content-Disposition: attachment; filename*"]),
)
def test_no_bytes_at_all_raise(noise, start):
    letter = read_letter(b"Subject: " + noise[:20] + b"\r\n" + start + noise + b"\r\n\r\n" + noise)
    assert "\n" not in letter.subject
