"""the accounts' approvals that start the legal clock, what a publication consists of, units marked secret"""

import sqlalchemy as sa
from alembic import op

import db.models

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_INSTANT = db.models.Instant(timezone=True)


def upgrade() -> None:
    with op.batch_alter_table("units") as batch:
        batch.add_column(sa.Column("secret", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("publications") as batch:
        batch.add_column(sa.Column("results_at", _INSTANT, nullable=True))
        batch.add_column(sa.Column("manifest", sa.JSON(), nullable=True))
        batch.add_column(sa.Column("lateness", sa.JSON(), nullable=True))
        batch.add_column(sa.Column("watch", sa.JSON(), nullable=True))
    op.execute(
        "UPDATE publications SET results_at = "
        "(SELECT d.decided_at FROM decisions d WHERE d.id = publications.decision_id)"
    )
    with op.batch_alter_table("publications") as batch:
        batch.alter_column("results_at", existing_type=_INSTANT, nullable=False)
    op.create_table(
        "accounts_approvals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("department_code", sa.String(length=32), nullable=False),
        sa.Column("approved_on", sa.Date(), nullable=False),
        sa.Column("document_number", sa.String(length=100), nullable=False),
        sa.Column("person", sa.String(length=100), nullable=False),
        sa.Column("recorded_at", _INSTANT, nullable=False),
        sa.CheckConstraint("person <> ''", name=op.f("ck_accounts_approvals_person_named")),
        sa.ForeignKeyConstraint(
            ["cycle_id", "department_code"],
            ["obligations.cycle_id", "obligations.unit_code"],
            name=op.f("fk_accounts_approvals_cycle_id_department_code"),
        ),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycles.id"], name=op.f("fk_accounts_approvals_cycle_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts_approvals")),
    )
    op.create_index("ix_accounts_approvals_department", "accounts_approvals", ["cycle_id", "department_code"])


def downgrade() -> None:
    op.drop_table("accounts_approvals")
    with op.batch_alter_table("publications") as batch:
        for column in ("watch", "lateness", "manifest", "results_at"):
            batch.drop_column(column)
    with op.batch_alter_table("units") as batch:
        batch.drop_column("secret")
