"""What came in: files, and the mails of the mailbox."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, one_of


class Arrival(Base):
    """Every file that came in, whatever became of it. `source` names the place and its state, once.

    handled: a person dealt with it, the audit log says who and how. `mail_id`: the mail that it came with.
    """

    __tablename__ = "arrivals"
    __table_args__ = (
        UniqueConstraint("cycle_id", "source"),
        ForeignKeyConstraint(["cycle_id", "unit_code"], ["obligations.cycle_id", "obligations.unit_code"]),
        one_of("outcome", "stored", "duplicate", "unmatched", "not_owed", "after_close", "handled"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id"))
    unit_code: Mapped[str | None] = mapped_column(String(32))
    mail_id: Mapped[int | None] = mapped_column(ForeignKey("mail_messages.id"))
    channel: Mapped[str] = mapped_column(String(16))
    source: Mapped[str] = mapped_column(String(600))
    name: Mapped[str] = mapped_column(String(400))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(BigInteger)
    received_at: Mapped[datetime]
    outcome: Mapped[str] = mapped_column(String(16))
    note: Mapped[str] = mapped_column(Text, default="")


class MailMessage(Base):
    """A mail of the mailbox, known by (mailbox, UIDVALIDITY, UID). `kind` is blank until it is settled.

    `sha256` is the whole message in the archive (None: too large, not fetched); `reference` its own Message-ID.
    """

    __tablename__ = "mail_messages"
    __table_args__ = (
        UniqueConstraint("mailbox", "uidvalidity", "uid"),
        ForeignKeyConstraint(["cycle_id", "unit_code"], ["obligations.cycle_id", "obligations.unit_code"]),
        one_of(
            "kind",
            "filing",
            "unmatched",
            "not_owed",
            "question",
            "extension",
            "objection",
            "auto",
            "bounce",
            "oversized",
            "stuck",
        ),
        CheckConstraint("(kind IS NULL) = (settled_at IS NULL)", name="settled_has_instant"),
        Index("ix_mail_messages_kind", "cycle_id", "kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id"))
    mailbox: Mapped[str] = mapped_column(String(400))
    uidvalidity: Mapped[int] = mapped_column(BigInteger)
    uid: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str | None] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(BigInteger)
    received_at: Mapped[datetime]
    sender: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(300))
    reference: Mapped[str] = mapped_column(String(300))
    kind: Mapped[str | None] = mapped_column(String(16))
    unit_code: Mapped[str | None] = mapped_column(String(32))
    note: Mapped[str] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(Integer)
    settled_at: Mapped[datetime | None]
