"""Deadline day: 5,000 units, 40% of them in the last two hours before the due instant, which last minutes here.

    python -m bench.deadline [--units N] [--minutes N] [--only KIND]

The units (bench/deadline_units.py) put their files into the inbox folder or send them to a real IMAP server, by
the clock; collection, judging and sending run all the while, each run a process of its own against a real Prefect
server, as a worker starts them, and the reminder wave goes out as the rush begins, to arrive while it lasts: a
reminder that the due instant overtakes is a fault (`reminders_too_late`), and so is a wave of which nothing arrived
while units were filing. What came of it is judged from outside (bench/deadline_judge.py): goals are 0 of everything
that can go wrong (`lost`, `twice`, …), and of `failed_runs`. Measures beside them: seconds from a filing to its
receipt in the unit's hands, filings answered per second, processor milliseconds per filing of all runs together and
the most memory that one held. Counted and not judged: filings whose second is that of the due instant
(`around_due`) and reminders withdrawn because the unit filed while the wave went out (`reminders_withdrawn`; one
without a filing is a fault). Each is that of the worse database.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
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
from bench.deadline_judge import COUNTS, Taken, Wave, judge, taken
from bench.deadline_units import Day, File, Planned, Sent, Units, filed, plan
from bench.mail_host import collects_from, sends_to
from db import cycles, roster
from db.session import migrate, transaction
from selfeval.roster import RosterUnit
from selfeval.workdays import SHANGHAI
from tasks.intake import SETTLED
from tests.tasks.imap_server import DOVECOT, Account, ImapServer

YEAR = 2025  # of the example filings
SHORT_DAY = Day(rush=15, wave=15, due=100, end=105)
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

    def __init__(self, runs: Runs, stage: str, pause: float):
        self._runs, self._stage, self._pause, self._over = runs, stage, pause, Event()
        self._thread = Thread(target=self._work, daemon=True)
        self._thread.start()

    def _work(self) -> None:
        while not self._over.wait(self._pause):
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


def whole_day(minutes: float) -> Day:
    """A third of the time before the rush, and a minute in twelve after the due instant."""
    part = minutes * 5
    return Day(rush=4 * part, wave=4 * part, due=12 * part, end=13 * part)


@dataclass(frozen=True, slots=True)
class Played:
    """A day that is over, with everything that it is judged by."""

    place: Place
    mails: list[Taken]
    sent: list[Sent]
    due: datetime
    wave: Wave
    runs: Runs

    def judged(self) -> dict[str, Any]:
        return judge(self.place.url, self.place.folder, self.mails, self.sent, self.due, self.wave)


def play(
    place: Place,
    server: PrefectServer,
    units: Sequence[RosterUnit],
    planned: list[Planned],
    day: Day,
    files: Callable[[Planned], list[File]] = filed,
) -> Played:
    """One deadline day on one database; `files` are those of a filing, whose unit stands at its number in `units`."""
    migrate(place.url)
    with transaction(place.url) as session:
        roster.save_roster(session, units, at=datetime.now(SHANGHAI), actor="bench")
    received = place.folder / "received"
    received.mkdir()
    with _world(place, received, server) as (account, environment):
        runs = Runs(environment)
        begin = time.time() + 5 + len(units) / 250  # the cycle is opened meanwhile
        due = datetime.fromtimestamp(int(begin + day.due), SHANGHAI)
        open_cycle(place.url, due)
        acting = Units(planned, units, files, place.folder / "inbox", account)
        acting.start(begin)
        schedules = [Schedule(runs, stage, day.pause) for stage in ("collect", "evaluate", "deliver")]
        time.sleep(max(0.0, begin + day.wave - time.time()))
        begun = datetime.now(SHANGHAI)
        runs.run("remind")
        wave = Wave(begun, datetime.now(SHANGHAI), SETTLED)
        runs.run("remind")  # and who has been reminded is not reminded again
        acting.finish()
        time.sleep(SETTLED.total_seconds() + 1)
        for schedule in schedules:
            schedule.finish()
    return Played(place, taken(received), acting.sent, due, wave, runs)


def measured(units: int, played: Played) -> dict[str, Any]:
    """Counts and measures of a day."""
    runs, count = played.runs, len(played.sent)
    for complaint in runs.complaints:
        print(complaint, file=sys.stderr)  # noqa: T201
    return {
        "units": units,
        "filings": count,
        "failed_runs": len(runs.complaints),
        **played.judged(),
        "processor_milliseconds_per_filing": runs.processor / count * 1e3,
        "megabytes": runs.megabytes,
    }


@contextmanager
def _world(place: Place, received: Path, server: PrefectServer) -> Iterator[tuple[Account, dict[str, str]]]:
    """A mailbox and a mail server that writes what it takes into a folder; with their settings and the server's."""
    port = free_port()
    sink = subprocess.Popen(
        [sys.executable, "-c", _MAIL_SERVER, str(port), str(received)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert sink.stdout.readline().strip() == "ready"
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
        sink.kill()
        sink.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="22 units in two minutes")
    parser.add_argument("--units", type=int, default=5_000)
    parser.add_argument(
        "--minutes", type=float, default=12, help="how long the day lasts until the due instant"
    )
    parser.add_argument("--only", choices=("sqlite", "postgresql"), help="on one kind of database alone")
    asked = parser.parse_args()
    if DOVECOT is None:
        raise SystemExit("no dovecot: the Debian package dovecot-imapd is needed")
    units, day = (22, SHORT_DAY) if asked.quick else (asked.units, whole_day(asked.minutes))
    results = {}
    for place in places():
        if asked.only in (None, place.kind):
            server = PrefectServer(place.folder / "prefect")
            server.start()
            try:
                results[place.kind] = measured(
                    units, play(place, server, filings.roster(units), plan(units, day), day)
                )
            finally:
                server.stop()
    keys = list(next(iter(results.values())))
    measure.table([("", *results), *((key, *(result[key] for result in results.values())) for key in keys)])
    worst = {
        key: (min if key.endswith("per_second") else max)(result[key] for result in results.values())
        for key in keys
    }
    each = {f"{key}_{kind}": value for kind, result in results.items() for key, value in result.items()}
    measure.write("deadline", {key: round(value, 3) for key, value in (worst | each).items()})
    arrived = all(result["reminders_amid_filing"] for result in results.values())
    if worst["failed_runs"] or any(worst[key] for key in COUNTS) or not arrived:
        raise SystemExit("deadline day did not pass as it should: see the counts above")


if __name__ == "__main__":
    main()
