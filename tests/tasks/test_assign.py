"""A person gives what could not be matched to its unit, or settles it; nothing is taken twice."""

from __future__ import annotations

import pytest

from db import arrivals
from db.models import Arrival, OutboxRow, Submission
from selfeval.refusal import Refusal
from tasks.assign import assign_arrivals
from tests.tasks.conftest import instant, unit

UNITS = (unit("101", "某县教育局"), unit("102", "某县档案馆", status="exempt", remark="当年新设"))
CAME = "2026-04-09T10:00"
LATER = instant("2026-04-20T09:00")


@pytest.fixture
def waiting(bureau) -> list[int]:
    """The numbers of two files of nobody."""
    bureau.open(*UNITS)
    bureau.issue()
    bureau.put("不知道/表.docx", b"form")
    bureau.put("不知道/报告.docx", b"report")
    bureau.collect(CAME)
    with bureau.transaction() as session:
        return [arrival.id for arrival, _ in arrivals.waiting(session, 1)]


def _assign(numbers, code="101"):
    return assign_arrivals.fn(numbers, code, "来电确认", "经办人", LATER)


def test_arrivals_become_one_version_received_when_they_came_and_answered_once(bureau, waiting):
    assert _assign(waiting)["versions"] == 1
    with pytest.raises(Refusal, match=r"不在待处理之列.*归入 101"):
        _assign(waiting)
    with bureau.transaction() as session:
        submission = session.query(Submission).one()
        assert (submission.unit_code, submission.received_at, submission.late_days) == (
            "101",
            instant(CAME),
            0,
        )
        assert {file.name for file in submission.files} == {"表.docx", "报告.docx"}
        assert session.query(OutboxRow).filter_by(kind="receipt").count() == 1
        assert arrivals.waiting(session, 1) == []
    assert bureau.collect(CAME)["versions"] == 0


@pytest.mark.parametrize(("code", "why"), [("999", "没有预算编码 999"), ("102", "不需要报送")])
def test_a_unit_that_cannot_file_gets_nothing_and_the_arrivals_go_on_waiting(bureau, waiting, code, why):
    with pytest.raises(Refusal, match=why):
        _assign(waiting, code)
    with bureau.transaction() as session:
        assert len(arrivals.waiting(session, 1)) == 2 and session.query(Submission).count() == 0


def test_what_a_person_settled_leaves_the_list_and_is_no_filing(bureau, waiting):
    with bureau.transaction() as session:
        arrivals.deal_with(
            session, waiting[:1], action="arrival.settled", said="寄错了", person="经办人", at=LATER
        )
    with bureau.transaction() as session:
        assert [arrival.id for arrival, _ in arrivals.waiting(session, 1)] == waiting[1:]
        assert session.get_one(Arrival, waiting[0]).note.endswith("；经办人：寄错了")
    assert bureau.collect(CAME)["unmatched"] == 0
