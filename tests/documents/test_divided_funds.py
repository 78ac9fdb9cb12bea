"""Funds under headings of their own, a list that begins in the 其中 row, and spending above the budget that is told."""

from __future__ import annotations

import pytest

from documents.reading import read_file
from selfeval.filing import Form, FundingRole
from selfeval.findings import Severity
from selfeval.policy import load_policy
from selfeval.rules import judge
from tests.documents import builders

BOTH = pytest.mark.parametrize("ending", ["docx", "xlsx"])
DIVIDED = r"""
部门整体支出绩效自评表（2024年度）|<|<|<|<|<|<|<
单位名称|东湖县档案馆|<|<|<|<|<|<
年度资金（万元）||年初预算数|全年预算数|全年执行数|分值|执行率|得分
^|年度资金总额|500.00|520.00|509.60|10|98.00%|9.80
^|一、按资金来源|<|<|<|<|<|<
^|一般公共预算拨款|480.00|495.00|484.60|——|——|——
^|上年结转资金|20.00|25.00|25.00|——|——|——
^|二、按支出性质|<|<|<|<|<|<
^|基本支出|400.00|415.00|410.00|——|——|——
^|人员经费|350.00|362.00|360.00|——|——|——
^|公用经费|50.00|53.00|50.00|——|——|——
^|项目支出|100.00|105.00|99.60|——|——|——
一级指标|二级指标|三级指标|指标值|完成值|分值|得分|说明
产出指标|数量指标|整理档案（卷）|≥3000|3050|90|90|
总分|<|<|<|<|100|99.80|
"""
LISTED = r"""
部门整体支出绩效评价基础数据表|<|<|<
填报单位：东湖县档案馆|<|<|单位：万元
经费控制情况|2023年决算数|2024年预算数|2024年决算数
项目支出：|92.00|105.00|99.60
其中：1、库房除湿改造|40.00|50.00|47.30
2、档案数字化|52.00|55.00|52.30
公用经费|48.00|53.00|50.00
"""
EXCESS = r"""
项目支出绩效自评表（2024年度）|<|<|<|<|<|<|<
项目名称|库房除湿改造|<|<|<|<|<|<
项目资金（万元）||年初预算数|全年预算数|全年执行数|分值|执行率|得分
^|年度资金总额|50.00|50.00|53.20|10|106.40%|10
^|REASON|<|<|<|<|<|<
一级指标|二级指标|三级指标|指标值|完成值|分值|得分|说明
产出指标|数量指标|改造库房（间）|≥6|6|90|90|
总分|<|<|<|<|100|100|
"""


def filed(drawing: str, ending: str):
    data = builders.word(drawing) if ending == "docx" else builders.excel(drawing)
    return read_file(f"自评.{ending}", data)


def only(drawing: str, ending: str) -> Form:
    (form,) = filed(drawing, ending).forms
    return form


def found(drawing: str, ending: str, code: str) -> list[Severity]:
    findings = judge(filed(drawing, ending), load_policy("national-2020")).findings
    return [finding.severity for finding in findings if finding.code == code]


@BOTH
def test_a_heading_row_between_the_funds_does_not_end_them(ending):
    by_source, by_nature = FundingRole.BY_SOURCE, FundingRole.BY_NATURE
    assert [(line.role, line.part_of) for line in only(DIVIDED, ending).funding] == [
        (FundingRole.TOTAL, None),
        (by_source, None),
        (FundingRole.GENERAL_BUDGET, by_source),
        (FundingRole.CARRY_OVER, by_source),
        (by_nature, None),
        (FundingRole.BASIC_EXPENDITURE, by_nature),
        (FundingRole.OTHER, FundingRole.BASIC_EXPENDITURE),
        (FundingRole.OTHER, FundingRole.BASIC_EXPENDITURE),
        (FundingRole.PROJECT_EXPENDITURE, by_nature),
    ]


@BOTH
@pytest.mark.parametrize(
    ("right", "wrong", "code", "severity"),
    [
        ("|495.00|484.60|", "|495.00|494.60|", "B02", Severity.WARNING),
        ("|105.00|99.60|", "|105.00|89.60|", "B04", Severity.ERROR),
    ],
)
def test_funds_under_heading_rows_are_added_up(ending, right, wrong, code, severity):
    assert DIVIDED.count(right) == 1
    judged = judge(filed(DIVIDED, ending), load_policy("national-2020")).findings
    assert [finding.message for finding in judged if finding.code.startswith("B")] == []
    assert found(DIVIDED.replace(right, wrong), ending, code) == [severity]


@BOTH
def test_the_first_project_may_stand_in_the_row_that_opens_the_list(ending):
    assert found(LISTED, ending, "G07") == []
    assert found(LISTED.replace("47.30", "48.30"), ending, "G07") == [Severity.ERROR]


@BOTH
@pytest.mark.parametrize(
    ("reason", "severity"),
    [
        ("说明：执行率超过100%，系12月追加抢修资金3.20万元，文件次年入账。", Severity.INFO),
        ("说明：执行数超出预算，原因是12月追加抢修资金32000元。", Severity.INFO),
        ("说明：执行率超过100%，系12月追加抢修资金2.20万元，文件次年入账。", Severity.ERROR),
        ("说明：另有3.20万元用于日常维护。", Severity.ERROR),
    ],
)
def test_spending_above_the_budget_reconciles_with_the_amount_that_is_told(ending, reason, severity):
    assert found(EXCESS.replace("REASON", reason), ending, "B03") == [severity]
