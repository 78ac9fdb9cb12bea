"""What honest units write and a hasty check would call wrong: each of these stays without an accusation."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from selfeval.filing import Entry, FundingRole
from selfeval.findings import Severity
from selfeval.policy import load_policy
from selfeval.rules import judge
from tests.selfeval.build import (
    cell,
    department_form,
    filing,
    indicator,
    line,
    project_form,
    with_cell,
    with_line,
    with_row,
)

POLICY = load_policy("national-2020")


def accusations(form) -> list[str]:
    found = judge(filing(form), POLICY).findings
    return [
        f"{f.severity} {f.code} {f.message}"
        for f in found
        if f.severity in (Severity.ERROR, Severity.WARNING)
    ]


def total_of(form, said: str):
    return with_cell(form, "reported_score", said)


@pytest.mark.parametrize(
    ("target", "actual"),
    [
        ("6000册左右", "5980册"),
        ("约6000册", "5990册"),
        ("≥-2%", "-3%"),
        ("0", "0%"),
        ("≤0", "0%"),
    ],
)
def test_targets_that_are_no_plain_minimum_are_not_missed(target, actual):
    assert accusations(with_row(project_form(), "采购中文图书", target=target, actual=actual)) == []


@pytest.mark.parametrize(
    ("name", "target", "actual"),
    [
        ("甲类传染病发病数", "200例", "180例"),
        ("不合格批次", "10批次", "3批次"),
        ("城镇登记失业率", "4.5%", "3.9%"),
        ("化肥用量", "200吨", "180吨"),
    ],
)
def test_less_of_what_nobody_wants_is_no_shortfall(name, target, actual):
    form = with_row(project_form(), "采购中文图书", name=name, target=target, actual=actual)
    assert accusations(form) == []


def test_a_score_by_completion_may_be_rounded_to_the_decimals_that_it_shows():
    form = with_row(
        project_form(), "采购中文图书", actual="5740册", score="19.1", deviation_note="部分图书延期到馆"
    )
    assert accusations(total_of(form, "98.6")) == []


def test_a_total_rounded_to_one_decimal_is_explained():
    form = with_line(project_form(), FundingRole.TOTAL, adjusted_budget="157.00", execution_rate="94.39%")
    form = with_line(form, FundingRole.TOTAL, score="9.44")
    form = replace(form, funding=form.funding[:1])
    assert accusations(total_of(form, "99.4")) == []
    assert any(
        "只保留了 1 位小数" in f.message for f in judge(filing(total_of(form, "99.4")), POLICY).findings
    )
    # What no rounding explains is still wrong.
    assert any("D01" in said for said in accusations(total_of(form, "99.7")))


def test_a_total_row_may_sum_up_the_indicators_alone():
    form = with_cell(total_of(project_form(), "90"), "total_weight", "90")
    assert accusations(form) == []


def test_an_execution_without_a_written_weight_is_worth_what_the_others_leave():
    form = project_form()
    assert accusations(with_line(form, FundingRole.TOTAL, weight="")) == []


def test_levels_of_another_scheme_are_not_held_against_the_policy():
    rows = (
        ("决策", "计划制定", "计划编制 | 健全 | 健全 | 10 | 10 |"),
        ("过程", "预算执行", "预算执行率 | ≥95% | 100% | 20 | 20 |"),
        ("产出指标", "数量、质量、时效、成本指标", "新建健身点 | ≥36处 | 38处 | 30 | 30 |"),
        ("效益指标", "社会效益", "锻炼人数 | ≥300人 | 320人 | 40 | 40 |"),
    )
    form = replace(
        project_form(),
        funding=(line("年度资金总额", FundingRole.TOTAL, 3, "100 | 100 | 100 | 10 | 100% | 10"),),
        indicators=tuple(indicator(one, two, n, values) for n, (one, two, values) in enumerate(rows, 10)),
        total_weight=cell("100", 40, 7),
        reported_score=cell("100", 40, 8),
    )
    # The execution is one of the indicators: its points in the funding block are not added again.
    assert accusations(form) == []


@pytest.mark.parametrize(
    ("score", "grade", "severity"),
    [
        ("88.4", "优", Severity.ERROR),
        ("78", "良", Severity.WARNING),
        ("68", "良", Severity.ERROR),
        ("95", "良", Severity.ERROR),
    ],
)
def test_only_the_edge_of_the_highest_grade_is_the_same_everywhere(score, grade, severity):
    form = replace(total_of(project_form(), score), reported_grade=cell(grade, 17))
    found = judge(filing(form), POLICY).findings
    assert [f.severity for f in found if f.code == "D05"] == [severity]


def test_this_and_last_years_money_that_miss_the_total_are_asked_about_without_a_row_for_the_rest():
    form = project_form()
    form = replace(
        form, funding=tuple(row for row in form.funding if row.role is not FundingRole.OTHER_FUNDS)
    )
    assert accusations(form) == []
    short_of_it = with_line(form, FundingRole.APPROPRIATION, adjusted_budget="145.00")
    (said,) = accusations(short_of_it)
    assert said.startswith("warning B01") and "156.00" in said and "145.00 + " in said and "5.00" in said


def test_a_source_that_is_the_whole_budget_is_all_that_can_be_spent():
    form = project_form()
    kept = (FundingRole.TOTAL, FundingRole.APPROPRIATION)
    form = replace(form, funding=tuple(row for row in form.funding if row.role in kept))
    assert accusations(form) == []  # a part of the budget: another source may have no row
    whole = with_line(form, FundingRole.APPROPRIATION, adjusted_budget="156.00", executed="142.20")
    (said,) = accusations(whole)
    assert said.startswith("warning B01") and "148.20" in said and "142.20" in said and "6.00" in said
    assert accusations(with_line(whole, FundingRole.APPROPRIATION, executed="148.20")) == []


def test_a_deduction_within_the_first_band_of_a_result_in_words_is_asked_about_and_no_error():
    asked = with_cell(with_row(department_form(), "全民阅读服务网络", score="13"), "reported_score", "97.23")
    found = [f for f in judge(filing(asked), POLICY).findings if f.code == "E01"]
    assert [f.severity for f in found] == [Severity.WARNING]
    below = with_cell(with_row(department_form(), "全民阅读服务网络", score="10"), "reported_score", "94.23")
    found = [f for f in judge(filing(below), POLICY).findings if f.code == "E01"]
    assert [f.severity for f in found] == [Severity.ERROR]


@pytest.mark.parametrize(
    "told",
    [
        "采购完成6000册，尾款22.2万元未达到支付条件。",
        "全年完成采购，因中标较晚资金支出进度偏慢。",
        "因冬季停工，余款结转下年支付。",
    ],
)
def test_the_reason_for_money_left_may_stand_where_the_goals_results_are_told(told):
    form = with_line(
        project_form(), FundingRole.TOTAL, executed="134.00", execution_rate="85.90%", score="8.59"
    )
    form = replace(total_of(form, "98.59"), funding=form.funding[:1])
    silent = replace(form, goals=((cell("采购6000册", 8), cell("采购完成6000册。", 8)),))
    assert [said[:11] for said in accusations(silent)] == ["warning B10"]
    assert accusations(replace(form, goals=((cell("采购6000册", 8), cell(told, 8)),))) == []


def test_a_form_without_points_is_asked_for_the_one_result_it_lacks():
    bare = replace(
        project_form(),
        funding=project_form().funding[:1],
        indicators=tuple(replace(row, weight=None, score=None) for row in project_form().indicators),
        total_weight=None,
        reported_score=None,
    )
    bare = with_line(bare, FundingRole.TOTAL, weight="", score="")
    assert accusations(bare) == []
    (said,) = accusations(with_row(bare, "图书外借册次", actual=""))
    assert said.startswith("warning A09") and "图书外借册次" in said


def test_a_cost_indicator_speaks_of_the_line_that_it_names():
    form = department_form()
    operating = line(
        "公用经费", FundingRole.OTHER, 10, "80.00 | 84.60 | 83.14 | | | ", FundingRole.BASIC_EXPENDITURE
    )
    form = replace(form, funding=(*form.funding, operating))
    form = with_row(form, "馆藏采购成本", name="公用经费控制额", target="≤84.60万元", actual="83.14万元")
    assert accusations(form) == []
    (said,) = accusations(with_row(form, "公用经费控制额", actual="81.34万元"))
    assert said.startswith("warning C17") and "81.34万元" in said and "83.14" in said


def test_the_reason_above_is_a_reason_only_where_it_gives_one():
    form = with_row(project_form(), "借阅者满意度", actual="81%", score="9", deviation_note="原因同上")
    assert [said[:11] for said in accusations(total_of(form, "98.5"))] == ["warning E02"]


def test_a_source_that_gave_nothing_may_show_the_rate_that_platforms_print():
    form = with_line(
        project_form(),
        FundingRole.OTHER_FUNDS,
        initial_budget="0.00",
        adjusted_budget="0.00",
        executed="0.00",
        execution_rate="0.00%",
    )
    assert accusations(form) == []
    assert any(
        "B06" in said for said in accusations(with_line(form, FundingRole.OTHER_FUNDS, execution_rate="100%"))
    )


def test_what_was_not_done_needs_no_result_beside_its_reason():
    form = with_row(
        project_form(), "借阅者满意度", actual="", score="0", deviation_note="馆舍搬迁，问卷推迟到次年发放"
    )
    assert accusations(total_of(form, "89.5")) == []
    unsaid = with_row(form, "借阅者满意度", deviation_note="")
    assert any("A09" in said for said in accusations(total_of(unsaid, "89.5")))


def printed(form, execution: str, **levels: int):
    """The form without a column for weights: they stand beside the names of the levels."""
    rows = tuple(
        replace(row, weight=None, level1_weight=Decimal(levels[row.level1])) for row in form.indicators
    )
    form = with_line(form, FundingRole.TOTAL, weight=execution, score="19")
    return replace(form, indicators=rows, total_weight=None)


def test_a_form_of_20_and_80_points_is_another_scheme_and_all_of_its_points_are_known():
    form = printed(project_form(), "20", 产出指标=40, 效益指标=30, 满意度指标=10)
    form = with_row(form, "采购中文图书", score="10")
    assert accusations(total_of(form, "99")) == []
    assert [said[:9] for said in accusations(total_of(form, "99.6"))] == ["error D01"]


def levels_of(form, policy=POLICY):
    return [(f.code, f.severity) for f in judge(filing(form), policy).findings if f.code in ("C01", "C07")]


def test_points_that_are_spread_freely_are_not_held_against_the_levels_of_the_policy():
    form = with_row(project_form(), "采购中文图书", weight="25", score="25")
    form = with_row(form, "图书外借册次", weight="25", score="25")
    free = replace(
        form,
        indicators=tuple(
            replace(row, level1_weight=None) for row in form.indicators if row.level2 != "质量指标"
        ),
    )
    free = with_row(free, "项目完成时间", weight="20", score="20")
    assert [said for said in levels_of(free) if said[0] == "C01"] == [("C01", Severity.NOTICE)] * 2
    assert [said[:11] for said in accusations(free)] == ["warning C07"]
    fixed = load_policy("yueyang-2023")
    assert [said for said in levels_of(free, fixed) if said[0] == "C01"] == [("C01", Severity.WARNING)] * 2
    assert levels_of(replace(free, indicator_points=Decimal(90)), fixed) == []


def test_a_form_without_points_for_the_execution_has_another_scheme():
    form = with_row(project_form(), "采购中文图书", weight="30", score="30")
    rows = tuple(replace(row, level1_weight=None) for row in form.indicators)
    funds = tuple(replace(row, weight=None, score=None) for row in form.funding)
    assert accusations(total_of(replace(form, indicators=rows, funding=funds), "100")) == []


@pytest.mark.parametrize(
    "said",
    [
        "年初未安排预算，年中追加156万元。",
        "未执行部分为质保金，次年支付。",
        "资金年底下达，按规定结转下年。",
        "年中上级下达66万元，项目跨年度实施。",
    ],
)
def test_a_remark_on_the_form_explains_its_money(said):
    form = with_line(project_form(), FundingRole.TOTAL, initial_budget="90.00")
    form = with_line(form, FundingRole.TOTAL, executed="124.80", execution_rate="80%", score="8")
    form = total_of(replace(form, funding=form.funding[:1]), "98")
    assert [text[:11] for text in accusations(form)] == ["warning B08", "warning B10"]
    remarked = replace(form, reasons=(Entry("说明", "", cell(said, 18, 2)),))
    assert accusations(remarked) == []
    other = replace(form, reasons=(Entry("说明", "", cell("满意度问卷样本偏少。", 18, 2)),))
    assert len(accusations(other)) == 2


def test_a_target_is_missed_where_its_level_has_all_printed_points():
    form = printed(project_form(), "20", 产出指标=40, 效益指标=30, 满意度指标=10)
    form = with_row(form, "采购中文图书", score="10", target="≥6000册", actual="5400册")
    (said,) = accusations(total_of(form, "99"))
    assert said.startswith("error D04 “采购中文图书”") and "40 分全部得到" in said
    less = with_row(form, "采购中文图书", score="9")
    assert accusations(total_of(less, "98")) == []


def test_a_level_has_no_more_than_its_printed_points():
    form = printed(project_form(), "20", 产出指标=40, 效益指标=30, 满意度指标=10)
    (said,) = accusations(total_of(with_row(form, "采购中文图书", score="11"), "100"))
    assert said.startswith("error D02 产出指标表上注明 40 分")


def test_the_reviewers_score_stays_within_its_weight():
    form = project_form()
    reviewed = tuple(replace(row, recheck_score=row.score) for row in form.indicators)
    assert accusations(replace(form, indicators=reviewed)) == []
    over = replace(reviewed[1], recheck_score=cell("12", 11, 10))
    (said,) = accusations(replace(form, indicators=(reviewed[0], over, *reviewed[2:])))
    assert said.startswith("error D02") and "复核得分 12" in said


@pytest.mark.parametrize(("target", "unit"), [("100次", ""), ("100", "次")])
def test_a_rate_that_is_counted_is_asked_about(target, unit):
    form = project_form()
    row = replace(
        form.indicators[1], name="宣传及时率", target=cell(target, 11), actual=cell(target, 11), unit=unit
    )
    (said,) = accusations(replace(form, indicators=(form.indicators[0], row, *form.indicators[2:])))
    assert said == "warning C10 “宣传及时率”是比率，年度指标值 100次 的单位是次"


def rechecked(total: str, execution: str):
    form = project_form()
    rows = tuple(replace(row, recheck_score=row.score) for row in form.indicators)
    form = replace(form, indicators=rows, recheck_total=cell(total, 16, 10))
    return with_line(form, FundingRole.TOTAL, recheck_score=execution) if execution else form


@pytest.mark.parametrize(("total", "execution"), [("99.5", "9.5"), ("99", "9"), ("99.5", ""), ("90", "")])
def test_the_reviewers_total_is_the_sum_of_the_reviewers_scores(total, execution):
    assert accusations(rechecked(total, execution)) == []


@pytest.mark.parametrize(("total", "execution"), [("99.5", "9"), ("96", "")])
def test_a_reviewers_total_that_is_no_sum_is_an_error(total, execution):
    (said,) = accusations(rechecked(total, execution))
    assert said.startswith(f"error D01 复核总分 {total}")


@pytest.mark.parametrize(
    ("target", "actual", "unit"),
    [("6000", "6000元/年", "元/年"), ("50", "48.5", "万元/公里"), ("36", "36人·天", "人·天")],
)
def test_a_unit_for_each_is_one_unit_in_its_column_and_behind_the_figure(target, actual, unit):
    form = project_form()
    row = replace(
        form.indicators[3], name="村级补助标准", target=cell(target, 13), actual=cell(actual, 13), unit=unit
    )
    assert accusations(replace(form, indicators=(*form.indicators[:3], row, *form.indicators[4:]))) == []


def test_figures_that_are_only_said_to_be_reached_are_asked_for_together():
    form = with_row(project_form(), "采购中文图书", actual="达成预期指标")
    form = with_row(form, "借阅者满意度", actual="已完成")
    (said,) = accusations(form)
    assert said.startswith("warning C05 2 个定量指标的实际完成值没有填数值")
    assert "“采购中文图书”" in said and "“借阅者满意度”" in said


@pytest.mark.parametrize("actual", ["148.2", "148.2万元", "1482000元", "150.6万元"])
def test_a_project_may_have_cost_what_was_spent_or_what_is_still_to_be_paid(actual):
    form = with_row(project_form(), "项目总成本", name="项目总成本", target="≤156万元", actual=actual)
    assert accusations(form) == []


@pytest.mark.parametrize(
    ("name", "actual", "said"),
    [
        ("项目总成本", "141.7万元", "小于资金栏的全年执行数 148.20，相差 6.50"),
        ("书架和门禁", "312.4万元", "大于资金栏的预算数和全年执行数 148.20，多出 156.40"),
    ],
)
def test_a_cost_that_the_money_of_the_project_contradicts_is_asked_about(name, actual, said):
    form = with_row(project_form(), "项目总成本", name=name, target="≤400万元", actual=actual)
    assert [found for found in accusations(form) if "C17" in found and said in found]


@pytest.mark.parametrize("name", ["工程总投资", "合同金额", "每册采购价", "户均补助", "书架标准"])
def test_what_a_cost_indicator_says_beside_the_money_of_the_year_is_no_contradiction(name):
    form = with_row(project_form(), "项目总成本", name=name, target="≤400万元", actual="312.4万元")
    assert accusations(form) == []


def test_an_execution_row_that_spent_everything_earns_all_its_points():
    form = project_form()
    row = replace(
        form.indicators[1],
        name="预算执行率",
        target=cell("", 11),
        actual=cell("100%", 11),
        score=cell("9", 11),
    )
    form = replace(form, indicators=(form.indicators[0], row, *form.indicators[2:]))
    found = [said for said in accusations(form) if " E01 " in said]
    assert (
        len(found) == 1 and found[0].startswith("error E01 “预算执行率”") and "目标已完成却扣分" in found[0]
    )


def test_ninety_points_leave_ten_to_an_execution_that_the_form_gives_no_place():
    form = project_form()
    bare = tuple(replace(line, weight=None, score=None) for line in form.funding)
    assert [said for said in accusations(replace(form, funding=bare)) if " C02 " in said] == []
    fewer = with_row(replace(form, funding=bare), "采购中文图书", weight="5", score="5")
    assert [said for said in accusations(fewer) if " C02 " in said]


def test_decision_and_management_are_described_without_a_target():
    form = project_form()
    rows = tuple(
        replace(row, level1="项目管理", target=cell("", 11), actual=cell("制度健全", 11), level1_weight=None)
        if index == 1
        else row
        for index, row in enumerate(form.indicators)
    )
    assert [said for said in accusations(replace(form, indicators=rows)) if " C11 " in said] == []
    missing = with_row(form, "采购中文图书", target="")
    assert [said for said in accusations(missing) if " C11 " in said]


def test_the_parts_of_an_indicator_have_the_targets_and_it_has_the_points():
    form = project_form()
    whole, *others = form.indicators
    nothing = cell("", 10)
    parts = tuple(
        replace(
            whole, name=name, target=cell(wanted, 10), actual=cell(wanted, 10), weight=nothing, score=nothing
        )
        for name, wanted in (("文学类", "3600册"), ("少儿类", "2400册"))
    )
    split = replace(whole, target=nothing, actual=nothing)
    assert accusations(replace(form, indicators=(split, *parts, *others))) == []
    assert [said for said in accusations(replace(form, indicators=(split, *others))) if " C11 " in said]
