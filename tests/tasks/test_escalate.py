"""Departments hear of their late units in one mail per step; returned filings are chased like first ones."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from db.models import OutboxRow
from tasks.escalate import queue_escalations
from tasks.remind import queue_reminders
from tests.tasks.conftest import instant


def test_a_department_hears_of_all_its_late_units_in_one_mail_per_step_however_often_it_runs(bureau, county):
    assert queue_escalations.fn(2025, instant("2026-04-10T18:00")) == 0
    when = instant("2026-04-13T09:00")
    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(lambda _: queue_escalations.fn(2025, when), range(2))) == 3
    assert queue_escalations.fn(2025, instant("2026-04-14T09:00")) == 0
    assert queue_escalations.fn(2025, instant("2026-04-16T09:00")) == 3  # three days late: the latest step
    with bureau.transaction() as session:
        rows = session.query(OutboxRow).filter_by(kind="escalation", unit_code="101", step="T+1").all()
        assert rows and all(f"{code}" in rows[0].text_body for code in ("101001", "101002", "101004"))
        assert not [code for code in ("203001", "305") if code in rows[0].text_body]


def test_a_returned_filing_is_chased_with_its_open_findings_until_it_is_corrected(bureau, county):
    bureau.file("first", "101003")
    assert bureau.round("2026-04-08T10:00")["returned"] == 1
    queue_reminders.fn(2025, instant("2026-05-12T09:00"))
    assert bureau.outbox("101003")[("reminder", "C-3")] == "pending"
    bureau.deliver("2026-05-12T09:01")
    mail = next(m for m in bureau.mails() if "前重新报送2025年度自评材料（还有3个工作日）" in m["Subject"])
    text = mail.get_body(("plain",)).get_content()
    assert "以下错误仍待改正" in text and "表" in text and "以下材料没有收到" not in text
    queue_reminders.fn(2025, instant("2026-05-18T09:00"))
    assert bureau.outbox("101003")[("overdue", "C+1")] == "pending"
    bureau.file("corrected", "101003")
    bureau.round("2026-05-18T09:30")
    assert bureau.outbox("101003")[("overdue", "C+1")] == "cancelled"
