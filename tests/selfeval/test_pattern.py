"""Patterns that compile on first use."""

from __future__ import annotations

import gc
import re
from re import _constants, _parser  # what a pattern consists of is told nowhere else

import pytest

import documents.reading  # noqa: F401
import selfeval.rules  # noqa: F401 the patterns of both are looked at
from selfeval.pattern import Pattern


def test_a_pattern_answers_as_a_compiled_one_does():
    ours, theirs, text = Pattern(r"(\d+)年"), re.compile(r"(\d+)年"), "2023年和2024年"
    assert ours.search(text)[1] == theirs.search(text)[1] == "2023"
    assert ours.match("前" + text) is None and ours.fullmatch("2023年")[1] == "2023"
    assert ours.findall(text) == theirs.findall(text)
    assert ours.sub("#", text) == theirs.sub("#", text) == "#和#"
    assert ours.split(text) == theirs.split(text)
    assert [found.span() for found in ours.finditer(text)] == [
        found.span() for found in theirs.finditer(text)
    ]


def test_flags_are_kept():
    assert Pattern("re:", re.IGNORECASE).match("RE: 报送")


def test_it_is_compiled_when_it_is_first_used_and_not_before():
    broken = Pattern("(")
    with pytest.raises(re.error):
        broken.search("x")


def test_what_is_no_method_of_a_pattern_is_refused():
    with pytest.raises(AttributeError):
        Pattern("x").serach  # noqa: B018 the attribute itself is what is asked


def test_every_pattern_of_the_domain_and_of_the_readers_compiles():
    every = _every()
    assert len(every) > 50
    for pattern in every:
        pattern.compiled()


def test_what_a_pattern_needs_is_looked_for_before_it_is_compiled():
    broken = Pattern("(", needs="均")  # is refused as soon as it is compiled
    text = "全年接待8000人次"
    assert broken.search(text) is broken.match(text) is broken.fullmatch(text) is None
    assert (broken.sub("#", text), broken.split(text)) == (text, [text])
    assert (broken.findall(text), list(broken.finditer(text))) == ([], [])
    with pytest.raises(re.error):
        broken.search("日均接待22人次")
    named = Pattern("(.)均", needs=("均",))
    assert named.search("接待") is None and named.sub(r"\1", "日均、月均", count=1) == "日、月均"
    assert named.search("接待") is None and named.findall("日均、月均") == ["日", "月"]


def test_what_a_pattern_says_to_need_stands_in_all_that_it_matches():
    needing = [pattern for pattern in _every() if pattern.needs]
    assert len(needing) > 10
    assert [pattern for pattern in needing if not _holds(_parsed(pattern), pattern.needs)] == []
    assert not _holds(_parser.parse("人?均|每人"), "均") and not _holds(_parser.parse("[均共]"), "均")


def _every() -> list[Pattern]:
    gc.unfreeze()  # a command that ran in this process keeps what it has imported out of the collector's sight
    return [value for value in gc.get_objects() if isinstance(value, Pattern)]


def _parsed(pattern: Pattern):
    return _parser.parse(pattern.compiled().pattern)


def _holds(parts, needs) -> bool:
    """Whether every text that the parsed parts match, one after the other, holds one of the needed words."""
    said = "".join(chr(value) if part is _constants.LITERAL else "\0" for part, value in parts)
    return any(need in said for need in needs) or any(
        _part_holds(part, value, needs) for part, value in parts
    )


def _part_holds(part, value, needs) -> bool:
    if part is _constants.IN:
        return all(kind is _constants.LITERAL and chr(sign) in needs for kind, sign in value)
    if part is _constants.BRANCH:
        return all(_holds(branch, needs) for branch in value[1])
    if part is _constants.SUBPATTERN:
        return _holds(value[-1], needs)
    if part in (_constants.MAX_REPEAT, _constants.MIN_REPEAT):
        return value[0] > 0 and _holds(value[2], needs)
    return False
