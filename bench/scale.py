"""Growth: 100, 1,000 and 10,000 units judged, added up and shown on the board, as flows, on both databases.

The filings are Word and Excel mixed (bench/filings.py). Every contestant works
in a process of its own (bench/scale_work.py) on a copy of the same database:

- `over_plain` (goal 1.15): over the plain functions in a loop on as many processes, in processor time;
- `two_process_speedup` (goal 1.7): two processes over one;
- `speedup_over_script` (goal 10): a script as an administrator would write it (bench/plain_script.py), which
  recomputes every form, writes an opinion for each unit and adds up;
- `speedup_over_task_per_unit` (goal 3): one Prefect task for every unit.

All four over the same 1,000 units, with two processes on our side of the last two. But for the first they are in
the time that the wall would show on an idle machine, from processor seconds: a busy machine spoils the wall
itself, which stands beside them as `…_on_the_wall`. The Prefect server is not counted.

From size to size: `exponent` (goal 1.1), the slope of log(processor time) over log(units); `memory_growth`
(goal 1.5), the most that one process held at the largest size over that at the one before. At the largest size:
`idle_poll_processor_seconds` (goal 0.5) of a collection that finds nothing new among all that was filed, and
`board_seconds` (goal 2), the processor seconds of refreshing the board, with `board_over_query`. Each is that of
the worse database.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from uuid import uuid4

from apps.county import example_county
from apps.prefect_server import PrefectServer
from bench import filings, measure, scale_work
from bench.databases import Place, copied, places
from bench.rollup import slope
from db import cycles, roster, submissions
from db.session import migrate, transaction
from db.submissions import IncomingFile
from examples import make_examples
from selfeval.cycle_file import cycle_text
from tasks.archive import Archive
from tasks.collect import scan
from tasks.office import clock
from tasks.poll import Poll

SIZES = (100, 1_000, 10_000)
_RIVALS_UP_TO = 1_000
_PROCESSES = 2
_BATCH = 200


@dataclass(frozen=True, slots=True)
class County:
    """So many units in a database of their own, everything filed and nothing judged."""

    url: str
    size: int
    home: Path

    def run(self, kind: str, processes: int = _PROCESSES) -> dict[str, float]:
        """The figures of a contestant on a fresh copy."""
        name = f"{kind}_{uuid4().hex[:12]}"
        environment = {
            **os.environ,
            "SELFEVAL_HOME": str(self.home / name),
            "SELFEVAL_DATABASE_URL": copied(self.url, name),
            "SELFEVAL_ARCHIVE": str(self.home / "archive"),
            "SELFEVAL_INBOX": str(self.home / "inbox"),
            "SELFEVAL_PROCESSES": str(processes),
        }
        return said([sys.executable, "-m", "bench.scale_work", kind, str(processes)], environment)

    def script(self) -> dict[str, float]:
        """The administrator's script over the same inbox."""
        inbox, results = str(self.home / "inbox"), str(self.home / "script")
        return said([sys.executable, "-m", "bench.plain_script", inbox, results], dict(os.environ))


def said(command: list[str], environment: dict[str, str]) -> dict[str, float]:
    """The last line of what a contestant prints."""
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def county(place: Place, size: int) -> County:
    """Roster, cycle and filings; the versions are stored as the collection does it, in large transactions."""
    home = place.folder / str(size)
    archive, example, at = Archive(str(home / "archive")), example_county(make_examples.HERE), scale_work.NOW
    listed = filings.roster(size)
    for number, unit in enumerate(listed):
        folder = home / "inbox" / unit.code
        folder.mkdir(parents=True)
        for name, data in filings.filing(number):
            (folder / name).write_bytes(data)
            # A file changed a moment ago is taken for unfinished.
            os.utime(folder / name, (time.time() - 60,) * 2)
    url = (
        place.url.replace("selfeval.db", f"{size}.db")
        if place.kind == "sqlite"
        else copied(place.url, f"{size}")
    )
    migrate(url)
    with transaction(url) as session:
        roster.save_roster(session, listed, at=at, actor="bench")
        row = cycles.open_cycle(session, cycle_text(example.cycle), example.policies, at=at, actor="bench")
        cycles.freeze_roster(session, row, at=at, actor="bench")
    came = scan(home / "inbox", Poll(row, {}, until=clock(None), now=at))
    units = [(code, list(found)) for code, found in groupby(came, lambda each: each.folder)]
    for start in range(0, size, _BATCH):
        with transaction(url) as session:
            for code, found in units[start : start + _BATCH]:
                kept = [(each, *archive.put_file(each.path)) for each in found]
                files = [
                    IncomingFile("folder", each.source, each.path.name, sha256, length, at)
                    for each, sha256, length in kept
                ]
                submissions.receive(session, row, code, files, late_days=0, late_correction_days=0, at=at)
    return County(url, size, home)


def compete(counties: list[County]) -> dict[str, float]:
    """The measures of one database, printed with what they come from."""
    largest = counties[-1]
    grown = [(each, each.run("flows")) for each in counties]
    shared = max((each for each in counties if each.size <= _RIVALS_UP_TO), key=lambda each: each.size)
    plain, one = shared.run("plain"), shared.run("flows", 1)
    each, script = shared.run("task_per_unit", 1), shared.script()
    rows = [(f"flows, {_PROCESSES} processes", county.size, run) for county, run in grown]
    rivals = {f"plain, {_PROCESSES} processes": plain, "flows, 1 process": one, "one task per unit": each,
              "script": script}  # fmt: skip
    rows += [(name, shared.size, run) for name, run in rivals.items()]
    columns = ("wall", "processor", "idle_wall")
    measure.table(
        [
            ("ms per unit", "units", *columns),
            *((name, size, *(run[key] / size * 1e3 for key in columns)) for name, size, run in rows),
        ]
    )
    beside, last = dict((county.size, run) for county, run in grown)[shared.size], grown[-1][1]
    speedups = {"two_process_speedup": one, "speedup_over_script": script, "speedup_over_task_per_unit": each}
    poll, board = largest.run("poll"), largest.run("board")
    found: dict[str, float] = {"units": largest.size, "over_plain": beside["processor"] / plain["processor"]}
    for name, rival in speedups.items():
        for key, suffix in (("idle_wall", ""), ("wall", "_on_the_wall")):
            found[name + suffix] = rival[key] / beside[key]
    found |= {
        "processor_milliseconds_per_unit": last["processor"] / largest.size * 1e3,
        "megabytes": last["megabytes"],
        "idle_poll_processor_seconds": poll["processor"],
        "board_seconds": board["processor"],
        "board_over_query": board["processor"] / board["query"],
    }
    if len(grown) > 1:
        found["exponent"] = slope([(county.size, run["processor"]) for county, run in grown])
        found["memory_growth"] = last["megabytes"] / grown[-2][1]["megabytes"]
    return found


def keep(results: dict[str, dict[str, float]]) -> None:
    """Write the measures of each database, and of all the worse."""
    worst = {
        key: (min if "speedup" in key else max)(result[key] for result in results.values())
        for key in next(iter(results.values()))
    }
    each = {f"{key}_{kind}": value for kind, result in results.items() for key, value in result.items()}
    measure.write("scale", {key: round(value, 3) for key, value in (worst | each).items()})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="under a minute: 100 units, SQLite")
    parser.add_argument("--most", type=int, default=SIZES[-1], help="no size beyond this one")
    asked = parser.parse_args()
    sizes = [size for size in SIZES if size <= (SIZES[0] if asked.quick else asked.most)]
    results: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        server = PrefectServer(Path(folder) / "prefect")
        server.start()
        os.environ |= server.environment
        try:
            for place in places():
                if asked.quick and results:
                    continue
                counties = [county(place, size) for size in sizes]
                print(place.kind)  # noqa: T201
                results[place.kind] = compete(counties)
                # Hours may lie between the two: what is measured is kept.
                keep(results)
        finally:
            server.stop()


if __name__ == "__main__":
    main()
