"""The state of a cycle as the bureau's papers tell it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from db import closing, cycles
from db.models import CycleRow
from db.roster import secret_codes
from selfeval.board import UnitStatus
from selfeval.bulletin import Bulletin, bulletin
from selfeval.secrecy import shown


def status_bulletin(
    session: Session, row: CycleRow, statuses: Sequence[UnitStatus], asof: datetime
) -> Bulletin:
    """Who filed, late, not at all, from the board at `asof`, with what lateness costs and what is not settled."""
    return _made(session, row, statuses, asof)


def circulated_bulletin(
    session: Session, row: CycleRow, statuses: Sequence[UnitStatus], asof: datetime
) -> Bulletin:
    """The same for a paper that goes round: it names no unit marked secret, counts none of them, says how many."""
    named = shown(statuses, secret_codes(session))
    return _made(session, row, named, asof, secret=len(statuses) - len(named))


def _made(
    session: Session, row: CycleRow, statuses: Sequence[UnitStatus], asof: datetime, secret: int = 0
) -> Bulletin:
    cycle = cycles.value_of(row, asof)
    return bulletin(
        statuses,
        bureau=cycle.bureau,
        year=cycle.year,
        asof=asof,
        workdays=cycle.workdays,
        rule=cycles.policy_of(row, cycle.policy).lateness.sentence,
        closed=closing.intake_note(session, row, cycle, asof, asof),
        secret=secret,
    )
