"""Intake: archived before reading, matched by folder or mark, late by the clock of receipt, nothing lost."""

from __future__ import annotations

import hashlib
import os
import zipfile
from datetime import UTC, datetime, timedelta

from db import submissions
from db.models import Arrival, Submission
from documents.blanks import BlankFor, blank_workbook
from selfeval.policy import load_policy
from tasks.archive import Archive
from tasks.intake import collect
from tasks.settings import load_settings
from tests.tasks.conftest import unit

UNITS = (
    unit("101", "某县教育局"),
    unit("101001", "某县第一中学", "101"),
    unit("102", "某县档案馆", status="exempt", remark="当年新设"),
)
ON_TIME = "2026-04-09T10:00"


def _outcomes(bureau) -> dict[str, str]:
    with bureau.transaction() as session:
        return {arrival.name: arrival.outcome for arrival in session.query(Arrival)}


def test_a_file_is_archived_unchanged_and_answered_with_hash_number_and_time(bureau):
    bureau.open(*UNITS)
    bureau.issue()
    data = b"whatever a unit sends"
    bureau.put("101001 某县第一中学/自评表.xlsx", data)
    assert bureau.collect(ON_TIME) == {"versions": 1, "duplicates": 0, "unmatched": 0}
    digest = hashlib.sha256(data).hexdigest()
    assert Archive(load_settings().archive).get(digest, 100) == data
    bureau.deliver("2026-04-09T10:01")
    receipt = bureau.mails()[-1]
    text = receipt.get_body(("plain",)).get_content()
    assert "已收到" in receipt["Subject"]
    assert digest in text and "HZ-2025-101001-01" in text and "2026-04-09 10:00:00（北京时间）" in text
    assert (bureau.inbox / "101001 某县第一中学/自评表.xlsx").read_bytes() == data


def test_collecting_twice_takes_a_file_in_once_and_a_changed_file_is_a_new_version(bureau):
    bureau.open(*UNITS)
    bureau.issue()
    bureau.put("101/a.docx", b"one")
    bureau.collect(ON_TIME)
    assert bureau.collect(ON_TIME) == {"versions": 0, "duplicates": 0, "unmatched": 0}
    bureau.put("101/a.docx", b"two, corrected", age=timedelta(minutes=30))
    assert bureau.collect(ON_TIME)["versions"] == 1
    bureau.put("101/another name.docx", b"one")
    assert bureau.collect(ON_TIME) == {"versions": 0, "duplicates": 1, "unmatched": 0}
    with bureau.transaction() as session:
        assert [(s.version, s.effective) for s in session.query(Submission)] == [(1, False), (2, True)]


def test_a_file_at_the_top_is_matched_by_its_mark_and_a_file_of_nobody_waits_for_a_person(bureau):
    bureau.open(*UNITS)
    bureau.issue()
    blank = BlankFor("某县第一中学", "101001", 2025, "某县教育局", "某县财政局")
    bureau.put("renamed by the unit.xlsx", blank_workbook(blank, load_policy("national-2020").weights))
    stranger = BlankFor("别县中学", "777001", 2025, "别县教育局", "别县财政局")
    bureau.put("other county.xlsx", blank_workbook(stranger, load_policy("national-2020").weights))
    bureau.put("食堂菜单.xlsx", b"no workbook at all")
    bureau.put("第一中学.doc", b"no document at all")
    bureau.put("未知文件夹/材料.docx", b"nobody's")
    assert bureau.collect(ON_TIME) == {"versions": 1, "duplicates": 0, "unmatched": 4}
    with bureau.transaction() as session:
        notes = {a.name: a.note for a in submissions.unmatched(session, 1)}
        assert session.query(Submission).one().unit_code == "101001"
        kept = [a.sha256 for a in session.query(Arrival)]
    assert "777001" in notes["other county.xlsx"]
    assert "未知文件夹" in notes["材料.docx"] and "标识" in notes["食堂菜单.xlsx"]
    assert [name for name, note in notes.items() if "像是" in note] == ["第一中学.doc"]
    assert notes["第一中学.doc"].endswith("；从名称看像是 101001 某县第一中学 的")
    for digest in kept:
        assert Archive(load_settings().archive).get(digest, 1)


def test_a_file_of_an_exempt_unit_is_kept_and_listed_with_the_reason(bureau):
    bureau.open(*UNITS)
    bureau.issue()
    bureau.put("102/自评表.xlsx", b"not owed")
    bureau.collect(ON_TIME)
    assert _outcomes(bureau) == {"自评表.xlsx": "not_owed"}
    with bureau.transaction() as session:
        assert "当年新设" in submissions.unmatched(session, 1)[0].note


def test_half_written_files_and_leftovers_of_office_programs_wait_or_are_passed_over(bureau):
    bureau.open(*UNITS)
    bureau.issue()
    growing = bureau.put("101/big.xlsx", b"first half", age=timedelta(seconds=0))
    for name in ("~$表.docx", ".DS_Store", "Thumbs.db", "表.xlsx.part"):
        bureau.put(f"101/{name}", b"leftover")
    assert bureau.collect(ON_TIME)["versions"] == 0
    past = datetime.now(UTC).timestamp() - 60
    os.utime(growing, (past, past))
    assert bureau.collect(ON_TIME)["versions"] == 1
    assert list(_outcomes(bureau)) == ["big.xlsx"]


def test_a_folder_into_which_files_are_being_copied_is_taken_when_all_are_there(bureau):
    bureau.open(*UNITS)
    bureau.issue()
    bureau.put("101/表.xlsx", b"there")
    growing = bureau.put("101/报告.docx", b"half of", age=timedelta(seconds=0))
    bureau.put("101001/表.xlsx", b"another unit's")
    assert bureau.collect(ON_TIME)["versions"] == 1
    past = datetime.now(UTC).timestamp() - 60
    os.utime(growing, (past, past))
    assert bureau.collect(ON_TIME)["versions"] == 1
    with bureau.transaction() as session:
        filed = {s.unit_code: {file.name for file in s.files} for s in session.query(Submission)}
    assert filed == {"101": {"表.xlsx", "报告.docx"}, "101001": {"表.xlsx"}}


def test_late_means_late_by_the_clock_of_receipt(bureau):
    bureau.open(*UNITS)
    bureau.issue()
    bureau.put("101/a.docx", b"one")
    bureau.collect("2026-04-10T17:30")
    bureau.put("101001/b.docx", b"two")
    bureau.collect("2026-04-13T09:00")
    with bureau.transaction() as session:
        late = {s.unit_code: s.late_days for s in session.query(Submission)}
    assert late == {"101": 0, "101001": 1}


def test_without_a_rehearsal_the_time_of_receipt_is_when_this_machine_got_the_file(bureau):
    bureau.open(*UNITS)
    bureau.issue()
    before = datetime.now(UTC) - timedelta(seconds=2)
    bureau.put("101/a.docx", b"set back by the copying program", age=timedelta(days=400))
    collect.fn(2025, None, settled=timedelta(0))
    with bureau.transaction() as session:
        received = session.query(Submission).one().received_at
    assert before <= received <= datetime.now(UTC)


def test_a_file_of_many_megabytes_is_kept_whole(bureau):
    bureau.open(*UNITS)
    bureau.issue()
    data = os.urandom(1 << 20) * 51
    path = bureau.put("101/huge.xlsx", data)
    bomb = bureau.inbox / "101" / "bomb.docx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"\0" * (30 << 20))
    past = datetime.now(UTC).timestamp() - 60
    os.utime(bomb, (past, past))
    assert bureau.collect(ON_TIME)["versions"] == 1
    with bureau.transaction() as session:
        sizes = {a.name: a.size for a in session.query(Arrival)}
    assert sizes == {"huge.xlsx": path.stat().st_size, "bomb.docx": bomb.stat().st_size}
