"""The days of a cycle as runs that wait in Prefect: there as soon as the moment is known, moved when it moves.

They only wake a flow, which looks at everything again; without them the regular tick does the same, later.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from prefect import get_client, task
from prefect.cache_policies import NO_CACHE
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
    FlowRunFilterTags,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.deployments import run_deployment
from prefect.exceptions import ObjectNotFound
from prefect.settings import PREFECT_API_URL
from prefect.states import Cancelled, Scheduled
from sqlalchemy.orm import Session

from db import cycles
from db.closing import closing
from db.models import CycleRow
from selfeval.cycle import LOCK_LABEL, MILESTONE_LABELS
from selfeval.workdays import due_instant
from tasks.office import clock, database, log
from tasks.prepare_publication import outlook

_PUBLISH = "公开结果/公开结果"
_KEEP_DATES = "按期办理/按期办理"
# The publication has its own moment, reckoned from the law and not from the cycle alone.
LABELS = {key: label for key, label in MILESTONE_LABELS.items() if key != "publication_due"} | {
    "lock": LOCK_LABEL
}


@task(name="安排公开时间", cache_policy=NO_CACHE)
def schedule_publication(year: int | None, now: datetime | None) -> str:
    """Have one run of the publication wait for its moment; the moment as ISO text, "" when there is none to come."""
    with database() as session:
        row = cycles.cycle_of(session, year)
        moment = outlook(session, row).moment if row.notice_issued_at else None
    if moment is None or moment <= clock(now) or not PREFECT_API_URL.value():
        return ""
    with get_client(sync_client=True) as client:
        arranged = _arrange(
            client, _PUBLISH, {"form": {"year": row.year}}, moment, year=row.year, name="公开结果", tag=f"publication-{row.year}",
            key=f"publish-{row.year}-{moment.date()}",
        )  # fmt: skip
    return moment.isoformat() if arranged else ""


@task(name="安排周期的各个日期", cache_policy=NO_CACHE)
def schedule_milestones(year: int | None, now: datetime | None) -> dict[str, str]:
    """Have a run wait for every day of the cycle that is to come; milestone → moment as ISO text.

    A run whose day was taken back, or whose cycle is closed, is cancelled.
    """
    with database() as session:
        row = cycles.cycle_of(session, year)
        coming = {key: at for key, at in moments(session, row).items() if at > clock(now)}
    arranged: dict[str, str] = {}
    if not PREFECT_API_URL.value():
        return arranged
    with get_client(sync_client=True) as client:
        for key in LABELS:
            tag = f"{key.replace('_', '-')}-{row.year}"
            if moment := coming.get(key):
                parameters = {"year": row.year, "milestone": key}
                name, once = LABELS[key], f"{tag}-{moment.isoformat()}"
                if _arrange(
                    client, _KEEP_DATES, parameters, moment, year=row.year, name=name, tag=tag, key=once
                ):
                    arranged[key] = moment.isoformat()
                continue
            for run in _waiting(client, tag):
                # What is past is left to run: it is late, not moot.
                if run.next_scheduled_start_time and run.next_scheduled_start_time > clock(now):
                    client.set_flow_run_state(run.id, Cancelled(message="周期里已没有这个日期"), force=True)
    return arranged


def moments(session: Session, row: CycleRow) -> dict[str, datetime]:
    """When each day of the cycle comes, but for the publication; none of a closed cycle.

    The notice goes out at the hour of the reminders, the others end at the hour until which filings count.
    """
    if closing(session, row.id):
        return {}
    cycle = cycles.value_of(row)
    policy = cycles.policy_of(row, cycle.policy)
    days = {key: day for key in LABELS if (day := getattr(cycle.milestones, key))}
    found = {key: due_instant(day, policy.filing.due_hour) for key, day in days.items()}
    if row.notice_issued_at:
        del found["notice"]
    else:
        found["notice"] = due_instant(days["notice"], policy.reminders.hour)
    return found


def _arrange(
    client: SyncPrefectClient,
    deployment: str,
    parameters: dict[str, Any],
    moment: datetime,
    *,
    year: int,
    name: str,
    tag: str,
    key: str,
) -> bool:
    """Have one run with this tag wait for the moment; False when Prefect does not know the deployment."""
    named = f"{name} {year}（{moment:%Y-%m-%d %H:%M}）"
    runs = _waiting(client, tag)
    for run in runs:
        if run.next_scheduled_start_time != moment:
            client.set_flow_run_state(run.id, Scheduled(scheduled_time=moment), force=True)
            client.update_flow_run(run.id, name=named)
            log.info("“%s”改为%s", name, moment)
        if run.parameters != parameters:
            # Arranged by an earlier version of the program, whose flow asked in another way.
            client.update_flow_run(run.id, parameters=parameters)
    if runs:
        return True
    try:
        run_deployment(
            deployment,
            parameters=parameters,
            scheduled_time=moment,
            timeout=0,
            flow_run_name=named,
            tags=[tag],
            idempotency_key=key,
            as_subflow=False,
        )
    except ObjectNotFound:
        log.warning("Prefect 里没有“%s”这个部署，到期由定时的环节办理", deployment)
        return False
    return True


def _waiting(client: SyncPrefectClient, tag: str) -> list[FlowRun]:
    scheduled = FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.SCHEDULED]))
    return client.read_flow_runs(
        flow_run_filter=FlowRunFilter(tags=FlowRunFilterTags(all_=[tag]), state=scheduled)
    )
