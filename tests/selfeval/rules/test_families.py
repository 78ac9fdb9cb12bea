"""Legal forms of other places: what looks odd beside the central form is no error."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from selfeval.filing import Entry, Form, FormKind, FundingRole
from selfeval.findings import Severity
from selfeval.policy import load_policy
from selfeval.rules import judge
from tests.selfeval.build import (
    base_data,
    cell,
    cover_form,
    department_form,
    filing,
    indicator,
    line,
    project_form,
    second_project_form,
    with_cell,
    with_entry,
    with_line,
    with_row,
)

POLICY = load_policy("national-2020")


def errors(*forms, policy=POLICY) -> list[str]:
    found = judge(filing(*forms), policy).findings
    return [f"{f.code} {f.message}" for f in found if f.severity is Severity.ERROR]


def form_of(rows, funding: str = "100 | 100 | 100 | 10 | 100% | 10", score: str = "100", weight: str = "100"):
    """A project form of rows (level 1, level 2, values) with one funding line."""
    return replace(
        project_form(),
        funding=(line("年度资金总额", FundingRole.TOTAL, 3, funding),),
        indicators=tuple(indicator(one, two, n, values) for n, (one, two, values) in enumerate(rows, 10)),
        total_weight=cell(weight, 40, 7) if weight else None,
        reported_score=cell(score, 40, 8),
    )


def test_whole_scores_are_no_error():
    form = with_line(project_form(), FundingRole.TOTAL, score="9")
    assert errors(with_cell(form, "reported_score", "99")) == []
    assert (
        errors(with_cell(with_line(project_form(), FundingRole.TOTAL, score="10"), "reported_score", "100"))
        == []
    )


def test_ninety_points_spread_freely_are_no_error():
    free = load_policy("qiannan-2022")
    rows = (("产出指标", "数量指标", "发放补助人数 | 120 | 120 | 90 | 90 |"),)
    form = form_of(rows)
    form = replace(form, indicators=(replace(form.indicators[0], nature="=", unit="人"),))
    assert errors(form) == [] and errors(form, policy=free) == []


def test_a_cost_below_its_exact_target_and_a_shorter_time_are_no_error():
    rows = (
        ("产出指标", "数量指标", "维修面积 | 500 | 500 | 40 | 40 |"),
        ("产出指标", "时效指标", "项目完成时限 | 12 | 10 | 10 | 10 |"),
        ("产出指标", "成本指标", "维修成本 | 100 | 95 | 10 | 10 |"),
        ("效益指标", "社会效益指标", "惠及人数 | 900 | 900 | 30 | 30 |"),
    )
    form = form_of(rows)
    units = ("平方米", "月", "万元", "人")
    rows = tuple(
        replace(row, nature="=", unit=unit) for row, unit in zip(form.indicators, units, strict=True)
    )
    assert errors(replace(form, indicators=rows)) == []


def test_a_form_of_twenty_and_eighty_points_without_a_weight_column_is_no_error():
    rows = (
        ("产出指标", "数量指标", "修缮面积 | 500平方米 | 500平方米 | | 40 |"),
        ("产出指标", "质量指标", "验收合格率 | 100% | 100% | | |"),
        ("效益指标", "社会效益指标", "惠及人数 | ≥900人 | 950人 | | 40 |"),
    )
    form = form_of(rows, "100 | 100 | 82.25 | | 82.25% | 16.45", "96.45", "")
    form = replace(form, indicators=tuple(replace(row, weight=None) for row in form.indicators))
    assert errors(form) == []


def test_an_execution_scored_among_the_management_indicators_is_no_error():
    rows = (
        ("决策", "项目立项", "立项规范性 | 规范 | 规范 | 10 | 10 |"),
        ("管理", "资金管理", "预算执行率 | 100% | 95% | 5 | 4.75 | 尾款次年支付"),
        ("管理", "组织实施", "制度执行有效性 | 有效 | 有效 | 20 | 20 |"),
        ("产出", "数量指标", "修缮面积 | 500平方米 | 500平方米 | 30 | 30 |"),
        ("效益", "社会效益", "惠及人数 | ≥900人 | 950人 | 25 | 25 |"),
        ("满意度", "服务对象满意度", "居民满意度 | ≥90% | 96% | 10 | 10 |"),
    )
    assert errors(form_of(rows, "100 | 100 | 95 | | 95% | ", "99.75")) == []


def test_points_for_the_overall_goal_that_stand_in_no_row_are_no_error():
    rows = (
        ("产出指标", "数量指标", "造林面积 | 500亩 | 500亩 | 40 | 40 |"),
        ("效益指标", "生态效益指标", "森林覆盖率 | ≥60% | 61.5% | 20 | 20 |"),
    )
    assert errors(form_of(rows, "100 | 100 | 100 | 20 | 100% | 20", "100")) == []


def test_a_rate_after_integrated_funds_is_no_error():
    funding = (
        line("年度资金总额", FundingRole.TOTAL, 3, "500 | 500 | 380 | 10 | 95% | 9.5"),
        line("其中：统筹整合资金", FundingRole.OTHER, 4, "100 | 100 | | | | ", FundingRole.TOTAL),
    )
    form = replace(project_form(), funding=funding)
    assert errors(form) == []


def test_a_platform_export_with_bands_and_a_flat_list_is_no_error():
    rows = (
        ("", "", "巡查次数 | ≥12次 | 13次 | 30 | 30 |"),
        ("", "", "制度建设 | 建立长效机制 | 达成预期指标 | 30 | 27 | 部分街道次年推开"),
        ("", "", "群众满意度 | ≥90% | 95% | 30 | 30 |"),
    )
    assert errors(form_of(rows, score="97")) == []


def test_a_form_with_targets_and_results_alone_is_no_error():
    form = form_of(
        (("产出指标", "数量指标", "受益学生 | 300人 | 310人 | | |"),), "50 | 50 | 50 | | | ", "", ""
    )
    form = replace(form, indicators=tuple(replace(row, weight=None, score=None) for row in form.indicators))
    assert errors(replace(form, reported_score=None)) == []


def test_sources_without_a_row_for_the_rest_are_a_doubt_and_no_error():
    form = department_form()
    lines = tuple(row for row in form.funding if row.role is not FundingRole.OTHER_FUNDS)
    assert errors(replace(form, funding=lines)) == []


def test_a_third_nature_of_expenditure_explains_the_rest():
    form = with_line(
        with_line(department_form(), FundingRole.PROJECT_EXPENDITURE, executed="262.20"),
        FundingRole.BASIC_EXPENDITURE,
        executed="541.15",
    )
    extra = line("事业单位经营支出", FundingRole.OTHER, 10, " | | 20.00 | | | ", FundingRole.TOTAL)
    assert errors(replace(form, funding=(*form.funding, extra))) == []


def test_a_target_of_exactly_five_answered_by_seven_is_no_error():
    form = with_row(
        department_form(),
        "举办阅读活动",
        target="5场",
        actual="7场",
        score="8",
        nature="=",
        deviation_note="",
    )
    assert errors(with_cell(form, "reported_score", "97.73")) == []


@pytest.mark.parametrize(("weight", "score", "total"), [("3.33", "3.3", "99.17"), ("3.35", "3.4", "99.27")])
def test_a_weight_rounded_in_its_score_is_no_deduction(weight, score, total):
    form = with_row(department_form(), "图书编目合格率", weight=weight, score=score)
    rest = Decimal("20") - Decimal(weight)
    form = with_row(form, "新增馆藏图书", weight=str(rest), score=str(rest))
    assert not [line for line in errors(with_cell(form, "reported_score", total)) if line.startswith("E01")]


def test_a_copied_form_with_one_row_changed_is_still_a_copy():
    rows = project_form().indicators
    other = replace(
        second_project_form(),
        indicators=(*rows[:-1], replace(rows[-1], name="村民满意度")),
        project="阅读推广",
    )
    found = judge(filing(project_form(), other), POLICY).findings
    assert [f.message for f in found if f.code == "X01" and "有 5 个指标" in f.message]


def test_a_part_of_three_publics_left_out_in_one_column_is_a_doubt_and_no_error():
    table = with_entry(base_data(), "公务接待费", "2024年决算数", "")
    found = [f for f in judge(filing(table), POLICY).findings if f.code == "G02"]
    assert [f.severity for f in found] == [Severity.WARNING]


def test_rows_that_subdivide_a_project_are_not_added_twice():
    table = base_data()
    parts = (("图书采购一期", "100.00"), ("图书采购二期", "48.20"))
    at = next(n for n, entry in enumerate(table.entries) if entry.label == "阅读推广")
    rows = tuple(
        Entry(label, heading, cell(said if heading == "2025年决算数" else "", 50 + n, m, "表3"))
        for n, (label, said) in enumerate(parts)
        for m, heading in enumerate(("2024年决算数", "2025年预算数", "2025年决算数"), 2)
    )
    table = replace(table, entries=(*table.entries[:at], *rows, *table.entries[at:]))
    assert errors(table) == []


def test_the_basic_expenditure_below_the_projects_ends_their_list():
    table = base_data()
    below = (("基本支出", "468.00|490.00|541.15"), ("人员经费", "380.00|400.00|454.75"))
    at = next(n for n, entry in enumerate(table.entries) if entry.label == "公用经费")
    rows = tuple(
        Entry(label, heading, cell(said, 50 + n, m, "表3"))
        for n, (label, values) in enumerate(below)
        for m, (heading, said) in enumerate(
            zip(("2024年决算数", "2025年预算数", "2025年决算数"), values.split("|"), strict=True), 2
        )
    )
    table = replace(table, entries=(*table.entries[:at], *rows, *table.entries[at:]))
    assert errors(table) == []
    assert any(
        said.startswith("G12") for said in errors(with_entry(table, "人员经费", "2025年决算数", "464.75"))
    )


def in_yuan(form):
    """The form with its funding block in 元."""

    def converted(row):
        cells = {name: getattr(row, name) for name in ("initial_budget", "adjusted_budget", "executed")}
        return replace(
            row,
            **{
                name: cell(f"{value.number * 10000:f}", value.at.row, value.at.column)
                for name, value in cells.items()
                if value.number is not None
            },
        )

    return replace(form, amount_unit="元", funding=tuple(converted(row) for row in form.funding))


def test_forms_in_yuan_agree_with_base_data_and_cover_in_ten_thousands():
    forms = (in_yuan(department_form()), in_yuan(project_form()), in_yuan(second_project_form()))
    assert judge(filing(*forms, base_data(), cover_form()), POLICY).findings == ()
    wrong = with_line(forms[0], FundingRole.PROJECT_EXPENDITURE, executed="2912000")
    found = [f for f in judge(filing(wrong, base_data()), POLICY).findings if f.code == "X04"]
    assert "2912000元，相差 9.0000" in found[0].message


def test_spending_below_its_plan_is_no_missed_target():
    rows = (
        ("产出指标", "数量指标", "全年项目支出 | 100万元 | 95万元 | 50 | 50 |"),
        ("效益指标", "社会效益指标", "惠及人数 | ≥900人 | 950人 | 40 | 40 |"),
    )
    assert errors(form_of(rows)) == []


def in_two_columns(form, column):
    """The form with one amount beside each source and purpose, as the two-column layout states it."""
    rows = [
        replace(row, amount=getattr(row, column), initial_budget=None, adjusted_budget=None, executed=None)
        for row in form.funding[1:]
    ]
    return replace(form, funding=(form.funding[0], *rows))


@pytest.mark.parametrize("column", ["adjusted_budget", "executed"])
def test_amounts_without_a_column_that_make_the_budget_are_no_spending(column):
    form = in_two_columns(department_form(), column)
    assert errors(form, base_data(), project_form(), cover_form()) == []
    wrong = with_line(form, FundingRole.PROJECT_EXPENDITURE, amount="290.00")
    assert any(said.startswith("B04") for said in errors(wrong, base_data()))


def test_amounts_without_a_column_that_make_the_spending_agree_with_base_data():
    form = in_two_columns(department_form(), "executed")
    table = with_entry(base_data(), "项目支出", "2025年决算数", "291.20")
    assert any(said.startswith("X04") for said in errors(form, table))


def test_parts_that_make_the_total_in_one_column_are_all_of_it_in_the_others():
    rows = (
        line("年度资金总额", FundingRole.TOTAL, 3, "18000 | 20000 | 19600 | 10 | 98% | 9.8"),
        line("其中：新增专项债券资金", FundingRole.OTHER, 4, "15000 | 15000 | 15000 | | | "),
        line("市场化融资", FundingRole.OTHER, 5, "3000 | 5000 | 4600 | | | "),
    )
    rows = (rows[0], *(replace(row, part_of=FundingRole.TOTAL) for row in rows[1:]))
    form = replace(project_form(), funding=rows)
    found = [f for f in judge(filing(form), POLICY).findings if f.code == "B01"]
    assert found == []
    wrong = with_line(form, FundingRole.TOTAL, adjusted_budget="20300")
    (said,) = [f for f in judge(filing(wrong), POLICY).findings if f.code == "B01"]
    assert said.severity is Severity.ERROR and "20300" in said.message and "相差 300" in said.message
    # One column alone may be a coincidence.
    once = with_line(wrong, FundingRole.TOTAL, initial_budget="")
    (said,) = [f for f in judge(filing(once), POLICY).findings if f.code == "B01"]
    assert said.severity is Severity.WARNING and "相差 300" in said.message


@pytest.mark.parametrize(("initial", "severity"), [("900", Severity.ERROR), ("", Severity.WARNING)])
def test_sources_without_a_row_for_the_rest_are_compared_once_they_make_a_total(initial, severity):
    rows = (
        line("年度资金总额", FundingRole.TOTAL, 3, f"{initial} | 1000 | 950 | 10 | 95% | 9.5"),
        line("其中：一般公共预算", FundingRole.GENERAL_BUDGET, 4, "700 | 800 | 750 | | | "),
        line("政府性基金预算", FundingRole.FUND_BUDGET, 5, "200 | 200 | 190 | | | "),
    )
    rows = (rows[0], *(replace(row, part_of=FundingRole.TOTAL) for row in rows[1:]))
    form = replace(project_form(), funding=rows)
    (said,) = [f for f in judge(filing(form), POLICY).findings if f.code == "B02"]
    assert said.severity is severity and "950" in said.message and "相差 10" in said.message


@pytest.mark.parametrize(("title", "codes"), [("河道疏浚项目绩效自评报告", ["X06"]), ("绩效自评报告", [])])
def test_the_score_of_a_report_that_names_a_project_is_that_of_its_form(title, codes):
    form = replace(project_form(), project="河道疏浚", reported_score=cell("98.3", 20))
    report = Form("9", FormKind.REPORT, title, form.at, reported_score=cell("93.8", 40))
    found = judge(filing(form, report), POLICY).findings
    assert [f.code for f in found if f.code == "X06"] == codes


def test_a_hint_of_the_form_is_no_reason():
    form = with_row(
        project_form(),
        "采购中文图书",
        actual="5700册",
        score="19",
        deviation_note="（请说明偏差原因及改进措施，100字以内）",
    )
    form = with_cell(form, "reported_score", "98.5")
    assert "E02" in {f.code for f in judge(filing(form), POLICY).findings}


def test_a_total_row_with_other_points_than_its_rows_is_told_what_it_says():
    wrong = with_cell(project_form(), "total_weight", "110")
    (said,) = [f for f in judge(filing(wrong), POLICY).findings if f.code == "C02"]
    assert said.expected == "100" and "合计 100，总分行的分值填作 110" in said.message


@pytest.mark.parametrize(
    ("execution", "total", "stated", "severity"),
    [
        ("5", "", "95", Severity.ERROR),  # every weight is there and every point is counted
        ("5", "100", "", Severity.ERROR),
        ("5", "", "", Severity.WARNING),  # a part of the form may be missing
        ("", "", "98.5", Severity.WARNING),
    ],
)
def test_weights_that_miss_100_are_an_error_where_all_of_them_are_named(execution, total, stated, severity):
    form = with_line(project_form(), FundingRole.TOTAL, weight=execution, score=execution)
    form = replace(
        form, total_weight=cell(total, 40, 7) if total else None, reported_score=cell(stated, 40, 8)
    )
    found = [f for f in judge(filing(form), POLICY).findings if f.code == "C02"]
    assert [f.severity for f in found] == [severity]


@pytest.mark.parametrize(
    ("score", "weights", "severities"),
    [
        ("8.10", True, [Severity.ERROR]),  # the indicators leave 10 points
        ("8.10", False, [Severity.WARNING]),  # only the policy says 10
        ("16.20", False, []),  # it must be worth more here
        ("9.00", False, []),
    ],
)
def test_an_execution_score_without_a_weight_is_recomputed(score, weights, severities):
    rows = project_form().indicators
    bare = tuple(replace(row, weight=None, level1_weight=None) for row in rows)
    funding = (line("年度资金总额", FundingRole.TOTAL, 3, f"100 | 100 | 90 | | 90% | {score}"),)
    form = replace(project_form(), funding=funding, indicators=rows if weights else bare)
    found = [f for f in judge(filing(form), POLICY).findings if f.code == "D03"]
    assert [f.severity for f in found] == severities
    assert all("按规定得 9 分" in f.message for f in found)


def test_sources_and_then_natures_below_one_total_are_not_added_together():
    rows = (
        line("年度资金总额", FundingRole.TOTAL, 3, "100 | 120 | 114 | 10 | 95.00% | 9.5"),
        line("其中：一般公共预算", FundingRole.GENERAL_BUDGET, 4, "80 | 95 | 90 | | |", FundingRole.TOTAL),
        line("政府性基金预算", FundingRole.FUND_BUDGET, 5, "20 | 25 | 24 | | |", FundingRole.TOTAL),
        line("其中：基本支出", FundingRole.BASIC_EXPENDITURE, 6, "70 | 70 | 69 | | |", FundingRole.TOTAL),
        line("项目支出", FundingRole.PROJECT_EXPENDITURE, 7, "30 | 50 | 45 | | |", FundingRole.TOTAL),
    )
    form = replace(department_form(), funding=rows, reported_score=cell("99", 21, 8))
    assert errors(form) == []
    (said,) = errors(with_line(form, FundingRole.GENERAL_BUDGET, executed="92"))
    assert said.startswith("B07") and "92 + 政府性基金预算 24 = 116" in said and "基本支出" not in said
    for spent in ("41", "48"):
        (said,) = errors(with_line(form, FundingRole.PROJECT_EXPENDITURE, executed=spent))
        assert said.startswith("B04") and f"69 + 项目支出 {spent} = " in said


@pytest.mark.parametrize(
    ("name", "target", "actual", "wrong"),
    [
        ("较大安全事故", "0起", "1起", True),
        ("较大安全事故", "0起", "0起", False),
        ("事故起数比上年减少", "0起", "2起", False),
        ("补助发放准确率", "100%", "96.9%", True),
        ("会议费控制率", "100%", "96.9%", False),
    ],
)
def test_a_target_of_nothing_or_of_all_is_missed_without_a_comparator(name, target, actual, wrong):
    form = with_row(project_form(), "图书验收合格率", name=name, target=target, actual=actual)
    assert [said[:3] for said in errors(form)] == (["D04"] if wrong else [])
    # What some points less stand for, nothing can be divided by 0 to say.
    form = with_cell(with_row(form, name, score="9", deviation_note="原因"), "reported_score", "98.5")
    assert not any(f.code == "D04" for f in judge(filing(form), POLICY).findings if target == "0起")


def test_the_departments_row_and_that_of_the_one_project_with_its_target_have_one_result():
    first = with_row(project_form(), "采购中文图书", name="新增馆藏图书", target="≥8000册", actual="8210册")
    found = [f for f in judge(filing(department_form(), first), POLICY).findings if f.code == "X07"]
    assert [f.severity for f in found] == [Severity.ERROR] and "8210册" in found[0].message
    second = with_row(
        second_project_form(), "流动书车下乡", name="新增馆藏图书", target="≥8000册", actual="8120册"
    )
    found = [f for f in judge(filing(department_form(), first, second), POLICY).findings if f.code == "X07"]
    assert [f.severity for f in found] == [Severity.WARNING]
