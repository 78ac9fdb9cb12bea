"""The outbox: a mail is a row written in the transaction of its cause, and withdrawn when that has gone."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, Update, and_, bindparam, func, or_, select, text, update
from sqlalchemy.orm import Session

from db.models import Obligation, OutboxRow, Submission

_REMINDERS = ("reminder", "overdue")
_LISTS = ("escalation", "late_list")
TOO_LATE = "截止时间之前没有发出，已失去意义，不再发送"


def moot() -> ColumnElement[bool]:
    """Whether a row asks for what has been done since it was queued: filed, or corrected.

    Steps whose name begins with T ask for a first filing, those with C for a correction; a list of late
    units has lost its meaning when none of them owes anything any more.
    """
    filed = select(Submission.id).where(
        Submission.cycle_id == OutboxRow.cycle_id, Submission.unit_code == OutboxRow.unit_code
    )
    returned = filed.where(Submission.effective, Submission.state == "returned")
    filed_by = select(Submission.id).where(
        Submission.cycle_id == Obligation.cycle_id, Submission.unit_code == Obligation.unit_code
    )
    owing = select(Obligation.unit_code).where(
        Obligation.cycle_id == OutboxRow.cycle_id,
        or_(OutboxRow.unit_code.is_(None), Obligation.department_code == OutboxRow.unit_code),
        Obligation.duty == "required",
        or_(
            ~filed_by.exists(),
            filed_by.where(Submission.effective, Submission.state == "returned").exists(),
        ),
    )
    return or_(
        and_(OutboxRow.kind.in_(_REMINDERS), OutboxRow.step.startswith("T"), filed.exists()),
        and_(OutboxRow.kind.in_(_REMINDERS), OutboxRow.step.startswith("C"), ~returned.exists()),
        and_(OutboxRow.kind.in_(_LISTS), ~owing.exists()),
    )


_QUEUED = (
    "cycle_id", "unit_code", "kind", "step", "recipient", "message_id", "subject", "text_body", "html_body",
    "attachments", "state", "attempts", "not_before", "not_after", "reply", "created_at",
)  # fmt: skip
# As text, for both kinds of database: SQLAlchemy's own "on conflict" is compiled anew for every mail.
_INSERT = text(
    f"INSERT INTO outbox ({', '.join(_QUEUED)}) VALUES ({', '.join(f':{name}' for name in _QUEUED)}) "
    "ON CONFLICT DO NOTHING RETURNING id"
).bindparams(*(bindparam(name, type_=OutboxRow.__table__.c[name].type) for name in _QUEUED))


def queue(
    session: Session,
    *,
    cycle_id: int,
    unit_code: str | None,
    kind: str,
    step: str,
    recipients: Sequence[str],
    subject: str,
    text: str,
    html: str,
    attachments: Sequence[Mapping[str, str]] = (),
    at: datetime,
    not_after: datetime | None = None,
) -> int:
    """Queue one mail per recipient; what stands already under the same key stays as it is. Rows added.

    `unit_code` None: a mail to the bureau itself. `not_after`: from this instant on the mail would say
    nothing true and is cancelled instead; None: it is good whenever it arrives.
    """
    session.flush()  # what the mail refers to may be new
    added = 0
    for recipient in recipients:
        key = f"{cycle_id}/{unit_code or ''}/{kind}/{step}/{recipient}"
        values = {
            "cycle_id": cycle_id,
            "unit_code": unit_code,
            "kind": kind,
            "step": step,
            "recipient": recipient,
            "message_id": f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@selfeval.local>",
            "subject": subject,
            "text_body": text,
            "html_body": html,
            "attachments": [dict(attachment) for attachment in attachments],
            "state": "pending",
            "attempts": 0,
            "not_before": at,
            "not_after": not_after,
            "reply": "",
            "created_at": at,
        }
        inserted = session.execute(_INSERT, values)
        added += len(inserted.all())
    return added


def queued_steps(
    session: Session, cycle_id: int, *kinds: str, codes: Collection[str] | None = None
) -> set[tuple[str | None, str, str]]:
    """(unit, kind, step) of the mails of these kinds that stand in the outbox, whatever became of them."""
    query = select(OutboxRow.unit_code, OutboxRow.kind, OutboxRow.step).where(
        OutboxRow.cycle_id == cycle_id, OutboxRow.kind.in_(kinds)
    )
    if codes is not None:
        query = query.where(OutboxRow.unit_code.in_(codes))
    return {(code, kind, step) for code, kind, step in session.execute(query)}


def still_due(cycle_id: int) -> Select[tuple[OutboxRow]]:
    """The mails of a cycle that wait and have not lost their cause."""
    return select(OutboxRow).where(OutboxRow.cycle_id == cycle_id, OutboxRow.state == "pending", ~moot())


def last_reminded(session: Session, cycle_id: int) -> dict[str, datetime]:
    """When the last reminder to each unit left this house."""
    query = (
        select(OutboxRow.unit_code, func.max(OutboxRow.sent_at))
        .where(OutboxRow.cycle_id == cycle_id, OutboxRow.kind.in_(_REMINDERS), OutboxRow.state == "sent")
        .group_by(OutboxRow.unit_code)
    )
    return {code: sent_at for code, sent_at in session.execute(query)}


def is_queued(session: Session, cycle_id: int, unit_code: str | None, kind: str, step: str) -> bool:
    """Whether a mail of this step stands in the outbox in any state; `unit_code` None: to the bureau itself."""
    query = select(OutboxRow.id).where(
        OutboxRow.cycle_id == cycle_id,
        OutboxRow.unit_code.is_not_distinct_from(unit_code),
        OutboxRow.kind == kind,
        OutboxRow.step == step,
    )
    return session.scalar(query.limit(1)) is not None


def untold(session: Session, cycle_id: int, kind: str, step: str, addresses: Iterable[str]) -> list[str]:
    """Those of the bureau's own addresses for which no mail of this step stands in the outbox."""
    query = select(OutboxRow.recipient).where(
        OutboxRow.cycle_id == cycle_id,
        OutboxRow.unit_code.is_(None),
        OutboxRow.kind == kind,
        OutboxRow.step == step,
    )
    told = set(session.scalars(query))
    return [address for address in addresses if address not in told]


def cancel_moot(session: Session) -> int:
    """Withdraw reminders to units that have done it since the wave was queued, and lists of nobody."""
    return _cancel(session, _waiting(moot()), "发送前已报送")


def cancel_too_late(session: Session, *, at: datetime) -> int:
    """Withdraw what would say nothing true any more; rows withdrawn."""
    return _cancel(session, _waiting(OutboxRow.not_after <= at), TOO_LATE)


def withdraw(session: Session, cycle_id: int, unit_code: str, wave: str, reason: str) -> int:
    """Withdraw the reminders of one wave (T or C) to one unit that have not gone out; rows withdrawn."""
    mine = (OutboxRow.cycle_id == cycle_id, OutboxRow.unit_code == unit_code)
    reminders = OutboxRow.kind.in_(_REMINDERS)
    return _cancel(session, _waiting(*mine, reminders, OutboxRow.step.startswith(wave)), reason)


def withdraw_wave(session: Session, cycle_id: int, wave: str, reason: str, *, keep: Collection[str]) -> int:
    """Withdraw what has not gone out of one wave (T or C), lists too, but not of the units to keep; rows."""
    calls = OutboxRow.kind.in_((*_REMINDERS, *_LISTS))
    other = or_(OutboxRow.unit_code.is_(None), OutboxRow.unit_code.not_in(keep), OutboxRow.kind.in_(_LISTS))
    mine = (OutboxRow.cycle_id == cycle_id, calls, OutboxRow.step.startswith(wave), other)
    return _cancel(session, _waiting(*mine), reason)


def withdraw_reminders(session: Session, cycle_id: int, reason: str) -> int:
    """Withdraw every call to file that has not gone out, those to departments too; rows withdrawn."""
    calls = OutboxRow.kind.in_((*_REMINDERS, *_LISTS))
    return _cancel(session, _waiting(OutboxRow.cycle_id == cycle_id, calls), reason)


def _waiting(*conditions: ColumnElement[bool]) -> Update:
    """Rows that have not left this house; their sender is asked once more before it hands one over."""
    return update(OutboxRow).where(OutboxRow.state.in_(("pending", "claimed")), *conditions)


def _cancel(session: Session, statement: Update, reason: str) -> int:
    values = statement.values(state="cancelled", claimed_by=None, reply=reason)
    return session.execute(values.execution_options(synchronize_session=False)).rowcount


def count_by_kind(session: Session, cycle_id: int, *states: str) -> dict[str, int]:
    """Number of mails by kind in the given states."""
    query = select(OutboxRow.kind, func.count()).where(
        OutboxRow.cycle_id == cycle_id, OutboxRow.state.in_(states)
    )
    return {
        kind: count
        for kind, count in session.execute(query.group_by(OutboxRow.kind).order_by(OutboxRow.kind))
    }


def count_by_state(session: Session, cycle_id: int) -> dict[str, int]:
    """Number of mails by state."""
    query = select(OutboxRow.state, func.count()).where(OutboxRow.cycle_id == cycle_id)
    return {state: count for state, count in session.execute(query.group_by(OutboxRow.state))}
