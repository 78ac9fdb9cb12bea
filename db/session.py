"""Engines, sessions and migrations. One county is a SQLite file; a province is PostgreSQL; same code."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, create_engine, event, func, select
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from selfeval.refusal import Refusal

# Alembic is loaded where it is used: of the runs of every minute none looks at versions.
if TYPE_CHECKING:
    from alembic.config import Config

BUSY_TIMEOUT_SECONDS = 60
_MIGRATION_KEY = 0x5E1FE7A2
_LOCK_NOT_AVAILABLE = "55P03"
_READS = "selfeval_reads"  # the option of a connection that takes no lock


class JsonText(str):
    """JSON that is written already, for a column of JSON."""


def _json(value: object) -> str:
    return value if isinstance(value, JsonText) else json.dumps(value)


@lru_cache(maxsize=8)
def engine_for(url: str) -> Engine:
    """The engine of a database address (`sqlite:///…`, `postgresql+psycopg://…`), one per process."""
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True, json_serializer=_json)
    engine = create_engine(url, json_serializer=_json, connect_args={"timeout": BUSY_TIMEOUT_SECONDS})

    @event.listens_for(engine, "connect")
    def _on_connect(connection: sqlite3.Connection, _record: object) -> None:
        # The driver's own transaction handling begins late; ours begins where the session does.
        connection.isolation_level = None
        # FULL: what the outside has been told (a mail sent, a receipt) is not forgotten in a power failure.
        for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        # A read that turns into a write would fail as "locked" at once; taking the lock first waits.
        reads = connection.get_execution_options().get(_READS)
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")

    return engine


@contextmanager
def transaction(url: str) -> Iterator[Session]:
    """One unit of work: committed at the end, rolled back when it fails."""
    with Session(engine_for(url), expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def connection(url: str) -> Iterator[Connection]:
    """A connection without the mapper for many short units of work; the caller begins each.

    On SQLite these do not wait for the disk: they outlive a killed process, not a power failure. What was
    committed on it is safe for good with the next ordinary transaction.
    """
    with engine_for(url).connect() as open_connection:
        if open_connection.dialect.name != "sqlite":
            yield open_connection
            return
        driver = open_connection.connection.driver_connection
        driver.execute("PRAGMA synchronous=NORMAL")
        try:
            yield open_connection
        finally:
            open_connection.rollback()
            driver.execute("PRAGMA synchronous=FULL")


@contextmanager
def snapshot(url: str) -> Iterator[Connection]:
    """A connection that only reads and sees one instant of the database; those who write are not held up."""
    with engine_for(url).connect() as reading:
        if reading.dialect.name == "sqlite":
            reading.execution_options(**{_READS: True})
        else:
            reading.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        with reading.begin():
            yield reading


@contextmanager
def alone(url: str, name: str, patience: timedelta = timedelta(0)) -> Iterator[bool]:
    """Whether this process is the only one inside this context of this name; the others go on with False,
    at once or when their patience is over.

    The operating system or the server lets go of the place of a process that dies.
    """
    if url.startswith("sqlite"):
        place = sqlite3.connect(
            f"{engine_for(url).url.database}.{name}.lock",
            timeout=patience.total_seconds(),
            isolation_level=None,
        )
        with closing(place):
            try:
                place.execute("BEGIN EXCLUSIVE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                    raise
                yield False
            else:
                yield True
        return
    key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
    with engine_for(url).connect().execution_options(isolation_level="AUTOCOMMIT") as place:
        mine = _locked(place, key, patience)
        try:
            yield mine
        finally:
            if mine:
                # The server notices a closed connection in its own time; who comes next is not to wait for that.
                with suppress(DBAPIError):
                    place.execute(select(func.pg_advisory_unlock(key)))
            # Not back into the pool: with the connection the place is given up, whatever happened to it.
            place.invalidate()


def _locked(place: Connection, key: int, patience: timedelta) -> bool:
    if place.scalar(select(func.pg_try_advisory_lock(key))):
        return True
    if not patience:
        return False
    milliseconds = str(patience // timedelta(milliseconds=1))
    place.execute(select(func.set_config("lock_timeout", milliseconds, False)))
    try:
        place.execute(select(func.pg_advisory_lock(key)))
    except OperationalError as error:
        if error.orig.sqlstate != _LOCK_NOT_AVAILABLE:
            raise
        return False
    return True


def migrate(url: str, revision: str = "head") -> None:
    """Bring the database to `revision`, creating it when it is new; an earlier one drops what came later.

    Raises Refusal for a database of another program or of a newer version of this one. Several processes
    may call it at once: the first does the work.
    """
    from alembic import command

    if url.startswith("sqlite:///"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    config = _config()
    with engine_for(url).connect() as connection:
        driver = connection.connection.driver_connection
        if connection.dialect.name == "sqlite":
            # A table is altered by copying it; dropping the old one must not take its references along.
            driver.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                if connection.dialect.name == "postgresql":
                    connection.execute(select(func.pg_advisory_xact_lock(_MIGRATION_KEY)))
                _require_known(connection)
                config.attributes["connection"] = connection
                if revision == "head":
                    command.upgrade(config, revision)
                else:
                    command.downgrade(config, revision)
                if connection.dialect.name == "sqlite":
                    _require_whole_references(connection)
        finally:
            if connection.dialect.name == "sqlite":
                driver.execute("PRAGMA foreign_keys=ON")


def revisions() -> list[str]:
    """Every revision that this version of the program knows, oldest first."""
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory.from_config(_config())
    return [script.revision for script in scripts.walk_revisions()][::-1]


def stored_revision(url: str) -> str | None:
    """The revision that a database is at; None: it is empty or does not exist yet. Changes nothing."""
    if url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///")).exists():
        return None
    with snapshot(url) as connection:
        return _revision(connection)


def _revision(connection: Connection) -> str | None:
    from alembic.runtime.migration import MigrationContext

    return MigrationContext.configure(connection).get_current_revision()


def require_latest(connection: Connection) -> None:
    """Raise Refusal unless the database is at the newest revision of this version of the program."""
    _require_known(connection)
    found, newest = _revision(connection), revisions()[-1]
    if found != newest:
        raise Refusal(
            f"数据库的版本是 {found or '空'}，程序的是 {newest}，两者不同。请先运行 selfeval db upgrade"
        )


def _config() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "db:migrations")
    return config


def _require_known(connection: Connection) -> None:
    found = _revision(connection)
    if found is not None and found not in revisions():
        raise Refusal(
            f"数据库的版本是“{found}”，现在的程序只到 {revisions()[-1]}："
            "数据库由更新的程序升级过，或者是别的程序的。请换用原来的程序，或检查 SELFEVAL_DATABASE_URL"
        )


def _require_whole_references(connection: Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise RuntimeError(f"foreign keys broken by the migration: {broken[:3]}")
