"""Where every unit of a cycle stands, read in a handful of queries whatever the number of units."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.cycles import obligations_of
from db.decisions import proven_publication
from db.models import Submission
from db.submissions import first_late_days
from selfeval.board import UnitStatus


def unit_statuses(session: Session, cycle_id: int) -> list[UnitStatus]:
    """Every unit of the frozen roster, department by department."""
    query = select(Submission.unit_code, Submission.state, Submission.version, Submission.received_at).where(
        Submission.cycle_id == cycle_id, Submission.effective
    )
    filed = {code: (state, version, at) for code, state, version, at in session.execute(query)}
    late = first_late_days(session, cycle_id)
    publication = proven_publication(session, cycle_id)
    published = set(publication.units) if publication else set()
    statuses = []
    for obligation in obligations_of(session, cycle_id):
        code = obligation.unit_code
        state, version, received_at = filed.get(code, ("missing", 0, None))
        if state == "accepted" and code in published:
            state = "published"
        if obligation.duty != "required":
            state = obligation.duty
        statuses.append(
            UnitStatus(
                code=code,
                name=obligation.unit_name,
                tier=obligation.tier,
                department_code=obligation.department_code,
                department_name=obligation.department_name,
                state=state,
                version=version,
                late_days=late.get(code),
                received_at=received_at.isoformat(timespec="minutes") if received_at else None,
            )
        )
    return statuses
