"""When versions were returned: by the machine when it judged them, or by a person afterwards."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from db.models import Evaluation, Examination, Objection, Submission
from selfeval.cycle import SubmissionState


class Return(NamedTuple):
    """The instant of a unit's latest return, and the day until which a person asked for a reply, if one did."""

    at: datetime | None
    reply_on: date | None = None


def returns(
    session: Session, cycle_id: int, *, unit_code: str | None = None, asof: datetime | None = None
) -> dict[str, Return]:
    """The latest return of every unit that had one, by `asof` if given; one that was taken back is none."""
    by_person = and_(Examination.submission_id == Submission.id, Examination.verdict == "returned")
    raised = and_(
        Objection.submission_id == Submission.id,
        Objection.examination_id.is_not_distinct_from(Examination.id),
    )
    query = (
        select(
            Submission.unit_code,
            Submission.state,
            Evaluation.judged_at,
            Examination.decided_at,
            Examination.voided_at,
            Examination.reply_on,
            Objection.answer,
            Objection.answered_at,
            Objection.reply_on,
        )
        .join(Evaluation, Evaluation.submission_id == Submission.id)
        .outerjoin(Examination, by_person)
        .outerjoin(Objection, raised)
        .where(
            Submission.cycle_id == cycle_id,
            or_(
                Submission.state == SubmissionState.RETURNED.value,
                Examination.id.is_not(None),
                Objection.id.is_not(None),
            ),
        )
        .order_by(Submission.version, Examination.id)
    )
    if unit_code is not None:
        query = query.where(Submission.unit_code == unit_code)
    found: dict[str, Return] = {}
    for (
        code,
        state,
        judged_at,
        decided_at,
        voided_at,
        reply_on,
        answer,
        answered_at,
        later,
    ) in session.execute(query):
        known = answered_at is not None and (asof is None or answered_at <= asof)
        if decided_at is None:
            returned = state == SubmissionState.RETURNED.value or answer == "upheld"
            one = Return(judged_at, later if known else None)
            one = one if returned and not (known and answer == "upheld") else None
        elif voided_at is not None and (asof is None or voided_at <= asof):
            one = None
        else:
            one = Return(decided_at, later if known and later else reply_on)
        if one and (asof is None or one.at <= asof) and one.at >= found.get(code, one).at:
            found[code] = one
    return found


def taken_back(session: Session, cycle_id: int, asof: datetime) -> dict[tuple[str, int], str]:
    """State by `asof` of the versions (unit, number) that a person returned, or whose return by the rules a person
    took back, then or later.
    """
    overruled = (
        select(Submission.unit_code, Submission.version, Objection.answered_at)
        .join(Objection, Objection.submission_id == Submission.id)
        .where(
            Submission.cycle_id == cycle_id,
            Objection.examination_id.is_(None),
            Objection.answer == "upheld",
        )
    )
    query = (
        select(Submission.unit_code, Submission.version, Examination.decided_at, Examination.voided_at)
        .join(Examination, Examination.submission_id == Submission.id)
        .where(Submission.cycle_id == cycle_id, Examination.verdict == "returned")
        .order_by(Examination.id)
    )
    found = {
        (code, number): (SubmissionState.ACCEPTED if answered_at <= asof else SubmissionState.RETURNED).value
        for code, number, answered_at in session.execute(overruled)
    }
    for code, number, decided_at, voided_at in session.execute(query):
        stood = decided_at <= asof and (voided_at is None or voided_at > asof)
        state = SubmissionState.RETURNED if stood else SubmissionState.ACCEPTED
        if stood or (code, number) not in found:
            found[code, number] = state.value
    return found
