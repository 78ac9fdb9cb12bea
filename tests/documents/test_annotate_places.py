"""A comment stands at the very cell, line or heading that its finding speaks of."""

from __future__ import annotations

import io

import docx
import openpyxl
import pytest

from documents.annotate import annotate
from documents.reading import read_file
from selfeval.policy import load_policy
from selfeval.repairs import FileFindings, repairs
from selfeval.rules import judge
from tests.documents import builders
from tests.documents.test_annotate import word_comments

FORM = """
    项目支出绩效自评表 | < | < | < | < | < | < | <
    项目名称 | 疏浚 | < | < | 实施单位 | 水利站 | < | <
    一级指标 | 二级指标 | 三级指标 | 年度指标值 | 实际完成值 | 分值 | 得分 | 偏差原因分析及改进措施
    产出指标 | 数量指标 | 疏浚河道 | 5公里 | 5公里 | 30 | 28 |
    ^ | ^ | 清理淤泥 | 40吨 | 90吨 | 20 | 20 |
    ^ | 质量指标 | 验收 | 3次 | 60% | 20 | 20 |
    效益指标 | 社会效益指标 | 受益村庄 | 6个 |  | 20 | 20 |
    满意度指标 | 满意度指标 | 村民满意度 | ≥90% | 93% | 10 | |
    总分 | < | < | < | < | 100 | 98 |
"""
# Code of the rule → the cell that it is about, as row and column of the drawing.
CELLS = {"E01": (4, 7), "C03": (5, 5), "C04": (6, 5), "A09": (7, 5), "A08": (8, 7)}


def commented(name: str, data: bytes) -> bytes:
    filing = read_file(name, data)
    findings = judge(filing, load_policy("national-2020")).findings
    return annotate(name, data, repairs([FileFindings(name, findings)]))[1]


@pytest.mark.parametrize("code", CELLS)
def test_a_note_stands_at_the_cell_that_the_rule_judges(code):
    sheet = openpyxl.load_workbook(io.BytesIO(commented("表.xlsx", builders.excel(FORM))))["自评1"]
    marked = {
        (cell.row, cell.column)
        for row in sheet.iter_rows()
        for cell in row
        if cell.comment and f"（{code}）" in cell.comment.text
    }
    assert marked == {CELLS[code]}


@pytest.mark.parametrize("code", CELLS)
def test_a_comment_stands_at_the_cell_that_the_rule_judges(code):
    document = docx.Document(io.BytesIO(commented("表.docx", builders.word(FORM))))
    [comment] = [c for c in document.comments if f"（{code}）" in c.text]
    mark = f'commentReference w:id="{comment.comment_id}"'
    table = document.tables[0]
    assert [
        (row, column)
        for row in range(1, 10)
        for column in range(1, 9)
        if mark in table.cell(row - 1, column - 1)._tc.xml
    ] == [CELLS[code]]


def test_a_comment_on_a_signature_stands_at_its_own_line_below_the_table():
    below = "说明：金额保留两位小数。\n填表人：柳青　联系电话：88887777\n单位负责人签字：　　　填报日期：2024年3月1日"
    document = docx.Document(io.BytesIO(commented("表.docx", builders.word(FORM, below))))
    marked = [p.text for p in document.paragraphs if "commentReference" in p._p.xml]
    assert marked == [below.splitlines()[2]]
    [said] = [
        c.text for c in word_comments(commented("表.docx", builders.word(FORM, below))) if "A14" in c.text
    ]
    assert "单位负责人未签" in said


def test_a_comment_on_a_heading_stands_at_the_heading():
    text = (
        "2024年度部门整体支出绩效自评报告\n一、基本情况\n本单位有职工20人。\n二、绩效情况\n各项工作按期完成。\n"
        "三、存在的问题\n没有问题。\n4、下一步改进措施\n加强管理。\n五、评价结果应用\n已公开。\n"
    )
    document = docx.Document(io.BytesIO(commented("报告.docx", builders.word(text))))
    [comment] = [c for c in document.comments if "编号体例不同" in c.text]
    mark = f'commentReference w:id="{comment.comment_id}"'
    assert [p.text for p in document.paragraphs if mark in p._p.xml] == ["4、下一步改进措施"]


def test_a_comment_on_a_report_set_as_a_table_stands_at_its_sentence():
    table = """
        一、基本情况 | （一）人员 | 核定编制64人，年末实有在职59人，在职控制率95.19%。
        ^ | （二）收支 | 总支出2,800万元，其中基本支出1,120万元，占40%，项目支出1,680万元。
        二、结论 | < | 自评得分95.6分，等级为优。
    """
    document = docx.Document(io.BytesIO(commented("表.docx", builders.word(table))))
    marked = [p.text for p in document.tables[0].cell(0, 2).paragraphs if "commentReference" in p._p.xml]
    assert marked == ["核定编制64人，年末实有在职59人，在职控制率95.19%。"]
