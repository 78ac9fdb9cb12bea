"""Arrivals that wait for a person: what came with which mail, given to a unit, or dealt with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import audit
from db.models import Arrival, CycleRow, MailMessage
from selfeval.refusal import Refusal

WAITING = ("unmatched", "not_owed", "after_close")


class ArrivalConflict(Refusal):
    """What was asked does not fit the arrival; the text says why in Chinese."""


def waiting(session: Session, cycle_id: int) -> list[tuple[Arrival, MailMessage | None]]:
    """The arrivals that wait for a person, in order of receipt, each with the mail that it came with."""
    query = (
        select(Arrival, MailMessage)
        .outerjoin(MailMessage, MailMessage.id == Arrival.mail_id)
        .where(Arrival.cycle_id == cycle_id, Arrival.outcome.in_(WAITING))
        .order_by(Arrival.received_at, Arrival.id)
    )
    return [(arrival, mail) for arrival, mail in session.execute(query)]


def arrival_of(session: Session, number: int) -> Arrival:
    """One arrival, locked; raises ArrivalConflict when there is none of this number."""
    arrival = session.get(Arrival, number, with_for_update=True)
    if arrival is None:
        raise ArrivalConflict(f"没有第 {number} 号来件")
    return arrival


def deal_with(
    session: Session, numbers: Sequence[int], *, action: str, said: str, person: str, at: datetime
) -> list[Arrival]:
    """Take arrivals off the list of those that wait; `said` is what became of them, kept in their note.

    Raises ArrivalConflict for one that does not wait.
    """
    found = []
    for number in sorted(set(numbers)):
        arrival = arrival_of(session, number)
        if arrival.outcome not in WAITING:
            raise ArrivalConflict(
                f"第 {number} 号来件“{arrival.name}”不在待处理之列：{arrival.note or '已经收下'}"
            )
        arrival.outcome = "handled"
        arrival.note = f"{arrival.note}；{person}：{said}"
        year = session.get_one(CycleRow, arrival.cycle_id).year
        details = {"name": arrival.name, "sha256": arrival.sha256, "said": said}
        subject = f"cycle/{year}/arrival/{number}"
        audit.append(session, at=at, actor=person, action=action, subject=subject, details=details)
        found.append(arrival)
    return found
