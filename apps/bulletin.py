"""The commands around the close of a cycle and the board of an earlier moment; no Prefect."""

from __future__ import annotations

from collections import Counter
from typing import Any

from apps.offline import database, now
from db import closing, cycles
from db.board import unit_statuses
from selfeval.board import STATE_LABELS


def close(year: int | None, person: str, reason: str) -> dict[str, Any]:
    """Close the cycle; who closed it when and why, and how many units were not done."""
    with database() as session:
        row = cycles.cycle_of(session, year)
        decision = closing.close(session, row, person=person, reason=reason, at=now())
        states = Counter(status.state for status in unit_statuses(session, row.id, decision.decided_at))
        undone = [f"{STATE_LABELS[s]}{states[s]}家" for s in ("missing", "received", "returned") if states[s]]
        return {
            "year": row.year,
            "name": row.name,
            "closed_at": f"{decision.decided_at:%Y-%m-%d %H:%M:%S}",
            "person": decision.person,
            "reason": decision.reason,
            "content_hash": decision.content_hash,
            "open": "、".join(undone),
        }


def reopen(year: int | None, person: str, reason: str) -> str:
    """Take the close back; the name of the cycle."""
    with database() as session:
        row = cycles.cycle_of(session, year)
        closing.reopen(session, row, person=person, reason=reason, at=now())
        return row.name
