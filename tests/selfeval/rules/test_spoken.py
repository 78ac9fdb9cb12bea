"""Words that units use in ways that a hasty reading takes for something else, and what stays wrong in them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from selfeval.filing import Cell, Entry, Position
from selfeval.policy import load_policy
from selfeval.rules import judge
from tests.selfeval.build import (
    base_data,
    department_form,
    filing,
    project_form,
    second_project_form,
    with_cell,
    with_entry,
    with_row,
)
from tests.selfeval.rules.text_samples import alone, goal, told

POLICY = load_policy("national-2020")


def errors(judged) -> list[tuple[str, str | None]]:
    return [(f.code, f.expected) for f in judge(judged, POLICY).findings if f.severity == "error"]


def below(heading: str, said: str):
    """The report with one sentence under one heading, beside the forms of two projects."""
    ((told_of,),) = (alone(said, section=heading).forms,)
    return filing(project_form(), second_project_form(), replace(told_of, reported_score=None))


@pytest.mark.parametrize(
    ("right", "wrong", "code"),
    [
        # 草原 holds no 原 (before), 计划生育 no plan.
        ("修复草原26.8万亩，其中草原补播14.4万亩、草原改良12.4万亩。", "26.8万亩|26.3万亩", "R01"),
        (
            "对2个项目开展评价，涉及资金700.00万元，其中：渠道清淤500.00万元，泵站维修200.00万元。",
            "700.00|720.00",
            "R01",
        ),
        ("政府采购预算500.00万元，实际采购475.00万元，采购执行率95%。", "95%|97%", "R02"),
        ("计划改造泵站8座，完工6座，完成率75%。", "75%|100%", "R02"),
        # 0.50 of what is left would be 20%: the percentage is that of the year before all the same.
        ("公务接待费2.50万元，较上年3.00万元减少0.50万元，下降16.67%。", "16.67%|20.00%", "R02"),
        (
            "为200名护林员发放补助，每人每月500元，全年共发放补助120万元。",
            "共发放补助120万|共发放补助130万",
            "R16",
        ),
    ],
)
def test_a_sentence_that_does_not_come_out_is_an_error(right, wrong, code):
    assert errors(alone(right)) == []
    old, _, new = wrong.partition("|")
    assert [found for found, _ in errors(alone(right.replace(old, new)))] == [code]


@pytest.mark.parametrize(
    "said",
    [
        # Some come or go within the year, and some are paid more than others.
        "为200名护林员发放补助，每人每月500元，全年共发放补助110万元。",
        "低保对象200人，每人每月补助500元，全年共发放补助126万元（含一次性补贴）。",
        "资产总额620.3万元，其中固定资产289.5万元，负债总额20.3万元，净资产600.0万元。",
        "一次合格35个，整改2个，最终合格率100%。",
    ],
)
def test_what_another_fact_explains_is_let_pass(said):
    found = judge(alone(said), POLICY).findings
    assert [f.message for f in found if f.code in ("R01", "R02", "R16")] == []


def test_an_extract_of_three_things_counted_otherwise_stays_an_extract():
    assert (
        errors(alone("对5个项目开展评价，涉及资金700.00万元，其中：渠道清淤500.00万元，泵站维修180.00万元。"))
        == []
    )


@pytest.mark.parametrize(
    ("target", "actual", "late"),
    [
        ("2025年11月底前", "2025年12月3日", True),
        ("2025/11/30", "2026年1月", True),
        ("2025年11月底前", "2025年11月30日", False),
        ("2025年底", "2025年12月31日", False),
        ("2025年6月后", "2025年9月", False),
        ("2025年11月底前", "已于年内完成", False),
    ],
)
def test_full_marks_for_work_done_after_its_day_are_an_error(target, actual, late):
    form = with_row(department_form(), "年度采购完成时间", target=target, actual=actual)
    assert (("D04", "小于 10") in errors(filing(form))) is late


def test_a_total_beyond_all_points_is_an_error_unless_points_are_added():
    form = with_cell(with_row(department_form(), "新增馆藏图书", score="12"), "reported_score", "101.23")
    assert ("D02", "0 至 100") in errors(filing(form))
    extra = with_row(form, "新增馆藏图书", name="加分项")
    assert ("D02", "0 至 100") not in errors(filing(extra))


@pytest.mark.parametrize(("name", "code"), [("村级书屋建成率", ["X07"]), ("项目验收合格率", [])])
def test_a_rate_of_one_thing_is_the_same_in_both_forms_one_of_each_project_is_not(name, code):
    def named(form, actual):
        return with_row(
            with_row(form, form.indicators[-2].name, name=name), name, target="≥90%", actual=actual
        )

    def without_gap(form):
        return replace(form, reported_score=None)

    forms = named(department_form(), "95.6%"), named(project_form(), "96.5%")
    found = [found for found, _ in errors(filing(*map(without_gap, forms))) if found == "X07"]
    assert found == code


def test_what_a_form_tells_of_its_goal_is_held_against_its_own_indicator():
    form = with_row(project_form(), "采购中文图书", name="采购图书数量", actual="6000册")
    assert errors(filing(replace(form, goals=goal("采购图书5800册。", "采购图书6000册。")))) == []
    wrong = replace(form, goals=goal("采购图书5800册。", "采购图书6600册。"))
    assert [code for code, _ in errors(filing(wrong))] == ["X21"]
    above = Entry("三、年度绩效目标完成情况", "", Cell("全年采购图书6600册。", None, Position("表2", 9, 1)))
    assert [code for code, _ in errors(filing(replace(form, remarks=(above,))))] == ["X21"]


def test_a_part_of_the_three_publics_is_held_against_its_row():
    said = "全年新增馆藏图书8120册|“三公”经费支出7.46万元，其中公务接待费2.34万元，全年新增馆藏图书8120册"
    assert errors(told(said)) == []
    assert [code for code, _ in errors(told(said.replace("2.34", "2.43")))] == ["X20"]


def test_people_paid_for_a_post_of_the_programme_are_not_the_staff():
    assert errors(told("全年新增馆藏图书8120册|公益性岗位在岗12人，全年新增馆藏图书8120册")) == []


def test_the_sentences_below_a_heading_that_names_a_project_tell_of_it():
    said = "全年预算156.00万元，实际支出148.20万元。"
    assert errors(below("（一）馆藏图书采购", said)) == []
    assert errors(below("（一）馆藏图书采购", said.replace("148.20", "184.20"))) == [("X32", "148.20")]
    assert errors(below("（一）设备购置", said.replace("148.20", "184.20"))) == []


def test_what_is_paid_to_all_who_are_entitled_is_no_certain_shortfall():
    form = with_row(department_form(), "新增馆藏图书", actual="7900册", score="10")
    assert ("D04", "9.88") in errors(filing(form))
    noted = with_row(form, "新增馆藏图书", deviation_note="符合条件的对象减少，据实发放")
    assert "D04" not in [code for code, _ in errors(filing(noted))]


@pytest.mark.parametrize(
    ("name", "actual", "said", "severity"),
    [
        ("接待游客数量", "702.4万人次", "接待游客702.4万人次。", None),
        ("接待游客数量", "702.4万人次", "接待游客720.4万人次。", "error"),
        ("应急演练次数", "14次", "开展应急演练16次。", "error"),
        # Two figures under one name may be counted in two ways.
        ("应急演练次数", "14次", "开展应急演练16次。组织应急演练9次。", "warning"),
        ("应急演练次数", "14次", "上半年开展应急演练6次。", None),
        # Digits changed about: the same households though the words are others.
        ("受益居民户数", "3286户", "改造小区24个，惠及居民3268户。", "error"),
        ("受益居民户数", "3286户", "改造小区24个，惠及居民2975户。", "warning"),
    ],
)
def test_a_result_is_one_fact_by_its_very_name_or_by_its_digits(name, actual, said, severity):
    form = with_row(department_form(), "新增馆藏图书", name=name, target=actual, actual=actual)
    ((told_of,),) = (alone(*said.replace("。", "。\n").split(), section="三、绩效情况").forms,)
    found = judge(filing(form, replace(told_of, reported_score=None)), POLICY).findings
    named = [f.severity for f in found if f.code in ("X21", "X22", "X34")]
    assert named == ([severity] if severity else [])


@pytest.mark.parametrize(("blank", "severity"), [(False, "error"), (True, "warning")])
def test_projects_below_their_sum_are_an_error_where_every_one_has_its_figure(blank, severity):
    form = with_entry(base_data(), "阅读推广", "2025年决算数", "" if blank else "113.00")
    found = judge(filing(form), POLICY).findings
    assert [f.severity for f in found if f.code == "G07"] == [severity]


@pytest.mark.parametrize("name", ["1、", "（1）"])
def test_a_row_that_bears_a_number_alone_is_told_of_by_no_sentence(name):
    form = with_row(department_form(), "新增馆藏图书", name=name, target="8200册", actual="8200册")
    found = judge(filing(form, *alone("全年新增馆藏图书8120册。").forms), POLICY).findings
    assert [f for f in found if f.code == "X34"] == []


def test_points_behind_a_name_do_not_hide_that_it_is_a_rate():
    form = with_row(department_form(), "图书编目合格率", name="图书编目合格率（10分）", actual="200%")
    assert "C13" in [f.code for f in judge(filing(form), POLICY).findings]


def test_numbered_sentences_add_up_to_what_was_told_of_so_many_things():
    rows = ("1.渠道清淤预算500万元，支出475万元；", "2.泵站维修预算200万元，支出186万元。")
    said = ("2个项目预算700万元，实际支出661万元。", "其中：", *rows)
    assert errors(alone(*said)) == []
    assert [code for code, _ in errors(alone(said[0].replace("661", "616"), *said[1:]))] == ["R01"]
    # Of more projects than are numbered these are some.
    assert errors(alone(said[0].replace("2个", "5个").replace("661", "916"), *said[1:])) == []
