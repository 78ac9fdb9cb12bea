"""What persons decide on: a judged version by its content, and the end of their decisions when it changes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, selectinload

from db import audit
from db.models import CycleRow, RecheckScore, Submission

_TOLD = 8


def with_content(query: Select) -> Select:
    """The query with what `content_hash` looks at."""
    return query.options(selectinload(Submission.files), selectinload(Submission.evaluation))


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


def void_decisions(
    session: Session, row: CycleRow, unit_code: str, *, reason: str, at: datetime
) -> Sequence[RecheckScore]:
    """Take every decision on versions of this unit out of force; what was decided stays to be seen."""
    query = (
        select(RecheckScore)
        .join(Submission, Submission.id == RecheckScore.submission_id)
        .where(
            Submission.cycle_id == row.id,
            Submission.unit_code == unit_code,
            RecheckScore.voided_at.is_(None),
        )
    )
    found = list(session.scalars(query))
    for decision in found:
        void(session, row, unit_code, decision, what="recheck", reason=reason, at=at)
    return found


def void(
    session: Session,
    row: CycleRow,
    unit_code: str,
    decision: RecheckScore,
    *,
    what: str,
    reason: str,
    at: datetime,
    actor: str = "系统",
) -> None:
    """Take one decision out of force and write down why."""
    decision.voided_at, decision.void_reason = at, reason
    session.flush()
    details = {"decision": decision.id, "reason": reason, "hash": decision.content_hash[:_TOLD]}
    subject = f"cycle/{row.year}/unit/{unit_code}"
    audit.append(session, at=at, actor=actor, action=f"{what}.voided", subject=subject, details=details)
