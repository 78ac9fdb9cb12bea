"""corrections of a cycle's dates and calendar, with what stood before"""

import sqlalchemy as sa
from alembic import op

import db.models

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "amendments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("moved", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("person", sa.String(length=100), nullable=False),
        sa.Column("decided_at", db.models.Instant(timezone=True), nullable=False),
        sa.CheckConstraint("person <> '' AND reason <> ''", name=op.f("ck_amendments_explained")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycles.id"], name=op.f("fk_amendments_cycle_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_amendments")),
    )
    op.create_index(op.f("ix_amendments_cycle_id"), "amendments", ["cycle_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_amendments_cycle_id"), table_name="amendments")
    op.drop_table("amendments")
