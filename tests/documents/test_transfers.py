"""What forms of transfer payments say beside their tables: hints left standing, problems told, a score in the head."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from documents.reading import read_file
from selfeval.filing import FundingRole
from selfeval.findings import Severity
from selfeval.policy import load_policy
from selfeval.rules import judge
from tests.documents import builders, layouts_transfers, tagged
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


TWO_PARTS = r"""
河口市财政预算支出项目绩效目标自评表|<|<|<|<|<|<|<
填报日期：2023年3月10日|<|<|<|自评总分：96|<|<|<
项目名称|村道养护@P|<|<|<|<|<|<
项目主管单位|河口市交通运输局|<|<|项目实施单位|河口市公路养护站@U|<|<
项目资金来源|中央\n（万元）|省、地\n（万元）|本级\n（万元）|其他\n（万元）|合计\n（万元）|执行数\n（万元）|执行率
^||186|24||210|210|100%
项目|评价内容|权重分值|自评分|复核分|评价标准及依据|<|<
项目决策2分@1|决策依据@n|2@w|2@s||有年度工作计划计2分|<|<
项目管理13分@1|财务制度@n|5@w|5@s||有制度计5分|<|<
^|运行监管@n|8@w|7@s||监管记录缺一项扣1分|<|<
项目年度目标1：村道养护|<|<|<|<|<|<|<
项目绩效85分|一级指标|二级指标|指标名称（三级指标）|年初指标值|年终完成值|自评分|复核分
^|产出指标40分@1|数量指标15分@2|养护里程@n|210公里@t|210公里@a|15@s|
^|^|质量指标25分@2|验收合格率@n|100%@t|100%@a|25@s|
^|^|^|指标2：/|/|/|/|
^|效益指标45分@1|社会效益指标35分@2|受益村数@n|17个@t|17个@a|35@s|
^|^|满意度指标10分@2|群众满意度@n|≥90%@t|85%@a|7@s|
"""
PARTS = drawing(TWO_PARTS)


@BOTH
def test_two_parts_under_headings_of_their_own_are_read(ending):
    wanted = tagged.expected(TWO_PARTS) | {"funding": []}
    assert tagged.read(replace(one(PARTS, ending), funding=()), TWO_PARTS) == wanted


@BOTH
def test_the_sum_of_the_sources_is_the_budget_of_a_form_that_calls_no_column_so(ending):
    (line,) = one(PARTS, ending).funding
    assert (line.label, line.role, line.adjusted_budget.number) == ("合计", FundingRole.TOTAL, Decimal(210))


def test_weights_of_one_part_alone_need_not_make_a_hundred():
    assert found(PARTS, "C02") == []
    assert found(PARTS, "C11") == []


PAIRS_WITH_PARTS = r"""
项目绩效目标完成情况表（2022年度）|<|<|<|<|<
项目名称|敬老院改造@P|<|<|<|<
预算单位|松湖县民政局@U|<|<|<|<
预算执行情况（万元）|预算数：|120|执行数：|<|120
^|其中-财政拨款：|100|其中-财政拨款：|<|100
^|其它资金：|20|其它资金：|<|20
年度目标完成情况|预期目标|<|实际完成目标|<|<
^|改造三所敬老院。|<|改造三所敬老院。|<|<
绩效指标完成情况|一级指标|二级指标|三级指标|预期指标值（包含数字及文字描述）|实际完成指标值（包含数字及文字描述）
^|项目完成指标@1|数量指标@2|改造敬老院@n|3所@t|3所@a
^|效益指标@1|社会效益指标@2|新增床位@n|≥60张@t|62张@a
^|^|生态效益指标|||
^|满意度指标@1|服务对象满意度指标@2|老人满意度@n|≥90%@t|98%@a
"""


@BOTH
def test_funds_in_pairs_have_their_parts_below(ending):
    form = one(drawing(PAIRS_WITH_PARTS), ending)
    assert [(f.label, f.adjusted_budget.number, f.executed.number) for f in form.funding] == [
        ("年度资金总额", 120, 120),
        ("其中-财政拨款", 100, 100),
        ("其它资金", 20, 20),
    ]
    wanted = tagged.expected(PAIRS_WITH_PARTS) | {"funding": []}
    assert tagged.read(replace(form, funding=()), PAIRS_WITH_PARTS) == wanted


def test_a_row_with_no_points_and_nothing_else_is_no_indicator():
    unused = ROUNDS.replace("满意度指标|满意度指标", "效益指标|生态效益指标|||||0\n满意度指标|满意度指标")
    assert len(one(unused, "docx").indicators) == 3


def test_goals_of_which_no_result_is_told_are_said():
    assert found(TIERS, "A09") == []
    (message,) = found(TIERS.replace("城镇新增就业1934人。", ""), "A09")
    assert "实际完成情况未填" in message


TARGETS = r"""
绩效目标表（2023年度）|<|<|<
一级指标|二级指标|指标内容|指标值
产出指标|数量指标|改造校舍|≥3栋
效益指标|社会效益指标|受益学生|≥900人
"""
PROJECTS = r"""
项目名称|年初预算数|全年执行数|自评得分
路灯改造|185|183.15|99
绿道维护|356.8|331.07|98
"""


@BOTH
@pytest.mark.parametrize(
    ("drawn", "said"), [(TARGETS, "只有绩效目标表"), (PROJECTS, "只有一行一个项目的清单")]
)
def test_a_file_without_a_form_is_told_what_it_holds_instead(ending, drawn, said):
    data = builders.word(drawn) if ending == "docx" else builders.excel(drawn)
    filing = read_file(f"自评.{ending}", data)
    assert "没有找到自评表或自评报告，" + said in filing.unreadable


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
