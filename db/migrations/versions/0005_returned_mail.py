"""returned mail and contact problems, requests for more time, arrivals that a person dealt with"""

import sqlalchemy as sa
from alembic import op

import db.models

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_INSTANT = db.models.Instant(timezone=True)
_OUTCOMES = ("stored", "duplicate", "unmatched", "not_owed", "after_close")
_KINDS = ("filing", "unmatched", "not_owed", "question", "auto", "bounce", "oversized", "stuck")


def _one_of(table: str, column: str, values: tuple[str, ...]) -> None:
    name = f"ck_{table}_{column}_known"
    with op.batch_alter_table(table) as batch:
        batch.drop_constraint(op.f(name), type_="check")
        batch.create_check_constraint(op.f(name), f"{column} IN ({', '.join(map(repr, values))})")


def upgrade() -> None:
    _one_of("mail_messages", "kind", (*_KINDS, "extension"))
    _one_of("arrivals", "outcome", (*_OUTCOMES, "handled"))
    with op.batch_alter_table("arrivals") as batch:
        batch.add_column(sa.Column("mail_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_arrivals_mail_id"), "mail_messages", ["mail_id"], ["id"])
    op.execute(
        "UPDATE arrivals SET mail_id = (SELECT m.id FROM mail_messages m WHERE arrivals.source = "
        "'imap:' || m.mailbox || '/' || CAST(m.uidvalidity AS VARCHAR(20)) || '/' || CAST(m.uid AS VARCHAR(20))"
        " OR arrivals.source LIKE 'imap:' || m.mailbox || '/' || CAST(m.uidvalidity AS VARCHAR(20)) || '/'"
        " || CAST(m.uid AS VARCHAR(20)) || '#%') WHERE channel = 'mail'"
    )
    op.create_table(
        "contact_problems",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("severity", sa.String(length=8), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("found_at", _INSTANT, nullable=False),
        sa.Column("settled_at", _INSTANT, nullable=True),
        sa.Column("settlement", sa.Text(), nullable=False),
        sa.CheckConstraint("severity IN ('bad', 'noted')", name=op.f("ck_contact_problems_severity_known")),
        sa.CheckConstraint(
            "(settled_at IS NULL) = (settlement = '')", name=op.f("ck_contact_problems_settlement_explained")
        ),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycles.id"], name=op.f("fk_contact_problems_cycle_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_problems")),
    )
    op.create_index(
        "uq_contact_problems_open",
        "contact_problems",
        ["cycle_id", "address", "severity"],
        unique=True,
        sqlite_where=sa.text("settled_at IS NULL"),
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    op.create_table(
        "returned_mails",
        sa.Column("outbox_id", sa.Integer(), nullable=False),
        sa.Column("problem_id", sa.Integer(), nullable=False),
        sa.Column("severity", sa.String(length=8), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.CheckConstraint("severity IN ('bad', 'noted')", name=op.f("ck_returned_mails_severity_known")),
        sa.ForeignKeyConstraint(["outbox_id"], ["outbox.id"], name=op.f("fk_returned_mails_outbox_id")),
        sa.ForeignKeyConstraint(
            ["problem_id"], ["contact_problems.id"], name=op.f("fk_returned_mails_problem_id")
        ),
        sa.PrimaryKeyConstraint("outbox_id", name=op.f("pk_returned_mails")),
    )
    op.create_index("ix_returned_mails_problem_id", "returned_mails", ["problem_id"])
    op.create_table(
        "extension_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("unit_code", sa.String(length=32), nullable=False),
        sa.Column("mail_id", sa.Integer(), nullable=False),
        sa.Column("milestone", sa.String(length=16), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("received_at", _INSTANT, nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=True),
        sa.Column("settled_at", _INSTANT, nullable=True),
        sa.Column("settlement", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "milestone IN ('unit_due', 'correction_due')", name=op.f("ck_extension_requests_milestone_known")
        ),
        sa.CheckConstraint(
            "(settled_at IS NULL) = (settlement = '')",
            name=op.f("ck_extension_requests_settlement_explained"),
        ),
        sa.ForeignKeyConstraint(
            ["cycle_id", "unit_code"],
            ["obligations.cycle_id", "obligations.unit_code"],
            name=op.f("fk_extension_requests_cycle_id_unit_code"),
        ),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycles.id"], name=op.f("fk_extension_requests_cycle_id")),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["extensions.id"], name=op.f("fk_extension_requests_decision_id")
        ),
        sa.ForeignKeyConstraint(
            ["mail_id"], ["mail_messages.id"], name=op.f("fk_extension_requests_mail_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extension_requests")),
        sa.UniqueConstraint("mail_id", name=op.f("uq_extension_requests_mail_id")),
    )
    op.create_index(
        "ix_extension_requests_unit", "extension_requests", ["cycle_id", "unit_code", "milestone"]
    )


def downgrade() -> None:
    op.drop_table("extension_requests")
    op.drop_table("returned_mails")
    op.drop_table("contact_problems")
    with op.batch_alter_table("arrivals") as batch:
        batch.drop_constraint(op.f("fk_arrivals_mail_id"), type_="foreignkey")
        batch.drop_column("mail_id")
    op.execute("UPDATE arrivals SET outcome = 'unmatched' WHERE outcome = 'handled'")
    _one_of("arrivals", "outcome", _OUTCOMES)
    op.execute("UPDATE mail_messages SET kind = 'question' WHERE kind = 'extension'")
    _one_of("mail_messages", "kind", _KINDS)
