"""One contestant of bench/scale.py, in a process of its own: judge what waits, add it up, show the board.

    python -m bench.scale_work flows|plain|task_per_unit|poll|board PROCESSES

Prints one line of JSON: seconds on the wall; processor seconds of this process and its children; `idle_wall`,
what the wall would show on an idle machine with a processor for each child (its own processor seconds and an
even share of theirs); and the most memory that one of them held. Imports are not counted, those of the
processes that it starts are.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from datetime import datetime

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.logging import disable_run_logger
from prefect.task_runners import ThreadPoolTaskRunner
from sqlalchemy import select

from db.models import Obligation, Submission
from flows.collect import collect_submissions
from flows.evaluate import evaluate_submissions
from flows.roll_up import roll_up_units
from selfeval.workdays import SHANGHAI
from tasks.boards import boards_of, refresh_board
from tasks.evaluate import pending_submissions
from tasks.judging import judge_one
from tasks.judging_processes import processes
from tasks.office import database
from tasks.roll_up import roll_up

_THREADS = 10
NOW = datetime(2026, 4, 11, 9, tzinfo=SHANGHAI)


def flows(_: int) -> None:
    """As a bureau runs it; how many processes judge is a setting."""
    evaluate_submissions(2025, NOW)
    roll_up_units(2025, NOW)


def plain(count: int) -> None:
    """The same functions without Prefect, in a loop on so many processes."""
    with disable_run_logger():
        ids = pending_submissions.fn(2025)
        with processes(count) as started, ThreadPoolExecutor(count) as threads:

            def loop(own: list[int]) -> None:
                with started.one() if started else nullcontext() as process:
                    for number in own:
                        process.do(judge_one, number, NOW) if process else judge_one(number, NOW)

            list(threads.map(loop, [ids[start::count] for start in range(count)]))
        boards_of(2025, NOW, {})
        roll_up.fn(2025, NOW)
        boards_of(2025, NOW, {})


@task(name="审核一家", cache_policy=NO_CACHE)
def judge_unit(number: int) -> str | None:
    return judge_one(number, NOW)


# Without a limit every unit gets a thread at once, and most of them wait for a connection until they give up.
@flow(name="每家一个任务", task_runner=ThreadPoolTaskRunner(max_workers=_THREADS))
def each_unit_a_task() -> None:
    for future in judge_unit.map(pending_submissions(2025)):
        future.result()


def task_per_unit(_: int) -> None:
    each_unit_a_task()
    roll_up_units(2025, NOW)


def poll(_: int) -> None:
    """A collection that finds nothing new."""
    collect_submissions(2025, NOW)


def board(_: int) -> None:
    refresh_board(2025, NOW)


KINDS: dict[str, Callable[[int], None]] = {
    work.__name__: work for work in (flows, plain, task_per_unit, poll, board)
}
_WARMED = (poll, board)


def query() -> float:
    """Processor seconds of the least that a board must ask: every unit with its newest version."""
    newest = select(
        Obligation.unit_code, Obligation.unit_name, Submission.version, Submission.state
    ).outerjoin(
        Submission,
        (Submission.cycle_id == Obligation.cycle_id)
        & (Submission.unit_code == Obligation.unit_code)
        & Submission.effective,
    )
    with database() as session:
        begun = time.process_time()
        session.execute(newest).all()
        return time.process_time() - begun


def _processor() -> tuple[float, float]:
    """Processor seconds so far: of this process, of the children that have ended."""
    own, others = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime, others.ru_utime + others.ru_stime


def main() -> None:
    work, count = KINDS[sys.argv[1]], int(sys.argv[2])
    if work in _WARMED:
        work(count)
    begun, used = time.perf_counter(), _processor()
    work(count)
    wall = time.perf_counter() - begun
    own, others = (now - before for now, before in zip(_processor(), used, strict=True))
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    figures = {
        "wall": wall,
        "processor": own + others,
        "idle_wall": own + others / count,
        "megabytes": peak / 1024,
    }
    if work is board:
        figures["query"] = min(query() for _ in range(3))
    print(json.dumps(figures))  # noqa: T201


if __name__ == "__main__":
    main()
