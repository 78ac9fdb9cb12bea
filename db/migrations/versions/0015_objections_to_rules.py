"""objections to what the rules returned, and objections that came by mail"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_KINDS = ("filing", "unmatched", "not_owed", "question", "extension", "auto", "bounce", "oversized", "stuck")
_TO_RULES = sa.text("examination_id IS NULL")


def _mail_kinds(kinds: tuple[str, ...]) -> None:
    name = op.f("ck_mail_messages_kind_known")
    with op.batch_alter_table("mail_messages") as batch:
        batch.drop_constraint(name, type_="check")
        batch.create_check_constraint(name, f"kind IN ({', '.join(map(repr, kinds))})")


def upgrade() -> None:
    with op.batch_alter_table("objections") as batch:
        batch.add_column(sa.Column("submission_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("mail_id", sa.Integer(), nullable=True))
    op.execute(
        "UPDATE objections SET submission_id = "
        "(SELECT e.submission_id FROM examinations e WHERE e.id = objections.examination_id)"
    )
    with op.batch_alter_table("objections") as batch:
        batch.alter_column("submission_id", existing_type=sa.Integer(), nullable=False)
        batch.alter_column("examination_id", existing_type=sa.Integer(), nullable=True)
        batch.create_foreign_key(
            op.f("fk_objections_submission_id"), "submissions", ["submission_id"], ["id"]
        )
        batch.create_foreign_key(op.f("fk_objections_mail_id"), "mail_messages", ["mail_id"], ["id"])
    op.create_index(op.f("ix_objections_submission_id"), "objections", ["submission_id"])
    op.create_index(
        "uq_objections_to_rules",
        "objections",
        ["submission_id"],
        unique=True,
        sqlite_where=_TO_RULES,
        postgresql_where=_TO_RULES,
    )
    _mail_kinds((*_KINDS, "objection"))


def downgrade() -> None:
    op.execute("UPDATE mail_messages SET kind = 'question' WHERE kind = 'objection'")
    _mail_kinds(_KINDS)
    op.drop_index("uq_objections_to_rules", "objections")
    op.drop_index(op.f("ix_objections_submission_id"), "objections")
    # The older version cannot hold them; the audit log still tells of them.
    op.execute("DELETE FROM objections WHERE examination_id IS NULL")
    with op.batch_alter_table("objections") as batch:
        batch.drop_constraint(op.f("fk_objections_mail_id"), type_="foreignkey")
        batch.drop_constraint(op.f("fk_objections_submission_id"), type_="foreignkey")
        batch.alter_column("examination_id", existing_type=sa.Integer(), nullable=False)
        batch.drop_column("mail_id")
        batch.drop_column("submission_id")
