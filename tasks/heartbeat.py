"""Every flow run says that it is alive, every half minute, in our own database.

Prefect's own heartbeats are events, and events get lost under load. A process that is killed together with
its worker leaves a run that Prefect shows as running for ever: only the silence here tells it from one at work.
"""

from __future__ import annotations

import os
import socket
import threading
from datetime import datetime, timedelta
from uuid import UUID

from prefect import get_client, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.states import Cancelled, Crashed, State
from sqlalchemy.exc import SQLAlchemyError

from db import heartbeats
from db.models import Heartbeat
from tasks.office import clock, database, log
from tasks.settings import WORK_POOL

EVERY = timedelta(seconds=30)
# Ten beats: on SQLite one of them may wait a minute behind a long transaction of a run that is well.
SILENCE = timedelta(minutes=5)

_beating: dict[str, threading.Event] = {}


def start_beating(flow_run_id: str, flow: str) -> None:
    """Beat in the background until `stop_beating`, or until this process ends."""
    if flow_run_id in _beating:
        return
    stop = _beating[flow_run_id] = threading.Event()
    _beat(flow_run_id, flow)

    def go_on() -> None:
        while not stop.wait(EVERY.total_seconds()):
            _beat(flow_run_id, flow)

    threading.Thread(target=go_on, name=f"heartbeat-{flow_run_id}", daemon=True).start()


def stop_beating(flow_run_id: str) -> None:
    """The run has ended, here or, known from outside, in another process."""
    if stop := _beating.pop(flow_run_id, None):
        stop.set()
    try:
        with database() as session:
            heartbeats.end(session, flow_run_id)
    except SQLAlchemyError as error:
        log.warning("心跳没有记下，不影响本次运行：%s", type(error).__name__)


def _beat(flow_run_id: str, flow: str) -> None:
    try:
        with database() as session:
            heartbeats.beat(
                session,
                flow_run_id,
                flow,
                host=socket.gethostname(),
                worker_pid=os.getppid(),
                pid=os.getpid(),
                at=clock(None),
            )
    except SQLAlchemyError as error:
        # A sign of life is no reason to die; a database that is really gone stops the run by itself.
        log.warning("心跳没有记下，不影响本次运行：%s", type(error).__name__)


@task(name="了结中断的运行", cache_policy=NO_CACHE)
def settle_vanished(now: datetime | None) -> int:
    """End the runs that Prefect takes for running and that have been silent for SILENCE; their number.

    Only our own runs: those with a sign of life, and those of our work pool that died before their first one.
    """
    at = clock(now)
    with database() as session:
        signs = heartbeats.signs(session)
    with get_client(sync_client=True) as client:
        open_runs = client.read_flow_runs(flow_run_filter=_in_states(*_OPEN), limit=200)
        vanished = [run for run in open_runs if _vanished(run, signs.get(str(run.id)), at)]
        for run in vanished:
            client.set_flow_run_state(run.id, _verdict(run, signs.get(str(run.id))), force=True)
            log.warning("运行“%s”中断，已了结", run.name)
    # A sign that is left over from a run which is over: its process could not take it along.
    running = {str(run.id) for run in open_runs} - {str(run.id) for run in vanished}
    with database() as session:
        for flow_run_id, sign in signs.items():
            if flow_run_id not in running and at - sign.seen_at >= SILENCE:
                heartbeats.end(session, flow_run_id)
    return len(vanished)


def settle_stopped(*worker_pids: int) -> None:
    """End the runs that workers of this machine had to cut off when they were stopped."""
    with database() as session:
        cut_off = heartbeats.of_workers(session, socket.gethostname(), worker_pids)
    with get_client(sync_client=True) as client:
        for sign in cut_off:
            run = client.read_flow_run(UUID(sign.flow_run_id))
            if run.state.type in _OPEN:
                client.set_flow_run_state(run.id, Crashed(message=f"服务停止时中断。{_AGAIN}"), force=True)
            with database() as session:
                heartbeats.end(session, sign.flow_run_id)


_AGAIN = "没有做完的，定时的环节到下次运行时接着做；手工发起的请再运行一次，不会重复。"
_OPEN = (StateType.RUNNING, StateType.PENDING, StateType.CANCELLING)


def _in_states(*types: StateType) -> FlowRunFilter:
    return FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=list(types))))


def _vanished(run: FlowRun, sign: Heartbeat | None, at: datetime) -> bool:
    if sign:
        return at - sign.seen_at >= SILENCE
    return run.work_pool_name == WORK_POOL and at - run.state.timestamp >= SILENCE


def _verdict(run: FlowRun, sign: Heartbeat | None) -> State:
    if run.state.is_cancelling():
        return Cancelled(message="进程已不在，取消完成。")
    last = f"最后一次心跳 {sign.seen_at:%Y-%m-%d %H:%M:%S}，机器 {sign.host}" if sign else "没有心跳"
    return Crashed(message=f"进程中断（{last}）。{_AGAIN}")
