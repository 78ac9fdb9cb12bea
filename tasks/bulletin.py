"""The state of a cycle as the bureau's papers tell it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from prefect import task
from prefect.cache_policies import NO_CACHE
from sqlalchemy.orm import Session

from db import closing, cycles
from db.board import unit_statuses
from db.models import CycleRow
from db.roster import secret_codes
from documents.bulletin import bulletin_document, bulletin_workbook
from selfeval.board import UnitStatus
from selfeval.bulletin import Bulletin, bulletin
from selfeval.refusal import Refusal
from selfeval.secrecy import shown
from tasks.office import clock, database, log
from tasks.papers import keep_paper


class NoSuchMoment(Refusal):
    """There is no board at the instant asked for; the text says why in Chinese."""


def statuses_at(session: Session, row: CycleRow, asof: datetime, at: datetime) -> list[UnitStatus]:
    """The board of an instant, from what had been received and decided by then.

    Raises NoSuchMoment for a day after `at` and for a time before the roster was fixed.
    """
    if asof > at and asof.date() > at.date():
        raise NoSuchMoment(f"{asof:%Y-%m-%d %H:%M} 还没有到来")
    statuses = unit_statuses(session, row.id, asof)
    if not statuses:
        raise NoSuchMoment(f"{asof:%Y-%m-%d %H:%M} 时{row.name}的通知尚未印发，名单还没有固定")
    return statuses


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


@task(name="写填报情况通报", cache_policy=NO_CACHE)
def write_status_bulletin(year: int | None, asof: datetime | None, now: datetime | None) -> list[str]:
    """Write the bulletin of an instant (None: of now) as Word and as Excel; their paths. Raises NoSuchMoment."""
    at = clock(now)
    with database() as session:
        row = cycles.cycle_of(session, year)
        moment = clock(asof) if asof else at
        made = circulated_bulletin(session, row, statuses_at(session, row, moment, at), moment)
    stem = f"{made.year}年度绩效自评填报情况通报（截至{made.asof:%Y-%m-%d %H%M}）"
    written = [
        keep_paper(f"{stem}.docx", bulletin_document(made)),
        keep_paper(f"{stem}.xlsx", bulletin_workbook(made)),
    ]
    log.info("填报情况通报：%s", "、".join(path.name for path in written))
    return [str(path) for path in written]
