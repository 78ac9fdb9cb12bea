"""the sample of the re-check with its seed, and the scores of it"""

import sqlalchemy as sa
from alembic import op

import db.models

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_STANDING = sa.text("voided_at IS NULL")


def _voidable() -> list[sa.Column]:
    return [
        sa.Column("voided_at", db.models.Instant(timezone=True), nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=False),
    ]


def _void_explained(table: str) -> sa.CheckConstraint:
    condition = "(voided_at IS NULL) = (void_reason = '')"
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_void_explained"))


def upgrade() -> None:
    op.create_table(
        "recheck_samples",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("seed", sa.String(length=100), nullable=False),
        sa.Column("share", sa.String(length=20), nullable=False),
        sa.Column("minimum", sa.Integer(), nullable=False),
        sa.Column("frame", sa.JSON(), nullable=False),
        sa.Column("person", sa.String(length=100), nullable=False),
        sa.Column("drawn_at", db.models.Instant(timezone=True), nullable=False),
        *_voidable(),
        sa.CheckConstraint("person <> '' AND seed <> ''", name=op.f("ck_recheck_samples_explained")),
        _void_explained("recheck_samples"),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycles.id"], name=op.f("fk_recheck_samples_cycle_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recheck_samples")),
    )
    op.create_index(
        "uq_recheck_samples_standing",
        "recheck_samples",
        ["cycle_id"],
        unique=True,
        sqlite_where=_STANDING,
        postgresql_where=_STANDING,
    )
    op.create_table(
        "recheck_units",
        sa.Column("sample_id", sa.Integer(), nullable=False),
        sa.Column("unit_code", sa.String(length=32), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cycle_id", "unit_code"],
            ["obligations.cycle_id", "obligations.unit_code"],
            name=op.f("fk_recheck_units_cycle_id_unit_code"),
        ),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycles.id"], name=op.f("fk_recheck_units_cycle_id")),
        sa.ForeignKeyConstraint(
            ["sample_id"], ["recheck_samples.id"], name=op.f("fk_recheck_units_sample_id")
        ),
        sa.PrimaryKeyConstraint("sample_id", "unit_code", name=op.f("pk_recheck_units")),
    )
    op.create_table(
        "recheck_scores",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sample_id", sa.Integer(), nullable=False),
        sa.Column("unit_code", sa.String(length=32), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("hundredths", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("person", sa.String(length=100), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("decided_at", db.models.Instant(timezone=True), nullable=False),
        *_voidable(),
        sa.CheckConstraint("hundredths BETWEEN 0 AND 10000", name=op.f("ck_recheck_scores_score_in_points")),
        sa.CheckConstraint("person <> '' AND reason <> ''", name=op.f("ck_recheck_scores_explained")),
        _void_explained("recheck_scores"),
        sa.ForeignKeyConstraint(
            ["sample_id", "unit_code"],
            ["recheck_units.sample_id", "recheck_units.unit_code"],
            name=op.f("fk_recheck_scores_sample_id_unit_code"),
        ),
        sa.ForeignKeyConstraint(
            ["sample_id"], ["recheck_samples.id"], name=op.f("fk_recheck_scores_sample_id")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submissions.id"], name=op.f("fk_recheck_scores_submission_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recheck_scores")),
    )
    op.create_index(op.f("ix_recheck_scores_submission_id"), "recheck_scores", ["submission_id"])
    op.create_index(
        "uq_recheck_scores_standing",
        "recheck_scores",
        ["sample_id", "unit_code"],
        unique=True,
        sqlite_where=_STANDING,
        postgresql_where=_STANDING,
    )


def downgrade() -> None:
    op.drop_table("recheck_scores")
    op.drop_table("recheck_units")
    op.drop_table("recheck_samples")
