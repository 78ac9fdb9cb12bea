"""Every reminder wave started twice at the same instant, each a process of its own, and days late: once per step."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

import pytest

from db.models import OutboxRow
from tasks.digest import queue_digest
from tasks.escalate import queue_escalations, queue_late_list
from tasks.remind import queue_reminders
from tests.tasks.at_once import at_once, two_that
from tests.tasks.conftest import instant, unit

UNITS = tuple(unit(f"2{n:02d}", f"某县第{n}局") for n in range(60))  # more than one batch


def _waves(now: datetime) -> dict[str, int]:
    return {
        "reminded": queue_reminders.fn(2025, now)["units"],
        "departments": queue_escalations.fn(2025, now),
        "late_list": queue_late_list.fn(2025, now),
        "digest": queue_digest.fn(2025, now),
    }


@pytest.fixture
def bureau_url(database_url) -> str:
    return database_url


@pytest.fixture
def issued(bureau, monkeypatch):
    """The notice of sixty departments is out, and the offices have their addresses."""
    monkeypatch.setenv("SELFEVAL_ADMIN_EMAILS", "admin@bureau.example")
    monkeypatch.setenv("SELFEVAL_BUREAU_EMAILS", "bureau@bureau.example,chief@bureau.example")
    bureau.open(*UNITS)
    bureau.issue()
    return bureau


@pytest.fixture
def processes(issued):
    """Two that are ready to run the waves of an instant, and then of the next one."""
    with two_that(_waves) as started:
        yield started


def _steps(bureau) -> Counter[tuple[str, str]]:
    with bureau.transaction() as session:
        return Counter((row.kind, row.step) for row in session.query(OutboxRow) if row.kind != "notice")


def test_two_processes_at_the_same_instant_write_each_mail_once_and_both_end_well(issued, processes):
    # The wave of the third day, run on the fifth: T-14 to T+1 have lost their meaning.
    assert at_once(processes, instant("2026-04-17T09:00")) == {
        "reminded": 60,
        "departments": 60,
        "late_list": 60,
        "digest": 1,
    }
    once = {
        ("overdue", "T+3"): 60,
        ("escalation", "T+3"): 60,
        ("late_list", "T+3"): 2,
        ("digest", "2026-04-17"): 1,
    }
    assert _steps(issued) == once
    assert issued.deliver("2026-04-17T09:01")["sent"] == 60 + sum(once.values())
    # Three days later the next step has not begun; only the day has its digest.
    assert at_once(processes, instant("2026-04-20T09:00")) == {
        "reminded": 0,
        "departments": 0,
        "late_list": 0,
        "digest": 1,
    }
    assert len({mail["Message-ID"] for mail in issued.mails()}) == len(issued.mails())
