"""The close of a cycle: from that instant nothing is taken in and nobody is reminded.

Closing is a person's decision about the board as it stood; due is something else: who files after the due
instant is late, who files after the close is not counted.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from db import decisions, outbox
from db.board import unit_statuses
from db.cycles import CycleConflict
from db.models import CycleRow, Decision

SUBJECT = "closing"


def close(session: Session, row: CycleRow, *, person: str, reason: str, at: datetime) -> Decision:
    """Close the cycle; reminders that have not gone out are withdrawn. A closed cycle stays as it was closed.

    Raises Refusal without a person or a reason, and for a cycle whose notice is not out.
    """
    if not person.strip() or not reason.strip():
        raise CycleConflict("关闭周期应写明决定的人和理由")
    if row.notice_issued_at is None:
        raise CycleConflict(f"{row.name}的通知尚未印发，无从关闭")
    standing = closing(session, row.id)
    if standing:
        return standing
    board = [asdict(status) for status in unit_statuses(session, row.id, at)]
    text = json.dumps(board, ensure_ascii=False, sort_keys=True, default=str)
    decision = decisions.decide(
        session,
        row,
        SUBJECT,
        verdict="approved",
        person=person,
        reason=reason,
        content_hash=hashlib.sha256(text.encode()).hexdigest(),
        at=at,
    )
    outbox.withdraw_reminders(session, row.id, "周期已关闭")
    return decision


def reopen(session: Session, row: CycleRow, *, person: str, reason: str, at: datetime) -> None:
    """Take the close back: filings are taken in again from now on. Raises Refusal when it is not closed."""
    if not person.strip() or not reason.strip():
        raise CycleConflict("重新开启周期应写明决定的人和理由")
    standing = closing(session, row.id)
    if standing is None:
        raise CycleConflict(f"{row.name}没有关闭")
    decisions.void(session, row, standing, reason=f"{person}重新开启：{reason}", at=at, actor=person)


def closing(session: Session, cycle_id: int, asof: datetime | None = None) -> Decision | None:
    """The close in force at `asof` (None: as things stand), None while the cycle is open."""
    query = select(Decision).where(Decision.cycle_id == cycle_id, Decision.subject == SUBJECT)
    if asof is None:
        query = query.where(Decision.voided_at.is_(None))
    else:
        query = query.where(
            Decision.decided_at <= asof, or_(Decision.voided_at.is_(None), Decision.voided_at > asof)
        )
    return session.scalar(query.order_by(Decision.id.desc()).limit(1))
