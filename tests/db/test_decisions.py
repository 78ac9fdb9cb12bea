"""Decisions and publications in both databases."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import IntegrityError

from db import board, decisions, judging, publications, submissions
from db.models import AuditEntry, Decision
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


def _state(session, row):
    return next(status.state for status in board.unit_statuses(session, row.id) if status.code == "102")


def _prove(session, row, site, manifest, fetched):
    publications.prove_publication(
        session, row, site, manifest=manifest, fetched_hash=fetched * 64, lateness={}, at=NOW
    )


def _rewritten(session):
    return session.query(AuditEntry).filter(AuditEntry.action == "publication.rewritten").all()


def test_a_unit_is_published_only_when_the_site_was_fetched_back_unchanged(database_url):
    with transaction(database_url) as session:
        row = open_county(session)
        version = submissions.receive(
            session, row, "102", [file("a.xlsx", "a")], late_days=0, late_correction_days=0, at=NOW
        ).submission
        judging.record_judgement(
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
            site_hash="c" * 64,
            units=["102"],
            results_at=NOW,
            manifest={"index.html": "1"},
            at=NOW,
        )
        assert _state(session, row) == "accepted"
        with pytest.raises(IntegrityError, match="proof_of_the_site"), session.begin_nested():
            site.fetched_at, site.fetched_hash = NOW, "b" * 64
            session.flush()
        session.refresh(site)
        _prove(session, row, site, {"index.html": "1"}, "c")
        assert _state(session, row) == "published"
        assert publications.proven_publication(session, row.id) is site
        again = publications.record_publication(
            session, row, decision, address="elsewhere", content_hash="d" * 64, site_hash="d" * 64, units=[],
            results_at=NOW, manifest={}, at=NOW,
        )  # fmt: skip
        assert again is site and site.address == "site"
        assert not _rewritten(session)
        _prove(session, row, site, {"index.html": "2"}, "e")
        assert (site.site_hash, site.fetched_hash, site.manifest) == ("e" * 64, "e" * 64, {"index.html": "2"})
        assert [entry.details["before"] for entry in _rewritten(session)] == ["c" * 64]
