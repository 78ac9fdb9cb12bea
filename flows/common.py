"""What every flow shares: a recognisable run name, and a heartbeat while it runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import prefect
from prefect.client.schemas.objects import FlowRun
from prefect.runtime import flow_run
from prefect.states import Completed, State
from prefect.task_runners import TaskRunner

from tasks.heartbeat import start_beating, stop_beating


def run_name(stage: str) -> Callable[[], str]:
    """Run names such as 「收集报送 2025」; without a year the latest cycle is meant."""

    def name() -> str:
        year = flow_run.parameters.get("year")
        return f"{stage} {year}" if year else f"{stage} 当前周期"

    return name


def answered(sentence: str, result: Any) -> State:
    """The end of a decision's run: what was recorded stands as its message where the person who decided looks."""
    return Completed(message=sentence, data=result)


def _begun(flow: prefect.Flow, run: FlowRun, state: State) -> None:
    start_beating(str(run.id), flow.name)


def _ended(flow: prefect.Flow, run: FlowRun, state: State) -> None:
    stop_beating(str(run.id))


def flow(
    *, name: str, flow_run_name: str | Callable[[], str], task_runner: TaskRunner | None = None
) -> Callable[[Callable[..., Any]], prefect.Flow]:
    """Prefect's `flow` for every flow here: with its heartbeat, so that a run whose process died gets settled."""
    return prefect.flow(
        name=name,
        flow_run_name=flow_run_name,
        task_runner=task_runner,
        on_running=[_begun],
        on_completion=[_ended],
        on_failure=[_ended],
        on_crashed=[_ended],
        on_cancellation=[_ended],
    )
