"""The digest tells administrators once per working day what happened since the one before and what waits."""

from __future__ import annotations

import re
from datetime import date

import pytest

from db.models import OutboxRow
from tasks.digest import ACTIONS, SUBJECTS, queue_digest
from tasks.extend import decide_extension
from tasks.redacted import confirm_redaction
from tests.conftest import ROOT
from tests.tasks.conftest import instant, unit

ADMINS = ("a@bureau.example", "b@bureau.example")


@pytest.fixture(autouse=True)
def admins(monkeypatch):
    monkeypatch.setenv("SELFEVAL_ADMIN_EMAILS", ", ".join(ADMINS))


def _digest(bureau, when: str) -> str | None:
    """The text of the digest of this instant, as it came to every administrator; None when there is none."""
    if not queue_digest.fn(2025, instant(when)):
        return None
    before = len(bureau.mails())
    bureau.deliver(when)
    mails = [m for m in bureau.mails()[before:] if "日报" in m["Subject"]]
    assert {m["To"].addresses[0].addr_spec for m in mails} == set(ADMINS)
    return mails[0].get_body(("plain",)).get_content().replace("\r\n", "\n")


def test_it_tells_what_changed_since_the_one_before_and_once_per_working_day(bureau, county):
    assert "通知印发" in _digest(bureau, "2026-03-02T09:30")
    bureau.file("first", "203002")
    bureau.file("first", "101003")
    bureau.round("2026-04-08T10:00")
    decide_extension.fn(
        2025, "305", "unit_due", date(2026, 4, 20), True, "搬迁", "局长", instant("2026-04-08T11:00")
    )
    text = _digest(bureau, "2026-04-09T09:00")  # the days between had none: it covers them all
    names = {u.code: u.name for u in county.roster}
    assert "收到报送：" in text and names["203002"] in text and "通知印发" not in text
    assert f"审核：退回修改：{names['101003']}" in text
    assert f"延期决定：同意（局长）：{names['305']}" in text
    assert _digest(bureau, "2026-04-09T16:00") is None
    assert _digest(bureau, "2026-04-10T08:30") is None and _digest(bureau, "2026-04-11T09:00") is None
    assert "■ 变化（0项）\n没有。" in _digest(bureau, "2026-04-10T09:00")


def test_it_names_who_is_late_what_did_not_arrive_and_what_waits_with_the_command_for_it(bureau, county):
    _digest(bureau, "2026-04-10T09:00")
    bureau.put("不知道是谁.xlsx", b"no sheet")
    bureau.collect("2026-04-13T08:00")
    with bureau.transaction() as session:
        mails = session.query(OutboxRow).filter_by(kind="notice").order_by(OutboxRow.id).limit(2).all()
        mails[0].state, mails[0].sent_at = "uncertain", None
        mails[1].state, mails[1].sent_at = "failed", None
        mails[1].reply, mails[1].claimed_at = "550 没有这个用户", instant("2026-04-13T08:30")
        doubtful, refused = mails[0].id, mails[1].id
    text = _digest(bureau, "2026-04-13T09:00")
    assert "等待处理的来件 1 件：不知道是谁.xlsx\n   办理：selfeval arrivals unmatched" in text
    assert "不能确认是否送达的邮件 1 封" in text and f"第{doubtful}号" in text and "mail resolve" in text
    assert f"第{refused}号" in text and "550 没有这个用户" in text
    assert "已逾期1个工作日" in text and "（101001，" in text
    assert "550 没有这个用户" not in _digest(bureau, "2026-04-14T09:00")


def test_it_asks_for_the_decisions_that_are_due(bureau):
    bureau.open(unit("101", "某县教育局"))
    assert "审批" not in _digest(bureau, "2026-02-06T09:00")
    assert "通知的邮件计划还没有审批：通知应于2026-03-02印发" in _digest(bureau, "2026-02-27T09:00")


def test_without_administrators_nothing_is_queued(bureau, monkeypatch):
    bureau.open(unit("101", "某县教育局"))
    monkeypatch.delenv("SELFEVAL_ADMIN_EMAILS")
    assert queue_digest.fn(2025, instant("2026-02-06T09:00")) == 0


def test_a_decision_on_units_is_told_once_with_their_names(bureau, county):
    bureau.file("first", "203002")
    assert bureau.round("2026-03-25T10:00")["accepted"] == 1
    confirm_redaction.fn(2025, None, "复核员", "", instant("2026-03-25T11:00"))
    names = {u.code: u.name for u in county.roster}
    assert f"审批：脱敏结果，同意（复核员）：{names['203002']}" in _digest(bureau, "2026-03-26T09:00")


def _code() -> str:
    return "".join(
        path.read_text(encoding="utf-8")
        for folder in ("db", "tasks")
        for path in (ROOT / folder).glob("*.py")
    )


def test_every_action_of_the_audit_log_has_its_words():
    written = set(re.findall(r'action="([a-z._]+)"', _code())) | {"mail.resolved", "mail.resent"}
    assert written <= ACTIONS.keys()


def test_every_subject_of_a_decision_has_its_words():
    code = _code()
    decided = set(re.findall(r'^SUBJECT = "([a-z]+)"', code, re.MULTILINE))
    # A subject that names a unit is made by a function of its name.
    with_units = set(re.findall(r'def ([a-z]+)_subject\(.*\n.*\n    return f"', code))
    assert {"publication", "notice"} <= decided and "redaction" in with_units
    assert decided | with_units == SUBJECTS.keys()
