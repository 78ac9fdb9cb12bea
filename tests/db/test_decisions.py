"""Decisions and publications in both databases."""

from __future__ import annotations

import pytest

from db import board, decisions, publications, submissions
from db.models import Decision
from db.session import transaction
from selfeval.cycle import SubmissionState
from tests.db.county import at, file, open_county

NOW = at("2026-06-01T09:00")


def _decide(session, row, content, person="局长", verdict="approved"):
    return decisions.decide(
        session,
        row,
        "publication",
        verdict=verdict,
        person=person,
        reason="",
        content_hash=content * 64,
        at=NOW,
    )


def test_a_new_decision_voids_the_one_before_and_the_same_one_stands_once(database_url):
    with transaction(database_url) as session:
        row = open_county(session)
        first = _decide(session, row, "a")
        assert _decide(session, row, "a").id == first.id
        second = _decide(session, row, "b")
        assert first.voided_at == NOW and "局长" in first.void_reason
        assert decisions.standing(session, row.id, "publication").id == second.id
        decisions.void(session, row, second, reason="内容已变化", at=NOW)
        assert decisions.standing(session, row.id, "publication") is None
        with pytest.raises(decisions.DecisionConflict):
            _decide(session, row, "c", person=" ")
    with transaction(database_url) as session:
        assert session.query(Decision).count() == 2


def test_a_unit_is_published_only_when_the_site_was_fetched_back_unchanged(database_url):
    with transaction(database_url) as session:
        row = open_county(session)
        version = submissions.receive(
            session, row, "102", [file("a.xlsx", "a")], late_days=0, late_correction_days=0, at=NOW
        ).submission
        submissions.record_judgement(
            session, version.id, year=2025, state=SubmissionState.ACCEPTED, policy="p", rule_set="1",
            document={}, summary={}, at=NOW,
        )  # fmt: skip
        decision = _decide(session, row, "a")
        site = publications.record_publication(
            session,
            row,
            decision,
            address="site",
            content_hash="a" * 64,
            units=["102"],
            results_at=NOW,
            manifest={},
            at=NOW,
        )
        assert [s.state for s in board.unit_statuses(session, row.id) if s.code == "102"] == ["accepted"]
        with pytest.raises(publications.PublicationConflict, match="不一致"):
            publications.prove_publication(session, row, site, fetched_hash="b" * 64, lateness={}, at=NOW)
        publications.prove_publication(session, row, site, fetched_hash="a" * 64, lateness={}, at=NOW)
        assert [s.state for s in board.unit_statuses(session, row.id) if s.code == "102"] == ["published"]
        assert (
            publications.record_publication(
                session,
                row,
                decision,
                address="site",
                content_hash="a" * 64,
                units=["102"],
                results_at=NOW,
                manifest={},
                at=NOW,
            )
            is site
        )
