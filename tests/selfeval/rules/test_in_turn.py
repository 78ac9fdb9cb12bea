"""Figures told in turn, in pairs and as multiples; rates and remainders whose figures stand in sentences before."""

from __future__ import annotations

from dataclasses import replace

import pytest

from selfeval.filing import FundingRole
from selfeval.policy import load_policy
from selfeval.rules import judge
from tests.selfeval.build import (
    department_form,
    filing,
    project_form,
    second_project_form,
    with_line,
)
from tests.selfeval.rules.text_samples import alone

POLICY = load_policy("national-2020")


def found(judged, *codes: str) -> list[tuple[str, str, str | None]]:
    return [
        (f.code, f.severity.value, f.expected)
        for f in judge(judged, POLICY).findings
        if f.code in codes and f.severity in ("error", "warning")
    ]


@pytest.mark.parametrize(
    ("said", "slip", "code", "severity"),
    [
        # Counted parts in turn, with the total behind, before or in the sentence before.
        (
            "四个季度分别支付120万元、260万元、310万元、380万元，全年支付1070万元。",
            "1070|1170",
            "R01",
            "error",
        ),
        ("全年支付1070万元，一至四季度分别支付120、260、310、380万元。", "1070|1170", "R01", "error"),
        (
            "全年支付资金1070万元。/四个季度分别为120万元、260万元、310万元和380万元。",
            "1070|1170",
            "R01",
            "error",
        ),
        ("三个林场分别造林320亩、281亩、235亩，合计836亩。", "合计836|合计863", "R01", "error"),
        ("全年造林836亩，三个林场分别为320亩、281亩、235亩。", "836|846", "R01", "warning"),
        # As many parts as the text says there are.
        (
            "总投资970万元，其中土建600万元、设备220万元、监理150万元三部分。",
            "220|200",
            "R01",
            "error",
        ),
        # Number and money of one kind side by side.
        (
            "安排资金9,620万元，分为产业类15个4,620万元、基建类12个3,200万元、公益类8个1,800万元。",
            "安排资金9,620|安排资金9,820",
            "R01",
            "error",
        ),
        (
            "安排项目35个9,620万元：产业类15个4,620万元、基建类12个3,200万元、公益类8个1,800万元。",
            "安排项目35个|安排项目34个",
            "R01",
            "error",
        ),
        # Multiples of two figures beside them.
        ("担保余额由2亿元增加到6亿元，增长2倍。", "增长2倍|增长5倍", "R16", "error"),
        ("财政资金1亿元，撬动贷款8亿元，放大8倍。", "放大8倍|放大12倍", "R16", "warning"),
        # Rate and remainder in sentences of their own.
        (
            "全年预算数1200万元。/全年执行数1080万元。/资金使用规范。/资金管理到位，预算执行率90%。",
            "90%|92%",
            "R02",
            "error",
        ),
        ("全年预算数1200万元。/全年执行数1080万元。/年末结转结余120万元。", "120万|150万", "R16", "warning"),
        # Each person answered one questionnaire.
        ("发放问卷300份，收回有效问卷288份，表示满意的274人，满意率95.14%。", "95.14|97.50", "R02", "error"),
        # The days that the sentence names.
        (
            "景区开放300天，全年接待游客36万人次，日均接待1200人次。",
            "均接待1200|均接待1300",
            "R16",
            "warning",
        ),
    ],
)
def test_what_is_told_in_turn_or_before_comes_out(said, slip, code, severity):
    assert found(alone(*said.split("/")), "R01", "R02", "R16") == []
    old, _, new = slip.partition("|")
    assert old in said
    told = found(alone(*said.replace(old, new).split("/")), "R01", "R02", "R16")
    assert [(one[0], one[1]) for one in told] == [(code, severity)]


@pytest.mark.parametrize(
    "said",
    [
        # Firms that are inspected twice count once; some are not all; a rate is no sum.
        "四个季度分别检查企业120家、110家、130家、140家，全年检查企业460家。",
        "三个重点林场分别造林320亩、281亩、235亩，全年造林1836亩。",
        "四个季度执行率分别为20%、45%、70%、96%，全年执行率96%。",
        "总投资980万元，其中土建600万元、设备200万元、监理150万元等。",
        # What was multiplied, and by what, are two ways of saying it.
        "担保余额由2亿元增加到6亿元，增长3倍。",
        # Another project's rate; money of years before.
        "全年预算数1200万元。/全年执行数1080万元。/甲项目管理规范，预算执行率92%。",
        "全年预算数1200万元，其中上年结转200万元。/全年执行数1080万元。/年末结转结余150万元。",
        "管网运行150天，全年供气36万立方米，日均供气2400立方米。",
    ],
)
def test_what_may_be_meant_otherwise_is_let_pass(said):
    assert found(alone(*said.split("/")), "R01", "R02", "R16") == []


def test_a_weight_of_the_execution_without_its_score_is_asked_for():
    form = with_line(department_form(), FundingRole.TOTAL, score="")
    assert [code for code, _, _ in found(filing(form), "A08")] == ["A08"]


def test_the_one_score_of_a_report_lies_between_those_of_its_projects():
    forms = project_form(), second_project_form()
    scores = sorted(form.reported_score.number for form in forms)
    ((report,),) = (alone("各项目均完成年度目标。").forms,)

    def with_score(score):
        return replace(report, reported_score=report.reported_score._replace(text=str(score), number=score))

    for within in (scores[0], scores[1]):
        assert found(filing(*forms, with_score(within)), "X06") == []
    expected = f"{scores[0].normalize()} 至 {scores[1].normalize()}"
    assert found(filing(*forms, with_score(scores[1] + 1)), "X06") == [("X06", "warning", expected)]
