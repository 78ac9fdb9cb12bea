"""The Prefect server: reachable, of our version, with every deployment and schedule, a worker, and no failures."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from apps.deployments import wanted_deployments
from apps.prefect_server import use_running_server
from selfeval import diagnosis
from selfeval.diagnosis import Check, Schedule, error, note, ok
from selfeval.refusal import in_words
from selfeval.troubles import known_as
from tasks.settings import WORK_POOL, Settings

_HOURS = 24
_LATE = timedelta(minutes=10)


def prefect(settings: Settings) -> Iterator[Check]:
    """Everything about Prefect; only the first check when no server answers."""
    use_running_server(settings.home)
    address = os.environ.get("PREFECT_API_URL", "")
    if not address:
        yield error("Prefect", "没有正在运行的 Prefect 服务器，定时的环节都不会运行", "运行 selfeval serve")
        return
    # Prefect reads its settings when it is imported: not before this line.
    import prefect
    from httpx import HTTPError
    from prefect.client.orchestration import get_client
    from prefect.exceptions import PrefectHTTPStatusError

    try:
        with get_client(sync_client=True) as client:
            theirs = client.api_version()
            yield _version(address, theirs, prefect.__version__)
            yield from _deployments(client)
            yield _worker(client)
            yield from _runs(client)
    except (HTTPError, PrefectHTTPStatusError, RuntimeError) as fault:
        yield error(
            "Prefect",
            f"连不上 Prefect 服务器 {address}：{in_words(fault)}",
            "核对 PREFECT_API_URL 和 PREFECT_API_AUTH_STRING；自己的服务器，重新启动 selfeval serve，原因见 SELFEVAL_HOME 下的 logs/selfeval.log",
        )


def _version(address: str, theirs: str, ours: str) -> Check:
    if theirs != ours:
        return error(
            "Prefect",
            f"服务器 {address} 的版本是 {theirs}，这里是 {ours}",
            "服务器和每台机器都按 requirements.lock 安装同一版本",
        )
    return ok("Prefect", f"服务器 {address} 可用，版本 {theirs}")


def _deployments(client: Any) -> list[Check]:
    wanted = {entry.name: entry.schedules for entry in wanted_deployments()}
    found = [entry for entry in client.read_deployments() if entry.work_pool_name == WORK_POOL]
    return diagnosis.deployments(
        wanted,
        {
            entry.name: [
                Schedule(
                    schedule.slug or "",
                    getattr(schedule.schedule, "cron", ""),
                    getattr(schedule.schedule, "timezone", None) or "UTC",
                    schedule.active,
                )
                for schedule in entry.schedules
            ]
            for entry in found
        },
        [entry.name for entry in found if entry.paused],
    )


def _worker(client: Any) -> Check:
    from prefect.client.schemas.filters import WorkerFilter, WorkerFilterStatus

    online = client.read_workers_for_work_pool(
        WORK_POOL, worker_filter=WorkerFilter(status=WorkerFilterStatus(any_=["ONLINE"]))
    )
    if online:
        return ok("工作进程", f"{len(online)} 个工作进程在线")
    return error("工作进程", "没有在线的工作进程，到时间的环节没有人去运行", "运行 selfeval serve")


def _runs(client: Any) -> Iterator[Check]:
    from prefect.client.schemas.filters import FlowRunFilter

    from tasks.troubles import stages_of

    now = datetime.now(UTC)
    since = {"after_": now - timedelta(hours=_HOURS)}
    failed = client.read_flow_runs(
        flow_run_filter=FlowRunFilter(
            state={"type": {"any_": ["FAILED", "CRASHED"]}}, expected_start_time=since
        )
    )
    stages = stages_of(client, failed)
    names = Counter(known_as(run.name, stages.get(run.deployment_id)) for run in failed)
    yield diagnosis.failed_runs(names, _HOURS)
    late = client.read_flow_runs(
        flow_run_filter=FlowRunFilter(
            state={"type": {"any_": ["SCHEDULED"]}},
            expected_start_time={"before_": now - _LATE},
        )
    )
    if late:
        yield note(
            "运行",
            f"{len(late)} 个运行过了时间超过十分钟还没有开始",
            "看工作进程是否在线、工作池是否被暂停（Prefect 界面 Work Pools → selfeval）",
        )
