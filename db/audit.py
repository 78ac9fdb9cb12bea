"""The audit log: every change appended, each entry chained to the one before it by hash."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from db.models import AuditEntry

GENESIS = "0" * 64
_LOCK_KEY = 0x5E1FE7A1
# Every change of a wave asks for them: built once, and without the mapper, they cost half.
_LAST = select(AuditEntry.hash).order_by(AuditEntry.id.desc()).limit(1)
_INSERT = insert(AuditEntry.__table__)


def append(
    session: Session, *, at: datetime, actor: str, action: str, subject: str, details: dict[str, Any]
) -> None:
    """Append one entry in the transaction of the change that it tells of."""
    # Two transactions must not chain to the same entry.
    wait_for_others(session)
    session.flush()
    last = session.scalar(_LAST) or GENESIS
    entry = {"at": at, "actor": actor, "action": action, "subject": subject, "details": details}
    session.execute(_INSERT, entry | {"previous_hash": last, "hash": _digest(last, **entry)})


def wait_for_others(session: Session) -> None:
    """Until this transaction ends no other one records a change; SQLite has one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(_LOCK_KEY)))


def last(session: Session) -> str:
    """The hash of the last entry: another one as soon as anything was recorded."""
    return session.scalar(_LAST) or GENESIS


def verify(session: Session) -> tuple[int, int | None]:
    """Number of entries and the id of the first one that does not fit the chain (None: all fit)."""
    previous, count = GENESIS, 0
    for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.id)):
        count += 1
        digest = _digest(previous, entry.at, entry.actor, entry.action, entry.subject, entry.details)
        if entry.previous_hash != previous or entry.hash != digest:
            return count, entry.id
        previous = entry.hash
    return count, None


def _digest(
    previous: str, at: datetime, actor: str, action: str, subject: str, details: dict[str, Any]
) -> str:
    content = [previous, at.astimezone(UTC).isoformat(), actor, action, subject, details]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
