"""A planned lock ends intake without anybody's command; late and locked out are different."""

from __future__ import annotations

from datetime import date

import pytest

from apps import bulletin
from db import cycles, submissions
from db.board import unit_statuses
from db.closing import close, intake_note
from db.models import OutboxRow
from tasks.escalate import queue_escalations
from tasks.extend import decide_extension
from tasks.rehearse import plan_of
from tasks.remind import queue_reminders
from tests.tasks.conftest import instant

UNIT = "203002"
LOCK = date(2026, 5, 29)
WORDS = "逾期材料收取至2026年5月29日（星期五）17时30分为止，此后报送的不再计入。"


@pytest.fixture
def locked(bureau):
    return bureau.open_examples(LOCK)


def _note(bureau, when: str) -> str:
    with bureau.transaction() as session:
        row = cycles.cycle_of(session, 2025)
        return intake_note(session, row, cycles.value_of(row), instant(when))


def test_between_due_and_lock_a_filing_is_late_and_counts(bureau, locked):
    bureau.file("first", UNIT)
    assert bureau.collect("2026-05-29T17:30")["versions"] == 1
    with bureau.transaction() as session:
        status = next(each for each in unit_statuses(session, 1) if each.code == UNIT)
        assert status.late_days and status.state == "received"


def test_behind_the_lock_a_filing_is_archived_answered_and_listed_and_no_version(bureau, locked):
    bureau.file("first", UNIT)
    assert bureau.collect("2026-05-29T17:31")["versions"] == 0
    with bureau.transaction() as session:
        waiting = submissions.unmatched(session, 1)
        assert {(file.unit_code, file.outcome) for file in waiting} == {(UNIT, "after_close")}
        mail = session.query(OutboxRow).filter_by(unit_code=UNIT, kind="set_aside").first()
        assert "本周期已于5月29日17时30分按规定停止收取，不再收取报送" in mail.text_body


def test_a_unit_with_more_time_than_the_lock_files_until_its_own_day(bureau, locked):
    for milestone in ("correction_due", "unit_due"):
        decide_extension.fn(
            2025, UNIT, milestone, date(2026, 6, 5), True, "停电", "局长", instant("2026-04-09T10:00")
        )
    bureau.file("first", UNIT)
    assert bureau.collect("2026-06-05T17:30")["versions"] == 1


def test_nobody_is_reminded_behind_the_lock_and_what_waits_is_withdrawn(bureau, locked):
    assert queue_reminders.fn(2025, instant("2026-05-29T09:00"))["units"]
    with bureau.transaction() as session:
        mail = session.query(OutboxRow).filter_by(unit_code=UNIT, kind="overdue").first()
        assert WORDS in mail.text_body
    bureau.deliver("2026-05-29T17:31")
    overdue = {state for (kind, _), state in bureau.outbox(UNIT).items() if kind == "overdue"}
    assert overdue == {"cancelled"}
    assert queue_reminders.fn(2025, instant("2026-06-08T09:00"))["units"] == 0
    assert queue_escalations.fn(2025, instant("2026-06-08T09:00")) == 0


def test_the_lock_stands_in_the_notice_the_plan_and_the_board(bureau, locked):
    notice = next(mail for mail in bureau.mails() if "通知" in mail["subject"])
    assert WORDS in notice.get_body(("plain",)).get_content()
    assert _note(bureau, "2026-05-29T17:30").startswith("逾期报送收取到2026-05-29 17:30为止")
    assert _note(bureau, "2026-05-29T17:31").startswith("本周期已于2026-05-29 17:30按规定停止收取")
    moment = bulletin.board_asof(2025, instant("2026-06-01T09:00"))
    assert "已于2026-05-29 17:30按规定停止收取" in moment.paper.closed
    with bureau.transaction() as session:
        plan, _ = plan_of(session, cycles.cycle_of(session, 2025), instant("2026-05-04T09:00"), None)
    assert [event.at for event in plan.events if event.what == "停止收取"] == [instant("2026-05-29T17:30")]
    assert not [mail for mail in plan.mails if mail.unit_code and mail.at > instant("2026-05-29T17:30")]


def test_the_earlier_of_the_lock_and_a_persons_close_counts(bureau, locked):
    with bureau.transaction() as session:
        row = cycles.cycle_of(session, 2025)
        close(session, row, person="局长", reason="提前结束", at=instant("2026-05-20T09:00"))
    assert _note(bureau, "2026-05-30T09:00").startswith("本周期已于2026-05-20 09:00关闭（局长：提前结束）")
    bureau.file("first", UNIT)
    assert bureau.collect("2026-05-20T09:00")["versions"] == 0
