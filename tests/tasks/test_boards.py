"""The boards for administrators: who is late, what waits for a person and where it is settled, mails, what comes."""

from __future__ import annotations

import json

import pytest

from apps.deployments import wanted_deployments
from db import cycles, outbox
from db.board import unit_statuses
from db.models import Contact, CycleRow, OutboxRow
from tasks.board import cycle_board
from tasks.boards import FORMS, board_text, coming_board, late_board, mail_board, waiting_board
from tasks.office import reading
from tasks.publish import decide_publication
from tasks.remind import queue_reminders
from tasks.wake_up import moments
from tests.tasks.conftest import instant, unit

FORM_PLACES = {"来件归入单位": "/deployments/deployment/7/run", "核实邮件": "/deployments/deployment/9/run"}


def _read(bureau, board, when: str, *more) -> str:
    with bureau.transaction() as session:
        row = cycles.cycle_of(session, 2025)
        if board is waiting_board:
            more = (*more, unit_statuses(session, row.id))
        key, title, lines = board(session, row, instant(when), *more)
        assert key.isascii() and key == key.lower()
        return board_text(row.name, title, instant(when), lines)


def test_every_run_form_that_a_board_names_is_deployed():
    assert {name for names in FORMS.values() for name in names} <= {
        each.name for each in wanted_deployments()
    }


def test_the_late_list_names_who_is_late_since_when_and_when_it_was_told(bureau, county):
    before = _read(bureau, late_board, "2026-04-10T09:00")
    assert "没有逾期的单位" in before and "截至 2026-04-10 09:00（北京时间）" in before
    queue_reminders.fn(2025, instant("2026-04-13T09:00"))
    bureau.deliver("2026-04-13T09:01")
    text = _read(bureau, late_board, "2026-04-14T09:00")
    line = next(each for each in text.splitlines() if each.startswith("| 203002 "))
    assert "自评材料未报送" in line and "04-10 17:30" in line and "| 2 |" in line and "04-13 09:01" in line


def test_what_waits_stands_with_its_number_its_run_form_and_its_command(bureau, county):
    bureau.put("不知是谁的.xlsx", b"not a workbook")
    bureau.collect("2026-04-01T10:00")
    with bureau.transaction() as session:
        mail = session.query(OutboxRow).first()
        mail.state, mail.sent_at, mail.reply = "uncertain", None, "13800000000 无法确认"
        number = mail.id
    text = _read(bureau, waiting_board, "2026-04-01T11:00", FORM_PLACES)
    assert "[来件归入单位](/deployments/deployment/7/run)　来件办结" in text
    assert "[核实邮件](/deployments/deployment/9/run)" in text and "selfeval mail resolve" in text
    assert "| 1 | 不知是谁的.xlsx |" in text
    health = _read(bureau, mail_board, "2026-04-01T11:00", FORM_PLACES)
    assert f"| {number} | " in health and "〔手机号〕 无法确认" in health and "@" not in health


def test_the_approval_of_the_publication_waits_from_the_day_of_its_first_list(bureau, county):
    assert "公开结果还没有审批" not in _read(bureau, waiting_board, "2026-06-11T09:00", FORM_PLACES)
    # Ten working days before 30 June, and the Dragon Boat Festival on 19 June is none.
    assert "公开结果还没有审批" in _read(bureau, waiting_board, "2026-06-15T09:00", FORM_PLACES)


def test_what_the_publication_lacks_is_found_out_anew_only_after_something_was_recorded(bureau, county):
    bureau.file("first", "203002")
    bureau.round("2026-04-08T10:00")
    said = "1家的脱敏清单还没有确认"

    def read(hour: str) -> str:
        return _read(bureau, waiting_board, f"2026-06-15T{hour}", FORM_PLACES)

    first = read("09:00")
    kept = bureau.home / "kept" / "content-2025.json"
    [unit] = json.loads(kept.read_text(encoding="utf-8"))["units"]
    assert said in first and unit[0] == "203002" and unit[1] in first
    # Of what changes nothing of the content, be it a mail or a decision, nothing is made anew: what is kept is shown.
    kept.write_text(kept.read_text(encoding="utf-8").replace(unit[1], "照旧"), encoding="utf-8")
    bureau.deliver("2026-06-15T09:10")
    decide_publication.fn(2025, False, "局长", "再看看", instant("2026-06-15T09:20"))
    again = read("09:30")
    assert "照旧" in again and unit[1] not in again and "局长不同意公开" in again
    # Where it changes, what is true is shown: here the name of the unit's contact is one to be hidden.
    with bureau.transaction() as session:
        session.query(Contact).filter_by(unit_code="203002").first().name = "柳如是"
    assert unit[1] in read("10:00") and "照旧" not in kept.read_text(encoding="utf-8")
    # Whatever has become of what is kept, it is made again.
    kept.write_text("{", encoding="utf-8")
    assert said in read("10:30")


def test_the_coming_fortnight_lists_steps_and_days_up_to_its_end_and_no_further(bureau, county):
    text = _read(bureau, coming_board, "2026-04-01T10:00")
    assert "单位报送截止" in text and "2026-04-10" in text and "主管部门汇总截止" not in text


@pytest.mark.parametrize("when", ["2026-04-09T09:00", "2026-06-26T09:00"])
def test_the_coming_fortnight_makes_no_copies_for_the_public_as_long_as_nobody_approved_any(
    bureau, county, when, monkeypatch
):
    monkeypatch.setenv("SELFEVAL_ADMIN_EMAILS", "admin@bureau.example")
    bureau.file("first", "203002")
    bureau.round("2026-04-08T10:00")
    before = sorted(bureau.home.rglob("archive/**/*"))
    text = _read(bureau, coming_board, when)
    assert ("没有人审批公开" in text) == when.startswith("2026-06")
    assert sorted(bureau.home.rglob("archive/**/*")) == before


def test_who_reads_for_a_board_keeps_nobody_from_writing(bureau, county):
    with reading() as long:
        row = cycles.cycle_of(long, 2025)
        with bureau.transaction() as session:
            session.get_one(CycleRow, row.id).name = "改过的名称"
        statuses = unit_statuses(long, row.id)
        assert cycle_board(long, row, instant("2026-04-01T10:00"), statuses) and "改过" not in row.name


def test_nothing_of_a_roster_becomes_markup_on_a_board(bureau):
    bureau.open(unit("101", "某县[教育](http://x)|局"))
    bureau.issue()
    with bureau.transaction() as session:
        row = cycles.cycle_of(session)
        statuses = unit_statuses(session, row.id)
        text = cycle_board(session, row, instant("2026-04-01T10:00"), statuses)
    assert r"\[教育\](http://x)\|局" in text


@pytest.mark.parametrize(("issued", "hour"), [(False, "09:00"), (True, None)])
def test_the_days_to_come_are_those_of_the_cycle_and_the_notice_until_it_is_issued(bureau, issued, hour):
    bureau.open(unit("101", "某县教育局"))
    if issued:
        bureau.issue()
    with bureau.transaction() as session:
        found = moments(session, cycles.cycle_of(session))
        assert outbox.count_by_state(session, 1).get("sent", 0) == 0
    assert {"unit_due", "department_due", "correction_due"} <= found.keys() and "lock" not in found
    assert (f"{found['notice']:%H:%M}" if "notice" in found else None) == hour
