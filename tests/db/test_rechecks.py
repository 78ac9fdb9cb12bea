"""The sample is drawn once and can be drawn again; a score stands as long as its version does."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy.exc import IntegrityError

from db import cycles, judging, rechecks, submissions
from db.models import RecheckScore
from db.session import transaction
from selfeval.cycle import SubmissionState
from selfeval.refusal import Refusal
from tests.db.county import at, file, open_county

NOW = at("2026-06-01T09:00")


def file_and_accept(session, row, code: str, sha: str, state=SubmissionState.ACCEPTED):
    version = submissions.receive(
        session, row, code, [file(f"{code}.xlsx", sha)], late_days=0, late_correction_days=0, at=NOW
    ).submission
    judging.record_judgement(
        session, version.id, year=2025, state=state, policy="p 1", rule_set="1", document={"files": []},
        summary={"n": sha}, at=NOW,
    )  # fmt: skip
    return version


def take(session, row, seed="甲", share="0.50", person="抽取人", again=""):
    frame = rechecks.frame_of(cycles.obligations_of(session, row.id))
    return rechecks.record_sample(
        session, row, frame, share=Decimal(share), minimum=1, seed=seed, person=person, at=NOW, again=again
    )


def score(session, row, code, points="88.50", person="复核人", reason="佐证不足"):
    return rechecks.record_score(
        session, row, code, score=Decimal(points), reason=reason, person=person, at=NOW
    )


def test_a_sample_stands_once_is_proved_from_its_seed_and_redrawn_only_with_a_reason(database_url):
    with transaction(database_url) as session:
        row = open_county(session)
        first = take(session, row)
        assert take(session, row) is first and len(rechecks.units_of(session, first)) == 2
        assert rechecks.proves(session, first)
        for seed, share in (("乙", "0.50"), ("甲", "1.00")):
            with pytest.raises(Refusal, match="不再重抽"):
                take(session, row, seed=seed, share=share)
        second = take(session, row, seed="乙", share="1.00", again="名单补登")
        assert first.void_reason == "抽取人：名单补登" and rechecks.proves(session, first)
        assert rechecks.standing_sample(session, row.id) is second
        assert rechecks.units_of(session, second) == ["101", "101001", "101002", "102"]
        second.frame = {**second.frame, "999": "102"}
        assert not rechecks.proves(session, second)


def test_only_a_sampled_accepted_unit_is_scored_and_a_new_version_voids_the_score(database_url):
    with transaction(database_url) as session:
        row = open_county(session)
        with pytest.raises(Refusal, match="还没有抽取"):
            score(session, row, "102")
        take(session, row, share="1.00")
        with pytest.raises(Refusal, match="没有审核通过"):
            score(session, row, "102")
        file_and_accept(session, row, "102", "a")
        made = score(session, row, "102")
        assert score(session, row, "102") is made
        standing = rechecks.rechecks(session, row.id)
        assert (standing["102"].score, standing["102"].person, standing["102"].version) == (
            Decimal("88.50"),
            "复核人",
            1,
        )
        assert standing["101"].score is None and not standing["101"].void
        file_and_accept(session, row, "102", "b")
        assert made.voided_at == NOW
        after = rechecks.rechecks(session, row.id)["102"]
        assert after.score is None and after.void == "复核人的复核已失效：单位第2次报送"


def test_a_version_judged_again_by_another_policy_shows_its_score_as_void(database_url):
    with transaction(database_url) as session:
        row = open_county(session)
        take(session, row, share="1.00")
        version = file_and_accept(session, row, "102", "a")
        score(session, row, "102")
        version.evaluation.policy = "another 2"
        session.flush()
        session.expire_all()
        found = rechecks.rechecks(session, row.id)["102"]
        assert found.score is None and "审核结果有变化" in found.void


def test_the_database_refuses_two_standing_scores_and_scores_that_are_none(database_url):
    with transaction(database_url) as session:
        row = open_county(session)
        take(session, row, share="1.00")
        file_and_accept(session, row, "102", "a")
        made = score(session, row, "102")
        values = {
            key: getattr(made, key) for key in ("sample_id", "unit_code", "submission_id", "content_hash")
        }
    for hundredths, reason in ((8800, "又一次"), (10001, "超过"), (8800, "")):
        with pytest.raises(IntegrityError), transaction(database_url) as session:
            voided = {} if reason == "又一次" else {"voided_at": NOW, "void_reason": "旧"}
            session.add(
                RecheckScore(
                    **values, hundredths=hundredths, reason=reason, person="某人", decided_at=NOW, **voided
                )
            )
