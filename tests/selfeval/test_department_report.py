"""The report of a department: what is known stands in sentences, what is not is asked for, nothing is made up."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from selfeval.department_report import SECTIONS, ReportData, body
from selfeval.figures import plain
from selfeval.findings import Finding, Severity
from selfeval.paper_blocks import BLANK, BLANK_CELL, Grid, Heading, Text, blank
from selfeval.policy import PolicyError, load_policy, parse_policy, policy_names
from selfeval.report_outline import CONTENTS
from selfeval.result import check_document, check_entry
from selfeval.rollup.totals import roll_up, settled
from selfeval.rollup.units import (
    GoalText,
    IndicatorTotal,
    ProjectFigures,
    Scope,
    UnitFigures,
    UnitRow,
    Version,
)
from selfeval.rules import judge
from selfeval.rules.departments import DepartmentFinding
from tests.selfeval.build import department_form, filing

NATIONAL = load_policy("national-2020")
TAKEN = datetime(2026, 4, 20, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
FULL = {
    "initial_budget": "100", "adjusted_budget": "120", "executed": "90.004",
    "basic_expenditure.adjusted_budget": "70", "basic_expenditure.executed": "60",
    "cover.personnel": "45", "cover.operating": "15",
    "three_publics.last": "10", "three_publics.budget": "9", "three_publics.spent": "8",
    "posts": "40", "people": "38",
    "fund_budget.initial_budget": "0", "fund_budget.adjusted_budget": "0", "fund_budget.executed": "0",
}  # fmt: skip


def unit(code: str, state: str = "accepted", figures: dict[str, str] | None = None, **more) -> UnitRow:
    known = {key: Decimal(value) for key, value in (figures or {}).items()}
    amounts = {key: known.get(key) for key in ("initial_budget", "adjusted_budget", "executed")}
    told = UnitFigures(
        known,
        projects=(ProjectFigures("山塘整治", Decimal(20), Decimal(30), Decimal(15), Decimal(92)),),
        goals=(GoalText("整体支出绩效自评表", "1、修好山塘；", "1、山塘修好；"),),
    )
    tier = 1 if code == "101" else 2
    return UnitRow(
        code, f"单位{code}", tier, "101", "某局", state, figures=told, **amounts,
        **({"version": Version(int(code), 1, "f" * 64, "国", "1")} if known else {}), **more,
    )  # fmt: skip


def data(*units: UnitRow, **more) -> ReportData:
    rows = settled(units)
    (total,), _ = roll_up(rows)
    sample = filing(department_form())
    document = check_document("国", [check_entry(sample, judge(sample, NATIONAL))])
    values = {
        "name": "某局", "code": "101", "year": 2025, "bureau": "某县财政局", "cycle_year": 2025,
        "document_number": "某财绩〔2026〕1号", "policy": NATIONAL, "number": 3, "taken": TAKEN, "total": total,
        "units": rows, "documents": {each.code: document for each in rows if each.counted}, "indicators": (),
        "findings": (), "publication_due": TAKEN,
    }  # fmt: skip
    return ReportData(**(values | more))


def text(made: ReportData) -> str:
    return "\n".join(block.text for block in body(made) if not isinstance(block, Grid))


def grids(made: ReportData) -> dict[str, Grid]:
    return {block.caption: block for block in body(made) if isinstance(block, Grid)}


def test_sentences_hold_the_sums_rates_and_changes_when_every_part_is_known():
    said = text(data(unit("101", figures=FULL), unit("101001", figures=FULL)))
    assert (
        "2025年年初预算数200.00万元，全年预算数240.00万元，比年初增加40.00万元，全年执行数180.01万元，执行率75.00%。"
        in said
    )
    assert "人员支出90.00万元，占75.00%；公用支出30.00万元，占25.00%" in said
    assert (
        "“三公”经费预算18.00万元，支出16.00万元，比预算节约2.00万元，比上年减少4.00万元，下降20.00%" in said
    )
    assert "核定编制80人，实际在职76人，财政供养人员控制率95.00%" in said
    assert "2025年没有政府性基金预算安排的支出" in said


def test_the_outline_is_that_of_the_policy_with_its_numbers():
    headings = [block.text for block in body(data(unit("101", figures=FULL))) if isinstance(block, Heading)]
    first = [heading for heading in headings if not heading.startswith("（")]
    assert len(first) == 11 and first[0] == "一、基本情况" and first[10] == "十一、其他需要说明的问题"
    assert headings[1] == "（一）部门（单位）基本情况" and "（一）基本支出情况" in headings
    made = data(unit("101", figures=FULL), policy=load_policy("yueyang-2023"))
    first = [b.text for b in body(made) if isinstance(b, Heading) and b.level == 1]
    assert len(first) == 10 and first[6] == "七、存在的问题及原因分析"


def test_a_figure_that_a_unit_did_not_state_is_asked_for_with_what_is_known_and_never_taken_for_zero():
    partly = {key: value for key, value in FULL.items() if key not in ("people", "cover.personnel")}
    said = text(data(unit("101", figures=FULL), unit("101001", figures=partly)))
    assert "实际在职76人" not in said and "实际在职38人" not in said
    assert (
        "【待填写：核定编制、年末实际在职人数和财政供养人员控制率（实际在职人数2家中只有1家填报，合计38人）】"
        in said
    )
    assert "人员支出" in said and "占75.00%" not in said
    bare = text(
        data(
            unit("101", figures={key: FULL[key] for key in ("initial_budget", "adjusted_budget", "executed")})
        )
    )
    sentences = BLANK.sub("", bare)
    assert "三公" not in sentences and "没有" not in sentences
    assert not re.search(r"(?<!\d)0\.00万元", sentences)
    assert "【待填写：政府性基金预算支出情况；没有的，写明没有安排】" in bare


def test_a_unit_that_is_missing_is_named_in_every_sum_and_asked_for():
    made = data(unit("101", figures=FULL), unit("101001", "missing"), unit("101002", "closed"))
    said, tables = text(made), grids(made)
    assert "2025年已计入汇总的1家单位（应报2家）年初预算数100.00万元" in said
    basis = dict(tables["数据口径"].rows)
    assert (
        basis["未计入的单位"] == "单位101001（未报送）" and basis["不需要报送的单位"] == "单位101002（撤并）"
    )
    assert basis["计入情况"] == "应报2家，计入1家" and basis["所依据的报送"] == "单位101第1次"
    by_unit = {row[1]: row for row in tables["各单位收支情况"].rows}
    assert by_unit["单位101001（未报送）"][2:] == [BLANK_CELL, BLANK_CELL, BLANK_CELL, "—"]
    assert "单位101002" not in said
    assert blank("部门整体支出绩效自评的综合得分和等级") in said


def test_a_form_of_two_columns_states_its_rate_and_the_initial_budget_is_asked_for():
    partly = {key: value for key, value in FULL.items() if key != "initial_budget"}
    made = data(unit("101", figures=FULL), unit("101001", figures=partly))
    said, rows = text(made), grids(made)["各单位收支情况"].rows
    assert "2025年全年预算数240.00万元，全年执行数180.01万元，执行率75.00%。" in said
    assert (
        "【待填写：年初预算数，全年预算数比它增减多少（年度资金总额年初预算数2家中只有1家填报，合计100.00万元）】"
        in said
    )
    assert rows[1][2:4] == [BLANK_CELL, "120.00"] and rows[-1][1:4] == ["合计", BLANK_CELL, "240.00"]


def test_a_unit_that_passed_without_any_amount_is_reported_in_its_own_words_with_every_sum_left_to_write():
    known = {key: FULL[key] for key in ("posts", "people", "executed")}
    made = data(unit("101", figures=known))
    said, tables = text(made), grids(made)
    assert made.total.counted == 0 and (
        "【待填写：年初预算数、全年预算数、全年执行数和执行率（单位101填报的有年度资金总额全年执行数90.00万元）】"
        in said
    )
    assert "（单位101填报的有编制数40人、实际在职人数38人）】" in said
    assert tables["年度绩效目标完成情况"].rows[0][1:] == ["1、修好山塘；", "1、山塘修好；"]
    assert tables["项目支出绩效自评（1个项目）"].rows[0][:2] == ["山塘整治", "20.00"]
    basis = dict(tables["数据口径"].rows)
    assert basis["未计入的单位"] == "单位101（未填全年预算数）"
    assert basis["所依据的报送"] == "单位101第1次"


def test_a_department_of_one_unit_states_its_score_and_grade():
    made = data(unit("101", figures=FULL, reported_score=Decimal("91.50"), recomputed_score=Decimal("90")))
    assert "综合评价得分为91.5分，等级为“优”，按政策复算为90分。" in text(made)


def test_projects_missed_indicators_and_doubts_stand_in_tables_and_a_copy_stands_once():
    one = unit("101", figures=FULL)
    twice = replace(one, figures=replace(one.figures, projects=one.figures.projects * 2))
    made = data(twice)
    tables = grids(made)
    assert tables["项目支出绩效自评（1个项目）"].rows == [
        ["山塘整治", "20.00", "30.00", "15.00", "50.00%", "92.00", "—"]
    ]
    (missed,) = [grid for caption, grid in tables.items() if caption.startswith("未完成年度指标值")]
    assert missed.rows[0][0] == "举办阅读活动" and missed.rows[0][3] == "95.00%"
    several = grids(data(unit("101", figures=FULL), unit("101001", figures=FULL)))
    named = next(grid for caption, grid in several.items() if caption.startswith("未完成年度指标值"))
    assert named.columns[0].head == "单位" and named.rows[0][:2] == ["单位101", "举办阅读活动"]
    assert "各单位得分" in several and "各单位得分" not in tables
    document = made.documents["101"]
    again = {**document, "files": document["files"] * 2}
    both = grids(replace(made, documents={"101": again}))
    assert both["绩效指标完成情况"].rows == tables["绩效指标完成情况"].rows


def test_no_sentence_has_an_unknown_in_it_and_every_blank_says_what_to_write():
    for made in (data(unit("101", figures=FULL)), data(unit("101"), unit("101001", figures=FULL))):
        said = text(made)
        assert "None" not in said and "—" not in BLANK.sub("", said).replace("〔", "")
        assert all(len(found[0]) > len("【待填写：】") + 2 for found in BLANK.finditer(said))


@pytest.mark.parametrize("name", policy_names())
def test_every_packaged_policy_has_an_outline_that_can_be_written(name):
    made = data(unit("101", figures=FULL), policy=load_policy(name))
    words = {word for row in made.policy.report.outline for word in row.content}
    assert words <= set(CONTENTS) and body(made) and made.policy.report.attachments
    assert {"收支情况", "项目支出", "汇总口径"} <= words


def test_contents_are_exactly_what_can_be_written():
    assert set(SECTIONS) == set(CONTENTS)


def test_a_slip_in_an_outline_is_explained():
    wrong = (
        'name = "x"\ntitle = "x"\nsource = "x"\nversion = "1"\nextends = "national-2020"\n[report]\n'
        'outline = [{ level = 3, heading = "情况", content = ["收支"], ask = [] }]\n'
    )
    with pytest.raises(PolicyError) as refused:
        parse_policy(wrong, source_name="x")
    text_of = "；".join(refused.value.reasons)
    assert "level 应为 1 或 2，现为 3" in text_of and "不认识“收支”" in text_of and "收支情况" in text_of


def test_words_of_a_filing_cannot_open_a_blank_place_of_their_own():
    assert BLANK.fullmatch(blank("甲【乙】丙"))[0] == "【待填写：甲〔乙〕丙】"
    assert isinstance(body(data(unit("101", figures=FULL)))[0], Text) and plain(Decimal("1.50")) == "1.5"


def test_a_sum_that_is_less_than_that_of_the_units_is_marked_where_it_stands():
    said = "年度资金总额全年执行数汇总填 1万元，已通过的 1 家所属单位合计 2万元（乙 2），多出 1万元"
    found = Finding("X28", Severity.ERROR, None, "表1", "不应大于。", "1", "不小于 2", said)
    made = data(
        unit("101", figures={"executed": "1", "adjusted_budget": "1"}),
        findings=(DepartmentFinding("101", "某局", found),),
    )
    assert "合计待核实（X28）：年度资金总额全年执行数汇总填 1万元，已通过的 1 家所属单位合计 2万元" in text(
        made
    )
    assert "待核实" not in text(data(unit("101", figures={"executed": "1", "adjusted_budget": "1"})))


def test_units_that_stand_in_the_departments_own_form_are_spoken_for_and_not_asked_for_again():
    own = unit("101", figures=FULL)
    whole = replace(own, figures=replace(own.figures, scope=Scope.WHOLE))
    made = data(whole, unit("101001", figures=FULL))
    said, tables = text(made), grids(made)
    assert made.who == "" and "2025年年初预算数100.00万元，全年预算数120.00万元" in said
    assert dict(tables["数据口径"].rows)["已含在部门汇总表中"] == "单位101001"
    assert "未计入单位的情况" not in said
    by_unit = {row[1]: row[2:] for row in tables["各单位收支情况"].rows}
    assert by_unit["单位101001（已含在主管部门的汇总表中）"] == ["—"] * 4


def test_a_mean_of_percentages_stands_as_a_percentage_and_a_sum_with_its_unit():
    def like(name: str, kind: str, measured: str, target: str, actual: str) -> IndicatorTotal:
        return IndicatorTotal(
            "101", "效益指标", "社会效益指标", name, measured, kind, ("单位101", "单位101001"), (),
            Decimal(target), Decimal(actual), Decimal("0.9369"), Decimal(10), Decimal(9),
        )  # fmt: skip

    made = data(
        unit("101", figures=FULL),
        indicators=(
            like("家长满意度", "relative", "%", "0.9055", "0.8484"),
            like("在校学生", "absolute", "人", "3430", "3492"),
        ),
    )
    rows = grids(made)["多家单位相同的指标（绝对值相加，相对值按政策平均）"].rows
    assert [row[2:4] for row in rows] == [["90.55%", "84.84%"], ["3430人", "3492人"]]
