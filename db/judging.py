"""Versions on their way through judging: what waits, the attempts, the result."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from db import audit
from db.models import CycleRow, Evaluation, Obligation, Submission, SubmissionFile
from selfeval.cycle import JUDGED, SubmissionState

MAX_ATTEMPTS = 2
# Built once, for a wave asks for them for every unit; what is stored needs no mapper.
_OWED = (
    select(Obligation, CycleRow)
    .join(CycleRow, CycleRow.id == Obligation.cycle_id)
    .where(Obligation.cycle_id == bindparam("cycle"), Obligation.unit_code == bindparam("unit"))
)
_FILES = (
    select(SubmissionFile, Submission.version)
    .join(Submission, SubmissionFile.submission_id == Submission.id)
    .where(
        Submission.cycle_id == bindparam("cycle"),
        Submission.unit_code == bindparam("unit"),
        Submission.version <= bindparam("version"),
    )
    .order_by(SubmissionFile.id)
)
_INSERT = insert(Evaluation.__table__)


def pending(session: Session, cycle_id: int) -> list[int]:
    """Ids of the effective versions that are not judged yet, in order of receipt."""
    query = select(Submission.id).where(
        Submission.cycle_id == cycle_id,
        Submission.effective,
        Submission.state == SubmissionState.RECEIVED.value,
    )
    return list(session.scalars(query.order_by(Submission.received_at, Submission.id)))


def begin_judging(session: Session, submission_id: int) -> bool:
    """Count the attempt before the files are opened; False when earlier attempts ended without a result.

    A file that kills its process never comes back to report: the count is what stops the third try.
    """
    submission = session.get_one(Submission, submission_id, with_for_update=True)
    submission.attempts += 1
    return submission.attempts <= MAX_ATTEMPTS


def owed_by(session: Session, submission: Submission) -> tuple[Obligation, CycleRow]:
    """What the unit of a version owes, and the cycle that it owes it in."""
    whose = {"cycle": submission.cycle_id, "unit": submission.unit_code}
    return session.execute(_OWED, whose).one()._tuple()


def files_up_to(session: Session, submission: Submission) -> list[tuple[SubmissionFile, int]]:
    """Every file of the unit up to this version with the version it came in."""
    until = {"cycle": submission.cycle_id, "unit": submission.unit_code, "version": submission.version}
    return [(file, version) for file, version in session.execute(_FILES, until)]


def record_judgement(
    session: Session,
    submission_id: int,
    *,
    year: int,
    state: SubmissionState,
    policy: str,
    rule_set: str,
    document: dict[str, Any],
    summary: dict[str, Any],
    at: datetime,
) -> bool:
    """Store the result and move the version on; False when it was judged already or replaced meanwhile."""
    if state not in JUDGED:
        raise ValueError(f"no result of judging: {state}")
    moved = session.execute(
        update(Submission)
        .where(
            Submission.id == submission_id,
            Submission.state == SubmissionState.RECEIVED.value,
            Submission.effective,
        )
        .values(state=state.value)
        .returning(Submission.unit_code, Submission.version)
    ).one_or_none()
    if moved is None:
        return False
    result = {
        "submission_id": submission_id,
        "policy": policy,
        "rule_set": rule_set,
        "document": document,
        "summary": summary,
        "judged_at": at,
    }
    session.execute(_INSERT, result)
    subject = f"cycle/{year}/unit/{moved.unit_code}"
    details = {"version": moved.version, "state": state.value, "policy": policy, "rule_set": rule_set}
    audit.append(session, at=at, actor="审核", action="submission.judged", subject=subject, details=details)
    return True
