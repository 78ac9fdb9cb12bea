"""Judging on several processes: a filing that kills its process harms no other and ends with a person's answer."""

from __future__ import annotations

import os
import select
import subprocess
import sys
from datetime import datetime

import pytest

from db import submissions
from tasks.evaluate import judge_batch, pending_submissions
from tasks.intake import collect
from tasks.judging_processes import JudgingFault, ProcessDied, processes
from tests.tasks import works
from tests.tasks.conftest import instant

AT = "2026-04-08T10:00"


def test_work_that_kills_its_process_twice_is_tried_a_third_time_and_the_next_work_goes_on(tmp_path):
    with processes(2) as started, started.one() as process:
        assert process.do(works.die_until_the_third_time, str(tmp_path / "tries")) == "set aside"
        assert process.do(len, "后面的") == 3


def test_a_process_that_cannot_work_at_all_is_reported_and_leaves_the_other_one_alone():
    with processes(2) as started, started.one() as broken, started.one() as sound:
        with pytest.raises(ProcessDied):
            broken.do(works.die)
        assert sound.do(len, "还在") == 2


def test_an_error_of_the_other_process_comes_back_with_its_text_and_place():
    with processes(2) as started, started.one() as process, pytest.raises(JudgingFault) as caught:
        process.do(works.fail)
    assert "卷内有一页读不了" in str(caught.value) and "in fail" in str(caught.value)


def test_a_process_that_judges_does_without_prefect():
    script = "import sys, tasks.judging; sys.exit('prefect' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script]).returncode == 0


def test_a_killed_run_leaves_no_process_behind():
    script = (
        "import os, sys\n"
        "from tasks.judging_processes import processes\n"
        "if __name__ == '__main__':\n"
        "    with processes(2) as started, started.one() as process:\n"
        "        print(process.do(os.getpid), flush=True)\n"
        "        sys.stdin.read()\n"
    )
    run = subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with run:
        other = os.pidfd_open(int(run.stdout.readline()))
        run.kill()
        ended, _, _ = select.select([other], [], [], 60)
    os.close(other)
    assert ended


def test_units_judged_in_other_processes_end_as_they_do_here(bureau, county):
    for code in ("101001", "101003"):
        bureau.file("first", code)
    collect.fn(2025, instant(AT))
    with processes(2) as started:
        counts = judge_batch.fn(pending_submissions.fn(2025), instant(AT), started)
    assert counts == {"accepted": 1, "returned": 1}
    with bureau.transaction() as session:
        found = submissions.effective(session, 1)
        assert {code: each.state for code, each in found.items()} == {
            "101001": "accepted",
            "101003": "returned",
        }
        assert {each.evaluation.judged_at for each in found.values()} == {
            datetime.fromisoformat(f"{AT}+08:00")
        }
