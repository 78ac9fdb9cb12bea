"""What changed in a cycle between two instants, told by the audit log."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from db.models import AuditEntry, CycleRow, OutboxRow


def changes(session: Session, row: CycleRow, since: datetime, until: datetime) -> list[AuditEntry]:
    """Every entry on the cycle, its units, the roster and the database as a whole after `since` up to `until`, in order."""
    about = or_(
        AuditEntry.subject.in_(("roster", "database")),
        AuditEntry.subject == f"cycle/{row.year}",
        AuditEntry.subject.startswith(f"cycle/{row.year}/"),
    )
    query = select(AuditEntry).where(about, AuditEntry.at > since, AuditEntry.at <= until)
    return list(session.scalars(query.order_by(AuditEntry.id)))


def unsent(session: Session, row: CycleRow, since: datetime, until: datetime) -> list[OutboxRow]:
    """The mails that were refused for good after `since` up to `until`."""
    query = select(OutboxRow).where(
        OutboxRow.cycle_id == row.id,
        OutboxRow.state == "failed",
        OutboxRow.claimed_at > since,
        OutboxRow.claimed_at <= until,
    )
    return list(session.scalars(query.order_by(OutboxRow.id)))


def last_digest(session: Session, row: CycleRow, step: str) -> datetime | None:
    """When the last digest before this step (an ISO day) was written."""
    query = select(func.max(OutboxRow.created_at)).where(
        OutboxRow.cycle_id == row.id, OutboxRow.kind == "digest", OutboxRow.step < step
    )
    return session.scalar(query)
