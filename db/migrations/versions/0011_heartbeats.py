"""signs of life of flow runs"""

import sqlalchemy as sa
from alembic import op

import db.models

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "heartbeats",
        sa.Column("flow_run_id", sa.String(length=36), nullable=False),
        sa.Column("flow", sa.String(length=100), nullable=False),
        sa.Column("host", sa.String(length=200), nullable=False),
        sa.Column("worker_pid", sa.Integer(), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("started_at", db.models.Instant(timezone=True), nullable=False),
        sa.Column("seen_at", db.models.Instant(timezone=True), nullable=False),
        sa.CheckConstraint("seen_at >= started_at", name=op.f("ck_heartbeats_seen_after_start")),
        sa.PrimaryKeyConstraint("flow_run_id", name=op.f("pk_heartbeats")),
    )


def downgrade() -> None:
    op.drop_table("heartbeats")
