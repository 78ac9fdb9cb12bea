"""Patterns that compile on first use."""

from __future__ import annotations

import gc
import re

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
    every = [value for value in gc.get_objects() if isinstance(value, Pattern)]
    assert len(every) > 50
    for pattern in every:
        pattern.search("")
