"""What was due and did not happen, and what went wrong, is told to the administrators in plain words, once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from db import cycles
from db.models import OutboxRow, Submission
from selfeval.troubles import ended_badly, known_as
from tasks.escalate import queue_escalations, queue_late_list
from tasks.evaluate import judge_batch, pending_submissions
from tasks.rehearse import decide_plan
from tasks.remind import queue_reminders
from tasks.totals import take_totals
from tasks.troubles import _tell, expected_since, missed_steps
from tests.tasks.conftest import instant, unit

ADMIN = "admin@bureau.example"


@pytest.fixture(autouse=True)
def _admins(monkeypatch):
    monkeypatch.setenv("SELFEVAL_ADMIN_EMAILS", ADMIN)


def _missed(bureau, when: str) -> dict[str, str]:
    with bureau.transaction() as session:
        found = missed_steps(session, cycles.cycle_of(session, 2025), instant(when))
        return {each.key.partition("@")[0]: f"{each.title}：{each.sentence}{each.remedy}" for each in found}


def test_a_notice_whose_hour_has_passed_is_missed_an_hour_later_whether_approved_or_not(bureau):
    bureau.open(unit("101", "某县教育局"))
    assert _missed(bureau, "2026-03-02T09:59") == {}
    assert "应于2026-03-02 09:00印发" in _missed(bureau, "2026-03-02T10:01")["notice"]
    decide_plan.fn(2025, True, "局长", "", instant("2026-03-02T10:02"))
    assert _missed(bureau, "2026-03-02T10:03").keys() == {"notice"}


def test_a_reminder_is_missed_when_its_hour_passed_without_it_and_not_once_it_stands(bureau):
    bureau.open(unit("101", "某县教育局"))
    bureau.issue()
    bureau.deliver("2026-03-02T09:01")
    assert _missed(bureau, "2026-04-10T09:30").keys() <= {"remind"}
    assert "1家单位的催报（T+0）没有备好" in _missed(bureau, "2026-04-10T10:30")["remind"]
    queue_reminders.fn(2025, instant("2026-04-10T10:31"))
    assert "remind" not in _missed(bureau, "2026-04-10T10:32")
    # A holiday asks for nothing.
    assert "remind" not in _missed(bureau, "2026-04-11T12:00")


def test_lists_of_late_units_are_missed_when_their_hour_passed_without_them(bureau):
    bureau.open(unit("101", "某县教育局"), unit("101001", "某县一中", "101"))
    bureau.issue()
    bureau.deliver("2026-03-02T09:01")
    lists = {"escalation", "late-list"}
    # The department hears on the first working day behind the due day, the bureau on the third.
    assert _missed(bureau, "2026-04-13T09:59").keys() & lists == set()
    found = _missed(bureau, "2026-04-13T10:01")
    assert "没有通报的主管部门：101。" in found["escalation"] and "late-list" not in found
    queue_escalations.fn(2025, instant("2026-04-13T10:02"))
    assert _missed(bureau, "2026-04-14T10:01").keys() & lists == set()
    found = _missed(bureau, "2026-04-15T10:01")
    assert "（T+3，2家）没有备好" in found["late-list"] and "escalation" in found
    queue_escalations.fn(2025, instant("2026-04-15T10:02"))
    queue_late_list.fn(2025, instant("2026-04-15T10:02"))
    assert _missed(bureau, "2026-04-15T10:03").keys() & lists == set()


def test_mails_that_lie_there_filings_nobody_judged_and_an_old_roll_up_are_each_a_matter(bureau, county):
    assert _missed(bureau, "2026-03-03T09:00") == {}
    bureau.file("first", "203002")
    bureau.collect("2026-04-01T10:00")
    assert "evaluate" not in _missed(bureau, "2026-04-01T10:30")
    found = _missed(bureau, "2026-04-01T12:00")
    assert "1份报送收到一小时以上" in found["evaluate"] and "该发而一小时以上没有发出" in found["outbox"]
    judge_batch.fn(pending_submissions.fn(2025), instant("2026-04-01T12:01"))
    bureau.deliver("2026-04-01T12:02")
    assert _missed(bureau, "2026-04-01T12:30").keys() & {"evaluate", "outbox", "roll-up"} == set()
    with bureau.transaction() as session:
        accepted = session.query(Submission).one().state == "accepted"
    assert ("roll-up" in _missed(bureau, "2026-04-02T18:00")) == accepted
    take_totals.fn(2025, instant("2026-04-02T18:01"))
    assert "roll-up" not in _missed(bureau, "2026-04-02T18:30")


def test_a_matter_is_mailed_once_to_every_administrator_with_what_to_do(bureau):
    bureau.open(unit("101", "某县教育局"))
    trouble = ended_badly(
        "审批公开 2025", "Flow run encountered an exception: Refusal: 张某还没有确认", crashed=False, once="1"
    )
    assert [_tell([trouble], instant(f"2026-03-02T09:0{n}")) for n in range(3)] == [1, 0, 0]
    with bureau.transaction() as session:
        mail = session.query(OutboxRow).one()
        assert (mail.kind, mail.recipient) == ("run_alarm", ADMIN)
        assert "“审批公开 2025”没有办成" in mail.subject
        assert "张某还没有确认。" in mail.text_body and "selfeval doctor" in mail.text_body
        assert "Refusal" not in mail.text_body and "exception" not in mail.text_body


def test_a_fault_of_the_program_and_a_dead_process_are_told_without_their_english():
    fault = ended_badly(
        "催报 2025", "Flow run encountered an exception: KeyError: 'x'", crashed=False, once="1"
    )
    assert (
        "KeyError" in fault.sentence and "'x'" not in fault.sentence and "logs/selfeval.log" in fault.remedy
    )
    dead = ended_badly("催报 2025", "Process exited with status code -9", crashed=True, once="1")
    assert dead.sentence == "进程中断。" and "不会重复" in dead.remedy


def test_a_schedule_has_had_its_turn_since_the_time_before_the_last():
    at = instant("2026-04-10T12:03")
    assert expected_since(["*/10 * * * *"], at) == instant("2026-04-10T11:20")
    assert expected_since(["0 18 * * *"], at) == instant("2026-04-08T18:00")
    assert at - expected_since(["* * * * *"], at) < timedelta(minutes=33)


def test_a_run_that_never_began_is_called_by_its_stage():
    assert known_as("funny-skylark", "催报") == "催报"
    assert known_as("催报 2025 · 第3步", "催报") == "催报 2025 · 第3步"
    assert known_as("funny-skylark", None) == "funny-skylark"
