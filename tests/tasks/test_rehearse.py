"""What was rehearsed is what goes out; a rehearsal leaves no trace; no notice without an approved plan."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
import yaml

from db import decisions, outbox, roster
from db.models import AuditEntry, CycleRow, Decision, OutboxRow
from selfeval.refusal import Refusal
from selfeval.rehearsal import RECURRING
from selfeval.workdays import SHANGHAI
from tasks.call_examiners import queue_examiner_calls
from tasks.digest import queue_digest
from tasks.escalate import queue_escalations, queue_late_list
from tasks.extend import decide_extension
from tasks.issue_notice import freeze
from tasks.prepare_publication import queue_readiness
from tasks.rehearse import SUBJECT, decide_plan, plan_of
from tasks.remind import queue_reminders
from tests.conftest import ROOT
from tests.tasks.conftest import instant, unit

UNITS = (unit("101", "某县教育局"), unit("101001", "某县第一中学", "101"), unit("102", "某县水利局"))


@pytest.fixture(autouse=True)
def offices(monkeypatch):
    monkeypatch.setenv("SELFEVAL_ADMIN_EMAILS", "admin@bureau.example")
    monkeypatch.setenv("SELFEVAL_BUREAU_EMAILS", "bureau@bureau.example,chief@bureau.example")


def _planned(bureau, when: str, until: str) -> set[tuple]:
    with bureau.transaction() as session:
        plan, _ = plan_of(session, session.query(CycleRow).one(), instant(when), date.fromisoformat(until))
    return {
        (mail.at, mail.kind, mail.step, mail.unit_code, to) for mail in plan.mails for to in mail.recipients
    }


def _written(bureau) -> set[tuple]:
    with bureau.transaction() as session:
        return {
            (row.created_at, row.kind, row.step, row.unit_code, row.recipient)
            for row in session.query(OutboxRow)
        }


def _live(start: str, until: str) -> None:
    """The real waves at nine and at three on every day: what the schedule does, on a simulated clock."""
    day = date.fromisoformat(start)
    while day <= date.fromisoformat(until):
        for hour in (9, 15):
            now = datetime(day.year, day.month, day.day, hour, tzinfo=SHANGHAI)
            queue_reminders.fn(2025, now)
            queue_escalations.fn(2025, now)
            queue_late_list.fn(2025, now)
            queue_examiner_calls.fn(2025, now)
            queue_digest.fn(2025, now)
            queue_readiness.fn(2025, now)
        day += timedelta(days=1)


def test_the_real_waves_write_exactly_the_mails_that_were_rehearsed(bureau, county):
    bureau.file("first", "203002")
    bureau.file("first", "101003")
    bureau.round("2026-03-25T10:00")
    decide_extension.fn(
        2025, "305", "unit_due", date(2026, 4, 21), True, "搬迁", "局长", instant("2026-03-26T10:00")
    )
    bureau.deliver("2026-03-26T10:01")
    before = _written(bureau)
    planned = _planned(bureau, "2026-03-27T08:00", "2026-05-29")
    _live("2026-03-27", "2026-05-29")
    written = _written(bureau) - before
    assert {kind for _, kind, *_ in planned} == {"reminder", "overdue", "escalation", "late_list", "digest"}
    assert planned == written


def test_before_the_notice_the_plan_begins_with_it_and_holds_what_goes_out_after_it(bureau):
    bureau.open(*UNITS)
    planned = _planned(bureau, "2026-02-24T08:00", "2026-06-30")
    start = date(2026, 2, 24)
    while start < date(2026, 3, 2):
        queue_digest.fn(2025, datetime(2026, start.month, start.day, 9, tzinfo=SHANGHAI))
        start += timedelta(days=1)
    bureau.issue("2026-03-02T09:00")
    _live("2026-03-02", "2026-06-30")
    assert planned == _written(bureau)
    publication = {
        (kind, step) for _, kind, step, *_ in planned if kind in ("readiness", "publication_alarm")
    }
    lists = {("readiness", f"P-{days}@2026-06-30") for days in (10, 5, 2)}
    assert publication == lists | {("publication_alarm", f"P2026-06-{day}") for day in (26, 29, 30)}


def test_a_rehearsal_changes_nothing_and_a_wave_begun_is_not_planned_again(bureau, county):
    queue_reminders.fn(2025, instant("2026-04-09T09:00"))

    def everything(session):
        return (
            session.query(OutboxRow).count(),
            session.query(AuditEntry).count(),
            session.query(Decision).count(),
        )

    with bureau.transaction() as session:
        before = everything(session)
    planned = _planned(bureau, "2026-04-09T14:00", "2026-04-10")
    with bureau.transaction() as session:
        assert everything(session) == before
        pending = outbox.count_by_kind(session, 1, "pending")["reminder"]
    assert sum(step == "T-1" for _, _, step, _, _ in planned) == pending  # those that wait already, once
    assert {at for at, _, step, _, _ in planned if step == "T+0"} == {instant("2026-04-10T09:00")}


def test_the_notice_waits_for_an_approved_plan_and_a_change_of_the_roster_voids_it(bureau):
    bureau.open(*UNITS)
    with pytest.raises(Refusal, match=r"还没有审批.*selfeval rehearse --approve"):
        freeze.fn(2025, instant("2026-03-02T09:00"), "管理员")
    decide_plan.fn(2025, True, "局长", "", instant("2026-02-26T09:00"))
    with bureau.transaction() as session:
        added = (*UNITS, unit("103", "某县交通局"))
        roster.save_roster(session, added, at=instant("2026-02-27T09:00"), actor="管理员")
    with pytest.raises(Refusal, match="名单有变化，该审批已失效"):
        freeze.fn(2025, instant("2026-03-02T09:00"), "管理员")
    with bureau.transaction() as session:
        assert decisions.standing(session, 1, SUBJECT) is None and not session.query(OutboxRow).count()
    decide_plan.fn(2025, False, "局长", "日期再议", instant("2026-03-02T10:00"))
    with pytest.raises(Refusal, match="局长不同意印发通知的邮件计划：日期再议"):
        freeze.fn(2025, instant("2026-03-02T10:01"), "管理员")
    decide_plan.fn(2025, True, "局长", "", instant("2026-03-02T11:00"))
    assert len(freeze.fn(2025, instant("2026-03-02T11:01"), "管理员")) == 4
    # Begun is begun: it is brought to its end, and not decided on again.
    assert len(freeze.fn(2025, instant("2026-03-02T11:02"), "管理员")) == 4
    with pytest.raises(Refusal, match="不能再审批"):
        decide_plan.fn(2025, False, "局长", "太晚", instant("2026-03-02T12:00"))


def test_other_dates_void_the_approval_and_a_corrected_address_does_not(bureau):
    bureau.open(*UNITS)
    first = decide_plan.fn(2025, True, "局长", "", instant("2026-02-26T09:00"))
    with bureau.transaction() as session:
        other = unit("102", "某县水利局")
        contact = type(other.contacts[0])("new@units.example", "某人", "")
        changed = type(other)(other.code, other.name, 1, None, "active", (contact,), "")
        roster.save_roster(session, (changed,), at=instant("2026-02-27T09:00"), actor="管理员")
    assert decide_plan.fn(2025, True, "局长", "", instant("2026-02-28T09:00")) == first
    with bureau.transaction() as session:
        row = session.query(CycleRow).one()
        row.definition = row.definition.replace("unit_due = 2026-04-10", "unit_due = 2026-04-09")
    with pytest.raises(Refusal, match="日期、政策或名单有变化"):
        freeze.fn(2025, instant("2026-03-02T09:00"), "管理员")


def test_what_runs_all_the_time_is_what_is_deployed():
    deployed = yaml.safe_load((ROOT / "deploy" / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]
    scheduled = {entry["name"] for entry in deployed if entry.get("schedules")}
    assert scheduled == RECURRING.keys() | {"催报", "管理员日报"}
