"""Judging: a clean filing passes, a faulty one comes back with every finding, a broken one stops nobody."""

from __future__ import annotations

import io
import os
from datetime import UTC, datetime

import docx

from db import judging, submissions
from db.models import Submission
from tasks.archive import Archive
from tasks.evaluate import judge_batch, pending_submissions
from tasks.intake import collect
from tasks.settings import load_settings
from tests.tasks.conftest import instant

CLEAN, FAULTY = "101001", "101003"


def _last_mail(bureau, subject: str):
    return (
        [mail for mail in bureau.mails() if subject in mail["Subject"]][-1].get_body(("plain",)).get_content()
    )


def test_a_clean_filing_of_report_and_tables_passes_with_its_score(bureau, county):
    bureau.file("first", CLEAN)
    assert bureau.round("2026-04-08T10:00") == {"accepted": 1, "returned": 0}
    with bureau.transaction() as session:
        submission = submissions.effective(session, 1)[CLEAN]
        assert {entry["file"].rsplit(".", 1)[1] for entry in submission.evaluation.document["files"]} == {
            "docx",
            "xlsx",
        }
        summary = submission.evaluation.summary
    assert summary["errors"] == 0 and summary["reported_score"] == summary["recomputed_score"]
    assert summary["reported_score"] in _last_mail(bureau, "审核通过")
    (statement,) = bureau.mails()[-1].iter_attachments()
    assert statement.get_filename() == f"{CLEAN} 清禾县麦田中学2025年度绩效自评扣分明细.docx"
    said = {
        cell.text for cell in docx.Document(io.BytesIO(statement.get_content())).tables[0].columns[0].cells
    }
    assert "年度资金总额执行率" in said and "附件《扣分明细》" in _last_mail(bureau, "审核通过")


def test_a_faulty_filing_comes_back_with_each_finding_and_its_correction_passes(bureau, county):
    bureau.file("first", FAULTY)
    assert bureau.round("2026-04-08T10:00") == {"accepted": 0, "returned": 1}
    with bureau.transaction() as session:
        document = submissions.effective(session, 1)[FAULTY].evaluation.document
    errors = [f for entry in document["files"] for f in entry["findings"] if f["severity"] == "error"]
    text = _last_mail(bureau, "退回修改")
    assert len(errors) == 2
    for finding in errors:
        assert finding["code"] in text and finding["where"] in text and finding["message"] in text
    assert "2026-05-15" in text or "5月15日" in text
    bureau.file("corrected", FAULTY)
    assert bureau.round("2026-05-12T10:00") == {"accepted": 1, "returned": 0}
    with bureau.transaction() as session:
        versions = session.query(Submission).order_by(Submission.version)
        assert [(s.version, s.state, s.effective) for s in versions] == [
            (1, "returned", False),
            (2, "accepted", True),
        ]


def test_the_mail_that_returns_a_filing_carries_the_unit_s_own_file_with_comments(bureau, county):
    bureau.file("first", FAULTY)
    bureau.put(f"{FAULTY}/自评表.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 torn off")
    bureau.round("2026-04-08T10:00")
    mail = [mail for mail in bureau.mails() if "退回修改" in mail["Subject"]][-1]
    [attachment] = mail.iter_attachments()
    assert attachment.get_filename().endswith("（批注）.docx")
    document = docx.Document(io.BytesIO(attachment.get_content()))
    text = mail.get_body(("plain",)).get_content()
    assert attachment.get_filename() in text and "“自评表.xls”不是 .docx 或 .xlsx 文件" in text
    said = "".join(comment.text for comment in document.comments)
    with bureau.transaction() as session:
        submission = submissions.effective(session, 1)[FAULTY]
        errors = [
            f
            for entry in submission.evaluation.document["files"]
            for f in entry["findings"]
            if f["severity"] == "error" and entry["readable"]
        ]
        originals = {file.name: file.sha256 for file in submission.files}
    assert errors and all(error["message"] in said for error in errors)
    for name, sha256 in originals.items():
        kept = Archive(load_settings().archive).get(sha256, 1 << 26)
        assert kept == (bureau.inbox / FAULTY / name).read_bytes()
    # The unit sends the commented file back as it is: the same findings at the same places.
    bureau.put(f"{FAULTY}/{attachment.get_filename()}", attachment.get_content())
    bureau.round("2026-04-09T10:00")
    with bureau.transaction() as session:
        again = submissions.effective(session, 1)[FAULTY].evaluation.document
    found = {
        (f["code"], f["where"], f["message"]) for e in again["files"] for f in e["findings"] if e["readable"]
    }
    assert {(f["code"], f["where"], f["message"]) for f in errors} <= found


def test_a_file_that_is_nothing_is_returned_with_the_reason_and_the_others_are_judged(bureau, county):
    bureau.file("first", CLEAN)
    broken = bureau.inbox / "203002" / "自评表.xlsx"
    broken.parent.mkdir(exist_ok=True)
    broken.write_bytes(b"PK\x03\x04 torn off here")
    past = datetime.now(UTC).timestamp() - 60
    os.utime(broken, (past, past))
    assert bureau.round("2026-04-08T10:00") == {"accepted": 1, "returned": 1}
    assert "自评表.xlsx" in _last_mail(bureau, "退回修改")


def test_a_scan_beside_the_forms_is_kept_as_evidence_and_returns_nothing(bureau, county):
    bureau.file("first", CLEAN)
    bureau.put(f"{CLEAN}/验收照片.pdf", b"%PDF-1.7 a scanned certificate")
    assert bureau.round("2026-04-08T10:00") == {"accepted": 1, "returned": 0}
    text = _last_mail(bureau, "审核通过")
    assert "验收照片.pdf" in text and "佐证材料" in text


def test_a_scan_alone_is_returned(bureau, county):
    bureau.put(f"{CLEAN}/自评表.pdf", b"%PDF-1.7 the form itself, scanned")
    assert bureau.round("2026-04-08T10:00") == {"accepted": 0, "returned": 1}
    assert "请报送 Word 或 Excel 原件" in _last_mail(bureau, "退回修改")


def test_a_file_that_killed_its_process_twice_is_set_aside_with_a_request_to_save_it_anew(bureau, county):
    bureau.file("first", CLEAN)
    collect.fn(2025, instant("2026-04-08T10:00"))
    waiting = pending_submissions.fn(2025)
    for _ in range(judging.MAX_ATTEMPTS):
        with bureau.transaction() as session:
            judging.begin_judging(session, waiting[0])
    assert judge_batch.fn(waiting, instant("2026-04-08T10:30")) == {"accepted": 0, "returned": 1}
    bureau.deliver("2026-04-08T10:31")
    assert "另存为" in _last_mail(bureau, "退回修改")


def test_judging_again_changes_nothing_and_sends_nothing(bureau, county):
    bureau.file("first", CLEAN)
    collect.fn(2025, instant("2026-04-08T10:00"))
    waiting = pending_submissions.fn(2025)
    assert judge_batch.fn(waiting, instant("2026-04-08T10:01"))["accepted"] == 1
    assert judge_batch.fn(waiting, instant("2026-04-08T10:02")) == {"accepted": 0, "returned": 0}
    bureau.deliver("2026-04-08T10:03")
    assert sum("审核通过" in mail["Subject"] for mail in bureau.mails()) == 1
