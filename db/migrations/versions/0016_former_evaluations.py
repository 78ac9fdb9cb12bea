"""what versions were judged before they were judged again"""

import sqlalchemy as sa
from alembic import op

import db.models

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "former_evaluations",
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("policy", sa.String(length=200), nullable=False),
        sa.Column("rule_set", sa.String(length=64), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("summary", sa.JSON(), nullable=False),
        sa.Column("judged_at", db.models.Instant(timezone=True), nullable=False),
        sa.Column("replaced_at", db.models.Instant(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("person", sa.String(length=100), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_former_evaluations_number_positive")),
        sa.CheckConstraint("person <> '' AND reason <> ''", name=op.f("ck_former_evaluations_explained")),
        sa.CheckConstraint(
            "state IN ('returned', 'accepted')", name=op.f("ck_former_evaluations_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submissions.id"], name=op.f("fk_former_evaluations_submission_id")
        ),
        sa.PrimaryKeyConstraint("submission_id", "number", name=op.f("pk_former_evaluations")),
    )


def downgrade() -> None:
    op.drop_table("former_evaluations")
