"""Decisions of persons, and what was published because of them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, one_of


class Decision(Base):
    """A person's decision on content that its hash names. A change of that content voids it."""

    __tablename__ = "decisions"
    __table_args__ = (
        one_of("verdict", "approved", "refused"),
        CheckConstraint("person <> ''", name="person_named"),
        CheckConstraint("(voided_at IS NULL) = (void_reason = '')", name="void_explained"),
        Index(
            "uq_decisions_standing",
            "cycle_id",
            "subject",
            unique=True,
            sqlite_where=text("voided_at IS NULL"),
            postgresql_where=text("voided_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id"))
    subject: Mapped[str] = mapped_column(String(64))  # "publication"
    verdict: Mapped[str] = mapped_column(String(16))
    person: Mapped[str] = mapped_column(String(100))
    reason: Mapped[str] = mapped_column(Text, default="")
    content_hash: Mapped[str] = mapped_column(String(64))
    decided_at: Mapped[datetime]
    voided_at: Mapped[datetime | None]
    void_reason: Mapped[str] = mapped_column(Text, default="")


class AccountsApproval(Base):
    """The bureau approved a department's final accounts on this day: its legal clock runs. The latest row counts."""

    __tablename__ = "accounts_approvals"
    __table_args__ = (
        ForeignKeyConstraint(
            ["cycle_id", "department_code"], ["obligations.cycle_id", "obligations.unit_code"]
        ),
        CheckConstraint("person <> ''", name="person_named"),
        Index("ix_accounts_approvals_department", "cycle_id", "department_code"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id"))
    department_code: Mapped[str] = mapped_column(String(32))
    approved_on: Mapped[date] = mapped_column(Date)
    document_number: Mapped[str] = mapped_column(String(100), default="")
    person: Mapped[str] = mapped_column(String(100))
    recorded_at: Mapped[datetime]


class Publication(Base):
    """A published site with the proof that it was fetched back: nothing is "published" without it."""

    __tablename__ = "publications"
    __table_args__ = (
        CheckConstraint("(fetched_at IS NULL) = (fetched_hash IS NULL)", name="proof_whole"),
        CheckConstraint("fetched_hash IS NULL OR fetched_hash = site_hash", name="proof_of_the_site"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id"))
    decision_id: Mapped[int] = mapped_column(
        ForeignKey("decisions.id"), unique=True
    )  # it approved one content
    address: Mapped[str] = mapped_column(String(600))
    content_hash: Mapped[str] = mapped_column(String(64))  # of what was decided on, however pages show it
    units: Mapped[list[Any]] = mapped_column(JSON)  # codes of the published units
    # The site shows the results as they stood at this instant: what a person approved.
    results_at: Mapped[datetime]
    manifest: Mapped[dict[str, str] | None] = mapped_column(JSON)  # path → SHA-256 of every file
    site_hash: Mapped[str] = mapped_column(String(64))  # of that manifest: pages and all
    # department code → {"due": ISO day, "days": late by, 0 in time}, as reckoned when it was proved
    lateness: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    # what the latest look at the address found: {"at", "wrong": {path: found}, "changes": how often that changed}
    watch: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    written_at: Mapped[datetime]
    fetched_at: Mapped[datetime | None]
    fetched_hash: Mapped[str | None] = mapped_column(String(64))
