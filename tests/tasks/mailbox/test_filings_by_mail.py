"""Filings by e-mail against a real IMAP server: taken in once, by the server's clock, under the right name."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime, timedelta

from db.models import Arrival, MailMessage, OutboxRow, Submission
from selfeval.workdays import SHANGHAI
from tasks.archive import Archive
from tasks.evaluate import judge_batch
from tasks.intake import collect
from tasks.settings import load_settings
from tests.tasks.mailbox.letters import (
    DONE,
    PERSON,
    POLL,
    WHEN,
    form,
    kinds,
    mail_with,
    needs_dovecot,
    poll,
    stored,
)

pytestmark = needs_dovecot


def test_a_filing_is_received_when_the_server_got_it_archived_whole_answered_once_and_moved(bureau, account):
    mail = mail_with(("自评表.xlsx", b"the form"), ("自评报告.docx", b"the report"))
    mail["Date"] = "Mon, 01 Jan 2024 00:00:00 +0800"
    raw = mail.as_bytes()
    account.append(raw, WHEN)
    assert poll() == {"versions": 1, "duplicates": 0, "unmatched": 0}
    assert poll() == {"versions": 0, "duplicates": 0, "unmatched": 0}
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
        mail = mail_with((f"{code}.docx", b"mailed " + code.encode()), sender=f"u{code}@units.example")
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
    account.append(mail_with(("a.docx", b"mailed")).as_bytes(), datetime.now(SHANGHAI))
    bureau.put("101/b.docx", b"moved here as a whole")
    an_hour = timedelta(hours=1)
    assert collect.fn(2025, None, settled=an_hour)["versions"] == 0
    assert len(account.mails()) == 1
    assert collect.fn(2025, None, settled=timedelta(0))["versions"] == 2


def test_mark_reference_and_sender_name_the_unit_and_a_contradiction_waits_for_a_person(bureau, account):
    marked = ("表.xlsx", form("101001", "某县第一中学"))
    cases = [
        (mail_with(marked, sender="private@qq.example"), ("filing", "101001")),
        (
            mail_with(("a.docx", b"a"), sender="x@qq.example", subject="回复：HZ-2025-102-01 修改"),
            ("filing", "102"),
        ),
        (mail_with(("b.docx", b"b"), sender="x@qq.example", subject="101001 自评材料"), ("filing", "101001")),
        # The department files for its unit.
        (
            mail_with(("c.docx", b"c"), sender="U101@units.example", subject="【101001】"),
            ("filing", "101001"),
        ),
        (mail_with(marked, sender="u102@units.example"), ("unmatched", None)),
        (mail_with(marked, sender="u101001@units.example", subject="102"), ("unmatched", None)),
        (mail_with(("e.docx", b"e"), sender="x@qq.example", subject="共102项"), ("unmatched", None)),
        (mail_with(("f.xlsx", form("777001", "别县中学"))), ("unmatched", None)),
        (mail_with(("某县档案馆.docx", b"h"), sender="x@qq.example"), ("unmatched", None)),
        (mail_with(("g.docx", b"g"), sender="u103@units.example"), ("not_owed", "103")),
    ]
    for mail, _ in cases:
        account.append(mail.as_bytes(), WHEN)
    poll(POLL)
    assert kinds(bureau) == [expected for _, expected in cases]
    assert len(account.mails(DONE)) == 4 and len(account.mails(PERSON)) == 6 and not account.mails()
    with bureau.transaction() as session:
        notes = " ".join(arrival.note for arrival in session.query(Arrival).filter_by(outcome="unmatched"))
    assert (
        "发件人却是 102 的联系人" in notes and "指向不同的单位（101001、102）" in notes and "777001" in notes
    )
    assert notes.endswith("；从名称看像是 103 某县档案馆 的") and notes.count("像是 103") == 1


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
    forwarded = mail_with(("自评表.docx", b"form"), sender="u102@units.example")
    outer = mail_with(
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
    assert poll(POLL)["versions"] == 1
    names = [name for name, _, _ in stored(bureau)]
    assert names[0] == "基础数据表.xlsx" and names[1].startswith("自评报告.docx")
    assert names[2:] == ["照片.rar", "自评表.docx", "winmail.dat"]
    assert {code for _, _, code in stored(bureau)} == {"102"}
    with bureau.transaction() as session:
        (waiting,) = [submission.id for submission in session.query(Submission)]
    judge_batch.fn([waiting], POLL)
    with bureau.transaction() as session:
        said = session.query(OutboxRow).filter_by(unit_code="102", kind="returned").one().text_body
    assert "“照片.rar”是 RAR 压缩包" in said and "“winmail.dat”是 Outlook 打包的附件" in said


def test_the_same_files_in_a_second_mail_are_duplicates_without_a_second_receipt(bureau, account):
    for _ in range(2):
        account.append(mail_with(("自评表.xlsx", b"the form")).as_bytes(), WHEN)
    assert poll(POLL) == {"versions": 1, "duplicates": 1, "unmatched": 0}
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
    assert poll(POLL)["versions"] == 1
    bureau.deliver("2026-04-20T08:01")
    receipt = bureau.mails()[-1]
    assert receipt["Bcc"] is None and receipt["To"].addresses[0].addr_spec == "u102@units.example"
    html = receipt.get_body(("html",)).get_content()
    assert "<i>" not in html and "&lt;i&gt; Bcc: x.xlsx" in html
    with bureau.transaction() as session:
        assert "\n" not in session.query(MailMessage).one().subject
        assert session.query(Arrival).one().name == "<i> Bcc: x.xlsx"


def test_units_are_told_the_address_of_the_mailbox(bureau, account):
    with bureau.transaction() as session:
        notice = session.query(OutboxRow).filter_by(unit_code="102", kind="notice").one()
    assert "或作为附件发到 selfeval@bureau.example，主题以“102”开头" in notice.text_body


def test_signature_pictures_are_left_out_and_closed_archives_are_filed_and_named(bureau, account):
    locked = io.BytesIO()
    with zipfile.ZipFile(locked, "w") as archive:
        archive.writestr("自评表.docx", b"secret")
    sealed = bytearray(locked.getvalue())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        sealed[sealed.index(mark) + offset] |= 1  # the flag of an encrypted member
    mail = mail_with(("材料.7z", b"7z\xbc\xaf\x27\x1c closed"), ("加密.zip", bytes(sealed)))
    mail.add_attachment(b"\x89PNG", maintype="image", subtype="png", disposition="inline", cid="<logo@x>")
    mail.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="盖章页.png")
    account.append(mail.as_bytes(), WHEN)
    assert poll(POLL)["versions"] == 1
    assert [name for name, _, _ in stored(bureau)] == ["材料.7z", "加密.zip", "盖章页.png"]
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
    assert poll(POLL)["versions"] == 1
    assert [kept for kept, _, _ in stored(bureau)] == [name] * 4
