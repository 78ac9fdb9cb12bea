"""Every reminder wave started twice at the same instant, each a process of its own, and days late: once per step."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter

import pytest

from db.models import OutboxRow
from tests.conftest import ROOT
from tests.tasks.conftest import unit

UNITS = tuple(unit(f"2{n:02d}", f"某县第{n}局") for n in range(60))  # more than one batch
_WAVES = """
import json, sys
from datetime import datetime
from prefect.logging import disable_run_logger
from tasks.digest import queue_digest
from tasks.escalate import queue_escalations, queue_late_list
from tasks.remind import queue_reminders

print("ready", flush=True)
for line in sys.stdin:
    now = datetime.fromisoformat(line.strip())
    with disable_run_logger():
        print(json.dumps({
            "reminded": queue_reminders.fn(2025, now)["units"],
            "departments": queue_escalations.fn(2025, now),
            "late_list": queue_late_list.fn(2025, now),
            "digest": queue_digest.fn(2025, now),
        }), flush=True)
"""


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
    started = [
        subprocess.Popen(
            [sys.executable, "-c", _WAVES], cwd=ROOT, env=os.environ,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for _ in range(2)
    ]  # fmt: skip
    for process in started:
        assert process.stdout.readline() == "ready\n", process.stderr.read()
    yield started
    for process in started:
        _, complaint = process.communicate(timeout=600)
        assert process.returncode == 0, complaint


def _at_once(processes: list[subprocess.Popen[str]], when: str) -> Counter[str]:
    """Run the waves of this instant in both processes; what they counted between them."""
    for process in processes:
        process.stdin.write(f"{when}+08:00\n")
        process.stdin.flush()
    counts: Counter[str] = Counter()
    for process in processes:
        said = process.stdout.readline()
        assert said, process.stderr.read()
        counts.update(json.loads(said))
    return counts


def _steps(bureau) -> Counter[tuple[str, str]]:
    with bureau.transaction() as session:
        return Counter((row.kind, row.step) for row in session.query(OutboxRow) if row.kind != "notice")


def test_two_processes_at_the_same_instant_write_each_mail_once_and_both_end_well(issued, processes):
    # The wave of the third day, run on the fifth: T-14 to T+1 have lost their meaning.
    assert _at_once(processes, "2026-04-17T09:00") == {
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
    assert _at_once(processes, "2026-04-20T09:00") == {
        "reminded": 0,
        "departments": 0,
        "late_list": 0,
        "digest": 1,
    }
    assert len({mail["Message-ID"] for mail in issued.mails()}) == len(issued.mails())
