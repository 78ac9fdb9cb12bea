"""Versions on their way through judging: what waits, the attempts, the result."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.util import identity_key

from db import audit
from db.models import CycleRow, Evaluation, Obligation, Submission, SubmissionFile
from selfeval.cycle import JUDGED, SubmissionState

MAX_ATTEMPTS = 2
# Built once, for a wave asks for them for every unit; what is stored needs no mapper.
_OWED = (
    select(Submission, Obligation, CycleRow)
    .join(
        Obligation,
        (Obligation.cycle_id == Submission.cycle_id) & (Obligation.unit_code == Submission.unit_code),
    )
    .join(CycleRow, CycleRow.id == Submission.cycle_id)
    .where(Submission.id == bindparam("submission"))
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
_VERSIONS = Submission.__table__
_TRY = (
    update(_VERSIONS)
    .where(_VERSIONS.c.id == bindparam("submission"))
    .values(attempts=_VERSIONS.c.attempts + 1)
    .returning(_VERSIONS.c.attempts)
)
_MOVE = (
    update(_VERSIONS)
    .where(
        _VERSIONS.c.id == bindparam("submission"),
        _VERSIONS.c.state == SubmissionState.RECEIVED.value,
        _VERSIONS.c.effective,
    )
    .values(state=bindparam("judged"))
    .returning(_VERSIONS.c.unit_code, _VERSIONS.c.version)
)


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
    attempts = session.execute(_TRY, {"submission": submission_id}).scalar_one()
    _read_again(session, submission_id, "attempts")
    return attempts <= MAX_ATTEMPTS


def _read_again(session: Session, submission_id: int, column: str) -> None:
    """A statement over the table leaves a version that the session holds as it was."""
    held = session.identity_map.get(identity_key(Submission, submission_id))
    if held is not None:
        session.expire(held, [column])


def owed_by(session: Session, submission_id: int) -> tuple[Submission, Obligation, CycleRow]:
    """A version, what its unit owes, and the cycle that it owes it in."""
    return session.execute(_OWED, {"submission": submission_id}).one()._tuple()


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
    moved = session.execute(_MOVE, {"submission": submission_id, "judged": state.value}).one_or_none()
    if moved is None:
        return False
    _read_again(session, submission_id, "state")
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
