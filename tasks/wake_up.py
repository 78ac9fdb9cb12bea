"""The publication's run in Prefect: scheduled as soon as its moment is known, moved when that moves.

It only wakes the flow, which looks at everything again; without it the regular tick does the same, later.
"""

from __future__ import annotations

from datetime import datetime

from prefect import get_client, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
    FlowRunFilterTags,
)
from prefect.client.schemas.objects import StateType
from prefect.deployments import run_deployment
from prefect.exceptions import ObjectNotFound
from prefect.settings import PREFECT_API_URL
from prefect.states import Scheduled

from db import cycles
from tasks.office import clock, database, log
from tasks.prepare_publication import outlook

_DEPLOYMENT = "公开结果/公开结果"


@task(name="安排公开时间", cache_policy=NO_CACHE)
def schedule_publication(year: int | None, now: datetime | None) -> str:
    """Have one run of the publication wait for its moment; the moment as ISO text, "" when there is none to come."""
    with database() as session:
        row = cycles.cycle_of(session, year)
        moment = outlook(session, row).moment if row.notice_issued_at else None
    if moment is None or moment <= clock(now) or not PREFECT_API_URL.value():
        return ""
    tag, name = f"publication-{row.year}", f"公开结果 {row.year}（{moment:%Y-%m-%d %H:%M}）"
    waiting = FlowRunFilter(
        tags=FlowRunFilterTags(all_=[tag]),
        state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.SCHEDULED])),
    )
    with get_client(sync_client=True) as client:
        runs = client.read_flow_runs(flow_run_filter=waiting)
        for run in runs:
            if run.next_scheduled_start_time != moment:
                client.set_flow_run_state(run.id, Scheduled(scheduled_time=moment), force=True)
                client.update_flow_run(run.id, name=name)
                log.info("公开时间改为%s", moment)
    if not runs:
        try:
            run_deployment(
                _DEPLOYMENT,
                parameters={"year": row.year},
                scheduled_time=moment,
                timeout=0,
                flow_run_name=name,
                tags=[tag],
                idempotency_key=f"publish-{row.year}-{moment.date()}",
                as_subflow=False,
            )
        except ObjectNotFound:
            log.warning("Prefect 里没有“%s”这个部署，到期由“公开准备”办理", _DEPLOYMENT)
            return ""
    return moment.isoformat()
