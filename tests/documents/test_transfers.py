"""What forms of transfer payments say beside their tables: hints left standing, problems told, a score in the head."""

from __future__ import annotations

from decimal import Decimal

import pytest

from documents.reading import read_file
from selfeval.findings import Severity
from selfeval.policy import load_policy
from selfeval.rules import judge
from tests.documents import builders, layouts_transfers
from tests.documents.drawn import BOTH, one
from tests.documents.tagged import drawing

NUMBERED = drawing(layouts_transfers.NUMBERED_COLUMNS)
TIERS = drawing(layouts_transfers.TIERS_OF_GOVERNMENT)
STANDARD = drawing(layouts_transfers.STANDARD_POINTS)
REMARKS = drawing(layouts_transfers.SCORES_WITH_REMARKS)
HINT = "请在此处简要说明审计和财政监督中发现的问题及其所涉及的金额，如没有请填无。"


def found(drawn: str, code: str) -> list[str]:
    filing = read_file("自评.docx", builders.word(drawn))
    judged = judge(filing, load_policy("national-2020")).findings
    return [finding.message for finding in judged if finding.code == code]


@BOTH
def test_a_row_that_numbers_the_columns_is_no_fund(ending):
    assert one(NUMBERED, ending).funding[0].label == "年度资金总额"


@BOTH
def test_what_is_told_of_problems_beside_the_funds_is_a_reason_of_the_form(ending):
    said = [(entry.label, entry.cell.text) for entry in one(NUMBERED, ending).reasons]
    assert said == [("存在问题", "第三批资金次年2月下达，支付滞后")]


def test_a_low_rate_with_its_problem_told_needs_no_other_reason():
    assert found(NUMBERED, "B10") == []
    assert len(found(NUMBERED.replace("第三批资金次年2月下达，支付滞后", ""), "B10")) == 1


@BOTH
def test_a_year_alone_in_brackets_is_that_of_the_form(ending):
    assert (one(TIERS, ending).year, one(STANDARD, ending).year) == (2022, 2022)


@pytest.mark.parametrize(
    ("said", "hints"),
    [
        (HINT, 1),
        (HINT + "无", 0),
        ("结合自评情况，说明项目实施取得的成效。（200字以内）", 1),
        ("结合自评情况，项目已完成。", 0),
        ("请在此处", 0),
    ],
)
def test_a_hint_of_the_form_that_nobody_replaced_is_said(said, hints):
    messages = found(TIERS.replace("说明|无", f"说明|{said}"), "A05")
    assert len(messages) == hints
    assert all("“说明”栏还是填表提示“" in message for message in messages)


def test_a_hint_among_the_goals_is_said():
    hint = "对照年度目标，说明相关任务的完成情况（100字以内）"
    (message,) = found(TIERS.replace("城镇新增就业1934人。", hint), "A05")
    assert "年度总体目标" in message


@BOTH
def test_a_score_in_the_head_is_read_beside_the_total(ending):
    form = one(STANDARD, ending)
    assert (form.head_score.text, form.reported_score.text) == ("98.5", "98.5")


def test_a_score_in_the_head_that_is_not_the_total_is_an_error():
    assert found(STANDARD, "D10") == []
    assert found(STANDARD.replace("自评得分|<|98.5", "自评得分|<|99"), "D10") == [
        "填报自评得分 99，总分栏为 98.5"
    ]


def test_standards_that_the_form_sets_itself_need_no_target():
    assert found(STANDARD, "C11") == []
    assert len(found(STANDARD.replace("≥1450人", "—"), "C11")) == 1


@BOTH
def test_a_total_said_in_the_first_row_is_the_score(ending):
    assert one(REMARKS, ending).reported_score.text == "99.2分"


@BOTH
def test_a_remark_in_brackets_behind_a_score_is_its_reason(ending):
    row = one(REMARKS, ending).indicators[0]
    assert (row.score.text, row.score.number) == ("19.2", Decimal("19.2"))
    assert row.deviation_note.text == "两所学校撤并，配送点减少"
    assert found(REMARKS, "E01") == []


ROUNDS = r"""
项目支出绩效自评表|<|<|<|<|<|<
（2023年度）|<|<|<|<|<|<
项目名称|站点改造|<|<|<|<|<
项目资金（万元）||年初预算数|全年预算数|全年执行数|执行率|得分
^|年度资金总额|264|410|395|96.34%|
^|其中：当年财政拨款|264|264|249|94.32%|
^|上年结转资金||146|146|100%|
一级指标|二级指标|三级指标|年度指标值|实际完成值|分值|得分
产出指标|数量指标|改造站点|≥30个|30个|50|50
效益指标|社会效益指标|日均客流|≥9000人次|9100人次|30|30
满意度指标|满意度指标|乘客满意度|≥90%|93%|10|10
总分|||||100|90
"""


def test_money_of_last_year_is_no_adjustment_of_the_budget():
    assert found(ROUNDS, "B08") == []
    adjusted = ROUNDS.replace("|264|410|395|96.34%", "|264|500|395|79.00%").replace(
        "|264|264|249", "|264|354|249"
    )
    assert len(found(adjusted, "B08")) == 1


def test_a_total_written_as_zero_over_filled_parts_is_said_once():
    zero = ROUNDS.replace("年度资金总额|264|410|395|96.34%|", "年度资金总额|0|0|0|0|0")
    filing = read_file("自评.docx", builders.word(zero))
    said = {f.code for f in judge(filing, load_policy("national-2020")).findings if f.code.startswith("B")}
    assert said == {"B07"}


@BOTH
@pytest.mark.parametrize(
    ("cell", "grade"), [("（自评等级）优", "优"), ("自评等级：良", "良"), ("（自评等级）", None)]
)
def test_a_grade_with_its_label_in_brackets_is_read(ending, cell, grade):
    drawn = ROUNDS.replace("总分|||||100|90", f"总分||{cell}|||100|90")
    read = one(drawn, ending).reported_grade
    assert (read.text if read else None) == grade


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("指标1改造站点", "改造站点"),
        ("指标2：改造站点", "改造站点"),
        ("指标3项目开工率", "项目开工率"),
        ("指标3级以上站点", "指标3级以上站点"),
        ("指标一致率", "指标一致率"),
    ],
)
def test_the_number_of_a_row_is_no_part_of_its_name(said, name):
    assert one(ROUNDS.replace("|改造站点|", f"|{said}|"), "docx").indicators[0].name == name


def test_errors_are_errors():
    filing = read_file("自评.docx", builders.word(STANDARD.replace("自评得分|<|98.5", "自评得分|<|99")))
    (finding,) = [f for f in judge(filing, load_policy("national-2020")).findings if f.code == "D10"]
    assert finding.severity is Severity.ERROR
