"""Fixtures for the whole suite: the shared filings, fresh databases of both kinds."""

from __future__ import annotations

import os
import socket
import uuid
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"

# A busy machine is no failure: how long an example takes is measured in bench/.
settings.register_profile("selfeval", deadline=None)
settings.load_profile("selfeval")
# A flow that is called without a server would start one of its own and hide the mistake.
os.environ["PREFECT_SERVER_ALLOW_EPHEMERAL_MODE"] = "false"
os.environ.setdefault("DO_NOT_TRACK", "1")
# The settings of the person who runs the tests must not reach them.
for _name in [name for name in os.environ if name.startswith("SELFEVAL_")]:
    del os.environ[_name]


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


@contextmanager
def new_postgresql():
    """The address of an empty database of its own."""
    import sqlalchemy as sa

    from db.session import engine_for

    if not _postgresql_answers():
        pytest.skip("跳过：127.0.0.1:5432 上没有 PostgreSQL")
    name = f"selfeval_{uuid.uuid4().hex[:12]}"
    server = sa.create_engine(
        "postgresql+psycopg://postgres@127.0.0.1:5432/postgres", isolation_level="AUTOCOMMIT"
    )
    with server.connect() as connection:
        connection.execute(sa.text(f'CREATE DATABASE "{name}"'))
    url = f"postgresql+psycopg://postgres@127.0.0.1:5432/{name}"
    try:
        yield url
    finally:
        engine_for(url).dispose()
        with server.connect() as connection:
            connection.execute(sa.text(f'DROP DATABASE "{name}" WITH (FORCE)'))
        server.dispose()


@pytest.fixture
def postgresql_url():
    """A migrated PostgreSQL database, empty and of its own."""
    from db.session import migrate

    with new_postgresql() as url:
        migrate(url)
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request, tmp_path):
    """A migrated database of each kind, empty and of its own."""
    from db.session import engine_for, migrate

    if request.param == "postgresql":
        yield request.getfixturevalue("postgresql_url")
        return
    url = f"sqlite:///{tmp_path / 'selfeval.db'}"
    migrate(url)
    yield url
    engine_for(url).dispose()
