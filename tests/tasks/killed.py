"""A flow's body run in a process of its own, which dies at a given point.

The body is the real one with its real tasks, database and files; only Prefect's own bookkeeping is left out,
which outlives no kill anyway. A point is a commit of a change or a file that gets its name.
"""

from __future__ import annotations

import os
import signal
import sys
import zipfile
from collections import Counter
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import sqlalchemy as sa
from prefect import Task
from prefect.client.schemas.objects import State
from prefect.logging import disable_run_logger
from prefect.states import Completed
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import configure_mappers

from db.models import Base, Heartbeat, Instant
from db.session import engine_for

_BOARDS = ("tasks.boards", "tasks.redaction_board", "tasks.rejudge", "tasks.rehearse")
# What differs between two runs that did the same: numbers, instants, and what is reckoned from instants.
_OF_THE_RUN = {"id", "hash", "previous_hash", "text_body", "html_body", "attachments", "watch"}

# Once, in the process that all of these are forked from.
configure_mappers()


class Ended(NamedTuple):
    """A run that came to its end: the points that it passed, whether it failed, and what it says at its end."""

    points: int
    failed: bool
    said: str


class _Points:
    """Counts the points of the runs of this process, and dies at one of them."""

    def __init__(self) -> None:
        self.count = self.kill_at = 0
        event.listen(Engine, "before_cursor_execute", self._executing)
        event.listen(Engine, "commit", self._committing)
        event.listen(Engine, "rollback", self._rolling_back)
        sys.addaudithook(self._on_disk)

    def _pass_one(self) -> None:
        self.count += 1
        if self.count == self.kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def _executing(self, connection: Connection, _cursor, statement: str, *_more) -> None:
        if statement.lstrip().startswith(("INSERT", "UPDATE", "DELETE")):
            connection.info["changes"] = True

    def _committing(self, connection: Connection) -> None:
        if connection.info.pop("changes", False):
            self._pass_one()

    def _rolling_back(self, connection: Connection) -> None:
        if not connection.invalidated:  # as the one that held a lock is in the end: it has nothing to tell
            connection.info.pop("changes", None)

    def _on_disk(self, name: str, arguments: tuple) -> None:
        if name in ("os.rename", "os.symlink") and _is_seen(Path(os.fsdecode(arguments[1]))):
            self._pass_one()


def _is_seen(path: Path) -> bool:
    """Whether a file is one of the bureau's, and not of the archive: there a file has the name of its bytes."""
    home = Path(os.environ["SELFEVAL_HOME"])
    return path.is_relative_to(home) and not path.is_relative_to(home / "archive")


def _plainly(task: Task, *arguments: Any, return_state: bool = False, **named: Any) -> Any:
    result = task.fn(*arguments, **named)
    return Completed(data=result) if return_state else result


@cache
def _points() -> _Points:
    """Once in a process: an audit hook stays for good."""
    Task.__call__ = _plainly
    for module in _BOARDS:
        import_module(module).create_markdown_artifact = lambda **_board: None
    return _Points()


def run(flow: str, arguments: Mapping[str, Any], environment: Mapping[str, str]) -> Ended:
    """Run the flow (`module:name`) in this process, which may have run others: it knows the way by then."""
    os.environ.update(environment)
    points = _points()
    points.count = 0
    module, _, name = flow.partition(":")
    with disable_run_logger():
        ended = getattr(import_module(module), name).fn(**arguments)
    # A flow ends a refusal as its Failed state; any other error ends this process.
    state = ended if isinstance(ended, State) else Completed()
    return Ended(points.count, state.is_failed(), state.message or "")


def run_body(flow: str, arguments: Mapping[str, Any], environment: Mapping[str, str], kill_at: int) -> None:
    """Run the flow in this process and die at that point, unless it ends before; 0: it ends."""
    _points().kill_at = kill_at
    run(flow, arguments, environment)


def work(
    flow: str, arguments: Mapping[str, Any], environment: Mapping[str, str], kill_at: int
) -> Ended | int:
    """A run in this process; one that is to die is a fork of it, and its exit code the answer."""
    try:
        if not kill_at:
            return run(flow, arguments, environment)
        if not (killed := os.fork()):
            try:
                run_body(flow, arguments, environment, kill_at)
            finally:
                os._exit(0)
        return os.waitstatus_to_exitcode(os.waitpid(killed, 0)[1])
    finally:
        # Files and database are changed for others before the next run, and no fork may have this connection.
        engine_for(environment["SELFEVAL_DATABASE_URL"]).dispose()


def stands(url: str, home: Path) -> Counter[str]:
    """Everything that a run leaves behind, as lines: rows without what differs by chance, and files by name.

    What the archive holds beyond what rows name is no harm: an original has the name of its bytes.
    """
    lines: Counter[str] = Counter()
    with engine_for(url).connect() as connection:
        for table in Base.metadata.sorted_tables:
            if table is Heartbeat.__table__:
                continue
            kept = [
                column
                for column in table.columns
                if not isinstance(column.type, Instant)
                and column.name not in _OF_THE_RUN
                and not column.name.endswith("_id")
            ]
            for row in connection.execute(sa.select(*kept)):
                lines[f"{table.name} {row._asdict()}"] += 1
    engine_for(url).dispose()
    for folder in ("inbox", "papers", "site", "site.versions"):
        for path in sorted((home / folder).rglob("*")):
            # What a killed run left half-written is nobody's paper: tasks/papers.py clears it away in time.
            if not path.is_file() or path.suffix == ".part":
                continue
            if folder == "papers":
                with zipfile.ZipFile(path) as office:
                    assert office.testzip() is None, path
            lines[f"file {path.relative_to(home)}"] += 1
    return lines
