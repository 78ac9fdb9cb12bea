"""The state of a cycle as the bureau's papers tell it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from db import closing, cycles
from db.models import CycleRow
from selfeval.board import UnitStatus
from selfeval.bulletin import Bulletin, bulletin


def status_bulletin(
    session: Session, row: CycleRow, statuses: Sequence[UnitStatus], asof: datetime
) -> Bulletin:
    """Who filed, late, not at all, from the board at `asof`, with what lateness costs and what is not settled."""
    cycle = cycles.value_of(row, asof)
    return bulletin(
        statuses,
        bureau=cycle.bureau,
        year=cycle.year,
        asof=asof,
        workdays=cycle.workdays,
        rule=cycles.policy_of(row, cycle.policy).lateness.sentence,
        closed=closing.intake_note(session, row, cycle, asof, asof),
    )
