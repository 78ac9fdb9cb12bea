"""Chinese numerals below a hundred."""

from __future__ import annotations

import pytest

from selfeval.numerals import in_digits, number_of, numeral


def test_numerals_are_written_to_ninety_nine_and_then_in_digits():
    written = [numeral(n) for n in (0, 1, 10, 11, 20, 23, 99, 100)]
    assert written == ["〇", "一", "十", "十一", "二十", "二十三", "九十九", "100"]


def test_what_is_written_is_read_as_the_same_number():
    assert [number_of(numeral(n)) for n in range(100)] == list(range(100))


def test_other_ways_to_write_a_digit_are_read():
    assert [number_of(text) for text in ("零", "○", "两", "一十二")] == [0, 0, 2, 12]


@pytest.mark.parametrize("text", ["", "二三", "十十", "百", "三公", "3"])
def test_what_is_no_numeral_below_a_hundred_has_no_number(text):
    assert number_of(text) is None


def test_the_digits_of_a_year_are_read_one_by_one():
    assert in_digits("二○二三") == in_digits("二零二三") == "2023"
