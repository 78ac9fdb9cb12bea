"""The end of intake: behind it nothing is taken in and nobody is reminded.

A person closes the cycle by a decision about the board as it stood, or the cycle has planned its lock; the
earlier of the two counts. Due is something else: who files after the due instant is late, who files after
the end of intake is not counted.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from db import decisions, outbox
from db.board import unit_statuses
from db.cycles import CycleConflict, policy_of
from db.models import CycleRow, Decision
from selfeval.cycle import Cycle
from selfeval.workdays import local

SUBJECT = "closing"


@dataclass(frozen=True, slots=True)
class IntakeEnd:
    """When intake ends. `decision` is the person's close, None for the lock that the cycle planned."""

    at: datetime
    decision: Decision | None = None

    def shuts_out(self, received_at: datetime) -> bool:
        """Whether a filing of this instant is not counted; a planned day includes its last instant."""
        return received_at >= self.at if self.decision else received_at > self.at

    @property
    def how(self) -> str:
        """How intake ended, in Chinese."""
        return "关闭" if self.decision else "按规定停止收取"


def intake_end(
    session: Session, cycle_id: int, planned: datetime | None, asof: datetime | None = None
) -> IntakeEnd | None:
    """When intake ends or has ended, by a close in force at `asof` or by the planned lock; None: it is open."""
    decision = closing(session, cycle_id, asof)
    ends = [IntakeEnd(decision.decided_at, decision)] if decision else []
    ends += [IntakeEnd(planned)] if planned else []
    return min(ends, key=lambda end: end.at, default=None)


def intake_note(
    session: Session, row: CycleRow, cycle: Cycle, at: datetime, asof: datetime | None = None
) -> str:
    """What a board says on the end of intake at this instant, as a sentence without a full stop, or ""."""
    planned = cycle.lock(policy_of(row, cycle.policy).filing.due_hour)
    end = intake_end(session, row.id, planned, asof)
    if end is None:
        return ""
    when = f"{local(end.at):%Y-%m-%d %H:%M}"
    if end.decision:
        return f"本周期已于{when}关闭（{end.decision.person}：{end.decision.reason}），此后的来件不再计入"
    past = f"本周期已于{when}{end.how}" if end.shuts_out(at) else f"逾期报送收取到{when}为止"
    return f"{past}，此后的来件不再计入（延期更晚的单位除外）"


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
        raise CycleConflict(f"{row.name}没有关闭；要推迟停止收取的日期，请用 selfeval cycle amend 文件")
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
