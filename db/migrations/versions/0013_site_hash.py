"""the hash of a published site beside that of its content: pages may change while the content stays"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("publications") as batch:
        batch.add_column(sa.Column("site_hash", sa.String(length=64), nullable=True))
    # Until now the content was known by the hash of its pages.
    op.execute("UPDATE publications SET site_hash = content_hash")
    with op.batch_alter_table("publications") as batch:
        batch.alter_column("site_hash", existing_type=sa.String(length=64), nullable=False)
        batch.create_check_constraint(
            op.f("ck_publications_proof_of_the_site"), "fetched_hash IS NULL OR fetched_hash = site_hash"
        )


def downgrade() -> None:
    with op.batch_alter_table("publications") as batch:
        batch.drop_constraint(op.f("ck_publications_proof_of_the_site"), type_="check")
        batch.drop_column("site_hash")
