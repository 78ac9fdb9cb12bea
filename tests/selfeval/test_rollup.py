"""The roll-up: exact sums beside plain additions, and no unit that is missing ever counted as zero."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from selfeval.board import STATE_LABELS
from selfeval.rollup import AMOUNTS, UnitRow
from selfeval.rollup.totals import roll_up

_FEN = Decimal("0.000001")
amounts = st.none() | st.integers(-(10**8), 10**13).map(lambda fen: fen * _FEN)
units = st.lists(
    st.builds(
        UnitRow,
        code=st.just("1"),
        name=st.just("某单位"),
        tier=st.just(2),
        department_code=st.sampled_from(["101", "203", "0101"]),
        department_name=st.just("某部门"),
        state=st.sampled_from(sorted(STATE_LABELS)),
        recomputed_score=st.none() | st.decimals(0, 100, places=2),
        initial_budget=amounts,
        adjusted_budget=amounts,
        executed=amounts,
    )
)


def unit(name: str = "甲站", state: str = "accepted", department: str = "101", **figures: str) -> UnitRow:
    known = {key: Decimal(value) for key, value in figures.items()}
    return UnitRow("1", name, 2, department, f"{department}局", state, **known)


def full(name: str = "甲站", state: str = "accepted", department: str = "101", amount: str = "1") -> UnitRow:
    return unit(name, state, department, **dict.fromkeys(AMOUNTS, amount))


@given(units)
def test_every_total_is_the_plain_sum_of_the_units_that_count(rows):
    departments, whole = roll_up(rows)
    assert [total.code for total in departments] == sorted({row.department_code for row in rows})
    for total in (*departments, whole):
        own = [row for row in rows if total.code in ("", row.department_code)]
        counted = [
            row
            for row in own
            if row.state in ("accepted", "published") and None not in (row.adjusted_budget, row.executed)
        ]
        assert total.counted == len(counted)
        for key in AMOUNTS:
            said = [value for row in counted if (value := getattr(row, key)) is not None]
            assert getattr(total, key) == (sum(said) if said else None)
        assert len(total.unstated) == sum(row.initial_budget is None for row in counted)
        assert total.counted + len(total.left_out) == len(own)
        assert total.expected == sum(row.state not in ("exempt", "nil", "merged", "closed") for row in own)


def test_a_million_cents_add_up_where_floats_would_not():
    rows = [full(amount="0.1"), full(amount="0.2"), full(amount="99999999999.999999")]
    assert roll_up(rows)[1].executed == Decimal("100000000000.299999")


def test_a_unit_that_has_not_passed_is_named_with_its_state_and_in_no_sum():
    rows = [full("通过的"), full("退回的", "returned", amount="50"), full("待审的", "received", amount="50")]
    rows += [unit("没报的", "missing"), unit("免报的", "exempt"), unit("撤并的", "closed")]
    (department,), _ = roll_up(rows)
    assert department.adjusted_budget == 1
    assert (department.counted, department.expected) == (1, 4)
    assert department.left_out == (
        ("退回的", "退回修改"),
        ("待审的", "已收待审"),
        ("没报的", "未报送"),
        ("免报的", "免报"),
        ("撤并的", "撤并"),
    )


def test_a_unit_without_one_of_its_amounts_is_named_and_in_no_column():
    rows = [full(), unit("没填执行数", initial_budget="7", adjusted_budget="7"), unit("只有得分")]
    (department,), _ = roll_up(rows)
    assert (department.initial_budget, department.adjusted_budget, department.executed) == (1, 1, 1)
    assert department.left_out == (
        ("没填执行数", "未填全年执行数"),
        ("只有得分", "未填全年预算数、全年执行数"),
    )


def test_a_form_without_an_initial_budget_counts_and_is_named_beside_that_sum():
    (department,), whole = roll_up([full(amount="10"), unit("两栏的", adjusted_budget="30", executed="24")])
    assert (whole.counted, whole.initial_budget, whole.adjusted_budget, whole.executed) == (2, 10, 40, 34)
    assert whole.execution_rate == Decimal("0.85") and whole.figures["initial_budget"].said == 1
    assert department.left_out == () and department.unstated == ("两栏的",)
    assert department.unstated_note == "年初预算数不含表中没有这一数的1家：两栏的"


def test_a_department_of_which_nothing_counts_has_no_amounts_rather_than_zero():
    departments, whole = roll_up([unit("没报的", "missing"), full(department="203")])
    assert [(d.code, d.counted, d.executed, d.execution_rate) for d in departments] == [
        ("101", 0, None, None),
        ("203", 1, 1, 1),
    ]
    assert (whole.counted, whole.expected, whole.executed) == (1, 2, 1)


def test_a_filed_zero_is_a_zero():
    (department,), _ = roll_up([full(amount="0")])
    assert department.executed == 0 and department.execution_rate is None


def test_the_execution_rate_comes_from_the_sums_and_not_from_the_rates():
    rows = [
        unit(initial_budget="100", adjusted_budget="100", executed="100"),
        unit(initial_budget="300", adjusted_budget="300", executed="150"),
    ]
    assert roll_up(rows)[1].execution_rate == Decimal("0.625")


def test_the_mean_score_leaves_out_what_is_returned_and_what_has_no_score():
    rows = [full() for _ in range(2)] + [
        unit(recomputed_score="90", **dict.fromkeys(AMOUNTS, "1")),
        full(state="returned"),
    ]
    assert roll_up(rows)[1].mean_score == 90


def test_half_a_cent_is_rounded_up_before_adding():
    rows = [full(amount="0.0000005"), full(amount="0.0000005")]
    assert roll_up(rows)[1].executed == Decimal("0.000002")


def test_an_absurdly_long_amount_ends_in_a_sum_and_not_in_an_overflow():
    assert roll_up([full(amount="9" * 28), full(amount="1")])[1].executed == Decimal("1E+28")


def test_a_bureau_without_units_adds_up_to_nothing_known():
    departments, whole = roll_up([])
    assert departments == () and whole.expected == 0 and whole.executed is None
