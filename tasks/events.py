"""What happened, told to Prefect so that a bureau can hang automations of its own on it.

Told after the commit and never waited for: Prefect keeps events for a week and loses some under load, so
nothing of ours depends on one. What they are called and what they carry: docs/control-room.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from prefect.events import emit_event
from prefect.settings import PREFECT_API_URL
from sqlalchemy import event
from sqlalchemy.orm import Session

from db.models import CycleRow, OutboxRow
from selfeval.cycle import SubmissionState
from tasks.office import database

# Events share one queue with the states of all task runs: a wave over a province must not push those out.
MOST_AT_ONCE = 200

Details = Mapping[str, Any]


class Happening(StrEnum):
    """Every event there is; `selfeval.submission.*`, `.unit.*` and `.mail.*` happen to a unit, the others to a cycle."""

    NOTICE_ISSUED = "selfeval.notice.issued"
    RECEIVED = "selfeval.submission.received"
    ACCEPTED = "selfeval.submission.accepted"
    RETURNED = "selfeval.submission.returned"
    LATE = "selfeval.unit.late"
    MAIL_FAILED = "selfeval.mail.failed"
    UNMATCHED = "selfeval.arrival.unmatched"
    PUBLISHED = "selfeval.results.published"
    WITHDRAWN = "selfeval.results.withdrawn"


TOLD_OF = {SubmissionState.ACCEPTED: Happening.ACCEPTED, SubmissionState.RETURNED: Happening.RETURNED}


def tell_of_cycle(happening: Happening, year: int, details: Details) -> None:
    """An event on the cycle of a budget year; nothing without a server."""
    _emit(happening, _cycle(year), {"year": year, **details})


def tell_of_units(happening: Happening, year: int, units: Sequence[tuple[str, Details]]) -> None:
    """An event on each of these units (code, details), or one on the cycle that names them when they are too many."""
    if len(units) > MOST_AT_ONCE:
        codes = [code for code, _ in units[:MOST_AT_ONCE]]
        return tell_of_cycle(happening, year, {"count": len(units), "units": codes})
    for code, details in units:
        resource = {"prefect.resource.id": f"selfeval.unit.{year}.{code}", "prefect.resource.name": code}
        _emit(happening, resource, {"year": year, "unit": code, **details}, _cycle(year))
    return None


def tell_when_committed(
    session: Session, happening: Happening, year: int, code: str, details: Details
) -> None:
    """An event on a unit as soon as the transaction of its cause stands; none when it is rolled back."""

    def committed(_: Session) -> None:
        tell_of_units(happening, year, [(code, details)])

    event.listen(session, "after_commit", committed, once=True)


def tell_of_lost_mails(lost: Sequence[tuple[OutboxRow, str]]) -> None:
    """Events of the mails that failed or are in doubt, by their unit; the bureau's own ones on the cycle."""
    if not lost:
        return
    by_year: dict[int, list[tuple[str | None, Details]]] = {}
    with database() as session:
        for row, state in lost:
            details = {"mail": row.id, "kind": row.kind, "state": state}
            year = session.get_one(CycleRow, row.cycle_id).year
            by_year.setdefault(year, []).append((row.unit_code, details))
    for year, told in by_year.items():
        tell_of_units(Happening.MAIL_FAILED, year, [(code, details) for code, details in told if code])
        for details in (details for code, details in told if not code):
            tell_of_cycle(Happening.MAIL_FAILED, year, details)


def _cycle(year: int) -> dict[str, str]:
    return {"prefect.resource.id": f"selfeval.cycle.{year}", "prefect.resource.name": f"{year}年度"}


def _emit(
    happening: Happening, resource: dict[str, str], payload: dict[str, Any], *related: dict[str, str]
) -> None:
    # Without this Prefect would start a server of its own for an event.
    if PREFECT_API_URL.value():
        roles = [{**each, "prefect.resource.role": "cycle"} for each in related]
        emit_event(happening.value, resource, related=roles, payload=payload)
