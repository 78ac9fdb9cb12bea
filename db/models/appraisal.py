"""What persons judged in the appraisal of the self-evaluation work."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base

_HUNDRED = 100


class AppraisalJudgement(Base):
    """A person's score of one item for one department; `basis_hash` names what was judged.

    `hundredths`: the score in hundredths of a point. A later word or a change of the basis voids the row.
    """

    __tablename__ = "appraisal_judgements"
    __table_args__ = (
        ForeignKeyConstraint(
            ["cycle_id", "department_code"], ["obligations.cycle_id", "obligations.unit_code"]
        ),
        CheckConstraint("person <> '' AND reason <> '' AND item <> ''", name="explained"),
        CheckConstraint("hundredths >= 0 AND hundredths <= 10000", name="score_within_full"),
        CheckConstraint("(voided_at IS NULL) = (void_reason = '')", name="void_explained"),
        Index(
            "uq_appraisal_judgements_standing",
            "cycle_id",
            "department_code",
            "item",
            unique=True,
            sqlite_where=text("voided_at IS NULL"),
            postgresql_where=text("voided_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id"))
    department_code: Mapped[str] = mapped_column(String(32))
    item: Mapped[str] = mapped_column(String(64))
    band: Mapped[str] = mapped_column(String(64))
    hundredths: Mapped[int] = mapped_column(Integer)
    person: Mapped[str] = mapped_column(String(100))
    reason: Mapped[str] = mapped_column(Text)
    basis_hash: Mapped[str] = mapped_column(String(64))
    decided_at: Mapped[datetime]
    voided_at: Mapped[datetime | None]
    void_reason: Mapped[str] = mapped_column(Text, default="")

    @property
    def score(self) -> Decimal:
        return Decimal(self.hundredths) / _HUNDRED
