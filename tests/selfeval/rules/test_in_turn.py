"""Figures told in turn, in pairs and as multiples; rates and remainders whose figures stand in sentences before."""

from __future__ import annotations

from dataclasses import replace

import pytest

from selfeval.filing import FundingRole
from selfeval.policy import load_policy
from selfeval.rules import judge
from tests.selfeval.build import (
    cell,
    department_form,
    filing,
    project_form,
    second_project_form,
    with_line,
    with_row,
)
from tests.selfeval.rules.text_samples import alone, told

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
        "全年造林836亩，三个林场分别造林320亩、281亩、225亩。",
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


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("全年新增馆藏图书8100余册，举办阅读活动57场。", []),
        ("全年新增馆藏图书近8200册，举办阅读活动57场。", []),
        ("全年新增馆藏图书7900余册，举办阅读活动57场。", [("X34", "warning", "8120册")]),
        ("全年新增馆藏图书近8100册，举办阅读活动57场。", [("X34", "warning", "8120册")]),
    ],
)
def test_an_approximate_figure_agrees_within_its_last_written_digit(said, expected):
    judged = told(f"全年新增馆藏图书8120册，举办阅读活动57场。|{said}")
    assert found(judged, "X21", "X22", "X34") == expected


@pytest.mark.parametrize(
    ("filed", "said", "agrees"),
    [
        ("94%", "94.26%", True),
        ("94.26%", "94%", True),
        ("94%", "94.62%", False),
        ("94%", "95%", False),
    ],
)
def test_a_rate_in_whole_per_cent_agrees_with_the_one_it_was_rounded_from(filed, said, agrees):
    form = with_row(department_form(), "读者满意度", actual=filed)
    (report,) = alone(f"经调查，读者满意度{said}。", section="三、绩效情况").forms
    judged = filing(form, replace(report, reported_score=None))
    assert (found(judged, "X34", "X21", "X22") == []) is agrees


@pytest.mark.parametrize(
    ("target", "actual", "codes"),
    [("≥8150册", "8100余册", []), ("≥8000册", "8100余册", []), ("≥8300册", "8100余册", ["D04"])],
)
def test_an_approximate_result_may_be_more(target, actual, codes):
    form = with_row(department_form(), "新增馆藏图书", target=target, actual=actual)
    assert [code for code, _, _ in found(filing(form), "D04", "D09")] == codes


@pytest.mark.parametrize(
    ("said", "slip"),
    [
        (
            "年初预算215万元，年中追加23万元，全年预算238万元，资金来源包括中央资金96万元、省级资金54万元、县级资金88万元。",
            "级资金88|级资金85",
        ),
        (
            "下达预算资金共计184.5万元，其中：工资福利支出86.4万元，商品和服务支出18.6万元，对个人和家庭的补助4.5万元，项目经费75万元。",
            "项目经费75|项目经费65",
        ),
        ("项目决策得20分，过程得19分，产出得29.5分，效益得29分，自评得分97.5分。", "97.5|98.5"),
    ],
)
def test_sources_and_points_of_a_project_make_its_whole(said, slip):
    assert found(alone(said), "R01") == []
    old, _, new = slip.partition("|")
    assert [(code, severity) for code, severity, _ in found(alone(said.replace(old, new)), "R01")] == [
        ("R01", "error")
    ]


@pytest.mark.parametrize(
    ("target", "actual", "codes"),
    [("≥0.8万册", "8120", []), ("≥0.8万册", "7600", ["D04"]), ("8000", "0.81万册", [])],
)
def test_a_bare_number_may_count_without_the_ten_thousand_of_the_other(target, actual, codes):
    form = with_row(department_form(), "新增馆藏图书", target=target, actual=actual)
    assert [code for code, _, _ in found(filing(form), "C03", "D04")] == codes


def test_a_report_is_dated_after_its_year():
    ((report,),) = (alone("各项工作完成年度目标。").forms,)
    for day, codes in (("2026年3月9日", []), ("2025年12月9日", ["A13"])):
        dated = replace(report, headings=("一、资金使用情况", day))
        assert [code for code, _, _ in found(filing(dated), "A13")] == codes


@pytest.mark.parametrize(
    ("spent", "severities"), [("282.20", []), ("228.20", ["error"]), ("150.00", ["warning"])]
)
def test_what_the_goals_say_was_spent_is_held_against_the_funds(spent, severities):
    form = project_form()
    (wanted, got), *_ = form.goals or ((cell("采购图书。", 8, 2), cell("采购图书。", 8, 5)),)
    executed = form.total.executed.text
    said = got._replace(text=f"采购工作全部完成，全年支出{spent.replace('282.20', executed)}万元。")
    if severities == ["error"]:
        digits = executed.partition(".")
        said = got._replace(text=f"采购工作全部完成，全年支出{digits[0][::-1]}.{digits[2]}万元。")
        assert digits[0][::-1] != digits[0]
    told_of = replace(form, goals=((wanted, said),))
    assert [severity for _, severity, _ in found(filing(told_of), "D10")] == severities


def test_a_group_told_with_its_own_rate_is_no_share_of_all_that_were_told_before():
    sound = "服务常住人口86.4万人，建立健康档案79.5万份，建档率92.01%；65岁以上老年人健康管理9.28万人，管理率71.6%。"
    assert found(alone(sound), "R02") == []
    # The rate's own words name no other group.
    wrong = "全年在管2000人，其中新发现150人；规范管理1400人，规范管理率75%。"
    assert [code for code, _, _ in found(alone(wrong), "R02")] == ["R02"]


@pytest.mark.parametrize(
    ("said", "slip", "severity"),
    [
        (
            "投入资金87万元，完成3个系统建设，分别为电子档案29万元、远程会诊36万元、检验互认22万元。",
            "投入资金87|投入资金86",
            "error",
        ),
        ("专业技术人员239人（高级39人、中级87人、初级113人）。", "人员239|人员242", "warning"),
    ],
)
def test_what_was_counted_and_the_ranks_of_a_staff_make_their_whole(said, slip, severity):
    assert found(alone(said), "R01") == []
    old, _, new = slip.partition("|")
    assert [one[1] for one in found(alone(said.replace(old, new)), "R01")] == [severity]


@pytest.mark.parametrize(
    ("actual", "score", "codes"), [("95%", "9.5", []), ("95%", "9", ["E01"]), ("85%", "8.5", ["E01"])]
)
def test_an_execution_among_the_indicators_costs_its_share_without_a_word(actual, score, codes):
    form = with_row(
        department_form(),
        "新增馆藏图书",
        name="预算执行率",
        target="100%",
        actual=actual,
        score=score,
        deviation_note="",
    )
    assert [code for code, _, _ in found(filing(form), "E01")] == codes


def test_points_that_were_got_are_added_up_and_not_those_that_could_be_got():
    sound = "预算执行10分得10分，产出50分得46.5分，效益30分得28分，满意度10分得9.5分，自评得分94分。"
    assert found(alone(sound), "R01") == []
    assert found(alone(sound.replace("94分", "95分")), "R01") == [("R01", "error", "94分")]


def test_a_length_is_no_rate():
    ((report,),) = (alone("全年改造管网24.8公里。").forms,)
    form = with_row(project_form(), "采购中文图书", name="改造管网长度", target="≥18公里", actual="26.5公里")
    report = replace(report, title="2025年度馆藏图书采购项目支出绩效自评报告", reported_score=None)
    assert [code for code, _, _ in found(filing(form, report), "X21", "X22", "X34")] == ["X34"]
