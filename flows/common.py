"""What every flow shares: a name that a person recognises, tags by stage and cycle, a heartbeat while it runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import wraps
from inspect import Parameter, isclass, signature
from typing import Annotated, Any

import prefect
from prefect.client.schemas.objects import FlowRun
from prefect.context import SyncClientContext
from prefect.runtime import flow_run
from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings
from prefect.states import Completed, Failed, State
from prefect.task_runners import TaskRunner
from pydantic import BaseModel, Field

from selfeval.refusal import Refusal
from tasks.heartbeat import start_beating, stop_beating
from tasks.run_marks import a_cycle_stands, latest_year, rename_run, tag_run

# Flow → the tag of its stage, that of its deployment: a run that a command started has no other.
STAGES: dict[str, str] = {}
# Prefect labels a parameter of a run form with its name in the program.
_LABELS = {"form": "填写", "year": "预算年度", "milestone": "唤起的日期", "now": "演练的时刻"}
# What the page of a run form says in English.
_REQUIRED = "没有标 (Optional) 的必填，漏填的下面出现红字 required property。"
_DATES = "显示 None 的日期，要填先点它左边的 date。"
_LISTS = "点 Add item 填一项。"
_MOST_NAMES = 20
_NO_CYCLE = "还没有开放的周期，没有要办的。开启以后自动办理。"


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
    """The end of a run: what was done stands as its message where the person who decided, or commanded, looks."""
    return Completed(message=sentence, data=result)


def ended(result: Any, *words: str, otherwise: str) -> State:
    """The end of a stage's run: `words` say in its name and its message what it did, "" left out.

    `otherwise` is the message of one that found nothing to do.
    """
    did(*words)
    return answered("，".join(filter(None, words)) or otherwise, result)


@contextmanager
def frugally() -> Iterator[None]:
    """One connection to the server for all flows that are run inside, and none of Prefect's heartbeats.

    Each flow would load the certificates of the world and ask the server for its version anew. Of Prefect's
    heartbeats nobody takes notice, runs have their own (tasks.heartbeat); the thread that sends them keeps
    every flow waiting up to a second at its end.
    """
    with temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}), SyncClientContext.get_or_create():
        yield


def listed(names: Sequence[str]) -> str:
    """Names in a sentence, the first twenty of them."""
    more = f"等{len(names)}家" if len(names) > _MOST_NAMES else ""
    return "、".join(names[:_MOST_NAMES]) + more


def _year(parameters: Mapping[str, Any]) -> int | None:
    """The budget year that a run is about, None when it is about none alone."""
    form = parameters.get("form")
    if form is not None:
        return form.get("year") if isinstance(form, Mapping) else getattr(form, "year", None)
    return (parameters["year"] or latest_year()) if "year" in parameters else None


def _saying_why(function: Callable[..., Any], on_schedule: bool) -> Callable[..., Any]:
    """`function` as a flow's: a refusal is its Failed state with nothing but the sentence as its message.

    Raised, it would stand behind English words and, in the log, a traceback. Callers still get it raised.
    What a schedule starts before any cycle is opened has nothing to do, and that is no failure.
    """
    parameters = signature(function, eval_str=True)
    for_the_latest = on_schedule and "year" in parameters.parameters

    @wraps(function)
    def call(*arguments: Any, **named: Any) -> Any:
        if (
            for_the_latest
            and parameters.bind(*arguments, **named).arguments.get("year") is None
            and not a_cycle_stands()
        ):
            return answered(_NO_CYCLE, None)
        try:
            return function(*arguments, **named)
        except Refusal as refusal:
            return Failed(message=str(refusal), data=refusal)

    # Prefect makes the run form from it; as text the annotations would be looked up here, not where they stand.
    labelled = [
        each.replace(annotation=Annotated[each.annotation, Field(json_schema_extra=_words_of(each))])
        for each in parameters.parameters.values()
    ]
    call.__signature__ = parameters.replace(parameters=labelled)
    call.__annotations__ = {each.name: each.annotation for each in labelled}
    return call


def _words_of(parameter: Parameter) -> dict[str, str]:
    """What the run form says of a parameter instead of its name; of a form also how it is to be filled in.

    The words of the form's own model would not be seen: those on the parameter stand in their place.
    """
    said = {"title": _LABELS[parameter.name]}
    if isclass(parameter.annotation) and issubclass(parameter.annotation, BaseModel):
        schema = parameter.annotation.model_json_schema()
        fields = str(schema["properties"])
        hints = (_REQUIRED, _DATES if "'null'" in fields else "", _LISTS if "'array'" in fields else "")
        said["description"] = schema["description"] + "".join(hints)
    return said


def _ended(flow: prefect.Flow, run: FlowRun, state: State) -> None:
    stop_beating(str(run.id))


def flow(
    *,
    name: str,
    stage: str,
    flow_run_name: str | Callable[[], str],
    on_schedule: bool = False,
    task_runner: TaskRunner | None = None,
) -> Callable[[Callable[..., Any]], prefect.Flow]:
    """Prefect's `flow` for every flow here: with its tags, and a heartbeat so that a run whose process died gets settled.

    `on_schedule`: its deployment runs it again and again, for the latest cycle.
    """
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
    return lambda function: made(_saying_why(function, on_schedule))
