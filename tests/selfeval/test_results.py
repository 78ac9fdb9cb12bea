"""The bulletin of results: every figure it says is one the system holds, and what it does not know it leaves to a person."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from selfeval.board import UnitStatus
from selfeval.bulletin import bulletin
from selfeval.comparison import CycleYear, compare, unit_year
from selfeval.filing import Position
from selfeval.findings import Finding, Severity
from selfeval.outcome import grade_counts, grade_labels, lateness_counts
from selfeval.paper_blocks import BLANK, Grid, Heading
from selfeval.policy import load_policy
from selfeval.problems import Met, Typical
from selfeval.recheck import Recheck
from selfeval.results import ResultsData, blocks
from selfeval.results.data import Grading
from selfeval.rollup.measures import AMOUNTS
from selfeval.rollup.record import rolled_up
from selfeval.rollup.units import UnitRow, Version
from selfeval.rules.departments import DepartmentFinding
from selfeval.workdays import SHANGHAI, Workdays

POLICY = load_policy("national-2020")
ASOF = datetime(2026, 4, 20, 9, 5, tzinfo=SHANGHAI)
DUE = "2026-04-10T17:30+08:00"
VERSION = Version(1, 1, "0" * 64, "national-2020 1", "1")


def row(code: str, score: str | None = None, state: str = "accepted", **more) -> UnitRow:
    amounts = dict.fromkeys(AMOUNTS, Decimal(100)) if state == "accepted" else {}
    points = Decimal(score) if score else None
    values = {"department_code": "101", "department_name": "教育局"} | amounts | more
    return UnitRow(
        code, f"单位{code}", 2, state=state, recomputed_score=points, version=VERSION if score else None, **values
    )  # fmt: skip


UNITS = (
    row("1", "95", grade="优", reported_score=Decimal("97.5")),
    row("2", "85", grade="良", reported_score=Decimal(85), warnings=1),
    row("3", "85", grade="良", department_code="203", department_name="水利局"),
    row("4", state="missing"),
    row("5", state="returned"),
)


def status(code: str, state: str, late: int | None = 0, **more) -> UnitStatus:
    return UnitStatus(
        code, f"单位{code}", 2, "101", "教育局", state, 1, late, DUE, DUE, correction_due=DUE,
        first_received_at=DUE, **more,
    )  # fmt: skip


STATUSES = (
    status("1", "accepted"),
    status("2", "accepted", 2, late_calculation="计4月13日至14日", late_points="2"),
    status("3", "accepted"),
    status("4", "missing", None),
    status("5", "returned"),
)


def data(units=UNITS, statuses=STATUSES, **more) -> ResultsData:
    told = bulletin(statuses, bureau="某局", year=2025, asof=ASOF, workdays=Workdays(), rule="每逾期1日扣1分")
    values = {
        "bureau": "某局", "year": 2025, "document_number": "某财绩〔2026〕1号", "status": told,
        "made": rolled_up(units, POLICY), "grades": ("优", "良", "中", "差"), "weighted": False,
    }  # fmt: skip
    return ResultsData(**(values | more))


def texts(made) -> str:
    return "\n".join(block.text for block in made if not isinstance(block, Grid))


def grid(made, caption: str) -> list[dict[str, str]]:
    found = next(block for block in made if isinstance(block, Grid) and block.caption.startswith(caption))
    heads = [column.head.replace("\n", "") for column in found.columns]
    return [dict(zip(heads, cells, strict=True)) for cells in found.rows]


def titles(made) -> list[str]:
    return [block.text.partition("、")[2] for block in made if isinstance(block, Heading)]


def test_the_figures_are_those_of_the_board_and_of_the_roll_up():
    said = texts(blocks(data()))
    assert "应报送自评材料的单位5家，已报送4家，报送率80.00%；其中按时报送3家，逾期报送1家" in said
    assert "审核通过3家，退回后尚未改正1家，尚未报送1家" in said
    assert "计入汇总的3家单位，年初预算数300.00万元" in said and "执行率100.00%" in said
    assert "复算得分平均88.33分（各单位等权）" in said
    assert "自评总分高于复算得分的1家，相差最大的是单位1（自评97.50分，复算95.00分，高2.50分）" in said


def test_units_that_wait_for_a_level_are_told_apart_from_those_that_are_done():
    waiting = tuple(replace(each, awaits="section") if each.code == "2" else each for each in UNITS)
    assert "审核通过3家（其中待归口业务科室审核1家），退回后" in texts(blocks(data(waiting)))


def test_departments_and_units_are_ranked_and_equal_scores_share_a_place():
    made = blocks(data())
    assert [(each["名次"], each["单位"]) for each in grid(made, "各单位复算得分")] == [
        ("1", "单位1"), ("2", "单位2"), ("2", "单位3"),
    ]  # fmt: skip
    ranked = grid(made, "各部门汇总情况")
    assert [(each["名次"], each["主管部门"], each["平均得分"]) for each in ranked] == [
        ("1", "教育局", "90.00"), ("2", "水利局", "85.00"), ("", "合计", "88.33"),
    ]  # fmt: skip


def test_where_the_policy_does_not_grade_nobody_is_ranked():
    made = blocks(data(grades=()))
    assert "等级和得分" not in titles(made)
    assert all("名次" not in each for each in grid(made, "各部门汇总情况"))


def test_of_many_units_only_the_two_ends_are_named():
    units = tuple(row(f"{number:02d}", str(60 + number), grade="中") for number in range(30))
    made = blocks(data(units))
    assert [each["名次"] for each in grid(made, "复算得分居前的10家")] == [str(n) for n in range(1, 11)]
    assert [each["单位"] for each in grid(made, "复算得分居后的10家")][-1] == "单位00"


def test_late_units_stand_with_their_calculation_and_open_ones_without_the_list_of_days():
    made = blocks(data())
    assert "2个工作日，扣2分（计4月13日至14日）" in grid(made, "逾期报送的单位1家")[0]["情况"]
    assert grid(made, "尚未报送的单位1家")[0]["情况"].endswith("已逾期6个工作日")
    assert grid(made, "退回后尚未改正的单位1家")[0]["单位"] == "单位5"


def test_typical_problems_come_with_counts_and_names_and_those_between_units_by_department():
    typical = tuple(
        Typical(f"B{number:02d}", Severity.ERROR, "要求。", ("甲", "乙", "丙", "丁", "戊", "己"), 1)
        for number in range(12)
    )
    found = Finding(
        "X26", Severity.ERROR, None, "封面", "一致。", "1", "2", "教育局填 1，单位2报 2", (Position("封面"),)
    )
    made = replace(rolled_up(UNITS, POLICY), findings=(DepartmentFinding("101", "教育局", found),))
    shown = blocks(data(typical=typical, made=made))
    rows = grid(shown, "主要问题")
    assert len(rows) == 10 and rows[0]["涉及单位"] == "6" and rows[0]["单位"] == "甲、乙、丙、丁、戊等6家"
    assert "12类问题，涉及6家单位" in texts(shown)
    assert grid(shown, "主管部门与所属单位之间")[0]["情况"] == "教育局填 1，单位2报 2"
    assert "教育局应会同所属单位核对不一致的数据" in texts(shown)


def test_a_re_check_stands_beside_the_other_scores_and_one_that_is_not_done_is_counted_open():
    sampled = {"1": Recheck("1", Decimal("92.00"), "佐证不足", "某人", 1), "2": Recheck("2")}
    made = blocks(data(recheck=sampled))
    assert "抽取2家单位复核，已完成1家" in texts(made)
    assert grid(made, "复核结果") == [
        {
            "单位": "单位1",
            "自评总分": "97.50",
            "复算得分": "95.00",
            "复核得分": "92.00",
            "复核理由": "佐证不足",
        }
    ]
    assert "复核情况" not in titles(blocks(data()))


def test_the_year_before_is_told_when_there_is_one_and_not_mentioned_when_there_is_none():
    met = {"B03": Met("B03", Severity.WARNING, "执行数不应大于预算数。", True)}
    after = tuple(unit_year(each, met) for each in rolled_up(UNITS, POLICY).units)
    before = tuple(
        replace(each, adjusted_budget=Decimal(80), grade="差") if each.counted else each for each in after
    )
    comparison = compare(CycleYear(2024, POLICY, before), CycleYear(2025, POLICY, after))
    made = blocks(data(comparison=comparison))
    said = texts(made)
    assert (
        "全年预算数300.00万元，比2024年度增加60.00万元，增长25.00%；全年执行数300.00万元，与2024年度持平"
        in said
    )
    assert "等级上升3家，不变0家，下降0家" in said and "两年都不符合同一项要求的单位5家" in said
    assert "B03 执行数不应大于预算数（仍有）" in grid(made, "两年都出现的问题")[0]["情况"]
    assert "上年度" not in "".join(titles(blocks(data())))


def test_a_cycle_of_which_nothing_is_known_yet_says_no_figure_and_no_zero_amount():
    made = blocks(data((row("4", state="missing"),), (status("4", "missing", None),)))
    assert "万元" not in texts(made) and "平均" not in texts(made)
    assert titles(made) == ["总体情况", "存在的主要问题", "逾期报送、未报送和未改正的单位", "下一步要求"]


def test_the_days_and_the_judgement_that_only_a_person_knows_are_marked_places():
    marked = BLANK.findall(texts(blocks(data())))
    assert len(marked) == 5 and sum("日期" in place for place in marked) == 3


def test_grades_of_another_policy_are_counted_apart_and_never_beside_those_of_the_cycle():
    other = Grading("某市办法", ("优秀", "良好", "合格", "不合格"))
    units = (*UNITS, row("6", "96", grade="优秀"), row("7", "88", grade="良好"), row("8", "70", grade=None))
    alike = Grading("某区办法", ("优", "良", "中", "差"))
    said = texts(blocks(data(units, gradings={"6": other, "7": other, "8": alike})))
    assert "审核通过的6家单位中，按本级办法评定等级的4家，优1家，占25.00%，良2家，占50.00%，中0家" in said
    assert (
        "按“某市办法”评定等级的2家（单位6、单位7），优秀1家，占50.00%，良好1家，占50.00%，合格0家，占0.00%，"
        "不合格0家，占0.00%。等级按复算得分评定" in said
    )
    assert "按本级办法" not in texts(blocks(data(gradings={"1": alike})))


def test_grades_of_other_policies_follow_those_of_the_cycle_the_best_first():
    units = (row("1", "61", grade="合格"), row("2", "96", grade="优秀"), row("3", "88", grade="良好"))
    assert grade_labels(units, ("优", "良")) == ("优", "良", "优秀", "良好", "合格")


def test_grades_are_counted_over_what_passed_and_lateness_over_what_is_owed():
    counts = {each.label: (each.units, each.share) for each in grade_counts(UNITS, ("优", "良", "中", "差"))}
    assert counts["良"][0] == 2 and counts["差"] == (0, 0)
    late = (replace(UNITS[0], late_days=3), replace(UNITS[1], late_days=4), replace(UNITS[2], late_days=11))
    buckets = {
        each.label: each.units for each in lateness_counts((*late, UNITS[3], row("6", state="exempt")))
    }
    assert buckets == {"按时": 0, "逾期1—3日": 1, "逾期4—10日": 1, "逾期11日以上": 1, "未报送": 1}
