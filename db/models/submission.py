"""What a unit filed, version by version, and how each version was judged."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.models.base import Base, one_of


class Submission(Base):
    """A version of what a unit filed: the files that came together. Exactly one version is effective."""

    __tablename__ = "submissions"
    __table_args__ = (
        UniqueConstraint("cycle_id", "unit_code", "version"),
        ForeignKeyConstraint(["cycle_id", "unit_code"], ["obligations.cycle_id", "obligations.unit_code"]),
        one_of("state", "received", "returned", "accepted"),
        CheckConstraint("version >= 1", name="version_positive"),
        CheckConstraint("attempts >= 0", name="attempts_positive"),
        Index(
            "uq_submissions_effective",
            "cycle_id",
            "unit_code",
            unique=True,
            sqlite_where=text("effective"),
            postgresql_where=text("effective"),
        ),
        Index("ix_submissions_state", "cycle_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id"))
    unit_code: Mapped[str] = mapped_column(String(32))
    version: Mapped[int] = mapped_column(Integer)
    received_at: Mapped[datetime]
    late_days: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(16), default="received")
    effective: Mapped[bool] = mapped_column(Boolean, default=True)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    files: Mapped[list[SubmissionFile]] = relationship(
        order_by="SubmissionFile.id", back_populates="submission"
    )
    evaluation: Mapped[Evaluation | None] = relationship(back_populates="submission")


class SubmissionFile(Base):
    """One original of a version; its bytes lie in the archive under its hash."""

    __tablename__ = "submission_files"
    __table_args__ = (UniqueConstraint("cycle_id", "unit_code", "sha256"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id"), index=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id"))
    unit_code: Mapped[str] = mapped_column(String(32))
    arrival_id: Mapped[int] = mapped_column(ForeignKey("arrivals.id"), unique=True)
    name: Mapped[str] = mapped_column(String(400))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(BigInteger)
    submission: Mapped[Submission] = relationship(back_populates="files")


class Evaluation(Base):
    """How a version was judged: by which policy and rules, from which files, with what result.

    `document` is the output of `selfeval check` over those files.
    """

    __tablename__ = "evaluations"

    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id"), primary_key=True)
    policy: Mapped[str] = mapped_column(String(200))
    rule_set: Mapped[str] = mapped_column(String(64))
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    summary: Mapped[dict[str, Any]] = mapped_column(JSON)
    judged_at: Mapped[datetime]
    submission: Mapped[Submission] = relationship(back_populates="evaluation")


class FormerEvaluation(Base):
    """How a version had been judged before a person had it judged again; in order of its number, from 1.

    `state` is the one that the version had then; the judgement that counts now is its `Evaluation`.
    """

    __tablename__ = "former_evaluations"
    __table_args__ = (
        one_of("state", "returned", "accepted"),
        CheckConstraint("number >= 1", name="number_positive"),
        CheckConstraint("person <> '' AND reason <> ''", name="explained"),
    )

    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    state: Mapped[str] = mapped_column(String(16))
    policy: Mapped[str] = mapped_column(String(200))
    rule_set: Mapped[str] = mapped_column(String(64))
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    summary: Mapped[dict[str, Any]] = mapped_column(JSON)
    judged_at: Mapped[datetime]
    replaced_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(Text)
    person: Mapped[str] = mapped_column(String(100))
    submission: Mapped[Submission] = relationship()
