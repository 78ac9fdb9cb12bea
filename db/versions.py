"""What persons decide on: a judged version by its content, and the end of their decisions when it changes."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, selectinload

from db import audit
from db.models import CycleRow, Evaluation, Examination, RecheckScore, Submission


def with_content(query: Select) -> Select:
    """The query with what `content_hash` looks at."""
    judged = selectinload(Submission.evaluation).defer(Evaluation.document)
    return query.options(selectinload(Submission.files), judged)


def content_hash(version: Submission) -> str:
    """SHA-256 over the version's files and over how they were judged: policy, rules, result.

    Judging it again under another policy gives another hash, also when the files stay.
    """
    judged = version.evaluation
    content = [
        version.cycle_id,
        version.unit_code,
        version.version,
        sorted(file.sha256 for file in version.files),
        [judged.policy, judged.rule_set, judged.summary] if judged else None,
    ]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def judged_versions(session: Session, cycle_id: int) -> dict[str, Submission]:
    """The effective versions that are judged, by unit, with what `content_hash` looks at."""
    query = select(Submission).where(Submission.cycle_id == cycle_id, Submission.effective)
    found = session.scalars(with_content(query))
    return {version.unit_code: version for version in found if version.evaluation is not None}


def void_decisions(session: Session, row: CycleRow, unit_code: str, *, reason: str, at: datetime) -> None:
    """Take out of force what persons accepted or scored of this unit; it stays to be seen.

    A return is answered by a new version and stands as what it was.
    """
    of_unit = (Submission.cycle_id == row.id, Submission.unit_code == unit_code)
    accepted = (
        select(Examination)
        .join(Submission, Submission.id == Examination.submission_id)
        .where(*of_unit, Examination.verdict == "accepted", Examination.voided_at.is_(None))
    )
    scored = (
        select(RecheckScore)
        .join(Submission, Submission.id == RecheckScore.submission_id)
        .where(*of_unit, RecheckScore.voided_at.is_(None))
    )
    for decision in [*session.scalars(accepted), *session.scalars(scored)]:
        void(session, row, unit_code, decision, reason=reason, at=at)


def void(
    session: Session,
    row: CycleRow,
    unit_code: str,
    decision: Examination | RecheckScore,
    *,
    reason: str,
    at: datetime,
    actor: str = "系统",
) -> None:
    """Take one decision out of force and write down why."""
    decision.voided_at, decision.void_reason = at, reason
    session.flush()
    what = "examination" if isinstance(decision, Examination) else "recheck"
    details = {"decision": decision.id, "person": decision.person, "reason": reason}
    subject = f"cycle/{row.year}/unit/{unit_code}"
    audit.append(session, at=at, actor=actor, action=f"{what}.voided", subject=subject, details=details)
