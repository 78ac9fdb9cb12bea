"""The notice: everything a cycle says stands in it, and no value can break the document."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, datetime, time

import docx
from docx.shared import Mm, Pt

from documents.notice import Notice, notice_document
from selfeval.workdays import due_instant

NOTICE = Notice(
    bureau="甲县财政局",
    document_number="甲财绩〔2026〕3号",
    year=2025,
    issued_on=date(2026, 3, 2),
    addressee="各预算部门、单位",
    unit_due=due_instant(date(2026, 4, 10), time(17, 30)),
    department_due=due_instant(date(2026, 4, 20), time(18)),
    correction_due=datetime.fromisoformat("2026-05-15T17:05+08:00"),
    publication_due=due_instant(date(2026, 6, 30), time(17, 30)),
    attachments=("部门整体支出绩效自评表", "项目支出绩效自评表"),
    contact="绩效管理股，0000-0000000",
)


def document(notice: Notice = NOTICE):
    return docx.Document(io.BytesIO(notice_document(notice)))


def texts(notice: Notice = NOTICE) -> list[str]:
    return [paragraph.text for paragraph in document(notice).paragraphs if paragraph.text]


def test_head_title_addressee_and_signature_stand_in_their_order():
    lines = texts()
    assert lines[:5] == [
        "甲县财政局文件",
        "甲财绩〔2026〕3号",
        "甲县财政局",
        "关于开展2025年度预算绩效自评工作的通知",
        "各预算部门、单位：",
    ]
    assert lines[-2:] == ["甲县财政局", "2026年3月2日"]


def test_every_due_date_is_named_with_its_hour():
    body = "".join(texts())
    assert "各单位于2026年4月10日17时30分前" in body
    assert "各主管部门于2026年4月20日18时前" in body
    assert "应于2026年5月15日17时5分前" in body
    assert "于2026年6月30日前向社会公开" in body


def test_attachments_are_numbered_and_without_any_the_list_is_left_out():
    lines = texts()
    first = lines.index("附件：1．部门整体支出绩效自评表")
    assert lines[first + 1] == "2．项目支出绩效自评表"
    assert not any(line.startswith("附件") for line in texts(replace(NOTICE, attachments=())))


def test_the_contact_section_is_left_out_without_a_contact():
    assert "五、联系方式" in texts() and NOTICE.contact in texts()
    assert "五、联系方式" not in texts(replace(NOTICE, contact=""))


def test_no_value_can_break_the_document_or_run_as_a_template():
    hostile = "<甲>&乙 {{ bureau }} {% if %}\x0b\x00"
    lines = texts(
        replace(
            NOTICE,
            bureau=hostile,
            document_number=hostile,
            addressee=hostile,
            contact=hostile,
            attachments=(hostile,),
        )
    )
    seen = "<甲>&乙 {{ bureau }} {% if %}"
    assert lines[0] == f"{seen}文件"
    assert seen in lines and f"附件：1．{seen}" in lines


def test_nothing_of_the_template_language_is_left():
    assert not any(mark in "".join(texts()) for mark in ("{{", "{%", "}}", "%}"))


def test_page_and_line_spacing_follow_the_standard_for_official_documents():
    paper = document()
    section = paper.sections[0]
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(margin.mm) for margin in margins] == [37, 35, 28, 26]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    body = next(paragraph for paragraph in paper.paragraphs if paragraph.text.startswith("为全面"))
    assert body.paragraph_format.line_spacing == Pt(28.95)
    assert body.runs[0].font.size == Pt(16)
    assert section.page_width - section.left_margin - section.right_margin - Mm(156) < Mm(1)
