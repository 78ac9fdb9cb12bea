"""The tables. What may never happen is refused here, by constraints, and not in buttons.

Amounts are kept inside evaluation documents as filed (decimal strings); instants are UTC in the
database and Asia/Shanghai when read.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Date,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from selfeval.workdays import SHANGHAI

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Instant(TypeDecorator[datetime]):
    """A point in time: aware in Python (Asia/Shanghai), naive UTC on SQLite, timestamptz on PostgreSQL."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"时间缺少时区：{value.isoformat()}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        aware = value if value.tzinfo else value.replace(tzinfo=UTC)
        return aware.astimezone(SHANGHAI)


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar = {datetime: Instant}


def _one_of(column: str, *values: str) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


class Unit(Base):
    """A budget unit of the roster, across cycles. Tier 1 units are departments and have no department."""

    __tablename__ = "units"
    __table_args__ = (
        CheckConstraint(
            "(tier = 1 AND department_code IS NULL) OR (tier = 2 AND department_code IS NOT NULL)",
            name="tier_tree",
        ),
        _one_of("status", "active", "exempt", "closed"),
    )

    code: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    tier: Mapped[int] = mapped_column(Integer)
    department_code: Mapped[str | None] = mapped_column(ForeignKey("units.code"), index=True)
    status: Mapped[str] = mapped_column(String(16), default="active")
    remark: Mapped[str] = mapped_column(Text, default="")
    contacts: Mapped[list[Contact]] = relationship(
        back_populates="unit", cascade="all, delete-orphan", order_by="Contact.email"
    )


class Contact(Base):
    """A person of a unit who gets its mail."""

    __tablename__ = "contacts"

    unit_code: Mapped[str] = mapped_column(ForeignKey("units.code"), primary_key=True)
    email: Mapped[str] = mapped_column(String(254), primary_key=True)
    name: Mapped[str] = mapped_column(String(100), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    unit: Mapped[Unit] = relationship(back_populates="contacts")


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
    notice_issued_at: Mapped[datetime | None]


class Obligation(Base):
    """What a unit owes in a cycle, with name and department as they were when the notice went out."""

    __tablename__ = "obligations"
    __table_args__ = (
        _one_of("duty", "required", "exempt", "nil", "merged", "closed"),
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
    duty: Mapped[str] = mapped_column(String(16))
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
        _one_of("milestone", "unit_due", "correction_due"),
        _one_of("verdict", "granted", "refused"),
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


class Arrival(Base):
    """Every file that came in, whatever became of it. `source` names the place and its state, once."""

    __tablename__ = "arrivals"
    __table_args__ = (
        UniqueConstraint("cycle_id", "source"),
        ForeignKeyConstraint(["cycle_id", "unit_code"], ["obligations.cycle_id", "obligations.unit_code"]),
        _one_of("outcome", "stored", "duplicate", "unmatched", "not_owed"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id"))
    unit_code: Mapped[str | None] = mapped_column(String(32))
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
        _one_of(
            "kind", "filing", "unmatched", "not_owed", "question", "auto", "bounce", "oversized", "stuck"
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


class Submission(Base):
    """A version of what a unit filed: the files that came together. Exactly one version is effective."""

    __tablename__ = "submissions"
    __table_args__ = (
        UniqueConstraint("cycle_id", "unit_code", "version"),
        ForeignKeyConstraint(["cycle_id", "unit_code"], ["obligations.cycle_id", "obligations.unit_code"]),
        _one_of("state", "received", "returned", "accepted"),
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
        _one_of("state", "pending", "claimed", "sending", "sent", "failed", "uncertain", "cancelled"),
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
    claimed_at: Mapped[datetime | None]
    claimed_by: Mapped[str | None] = mapped_column(String(32))
    sent_at: Mapped[datetime | None]
    reply: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]


class Decision(Base):
    """A person's decision on content that its hash names. A change of that content voids it."""

    __tablename__ = "decisions"
    __table_args__ = (
        _one_of("verdict", "approved", "refused"),
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


class Publication(Base):
    """A published site with the proof that it was fetched back: nothing is "published" without it."""

    __tablename__ = "publications"
    __table_args__ = (CheckConstraint("(fetched_at IS NULL) = (fetched_hash IS NULL)", name="proof_whole"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id"))
    decision_id: Mapped[int] = mapped_column(
        ForeignKey("decisions.id"), unique=True
    )  # it approved one content
    address: Mapped[str] = mapped_column(String(600))
    content_hash: Mapped[str] = mapped_column(String(64))
    units: Mapped[list[Any]] = mapped_column(JSON)  # codes of the published units
    written_at: Mapped[datetime]
    fetched_at: Mapped[datetime | None]
    fetched_hash: Mapped[str | None] = mapped_column(String(64))


class AuditEntry(Base):
    """One change, chained to the one before it by hash; `selfeval audit verify` recomputes the chain."""

    __tablename__ = "audit_log"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(100))
    action: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(200))
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
    previous_hash: Mapped[str] = mapped_column(String(64), unique=True)
    hash: Mapped[str] = mapped_column(String(64), unique=True)
