"""Store a cycle."""

from __future__ import annotations

from datetime import datetime

from prefect import task
from prefect.cache_policies import NO_CACHE

from db import cycles
from selfeval.cycle_file import parse_cycle
from selfeval.policy import load_policy
from tasks.office import database, log


@task(name="登记周期", cache_policy=NO_CACHE)
def store_cycle(definition: str, policies: dict[str, str], at: datetime, actor: str) -> int:
    """Store a cycle given as TOML text; opening it again changes nothing. Its budget year."""
    cycle = parse_cycle(definition)
    named = {cycle.policy, *(a.policy for a in cycle.assignments.values() if a.policy)}
    for name in sorted(named - policies.keys()):
        load_policy(name)
    with database() as session:
        row = cycles.open_cycle(session, definition, policies, at=at, actor=actor)
        log.info("周期已开启：%s（%s）", row.name, row.document_number)
        if cycle.provisional_note:
            log.warning(cycle.provisional_note)
        return row.year
