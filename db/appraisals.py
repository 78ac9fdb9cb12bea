"""The appraisal of the self-evaluation work: what it is made from, and what persons judged."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import audit
from db.models import AppraisalJudgement, CycleRow, Obligation, OutboxRow, Submission
from selfeval.appraisal.judgement import Judgement
from selfeval.refusal import Refusal


class AppraisalConflict(Refusal):
    """What was asked does not fit the appraisal; the text says why in Chinese."""


def department_of(session: Session, row: CycleRow, code: str) -> Obligation:
    """A department of the frozen roster; raises AppraisalConflict for anything else."""
    found = session.get(Obligation, (row.id, code))
    if found is None:
        raise AppraisalConflict(f"{row.year}年度的报送名单中没有预算编码 {code}（通知印发后名单才固定）")
    if found.tier != 1:
        raise AppraisalConflict(
            f"{found.unit_name}（{code}）是{found.department_name}的所属单位，考核按主管部门进行，"
            f"请写主管部门的编码 {found.department_code}"
        )
    return found


def latest(session: Session, cycle_id: int) -> dict[str, dict[str, Judgement]]:
    """Department code → item → the last word on it; one that was voided says why."""
    query = select(AppraisalJudgement).where(AppraisalJudgement.cycle_id == cycle_id)
    found: dict[str, dict[str, Judgement]] = {}
    for each in session.scalars(query.order_by(AppraisalJudgement.id)):
        found.setdefault(each.department_code, {})[each.item] = Judgement(
            item=each.item,
            band=each.band,
            score=each.score,
            person=each.person,
            reason=each.reason,
            basis_hash=each.basis_hash,
            decided_at=each.decided_at,
            lapsed=each.void_reason,
        )
    return found


def judge(
    session: Session,
    row: CycleRow,
    department: Obligation,
    item: str,
    *,
    band: str,
    score: Decimal,
    person: str,
    reason: str,
    basis_hash: str,
    at: datetime,
) -> AppraisalJudgement:
    """Record a person's score; the earlier word on the item is voided by it. Told again it stands once."""
    if not person.strip() or not reason.strip():
        raise AppraisalConflict("评定应写明评定人和理由")
    # One person at a time per department: the row that is voided and the new one belong together.
    session.refresh(department, with_for_update=True)
    before = _standing(session, row.id, department.unit_code, item)
    hundredths = int(score * 100)
    told = (band, hundredths, person, reason, basis_hash)
    if before and (before.band, before.hundredths, before.person, before.reason, before.basis_hash) == told:
        return before
    if before:
        _void(session, row, before, reason=f"{person}重新评定", actor=person, at=at)
    made = AppraisalJudgement(
        cycle_id=row.id,
        department_code=department.unit_code,
        item=item,
        band=band,
        hundredths=hundredths,
        person=person,
        reason=reason,
        basis_hash=basis_hash,
        decided_at=at,
    )
    session.add(made)
    session.flush()
    details = {"item": item, "band": band, "score": str(score), "reason": reason, "basis_hash": basis_hash}
    audit.append(
        session,
        at=at,
        actor=person,
        action="appraisal.judged",
        subject=f"cycle/{row.year}/unit/{department.unit_code}",
        details=details,
    )
    return made


def withdraw(
    session: Session,
    row: CycleRow,
    department: Obligation,
    item: str,
    *,
    person: str,
    reason: str,
    at: datetime,
) -> None:
    """Take a judgement back: what the system marks counts again. Raises AppraisalConflict when there is none."""
    if not person.strip() or not reason.strip():
        raise AppraisalConflict("撤销评定应写明撤销人和理由")
    session.refresh(department, with_for_update=True)
    before = _standing(session, row.id, department.unit_code, item)
    if before is None:
        raise AppraisalConflict(f"{department.unit_name}的“{item}”没有人工评定，无从撤销")
    _void(session, row, before, reason=f"{person}撤销：{reason}", actor=person, at=at)


def void_lapsed(
    session: Session, row: CycleRow, department_code: str, item: str, *, reason: str, at: datetime
) -> None:
    """Void the standing judgement of an item whose basis changed."""
    standing = _standing(session, row.id, department_code, item)
    if standing:
        _void(session, row, standing, reason=reason, actor="系统", at=at)


def told_units(session: Session, cycle_id: int) -> dict[str, list[dict[str, str]]]:
    """Unit code → the attachments of the notice that was sent to it, as the outbox keeps them."""
    query = select(OutboxRow.unit_code, OutboxRow.attachments).where(
        OutboxRow.cycle_id == cycle_id,
        OutboxRow.kind == "notice",
        OutboxRow.unit_code.is_not(None),
        OutboxRow.state != "cancelled",
    )
    return {code: list(attachments) for code, attachments in session.execute(query)}


def effective_ids(session: Session, cycle_id: int, codes: Collection[str]) -> list[int]:
    """The effective versions of these units."""
    query = select(Submission.id).where(
        Submission.cycle_id == cycle_id, Submission.effective, Submission.unit_code.in_(codes)
    )
    return list(session.scalars(query))


def _standing(session: Session, cycle_id: int, code: str, item: str) -> AppraisalJudgement | None:
    return session.scalar(
        select(AppraisalJudgement).where(
            AppraisalJudgement.cycle_id == cycle_id,
            AppraisalJudgement.department_code == code,
            AppraisalJudgement.item == item,
            AppraisalJudgement.voided_at.is_(None),
        )
    )


def _void(
    session: Session, row: CycleRow, standing: AppraisalJudgement, *, reason: str, actor: str, at: datetime
) -> None:
    standing.voided_at, standing.void_reason = at, reason
    session.flush()
    details = {"judgement": standing.id, "item": standing.item, "reason": reason}
    subject = f"cycle/{row.year}/unit/{standing.department_code}"
    audit.append(session, at=at, actor=actor, action="appraisal.voided", subject=subject, details=details)
