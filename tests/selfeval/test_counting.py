from __future__ import annotations

from decimal import Decimal

import pytest

from selfeval.counting import count_alike
from selfeval.findings import Severity
from selfeval.policy import load_policy
from selfeval.rules import judge
from tests.selfeval.build import filing, project_form, with_row

POLICY = load_policy("national-2020")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("人", "名"),
        ("场", "次"),
        ("期", "班"),
        ("件", "宗"),
        ("台", "套"),
        ("册", "本"),
        ("家", "户"),
        ("个", "人次"),
        ("万人", "名"),
        ("口", "眼"),
    ],
)
def test_words_that_count_one_thing_stand_for_each_other(first, second):
    assert count_alike(first, second)
    assert count_alike(second, first)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("人", "人次"),
        ("件", "台"),
        ("户", "人"),
        ("次", "人次"),
        ("册", "种"),
        ("万人次", "人"),
        ("株", "处"),
    ],
)
def test_words_that_count_different_things_do_not(first, second):
    assert not count_alike(first, second)
    assert not count_alike(second, first)


def test_persons_aimed_at_and_attendances_reached_are_asked_about_and_still_compared():
    form = with_row(project_form(), "采购中文图书", name="培训馆员", target="600人", actual="640人次")
    found = [f for f in judge(filing(form), POLICY).findings if f.severity != Severity.NOTICE]
    assert [(f.code, f.severity) for f in found] == [("C04", Severity.WARNING)]
    assert "600人 的单位是人，实际完成值 640人次 的单位是人次" in found[0].message
    assert Decimal(found[0].stated.removesuffix("人次")) == 640
