"""Signs of life of flow runs: written while a run goes on, gone when it ends, old when its process died."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from db.models import Heartbeat


def beat(
    session: Session, flow_run_id: str, flow: str, *, host: str, worker_pid: int, pid: int, at: datetime
) -> None:
    """The run is alive at `at`."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    place = {"host": host, "worker_pid": worker_pid, "pid": pid}
    statement = insert(Heartbeat).values(
        flow_run_id=flow_run_id, flow=flow[:100], started_at=at, seen_at=at, **place
    )
    # A run that is tried again has the same number and a process of its own. While the clock is set back
    # the last sign stands.
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[Heartbeat.flow_run_id],
            set_={"seen_at": at, **place},
            where=Heartbeat.seen_at <= at,
        )
    )


def end(session: Session, flow_run_id: str) -> None:
    """The run has ended, or is known to be dead."""
    session.execute(delete(Heartbeat).where(Heartbeat.flow_run_id == flow_run_id))


def signs(session: Session) -> dict[str, Heartbeat]:
    """Flow run → its sign of life."""
    return {row.flow_run_id: row for row in session.scalars(select(Heartbeat))}


def of_workers(session: Session, host: str, worker_pids: Collection[int]) -> list[Heartbeat]:
    """The runs that these processes on a machine have started and that have not ended."""
    query = select(Heartbeat).where(Heartbeat.host == host, Heartbeat.worker_pid.in_(worker_pids))
    return list(session.scalars(query))
