"""A person's decision on what a unit owes in a cycle."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE

from db import cycles
from selfeval.cycle import Duty
from tasks.office import clock, database


@task(name="改变报送义务", cache_policy=NO_CACHE)
def set_duty(
    year: int | None,
    unit_code: str,
    duty: Duty,
    reason: str,
    person: str,
    into: str | None,
    now: datetime | None,
) -> dict[str, Any]:
    """Record what the unit owes from now on; `into` is the unit that files for a merged one.

    Raises Refusal when the unit is not on the roster, or a reason, a person or the other unit is missing.
    """
    with database() as session:
        row = cycles.cycle_of(session, year)
        changed = cycles.change_duty(
            session, row, unit_code, duty, reason=reason, person=person, into=into, at=clock(now)
        )
        return {
            "code": unit_code, "name": changed.unit_name, "duty": duty.value,
            "into": into, "reason": reason, "person": person,
        }  # fmt: skip


def duty_words(done: dict[str, Any]) -> str:
    """What was recorded, as a sentence without a full stop."""
    filer = f"，由 {done['into']} 报送" if done["into"] else ""
    return f"{done['name']} 本周期{Duty(done['duty']).label}：{done['reason']}（{done['person']}）{filer}"
