"""The two kinds of database that benchmarks run on, each of its own and gone afterwards; one result of both."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import NullPool, create_engine, text

from apps.mailbox import free_port
from bench import measure
from db.session import engine_for


@dataclass(frozen=True, slots=True)
class Place:
    """An empty database with a folder of its own; `restart` (PostgreSQL only) restarts its server."""

    kind: str
    url: str
    folder: Path
    restart: Callable[[], None] | None = None


def places() -> Iterator[Place]:
    """SQLite, then PostgreSQL where its programs are here; each is gone when the next one is asked for."""
    with tempfile.TemporaryDirectory() as folder:
        yield Place("sqlite", f"sqlite:///{folder}/selfeval.db", Path(folder))
    with postgresql() as own, tempfile.TemporaryDirectory() as folder:
        if own is not None:
            url, restart = own
            yield Place("postgresql", url, Path(folder), restart)


@contextmanager
def postgresql() -> Iterator[tuple[str, object]] | Iterator[None]:
    """A PostgreSQL of its own and a function that restarts it; None when its programs are not here."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not programs or os.geteuid() != 0 or shutil.which("runuser") is None:
        yield None
        return
    folder, port = Path(tempfile.mkdtemp(prefix="selfeval-pg-")), free_port()
    shutil.chown(folder, "postgres")

    def run(program: str, *arguments: str) -> None:
        command = ["runuser", "-u", "postgres", "--", str(programs[-1] / program), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=folder)

    data = str(folder / "data")
    run("initdb", "-D", data, "-A", "trust", "-U", "postgres")
    control = (
        "-D",
        data,
        "-w",
        "-l",
        str(folder / "log"),
        "-o",
        f"-p {port} -k {folder} -c listen_addresses=127.0.0.1",
    )
    run("pg_ctl", *control, "start")
    try:
        yield (
            f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres",
            lambda: run("pg_ctl", *control, "-m", "fast", "restart"),
        )
    finally:
        run("pg_ctl", "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(folder)


def copied(url: str, name: str) -> str:
    """The address of a copy of a database beside it; nobody may be using the original."""
    engine_for(url).dispose()
    address, _, original = url.rpartition("/")
    if url.startswith("sqlite"):
        source = Path(url.removeprefix("sqlite:///"))
        shutil.copyfile(source, source.with_name(f"{name}.db"))
        return f"{address}/{name}.db"
    server = create_engine(f"{address}/template1", isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with server.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{original}"'))
    return f"{address}/{name}"


def on_each(name: str, keys: Sequence[str], play: Callable[[Place], dict[str, int]]) -> dict[str, int]:
    """Play on each kind of database, print and write the counts of each; their sums."""
    results = {place.kind: play(place) for place in places()}
    measure.table([("database", *keys), *((kind, *(r[k] for k in keys)) for kind, r in results.items())])
    total = {key: sum(result[key] for result in results.values()) for key in keys}
    each = {f"{key}_{kind}": result[key] for kind, result in results.items() for key in keys}
    measure.write(name, {**total, **each})
    return total
