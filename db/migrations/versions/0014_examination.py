"""decisions of persons level by level, who may decide, objections and their answers"""

import sqlalchemy as sa
from alembic import op

import db.models

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_STANDING = sa.text("voided_at IS NULL")
_LEVELS = "level IN ('department', 'section', 'bureau')"


def upgrade() -> None:
    op.create_table(
        "examiners",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(length=16), nullable=False),
        sa.Column("department_code", sa.String(length=32), nullable=False),
        sa.Column("section", sa.String(length=100), nullable=False),
        sa.Column("person", sa.String(length=100), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("deputy", sa.Boolean(), nullable=False),
        sa.CheckConstraint(_LEVELS, name=op.f("ck_examiners_level_known")),
        sa.CheckConstraint("person <> ''", name=op.f("ck_examiners_person_named")),
        sa.CheckConstraint(
            "level <> 'department' OR department_code <> ''", name=op.f("ck_examiners_department_named")
        ),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycles.id"], name=op.f("fk_examiners_cycle_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_examiners")),
        sa.UniqueConstraint(
            "cycle_id",
            "level",
            "department_code",
            "person",
            name=op.f("uq_examiners_cycle_id_level_department_code_person"),
        ),
    )
    op.create_table(
        "examinations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(length=16), nullable=False),
        sa.Column("section", sa.String(length=100), nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column("person", sa.String(length=100), nullable=False),
        sa.Column("deputy", sa.Boolean(), nullable=False),
        sa.Column("preparers", sa.Text(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reply_on", sa.Date(), nullable=True),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("decided_at", db.models.Instant(timezone=True), nullable=False),
        sa.Column("voided_at", db.models.Instant(timezone=True), nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=False),
        sa.CheckConstraint(_LEVELS, name=op.f("ck_examinations_level_known")),
        sa.CheckConstraint("verdict IN ('accepted', 'returned')", name=op.f("ck_examinations_verdict_known")),
        sa.CheckConstraint("person <> '' AND reason <> ''", name=op.f("ck_examinations_explained")),
        sa.CheckConstraint(
            "preparers NOT LIKE '%|' || person || '|%'", name=op.f("ck_examinations_another_person")
        ),
        sa.CheckConstraint(
            "(verdict = 'returned') = (reply_on IS NOT NULL)",
            name=op.f("ck_examinations_return_has_reply_day"),
        ),
        sa.CheckConstraint(
            "(voided_at IS NULL) = (void_reason = '')", name=op.f("ck_examinations_void_explained")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submissions.id"], name=op.f("fk_examinations_submission_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_examinations")),
    )
    op.create_index(op.f("ix_examinations_submission_id"), "examinations", ["submission_id"])
    for column in ("level", "person"):
        op.create_index(
            f"uq_examinations_{column}",
            "examinations",
            ["submission_id", column],
            unique=True,
            sqlite_where=_STANDING,
            postgresql_where=_STANDING,
        )
    op.create_table(
        "objections",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("examination_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("raised_by", sa.String(length=100), nullable=False),
        sa.Column("raised_at", db.models.Instant(timezone=True), nullable=False),
        sa.Column("answer_on", sa.Date(), nullable=False),
        sa.Column("answer", sa.String(length=16), nullable=True),
        sa.Column("answer_reason", sa.Text(), nullable=False),
        sa.Column("answer_person", sa.String(length=100), nullable=False),
        sa.Column("answered_at", db.models.Instant(timezone=True), nullable=True),
        sa.Column("reply_on", sa.Date(), nullable=True),
        sa.CheckConstraint("answer IN ('upheld', 'rejected')", name=op.f("ck_objections_answer_known")),
        sa.CheckConstraint("raised_by <> '' AND words <> ''", name=op.f("ck_objections_explained")),
        sa.CheckConstraint(
            "(answer IS NULL) = (answered_at IS NULL) AND (answer IS NULL) = (answer_person = '')"
            " AND (answer IS NULL) = (answer_reason = '')",
            name=op.f("ck_objections_answer_explained"),
        ),
        sa.CheckConstraint(
            "(answer IS NOT NULL AND answer = 'rejected') = (reply_on IS NOT NULL)",
            name=op.f("ck_objections_rejection_has_reply_day"),
        ),
        sa.ForeignKeyConstraint(
            ["examination_id"], ["examinations.id"], name=op.f("fk_objections_examination_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objections")),
        sa.UniqueConstraint("examination_id", name=op.f("uq_objections_examination_id")),
    )


def downgrade() -> None:
    op.drop_table("objections")
    op.drop_table("examinations")
    op.drop_table("examiners")
