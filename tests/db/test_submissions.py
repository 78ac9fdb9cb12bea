"""Versions, duplicates and judgements in both databases."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import IntegrityError

from db import board, judging, submissions
from db.models import Arrival, Submission
from db.session import transaction
from selfeval.board import by_department, total
from selfeval.cycle import SubmissionState
from tests.db.county import at, file, open_county


def _receive(session, row, code, *files, late=0, correction=0, when="2026-04-01T10:01"):
    return submissions.receive(
        session, row, code, files, late_days=late, late_correction_days=correction, at=at(when)
    )


def _judge(session, row, submission_id, state):
    return judging.record_judgement(
        session, submission_id, year=2025, state=state, policy="national-2020", rule_set="1",
        document={"files": []}, summary={}, at=at("2026-04-02T09:00"),
    )  # fmt: skip


def test_versions_replace_each_other_and_the_same_bytes_are_a_recorded_duplicate(database_url):
    with transaction(database_url) as session:
        row = open_county(session)
        first = _receive(session, row, "101001", file("a.xlsx", "a"), file("b.docx", "b"))
        assert first.submission.version == 1 and len(first.stored) == 2
    with transaction(database_url) as session:
        second = _receive(
            session, row, "101001", file("a copy.xlsx", "a"), file("a2.xlsx", "c"), correction=2
        )
        assert second.submission.version == 2
        assert [f.name for f in second.duplicates] == ["a copy.xlsx"]
        assert second.submission.late_days == 2
        again = _receive(session, row, "101001", file("third name.xlsx", "a"))
        assert again.submission is None
    with transaction(database_url) as session:
        versions = {s.version: s.effective for s in session.query(Submission)}
        assert versions == {1: False, 2: True}
        outcomes = [a.outcome for a in session.query(Arrival).order_by(Arrival.id)]
        assert sorted(outcomes) == ["duplicate", "duplicate", "stored", "stored", "stored"]
        assert list(submissions.first_received(session, row.id)) == ["101001"]


def test_two_effective_versions_are_impossible(database_url):
    with transaction(database_url) as session:
        row = open_county(session)
        _receive(session, row, "102", file("a.xlsx", "a"))
    with pytest.raises(IntegrityError), transaction(database_url) as session:
        session.add(
            Submission(
                cycle_id=row.id, unit_code="102", version=2, received_at=at("2026-04-01T09:00"), late_days=0
            )
        )


def test_a_version_is_judged_once_and_a_replaced_one_not_at_all(database_url):
    with transaction(database_url) as session:
        row = open_county(session)
        first = _receive(session, row, "102", file("a.xlsx", "a")).submission
        second = _receive(session, row, "102", file("b.xlsx", "b")).submission
        assert judging.pending(session, row.id) == [second.id]
        assert not _judge(session, row, first.id, SubmissionState.ACCEPTED)
        assert _judge(session, row, second.id, SubmissionState.RETURNED)
        assert not _judge(session, row, second.id, SubmissionState.ACCEPTED)
        assert judging.pending(session, row.id) == []
    with transaction(database_url) as session:
        assert [s.state for s in session.query(Submission).order_by(Submission.version)] == [
            "received",
            "returned",
        ]


def test_a_third_attempt_at_a_file_that_kills_its_process_is_not_made(database_url):
    with transaction(database_url) as session:
        row = open_county(session)
        submission = _receive(session, row, "102", file("a.xlsx", "a")).submission
    tries = []
    for _ in range(3):
        with transaction(database_url) as session:
            tries.append(judging.begin_judging(session, submission.id))
    assert tries == [True, True, False]


def test_the_board_counts_missing_units_as_missing_and_never_as_zero(database_url):
    with transaction(database_url) as session:
        row = open_county(session)
        _receive(session, row, "101", file("a.xlsx", "a"))
        late = _receive(session, row, "102", file("b.xlsx", "b", "2026-04-15T10:00")).submission
        _judge(session, row, late.id, SubmissionState.ACCEPTED)
    with transaction(database_url) as session:
        statuses = board.unit_statuses(session, row.id)
        counts = total(statuses)
        assert (counts.expected, counts.received, counts.late, counts.accepted, counts.missing) == (
            4,
            2,
            1,
            1,
            2,
        )
        education, water = by_department(statuses)
        assert education.missing == ("某县第一中学", "某县职业学校")
        assert (water.tally.expected, water.tally.accepted, water.missing) == (1, 1, ())
