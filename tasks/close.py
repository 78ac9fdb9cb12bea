"""A person's decision to end the intake of a cycle, and to take that back."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE

from db import closing, cycles
from db.board import unit_statuses
from selfeval.board import STATE_LABELS
from tasks.office import clock, database


@task(name="关闭周期", cache_policy=NO_CACHE)
def close_cycle(year: int | None, person: str, reason: str, now: datetime | None) -> dict[str, Any]:
    """Close the cycle; who closed it when and why, and how many units were not done ("open", "" for none)."""
    with database() as session:
        row = cycles.cycle_of(session, year)
        decision = closing.close(session, row, person=person, reason=reason, at=clock(now))
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


@task(name="重新开启周期", cache_policy=NO_CACHE)
def reopen_cycle(year: int | None, person: str, reason: str, now: datetime | None) -> str:
    """Take the close back; the name of the cycle."""
    with database() as session:
        row = cycles.cycle_of(session, year)
        closing.reopen(session, row, person=person, reason=reason, at=clock(now))
        return row.name


def closed_words(closed: dict[str, Any]) -> list[str]:
    """What was recorded, as sentences without full stops."""
    lines = [f"{closed['name']} 已于 {closed['closed_at']} 关闭（{closed['person']}：{closed['reason']}）"]
    return lines + ([f"关闭时仍有：{closed['open']}"] if closed["open"] else [])
