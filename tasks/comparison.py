"""Read a cycle and the one before it for their comparison; nothing is stored."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy.orm import Session

from db import cycles, rollups
from db.board import unit_statuses
from db.models import CycleRow
from selfeval.comparison import Comparison, CycleYear, compare, unit_year
from selfeval.rollup import UnitRow
from selfeval.rollup.totals import settled
from selfeval.secrecy import is_hidden
from tasks.totals import unit_rows


def compared(
    session: Session, row: CycleRow, units: Sequence[UnitRow], secret: Collection[str] = ()
) -> Comparison | None:
    """The cycle with its settled units beside that of the year before; None where that one was not run here.

    Units with a code in `secret`, and those below them, are left out of the year before; `units` are as given.
    """
    earlier = rollups.year_before(session, row)
    then = settled(unit_rows(session, earlier)) if earlier else ()
    then = tuple(each for each in then if not is_hidden(each, secret))
    before = _cycle_year(session, earlier, then) if earlier else None
    return compare(before, _cycle_year(session, row, units)) if before and before.units else None


def _cycle_year(session: Session, row: CycleRow, units: Sequence[UnitRow]) -> CycleYear:
    met = rollups.problems(session, row.id)
    merged = {
        each.code: (each.merged_into or "", each.merged_into_name) for each in unit_statuses(session, row.id)
    }
    years = tuple(unit_year(each, met.get(each.code, {}), *merged.get(each.code, ("", ""))) for each in units)
    return CycleYear(row.year, cycles.policy_of(row, cycles.value_of(row).policy), years)
