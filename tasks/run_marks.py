"""What a run in Prefect is found by: its name and its tags. A server that does not answer costs no run its work."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from httpx import HTTPError
from prefect import get_client
from prefect.client.schemas.objects import FlowRun
from prefect.exceptions import PrefectHTTPStatusError
from sqlalchemy.exc import SQLAlchemyError

from db import cycles
from db.cycles import CycleConflict
from tasks.office import database, log


def tag_run(run: FlowRun, tags: Iterable[str]) -> None:
    """Add tags to a run; those that it has stay."""
    wanted = set(tags)
    if wanted - set(run.tags):
        _update(run.id, tags=sorted({*run.tags, *wanted}))


def rename_run(run_id: UUID | str, name: str) -> None:
    """Give a run another name."""
    _update(UUID(str(run_id)), name=name)


def latest_year() -> int | None:
    """The budget year of the latest cycle; None without one, and without a database, which the run itself reports."""
    try:
        with database() as session:
            return cycles.cycle_of(session).year
    except (CycleConflict, SQLAlchemyError):
        return None


def a_cycle_stands() -> bool:
    """Whether any cycle was opened, be it closed by now."""
    with database() as session:
        return cycles.latest(session) is not None


def _update(run_id: UUID, **changes: Any) -> None:
    try:
        with get_client(sync_client=True) as client:
            client.update_flow_run(run_id, **changes)
    except (HTTPError, PrefectHTTPStatusError) as error:
        log.warning("运行的名称、标签没有改成，不影响本次运行：%s", type(error).__name__)
