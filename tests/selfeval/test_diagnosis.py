"""The doctor's judgements: each fault its sentence and what to do, and silence where all is well."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from selfeval import diagnosis
from selfeval.diagnosis import Check, Health, Schedule
from selfeval.workdays import SHANGHAI

WANTED = {"催报": {"remind": ("*/30 8-19 * * *", "Asia/Shanghai")}, "公开结果": {}}
AS_WANTED = {"催报": [Schedule("remind", "*/30 8-19 * * *", "Asia/Shanghai", True)], "公开结果": []}


def _only(checks: list[Check]) -> Check:
    (check,) = checks
    return check


def test_a_fault_says_what_to_do_and_health_does_not():
    for health, remedy in ((Health.OK, "做点什么"), (Health.NOTE, ""), (Health.ERROR, "")):
        with pytest.raises(ValueError, match="办法"):
            Check("磁盘", health, "……", remedy)


def test_deployments_as_wanted_are_one_line():
    assert _only(diagnosis.deployments(WANTED, AS_WANTED)) == diagnosis.ok(
        "计划", "2个部署、1个定时计划都在，按北京时间运行"
    )


@pytest.mark.parametrize(
    ("found", "health", "words"),
    [
        ({"公开结果": []}, Health.ERROR, "缺少1个部署：催报"),
        (AS_WANTED | {"催报": []}, Health.ERROR, "没有它的定时计划（remind）"),
        (
            AS_WANTED | {"催报": [Schedule("remind", "*/30 8-19 * * *", "Asia/Shanghai", False)]},
            Health.NOTE,
            "被停用",
        ),
        (AS_WANTED | {"催报": [Schedule("remind", "*/30 8-19 * * *", "UTC", True)]}, Health.NOTE, "（UTC）"),
        (
            AS_WANTED | {"催报": [*AS_WANTED["催报"], Schedule("old", "0 9 * * *", "Asia/Shanghai", True)]},
            Health.NOTE,
            "另有一个定时计划（old）",
        ),
        (AS_WANTED | {"旧环节": []}, Health.NOTE, "不认识的部署：旧环节"),
    ],
)
def test_each_way_in_which_schedules_differ_has_its_sentence(found, health, words):
    check = _only(diagnosis.deployments(WANTED, found))
    assert check.health is health and words in check.sentence


def test_a_schedule_that_is_switched_off_beside_the_wanted_ones_does_no_harm():
    found = AS_WANTED | {"催报": [*AS_WANTED["催报"], Schedule("old", "0 9 * * *", "Asia/Shanghai", False)]}
    assert _only(diagnosis.deployments(WANTED, found)).health is Health.OK


def test_a_paused_deployment_is_named():
    assert "“催报”被暂停" in _only(diagnosis.deployments(WANTED, AS_WANTED, ["催报"])).sentence


def test_many_names_are_counted_and_three_of_them_said():
    wanted = {f"环节{n}": {} for n in range(1, 6)}
    assert _only(diagnosis.deployments(wanted, {})).sentence == (
        "Prefect 里缺少5个部署：环节1、环节2、环节3等5项"
    )


@pytest.mark.parametrize(
    ("free", "health"),
    [
        (999_999_999, Health.ERROR),
        (1_000_000_000, Health.NOTE),
        (4_999_999_999, Health.NOTE),
        (5_000_000_000, Health.OK),
    ],
)
def test_little_room_is_a_note_and_hardly_any_an_error(free, health):
    assert diagnosis.disk("数据", free).health is health


@pytest.mark.parametrize(
    ("seconds", "health", "word"),
    [
        (30, Health.OK, "相差 30 秒"),
        (31, Health.NOTE, "快 31 秒"),
        (-31, Health.NOTE, "慢 31 秒"),
        (301, Health.ERROR, "快 301 秒"),
    ],
)
def test_the_clock_is_held_against_another_one(seconds, health, word):
    check = diagnosis.skew("公开网站", timedelta(seconds=seconds))
    assert check.health is health and word in check.sentence


def test_what_has_happened_in_the_future_means_a_clock_set_back():
    now = datetime(2026, 4, 1, 9, 0, tzinfo=SHANGHAI)
    assert diagnosis.went_back(now, None).health is Health.OK
    assert diagnosis.went_back(now, now + timedelta(seconds=20)).health is Health.OK
    assert diagnosis.went_back(now, now + timedelta(minutes=1)).health is Health.ERROR


def test_a_year_without_a_holiday_order_is_named():
    assert diagnosis.holidays([2026], []).sentence == "2026年的放假调休安排齐全"
    check = diagnosis.holidays([2026, 2027], [2027])
    assert check.health is Health.NOTE and "2027年" in check.sentence and "2026年" not in check.sentence


def test_mails_are_told_by_what_keeps_them():
    assert _only(diagnosis.outbox(0, 0, 0, 0)).health is Health.OK
    stuck, uncertain, failed = diagnosis.outbox(2, 1, 4, 5)
    assert stuck.health is Health.ERROR and stuck.sentence.startswith("3封")
    assert uncertain.health is failed.health is Health.NOTE
    assert uncertain.sentence.startswith("4封") and failed.sentence.startswith("5封")


def test_failed_runs_are_named_most_frequent_first():
    assert diagnosis.failed_runs({}, 24).health is Health.OK
    check = diagnosis.failed_runs({"催报 2025": 1, "收集报送 2025": 3}, 24)
    assert check.sentence.endswith("收集报送 2025 3次、催报 2025 1次")
