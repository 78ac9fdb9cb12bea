from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from selfeval.filing import FormKind, FundingRole
from selfeval.policy import load_policy, parse_policy
from selfeval.scoring import score_form
from tests.selfeval.build import (
    department_form,
    indicator,
    line,
    project_form,
    with_cell,
    with_line,
    with_row,
)

NATIONAL = load_policy("national-2020")
OVERSHOOT = load_policy("huaihua-2023")
HEAD = 'name = "here"\ntitle = "本地"\nsource = "本地"\nversion = "1"\nextends = "national-2020"\n'


def row_score(values: str, policy=NATIONAL, level2: str = "数量指标"):
    form = replace(department_form(), indicators=(indicator("产出指标", level2, 13, values),))
    return score_form(form, policy).indicators[0]


def execution_score(values: str, policy=NATIONAL):
    form = replace(department_form(), funding=(line("年度资金总额", FundingRole.TOTAL, 3, values),))
    return score_form(form, policy).funding[0]


def test_the_clean_form_has_one_total_stated_summed_and_recomputed():
    score = score_form(department_form(), NATIONAL)
    assert (score.stated, score.summed, score.recomputed) == (Decimal("99.23"),) * 3
    assert score.grade == "优"
    assert (score.execution, score.scored, score.complete) == (Decimal("9.73"), 8, True)


@pytest.mark.parametrize(
    ("values", "points"),
    [
        ("100 | 200 | 158.54 | 10 | 79.27% | 7.93", "7.93"),
        ("100 | 200 | 152 | 20 | 76% | 15", "15.20"),
        ("100 | 200 | 199.97 | 20 | 99% | 19.8", "20.00"),
        ("100 | 200 | 210 | 10 | 105% | 10", "10.00"),
    ],
)
def test_the_execution_score_is_weight_times_rate_capped_and_rounded_half_up(values, points):
    score = execution_score(values)
    assert (score.score, score.basis) == (Decimal(points), "policy")


@pytest.mark.parametrize("values", ["100 | | 50 | 10 | 50% | 5", "100 | 0 | 50 | 10 | 50% | 5"])
def test_a_zero_or_blank_budget_gives_no_rate_and_no_total(values):
    form = replace(department_form(), funding=(line("年度资金总额", FundingRole.TOTAL, 3, values),))
    score = score_form(form, NATIONAL)
    assert score.funding[0].score is None
    assert score.recomputed is None
    assert score.summed == Decimal("94.5")


def test_an_overshoot_is_deducted_where_the_policy_says_so():
    assert execution_score("1000 | | 1204 | 10 | 120.4% | 7.96", OVERSHOOT).score == Decimal("7.96")
    cost = "全年支出 | 1000万元 | 1204万元 | 20 | 15.92 |"
    assert row_score(cost, OVERSHOOT, "成本指标").score == Decimal("15.92")
    assert row_score(cost, NATIONAL, "成本指标").score == Decimal("16.61")


def test_an_execution_table_replaces_the_proportion():
    policy = parse_policy(
        HEAD + "[execution]\nsteps = [{ minimum = 0.9, score = 10 }, { minimum = 0.5, score = 6 }]\n",
        source_name="here",
    )
    assert execution_score("100 | 100 | 93 | 10 | 93% | 10", policy).score == 10
    assert execution_score("100 | 100 | 60 | 10 | 60% | 6", policy).score == 6
    assert execution_score("100 | 100 | 40 | 10 | 40% | 0", policy).score == 0


def test_an_execution_below_the_floor_earns_nothing_and_a_policy_may_cut_decimals_off():
    policy = parse_policy(HEAD + '[execution]\nfloor = 0.5\nrounding = "down"\n', source_name="here")
    assert execution_score("100 | 100 | 49.99 | 10 | 49.99% | 5", policy).score == 0
    assert execution_score("100 | 100 | 50 | 10 | 50% | 5", policy).score == 5
    assert execution_score("300 | 300 | 200 | 10 | 66.67% | 6.66", policy).score == Decimal("6.66")


def test_a_low_execution_caps_the_total_where_the_policy_says_so():
    policy = parse_policy(
        HEAD + "[execution]\ncaps = [{ below = 0.99, maximum = 95 }, { below = 0.98, maximum = 89 }]\n",
        source_name="here",
    )
    score = score_form(department_form(), policy)
    assert (score.recomputed, score.grade) == (Decimal(89), "良")
    full = with_line(department_form(), FundingRole.TOTAL, executed="846.20")
    assert score_form(full, policy).recomputed == Decimal("99.50")


def test_cost_may_be_a_level_of_its_own():
    policy = load_policy("national-2021-cost")
    assert policy.weights.level1["成本指标"] == 20
    assert policy.weights.execution + sum(policy.weights.level1.values()) == 100


@pytest.mark.parametrize(
    ("values", "points"),
    [
        ("植树 | ≥4754亩 | 4604亩 | 10 | 10 |", "9.68"),
        ("植树 | 4754亩 | 5000亩 | 10 | 9 |", "10.00"),
        ("植树 | 400公顷 | 3000亩 | 10 | 10 |", "5.00"),
        ("发放补贴 | 1.5万件 | 12000件 | 10 | 10 |", "8.00"),
        ("人均办公用房 | ≤5300平方米 | 6000平方米 | 10 | 10 |", "8.83"),
        ("安全事故 | 0起 | 0起 | 10 | 10 |", "10.00"),
        ("水质达标率 | 95% | 98 | 10 | 10 |", "10.00"),
        ("水质达标率 | 100% | 1 | 10 | 10 |", "10.00"),
        ("制度建设 | 全面落实 | 全面落实 | 10 | 9 |", "10.00"),
        ("制度建设 | 建立长效机制 | 达成预期指标 | 10 | 9 |", "9"),
        ("制度建设 | 建立长效机制 | 达成预期指标 | 10 | 7 |", "8.00"),
        ("制度建设 | 建立长效机制 | 部分达成预期指标并具有一定效果 | 10 | 10 |", "8.00"),
        ("制度建设 | 建立长效机制 | 未达成预期指标且效果较差 | 10 | 4 |", "4"),
    ],
)
def test_an_indicator_is_scored_by_its_completion(values, points):
    score = row_score(values)
    assert (score.score, score.basis) == (Decimal(points), "policy")


@pytest.mark.parametrize(
    "values",
    [
        "制度建设 | 建立长效机制 | 制度已基本健全，成效明显 | 10 | 8.5 |",
        "群众投诉次数 | 20次 | 12次 | 10 | 8.5 |",
        "安全事故 | 0起 | 2起 | 10 | 8.5 |",
        "耕地保有量 | 500亩 | 100% | 10 | 8.5 |",
        "巡查月数 | 12 | 100% | 10 | 8.5 |",
    ],
)
def test_what_cannot_be_computed_keeps_the_stated_score_and_says_so(values):
    score = row_score(values)
    assert (score.score, score.basis) == (Decimal("8.5"), "stated")


def test_a_penalty_for_overachievement_is_taken_only_where_the_policy_sets_one():
    policy = parse_policy(HEAD + "[quantitative]\nover_penalty = 0.5\n", source_name="here")
    values = "培训人次 | 100人次 | 150人次 | 10 | 10 |"
    assert row_score(values).score == 10
    assert row_score(values, policy).score == Decimal("9.00")
    # One more than two is half as many again, and nothing that a share can measure.
    assert row_score("新建站点 | 2个 | 3个 | 10 | 10 |", policy).score == 10


def test_rows_that_repeat_the_execution_score_are_not_added_twice():
    form = with_line(project_form(), FundingRole.APPROPRIATION, score="9.5", weight="10")
    assert score_form(form, NATIONAL).summed == score_form(project_form(), NATIONAL).summed


def test_a_report_is_scored_like_a_form():
    form = replace(department_form(), kind=FormKind.REPORT)
    assert score_form(form, NATIONAL).recomputed == Decimal("99.23")


def test_a_form_without_scores_has_no_sums():
    form = department_form()
    for row in form.indicators:
        form = with_row(form, row.name, score="", weight="")
    form = with_cell(with_line(form, FundingRole.TOTAL, score="", weight=""), "reported_score", "")
    score = score_form(form, NATIONAL)
    assert (score.stated, score.summed, score.recomputed, score.grade) == (None, None, None, None)
