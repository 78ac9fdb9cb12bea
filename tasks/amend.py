"""Tell the units which of their dates a correction of the cycle moved."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from db import cycles
from db.amendments import Amended
from db.models import CycleRow
from notifications.dates import amended as amended_mail
from tasks.mail import queue_mail
from tasks.office import office_of


def tell_units(
    session: Session, row: CycleRow, amended: Amended, *, person: str, reason: str, at: datetime
) -> int:
    """Queue one mail per unit that has a moved date, in the transaction of the correction; units told."""
    office = office_of(cycles.value_of(row))
    for obligation in cycles.obligations_of(session, row.id):
        if obligation.unit_code not in amended.shifts:
            continue
        mail = amended_mail(
            office,
            unit_name=obligation.unit_name,
            year=obligation.year,
            shifts=amended.shifts[obligation.unit_code],
            reason=reason,
            person=person,
        )
        queue_mail(session, obligation, mail, step=f"A{amended.number}", at=at)
    return len(amended.shifts)
