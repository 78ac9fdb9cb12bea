"""Where every unit of a cycle stands, read in a handful of queries whatever the number of units."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.cycles import obligations_of, value_of
from db.decisions import proven_publication
from db.extensions import all_dues
from db.models import CycleRow, Submission
from db.submissions import first_received
from selfeval.board import UnitStatus


def unit_statuses(session: Session, cycle_id: int) -> list[UnitStatus]:
    """Every unit of the frozen roster, department by department."""
    query = select(Submission.unit_code, Submission.state, Submission.version, Submission.received_at).where(
        Submission.cycle_id == cycle_id, Submission.effective
    )
    filed = {code: (state, version, at) for code, state, version, at in session.execute(query)}
    row = session.get_one(CycleRow, cycle_id)
    # Counted anew: an extension that was granted after the filing counts too.
    workdays, dues, first = value_of(row).workdays, all_dues(session, row), first_received(session, cycle_id)
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
        filing, correction = dues[code].filing, dues[code].correction
        statuses.append(
            UnitStatus(
                code=code,
                name=obligation.unit_name,
                tier=obligation.tier,
                department_code=obligation.department_code,
                department_name=obligation.department_name,
                state=state,
                version=version,
                late_days=workdays.late_working_days(filing.instant, first[code]) if code in first else None,
                received_at=_iso(received_at),
                due=_iso(filing.instant),
                original_due=_iso(filing.before_extension),
                correction_due=_iso(correction.instant),
                original_correction_due=_iso(correction.before_extension),
            )
        )
    return statuses


def _iso(instant: datetime | None) -> str | None:
    return instant.isoformat(timespec="minutes") if instant else None
