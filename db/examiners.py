"""The persons who may decide on versions in a cycle."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from db import audit
from db.models import CycleRow, ExaminerRow
from selfeval.examination import Examiner
from selfeval.examiners import differences
from selfeval.levels import Level


def examiners_in(session: Session, cycle_id: int) -> tuple[Examiner, ...]:
    """Everybody who may decide in a cycle."""
    rows = session.scalars(select(ExaminerRow).where(ExaminerRow.cycle_id == cycle_id))
    return tuple(
        Examiner(Level(row.level), row.department_code, row.section, row.person, row.email, row.deputy)
        for row in rows
    )


def save_examiners(
    session: Session, row: CycleRow, table: Sequence[Examiner], *, person: str, at: datetime
) -> tuple[str, ...]:
    """Let the table say who decides from now on; what changed, as sentences. Decisions made stay."""
    changes = differences(examiners_in(session, row.id), table)
    if not changes:
        return ()
    session.execute(delete(ExaminerRow).where(ExaminerRow.cycle_id == row.id))
    session.add_all(
        ExaminerRow(
            cycle_id=row.id,
            level=each.level.value,
            department_code=each.department_code,
            section=each.section,
            person=each.person,
            email=each.email,
            deputy=each.deputy,
        )
        for each in table
    )
    session.flush()
    where = f"cycle/{row.year}/examiners"
    details = {"changes": list(changes)}
    audit.append(session, at=at, actor=person, action="examiners.changed", subject=where, details=details)
    return changes
