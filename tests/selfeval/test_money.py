"""Amounts and plain numbers as people type them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfeval.money import parse_amount, parse_in_unit, parse_number

AMOUNTS = st.decimals(min_value=0, max_value=10**9, places=2)
FULL_WIDTH = str.maketrans("0123456789.,", "０１２３４５６７８９．，")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("6,152.47", "6152.47"),
        ("3046.29　", "3046.29"),
        ("3 046.29", "3046.29"),
        ("23,50.02", "2350.02"),
        ("￥100", "100"),
        ("－5.2", "-5.2"),
        (".5", "0.5"),
        ("52.800000", "52.800000"),
    ],
)
def test_numbers_are_read_as_typed(text, number):
    assert parse_number(text) == Decimal(number)


@pytest.mark.parametrize(
    "text", ["402.6,3", "7,00.0,77", "12,5", "1.2.3", "100\n200", "十", "约5", "5.", "-", "", "1e5"]
)
def test_what_may_mean_two_things_is_not_read(text):
    assert parse_number(text) is None


@given(AMOUNTS)
def test_separators_spaces_and_full_width_digits_do_not_change_a_number(amount):
    for text in (
        f"{amount:,.2f}",
        f" {amount:.2f}　",
        f"{amount:.2f}".translate(FULL_WIDTH),
        f"{amount:,.2f}".replace(",", ", "),
    ):
        assert parse_number(text) == amount


@given(AMOUNTS, st.sampled_from(["元", "万元", "亿元"]))
def test_an_amount_means_the_same_in_every_unit(amount, unit):
    in_wan = parse_amount(f"{amount:.2f}{unit}")
    assert in_wan == amount * {"元": Decimal("0.0001"), "万元": 1, "亿元": 10000}[unit]
    assert parse_in_unit(f"{amount:.2f}{unit}", unit) == amount


@given(st.text(max_size=60))
def test_no_text_makes_the_parser_fail(text):
    for value in (parse_number(text), parse_amount(text), parse_in_unit(text, "元")):
        assert value is None or value.is_finite()


def test_a_text_without_a_unit_has_the_unit_of_its_table():
    assert parse_amount("38700", "元") == Decimal("3.87")
    assert parse_in_unit("5万元", "元") == 50000
    assert str(parse_in_unit("130.00", "万元")) == "130.00"
