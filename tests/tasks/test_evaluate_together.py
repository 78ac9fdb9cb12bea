"""Report and forms in two files: what they contradict each other in comes back once, marked in both files."""

from __future__ import annotations

import io

import docx
import openpyxl

from db import submissions
from tests.documents.builders import saved

UNIT = "101001"


def test_a_report_that_contradicts_the_forms_of_another_file_is_returned_with_both_places(bureau, county):
    bureau.file("first", UNIT)
    [report] = (bureau.inbox / UNIT).glob("*.docx")
    document = docx.Document(io.BytesIO(report.read_bytes()))
    [paragraph] = [p for p in document.paragraphs if "末实际在职" in p.text]
    paragraph.text = paragraph.text.replace("在职151人", "在职150人").replace("96.79%", "96.15%")
    bureau.put(f"{UNIT}/{report.name}", saved(document))

    assert bureau.round("2026-04-08T10:00") == {"accepted": 0, "returned": 1}
    with bureau.transaction() as session:
        entries = submissions.effective(session, 1)[UNIT].evaluation.document["files"]
    errors = [(entry["file"], f) for entry in entries for f in entry["findings"] if f["severity"] == "error"]
    [(file, found)] = [(file, f) for file, f in errors if f["code"] == "X20"]
    assert file == report.name
    assert f"文件“{report.name}”的“（一）机构人员情况”第1句" in found["where"]
    assert "自评表.xlsx”的工作表“附件1 基础数据表” E4" in found["where"]
    assert "150人" in found["message"] and "151" in found["message"]

    mail = [mail for mail in bureau.mails() if "退回修改" in mail["Subject"]][-1]
    assert mail.get_body(("plain",)).get_content().count(found["message"]) == 1
    word, excel = sorted(mail.iter_attachments(), key=lambda part: part.get_filename()[-4:])
    [comment] = [
        c for c in docx.Document(io.BytesIO(word.get_content())).comments if found["message"] in c.text
    ]
    book = openpyxl.load_workbook(io.BytesIO(excel.get_content()))
    noted = [
        (sheet.title, cell.value, cell.comment.text)
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.comment
    ]
    assert [value for _, value, said in noted if found["message"] in said] == [151]
    # One number for both, the same as in the mail.
    name = comment.text.splitlines()[0]
    assert name.startswith("错误") and all(name in said for _, _, said in noted if found["message"] in said)
    assert found["message"] in "".join(
        str(cell.value) for row in book.worksheets[0].iter_rows() for cell in row
    )
