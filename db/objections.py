"""What units object to, returns by persons and by the rules, and the answers."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import outbox, versions
from db.examinations import Case, judged_case, log, move, preparers_of
from db.models import CycleRow, Examination, Objection, Obligation, Submission
from selfeval.cycle import SubmissionState
from selfeval.examination import ExaminationRefused, require_examiner, require_others
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
    raised_at: datetime | None = None,
    mail_id: int | None = None,
) -> Objection:
    """Record a unit's objection to the return of its version, once, raised by the instant `until`.

    `raised_at` (None: `at`) is when the mail `mail_id` came that it stands in. Raises ExaminationRefused for what
    was not returned or comes too late.
    """
    raised_at = raised_at or at
    case = judged_case(session, row, unit_code, at)
    standing = _require_returned(case)
    known = objection_to(session, case.version, standing)
    if known is not None:
        if (known.words, known.raised_by) == (words, raised_by):
            return known
        raise ExaminationRefused(f"{case.unit.unit_name}对这次退回已经提出过异议（{known.raised_by}）")
    if raised_at > until:
        raise ExaminationRefused(f"答复期限{until:%Y-%m-%d %H:%M}已过，不再受理异议，请改正后重新报送")
    made = Objection(
        submission_id=case.version.id,
        examination_id=standing.id if standing else None,
        mail_id=mail_id,
        words=words,
        raised_by=raised_by,
        raised_at=raised_at,
        answer_on=answer_on,
    )
    session.add(made)
    session.flush()
    details = {"version": case.version.version, "examination": made.examination_id, "words": words}
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
    """Record the answer: of the level that returned, or, to the rules' return, of the last level (without levels,
    of anybody who did not prepare the filing). Upheld, the version stands as accepted by the machine.

    Rejected, the unit has until `reply_on` to correct. Told again it stands once.
    """
    case = judged_case(session, row, unit_code, at)
    last = _last_objection(session, case.version)
    if last is not None and last.answer is not None:
        if (last.answer == "upheld", last.answer_person, last.answer_reason) == (upheld, person, reason):
            return last
        raise ExaminationRefused(f"{case.unit.unit_name}的异议已由{last.answer_person}答复")
    standing = _require_returned(case)
    if last is None:
        raise ExaminationRefused(f"{case.unit.unit_name}没有提出异议")
    _require_answerer(session, row, case, standing, person)
    last.answer, last.answer_reason = "upheld" if upheld else "rejected", reason
    last.answer_person, last.answered_at = person, at
    if upheld:
        if standing is not None:
            why = f"异议成立（{person}：{reason}）"
            versions.void(session, row, unit_code, standing, reason=why, at=at, actor=person)
        move(session, case.version, SubmissionState.RETURNED, SubmissionState.ACCEPTED)
    else:
        last.reply_on = reply_on
    session.flush()
    outbox.withdraw(session, row.id, unit_code, "C", "异议成立，不需要改正" if upheld else "答复期限有变化")
    details = {"examination": last.examination_id, "answer": last.answer, "reason": reason}
    log(session, row, unit_code, "objection.answered", person, details, at)
    return last


def objection_to(session: Session, version: Submission, decision: Examination | None) -> Objection | None:
    """The objection that was raised to a return of the version; `decision` None: to the return by the rules."""
    return session.scalar(
        select(Objection).where(
            Objection.submission_id == version.id,
            Objection.examination_id.is_not_distinct_from(decision.id if decision else None),
        )
    )


def objections_to_rules(session: Session, cycle_id: int, unit_code: str) -> list[tuple[int, Objection]]:
    """What a unit ever objected to in the rules' returns, with the number of the version."""
    query = (
        select(Submission.version, Objection)
        .join(Objection, Objection.submission_id == Submission.id)
        .where(
            Submission.cycle_id == cycle_id,
            Submission.unit_code == unit_code,
            Objection.examination_id.is_(None),
        )
        .order_by(Objection.id)
    )
    return [tuple(found) for found in session.execute(query)]


def open_objections(
    session: Session, cycle_id: int
) -> list[tuple[Objection, Examination | None, Obligation]]:
    """Objections to returns of effective versions that wait for an answer, the oldest first; None: to the rules."""
    query = (
        select(Objection, Examination, Obligation)
        .outerjoin(Examination, Examination.id == Objection.examination_id)
        .join(Submission, Submission.id == Objection.submission_id)
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
        select(Objection).where(Objection.submission_id == version.id).order_by(Objection.id.desc()).limit(1)
    )
    return session.scalar(query)


def _require_answerer(
    session: Session, row: CycleRow, case: Case, standing: Examination | None, person: str
) -> None:
    level = Level(standing.level) if standing else case.answers
    if level is not None:
        require_examiner(case.examiners, case.levels, level, case.unit.department_code, person)
    if standing is None:
        require_others(person, preparers_of(session, row, case), (), level or Level.BUREAU)


def _require_returned(case: Case) -> Examination | None:
    """The return by a person, None where the rules returned the version."""
    if case.returned is None and case.version.state != SubmissionState.RETURNED.value:
        raise ExaminationRefused(
            f"{case.unit.unit_name}第{case.version.version}次报送没有被退回，没有可以异议的决定"
        )
    return case.returned
