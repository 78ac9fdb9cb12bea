"""Every flow killed at its commits, or run twice: what it leaves is what one whole run leaves."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from pydantic import BaseModel

from db.models import OutboxRow
from tests.conftest import ROOT, copy_database
from tests.forked import Forked
from tests.tasks.flow_cases import ADDRESSES, CASES, ELSEWHERE, ENTRYPOINTS, IDS, Case, Stage
from tests.tasks.killed import work

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_MOST_KILLS = 2
_AGAIN_AFTER = timedelta(minutes=10)


@pytest.fixture(scope="module")
def processes() -> list[Forked]:
    """The one that runs the flows, or none yet."""
    processes = []
    yield processes
    for process in processes:
        process.end()


@pytest.fixture
def process(processes):
    """It has imported all of this before, and runs a flow again faster than the first time."""
    if not processes or not processes[0].lives:
        processes[:] = [Forked(work)]
    return processes[0]


def test_every_flow_is_killed_here_or_where_it_is_said():
    assert ENTRYPOINTS.keys() == {case.name for case in CASES} | ELSEWHERE.keys()
    for place in ELSEWHERE.values():
        file, _, name = place.partition("::")
        assert f"def {name}(" in (ROOT / file).read_text(encoding="utf-8"), place


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_killed_and_run_again_or_run_twice_a_flow_leaves_what_one_run_leaves(
    case, bureau, process, monkeypatch, tmp_path_factory
):
    for name, value in ADDRESSES.items():
        monkeypatch.setenv(name, value)
    stage = Stage(case, bureau, process)
    begin = f"sqlite:///{tmp_path_factory.mktemp('begin') / 'selfeval.db'}"
    copy_database(bureau.url, begin)
    before = stage.stands()
    points, failed, said = stage.run()
    once = stage.stands()
    # Who sent a form off reads at the end of its run what came of it.
    assert _CHINESE.search(said) or not isinstance(case.given, BaseModel)
    if case.name in ("预演", "脱敏清单"):
        assert once == before
        return
    # A page that changed is an alarm and a failed run, as it is meant to be.
    assert failed == (case.name == "复查公开网站") and points and once != before
    stage.run(later=_AGAIN_AFTER)
    assert stage.stands() == once, "run twice"
    for kill_at in _chosen(points):
        stage.reset(begin)
        assert stage.killed(at=kill_at)
        stage.run(later=_AGAIN_AFTER)
        assert stage.stands() == once, f"killed at point {kill_at} of {points}"


def _chosen(points: int) -> list[int]:
    """The first and the last point, and some between them."""
    last = min(points, _MOST_KILLS) - 1
    return sorted({1 + (points - 1) * each // max(last, 1) for each in range(last + 1)})


def test_a_killed_sender_sends_nothing_twice_and_leaves_what_is_in_doubt_to_a_person(bureau, process):
    stage = Stage(Case("发送邮件", "told", "2026-03-02T09:01", {}), bureau, process)
    assert stage.killed(at=5)
    stage.run(later=timedelta(hours=1))
    arrived = [mail["Message-ID"] for mail in bureau.mails()]
    with bureau.transaction() as session:
        states = {mail.message_id: mail.state for mail in session.query(OutboxRow)}
    assert len(set(arrived)) == len(arrived) > 10
    in_doubt = {name for name, state in states.items() if state == "uncertain"}
    assert len(in_doubt) == 1 and set(states.values()) == {"sent", "uncertain"}
    assert set(states) - in_doubt <= set(arrived)
