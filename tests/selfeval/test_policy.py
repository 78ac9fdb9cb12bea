from __future__ import annotations

import pickle
from datetime import time
from decimal import Decimal

import pytest

from selfeval.policy import PolicyError, grade_for, load_policy, parse_policy, policy_names
from selfeval.redaction import STANDARD

HEAD = 'name = "here"\ntitle = "本地政策"\nsource = "本地文件"\nversion = "1"\nextends = "national-2020"\n'


def reasons(text: str) -> str:
    with pytest.raises(PolicyError) as caught:
        parse_policy(text, source_name="here.toml")
    return "\n".join(caught.value.reasons)


def test_the_packaged_policies_load_under_their_own_names():
    assert policy_names() == (
        "huaihua-2023",
        "junshan-2024",
        "national-2020",
        "national-2021-cost",
        "qiannan-2022",
        "xiangxi-2022",
        "yueyang-2023",
    )
    for name in policy_names():
        policy = load_policy(name)
        assert policy.name == name
        assert policy.source and policy.title


def test_a_policy_that_extends_another_changes_only_what_it_says():
    policy = parse_policy(HEAD + '[execution]\nover_100 = "deduct_overshoot"\n', source_name="here.toml")
    national = load_policy("national-2020")
    assert policy.execution.over_100 == "deduct_overshoot"
    assert policy.execution.denominator == national.execution.denominator
    assert policy.grades == national.grades
    assert policy.title == "本地政策"


def test_level_weights_and_publication_are_replaced_as_a_whole():
    text = (
        HEAD + '[publication]\nmonth_day = "06-30"\n[weights]\nexecution = 20\nlevel1 = { "产出指标" = 80 }\n'
    )
    policy = parse_policy(text, source_name="here.toml")
    assert policy.publication.month_day == (6, 30)
    assert policy.publication.approval_plus_days is None
    assert policy.weights.level1 == {"产出指标": Decimal(80)}


def test_an_optional_number_is_switched_off_by_none():
    text = HEAD + '[execution]\nreason_below = "none"\n'
    assert parse_policy(text, source_name="here.toml").execution.reason_below is None


def test_every_mistake_of_a_file_is_listed_at_once():
    found = reasons(
        HEAD
        + 'cost_over = "sometimes"\nfoo = 1\n[execution]\nplaces = "two"\n[weights]\nexecutoin = 1\n'
        + '[publication]\nmonth_day = "02-30"\n[filing]\ndue_hour = "25:00"\n'
    )
    for part in ("cost_over", "foo", "places", "executoin", "month_day", "due_hour"):
        assert part in found


def test_weights_that_do_not_sum_to_100_are_refused_with_the_sum():
    assert "10 + 50 + 30 + 20 = 110" in reasons(
        HEAD + '[weights]\nlevel1 = { "产出指标" = 50, "效益指标" = 30, "满意度指标" = 20 }\n'
    )


def test_grades_out_of_order_are_refused():
    text = HEAD + '[[grades]]\nlabel = "良"\nminimum = 0\n[[grades]]\nlabel = "优"\nminimum = 90\n'
    assert "从高到低" in reasons(text)


@pytest.mark.parametrize("text", ["name = ", 'extends = "nowhere"\n', "extends = 3\n"])
def test_broken_toml_and_unknown_parents_are_refused_in_chinese(text):
    assert any("\u4e00" <= letter <= "\u9fff" for letter in reasons(text))


def test_the_boundary_of_a_grade_belongs_to_the_upper_band():
    policy = load_policy("xiangxi-2022")
    assert [grade_for(policy, Decimal(n)) for n in ("90", "89.99", "60", "0")] == ["优", "良", "较差", "差"]


def test_a_policy_without_bands_grades_nothing():
    assert grade_for(load_policy("qiannan-2022"), Decimal(95)) is None


def test_policies_travel_to_worker_processes():
    policy = load_policy("huaihua-2023")
    assert pickle.loads(pickle.dumps(policy)) == policy
    assert policy.filing.due_hour == time(17, 30)


def test_the_default_policy_hides_what_redaction_hides_by_itself():
    assert load_policy("national-2020").redaction == STANDARD


def test_mistakes_in_what_is_hidden_are_all_explained():
    text = """
extends = "national-2020"
name = "x"
title = "x"
source = "x"
version = "1"
[redaction]
labels = ["联系人："]
kinds = ["手机", "手机号"]
hide = ["李", "甲乙"]
keep = ["甲乙"]
"""
    with pytest.raises(PolicyError) as refusal:
        parse_policy(text, source_name="本地")
    assert refusal.value.reasons == (
        "[redaction] kinds 不认识“手机”，可用的有：身份证号、手机号、固定电话、银行账号、电子邮箱、号码、姓名",
        "[redaction] “甲乙”既在 hide 又在 keep，应只列一处",
        "[redaction] hide 的词应不少于两个字，否则处处被隐去，现有“李”",
        "[redaction] labels 只写栏目名称，不带冒号和“（签字）”，现有“联系人：”",
    )
