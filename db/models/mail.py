"""The outbox, and the pace at which it is emptied."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, one_of


class OutboxRow(Base):
    """One mail to one recipient, written in the transaction of its cause, sent by `deliver`.

    `unit_code` None: a mail to the bureau itself.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("cycle_id", "unit_code", "kind", "step", "recipient"),
        # NULLs differ from each other in the constraint above.
        Index(
            "uq_outbox_bureau",
            "cycle_id",
            "kind",
            "step",
            "recipient",
            unique=True,
            sqlite_where=text("unit_code IS NULL"),
            postgresql_where=text("unit_code IS NULL"),
        ),
        one_of("state", "pending", "claimed", "sending", "sent", "failed", "uncertain", "cancelled"),
        CheckConstraint(
            "(state IN ('claimed', 'sending')) = (claimed_by IS NOT NULL)", name="claim_has_owner"
        ),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent_has_instant"),
        Index("ix_outbox_state", "state", "not_before"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id"))
    unit_code: Mapped[str | None] = mapped_column(ForeignKey("units.code"))
    kind: Mapped[str] = mapped_column(String(32))
    step: Mapped[str] = mapped_column(String(64))
    recipient: Mapped[str] = mapped_column(String(254))
    message_id: Mapped[str] = mapped_column(String(200), unique=True)
    subject: Mapped[str] = mapped_column(String(300))
    text_body: Mapped[str] = mapped_column(Text)
    html_body: Mapped[str] = mapped_column(Text)
    attachments: Mapped[list[Any]] = mapped_column(JSON, default=list)  # [{"name", "sha256"}] in the archive
    state: Mapped[str] = mapped_column(String(16), default="pending")
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    not_before: Mapped[datetime]
    not_after: Mapped[datetime | None]  # from here on the mail would say nothing true; None: always good
    claimed_at: Mapped[datetime | None]
    claimed_by: Mapped[str | None] = mapped_column(String(32))
    sent_at: Mapped[datetime | None]
    reply: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]


class ReturnedMail(Base):
    """A mail that did not reach its recipient: told by a returned mail, or by the server while sending.

    `severity` bad blames the address (RFC 3463 5.x.x that do), noted does not; `status` "" is unknown.
    """

    __tablename__ = "returned_mails"
    __table_args__ = (one_of("severity", "bad", "noted"),)

    outbox_id: Mapped[int] = mapped_column(ForeignKey("outbox.id"), primary_key=True)
    problem_id: Mapped[int] = mapped_column(ForeignKey("contact_problems.id"), index=True)
    severity: Mapped[str] = mapped_column(String(8))
    status: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


class ContactProblem(Base):
    """An address that mails do not reach: told of once, open until it is corrected or a person says it works."""

    __tablename__ = "contact_problems"
    __table_args__ = (
        one_of("severity", "bad", "noted"),
        CheckConstraint("(settled_at IS NULL) = (settlement = '')", name="settlement_explained"),
        Index(
            "uq_contact_problems_open",
            "cycle_id",
            "address",
            "severity",
            unique=True,
            sqlite_where=text("settled_at IS NULL"),
            postgresql_where=text("settled_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id"))
    address: Mapped[str] = mapped_column(String(254))  # in lower case
    severity: Mapped[str] = mapped_column(String(8))
    status: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(Text)
    found_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settlement: Mapped[str] = mapped_column(Text, default="")


class MailPace(Base):
    """When the next mail may go to a mail server: what all senders, on all machines, agree on."""

    __tablename__ = "mail_pace"

    server: Mapped[str] = mapped_column(String(300), primary_key=True)  # host:port
    free_at: Mapped[datetime]
