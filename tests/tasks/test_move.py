"""A county moves from its file to PostgreSQL: every row, every number that comes next, the audit chain."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from apps.cli import main
from db.copying import contents
from db.session import engine_for, snapshot
from tasks.publish import decide_publication, write_publication
from tasks.redacted import confirm_redaction
from tasks.remind import queue_reminders
from tasks.totals import take_totals
from tests.tasks.conftest import instant


def _run(*arguments: str):
    return CliRunner().invoke(main, list(arguments))


def _contents(url: str):
    with snapshot(url) as connection:
        return contents(connection)


@pytest.fixture
def played(bureau, county):
    """A cycle of the example county with filings, judgements, reminders, mails, totals and a public site."""
    for code in ("101001", "101003", "203002"):
        bureau.file("first", code)
    bureau.round("2026-03-25T10:00")
    queue_reminders.fn(2025, instant("2026-04-07T09:00"))
    bureau.deliver("2026-04-07T09:01")
    take_totals.fn(2025, instant("2026-04-07T18:00"))
    confirm_redaction.fn(2025, None, "复核员", "", instant("2026-06-01T08:59"))
    decide_publication.fn(2025, True, "局长", "", instant("2026-06-01T09:00"))
    write_publication.fn(2025, instant("2026-06-01T09:10"))
    return bureau


def test_a_cycle_moves_from_a_file_to_postgresql_and_goes_on_there(played, postgresql_url, monkeypatch):
    source = played.url
    with engine_for(source).begin() as connection:
        connection.exec_driver_sql("UPDATE rollups SET changes = 'null'")
        connection.exec_driver_sql("UPDATE publications SET watch = NULL")
    before = _contents(source)
    assert {name for name, content in before.items() if content.rows} >= {
        "units", "contacts", "cycles", "obligations", "outbox", "arrivals", "submissions", "submission_files",
        "evaluations", "rollups", "decisions", "publications", "audit_log",
    }  # fmt: skip
    done = _run("db", "move", "--to", postgresql_url, "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.output)["tables"]
    assert told == {name: {"rows": c.rows, "digest": c.digest} for name, c in before.items()}
    assert _contents(source) == before == _contents(postgresql_url)
    with engine_for(postgresql_url).connect() as connection:
        # Neither becomes the other: a missing JSON stays missing, a null in JSON stays a null.
        assert connection.scalar(sa.text("SELECT count(*) FROM publications WHERE watch IS NULL")) == 1
        assert connection.scalar(sa.text("SELECT changes::text FROM rollups")) == "null"
    monkeypatch.setenv("SELFEVAL_DATABASE_URL", postgresql_url)
    assert "没有被改动" in _run("audit", "verify").output
    played.url = postgresql_url
    # New rows get numbers of their own behind the copied ones.
    played.file("late", "101004")
    assert played.round("2026-06-02T10:00")["accepted"] == 1
    assert "没有被改动" in _run("audit", "verify").output
