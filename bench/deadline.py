"""Deadline day: 5,000 units, 40% of them in the last two hours before the due instant, which last minutes here.

    python -m bench.deadline [--units N]

The units (bench/deadline_units.py) put their files into the inbox folder or send them to a real IMAP server, by
the clock; collection, judging and sending run all the while, each run a process of its own against a real Prefect
server, as a worker starts them, and the reminder wave goes out in the middle of the rush. What came of it is judged
from outside (bench/deadline_judge.py): goals are 0 of everything that can go wrong (`lost`, `twice`, …), and of
`failed_runs`. Measures beside them: seconds from a filing to its receipt in the unit's hands, filings answered per
second, processor milliseconds per filing of all runs together and the most memory that one held. Counted and not
judged: filings whose second is that of the due instant (`around_due`), reminders withdrawn because the unit filed
while the wave went out, and those that the due instant overtook (`reminders_too_late`). Each is that of the worse
database.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any

from apps.mailbox import free_port
from apps.prefect_server import PrefectServer
from bench import filings, measure
from bench.databases import Place, places
from bench.deadline_judge import COUNTS, Wave, judge, taken
from bench.deadline_units import Day, Units, plan
from bench.mail_host import collects_from, sends_to
from db import cycles, roster
from db.session import migrate, transaction
from selfeval.workdays import SHANGHAI
from tasks.intake import SETTLED
from tests.tasks.imap_server import DOVECOT, Account, ImapServer

YEAR = 2025  # of the example filings
WHOLE_DAY = Day(rush=240, wave=360, due=720, end=780)
SHORT_DAY = Day(rush=5, wave=10, due=80, end=85)
_PAUSE = 10.0  # between two runs of a stage
_MAIL_SERVER = """
import asyncio, sys, time
from pathlib import Path
from aiosmtpd.controller import Controller

class Keeper:
    async def handle_DATA(self, server, session, envelope):
        # The name is the instant; written before the answer.
        Path(sys.argv[2], f"{time.time_ns()}-{id(envelope)}.eml").write_bytes(envelope.original_content)
        return "250 2.0.0 OK"

Controller(Keeper(), hostname="127.0.0.1", port=int(sys.argv[1])).start()
print("ready", flush=True)
asyncio.new_event_loop().run_forever()
"""


@dataclass
class Runs:
    """Runs of stages, each a process of its own; what they took and what those said that failed."""

    environment: dict[str, str]
    processor: float = 0.0
    megabytes: float = 0.0
    complaints: list[str] = field(default_factory=list)

    def run(self, stage: str) -> None:
        """One run, to its end."""
        with tempfile.TemporaryFile() as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "apps.cli", "run", stage, "--year", str(YEAR)],
                env=self.environment, cwd=Path(__file__).parents[1], stdout=output, stderr=output,
            )  # fmt: skip
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode:
                output.seek(0)
                self.complaints.append(f"{stage}: {output.read().decode()[-2000:]}")
        self.processor += used.ru_utime + used.ru_stime
        self.megabytes = max(self.megabytes, used.ru_maxrss / 1024)


class Schedule:
    """A stage that runs again and again, until it is told that the next run is the last one."""

    def __init__(self, runs: Runs, stage: str):
        self._runs, self._stage, self._over = runs, stage, Event()
        self._thread = Thread(target=self._work, daemon=True)
        self._thread.start()

    def _work(self) -> None:
        while not self._over.wait(_PAUSE):
            self._runs.run(self._stage)

    def finish(self) -> None:
        """Let the run under way end, then run once more, so that nothing is left."""
        self._over.set()
        self._thread.join()
        self._runs.run(self._stage)


def open_cycle(url: str, due: datetime) -> None:
    """The roster, and a cycle whose filings are due at this instant; its notice went out on paper three days ago."""
    days = [due.date() + timedelta(days=n) for n in range(-5, 40)]
    at = due - timedelta(days=3)
    with transaction(url) as session:
        row = cycles.open_cycle(
            session, _definition(due.date(), days), {"deadline-day": _policy(due)}, at=at, actor="bench"
        )
        cycles.freeze_roster(session, row, at=at, actor="bench")
        cycles.issue_notice(session, row, at=at, actor="bench")


def _definition(due: date, days: list[date]) -> str:
    return f"""
year = {YEAR}
name = "{YEAR}年度预算绩效自评"
bureau = "某县财政局"
document_number = "某财绩〔{YEAR + 1}〕1号"
policy = "deadline-day"
[milestones]
notice = {due - timedelta(days=3)}
unit_due = {due}
department_due = {due + timedelta(days=10)}
correction_due = {due + timedelta(days=20)}
publication_due = {due + timedelta(days=30)}
[calendar]
extra_working_days = [{", ".join(map(str, days))}]
"""


def _policy(due: datetime) -> str:
    # The wave may go out on the day before, when the run passes midnight.
    return f"""
name = "deadline-day"
title = "截止日"
source = "bench"
version = "1"
extends = "national-2020"
[filing]
due_hour = {due:%H:%M:%S}
correction_days = 5
[reminders]
before = [1, 0]
after = [1]
then_every = 5
hour = 00:00:00
department_from = 1
bureau_from = 3
"""


def play(place: Place, units: int, day: Day) -> dict[str, Any]:
    """One deadline day on one database; its counts and measures."""
    migrate(place.url)
    with transaction(place.url) as session:
        roster.save_roster(session, filings.roster(units), at=datetime.now(SHANGHAI), actor="bench")
    received = place.folder / "received"
    received.mkdir()
    planned = plan(units, day)
    with _world(place, received) as (account, environment):
        runs = Runs(environment)
        begin = time.time() + 5 + units / 250  # the cycle is opened meanwhile
        due = datetime.fromtimestamp(int(begin + day.due), SHANGHAI)
        open_cycle(place.url, due)
        acting = Units(planned, place.folder / "inbox", account)
        acting.start(begin)
        schedules = [Schedule(runs, stage) for stage in ("collect", "evaluate", "deliver")]
        time.sleep(max(0.0, begin + day.wave - time.time()))
        begun = datetime.now(SHANGHAI)
        runs.run("remind")
        wave = Wave(begun, datetime.now(SHANGHAI), SETTLED)
        runs.run("remind")  # and who has been reminded is not reminded again
        acting.finish()
        time.sleep(SETTLED.total_seconds() + 1)
        for schedule in schedules:
            schedule.finish()
    result = judge(place.url, place.folder, taken(received), acting.sent, due, wave)
    for complaint in runs.complaints:
        print(complaint, file=sys.stderr)  # noqa: T201
    return {
        "units": units,
        "filings": len(planned),
        "failed_runs": len(runs.complaints),
        **result,
        "processor_milliseconds_per_filing": runs.processor / len(planned) * 1e3,
        "megabytes": runs.megabytes,
    }


@contextmanager
def _world(place: Place, received: Path) -> Iterator[tuple[Account, dict[str, str]]]:
    """A Prefect server, a mailbox and a mail server that writes what it takes into a folder; with their settings."""
    server, port = PrefectServer(place.folder / "prefect"), free_port()
    sink = subprocess.Popen(
        [sys.executable, "-c", _MAIL_SERVER, str(port), str(received)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert sink.stdout.readline().strip() == "ready"
        server.start()
        with ImapServer() as imap:
            account = imap.user("bench")
            yield (
                account,
                {
                    **os.environ,
                    **server.environment,
                    "SELFEVAL_HOME": str(place.folder),
                    "SELFEVAL_DATABASE_URL": place.url,
                    **sends_to(port),
                    **collects_from(imap, account),
                },
            )
    finally:
        server.stop()
        sink.kill()
        sink.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="22 units in two minutes")
    parser.add_argument("--units", type=int, default=5_000)
    asked = parser.parse_args()
    if DOVECOT is None:
        raise SystemExit("no dovecot: the Debian package dovecot-imapd is needed")
    units, day = (22, SHORT_DAY) if asked.quick else (asked.units, WHOLE_DAY)
    results = {place.kind: play(place, units, day) for place in places()}
    keys = list(next(iter(results.values())))
    measure.table([("", *results), *((key, *(result[key] for result in results.values())) for key in keys)])
    worst = {
        key: (min if key.endswith("per_second") else max)(result[key] for result in results.values())
        for key in keys
    }
    each = {f"{key}_{kind}": value for kind, result in results.items() for key, value in result.items()}
    measure.write("deadline", {key: round(value, 3) for key, value in (worst | each).items()})
    if worst["failed_runs"] or any(worst[key] for key in COUNTS):
        raise SystemExit("deadline day did not pass as it should: see the counts above")


if __name__ == "__main__":
    main()
