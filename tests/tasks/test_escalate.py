"""Departments hear of their late units in one mail per step; returned filings are chased like first ones."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date

from db import cycles, requests
from db.models import MailMessage, OutboxRow
from selfeval.cycle import Duty
from tasks.escalate import queue_escalations, queue_late_list
from tasks.extend import decide_extension
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
    assert (
        "仍待改正的错误有" in text and "错误 " in text and "应为：" in text and "没有收到你单位" not in text
    )
    returned = (
        next(m for m in bureau.mails() if "退回修改：" in m["Subject"]).get_body(("plain",)).get_content()
    )
    assert [line for line in text.splitlines() if "错误 " in line and "｜" in line] == [
        line for line in returned.splitlines() if "错误 " in line and "｜" in line
    ]
    queue_reminders.fn(2025, instant("2026-05-18T09:00"))
    assert bureau.outbox("101003")[("overdue", "C+1")] == "pending"
    bureau.file("corrected", "101003")
    bureau.round("2026-05-18T09:30")
    assert bureau.outbox("101003")[("overdue", "C+1")] == "cancelled"


def test_from_the_third_day_the_bureau_gets_one_list_of_all_late_units_by_department(
    bureau, county, monkeypatch
):
    monkeypatch.setenv("SELFEVAL_BUREAU_EMAILS", "zhang@bureau.example，li@bureau.example")
    decide_extension.fn(
        2025, "203002", "unit_due", date(2026, 4, 30), True, "搬迁", "局长", instant("2026-04-09T10:00")
    )
    decide_extension.fn(
        2025, "203001", "unit_due", date(2026, 4, 30), False, "人手不足", "局长", instant("2026-04-09T10:00")
    )
    with bureau.transaction() as session:
        mail = MailMessage(
            cycle_id=1, mailbox="m", uidvalidity=1, uid=1, sha256=None, size=1, sender="a@u.example",
            subject="延期", reference="", note="", attempts=1, received_at=instant("2026-04-10T10:00"),
        )  # fmt: skip
        session.add(mail)
        session.flush()
        when = instant("2026-04-10T10:00")
        row = cycles.cycle_of(session, 2025)
        requests.record(session, row, "101002", mail, day=date(2026, 4, 20), words="申请延期", at=when)
    assert queue_late_list.fn(2025, instant("2026-04-13T09:00")) == 0
    queue_reminders.fn(2025, instant("2026-04-13T09:00"))
    bureau.deliver("2026-04-13T09:01")
    listed = queue_late_list.fn(2025, instant("2026-04-15T09:00"))
    assert listed == len([u for u in county.roster if u.status == "active"]) - 1
    assert queue_late_list.fn(2025, instant("2026-04-16T15:00")) == 0
    before = len(bureau.mails())
    bureau.deliver("2026-04-15T09:01")
    mails = bureau.mails()[before:]
    assert {m["To"].addresses[0].addr_spec for m in mails} == {"zhang@bureau.example", "li@bureau.example"}
    text = mails[0].get_body(("plain",)).get_content()
    assert f"{listed}家单位" in mails[0]["Subject"] and "203002" not in text
    assert "已逾期3个工作日" in text and "最近一次催报：4月13日；曾申请延至4月30日，未同意" in text
    assert "已来信申请延至4月20日，等待审批" in text
    assert text.index("101001") < text.index("203001") < text.index("305")


def test_a_list_of_nobody_is_cancelled_before_it_goes_out(bureau, county, monkeypatch):
    monkeypatch.setenv("SELFEVAL_ADMIN_EMAILS", "admin@bureau.example")
    queue_late_list.fn(2025, instant("2026-04-15T09:00"))
    queue_escalations.fn(2025, instant("2026-04-15T09:00"))
    with bureau.transaction() as session:
        row = cycles.cycle_of(session, 2025)
        for obligation in cycles.obligations_of(session, row.id):
            if obligation.duty == "required":
                cycles.change_duty(
                    session, row, obligation.unit_code, Duty.NIL, reason="无", person="局长",
                    at=instant("2026-04-15T09:01"),
                )  # fmt: skip
    before = len(bureau.mails())
    assert bureau.deliver("2026-04-15T09:02") == {}
    assert len(bureau.mails()) == before
    assert bureau.outbox(None) == {("late_list", "T+3"): "cancelled"}


def test_nothing_goes_out_on_a_day_off_or_before_the_hour_of_the_policy(bureau, county):
    assert queue_reminders.fn(2025, instant("2026-04-11T09:00"))["units"] == 0  # a Saturday
    assert queue_escalations.fn(2025, instant("2026-04-18T09:00")) == 0
    assert queue_reminders.fn(2025, instant("2026-04-13T08:59"))["units"] == 0
    assert queue_reminders.fn(2025, instant("2026-04-13T09:00"))["step"] == "T+1"
