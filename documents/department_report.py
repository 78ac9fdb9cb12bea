"""The report of a department in Word: cover, cover table, text by the outline, attachments, annex."""

from __future__ import annotations

from documents.official import Official
from documents.paper_word import table_xml
from documents.report_cover import cover_table
from selfeval.department_report import ReportData, body
from selfeval.department_report.results import all_indicators
from selfeval.paper_blocks import BLANK_CELL, Text


def report_title(data: ReportData) -> str:
    """The title of the report without the name of the department."""
    return f"{data.year}年度部门整体支出绩效自评报告"


def department_report(data: ReportData) -> bytes:
    """The report as .docx bytes; what only a person can write is highlighted."""
    paper = Official(f"{data.name}{report_title(data)}", data.name)
    _cover_page(paper, data)
    paper.new_page()
    paper.title("部门整体支出绩效自评报告封面表", size=18)
    paper.element(table_xml(cover_table(data), paper.width))
    paper.new_page()
    paper.title(f"{data.name}\n{report_title(data)}")
    paper.blocks(body(data), signed=True)
    _end(paper, data)
    annex = all_indicators(data)
    if annex:
        paper.new_page()
        paper.title("附表　部门整体支出绩效指标完成情况", size=18)
        paper.grid(annex, size=9)
    return paper.content()


def _cover_page(paper: Official, data: ReportData) -> None:
    paper.title(f"{data.name}\n{report_title(data)}", before=2400)
    paper.line("", after=1600)
    for text in (
        f"部门（单位）名称（盖章）：{data.name}",
        f"预算编码：{data.code}",
        "评价方式：部门（单位）绩效自评",
        f"评价机构：{data.name}评价组",
        f"报告时间：{BLANK_CELL}年{BLANK_CELL}月",
    ):
        paper.line(text, after=160)


def _end(paper: Official, data: ReportData) -> None:
    paper.line("", keep=True)
    paper.line(f"{data.name}　　", "right", keep=True)
    paper.line(f"{BLANK_CELL}年{BLANK_CELL}月{BLANK_CELL}日　　", "right")
    names = data.policy.report.attachments
    if names:
        paper.line("")
        listed = [Text("附件："), *(Text(f"{number}．{name}") for number, name in enumerate(names, start=1))]
        for block in listed[:-1]:
            paper.blocks([block], signed=True)
        paper.blocks(listed[-1:])
