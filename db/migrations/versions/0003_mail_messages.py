"""the mails of the mailbox"""

import sqlalchemy as sa
from alembic import op

import db.models

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mail_messages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("mailbox", sa.String(length=400), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("received_at", db.models.Instant(timezone=True), nullable=False),
        sa.Column("sender", sa.String(length=254), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("reference", sa.String(length=300), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=True),
        sa.Column("unit_code", sa.String(length=32), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("settled_at", db.models.Instant(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(kind IS NULL) = (settled_at IS NULL)", name=op.f("ck_mail_messages_settled_has_instant")
        ),
        sa.CheckConstraint(
            "kind IN ('filing', 'unmatched', 'not_owed', 'question', 'auto', 'bounce', 'oversized', 'stuck')",
            name=op.f("ck_mail_messages_kind_known"),
        ),
        sa.ForeignKeyConstraint(
            ["cycle_id", "unit_code"],
            ["obligations.cycle_id", "obligations.unit_code"],
            name=op.f("fk_mail_messages_cycle_id_unit_code"),
        ),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycles.id"], name=op.f("fk_mail_messages_cycle_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_messages")),
        sa.UniqueConstraint(
            "mailbox", "uidvalidity", "uid", name=op.f("uq_mail_messages_mailbox_uidvalidity_uid")
        ),
    )
    op.create_index("ix_mail_messages_kind", "mail_messages", ["cycle_id", "kind"])


def downgrade() -> None:
    op.drop_index("ix_mail_messages_kind", table_name="mail_messages")
    op.drop_table("mail_messages")
