"""What persons decided on a version after the machine, level by level, and who may."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, one_of

_STANDING = text("voided_at IS NULL")
_TO_RULES = text("examination_id IS NULL")


class ExaminerRow(Base):
    """A person who decides at a level, for one department or ("") for all."""

    __tablename__ = "examiners"
    __table_args__ = (
        UniqueConstraint("cycle_id", "level", "department_code", "person"),
        one_of("level", "department", "section", "bureau"),
        CheckConstraint("person <> ''", name="person_named"),
        CheckConstraint("level <> 'department' OR department_code <> ''", name="department_named"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id"))
    level: Mapped[str] = mapped_column(String(16))
    department_code: Mapped[str] = mapped_column(String(32))
    section: Mapped[str] = mapped_column(String(100))
    person: Mapped[str] = mapped_column(String(100))
    email: Mapped[str] = mapped_column(String(254))
    deputy: Mapped[bool] = mapped_column(Boolean)


class Examination(Base):
    """A person's decision on a version at a level. A new version, or judging it anew, voids an acceptance.

    `preparers` are the persons who made the filing, each between bars (|张三|李四|): nobody examines
    what they prepared. `reasons` are codes of the policy's catalogue; a return names until when to reply.
    """

    __tablename__ = "examinations"
    __table_args__ = (
        one_of("level", "department", "section", "bureau"),
        one_of("verdict", "accepted", "returned"),
        CheckConstraint("person <> '' AND reason <> ''", name="explained"),
        CheckConstraint("preparers NOT LIKE '%|' || person || '|%'", name="another_person"),
        CheckConstraint("(verdict = 'returned') = (reply_on IS NOT NULL)", name="return_has_reply_day"),
        CheckConstraint("(voided_at IS NULL) = (void_reason = '')", name="void_explained"),
        Index(
            "uq_examinations_level",
            "submission_id",
            "level",
            unique=True,
            sqlite_where=_STANDING,
            postgresql_where=_STANDING,
        ),
        # One person decides at one level of a version: four eyes are two persons.
        Index(
            "uq_examinations_person",
            "submission_id",
            "person",
            unique=True,
            sqlite_where=_STANDING,
            postgresql_where=_STANDING,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id"), index=True)
    level: Mapped[str] = mapped_column(String(16))
    section: Mapped[str] = mapped_column(String(100))
    verdict: Mapped[str] = mapped_column(String(16))
    person: Mapped[str] = mapped_column(String(100))
    deputy: Mapped[bool] = mapped_column(Boolean)
    preparers: Mapped[str] = mapped_column(Text)
    reasons: Mapped[list[Any]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(Text)
    reply_on: Mapped[date | None] = mapped_column(Date)
    content_hash: Mapped[str] = mapped_column(String(64))
    decided_at: Mapped[datetime]
    voided_at: Mapped[datetime | None]
    void_reason: Mapped[str] = mapped_column(Text, default="")


class Objection(Base):
    """A unit's objection to a return, once, and its answer.

    `examination_id`: the return by a person, None: by the rules. `mail_id`: the mail that it came in, if it did.
    Upheld, the return is void; rejected, it stands and the unit has until `reply_on` to correct.
    """

    __tablename__ = "objections"
    __table_args__ = (
        one_of("answer", "upheld", "rejected"),
        CheckConstraint("raised_by <> '' AND words <> ''", name="explained"),
        CheckConstraint(
            "(answer IS NULL) = (answered_at IS NULL) AND (answer IS NULL) = (answer_person = '')"
            " AND (answer IS NULL) = (answer_reason = '')",
            name="answer_explained",
        ),
        CheckConstraint(
            "(answer IS NOT NULL AND answer = 'rejected') = (reply_on IS NOT NULL)",
            name="rejection_has_reply_day",
        ),
        Index(
            "uq_objections_to_rules",
            "submission_id",
            unique=True,
            sqlite_where=_TO_RULES,
            postgresql_where=_TO_RULES,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id"), index=True)
    examination_id: Mapped[int | None] = mapped_column(ForeignKey("examinations.id"), unique=True)
    mail_id: Mapped[int | None] = mapped_column(ForeignKey("mail_messages.id"))
    words: Mapped[str] = mapped_column(Text)
    raised_by: Mapped[str] = mapped_column(String(100))
    raised_at: Mapped[datetime]
    answer_on: Mapped[date] = mapped_column(Date)  # the day until which an answer is due
    answer: Mapped[str | None] = mapped_column(String(16))
    answer_reason: Mapped[str] = mapped_column(Text, default="")
    answer_person: Mapped[str] = mapped_column(String(100), default="")
    answered_at: Mapped[datetime | None]
    reply_on: Mapped[date | None] = mapped_column(Date)
