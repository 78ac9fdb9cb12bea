"""Have the versions that wait judged, batch by batch."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime
from functools import partial

from prefect import task
from prefect.cache_policies import NO_CACHE

from db import cycles, judging
from selfeval.cycle import SubmissionState
from tasks.events import TOLD_OF, tell_of_units
from tasks.judging import judge_one
from tasks.judging_processes import ProcessDied, Processes
from tasks.office import clock, database, log


@task(name="待审清单", cache_policy=NO_CACHE)
def pending_submissions(year: int | None) -> list[int]:
    """Ids of the versions that wait to be judged."""
    with database() as session:
        return judging.pending(session, cycles.cycle_of(session, year).id)


@task(name="审核一批", cache_policy=NO_CACHE)
def judge_batch(ids: list[int], now: datetime | None, processes: Processes | None = None) -> dict[str, int]:
    """Judge these versions one by one, in one of the processes if there are any; counts by resulting state.

    A version that cannot be judged for a fault of ours does not keep the others from being judged;
    the faults are raised together at the end.
    """
    counts = {SubmissionState.ACCEPTED.value: 0, SubmissionState.RETURNED.value: 0}
    faults: list[Exception] = []
    with processes.one() if processes else nullcontext() as process, _one_record() as lines:
        for submission_id in ids:
            try:
                work = partial(process.do, judge_one) if process else judge_one
                judged = work(submission_id, clock(now))
            except ProcessDied:
                raise
            except Exception as error:  # noqa: BLE001 - raised below, after the rest of the batch
                error.add_note(f"审核第 {submission_id} 号报送时出错")
                faults.append(error)
                continue
            if judged:
                counts[judged.state.value] += 1
                # In this process, also when another one has judged: each teller keeps a connection.
                details = {"version": judged.version, "by": "machine"}
                tell_of_units(TOLD_OF[judged.state], judged.year, [(judged.unit_code, details)])
                lines.append(f"{judged.unit_code} 第{judged.version}次报送：{judged.state.label}")
    if faults:
        raise ExceptionGroup(f"本批有 {len(faults)} 份报送未能审核", faults)
    return counts


@contextmanager
def _one_record() -> Iterator[list[str]]:
    """What is put into the list goes into the log at the end, however that comes.

    A record of its own for every unit, which goes to the server, would take more than a millisecond of the one
    process that all the others wait for.
    """
    lines: list[str] = []
    try:
        yield lines
    finally:
        if lines:
            log.info("审核了%d份报送：\n%s", len(lines), "\n".join(lines))
