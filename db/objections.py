"""What units object to, and the answers of the levels that returned."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import outbox, versions
from db.examinations import Case, case_of, log, move
from db.models import CycleRow, Examination, Objection, Obligation, Submission
from selfeval.cycle import SubmissionState
from selfeval.examination import ExaminationRefused, require_examiner
from selfeval.levels import Level


def object_to(
    session: Session,
    row: CycleRow,
    unit_code: str,
    *,
    words: str,
    raised_by: str,
    until: datetime,
    answer_on: date,
    at: datetime,
) -> Objection:
    """Record a unit's objection to the return of its version, once, until the instant `until`."""
    case = case_of(session, row, unit_code, at)
    standing = _require_returned(case)
    known = objection_to(session, standing)
    if known is not None:
        if (known.words, known.raised_by) == (words, raised_by):
            return known
        raise ExaminationRefused(f"{case.unit.unit_name}对这次退回已经提出过异议（{known.raised_by}）")
    if at > until:
        raise ExaminationRefused(f"答复期限{until:%Y-%m-%d %H:%M}已过，不再受理异议，请改正后重新报送")
    made = Objection(
        examination_id=standing.id, words=words, raised_by=raised_by, raised_at=at, answer_on=answer_on
    )
    session.add(made)
    session.flush()
    details = {"examination": standing.id, "words": words}
    log(session, row, unit_code, "objection.raised", raised_by, details, at)
    return made


def answer(
    session: Session,
    row: CycleRow,
    unit_code: str,
    *,
    upheld: bool,
    reason: str,
    person: str,
    reply_on: date,
    at: datetime,
) -> Objection:
    """Record the answer of the level that returned; upheld, the version stands as accepted by the machine again.

    Rejected, the unit has until `reply_on` to correct. Told again it stands once.
    """
    case = case_of(session, row, unit_code, at)
    last = _last_objection(session, case.version)
    if last is not None and last.answer is not None:
        if (last.answer == "upheld", last.answer_person, last.answer_reason) == (upheld, person, reason):
            return last
        raise ExaminationRefused(f"{case.unit.unit_name}的异议已由{last.answer_person}答复")
    standing = _require_returned(case)
    if last is None:
        raise ExaminationRefused(f"{case.unit.unit_name}没有提出异议")
    level = Level(standing.level)
    require_examiner(case.examiners, case.levels, level, case.unit.department_code, person)
    last.answer, last.answer_reason = "upheld" if upheld else "rejected", reason
    last.answer_person, last.answered_at = person, at
    if upheld:
        why = f"异议成立（{person}：{reason}）"
        versions.void(session, row, unit_code, standing, reason=why, at=at, actor=person)
        move(session, case.version, SubmissionState.RETURNED, SubmissionState.ACCEPTED)
    else:
        last.reply_on = reply_on
    session.flush()
    outbox.withdraw(session, row.id, unit_code, "C", "异议成立，不需要改正" if upheld else "答复期限有变化")
    details = {"examination": standing.id, "answer": last.answer, "reason": reason}
    log(session, row, unit_code, "objection.answered", person, details, at)
    return last


def objection_to(session: Session, decision: Examination) -> Objection | None:
    """The objection that was raised to a return."""
    return session.scalar(select(Objection).where(Objection.examination_id == decision.id))


def open_objections(session: Session, cycle_id: int) -> list[tuple[Objection, Examination, Obligation]]:
    """Objections to returns of effective versions that wait for an answer, the oldest first."""
    query = (
        select(Objection, Examination, Obligation)
        .join(Examination, Examination.id == Objection.examination_id)
        .join(Submission, Submission.id == Examination.submission_id)
        .join(
            Obligation,
            (Obligation.cycle_id == Submission.cycle_id) & (Obligation.unit_code == Submission.unit_code),
        )
        .where(Submission.cycle_id == cycle_id, Submission.effective, Objection.answer.is_(None))
        .order_by(Objection.id)
    )
    return [tuple(found) for found in session.execute(query)]


def _last_objection(session: Session, version: Submission) -> Objection | None:
    query = (
        select(Objection)
        .join(Examination, Examination.id == Objection.examination_id)
        .where(Examination.submission_id == version.id)
        .order_by(Objection.id.desc())
        .limit(1)
    )
    return session.scalar(query)


def _require_returned(case: Case) -> Examination:
    if case.returned is not None:
        return case.returned
    state = SubmissionState(case.version.state)
    why = (
        "是按规则由机器退回的，请改正后重新报送" if state is SubmissionState.RETURNED else "没有被审核人退回"
    )
    raise ExaminationRefused(f"{case.unit.unit_name}第{case.version.version}次报送{why}，没有可以异议的决定")
