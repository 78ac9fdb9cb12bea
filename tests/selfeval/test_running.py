"""Many texts searched as one."""

from __future__ import annotations

from selfeval.filing import Position
from selfeval.pattern import Pattern
from selfeval.running import RunningText


def running(*texts: str) -> RunningText:
    return RunningText((text, Position("正文", row), None) for row, text in enumerate(texts, 1))


def found(texts: RunningText, *patterns: str) -> list[str]:
    return [text for text, _, _ in texts.having(*map(Pattern, patterns))]


def test_the_texts_that_hold_a_pattern_come_once_each_and_in_order():
    texts = running("甲12乙34", "无数字", "", "56", "末")
    assert found(texts, r"\d+") == ["甲12乙34", "56"]
    assert found(texts, "末", r"\d+") == ["甲12乙34", "56", "末"]


def test_a_pattern_is_not_found_across_two_texts():
    texts = running("经费", "经费", "经费经费")
    assert found(texts, "(经费)\\1") == ["经费经费"]


def test_no_text_holds_nothing():
    assert found(running(), "x") == []
    assert [text for text, _, _ in running("甲", "乙")] == ["甲", "乙"]


TWICE = Pattern(r"(\w{2,3})\1")


def twice(*texts: str) -> dict[str, list[tuple[str, int]]]:
    found = running(*texts).doubled(TWICE, range(2, 4))
    return {
        text: [(match[0], match.start() - begin) for begin, match in matches]
        for text, matches in found.items()
    }


def test_what_stands_twice_in_a_row_is_filed_under_its_text_with_its_place():
    assert twice("无", "甲评价评价乙管理科管理科", "", "二二二二") == {
        "甲评价评价乙管理科管理科": [("评价评价", 1), ("管理科管理科", 6)],
        "二二二二": [("二二二二", 0)],
    }


def test_nothing_stands_twice_in_a_row_across_two_texts_or_with_a_sign_between():
    assert twice("评价", "评价", "评价、评价", "评评") == {}
    assert twice() == {}


def test_characters_of_four_bytes_do_not_move_the_place():
    assert twice("\U00020000\U00020001", "\U00020000评价评价") == {"\U00020000评价评价": [("评价评价", 1)]}
