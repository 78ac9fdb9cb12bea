"""Cycle files, the reminder wave and the files that count."""

from __future__ import annotations

from datetime import date

import pytest

from selfeval.cycle import (
    CycleError,
    FiledFile,
    due_step,
    effective_files,
    reminder_steps,
)
from selfeval.cycle_file import cycle_text, parse_cycle
from selfeval.workdays import Workdays
from tests.db.county import DEFINITION


def test_a_cycle_file_names_every_mistake_at_once():
    broken = DEFINITION.replace("year = 2025", 'year = "二五"\ncolour = 1').replace("notice = 2026-03-02", "")
    with pytest.raises(CycleError) as caught:
        parse_cycle(broken)
    text = str(caught.value)
    assert "不认识的项目“colour”" in text and "year 应为整数年份" in text and "缺少 notice" in text


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (("2026-03-02", "2026-04-10"), "单位报送截止（2026-04-10）应晚于通知印发（2026-04-10）"),
        (("2026-05-15", "2026-04-20"), "退回修改截止（2026-04-20）应不早于主管部门汇总截止（2026-04-24）"),
        (("2026-06-30", "2026-05-01"), "结果公开截止（2026-05-01）应不早于退回修改截止（2026-05-15）"),
        (("2026-03-02", "2025-12-02"), "2025年度的自评在次年开展"),
        (("某县财政局", " "), "财政局名称不能为空"),
        (
            ("publication_due", "lock = 2026-05-14\npublication_due"),
            "停止收取的日期（2026-05-14）应不早于退回修改截止（2026-05-15）",
        ),
        (("publication_due", 'lock = "五月"\npublication_due'), "lock（停止收取）应为日期"),
    ],
)
def test_contradictions_are_refused_with_the_reason(change, reason):
    with pytest.raises(CycleError) as caught:
        parse_cycle(DEFINITION.replace(*change))
    assert reason in str(caught.value)


def test_a_unit_may_be_judged_by_its_own_policy_and_year():
    cycle = parse_cycle(DEFINITION + '\n[units."101"]\npolicy = "yueyang-2023"\nyear = 2023\n')
    assert (cycle.assignments["101"].policy, cycle.assignments["101"].year) == ("yueyang-2023", 2023)


def test_a_cycle_written_as_text_reads_back_as_itself():
    units = '[units."101"]\nyear = 2023\n[calendar]\nextra_days_off = [2026-04-07]\n'
    text = DEFINITION.replace("publication_due", "lock = 2026-06-15\npublication_due")
    cycle = parse_cycle(text.replace('"某县财政局"', "'某县\"财政局\\'") + units)
    assert cycle.bureau == '某县"财政局\\'
    assert parse_cycle(cycle_text(cycle)) == cycle


def test_a_late_run_sends_the_step_of_today_and_skips_those_that_lost_their_meaning():
    steps = reminder_steps(date(2026, 4, 10), (7, 3, 1, 0), (1, 3), 5, date(2026, 5, 15), Workdays())
    assert [step.key for step in steps] == [
        "T-7",
        "T-3",
        "T-1",
        "T+0",
        "T+1",
        "T+3",
        "T+8",
        "T+13",
        "T+18",
        "T+23",
    ]
    assert due_step(steps, date(2026, 3, 30)) is None
    assert due_step(steps, date(2026, 4, 9)).key == "T-1"
    assert due_step(steps, date(2026, 4, 14)).key == "T+1" and due_step(steps, date(2026, 4, 14)).overdue
    assert steps[6].day == date(2026, 4, 22)


def _file(number, version, name, *forms):
    return FiledFile(number, version, name, frozenset(forms))


def test_a_correction_of_the_tables_leaves_the_report_in_force():
    report = _file(1, 1, "报告.docx", ("report", ""))
    tables = _file(2, 1, "表.xlsx", ("department_form", ""), ("project_form", "甲"))
    corrected = _file(3, 2, "表（改）.xlsx", ("department_form", ""), ("project_form", "甲"))
    assert effective_files([report, tables, corrected]) == [report, corrected]


def test_files_that_came_together_never_replace_each_other_and_a_name_replaces_its_namesake():
    word = _file(1, 1, "表.docx", ("department_form", ""))
    excel = _file(2, 1, "表.xlsx", ("department_form", ""))
    assert effective_files([word, excel]) == [word, excel]
    unreadable = _file(3, 1, "项目.docx")
    readable = _file(4, 2, "项目.docx", ("project_form", "乙"))
    assert effective_files([word, excel, unreadable, readable]) == [word, excel, readable]
