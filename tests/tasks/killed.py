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
from importlib import import_module
from pathlib import Path
from typing import Any

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


class _Points:
    """Counts the points of a run and dies at one of them."""

    def __init__(self, kill_at: int):
        self.count, self._kill_at = 0, kill_at
        event.listen(Engine, "before_cursor_execute", self._executing)
        event.listen(Engine, "commit", self._committing)
        event.listen(Engine, "rollback", self._rolling_back)
        sys.addaudithook(self._on_disk)
        for module in _BOARDS:
            import_module(module).create_markdown_artifact = lambda **_board: None

    def _pass_one(self) -> None:
        self.count += 1
        if self.count == self._kill_at:
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


def run_body(
    flow: str,
    arguments: Mapping[str, Any],
    environment: dict[str, str],
    kill_at: int,
    answer: Any,
) -> None:
    """Run the flow (`module:name`) in this process; answers with (points passed, whether it failed, its sentence)."""
    os.environ.update(environment)
    Task.__call__ = _plainly
    points = _Points(kill_at)
    module, _, name = flow.partition(":")
    with disable_run_logger():
        ended = getattr(import_module(module), name).fn(**arguments)
    # A flow ends a refusal as its Failed state; any other error ends this process.
    state = ended if isinstance(ended, State) else Completed()
    answer.send((points.count, state.is_failed(), state.message or ""))


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
