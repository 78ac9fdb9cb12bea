"""What every flow shares: a name that a person recognises, tags by stage and cycle, a heartbeat while it runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from inspect import signature
from typing import Any

import prefect
from prefect.client.schemas.objects import FlowRun
from prefect.runtime import flow_run
from prefect.states import Completed, Failed, State
from prefect.task_runners import TaskRunner

from selfeval.refusal import Refusal
from tasks.heartbeat import start_beating, stop_beating
from tasks.run_marks import latest_year, rename_run, tag_run

# Flow → the tag of its stage, that of its deployment: a run that a command started has no other.
STAGES: dict[str, str] = {}


def run_name(stage: str) -> Callable[[], str]:
    """Run names such as 「收集报送 2025」; `did` says at its end what the run did."""

    def name() -> str:
        year = _year(flow_run.parameters)
        return f"{stage} {year}" if year else stage

    return name


def did(*words: str) -> None:
    """Add to the name of the present run what it did, 「催报 2025」 → 「催报 2025 · 第3步 · 17家」; "" is left out."""
    said = [word for word in words if word]
    if said and flow_run.id:
        rename_run(flow_run.id, " · ".join([flow_run.name, *said]))


def answered(sentence: str, result: Any) -> State:
    """The end of a decision's run: what was recorded stands as its message where the person who decided looks."""
    return Completed(message=sentence, data=result)


def _year(parameters: Mapping[str, Any]) -> int | None:
    """The budget year that a run is about, None when it is about none alone."""
    form = parameters.get("form")
    if form is not None:
        return form.get("year") if isinstance(form, Mapping) else getattr(form, "year", None)
    return (parameters["year"] or latest_year()) if "year" in parameters else None


def _saying_why(function: Callable[..., Any]) -> Callable[..., Any]:
    """`function` as a flow's: a refusal is its Failed state with nothing but the sentence as its message.

    Raised, it would stand behind English words and, in the log, a traceback. Callers still get it raised.
    """

    @wraps(function)
    def call(*arguments: Any, **named: Any) -> Any:
        try:
            return function(*arguments, **named)
        except Refusal as refusal:
            return Failed(message=str(refusal), data=refusal)

    # Prefect makes the run form from it; as text the annotations would be looked up here, not where they stand.
    call.__signature__ = signature(function, eval_str=True)
    call.__annotations__ = {name: each.annotation for name, each in call.__signature__.parameters.items()}
    return call


def _ended(flow: prefect.Flow, run: FlowRun, state: State) -> None:
    stop_beating(str(run.id))


def flow(
    *, name: str, stage: str, flow_run_name: str | Callable[[], str], task_runner: TaskRunner | None = None
) -> Callable[[Callable[..., Any]], prefect.Flow]:
    """Prefect's `flow` for every flow here: with its tags, and a heartbeat so that a run whose process died gets settled."""
    STAGES[name] = stage

    def begun(flow: prefect.Flow, run: FlowRun, state: State) -> None:
        start_beating(str(run.id), flow.name)
        # What a schedule starts states no parameters: those of the function stand behind them.
        unsaid = {name: field.get("default") for name, field in flow.parameters.properties.items()}
        year = _year(unsaid | run.parameters)
        tag_run(run, {stage} | ({f"cycle:{year}"} if year else set()))

    made = prefect.flow(
        name=name,
        flow_run_name=flow_run_name,
        task_runner=task_runner,
        on_running=[begun],
        on_completion=[_ended],
        on_failure=[_ended],
        on_crashed=[_ended],
        on_cancellation=[_ended],
    )
    return lambda function: made(_saying_why(function))
