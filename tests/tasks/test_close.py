"""A closed cycle takes nothing in and reminds nobody; what still comes is kept, answered and listed."""

from __future__ import annotations

import pytest

from db import audit, closing, cycles, submissions
from db.board import unit_statuses
from db.models import OutboxRow, Submission
from selfeval.refusal import Refusal
from tasks.board import board_markdown
from tasks.escalate import queue_escalations
from tasks.remind import queue_reminders
from tests.tasks.conftest import instant

UNIT = "203002"
CLOSED = "2026-06-30T18:00"


def _close(bureau, when: str = CLOSED):
    with bureau.transaction() as session:
        row = cycles.cycle_of(session, 2025)
        return closing.close(session, row, person="局长", reason="进入公开阶段", at=instant(when))


def test_an_arrival_after_the_close_is_archived_answered_once_and_listed_and_no_version(bureau, county):
    _close(bureau)
    bureau.file("first", UNIT)
    taken = bureau.collect("2026-06-30T18:00")  # the very instant of the close is closed
    assert taken["versions"] == 0 and taken["unmatched"] > 0
    bureau.collect("2026-07-01T09:00")
    with bureau.transaction() as session:
        waiting = submissions.unmatched(session, 1)
        assert {(file.unit_code, file.outcome) for file in waiting} == {(UNIT, "after_close")}
        assert all((bureau.home / "archive").rglob(f"*{file.sha256}*") for file in waiting)
        assert session.query(Submission).count() == 0
        mails = session.query(OutboxRow).filter_by(unit_code=UNIT, kind="set_aside").all()
        assert len(mails) == len(cycles.addresses_of(session, UNIT))
    assert "本周期已于6月30日18时关闭" in mails[0].text_body and waiting[0].name in mails[0].text_body


def test_what_came_before_the_close_counts_also_when_it_is_collected_after_it(bureau, county):
    _close(bureau)
    bureau.file("first", UNIT)
    assert bureau.collect("2026-06-30T17:59")["versions"] == 1


def test_a_closed_cycle_reminds_nobody_and_withdraws_what_waits(bureau, county):
    queue_reminders.fn(2025, instant("2026-04-13T09:00"))
    queue_escalations.fn(2025, instant("2026-04-13T09:00"))
    _close(bureau, "2026-04-13T09:01")
    with bureau.transaction() as session:
        calls = session.query(OutboxRow).filter(OutboxRow.kind.in_(("overdue", "escalation")))
        assert calls.count() and {row.state for row in calls} == {"cancelled"}
        before = session.query(OutboxRow).count()
    queue_reminders.fn(2025, instant("2026-04-15T09:00"))
    queue_escalations.fn(2025, instant("2026-04-15T09:00"))
    with bureau.transaction() as session:
        assert session.query(OutboxRow).count() == before


def test_the_close_is_a_decision_with_person_reason_and_board_and_can_be_taken_back(bureau, county):
    first = _close(bureau)
    again = _close(bureau, "2026-07-02T09:00")
    assert (again.id, again.decided_at) == (first.id, instant(CLOSED)) and len(first.content_hash) == 64
    with bureau.transaction() as session:
        row = cycles.cycle_of(session, 2025)
        assert closing.closing(session, row.id, instant("2026-06-30T17:59")) is None
        closing.reopen(session, row, person="局长", reason="补报", at=instant("2026-07-03T09:00"))
        assert closing.closing(session, row.id) is None
        assert closing.closing(session, row.id, instant("2026-07-01T00:00")).person == "局长"
        assert audit.verify(session)[1] is None
        with pytest.raises(Refusal, match="没有关闭"):
            closing.reopen(session, row, person="局长", reason="补报", at=instant("2026-07-03T09:00"))
        with pytest.raises(Refusal, match="理由"):
            closing.close(session, row, person="局长", reason=" ", at=instant("2026-07-03T09:00"))
    bureau.file("first", UNIT)
    assert bureau.collect("2026-07-03T09:01")["versions"] == 1


def test_the_board_in_the_browser_shows_notes_lateness_with_its_calculation_and_who_is_excused(
    bureau, county
):
    bureau.file("first", UNIT)
    bureau.collect("2026-04-15T10:00")
    with bureau.transaction() as session:
        statuses = unit_statuses(session, 1)
    shown = board_markdown("周期", statuses, [], instant("2026-04-16T09:00"), ["周期已关闭", ""])
    assert "**周期已关闭**" in shown and "## 逾期报送的单位（1家）" in shown
    assert "3个工作日，扣3分（计4月13日至15日，共3个工作日；4月11日至12日是休息日，不计）" in shown
    assert "## 不需要报送的单位（2家）" in shown and "免报" in shown


def test_one_poll_over_the_due_instant_leaves_in_time_what_came_in_time(bureau, county, monkeypatch):
    from tasks import collect

    bureau.file("first", UNIT)
    bureau.put(f"{UNIT}/补充说明.docx", b"late")
    found = collect.scan

    def by_instant(inbox, now):
        for each in found(inbox, now):
            late = each.path.name == "补充说明.docx"
            when = instant("2026-04-10T17:31") if late else instant("2026-04-10T17:30")
            yield collect.Found(each.path, each.folder, each.source, when)

    monkeypatch.setattr(collect, "scan", by_instant)
    assert bureau.collect("2026-04-10T17:40")["versions"] == 2
    with bureau.transaction() as session:
        status = next(each for each in unit_statuses(session, 1) if each.code == UNIT)
        assert (status.late_days, status.version) == (0, 2)
