"""Every kind of bad file in one wave: each unit hears what is wrong with its own, the sound ones pass, all are kept."""

from __future__ import annotations

import io
import os
import zipfile

import openpyxl

from apps.demo import EXAMPLES
from db import submissions
from db.models import Arrival
from documents.blanks import BlankFor, blank_workbook
from selfeval.policy import load_policy
from tasks.archive import Archive
from tasks.settings import load_settings
from tests.documents.builders import repacked
from tests.documents.test_bad_input import compound_file

SOUND = "101001"
WHEN = "2026-04-08T10:00"


def _bomb() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr("word/document.xml", b" " * (450 << 20))
    return buffer.getvalue()


def _empty_sheet() -> bytes:
    buffer = io.BytesIO()
    openpyxl.Workbook().save(buffer)
    return buffer.getvalue()


def _example(code: str, ending: str) -> bytes:
    folder = EXAMPLES / "filings" / "first" / code
    return next(path.read_bytes() for path in folder.iterdir() if path.suffix == ending)


def _with_text_for_a_number(data: bytes) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(data))
    for sheet in book:
        total = next((c for row in sheet.iter_rows() for c in row if c.value == "年度资金总额"), None)
        if total:
            amount = next(c for c in sheet[total.row] if isinstance(c.value, int | float))
            amount.value = "约两千五百"
            break
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_each_bad_file_is_answered_in_words_and_the_others_go_on(bureau, county):
    other_unit = BlankFor("清禾县另一单位", "101002", 2025, "清禾县教育局", "清禾县财政局")
    wrong_year = BlankFor("清禾县职业技术学校", "101004", 2019, "清禾县教育局", "清禾县财政局")
    weights = load_policy("national-2020").weights
    example = _example("203002", ".xlsx")
    cases = {
        "101": ("网页.docx", b"<html><table><tr><td>1</td></tr></table></html>", "网页"),
        "101003": ("加密.docx", compound_file("EncryptedPackage"), "密码"),
        "203": ("损坏.xlsx", example[: len(example) // 2], "损坏"),
        "203001": ("空表.xlsx", _empty_sheet(), "全是空白"),
        "203003": ("炸弹.docx", _bomb(), "压缩炸弹"),
        "203004": ("很大.xlsx", os.urandom(1 << 20) * 51, "50 MB"),
        "203005": ("文字.xlsx", _with_text_for_a_number(example), "约两千五百"),
        "101002": ("空白.xlsx", blank_workbook(other_unit, weights), "空白"),
        "101004": ("旧年.xlsx", blank_workbook(wrong_year, weights), ""),
    }
    for code, (name, data, _) in cases.items():
        bureau.put(f"{code}/{name}", data)
    macros = repacked(example, {"xl/vbaProject.bin": b"\0"})
    bureau.put("203002/宏.xlsm", macros)
    bureau.file("first", SOUND)
    counts = bureau.round(WHEN)
    assert counts["accepted"] + counts["returned"] == len(cases) + 2
    with bureau.transaction() as session:
        states = {code: s.state for code, s in submissions.effective(session, 1).items()}
        documents = {code: s.evaluation.document for code, s in submissions.effective(session, 1).items()}
        kept = {a.name: a.sha256 for a in session.query(Arrival)}
    assert states[SOUND] == "accepted"
    for code, (name, data, word) in cases.items():
        messages = [f["message"] for entry in documents[code]["files"] for f in entry["findings"]]
        assert states[code] == "returned", (code, messages)
        assert any(word in message for message in messages), (code, messages)
        assert Archive(load_settings().archive).get(kept[name], len(data)) == data
        assert [entry["sha256"] for entry in documents[code]["files"]] == [kept[name]]
    assert any("宏" in f["message"] for entry in documents["203002"]["files"] for f in entry["findings"])
    returned = [m for m in bureau.mails() if "退回修改" in m["Subject"]]
    bodies = "\n".join(m.get_body(("plain",)).get_content() for m in returned)
    assert all(name in bodies for name, _, _ in cases.values())
