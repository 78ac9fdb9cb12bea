"""An open cycle is corrected by a person: dates, reminders and approvals follow, what was done stays right."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from db import amendments, audit, cycles, decisions
from db.board import unit_statuses
from db.models import OutboxRow
from selfeval.cycle_file import cycle_text, parse_cycle
from selfeval.refusal import Refusal
from selfeval.roster import RosterUnit
from tasks.amend import tell_units
from tasks.extend import decide_extension
from tasks.issue_notice import freeze
from tasks.rehearse import decide_plan
from tasks.remind import queue_reminders
from tests.tasks.conftest import instant, unit

UNITS: tuple[RosterUnit, ...] = (unit("101", "某县教育局"), unit("101001", "某县第一中学", "101"))


def _amend(bureau, when: str, workdays=None, person="局长", reason="考试周", document_number=None, **days):
    with bureau.transaction() as session:
        row = cycles.cycle_of(session, 2025)
        value = parse_cycle(row.definition)
        value = replace(
            value,
            milestones=replace(value.milestones, **{key: date.fromisoformat(d) for key, d in days.items()}),
            workdays=replace(value.workdays, **(workdays or {})),
            document_number=document_number or value.document_number,
        )
        amended = amendments.amend(
            session, row, cycle_text(value), row.policies, person=person, reason=reason, at=instant(when)
        )
        tell_units(session, row, amended, person=person, reason=reason, at=instant(when))
        return amended


def _told(bureau) -> dict[str, list[str]]:
    """Texts of the corrections queued, by unit, oldest first."""
    found: dict[str, list[str]] = {}
    with bureau.transaction() as session:
        for row in session.query(OutboxRow).filter_by(kind="amended").order_by(OutboxRow.id):
            found.setdefault(row.unit_code, []).append(row.text_body)
    return found


def _statuses(bureau, asof: str | None = None):
    with bureau.transaction() as session:
        return {each.code: each for each in unit_statuses(session, 1, asof and instant(asof))}


def _issued(bureau) -> None:
    bureau.open(*UNITS)
    bureau.issue()
    bureau.deliver("2026-03-02T09:01")


def test_a_later_due_counts_from_its_decision_and_the_board_of_an_earlier_moment_keeps_the_old_one(bureau):
    _issued(bureau)
    amended = _amend(bureau, "2026-04-08T10:00", unit_due="2026-04-17")
    assert [str(each) for each in amended.changed] == ["单位报送截止：2026-04-10 → 2026-04-17"]
    assert (amended.moved, amended.units) == (("unit_due",), 2)
    assert _statuses(bureau)["101"].due == "2026-04-17T17:30+08:00"
    assert _statuses(bureau, "2026-04-07T10:00")["101"].due == "2026-04-10T17:30+08:00"
    with bureau.transaction() as session:
        assert cycles.cycle_of(session, 2025).unit_due_on == date(2026, 4, 17)
        entry = session.query(audit.AuditEntry).filter_by(action="cycle.amended").one()
        assert (entry.actor, entry.details["reason"]) == ("局长", "考试周")
        assert audit.verify(session)[1] is None


def test_a_reminder_that_waits_is_withdrawn_and_the_new_day_has_a_wave_of_its_own(bureau):
    _issued(bureau)
    assert queue_reminders.fn(2025, instant("2026-04-09T09:00"))["step"] == "T-1"
    amended = _amend(bureau, "2026-04-09T09:01", unit_due="2026-04-17")
    assert amended.withdrawn == 2
    assert bureau.outbox("101")["reminder", "T-1"] == "cancelled"
    assert queue_reminders.fn(2025, instant("2026-04-09T09:30"))["units"] == 0
    again = queue_reminders.fn(2025, instant("2026-04-16T09:00"))
    assert (again["step"], again["units"]) == (f"T-1@2026-04-17#{amended.number}", 2)


def test_a_unit_with_an_extension_beyond_the_new_day_keeps_its_day_its_wave_and_the_one_behind_it_gains(
    bureau,
):
    _issued(bureau)
    for code, day in (("101", date(2026, 4, 24)), ("101001", date(2026, 4, 14))):
        decide_extension.fn(2025, code, "unit_due", day, True, "停电", "局长", instant("2026-04-03T10:00"))
    queue_reminders.fn(2025, instant("2026-04-23T09:00"))
    amended = _amend(bureau, "2026-04-23T09:01", unit_due="2026-04-17")
    assert amended.own_dues == (
        "101 某县教育局：报送截止仍为2026-04-24",
        "101001 某县第一中学：报送截止由2026-04-14重算为2026-04-17",
    )
    assert bureau.outbox("101")["reminder", "T-1@2026-04-24"] == "pending"
    states = _statuses(bureau)
    assert (states["101"].due[:10], states["101"].original_due[:10]) == ("2026-04-24", "2026-04-17")
    assert (states["101001"].due[:10], states["101001"].original_due) == ("2026-04-17", None)


def test_after_the_notice_each_unit_with_a_moved_date_is_told_once_what_it_was_and_is(bureau):
    exempt = unit("102", "某县档案馆", status="exempt", remark="当年新设")
    bureau.open(*UNITS, exempt)
    bureau.issue()
    day = date(2026, 4, 24)
    decide_extension.fn(2025, "101001", "unit_due", day, True, "停电", "局长", instant("2026-04-03T10:00"))
    _amend(bureau, "2026-04-08T10:00", unit_due="2026-04-17")
    told = _told(bureau)
    assert set(told) == {"101"}  # the other one keeps its own later day
    assert (
        "更正前：2026年4月10日（星期五）17时30分\n  更正后：2026年4月17日（星期五）17时30分" in told["101"][0]
    )
    assert "考试周" in told["101"][0] and "局长" in told["101"][0] and "停止收取" not in told["101"][0]
    _amend(bureau, "2026-04-09T10:00", lock="2026-05-29")
    told = _told(bureau)
    assert {code: len(texts) for code, texts in told.items()} == {"101": 2, "101001": 1}
    assert "更正前：没有规定\n  更正后：2026年5月29日" in told["101001"][0]
    _amend(bureau, "2026-04-10T10:00", publication_due="2026-07-31")
    assert _told(bureau) == told
    bureau.deliver("2026-04-10T10:01")
    subjects = [mail["Subject"] for mail in bureau.mails() if "更正" in mail["Subject"]]
    assert len(subjects) == 3 and "【绩效自评】2025年度报送日期更正：单位报送截止" in subjects


def test_a_correction_before_the_notice_voids_the_approval_of_the_plan(bureau):
    bureau.open(*UNITS)
    decide_plan.fn(2025, True, "局长", "", instant("2026-02-20T09:00"))
    amended = _amend(bureau, "2026-02-21T09:00", unit_due="2026-04-17", document_number="某财绩〔2026〕2号")
    assert amended.voided == "局长" and amended.moved == () and _told(bureau) == {}
    with bureau.transaction() as session:
        assert decisions.standing(session, 1, "notice") is None
    with pytest.raises(Refusal, match="还没有审批"):
        freeze.fn(2025, instant("2026-03-02T09:00"), "管理员")


def test_the_days_of_a_late_holiday_order_shift_the_steps_and_end_the_provisional_sentence(bureau):
    _issued(bureau)
    amended = _amend(
        bureau, "2026-03-20T09:00", workdays={"extra_days_off": frozenset({date(2026, 4, 9)})}, reason="放假"
    )
    assert amended.moved == ("unit_due",) and amended.units == 0 and amended.provisional == ""
    assert queue_reminders.fn(2025, instant("2026-04-08T09:00"))["step"].startswith("T-1@2026-04-10#")


def test_an_unordered_year_is_settled_by_a_correction(bureau):
    bureau.open(*UNITS)
    with bureau.transaction() as session:
        row = cycles.cycle_of(session, 2025)
        text = row.definition.replace("= 2026-", "= 2098-")
        first = amendments.amend(
            session, row, text, {}, person="局长", reason="改期", at=instant("2026-02-20T09:00")
        )
        text += "\n[calendar]\nextra_days_off = [2098-04-04]\nordered_years = [2098]\n"
        second = amendments.amend(
            session, row, text, {}, person="局长", reason="国办通知", at=instant("2026-02-21T09:00")
        )
        assert "2098年的放假调休安排尚未公布" in first.provisional
        assert second.provisional == "" == cycles.value_of(row).provisional_note


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"unit_due": "2026-04-07"}, "不能提前到已经过去的日期"),
        ({"lock": "2026-05-15", "correction_due": "2026-04-24"}, ""),
        ({"document_number": "某财绩〔2026〕9号"}, "通知已于2026-03-02印发，不能再改：文号"),
        ({"notice": "2026-03-01"}, "不能再改：通知印发"),
        ({}, "没有不同之处"),
        ({"unit_due": "2026-04-20", "reason": " "}, "写明决定的人和理由"),
    ],
)
def test_what_would_make_wrong_what_was_done_is_refused_with_a_sentence(bureau, change, reason):
    _issued(bureau)
    if not reason:
        assert _amend(bureau, "2026-04-08T10:00", **change).changed
        return
    with pytest.raises(Refusal, match=reason):
        _amend(bureau, "2026-04-08T10:00", **change)
    with bureau.transaction() as session:
        assert session.query(amendments.Amendment).count() == 0


def test_a_cycle_behind_its_lock_takes_filings_in_again_when_the_lock_is_put_off(bureau):
    _issued(bureau)
    _amend(bureau, "2026-04-08T10:00", lock="2026-05-29")
    bureau.put("101/说明.docx", b"first")
    assert bureau.collect("2026-06-01T09:00")["versions"] == 0
    _amend(bureau, "2026-06-02T09:00", lock="2026-06-12")
    bureau.put("101/再报.docx", b"second")
    assert bureau.collect("2026-06-02T10:00")["versions"] == 1
    with bureau.transaction() as session:
        assert session.query(OutboxRow).filter_by(unit_code="101", kind="set_aside").count() == 1
