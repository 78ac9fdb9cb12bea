"""Report text: which paragraphs are the report, and what its sentences state."""

from __future__ import annotations

import re
from decimal import Decimal

import openpyxl
import pytest

from documents.reading import read_file
from selfeval.filing import Form, FormKind
from tests.documents import builders, layouts

REPORT = """
青禾县水利局
2023年度部门整体支出绩效自评报告
一、基本情况
（一）机构设置。本局内设五个科室，编制30人，实有28人。
二、预算执行情况
全年预算数1,200.50万元，全年执行数1,100.00万元，执行率91.63%。其中基本支出700万元。
三、评价结论
本局综合评价得分为93.16分，评定等级“优秀”。
1.预算执行率：10分，实得9.16分，主要是年初预算1,000.00万元，全年执行数1,100.00万元，预算执行率110.00%。
2.产出指标：50分，实得分48分。（1）数量指标：30分，实得30分；（2）成本指标：20分，实得18分，扣2分，主要是控制数为年初预算，实际支出1,100.00万元。
3.满意度指标：10分，实得10分。
四、其他需要说明的情况
无。
"""


def report(*parts: str) -> Form | None:
    filing = read_file("报告.docx", builders.word(*parts))
    return next((f for f in filing.forms if f.kind is FormKind.REPORT), None)


def test_sentences_stand_under_their_sections():
    form = report(REPORT)
    places = {s.text: str(s.at) for s in form.sentences}
    assert places["其中基本支出700万元。"] == "“二、预算执行情况”第2句"
    assert places["无。"] == "“四、其他需要说明的情况”第1句"
    # A heading that runs on into its text is the section of that text.
    assert places["本局内设五个科室，编制30人，实有28人。"] == "“（一）机构设置”第2句"
    assert (form.unit, form.year, form.title) == ("青禾县水利局", 2023, "2023年度部门整体支出绩效自评报告")


def test_scores_weights_rate_and_grade_are_read_from_sentences():
    form = report(REPORT)
    assert (form.reported_score.number, form.reported_grade.text) == (Decimal("93.16"), "优秀")
    line = form.total
    assert (line.weight.number, line.score.number) == (10, Decimal("9.16"))
    assert (line.initial_budget.number, line.executed.number) == (1000, 1100)
    assert (line.execution_rate.text, line.execution_rate.number) == ("110.00%", Decimal("1.1"))
    assert [(i.level1, i.level2, i.name, i.weight.number, i.score.number) for i in form.indicators] == [
        ("产出指标", "数量指标", "数量指标", 30, 30),
        ("产出指标", "成本指标", "成本指标", 20, 18),
        ("满意度指标", "", "满意度指标", 10, 10),
    ]
    cost = form.indicators[1]
    assert (cost.target.number, cost.actual.number) == (1000, 1100)


def test_an_amount_in_yuan_keeps_its_unit():
    form = report(
        """
        石桥县档案馆2022年度部门预算绩效自评报告
        一、预算执行情况
        本馆经费由县财政保障。全年预算数1200500.12元，全年执行数600250.06元，执行率50%。
        二、项目支出绩效自评情况
        1.档案整理项目
        全年预算数38700元，全年执行数38700元，执行率100%。已整理案卷若干。
        """
    )
    assert form.amount_unit == "元" and form.unit == "石桥县档案馆"
    # The statement of a project is not that of the whole budget.
    assert [f.adjusted_budget.number for f in form.funding] == [Decimal("1200500.12")]
    assert form.reported_score is None and form.indicators == ()


@pytest.mark.parametrize(
    ("sentence", "grade"),
    [
        ("本单位自评结果为优秀等级。", "优秀"),
        ("自评得分88分，评价等级为“良”。", "良"),
        ("绩效等次为：合格，下一步改进。", "合格"),
        ("评价等次分为优秀（S≥90）、良好（90>S≥80）两档。", None),
        ("年度考核等次为一般。", None),
        ("工作成效优良。", None),
    ],
)
def test_a_grade_is_told_from_a_list_of_grades(sentence, grade):
    form = report("2023年度绩效自评报告\n一、情况\n本局履职正常。工作完成。\n二、结论\n" + sentence)
    stated = form.reported_grade
    assert (stated.text if stated else None) == grade


def test_an_outline_to_be_filled_in_is_no_report():
    outline = """
    ××年度部门整体支出绩效自评报告
    （参考提纲）
    一、基本情况
    说明机构、人员。概述职能。
    二、预算执行情况
    说明收支。说明结余。
    """
    assert report(outline) is None
    form = report(REPORT, layouts.CENTRAL, outline)
    assert not any("说明收支" in s.text for s in form.sentences)


def test_lines_around_a_table_are_no_report():
    filing = read_file(
        "自评.docx",
        builders.word(
            "附件3\n项目支出绩效自评表", layouts.CENTRAL, "填表人：    联系电话：\n填报日期：2024年3月1日"
        ),
    )
    assert [f.kind for f in filing.forms] == [FormKind.PROJECT]
    assert [str(s.at) for s in filing.forms[0].footer] == ["表1下方 第1行", "表1下方 第2行"]


LIST = """
| 序号 | 单位 | 年初预算数 | 全年预算数 | 全年执行数 |
| 1 | 水利局 | 100 | 120 | 110 |
"""


def test_tables_within_a_report_do_not_cut_its_text_into_pieces():
    """A list over units is no form: the text before and behind it is one report, short sections included."""
    sections = re.split(r"\n(?=[二三四]、)", REPORT)
    parts = [part for section in sections for part in (section, LIST)]
    whole, form = report(REPORT), report(*parts)
    assert [s.text for s in form.sentences] == [s.text for s in whole.sentences]
    assert form.headings == whole.headings and form.reported_score.number == whole.reported_score.number


def test_a_form_still_stands_apart_from_the_text_around_it():
    filing = read_file("报告.docx", builders.word(REPORT, layouts.CENTRAL, "附注：以上金额单位为万元。"))
    (text,) = [form for form in filing.forms if form.kind is FormKind.REPORT]
    assert [form.kind for form in filing.forms] == [FormKind.PROJECT, FormKind.REPORT]
    assert not any("附注" in sentence.text for sentence in text.sentences)


SET_AS_A_TABLE = r"""
公开13表|<|<
一、部门基本情况|（一）部门概况|核定编制64人，年末实有在职59人，在职控制率92.19%。
^|（二）整体收支情况|总支出2,803.29万元，其中基本支出1,121.32万元，占40%，项目支出1,681.97万元，占60%。
二、综合评价结论|<|部门整体自评得分95.6分，等级为优。
三、其他需说明的情况|<|无
"""


@pytest.mark.parametrize("name", ["表.docx", "表.xlsx"])
def test_a_report_set_as_a_table_is_read_with_its_headings(name):
    build = builders.word if name.endswith("docx") else builders.excel
    (form,) = read_file(name, build(SET_AS_A_TABLE)).forms
    assert form.kind is FormKind.REPORT
    assert form.sentences[0].at.part == "（一）部门概况"
    assert (form.reported_score.number, form.reported_grade.text) == (Decimal("95.6"), "优")


@pytest.mark.parametrize(
    ("said", "score"),
    [
        ("自评总分98.35分，等级为优。", "98.35"),
        ("自评总分100分，实得96.5分，综合得分96.5分。", "96.5"),
        ("经逐项评分，各项指标得分合计98.6分，等级为优。", "98.6"),
        ("总分99.56分，其中预算执行9.70分，产出指标49.86分。", "99.56"),
        ("预算执行得9.7分，产出指标得49.86分，合计97.56分。", "97.56"),
        ("按照评分标准，本项目得分99.14分，等级为“优”。", "99.14"),
        ("经自评，本局2023年度部门整体支出绩效得分97.35分。", "97.35"),
    ],
)
def test_the_total_of_a_report_is_what_was_got_and_not_what_can_be_had(said, score):
    text = REPORT.replace("本局综合评价得分为93.16分，评定等级“优秀”。", said)
    assert report(text).reported_score.text == score


def test_the_budget_of_one_purpose_is_not_that_of_the_whole():
    said = "“三公”经费年初预算42.50万元，全年支出38.76万元。全年预算数1,200.50万元，全年执行数1,100.00万元。"
    text = re.sub(r"全年预算数1,200.50万元.*", said, REPORT)
    text = re.sub(r"1.预算执行率：.*", "", text)
    assert report(text).total.executed.text == "1,100.00"


def test_a_report_written_down_the_rows_of_a_sheet_is_read_like_one_in_word():
    lines = REPORT.strip().splitlines()
    sheet = openpyxl.Workbook()
    for line in lines:
        sheet.active.append([line])
    form = sheet.create_sheet("自评表")
    for row in builders.cells(layouts.CENTRAL):
        form.append([text if text not in ("<", "^") else None for text in row])
    read = read_file("报告.xlsx", builders.saved(sheet)).forms
    told = next(f for f in read if f.kind is FormKind.REPORT)
    in_word = report(REPORT)
    assert (told.title, told.unit, told.reported_score.text) == (in_word.title, "青禾县水利局", "93.16")
    assert [s.text for s in told.sentences] == [s.text for s in in_word.sentences]


def test_what_is_called_a_report_is_one_however_short():
    said = "一、预算执行\n全年预算数80万元，全年执行数72万元，执行率90%。\n二、结论\n自评得分96分。"
    assert report("某站2023年度项目支出绩效自评报告\n" + said).reported_score.text == "96"
    assert report(said) is None


def test_the_score_of_one_project_is_not_that_of_the_whole():
    said = REPORT.replace("本局综合", "渠道整治项目自评得分88.5分，本局综合")
    assert report(said).reported_score.text == "93.16"
    alone = report(said.replace("综合评价得分为93.16分", "评价良好"))
    assert alone.reported_score.text == "88.5"


def test_an_amount_behind_a_comma_is_executed():
    said = REPORT.replace("全年预算数1,200.50万元，全年执行数", "全年（调整）预算1,200.50万元，执行")
    said = said.replace("1.预算执行率：10分，实得9.16分，主要是", "1.")
    (line,) = report(said).funding
    assert (line.adjusted_budget.text, line.executed.text) == ("1,200.50", "1,100.00")


UNSCORED = re.sub("1.预算执行率：.*\n", "", REPORT)


def test_a_project_that_is_the_subject_of_its_sentence_has_its_own_money_and_score():
    project = "农村供水项目全年预算360万元，支出324万元，自评得分99分；河道项目全年预算80万元。"
    form = report(UNSCORED.replace("全年预算数", project + "全年预算数"))
    assert form.reported_score.text == "93.16"
    (line,) = form.funding
    assert (line.adjusted_budget.text, line.executed.text) == ("1,200.50", "1,100.00")


def test_the_budget_of_the_whole_and_its_spending_may_stand_in_two_sentences():
    said = "年初预算900万元，全年预算数1,200.50万元。2023年全年执行数1,100.00万元，执行率91.63%。"
    form = report(UNSCORED.replace("全年预算数1,200.50万元，全年执行数1,100.00万元，执行率91.63%。", said))
    (line,) = form.funding
    assert (line.adjusted_budget.text, line.executed.text) == ("1,200.50", "1,100.00")
    assert line.executed.at.row == 2


def test_the_score_of_the_whole_may_be_called_that_of_its_spending():
    said = UNSCORED.replace("本局综合评价得分为93.16分", "经自评，本单位2023年度整体支出绩效得分93.16分")
    assert report(said).reported_score.text == "93.16"


def test_a_text_that_is_called_a_self_evaluation_needs_no_numbered_headings():
    said = "全年预算500万元，支出475万元。\n全年养护公路62公里。\n部门整体支出自评得分98.5分。"
    assert report(f"东湖县交通局2023年部门预算绩效自评说明\n{said}").sentences[0].text.startswith("全年预算")
    assert report(f"东湖县交通局2023年工作安排\n{said}") is None
