"""Beyond the sums: scope, missing units, like indicators, ratios, what changed. All figures are invented."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfeval.policy import load_policy, parse_policy
from selfeval.result import check_document, check_entry
from selfeval.rollup import AMOUNTS, IndicatorFigures, ProjectFigures, Scope, UnitFigures, UnitRow
from selfeval.rollup.changes import unit_changes
from selfeval.rollup.figures import figures_of, said_scope
from selfeval.rollup.like import like_indicators
from selfeval.rollup.packed import Integers, Packed, PackedFigures
from selfeval.rollup.record import content_from, content_hash, content_of, content_parts, rolled_up
from selfeval.rollup.totals import facts, roll_up, settled
from selfeval.rules import judge
from tests.selfeval.build import filing

POLICY = load_policy("national-2020")
EQUAL = parse_policy(
    'name = "a"\ntitle = "a"\nsource = "a"\nversion = "1"\nextends = "national-2020"\n[rollup]\nrelative = "equal"\n',
    source_name="a",
)


def unit(
    code: str, amount: str | None = "10", *, state: str = "accepted", scope=None, base=None, **figures
) -> UnitRow:
    known = dict.fromkeys(AMOUNTS, Decimal(amount)) if amount else {}
    said = {key.replace("__", "."): Decimal(value) for key, value in figures.items()}
    bases = dict.fromkeys(AMOUNTS, Decimal(base)) if base else {}
    return UnitRow(
        code, f"{code}号站", 1 if len(code) == 3 else 2, code[:3], f"{code[:3]}局", state, **known,
        figures=UnitFigures(said, scope=scope), base=bases, base_of="上年年初预算数" if base else "",
    )  # fmt: skip


def indicator(
    target: str, actual: str, kind: str = "absolute", funds: str | None = "10", **more
) -> IndicatorFigures:
    fields = {"direction": "up", "unit": "%" if kind == "relative" else "个"} | more
    return IndicatorFigures(
        "产出指标", "数量指标", "修路", kind=kind, target=Decimal(target), actual=Decimal(actual),
        weight=Decimal(10), funds=Decimal(funds) if funds else None, **fields,
    )  # fmt: skip


def with_rows(row: UnitRow, *rows: IndicatorFigures) -> UnitRow:
    return replace(row, figures=replace(row.figures, indicators=rows))


def test_a_department_that_sums_its_units_is_not_added_to_them_again():
    rows = [unit("101", "50", scope=Scope.WHOLE), unit("101001", "30"), unit("101002", None, state="missing")]
    (department,), whole = roll_up(rows)
    assert department.executed == whole.executed == 50
    assert (department.counted, department.expected) == (1, 3)
    assert dict(department.left_out) == {
        "101001号站": "已含在主管部门的汇总表中",
        "101002号站": "未报送，已含在主管部门的汇总表中",
    }
    assert department.included == ("101001号站", "101002号站") and department.ranges == {}


@pytest.mark.parametrize("own", [unit("101", "50", scope=Scope.OWN), unit("101", "50")])
def test_a_department_that_speaks_for_itself_is_added_to_its_units(own):
    assert roll_up([own, unit("101001", "30")])[1].executed == 80


def test_a_summing_department_that_was_sent_back_does_not_hide_its_units():
    rows = [unit("101", "50", scope=Scope.WHOLE, state="returned"), unit("101001", "30")]
    assert roll_up(rows)[1].executed == 30


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        ("2025年度部门整体支出绩效自评表（汇总）", Scope.WHOLE),
        ("云溪县林业局及所属单位整体支出自评表", Scope.WHOLE),
        ("云溪县林业局（本级）", Scope.OWN),
        ("项目支出绩效自评汇总表", None),
        ("云溪县林业局", None),
    ],
)
def test_a_title_says_whom_its_figures_speak_for_or_nothing(text, scope):
    assert said_scope(text) is scope


def test_missing_units_are_estimated_from_their_base_and_named_where_they_have_none():
    rows = [
        unit("101", "100", base="90"),
        unit("101001", None, state="missing", base="10"),
        unit("101002", None, state="missing"),
        unit("101003", None, state="exempt", base="500"),
    ]
    (department,), _ = roll_up(rows, Decimal("0.2"))
    assert (department.ranges["executed"].low, department.ranges["executed"].high) == (108, 112)
    assert department.coverage.share == Decimal("0.9")
    assert department.coverage.unknown == ("101002号站",)
    assert department.executed == 100  # the estimate never enters the total


def test_ratios_come_from_sums_and_only_from_parts_that_as_many_units_state():
    rows = [
        unit("101", posts="10", people="9", three_publics__spent="4"),
        unit("102", posts="30", people="21", three_publics__spent="2", three_publics__budget="8"),
    ]
    ratios = roll_up(rows)[1].ratios
    assert ratios["control_rate"] == Decimal("0.75")
    assert "publics_budget_rate" not in ratios


def test_a_mean_score_may_be_weighted_by_funds():
    rows = [
        replace(unit("101", "30"), recomputed_score=Decimal(80)),
        replace(unit("102", "10"), recomputed_score=Decimal(100)),
    ]
    whole = roll_up(rows)[1]
    assert (whole.score(weighted=False), whole.score(weighted=True)) == (90, 85)


def test_absolute_completions_are_added_and_then_scored():
    rows = [with_rows(unit("101"), indicator("10", "4")), with_rows(unit("101001"), indicator("10", "12"))]
    department, whole = like_indicators(rows, POLICY)
    assert (department.target, department.actual, department.ratio, department.score) == (
        20,
        16,
        Decimal("0.8"),
        8,
    )
    assert whole[1:] == department[1:] and (department.department_code, whole.department_code) == ("101", "")


def test_relative_completions_are_weighted_by_funds_or_alike_as_the_policy_says():
    rows = [
        with_rows(unit("101"), indicator("1", "0.9", "relative", "30")),
        with_rows(unit("101001"), indicator("1", "0.5", "relative", "10")),
    ]
    assert like_indicators(rows, POLICY)[0].actual == Decimal("0.8")
    assert like_indicators(rows, EQUAL)[0].actual == Decimal("0.7")


def test_a_unit_without_funds_to_be_weighed_by_is_named():
    rows = [
        with_rows(unit(code), indicator("1", "0.9", "relative", funds))
        for code, funds in (("101", "30"), ("101001", "10"), ("101002", None))
    ]
    assert like_indicators(rows, POLICY)[0].left_out == ("101002号站",)


def test_a_unit_whose_filing_states_no_amounts_is_in_the_completion_and_one_that_was_returned_is_not():
    silent = replace(with_rows(unit("101001"), indicator("10", "6")), adjusted_budget=None, executed=None)
    returned = replace(with_rows(unit("101002"), indicator("10", "10")), state="returned")
    found = like_indicators([with_rows(unit("101"), indicator("10", "10")), silent, returned], POLICY)
    assert (found[0].target, found[0].actual, len(found[0].units)) == (20, 16, 2)


def test_other_units_directions_and_kinds_are_not_alike():
    rows = [
        with_rows(unit("101"), indicator("10", "4")),
        with_rows(unit("101001"), indicator("10", "4", unit="公里"), indicator("10", "4", direction="down")),
        with_rows(unit("101002"), indicator("1", "1", "qualitative", unit="个")),
    ]
    assert like_indicators(rows, POLICY) == ()


def test_a_filing_brings_its_funds_staff_three_publics_projects_and_indicators():
    whole = filing()
    read = figures_of(check_document("x", [check_entry(whole, judge(whole, POLICY))]))
    said = {
        "executed": "823.35", "basic_expenditure.executed": "541.15", "other_funds.adjusted_budget": "33.80",
        "cover.income": "846.20", "cover.personnel": "454.75", "three_publics.last": "9.80",
        "three_publics.spent": "7.46", "running.budget": "6.00", "posts": "40", "people": "38",
    }  # fmt: skip
    assert {key: read.figures[key] for key in said} == {key: Decimal(value) for key, value in said.items()}
    assert [project[:4] for project in read.projects] == [
        ("馆藏图书采购", Decimal("150.00"), Decimal("156.00"), Decimal("148.20")),
        ("阅读推广", Decimal("132.40"), Decimal("141.50"), Decimal("134.00")),
    ]
    rows = {row.name: row for row in read.indicators}
    assert rows["到馆读者人次"][3:8] == ("人次", "up", "absolute", Decimal("120000"), Decimal("126000"))
    assert rows["读者满意度"].kind == "relative"
    assert "purchase.spent" not in read.figures  # blank is unknown


def test_changes_say_which_figure_from_what_to_what():
    before = unit("101", "10", posts="5")
    after = replace(
        unit("101", "12", posts="5", people="4"),
        figures=UnitFigures(
            {"posts": Decimal(5), "people": Decimal(4)}, (ProjectFigures("修桥", executed=Decimal("3.5")),)
        ),
    )
    assert [str(change) for change in unit_changes(before, after)] == [
        "101号站（101）实际在职人数：无 → 4",
        "101号站（101）项目“修桥”全年执行数：没有这个项目 → 3.5",
    ]
    assert unit_changes(None, after)[0].after == "列入"
    waiting = replace(after, awaits="section")
    assert [str(each) for each in unit_changes(waiting, after)] == [
        "101号站（101）状态：待归口业务科室审核 → 审核通过"
    ]


amounts = st.integers(-(10**6), 10**9).map(lambda cents: Decimal(cents) / 10**6)
many = st.lists(
    st.builds(
        lambda code, amount, state, posts: replace(
            unit(code, str(amount), state=state), figures=UnitFigures(posts)
        ),
        st.sampled_from(["101", "101001", "202", "202003"]),
        amounts,
        st.sampled_from(["accepted", "returned", "missing", "closed"]),
        st.dictionaries(st.sampled_from(["posts", "three_publics.spent"]), amounts),
    ),
    max_size=12,
)


@given(many, st.randoms())
def test_the_order_of_the_units_changes_no_figure_and_departments_add_up_to_the_bureau(rows, random):
    departments, whole = roll_up(rows)
    shuffled = list(rows)
    random.shuffle(shuffled)
    again = roll_up(shuffled)[1]
    assert dict(again.figures) == dict(whole.figures)
    for key, each in whole.figures.items():
        parts = [department.figures[key] for department in departments if key in department.figures]
        assert (sum(part.value for part in parts), sum(part.said for part in parts)) == each


@given(many)
def test_the_same_units_give_the_same_content(rows):
    assert content_hash(content_of(rolled_up(rows, POLICY))) == content_hash(
        content_of(rolled_up(rows, POLICY))
    )


@given(many)
def test_the_hash_is_that_of_the_whole_content_as_json(rows):
    content = content_of(rolled_up(rows, POLICY))
    data = content_from((key, json.loads(text)) for key, text in content_parts(content))
    assert data == content | {"indicators": list(content["indicators"])}
    whole = json.dumps(data, ensure_ascii=False, sort_keys=True).encode()
    assert content_hash(content) == hashlib.sha256(whole).hexdigest()


@given(st.lists(st.tuples(st.integers(), st.text(), st.none() | st.decimals(allow_nan=False)), max_size=600))
def test_packed_rows_come_back_in_order_whatever_their_number(rows):
    packed = Packed(iter(rows))
    assert packed == tuple(rows) and len(packed) == len(rows) and packed[1:] == tuple(rows[1:])


@given(st.lists(st.integers() | st.integers(-(2**63), 2**63 - 1)))
def test_a_column_of_integers_holds_every_one_and_its_sum_is_exact(numbers):
    column = Integers()
    for number in numbers:
        column.append(number)
    assert list(column) == numbers and int(column.series().sum()) == sum(numbers)


def test_amounts_add_as_machine_integers_and_beyond_them_as_exact_ones():
    assert facts(settled([unit("101", "12.345678")])).frame["value"].dtype == "int64"
    huge = [unit("101", "9" * 18), unit("102", "1")]
    assert facts(settled(huge)).frame["value"].dtype == object
    assert roll_up(huge)[1].executed == Decimal(10) ** 18


@given(st.dictionaries(st.text(), st.decimals(allow_nan=False)))
def test_packed_figures_are_the_same_figures_in_the_same_order(figures):
    packed = PackedFigures(figures)
    assert list(packed.items()) == [(key, packed[key]) for key in packed] == list(figures.items())
    assert list(map(str, packed.values())) == list(map(str, figures.values()))
    assert packed == figures and packed.get("no such figure") is None
