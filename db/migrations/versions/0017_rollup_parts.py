"""the content of a roll-up in pieces: a province's is too long to be held at once"""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_ENTRIES = 100
_ROLLUPS = sa.table("rollups", sa.column("id", sa.Integer()), sa.column("content", sa.JSON()))
_PARTS = sa.table(
    "rollup_parts",
    sa.column("rollup_id", sa.Integer()),
    sa.column("number", sa.Integer()),
    sa.column("section", sa.String()),
    sa.column("value", sa.JSON()),
)


def upgrade() -> None:
    op.create_table(
        "rollup_parts",
        sa.Column("rollup_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("section", sa.String(length=32), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_rollup_parts_number_positive")),
        sa.ForeignKeyConstraint(["rollup_id"], ["rollups.id"], name=op.f("fk_rollup_parts_rollup_id")),
        sa.PrimaryKeyConstraint("rollup_id", "number", name=op.f("pk_rollup_parts")),
    )
    connection = op.get_bind()
    for each in connection.scalars(sa.select(_ROLLUPS.c.id).order_by(_ROLLUPS.c.id)).all():
        content = connection.scalar(sa.select(_ROLLUPS.c.content).where(_ROLLUPS.c.id == each))
        for number, (section, value) in enumerate(_pieces(content), start=1):
            part = {"rollup_id": each, "number": number, "section": section, "value": value}
            connection.execute(_PARTS.insert(), part)
    with op.batch_alter_table("rollups") as batch:
        batch.drop_column("content")


def _pieces(content: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for section, value in sorted(content.items()):
        if not isinstance(value, list):
            yield section, value
            continue
        for start in range(0, max(len(value), 1), _ENTRIES):
            yield section, value[start : start + _ENTRIES]


def downgrade() -> None:
    with op.batch_alter_table("rollups") as batch:
        batch.add_column(sa.Column("content", sa.JSON(), nullable=True))
    connection = op.get_bind()
    for each in connection.scalars(sa.select(_ROLLUPS.c.id).order_by(_ROLLUPS.c.id)).all():
        parts = sa.select(_PARTS.c.section, _PARTS.c.value).where(_PARTS.c.rollup_id == each)
        content = {}
        for section, value in connection.execute(parts.order_by(_PARTS.c.number)):
            content[section] = content[section] + value if section in content else value
        connection.execute(_ROLLUPS.update().where(_ROLLUPS.c.id == each).values(content=content))
    with op.batch_alter_table("rollups") as batch:
        batch.alter_column("content", existing_type=sa.JSON(), nullable=False)
    op.drop_table("rollup_parts")
