"""What waits for each address of an examiner, and when it was last told."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.board import unit_statuses
from db.examiners import examiners_in
from db.models import CycleRow, Evaluation, Examination, OutboxRow, Submission
from selfeval.examination import examiners_of
from selfeval.examiner_calls import ExaminerCall
from selfeval.levels import Level

KIND = "examine_call"
_ORDER = list(Level)


def examiner_calls(session: Session, row: CycleRow) -> tuple[ExaminerCall, ...]:
    """Every address for which units wait, in order; deputies are told as well. Units as on the board."""
    everybody = examiners_in(session, row.id)
    if not everybody:
        return ()
    persons: dict[str, list[str]] = {}
    units: dict[str, list[tuple[str, Level]]] = {}
    for status in unit_statuses(session, row.id):
        if not status.awaits:
            continue
        level = Level(status.awaits)
        for each in examiners_of(everybody, level, status.department_code):
            persons.setdefault(each.email, []).append(each.person)
            units.setdefault(each.email, []).append((status.code, level))
    opened, told = _opened(session, row.id) if units else {}, _told(session, row.id)
    return tuple(
        ExaminerCall(
            address,
            tuple(dict.fromkeys(persons[address])),
            tuple(sorted(dict.fromkeys(waiting), key=lambda unit: _ORDER.index(unit[1]))),
            max(opened[code] for code, _ in waiting),
            told.get(address),
        )
        for address, waiting in sorted(units.items())
    )


def _opened(session: Session, cycle_id: int) -> dict[str, datetime]:
    """When the effective version of each unit last came to wait for somebody: judged, accepted at a level, or a
    decision on it taken back.
    """
    judged = (
        select(Submission.unit_code, Evaluation.judged_at)
        .join(Evaluation, Evaluation.submission_id == Submission.id)
        .where(Submission.cycle_id == cycle_id, Submission.effective)
    )
    decided = (
        select(Submission.unit_code, Examination.decided_at, Examination.voided_at)
        .join(Submission, Submission.id == Examination.submission_id)
        .where(Submission.cycle_id == cycle_id, Submission.effective)
    )
    found = {code: at for code, at in session.execute(judged)}
    for code, decided_at, voided_at in session.execute(decided):
        found[code] = max(found[code], voided_at or decided_at)
    return found


def _told(session: Session, cycle_id: int) -> dict[str, datetime]:
    query = (
        select(OutboxRow.recipient, func.max(OutboxRow.created_at))
        .where(OutboxRow.cycle_id == cycle_id, OutboxRow.kind == KIND)
        .group_by(OutboxRow.recipient)
    )
    return {address: at for address, at in session.execute(query)}
