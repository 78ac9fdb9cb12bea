"""Fixtures for the whole suite: the shared filings, fresh databases of both kinds."""

from __future__ import annotations

import gc
import os
import shutil
import socket
import uuid
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
_SERVER = "postgresql+psycopg://postgres@127.0.0.1:5432"

# The files that take longest, longest first: two processes that begin with them end at the same time.
_LONG = (
    "deploy/test_several_workers.py",
    "deploy/test_cycle_through_failures.py",
    "apps/test_control_room.py",
    "apps/test_prefect_server.py",
    "apps/test_demo.py",
    "bench/test_deadline.py",
    "tasks/test_killed_flows.py",
    "tasks/test_intake_faults.py",
    "tasks/test_rehearse.py",
    "tasks/test_publication.py",
    "tasks/test_two_waves.py",
    "documents/test_tagged_layouts.py",
    "tasks/test_flows_at_once.py",
    "documents/test_personal_search.py",
    "examples/test_examples.py",
    "documents/test_formats.py",
    "documents/test_published_folder.py",
)

# Files whose tests share a server; one process runs them all, in the order above.
_TOGETHER = (
    ("deploy/test_several_workers.py", "deploy/test_cycle_through_failures.py"),
    ("apps/test_control_room.py", "apps/test_prefect_server.py"),
)

# A busy machine is no failure: how long an example takes is measured in bench/.
settings.register_profile("selfeval", deadline=None)
settings.load_profile("selfeval")
# A flow that is called without a server would start one of its own and hide the mistake.
os.environ["PREFECT_SERVER_ALLOW_EPHEMERAL_MODE"] = "false"
os.environ.setdefault("DO_NOT_TRACK", "1")
# Most of what lives here lives to the end: looking for garbage as often as Python does costs an eighth of the time.
gc.set_threshold(100_000, 20, 50)
# The settings of the person who runs the tests must not reach them.
for _name in [name for name in os.environ if name.startswith("SELFEVAL_")]:
    del os.environ[_name]


def pytest_collection_modifyitems(items):
    places = {ROOT / "tests" / name: place for place, name in enumerate(_LONG)}
    items.sort(key=lambda item: places.get(item.path, len(_LONG)))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """The files of `_TOGETHER` as one where whole files are given to the processes."""
    from xdist.scheduler import LoadFileScheduling

    leader = {f"tests/{name}": f"tests/{names[0]}" for names in _TOGETHER for name in names}

    class Together(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = super()._split_scope(nodeid)
            return leader.get(file, file)

    return Together(config, log) if config.getvalue("dist") == "loadfile" else None


@pytest.fixture(scope="session")
def shared_filings() -> Path:
    """The folder of real filings, beside the project."""
    folder = SHARED / "filings"
    if not folder.is_dir():
        pytest.skip("跳过：项目旁边没有 shared/filings")
    return folder


def _postgresql_answers() -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", 5432)) == 0


_SHAPE = """
SELECT (SELECT string_agg(version_num, ' ') FROM alembic_version) || string_agg(
    concat_ws(' ', relname, attname, format_type(atttypid, atttypmod), attnotnull), ';' ORDER BY relname, attnum)
FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
WHERE relnamespace = 'public'::regnamespace AND attnum > 0
"""
_EMPTY = """
DO $$ DECLARE name text; BEGIN
    SET LOCAL session_replication_role = replica;  -- without asking what refers to what
    FOR name IN SELECT format('%I', tablename) FROM pg_tables
        WHERE schemaname = 'public' AND tablename <> 'alembic_version'
    LOOP EXECUTE 'DELETE FROM ' || name; END LOOP;
    FOR name IN SELECT format('%I', sequencename) FROM pg_sequences
        WHERE schemaname = 'public' AND last_value IS NOT NULL
    LOOP EXECUTE 'ALTER SEQUENCE ' || name || ' RESTART'; END LOOP;
END $$
"""


@contextmanager
def _postgresql_server():
    import sqlalchemy as sa

    if not _postgresql_answers():
        pytest.skip("跳过：127.0.0.1:5432 上没有 PostgreSQL")
    server = sa.create_engine(f"{_SERVER}/postgres", isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        yield lambda statement: connection.execute(sa.text(statement))
    server.dispose()


@contextmanager
def new_postgresql(like: str = ""):
    """The address of a database of its own: empty, or as the one at the address `like`, which nobody uses."""
    from db.session import engine_for

    url = f"{_SERVER}/selfeval_{uuid.uuid4().hex[:12]}"
    with _postgresql_server() as execute:
        template = f' TEMPLATE "{_name(like)}"' if like else ""
        execute(f'CREATE DATABASE "{_name(url)}"{template}')
        try:
            yield url
        finally:
            engine_for(url).dispose()
            execute(f'DROP DATABASE "{_name(url)}" WITH (FORCE)')


def copy_database(source: str, target: str) -> None:
    """Make the database at `target` as the one at `source`; both of one kind, and nobody uses them now."""
    from db.session import engine_for

    for url in (source, target):
        engine_for(url).dispose()
    if source.startswith("sqlite"):
        for suffix in ("", "-wal", "-shm"):
            Path(target.removeprefix("sqlite:///") + suffix).unlink(missing_ok=True)
        shutil.copyfile(source.removeprefix("sqlite:///"), target.removeprefix("sqlite:///"))
        return
    with _postgresql_server() as execute:
        execute(f'DROP DATABASE IF EXISTS "{_name(target)}" WITH (FORCE)')
        execute(f'CREATE DATABASE "{_name(target)}" TEMPLATE "{_name(source)}"')


def _name(url: str) -> str:
    return url.rpartition("/")[2]


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory) -> str:
    """A migrated SQLite database to copy: the migrations themselves are tested in tests/db/test_migrations.py."""
    from db.session import engine_for, migrate

    url = f"sqlite:///{tmp_path_factory.mktemp('migrated') / 'selfeval.db'}"
    migrate(url)
    engine_for(url).dispose()
    return url


@pytest.fixture(scope="session")
def _migrated_postgresql():
    from db.session import engine_for, migrate

    with new_postgresql() as url:
        migrate(url)
        engine_for(url).dispose()
        yield url


@pytest.fixture(scope="session")
def _emptied_postgresql(_migrated_postgresql):
    """A database to use again and again, and what its tables are like when they are as they should be."""
    with new_postgresql(like=_migrated_postgresql) as url:
        yield url, _emptied(url)


@pytest.fixture
def postgresql_url(_migrated_postgresql, _emptied_postgresql):
    """A migrated PostgreSQL database, empty and of its own: that of the test before without its rows, which is there
    in a quarter of the time of a new one."""
    from db.session import engine_for

    url, shape = _emptied_postgresql
    yield url
    engine_for(url).dispose()
    if _emptied(url) != shape:
        copy_database(_migrated_postgresql, url)


def _emptied(url: str) -> str:
    """Take every row out of a database and let every number begin anew; its version, tables, columns and indexes."""
    import sqlalchemy as sa

    with _postgresql_server() as execute:
        execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{_name(url)}'")
    with sa.create_engine(url, poolclass=sa.NullPool).begin() as connection:
        shape = connection.scalar(sa.text(_SHAPE))
        connection.execute(sa.text(_EMPTY))
    return shape


@pytest.fixture
def sqlite_url(tmp_path, migrated_sqlite):
    """A migrated SQLite database, empty and of its own."""
    from db.session import engine_for

    url = f"sqlite:///{tmp_path / 'selfeval.db'}"
    copy_database(migrated_sqlite, url)
    yield url
    engine_for(url).dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request):
    """A migrated database of each kind, empty and of its own."""
    return request.getfixturevalue(f"{request.param}_url")
