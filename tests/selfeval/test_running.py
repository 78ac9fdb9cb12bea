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


def test_a_match_is_filed_under_its_text_with_the_place_where_that_begins():
    texts = running("无", "甲12乙34", "56")
    assert {
        text: [(match[0], match.start() - begin) for begin, match in matches]
        for text, matches in texts.matches(Pattern(r"\d+")).items()
    } == {"甲12乙34": [("12", 1), ("34", 4)], "56": [("56", 0)]}
