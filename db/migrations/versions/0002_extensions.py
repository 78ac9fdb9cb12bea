"""extensions, changes of duty, mails to the bureau itself"""

import sqlalchemy as sa
from alembic import op

import db.models

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_DUTY = "ck_obligations_duty_known"


def _duties(known: str) -> None:
    with op.batch_alter_table("obligations") as batch:
        batch.drop_constraint(op.f(_DUTY), type_="check")
        batch.create_check_constraint(op.f(_DUTY), known)


def _unit_of_mail(nullable: bool) -> None:
    with op.batch_alter_table("outbox") as batch:
        batch.alter_column("unit_code", existing_type=sa.String(length=32), nullable=nullable)


def upgrade() -> None:
    _duties("duty IN ('required', 'exempt', 'nil', 'merged', 'closed')")
    op.create_table(
        "duty_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("unit_code", sa.String(length=32), nullable=False),
        sa.Column("before", sa.String(length=16), nullable=False),
        sa.Column("duty", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("person", sa.String(length=100), nullable=False),
        sa.Column("decided_at", db.models.Instant(timezone=True), nullable=False),
        sa.CheckConstraint("person <> '' AND reason <> ''", name=op.f("ck_duty_changes_explained")),
        sa.ForeignKeyConstraint(
            ["cycle_id", "unit_code"],
            ["obligations.cycle_id", "obligations.unit_code"],
            name=op.f("fk_duty_changes_cycle_id_unit_code"),
        ),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycles.id"], name=op.f("fk_duty_changes_cycle_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_changes")),
    )
    op.create_index("ix_duty_changes_unit", "duty_changes", ["cycle_id", "unit_code", "decided_at"])
    op.create_table(
        "extensions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("unit_code", sa.String(length=32), nullable=False),
        sa.Column("milestone", sa.String(length=16), nullable=False),
        sa.Column("original_on", sa.Date(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("person", sa.String(length=100), nullable=False),
        sa.Column("decided_at", db.models.Instant(timezone=True), nullable=False),
        sa.CheckConstraint(
            "milestone IN ('unit_due', 'correction_due')", name=op.f("ck_extensions_milestone_known")
        ),
        sa.CheckConstraint("verdict IN ('granted', 'refused')", name=op.f("ck_extensions_verdict_known")),
        sa.CheckConstraint("person <> '' AND reason <> ''", name=op.f("ck_extensions_explained")),
        sa.CheckConstraint("asked_on > original_on", name=op.f("ck_extensions_later_than_original")),
        sa.ForeignKeyConstraint(
            ["cycle_id", "unit_code"],
            ["obligations.cycle_id", "obligations.unit_code"],
            name=op.f("fk_extensions_cycle_id_unit_code"),
        ),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycles.id"], name=op.f("fk_extensions_cycle_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extensions")),
    )
    op.create_index("ix_extensions_unit", "extensions", ["cycle_id", "unit_code", "milestone"])
    _unit_of_mail(nullable=True)
    op.create_index(
        "uq_outbox_bureau",
        "outbox",
        ["cycle_id", "kind", "step", "recipient"],
        unique=True,
        sqlite_where=sa.text("unit_code IS NULL"),
        postgresql_where=sa.text("unit_code IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("uq_outbox_bureau", table_name="outbox")
    op.execute("DELETE FROM outbox WHERE unit_code IS NULL")
    _unit_of_mail(nullable=False)
    op.drop_table("extensions")
    op.drop_table("duty_changes")
    op.execute("UPDATE obligations SET duty = 'exempt' WHERE duty = 'nil'")
    op.execute("UPDATE obligations SET duty = 'closed' WHERE duty = 'merged'")
    _duties("duty IN ('required', 'exempt', 'closed')")
