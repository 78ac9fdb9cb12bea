"""Judge what came in."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from prefect.states import State
from prefect.task_runners import ThreadPoolTaskRunner

from flows.common import ended, flow, run_name
from tasks.boards import refresh_board
from tasks.evaluate import judge_batch, pending_submissions
from tasks.judging_processes import processes
from tasks.office import batches
from tasks.settings import MOST_PROCESSES, load_settings

_JUDGED = {"accepted": "通过", "returned": "退回"}


@flow(
    name="审核评分",
    stage="审核",
    flow_run_name=run_name("审核评分"),
    on_schedule=True,
    task_runner=ThreadPoolTaskRunner(max_workers=MOST_PROCESSES),
)
def evaluate_submissions(year: int | None = None, now: datetime | None = None) -> State:
    """逐份读取、审核、复算得分，通过或退回，并备好逐条列明问题的邮件。

    Args:
        year: 预算年度；留空为最近的周期
        now: 留空即按当前时间；只在演练时填写
    """
    counts: Counter[str] = Counter()
    # Every batch has its turn before a fault ends the run: one bad file must not hold up the others.
    todo = batches(pending_submissions(year))
    # A process takes as long to start as it needs for a batch: it has to have two of them to be worth it.
    with processes(min(load_settings().processes, len(todo) // 2)) as started:
        if started:
            futures = [judge_batch.submit(ids, now, started) for ids in todo]
            states = [future.wait() or future.state for future in futures]
        else:
            states = [judge_batch(ids, now, return_state=True) for ids in todo]
    for state in states:
        if state.is_completed():
            counts.update(state.result())
    if todo:
        refresh_board(year, now)
    done = ended(
        dict(counts),
        *(f"{word}{counts[state]}家" for state, word in _JUDGED.items() if counts[state]),
        otherwise="没有待审核的报送",
    )
    for state in states:
        state.result()
    return done
