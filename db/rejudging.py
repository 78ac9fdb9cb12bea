"""Judging again: the result that counts is replaced, and what had been the result before is kept with its instants."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session, contains_eager

from db import audit, cycles, decisions, versions
from db.models import (
    Amendment,
    CycleRow,
    Evaluation,
    Examination,
    FormerEvaluation,
    Objection,
    Obligation,
    Submission,
)
from selfeval.cycle import SubmissionState


def to_judge_again(session: Session, cycle_id: int) -> list[int]:
    """Ids of the effective versions that the machine has judged, of units that have to file, by code of the unit.

    A version whose state a person has decided is left: sent back, or objected to with success or without an
    answer yet. What its unit files next is judged by what holds then.
    """
    query = (
        select(Submission.id)
        .join(Evaluation, Evaluation.submission_id == Submission.id)
        .join(
            Obligation,
            (Obligation.cycle_id == Submission.cycle_id) & (Obligation.unit_code == Submission.unit_code),
        )
        .where(
            Submission.cycle_id == cycle_id,
            Submission.effective,
            Obligation.duty == "required",
            ~_decided_by_person(),
        )
        .order_by(Submission.unit_code)
    )
    return list(session.scalars(query))


def _decided_by_person() -> ColumnElement[bool]:
    returned = exists().where(
        Examination.submission_id == Submission.id,
        Examination.verdict == "returned",
        Examination.voided_at.is_(None),
    )
    objected = exists().where(
        Objection.submission_id == Submission.id, Objection.answer.is_distinct_from("rejected")
    )
    return or_(returned, objected)


def _open(session: Session, submission_id: int) -> bool:
    query = select(Submission.id).where(
        Submission.id == submission_id, Submission.effective, ~_decided_by_person()
    )
    return session.scalar(query) is not None


def adopt(
    session: Session,
    row: CycleRow,
    definition: str,
    name: str,
    text: str | None,
    *,
    reason: str,
    person: str,
    at: datetime,
) -> None:
    """From here on the cycle judges by this policy: its units, and whatever comes in; `text` None: a packaged one.

    `definition` is the cycle's TOML text that names it. Units with a policy of their own keep theirs.
    """
    cycle = cycles.value_of(row)
    before, replaced = cycle.policy, row.policies.get(cycle.policy)
    own = {code: said.policy for code, said in cycle.assignments.items() if said.policy}
    policies = {
        other: said for other, said in row.policies.items() if other != before or before in own.values()
    }
    policies |= {name: text} if text is not None else {}
    row.amendments.append(
        Amendment(
            before=row.definition, after=definition, moved=[], reason=reason, person=person, decided_at=at
        )
    )
    cycles.define(row, definition, policies)
    for obligation in cycles.obligations_of(session, row.id):
        if obligation.unit_code not in own:
            obligation.policy = name
    session.flush()
    details = {"before": before, "before_text": replaced or "", "after": name, "reason": reason}
    subject = f"cycle/{row.year}"
    audit.append(session, at=at, actor=person, action="policy.adopted", subject=subject, details=details)


def replace_judgement(
    session: Session,
    row: CycleRow,
    submission_id: int,
    *,
    judged_at: datetime,
    state: SubmissionState,
    policy: str,
    rule_set: str,
    document: dict[str, Any],
    summary: dict[str, Any],
    reason: str,
    person: str,
    at: datetime,
) -> int:
    """Put another result in the place of the one that was judged at `judged_at`; the number of the one replaced.

    What persons had accepted, scored or approved of it is void. 0, and nothing changed, when the version or its
    result was replaced meanwhile, or a person has sent it back.
    """
    submission = session.get_one(Submission, submission_id, with_for_update=True)
    evaluation = session.get_one(Evaluation, submission_id, with_for_update=True)
    if evaluation.judged_at != judged_at or not _open(session, submission_id):
        return 0
    known = select(func.max(FormerEvaluation.number)).where(FormerEvaluation.submission_id == submission_id)
    number = (session.scalar(known) or 0) + 1
    session.add(
        FormerEvaluation(
            submission_id=submission_id,
            number=number,
            state=submission.state,
            policy=evaluation.policy,
            rule_set=evaluation.rule_set,
            document=evaluation.document,
            summary=evaluation.summary,
            judged_at=evaluation.judged_at,
            replaced_at=at,
            reason=reason,
            person=person,
        )
    )
    evaluation.policy, evaluation.rule_set = policy, rule_set
    evaluation.document, evaluation.summary, evaluation.judged_at = document, summary, at
    submission.state = state.value
    session.flush()
    why = f"重新评判后结果有变化（{person}：{reason}）"
    versions.void_decisions(session, row, submission.unit_code, reason=why, at=at)
    approval = decisions.standing(session, row.id, "publication")
    if approval and approval.verdict == "approved":
        decisions.void(session, row, approval, reason=why, at=at)
    details = {
        "version": submission.version, "number": number, "state": state.value, "policy": policy,
        "rule_set": rule_set, "reason": reason,
    }  # fmt: skip
    subject = f"cycle/{row.year}/unit/{submission.unit_code}"
    audit.append(
        session, at=at, actor=person, action="submission.judged_again", subject=subject, details=details
    )
    return number


def stood_at(
    session: Session, cycle_id: int, asof: datetime, submissions: Collection[int] | None = None
) -> Mapping[int, FormerEvaluation]:
    """The judgements that counted at `asof` and were replaced since, by id of the version."""
    query = (
        select(FormerEvaluation)
        .join(Submission, Submission.id == FormerEvaluation.submission_id)
        .where(
            Submission.cycle_id == cycle_id,
            FormerEvaluation.judged_at <= asof,
            FormerEvaluation.replaced_at > asof,
        )
    )
    if submissions is not None:
        query = query.where(FormerEvaluation.submission_id.in_(submissions))
    found = session.scalars(query.options(contains_eager(FormerEvaluation.submission)))
    return {former.submission_id: former for former in found}
