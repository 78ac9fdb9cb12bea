"""Migrations keep what is stored, up and down, and end where the models are."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from db import outbox, rollups, submissions
from db.models import Base, Obligation, OutboxRow, RollUp, Submission
from db.session import engine_for, migrate, transaction
from selfeval.rollup.record import content_from
from tests.db.county import at, file, open_county


def _fill(url: str) -> None:
    with transaction(url) as session:
        row = open_county(session)
        submissions.receive(
            session, row, "101", [file("表.xlsx", "a")],
            late_days=0, late_correction_days=0, at=at("2026-04-01T10:00"),
        )  # fmt: skip
        outbox.queue(
            session, cycle_id=row.id, unit_code="101", kind="receipt", step="v1", recipients=["a@units.example"],
            subject="回执", text="…", html="…", at=at("2026-04-01T10:00"),
        )  # fmt: skip


def test_a_step_back_and_forth_keeps_rows_references_and_checks(database_url):
    _fill(database_url)
    migrate(database_url, "0001")
    with engine_for(database_url).connect() as connection:
        assert "extensions" not in sa.inspect(connection).get_table_names()
        assert connection.scalar(sa.text("SELECT count(*) FROM submissions")) == 1
    migrate(database_url)
    with transaction(database_url) as session:
        assert session.query(Submission).count() == session.query(OutboxRow).count() == 1
        session.get_one(Obligation, (1, "101002")).duty = "required"
    for statement in (
        "UPDATE obligations SET duty = 'nil' WHERE unit_code = '102'",  # without reason and person
        "UPDATE obligations SET duty = 'whatever' WHERE unit_code = '102'",
        "UPDATE outbox SET state = 'sent'",  # without its instant
        "DELETE FROM obligations WHERE unit_code = '101'",  # a submission refers to it
    ):
        with engine_for(database_url).connect() as connection, connection.begin() as begun:
            try:
                connection.execute(sa.text(statement))
            except sa.exc.IntegrityError:
                begun.rollback()
                continue
            raise AssertionError(f"not refused: {statement}")


def test_the_last_migration_ends_where_the_models_are(database_url):
    with engine_for(database_url).connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_the_content_of_a_roll_up_goes_into_pieces_and_back_and_is_the_same(database_url):
    units = [{"code": f"{number:03d}", "name": "清禾县水利局"} for number in range(250)]
    content = {"policy": "某政策 1", "rule_set": "7", "units": units, "findings": [], "spread": None}
    with transaction(database_url) as session:
        row = open_county(session)
        parts = [(key, json.dumps(value)) for key, value in content.items()]
        rollups.record(
            session, row, None, policy="某政策 1", rule_set="7", parts=parts, content_hash="0" * 64, changes=[],
            at=at("2026-04-20T09:00"),
        )  # fmt: skip
    migrate(database_url, "0016")
    with engine_for(database_url).connect() as connection:
        stored = connection.scalar(sa.text("SELECT content FROM rollups"))
    assert (json.loads(stored) if isinstance(stored, str) else stored) == content
    migrate(database_url)
    with transaction(database_url) as session:
        (taken,) = session.query(RollUp)
        assert [piece for key, piece in rollups.parts_of(session, taken) if key == "units"][1:] != []
        assert content_from(rollups.parts_of(session, taken)) == content
