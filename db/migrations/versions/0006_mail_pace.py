"""a mail's last useful instant, and the pace that all senders share"""

import sqlalchemy as sa
from alembic import op

import db.models

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("not_after", db.models.Instant(timezone=True), nullable=True))
    op.create_table(
        "mail_pace",
        sa.Column("server", sa.String(length=300), nullable=False),
        sa.Column("free_at", db.models.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("server", name=op.f("pk_mail_pace")),
    )


def downgrade() -> None:
    op.drop_table("mail_pace")
    with op.batch_alter_table("outbox") as batch_op:
        batch_op.drop_column("not_after")
