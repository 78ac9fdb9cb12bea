"""Rows that stand otherwise than the rows around them: merged totals, conclusions in sentences, tables side by side."""

from __future__ import annotations

import pytest

from documents.reading import read_file
from selfeval.filing import Form, FormKind, FundingRole
from tests.documents import builders

BOTH = pytest.mark.parametrize("ending", ["docx", "xlsx"])
PROJECT = r"""
项目支出绩效自评表|<|<|<|<|<|<|<
（2023年度）|<|<|<|<|<|<|<
项目名称|泵站维修|<|<|<|<|<|<
资金来源（万元）|<|预算安排|调整后预算|资金执行|分值|执行率|得分
年度资金总额|<|500|520|494|10|95%|9.5
按资金性质：一般公共预算|<|400|420|400|||
政府性基金预算|<|100|100|94|||
三、绩效目标完成情况|<|<|<|<|<|<|<
全年维修泵站12座。|<|<|<|<|<|<|<
一级指标|二级指标|三级指标|指标性质|指标值|实际完成值|分值|得分
产出指标|数量指标|维修泵站|≥|12座|12座|90|85
总分|<|<|100|<|<|94.5|<
评价结论|全年预算520万元，执行494万元，自评得分94.5分。|<|<|<|<|<|<
说明|另有3万元已收回。|<|<|<|<|<|<
填表说明|执行率得分最高不超过10分。|<|<|<|<|<|<
"""
STAFF = r"""
部门整体支出基础数据表|<|<|<|<
人员编制数|124|实有在职人员|119|控制率95.97%
项目|2022年决算|2023年预算|2023年决算|增减率（%）
支出合计|14208.33|16875.50|15693.04|10.45
一、基本支出|3012.20|3250.50|3244.84|7.72
"""
SIDE_BY_SIDE = r"""
部门整体支出基础数据表|<|<|<|<|<
项目|2022年决算|2023年预算|2023年决算|名称|金额
三公经费|86.40|90.00|81.35|渠道清淤|500.00
公务接待费|14.40|16.00|12.45|泵站维修|494.00
"""


def one(drawing: str, ending: str) -> Form:
    data = builders.word(drawing) if ending == "docx" else builders.excel(drawing)
    (form,) = read_file(f"自评.{ending}", data).forms
    return form


@BOTH
def test_a_total_that_lies_over_weight_and_score_is_the_score(ending):
    form = one(PROJECT, ending)
    assert (form.total_weight.text, form.reported_score.text) == ("100", "94.5")


@BOTH
def test_of_two_budgets_the_one_before_the_adjusted_is_the_initial(ending):
    total, *sources = one(PROJECT, ending).funding
    assert [c.text for c in (total.initial_budget, total.adjusted_budget, total.executed)] == [
        "500",
        "520",
        "494",
    ]
    assert [line.role for line in sources] == [FundingRole.GENERAL_BUDGET, FundingRole.FUND_BUDGET]


@BOTH
def test_conclusions_are_kept_and_instructions_are_not(ending):
    said = [(remark.label, remark.cell.text) for remark in one(PROJECT, ending).remarks]
    assert said == [
        ("三、绩效目标完成情况", "全年维修泵站12座。"),
        ("评价结论", "全年预算520万元，执行494万元，自评得分94.5分。"),
        ("说明", "另有3万元已收回。"),
    ]


@BOTH
def test_staff_in_one_row_and_the_change_of_each_expense_are_entries(ending):
    form = one(STAFF, ending)
    assert form.kind is FormKind.BASE_DATA
    said = {(entry.label, entry.heading): entry.cell.text for entry in form.entries}
    assert [said["", name] for name in ("人员编制数", "实有在职人员", "控制率")] == ["124", "119", "95.97%"]
    assert said["支出合计", "增减率"].startswith("10.45")


@BOTH
def test_a_table_beside_the_expenses_does_not_hide_their_headings(ending):
    form = one(SIDE_BY_SIDE, ending)
    said = {(entry.label, entry.heading): entry.cell.text for entry in form.entries}
    assert said["三公经费", "2022年决算"].startswith("86.4")
    assert said["公务接待费", "2023年决算"].startswith("12.45")


@BOTH
def test_points_behind_a_name_are_the_weight_where_no_column_has_it(ending):
    rows = """
项目支出绩效自评表|<|<|<|<|<
项目名称|泵站维修|<|<|<|<
一级指标|二级指标|三级指标|年初目标值(A)|实际完成值(B)|得分
产出指标（60分）|数量指标|维修泵站（20分）|12座|12座|20
^|质量指标|验收合格率（40分）|100%|100%|40
"""
    form = one(rows, ending)
    assert [(row.name, row.weight.text) for row in form.indicators] == [
        ("维修泵站（20分）", "20"),
        ("验收合格率（40分）", "40"),
    ]


@BOTH
def test_a_reason_in_the_row_of_the_total_is_said_of_the_form(ending):
    rows = """
项目支出绩效自评表|<|<|<|<|<|<
项目名称|泵站维修|<|<|<|<|<
一级指标|二级指标|三级指标|年度指标值|实际完成值|分值|得分|偏差原因分析及改进措施
产出指标|数量指标|维修泵站|12座|12座|90|90|
总分|<|<|<|<|100|98.5|执行率低于90%的原因：图纸报批周期较长，资金结转下年使用
"""
    form = one(rows, ending)
    assert (form.total_weight.text, form.reported_score.text) == ("100", "98.5")
    assert [entry.cell.text for entry in form.reasons] == [
        "执行率低于90%的原因：图纸报批周期较长，资金结转下年使用"
    ]
