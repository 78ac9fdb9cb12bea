from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from selfeval.deductions import deductions
from selfeval.filing import FormKind, FundingRole
from selfeval.policy import load_policy, parse_policy
from selfeval.result import check_entry
from selfeval.rules import judge
from selfeval.scoring import score_form
from tests.selfeval.build import department_form, filing, with_cell, with_line, with_row

NATIONAL = load_policy("national-2020")
HEAD = 'name = "here"\ntitle = "本地"\nsource = "本地"\nversion = "1"\nextends = "national-2020"\n'


def statement(form, policy=NATIONAL):
    return deductions(form, score_form(form, policy), policy)


def test_every_lost_point_names_its_figures_its_clause_and_the_reason_of_the_unit():
    rate, row = statement(department_form())
    assert (rate.lost, rate.due_loss) == (Decimal("0.27"), Decimal("0.27"))
    assert "823.35 ÷ 全年预算数 846.20" in rate.figures and "10 × 全年执行数 ÷ 全年预算数" in rate.clause
    assert (row.name, row.lost, row.due_loss) == ("举办阅读活动", Decimal("0.5"), Decimal("0.50"))
    assert "完成 95.00%" in row.figures and "实际完成值 ÷ 年度指标值" in row.clause
    assert row.reason.startswith("汛期停办")


def test_a_point_that_only_the_policy_takes_off_is_listed_too():
    form = with_row(department_form(), "馆藏采购成本", actual="300万元")
    lost = next(line for line in statement(form) if line.name == "馆藏采购成本")
    assert (lost.lost, lost.due_loss) == (Decimal(0), Decimal("2.00"))
    assert "年度指标值 ÷ 实际完成值" in lost.clause


def test_a_loss_that_no_clause_computes_keeps_the_stated_score():
    form = with_row(department_form(), "全民阅读服务网络", actual="尚有两镇未通", score="12")
    lost = next(line for line in statement(form) if line.name == "全民阅读服务网络")
    assert (lost.lost, lost.due, lost.due_loss) == (Decimal(3), None, None)
    assert "保留填报得分" in lost.clause


def test_bands_penalties_and_caps_name_their_clause():
    form = with_row(department_form(), "全民阅读服务网络", actual="部分达成预期指标", score="15")
    lost = next(line for line in statement(form) if line.name == "全民阅读服务网络")
    assert "60.00% 至 80.00%" in lost.clause and lost.due == Decimal("12.00")

    strict = parse_policy(
        HEAD
        + "[execution]\nfloor = 0.5\ncaps = [{ below = 0.98, maximum = 90 }]\n[quantitative]\nover_penalty = 0.5\n",
        source_name="here",
    )
    form = with_row(department_form(), "新增馆藏图书", actual="16000册")
    names = {line.name: line for line in statement(form, strict)}
    assert "每 100 个百分点" in names["新增馆藏图书"].clause
    assert names["总分上限"].due == 90 and "不超过 90 分" in names["总分上限"].clause
    assert "不得分" in names["年度资金总额执行率"].clause


def test_a_form_with_full_marks_has_no_statement():
    form = with_line(department_form(), FundingRole.TOTAL, executed="846.20", score="10")
    assert statement(with_row(form, "举办阅读活动", actual="60场", score="10")) == ()


def test_the_result_carries_the_statement_of_judged_forms_alone():
    form = department_form()
    sample = filing(form, replace(form, id="2", kind=FormKind.TEMPLATE))
    first, blank = check_entry(sample, judge(sample, NATIONAL))["forms"]
    assert [line["lost"] for line in first["deductions"]] == ["0.27", "0.5"]
    assert blank["deductions"] == []


def test_a_rate_that_cannot_be_computed_says_so():
    form = with_line(department_form(), FundingRole.TOTAL, adjusted_budget="0", score="5")
    assert "无从计算" in statement(with_cell(form, "reported_score", "94.5"))[0].figures
