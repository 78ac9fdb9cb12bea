"""totals of a cycle with the versions that they were made from"""

import sqlalchemy as sa
from alembic import op

import db.models

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rollups",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("taken_at", db.models.Instant(timezone=True), nullable=False),
        sa.Column("policy", sa.String(length=200), nullable=False),
        sa.Column("rule_set", sa.String(length=64), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_rollups_number_positive")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycles.id"], name=op.f("fk_rollups_cycle_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rollups")),
        sa.UniqueConstraint("cycle_id", "number", name=op.f("uq_rollups_cycle_id_number")),
    )


def downgrade() -> None:
    op.drop_table("rollups")
