"""Reminders reach those who owe, once per step; nothing is public without approval and proof."""

from __future__ import annotations

import pytest

from db import decisions, publications
from selfeval.redaction import leftovers
from selfeval.refusal import Refusal
from tasks.publish import decide_publication, write_publication
from tasks.redacted import confirm_redaction
from tasks.remind import queue_reminders
from tests.tasks.conftest import instant

FILED = "203002"


def _remind(bureau, when: str) -> dict:
    return queue_reminders.fn(2025, instant(when))


def _publish(when: str) -> dict:
    return write_publication.fn(2025, instant(when))


def _approve(when: str, approved: bool = True) -> str:
    if approved:
        confirm_redaction.fn(2025, None, "复核员", "", instant(when))
    return decide_publication.fn(2025, approved, "局长", "", instant(when))


def test_each_step_goes_once_to_those_who_have_not_filed_with_the_days_that_remain(bureau, county):
    bureau.file("first", FILED)
    bureau.round("2026-03-25T10:00")
    before = len(bureau.mails())
    first = _remind(bureau, "2026-03-31T09:00")
    assert first["step"] == "T-7" and _remind(bureau, "2026-03-31T15:00")["units"] == 0
    bureau.deliver("2026-03-31T15:01")
    mails = bureau.mails()[before:]
    owing = len([u for u in county.roster if u.status == "active"]) - 1
    assert len({mail["To"].addresses[0].addr_spec for mail in mails}) >= owing == first["units"]
    assert all("还有7个工作日" in mail["Subject"] for mail in mails)
    with bureau.transaction() as session:
        from db.cycles import addresses_of

        assert not {m["To"].addresses[0].addr_spec for m in mails} & set(addresses_of(session, FILED))


def test_a_wave_three_days_late_sends_the_step_of_the_day_alone(bureau, county):
    assert _remind(bureau, "2026-03-16T09:00")["step"] == ""  # before the first step
    assert _remind(bureau, "2026-04-09T09:00")["step"] == "T-1"  # T-14 to T-3 have lost their meaning
    assert (
        _remind(bureau, "2026-04-10T18:00")["units"] == 0
    )  # the day is over, the overdue wave begins tomorrow
    assert _remind(bureau, "2026-04-13T09:00")["step"] == "T+1"
    bureau.deliver("2026-04-13T09:01")
    assert "逾期1个工作日" in bureau.mails()[-1]["Subject"]


def test_a_unit_that_filed_while_the_wave_was_queued_gets_no_reminder(bureau, county):
    _remind(bureau, "2026-04-09T09:00")
    bureau.file("first", FILED)
    bureau.collect("2026-04-09T09:01")
    before = len(bureau.mails())
    bureau.deliver("2026-04-09T09:02")
    from db.cycles import addresses_of

    with bureau.transaction() as session:
        addresses = set(addresses_of(session, FILED))
    subjects = [m["Subject"] for m in bureau.mails()[before:] if m["To"].addresses[0].addr_spec in addresses]
    assert subjects and all("已收到" in subject for subject in subjects)


def test_nothing_is_published_without_an_approval_and_a_refusal_holds(bureau, county):
    with pytest.raises(Refusal, match="没有可以公开的内容"):
        decide_publication.fn(2025, True, "局长", "", instant("2026-06-01T09:00"))
    bureau.file("first", FILED)
    bureau.round("2026-04-01T10:00")
    with pytest.raises(Refusal, match="还没有审批"):
        _publish("2026-06-01T09:00")
    _approve("2026-06-01T09:00", approved=False)
    with pytest.raises(Refusal, match="局长不同意公开"):
        _publish("2026-06-01T09:01")
    assert not (bureau.home / "site").exists()


def test_an_approved_site_is_read_back_announced_once_and_shows_no_personal_data(bureau, county):
    bureau.file("first", FILED)
    bureau.round("2026-04-01T10:00")
    approved = _approve("2026-06-01T09:00")
    assert _publish("2026-06-01T09:01")["content_hash"] == approved
    assert _publish("2026-06-01T09:02")["content_hash"] == approved
    bureau.deliver("2026-06-01T09:03")
    assert sum("已公开" in mail["Subject"] for mail in bureau.mails()) == len(
        next(unit for unit in county.roster if unit.code == FILED).contacts
    )
    for page in (bureau.home / "site").rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert not leftovers(text)
        assert not [c.name for u in county.roster for c in u.contacts if c.name and c.name in text]


def test_a_change_after_the_approval_voids_it_and_nothing_is_written(bureau, county):
    bureau.file("first", FILED)
    bureau.round("2026-04-01T10:00")
    _approve("2026-04-02T09:00")
    bureau.file("first", "101001")
    bureau.round("2026-04-03T10:00")
    with pytest.raises(Refusal, match="已失效"):
        _publish("2026-06-01T09:00")
    assert not (bureau.home / "site").exists()
    with bureau.transaction() as session:
        assert decisions.standing(session, 1, "publication") is None
    _approve("2026-06-02T09:00")
    assert _publish("2026-06-02T09:01")["units"] == 2


def test_a_site_that_was_changed_by_another_hand_is_not_called_published(bureau, county, monkeypatch):
    bureau.file("first", FILED)
    bureau.round("2026-04-01T10:00")
    _approve("2026-06-01T09:00")
    (bureau.home / "site").mkdir()
    (bureau.home / "site" / "something of the bureau.txt").write_text("keep", encoding="utf-8")
    with pytest.raises(Refusal, match="其他内容"):
        _publish("2026-06-01T09:01")
    with bureau.transaction() as session:
        assert publications.proven_publication(session, 1) is None
    assert (bureau.home / "site" / "something of the bureau.txt").read_text(encoding="utf-8") == "keep"
