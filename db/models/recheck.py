"""The re-check: a drawn sample of units and what a person found at each."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base


class RecheckSample(Base):
    """A draw: with `seed`, `share`, `minimum` and `frame` (unit → department) anybody draws the same units again.

    A cycle has one that stands; another draw voids it with a person's reason.
    """

    __tablename__ = "recheck_samples"
    __table_args__ = (
        CheckConstraint("person <> '' AND seed <> ''", name="explained"),
        CheckConstraint("(voided_at IS NULL) = (void_reason = '')", name="void_explained"),
        Index(
            "uq_recheck_samples_standing",
            "cycle_id",
            unique=True,
            sqlite_where=text("voided_at IS NULL"),
            postgresql_where=text("voided_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id"))
    seed: Mapped[str] = mapped_column(String(100))
    share: Mapped[str] = mapped_column(String(20))  # a decimal fraction
    minimum: Mapped[int] = mapped_column(Integer)
    frame: Mapped[dict[str, Any]] = mapped_column(JSON)
    person: Mapped[str] = mapped_column(String(100))
    drawn_at: Mapped[datetime]
    voided_at: Mapped[datetime | None]
    void_reason: Mapped[str] = mapped_column(Text, default="")


class RecheckUnit(Base):
    """A unit of a sample."""

    __tablename__ = "recheck_units"
    __table_args__ = (
        ForeignKeyConstraint(["cycle_id", "unit_code"], ["obligations.cycle_id", "obligations.unit_code"]),
    )

    sample_id: Mapped[int] = mapped_column(ForeignKey("recheck_samples.id"), primary_key=True)
    unit_code: Mapped[str] = mapped_column(String(32), primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id"))


class RecheckScore(Base):
    """A person's score of a version, in hundredths of a point; a change of the version voids it."""

    __tablename__ = "recheck_scores"
    __table_args__ = (
        ForeignKeyConstraint(
            ["sample_id", "unit_code"], ["recheck_units.sample_id", "recheck_units.unit_code"]
        ),
        CheckConstraint("hundredths BETWEEN 0 AND 10000", name="score_in_points"),
        CheckConstraint("person <> '' AND reason <> ''", name="explained"),
        CheckConstraint("(voided_at IS NULL) = (void_reason = '')", name="void_explained"),
        Index(
            "uq_recheck_scores_standing",
            "sample_id",
            "unit_code",
            unique=True,
            sqlite_where=text("voided_at IS NULL"),
            postgresql_where=text("voided_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    sample_id: Mapped[int] = mapped_column(ForeignKey("recheck_samples.id"))
    unit_code: Mapped[str] = mapped_column(String(32))
    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id"), index=True)
    hundredths: Mapped[int] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(Text)
    person: Mapped[str] = mapped_column(String(100))
    content_hash: Mapped[str] = mapped_column(String(64))
    decided_at: Mapped[datetime]
    voided_at: Mapped[datetime | None]
    void_reason: Mapped[str] = mapped_column(Text, default="")
