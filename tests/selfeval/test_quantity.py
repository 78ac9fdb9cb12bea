"""Targets and actual values: comparator, number, unit."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfeval.quantity import comparable, dates_in_digits, parse_quantity

BEFORE = {
    "≥": ["≥", "≧", ">=", "不低于", "不少于", "＞="],
    "≤": ["≤", "≦", "<=", "不超过", "不超出", "不高于"],
    ">": [">", "大于"],
    "<": ["<", "小于"],
    "=": ["=", "═"],
}
AFTER = {"≥": ["以上", "及以上"], "≤": ["以内", "以下"]}
UNITS = ["", "个", "亩", "万亩", "公顷", "万元", "件", "万件", "人次", "公里"]
NUMBERS = st.decimals(min_value=0, max_value=10**7, places=2)


@pytest.mark.parametrize(
    ("text", "comparator", "number", "unit"),
    [
        ("≥90%", "≥", "0.9", "%"),
        ("90%以上", "≥", "0.9", "%"),
        ("不低于90％", "≥", "0.9", "%"),
        ("不超出1229.37万元", "≤", "1229.37", "万元"),
        ("7500亩以上", "≥", "7500", "亩"),
        ("1.4 万件", "", "1.4", "万件"),
        ("控制在10万元以内", "≤", "10", "万元"),
        ("群众满意度95.13%", "", "0.9513", "%"),
        ("完成2022年度300个村的任务", "", "300", "个"),
        ("实际支出41.08万元", "", "41.08", "万元"),
        ("0起", "", "0", "起"),
        ("5年以上", "≥", "5", "年"),
        ("下达后30日内", "≤", "30", "日"),
        ("10个工作日内", "≤", "10", "个工作日"),
        ("市内12家", "", "12", "家"),
        ("达到95%", "≥", "0.95", "%"),
        ("送达率95%", "", "0.95", "%"),
        ("不少于五十个", "≥", "50", "个"),
        ("二十三场次", "", "23", "场次"),
        ("零死亡", "", "0", ""),
        ("零责任事故", "", "0", ""),
    ],
)
def test_a_value_says_comparator_number_and_unit(text, comparator, number, unit):
    read = parse_quantity(text)
    assert (read.comparator, read.number, read.unit, read.text) == (comparator, Decimal(number), unit, text)


@pytest.mark.parametrize(
    "text",
    [
        "全面落实",
        "2023/12/31",
        "2023年12月31日前",
        "2024.5.8",
        "3-5次",
        "40个村、2个镇",
        "1:500",
        "第3名",
        "513.5,7",
        "及时",
        "一般",
        "一次验收合格",
        "零距离服务",
        "",
    ],
)
def test_dates_ranges_and_descriptions_are_kept_as_text(text):
    read = parse_quantity(text)
    assert read.number is None and read.text == text


@given(NUMBERS, st.sampled_from(sorted(BEFORE)), st.data(), st.sampled_from(UNITS))
def test_the_comparator_before_a_number_is_found(number, comparator, data, unit):
    word = data.draw(st.sampled_from(BEFORE[comparator]))
    read = parse_quantity(f"{word}{number:.2f}{unit}")
    assert (read.comparator, read.number, read.unit) == (comparator, number, unit)


@given(NUMBERS, st.sampled_from(sorted(AFTER)), st.data(), st.sampled_from(UNITS))
def test_the_comparator_behind_a_number_is_found(number, comparator, data, unit):
    word = data.draw(st.sampled_from(AFTER[comparator]))
    read = parse_quantity(f"{number:.2f}{unit}{word}")
    assert (read.comparator, read.number, read.unit) == (comparator, number, unit)


@given(st.decimals(min_value=0, max_value=1000, places=2))
def test_a_percentage_is_its_fraction(number):
    assert parse_quantity(f"{number}%").number == number / 100


@given(st.text(max_size=80))
def test_no_text_makes_the_parser_fail(text):
    assert parse_quantity(text).text == text


def test_quantities_are_compared_in_one_unit():
    def both(first, second):
        return comparable(parse_quantity(first), parse_quantity(second))

    assert both("1.4万件", "14000件") == (14000, 14000)
    assert both("2公顷", "30亩") == (30, 30)
    assert both("2千万元", "2000万元") == (2000, 2000)
    assert both("3亿元", "30千万元") == (30000, 30000)
    assert both("5000元", "0.5万元") == (Decimal("0.5"), Decimal("0.5"))
    assert both("603.17万亩", "100%") is None
    assert both("2.35公里", "2350米") == (Decimal("2.35"), Decimal("2.350"))
    assert both("2小时", "90分钟") == (Decimal(120), Decimal(90))
    assert both("及时", "100%") is None


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("2023/12/31", date(2023, 12, 31)),
        ("2023年12月", date(2023, 12, 31)),
        ("2024年2月底前", date(2024, 2, 29)),
        ("2023 年 8 月 10", date(2023, 8, 10)),
        ("2024.5.8", date(2024, 5, 8)),
        ("2023年底", date(2023, 12, 31)),
        ("二〇二三年六月十日", date(2023, 6, 10)),
        ("二○二三年十月二十八日前", date(2023, 10, 28)),
        ("二零二二年十二月", date(2022, 12, 31)),
        ("12月底前", None),  # of which year is not said
        ("2023-02-30", None),
        ("2023.5.1-2023.6.1", None),
        ("2023年完成5个", None),
        ("一二三四年", None),
    ],
)
def test_a_date_in_place_of_a_number_says_its_last_day(text, until):
    read = parse_quantity(text)
    assert read.until == until
    assert until is None or read.number is None


def test_dates_in_chinese_numerals_are_told_in_digits():
    assert dates_in_digits("（二〇二三年度）") == "（2023年度）"
    assert dates_in_digits("十二月三十日") == "十二月三十日"
    assert dates_in_digits("二〇二三年二三月") == "2023年二三月"


def test_an_impossible_unit_of_money_meets_no_money():
    assert comparable(parse_quantity("25.6万元亩"), parse_quantity("25.6万元")) is None
