"""what persons judged in the appraisal of the self-evaluation work"""

import sqlalchemy as sa
from alembic import op

import db.models

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "appraisal_judgements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("department_code", sa.String(length=32), nullable=False),
        sa.Column("item", sa.String(length=64), nullable=False),
        sa.Column("band", sa.String(length=64), nullable=False),
        sa.Column("hundredths", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(length=100), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("basis_hash", sa.String(length=64), nullable=False),
        sa.Column("decided_at", db.models.Instant(timezone=True), nullable=False),
        sa.Column("voided_at", db.models.Instant(timezone=True), nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "person <> '' AND reason <> '' AND item <> ''", name=op.f("ck_appraisal_judgements_explained")
        ),
        sa.CheckConstraint(
            "hundredths >= 0 AND hundredths <= 10000", name=op.f("ck_appraisal_judgements_score_within_full")
        ),
        sa.CheckConstraint(
            "(voided_at IS NULL) = (void_reason = '')", name=op.f("ck_appraisal_judgements_void_explained")
        ),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycles.id"], name=op.f("fk_appraisal_judgements_cycle_id")),
        sa.ForeignKeyConstraint(
            ["cycle_id", "department_code"],
            ["obligations.cycle_id", "obligations.unit_code"],
            name=op.f("fk_appraisal_judgements_cycle_id_department_code"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appraisal_judgements")),
    )
    op.create_index(
        "uq_appraisal_judgements_standing",
        "appraisal_judgements",
        ["cycle_id", "department_code", "item"],
        unique=True,
        sqlite_where=sa.text("voided_at IS NULL"),
        postgresql_where=sa.text("voided_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("uq_appraisal_judgements_standing", table_name="appraisal_judgements")
    op.drop_table("appraisal_judgements")
