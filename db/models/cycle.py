"""The cycle and what each unit owes in it, with every decision that changed it."""

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
    Integer,
    String,
    Text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.models.base import Base, one_of


class CycleRow(Base):
    """One annual cycle. `definition` is the TOML text it was opened with; the policy is frozen with it."""

    __tablename__ = "cycles"
    __table_args__ = (
        CheckConstraint("notice_on < unit_due_on", name="notice_before_due"),
        CheckConstraint("unit_due_on <= department_due_on", name="unit_before_department"),
        CheckConstraint("department_due_on <= correction_due_on", name="department_before_correction"),
        CheckConstraint("correction_due_on <= publication_due_on", name="correction_before_publication"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(Integer, unique=True)
    name: Mapped[str] = mapped_column(String(200))
    bureau: Mapped[str] = mapped_column(String(200))
    document_number: Mapped[str] = mapped_column(String(100))
    notice_on: Mapped[date] = mapped_column(Date)
    unit_due_on: Mapped[date] = mapped_column(Date)
    department_due_on: Mapped[date] = mapped_column(Date)
    correction_due_on: Mapped[date] = mapped_column(Date)
    publication_due_on: Mapped[date] = mapped_column(Date)
    definition: Mapped[str] = mapped_column(Text)
    policies: Mapped[dict[str, Any]] = mapped_column(JSON)  # name → TOML text as it was when the cycle opened
    opened_at: Mapped[datetime]
    roster_frozen_at: Mapped[datetime | None]
    notice_issued_at: Mapped[datetime | None]
    amendments: Mapped[list[Amendment]] = relationship(lazy="selectin", order_by="Amendment.id")


class Amendment(Base):
    """A person's correction of a cycle: its TOML text `before` and `after`, in order of their ids.

    `moved` names the milestones whose reminders begin anew, because the units had been told of others.
    """

    __tablename__ = "amendments"
    __table_args__ = (CheckConstraint("person <> '' AND reason <> ''", name="explained"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id"), index=True)
    before: Mapped[str] = mapped_column(Text)
    after: Mapped[str] = mapped_column(Text)
    moved: Mapped[list[str]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(Text)
    person: Mapped[str] = mapped_column(String(100))
    decided_at: Mapped[datetime]


class Obligation(Base):
    """What a unit owes in a cycle, with name and department as they were when the notice went out."""

    __tablename__ = "obligations"
    __table_args__ = (
        one_of("duty", "required", "exempt", "nil", "merged", "closed"),
        CheckConstraint("duty = 'required' OR (reason <> '' AND person <> '')", name="exemption_explained"),
    )

    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id"), primary_key=True)
    unit_code: Mapped[str] = mapped_column(ForeignKey("units.code"), primary_key=True)
    unit_name: Mapped[str] = mapped_column(String(200))
    tier: Mapped[int] = mapped_column(Integer)
    department_code: Mapped[str] = mapped_column(String(32), index=True)  # a department's own code for itself
    department_name: Mapped[str] = mapped_column(String(200))
    policy: Mapped[str] = mapped_column(String(200))
    year: Mapped[int] = mapped_column(Integer)
    duty: Mapped[str] = mapped_column(String(16), default="required")
    merged_into: Mapped[str | None] = mapped_column(String(32))  # the unit that files for a merged one
    reason: Mapped[str] = mapped_column(Text, default="")
    person: Mapped[str] = mapped_column(String(100), default="")


class DutyChange(Base):
    """A person's change of what a unit owes, kept so that the board of any earlier moment can be shown."""

    __tablename__ = "duty_changes"
    __table_args__ = (
        ForeignKeyConstraint(["cycle_id", "unit_code"], ["obligations.cycle_id", "obligations.unit_code"]),
        CheckConstraint("person <> '' AND reason <> ''", name="explained"),
        Index("ix_duty_changes_unit", "cycle_id", "unit_code", "decided_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id"))
    unit_code: Mapped[str] = mapped_column(String(32))
    before: Mapped[str] = mapped_column(String(16))
    before_reason: Mapped[str] = mapped_column(Text, server_default="")
    before_person: Mapped[str] = mapped_column(String(100), server_default="")
    before_merged_into: Mapped[str | None] = mapped_column(String(32))
    duty: Mapped[str] = mapped_column(String(16))
    merged_into: Mapped[str | None] = mapped_column(String(32))
    reason: Mapped[str] = mapped_column(Text)
    person: Mapped[str] = mapped_column(String(100))
    decided_at: Mapped[datetime]


class ExtensionRow(Base):
    """A person's decision on a unit's request for more time; the latest granted one of a milestone counts.

    `original_on` is the cycle's own day, `asked_on` the day asked for.
    """

    __tablename__ = "extensions"
    __table_args__ = (
        ForeignKeyConstraint(["cycle_id", "unit_code"], ["obligations.cycle_id", "obligations.unit_code"]),
        one_of("milestone", "unit_due", "correction_due"),
        one_of("verdict", "granted", "refused"),
        CheckConstraint("person <> '' AND reason <> ''", name="explained"),
        CheckConstraint("asked_on > original_on", name="later_than_original"),
        Index("ix_extensions_unit", "cycle_id", "unit_code", "milestone"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id"))
    unit_code: Mapped[str] = mapped_column(String(32))
    milestone: Mapped[str] = mapped_column(String(16))
    original_on: Mapped[date] = mapped_column(Date)
    asked_on: Mapped[date] = mapped_column(Date)
    verdict: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(Text)
    person: Mapped[str] = mapped_column(String(100))
    decided_at: Mapped[datetime]


class ExtensionRequest(Base):
    """A unit's request for more time, asked by mail: it waits for a person and grants nothing.

    `asked_on` is the day that the mail names, if it does; `decision_id` the decision that answered it.
    """

    __tablename__ = "extension_requests"
    __table_args__ = (
        ForeignKeyConstraint(["cycle_id", "unit_code"], ["obligations.cycle_id", "obligations.unit_code"]),
        one_of("milestone", "unit_due", "correction_due"),
        CheckConstraint("(settled_at IS NULL) = (settlement = '')", name="settlement_explained"),
        Index("ix_extension_requests_unit", "cycle_id", "unit_code", "milestone"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id"))
    unit_code: Mapped[str] = mapped_column(String(32))
    mail_id: Mapped[int] = mapped_column(ForeignKey("mail_messages.id"), unique=True)
    milestone: Mapped[str] = mapped_column(String(16))
    asked_on: Mapped[date | None] = mapped_column(Date)
    words: Mapped[str] = mapped_column(Text)
    received_at: Mapped[datetime]
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("extensions.id"))
    settled_at: Mapped[datetime | None]
    settlement: Mapped[str] = mapped_column(Text, default="")
