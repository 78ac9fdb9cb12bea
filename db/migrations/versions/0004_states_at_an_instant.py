"""what the board of an earlier moment needs; merged units name who files for them; arrivals after the close"""

import sqlalchemy as sa
from alembic import op

import db.models

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_CODE = sa.String(length=32)


def _of_change() -> list[sa.Column]:
    return [
        sa.Column("before_reason", sa.Text(), nullable=False, server_default=""),
        sa.Column("before_person", sa.String(length=100), nullable=False, server_default=""),
        sa.Column("before_merged_into", _CODE, nullable=True),
        sa.Column("merged_into", _CODE, nullable=True),
    ]


def _one_of(table: str, column: str, *values: str) -> None:
    name = f"ck_{table}_{column}_known"
    with op.batch_alter_table(table) as batch:
        batch.drop_constraint(op.f(name), type_="check")
        batch.create_check_constraint(
            op.f(name), f"{column} IN ({', '.join(repr(value) for value in values)})"
        )


def upgrade() -> None:
    _one_of("units", "status", "active", "exempt", "nil", "merged", "closed")
    _one_of("arrivals", "outcome", "stored", "duplicate", "unmatched", "not_owed", "after_close")
    op.add_column("units", sa.Column("merged_into", _CODE, nullable=True))
    op.add_column("obligations", sa.Column("merged_into", _CODE, nullable=True))
    for column in _of_change():
        op.add_column("duty_changes", column)
    op.add_column("cycles", sa.Column("roster_frozen_at", db.models.Instant(timezone=True), nullable=True))
    op.execute(
        "UPDATE cycles SET roster_frozen_at = (SELECT min(audit_log.at) FROM audit_log"
        " WHERE action = 'roster.frozen' AND subject = 'cycle/' || CAST(cycles.year AS VARCHAR(8)))"
    )
    # What a unit owed before its first change came from the roster; a later change knows the one before it.
    op.execute(
        "UPDATE duty_changes SET"
        " before_reason = coalesce((SELECT b.reason FROM duty_changes b WHERE b.id = (SELECT max(c.id)"
        " FROM duty_changes c WHERE c.cycle_id = duty_changes.cycle_id"
        " AND c.unit_code = duty_changes.unit_code AND c.id < duty_changes.id)), ''),"
        " before_person = coalesce((SELECT b.person FROM duty_changes b WHERE b.id = (SELECT max(c.id)"
        " FROM duty_changes c WHERE c.cycle_id = duty_changes.cycle_id"
        " AND c.unit_code = duty_changes.unit_code AND c.id < duty_changes.id)), '')"
    )


def downgrade() -> None:
    op.drop_column("cycles", "roster_frozen_at")
    for column in _of_change():
        op.drop_column("duty_changes", column.name)
    op.drop_column("obligations", "merged_into")
    op.drop_column("units", "merged_into")
    op.execute("UPDATE arrivals SET outcome = 'not_owed' WHERE outcome = 'after_close'")
    _one_of("arrivals", "outcome", "stored", "duplicate", "unmatched", "not_owed")
    op.execute("UPDATE units SET status = 'exempt' WHERE status = 'nil'")
    op.execute("UPDATE units SET status = 'closed' WHERE status = 'merged'")
    _one_of("units", "status", "active", "exempt", "closed")
