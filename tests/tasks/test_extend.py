"""An extension moves what counts for one unit, keeps the original, and tells the unit once."""

from __future__ import annotations

from datetime import date

import pytest

from db import cycles
from db.board import unit_statuses
from db.models import ExtensionRow, Submission
from selfeval.cycle import Duty
from selfeval.refusal import Refusal
from tasks.board import board_markdown
from tasks.extend import decide_extension
from tasks.remind import queue_reminders
from tests.tasks.conftest import instant

UNIT = "203002"


def _extend(
    day: str, when: str, *, code: str = UNIT, milestone: str = "unit_due", granted: bool = True
) -> dict[str, str]:
    return decide_extension.fn(
        2025, code, milestone, date.fromisoformat(day), granted, "系统升级", "局长", instant(when)
    )


def _status(bureau, code: str = UNIT):
    with bureau.transaction() as session:
        return next(status for status in unit_statuses(session, 1) if status.code == code)


def test_a_filing_within_the_extension_is_on_time_and_every_paper_shows_both_dates(bureau, county):
    _extend("2026-04-20", "2026-04-09T10:00")
    bureau.file("first", UNIT)
    bureau.collect("2026-04-17T10:00")
    status = _status(bureau)
    assert (status.late_days, status.due, status.original_due) == (
        0,
        "2026-04-20T17:30+08:00",
        "2026-04-10T17:30+08:00",
    )
    bureau.deliver("2026-04-17T10:01")
    decision, receipt = next(m for m in bureau.mails() if "同意延至" in m["Subject"]), bureau.mails()[-1]
    assert "同意延至4月20日17时30分" in decision["Subject"]
    for mail in (decision, receipt):
        text = mail.get_body(("plain",)).get_content()
        assert "2026年4月10日（星期五）17时30分" in text and "2026年4月20日（星期一）17时30分" in text
    assert "按时报送" in receipt.get_body(("plain",)).get_content()
    board = board_markdown("周期", [status], [], instant("2026-04-17T10:02"))
    assert "报送截止2026-04-20 17:30（原2026-04-10 17:30；系统升级）" in board


def test_an_extension_granted_after_a_late_filing_takes_the_lateness_back(bureau, county):
    bureau.file("first", UNIT)
    bureau.collect("2026-04-14T10:00")
    assert _status(bureau).late_days == 2
    _extend("2026-04-15", "2026-04-16T10:00")
    assert _status(bureau).late_days == 0


def test_a_decision_told_twice_stands_once_and_of_several_the_latest_counts(bureau, county):
    for _ in range(2):
        _extend("2026-04-15", "2026-04-09T10:00")
    _extend("2026-04-20", "2026-04-14T10:00")
    _extend("2026-04-30", "2026-04-15T10:00", granted=False)
    with bureau.transaction() as session:
        rows = session.query(ExtensionRow).order_by(ExtensionRow.id).all()
        assert [row.verdict for row in rows] == ["granted", "granted", "refused"]
        assert {row.original_on for row in rows} == {date(2026, 4, 10)}
    assert _status(bureau).due == "2026-04-20T17:30+08:00"
    bureau.deliver("2026-04-15T10:01")
    told = [m["Subject"] for m in bureau.mails() if "延" in m["Subject"]]
    with bureau.transaction() as session:
        addresses = len(cycles.addresses_of(session, UNIT))
    assert len(told) == 3 * addresses and sum("不同意延期" in subject for subject in told) == addresses


@pytest.mark.parametrize(
    ("day", "milestone", "code", "reason"),
    [
        ("2026-04-10", "unit_due", UNIT, "应晚于它"),
        ("2026-12-01", "correction_due", UNIT, "结果公开截止"),
        ("2026-06-20", "unit_due", UNIT, "退回修改截止"),
        ("2026-04-20", "publication_due", UNIT, "只能延期"),
        ("2026-04-20", "unit_due", "999", "没有预算编码 999"),
    ],
)
def test_a_day_that_does_not_fit_is_refused_with_the_reason(bureau, county, day, milestone, code, reason):
    with pytest.raises(Refusal, match=reason):
        _extend(day, "2026-04-09T10:00", milestone=milestone, code=code)


def test_the_extended_unit_gets_a_wave_of_its_own_and_the_old_one_is_withdrawn(bureau, county):
    queue_reminders.fn(2025, instant("2026-04-09T09:00"))
    _extend("2026-04-20", "2026-04-09T10:00")
    states = bureau.outbox(UNIT)
    assert states[("reminder", "T-1")] == "cancelled"
    queue_reminders.fn(2025, instant("2026-04-13T09:00"))  # the others are one day late
    assert not [key for key in bureau.outbox(UNIT) if key[0] == "overdue"]
    queue_reminders.fn(2025, instant("2026-04-17T09:00"))
    queue_reminders.fn(2025, instant("2026-04-21T09:00"))
    assert {("reminder", "T-1@2026-04-20"), ("overdue", "T+1@2026-04-20")} <= bureau.outbox(UNIT).keys()


def test_a_nil_return_owes_nothing_and_its_waiting_reminders_are_withdrawn(bureau, county):
    queue_reminders.fn(2025, instant("2026-04-09T09:00"))
    with bureau.transaction() as session:
        row = cycles.cycle_of(session, 2025)
        cycles.change_duty(
            session, row, UNIT, Duty.NIL, reason="当年无支出", person="局长", at=instant("2026-04-09T10:00")
        )
    assert _status(bureau).state == "nil"
    assert bureau.outbox(UNIT)[("reminder", "T-1")] == "cancelled"
    queue_reminders.fn(2025, instant("2026-04-13T09:00"))
    assert ("overdue", "T+1") not in bureau.outbox(UNIT)
    with pytest.raises(Refusal, match="不需要报送"):
        _extend("2026-04-20", "2026-04-14T10:00")


def test_a_unit_returned_after_the_correction_due_gets_five_working_days_in_mail_board_and_reminders(
    bureau, county
):
    bureau.file("first", "101003")
    bureau.collect("2026-05-14T10:00")
    bureau.round("2026-05-18T10:00")  # the correction due was Friday 15 May
    mail = next(m for m in bureau.mails() if "退回修改" in m["Subject"])
    text = mail.get_body(("plain",)).get_content()
    assert "2026年5月25日（星期一）17时30分前重新报送（已顺延，原截止时间为2026年5月15日" in text
    status = _status(bureau, "101003")
    assert (status.correction_due, status.original_correction_due) == (
        "2026-05-25T17:30+08:00",
        "2026-05-15T17:30+08:00",
    )
    queue_reminders.fn(2025, instant("2026-05-20T09:00"))
    queue_reminders.fn(2025, instant("2026-05-26T09:00"))
    states = bureau.outbox("101003")
    assert {("reminder", "C-3@2026-05-25"), ("overdue", "C+1@2026-05-25")} <= states.keys()
    assert not [key for key in states if key[0] == "overdue" and "@" not in key[1]]
    bureau.file("corrected", "101003")
    bureau.collect("2026-05-25T17:30")
    with bureau.transaction() as session:
        versions = session.query(Submission).filter_by(unit_code="101003").order_by(Submission.version)
        assert [each.late_days for each in versions] == [22, 0]


def test_a_return_long_before_the_correction_due_moves_nothing(bureau, county):
    bureau.file("first", "101003")
    bureau.round("2026-04-08T10:00")
    assert _status(bureau, "101003").original_correction_due is None
