"""This year beside the year before: matched by code, totals over the same units, differences said and not hidden."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from selfeval.comparison import ADDED, BOTH, GONE, CycleYear, UnitYear, compare
from selfeval.comparison_words import notes, unit_notes
from selfeval.findings import Severity
from selfeval.policy import GradeBand, load_policy
from selfeval.problems import Met, problems_met, together, typical_problems
from selfeval.rollup.measures import AMOUNTS

POLICY = load_policy("national-2020")
_WAN = st.integers(0, 10**7).map(lambda fen: Decimal(fen) / 100)


def unit(code: str, name: str = "", amount: str | None = None, score: str | None = None, **more) -> UnitYear:
    known = dict.fromkeys(AMOUNTS, Decimal(amount)) if amount is not None else {}
    values = {"department_code": "101", "department_name": "教育局", "state": "accepted", "policy": "甲 1"}
    return UnitYear(
        code, name or f"单位{code}", **(values | known | more),
        counted=amount is not None, score=Decimal(score) if score else None,
    )  # fmt: skip


def years(before: tuple[UnitYear, ...], after: tuple[UnitYear, ...], **policies):
    old, new = policies.get("old", POLICY), policies.get("new", POLICY)
    return compare(CycleYear(2024, old, before), CycleYear(2025, new, after))


def met(rule: str, still: bool = True) -> dict[str, Met]:
    return {rule: Met(rule, Severity.WARNING, f"{rule}的要求。", still)}


def test_units_are_matched_by_code_and_a_new_one_and_one_that_is_gone_are_said():
    made = years((unit("1"), unit("2", "旧站")), (unit("1", "改名后"), unit("3")))
    assert [(each.unit.code, each.kind) for each in made.units] == [("1", BOTH), ("3", ADDED), ("2", GONE)]
    said = unit_notes(made)
    assert said["1"] == ("2024年度名称为“单位1”",)
    assert said["3"] == ("2024年度名单中没有这个编码",)
    assert said["2"] == ("2025年度名单中没有这个编码",)
    assert notes(made) == (
        "2025年度新增的单位1家：单位3",
        "2024年度有而2025年度没有的单位1家：旧站",
        "改了名称的单位1家：改名后",
    )


def test_a_unit_of_the_same_name_with_another_code_is_pointed_at_and_never_matched():
    made = years((unit("1", "同名站"),), (unit("9", "同名站"),))
    assert {each.kind for each in made.units} == {ADDED, GONE}
    said = unit_notes(made)
    assert "同名的单位（1）" in said["9"][0] and "同名的单位（9）" in said["1"][0]


def test_a_unit_that_was_merged_is_said_of_itself_and_of_the_one_that_took_it():
    merged = unit("2", state="merged", merged_into="1", merged_into_name="单位1")
    made = years((unit("1", amount="5"), unit("2", amount="3")), (unit("1", amount="8"), merged))
    said = unit_notes(made)
    assert said["2"] == ("2025年度由单位1（1）报送",)
    assert said["1"] == ("2025年度并入了单位2（2），2024年度的数不含并入的单位",)
    assert "2025年度并入其他单位的单位1家：单位2" in notes(made)


def test_a_unit_that_moved_to_another_department_is_counted_where_it_is_now():
    old = unit("1", amount="5", department_code="203", department_name="水利局")
    made = years((old,), (unit("1", amount="6"),))
    assert [(each.code, each.units) for each in made.departments] == [("101", 1)]
    assert unit_notes(made)["1"] == ("2024年度主管部门为水利局（203）",)


def test_totals_hold_only_the_units_that_stand_in_the_sums_of_both_years():
    included = replace(unit("3", amount="100"), counted=False)
    made = years(
        (unit("1", amount="5", score="80"), unit("2", amount="9"), unit("3", amount="100")),
        (unit("1", amount="6", score="90"), unit("2", state="returned"), included),
    )
    assert made.whole.units == 1
    assert made.whole.sums["adjusted_budget"] == (5, 6)
    assert (made.whole.scored, made.whole.scores) == (1, (80, 90))
    assert unit_notes(made)["2"] == ("2025年度退回修改，没有可比的数",)


@given(st.lists(st.tuples(st.none() | _WAN, st.none() | _WAN), max_size=12))
def test_every_total_is_the_plain_sum_over_the_units_known_in_both_years(pairs):
    def side(at: int) -> tuple[UnitYear, ...]:
        return tuple(
            unit(str(number), amount=None if pair[at] is None else str(pair[at]))
            for number, pair in enumerate(pairs)
        )

    made = years(side(0), side(1))
    known = [pair for pair in pairs if None not in pair]
    assert made.whole.units == len(known)
    assert made.whole.sums["executed"] == (sum(a for a, _ in known), sum(b for _, b in known))


def test_grades_rise_and_fall_only_where_both_years_grade_alike():
    before = (unit("1", grade="良"), unit("2", grade="优"), unit("3", grade="优"), unit("4"))
    after = (unit("1", grade="优"), unit("2", grade="优"), unit("3", grade="差"), unit("4", grade="优"))
    assert years(before, after).grade_moves == (1, 1, 1)
    other = POLICY._replace(grades=(GradeBand("优", Decimal(95)), GradeBand("差", Decimal(0))))
    made = years(before, after, new=other)
    assert made.grade_moves == (0, 0, 0)
    (said,) = notes(made)
    assert said.startswith("两年的等级划分不同，等级不作升降比较：2024年度优（90分起）")
    assert "2025年度优（95分起）、差（0分起）" in said


def test_different_rules_of_scoring_are_named_before_any_score_is_compared():
    other = POLICY._replace(execution=POLICY.execution._replace(floor=Decimal("0.5")))
    (said,) = notes(years((unit("1"),), (unit("1"),), new=other))
    assert said == "两年的计分规定不同，得分的变化含这一因素：执行率得分·不得分的执行率低于由“不设”改为“50%”"
    reminded = POLICY._replace(reminders=POLICY.reminders._replace(before=(1,)))
    assert notes(years((unit("1"),), (unit("1"),), new=reminded)) == ()


def test_a_unit_with_another_policy_than_last_year_is_said():
    made = years((unit("1"),), (unit("1", policy="乙 1"),))
    assert unit_notes(made)["1"] == ("两年评分的政策不同（甲 1 → 乙 1）",)
    assert notes(made) == ("单位1两年评分的政策不同，见各单位的说明",)


def test_the_policies_of_the_cycles_themselves_are_not_said_again_of_every_unit():
    new = POLICY._replace(name="次年", version="2")
    before = unit("1", policy=f"{POLICY.name} {POLICY.version}")
    made = years((before,), (unit("1", policy="次年 2"),), new=new)
    assert unit_notes(made) == {} and notes(made) == ()


def test_a_problem_is_repeated_when_the_same_unit_met_the_same_rule_in_both_years():
    before = (unit("1", met=met("B03") | met("C01")), unit("2", met=met("B03")), unit("3", met=met("D01")))
    after = (unit("1", met=met("B03", still=False)), unit("2"), unit("4", met=met("D01")))
    made = years(before, after)
    assert [(each.unit.code, each.repeated) for each in made.repeating] == [
        ("1", (("B03", "B03的要求。", False),))
    ]


def test_an_error_that_was_corrected_in_a_later_version_was_met_and_is_not_open():
    def version(*found: tuple[str, str]) -> dict:
        rows = [{"code": code, "severity": severity, "sentence": "要求。"} for code, severity in found]
        return {"files": [{"findings": rows}]}

    first = problems_met(version(("B03", "error"), ("A11", "warning"), ("R01", "notice")), effective=False)
    second = problems_met(version(("A11", "warning")), effective=True)
    both = together(first, second)
    assert {rule: each.open for rule, each in both.items()} == {"A11": True, "B03": False}
    (most, other) = typical_problems({"1": both.values(), "2": second.values()}, {"1": "甲站", "2": "乙站"})
    assert (most.rule, most.units, most.open) == ("A11", ("甲站", "乙站"), 2)
    assert (other.rule, other.severity, other.open) == ("B03", Severity.ERROR, 0)


def test_two_cycles_that_are_alike_leave_nothing_to_be_said():
    made = years((unit("1", amount="5", grade="优"),), (unit("1", amount="5", grade="优"),))
    assert notes(made) == () and unit_notes(made) == {} and made.repeating == ()
