"""Decisions of persons."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import audit
from db.models import CycleRow, Decision
from selfeval.refusal import Refusal


class DecisionConflict(Refusal):
    """The decision does not fit what it is about; the text says why in Chinese."""


def standing(session: Session, cycle_id: int, subject: str) -> Decision | None:
    """The decision on a subject that has not been voided."""
    return session.scalar(
        select(Decision).where(
            Decision.cycle_id == cycle_id, Decision.subject == subject, Decision.voided_at.is_(None)
        )
    )


def decide(
    session: Session,
    row: CycleRow,
    subject: str,
    *,
    verdict: str,
    person: str,
    reason: str,
    content_hash: str,
    at: datetime,
) -> Decision:
    """Record a person's decision on the content with this hash; an earlier decision is voided by it.

    The same decision by the same person on the same content stands once.
    """
    if not person.strip():
        raise DecisionConflict("请写明作出决定的人")
    # The same form sent off twice at once is one decision: the second sees what the first recorded.
    audit.wait_for_others(session)
    before = standing(session, row.id, subject)
    if before and (before.verdict, before.person, before.content_hash) == (verdict, person, content_hash):
        return before
    if before:
        void(session, row, before, reason=f"{person}作出新的决定", at=at)
    decision = Decision(
        cycle_id=row.id,
        subject=subject,
        verdict=verdict,
        person=person,
        reason=reason,
        content_hash=content_hash,
        decided_at=at,
    )
    session.add(decision)
    session.flush()
    details = {"verdict": verdict, "reason": reason, "content_hash": content_hash}
    where = f"cycle/{row.year}/{subject}"
    audit.append(session, at=at, actor=person, action="decision.made", subject=where, details=details)
    return decision


def not_approved(session: Session, row: CycleRow, subject: str, *, what: str, command: str) -> str:
    """Why `what` may not be done whatever its content is, "" when an approval stands; as `objection` says it."""
    decision = standing(session, row.id, subject)
    if decision is None:
        return f"{row.name}的{what}还没有审批，请先审批（{command}）"
    return "" if decision.verdict == "approved" else f"{decision.person}不同意{what}：{decision.reason}"


def objection(
    session: Session,
    row: CycleRow,
    subject: str,
    content_hash: str,
    *,
    what: str,
    changed: str,
    command: str,
    at: datetime,
) -> str:
    """Why `what` may not be done, "" when a person approved the content with this hash.

    An approval whose content changed is voided here: commit before the objection is raised. `changed`
    names what changed, `command` is how to approve.
    """
    missing = not_approved(session, row, subject, what=what, command=command)
    if missing:
        return missing
    decision = standing(session, row.id, subject)
    if decision.content_hash == content_hash:
        return ""
    void(session, row, decision, reason=f"审批后{changed}有变化", at=at)
    return f"{decision.person}审批{what}之后{changed}有变化，该审批已失效，请重新审批（{command}）"


def void(
    session: Session,
    row: CycleRow,
    decision: Decision,
    *,
    reason: str,
    at: datetime,
    actor: str = "系统",
) -> None:
    """Take a decision out of force because its content changed, another one followed or a person says so."""
    decision.voided_at, decision.void_reason = at, reason
    session.flush()
    details = {"decision": decision.id, "reason": reason}
    where = f"cycle/{row.year}/{decision.subject}"
    audit.append(session, at=at, actor=actor, action="decision.voided", subject=where, details=details)


def standing_under(
    session: Session, cycle_id: int, prefix: str, asof: datetime | None = None
) -> list[Decision]:
    """Every decision in force, now or at `asof`, whose subject is this one or lies below it (withdrawal, withdrawal/101)."""
    query = select(Decision).where(
        Decision.cycle_id == cycle_id,
        (Decision.subject == prefix) | Decision.subject.startswith(f"{prefix}/", autoescape=True),
    )
    if asof is None:
        query = query.where(Decision.voided_at.is_(None))
    else:
        later = Decision.voided_at.is_(None) | (Decision.voided_at > asof)
        query = query.where(Decision.decided_at <= asof, later)
    return list(session.scalars(query.order_by(Decision.id)))
