"""Where a cycle stands, read for a rehearsal; nothing is written."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import outbox
from db.cycles import expected_obligations, obligations_of, policy_of, value_of
from db.debtors import debtors
from db.examiner_calls import examiner_calls
from db.models import Contact, CycleRow, Obligation, OutboxRow
from selfeval.cycle import Duty
from selfeval.extension import dues
from selfeval.rehearsal import Mail, Situation
from selfeval.reminders import Debtor
from selfeval.workdays import due_instant

_PLANNED = (
    *("notice", "reminder", "overdue", "escalation", "late_list", "digest"),
    *("readiness", "publication_alarm"),
)


def situation(
    session: Session, row: CycleRow, *, bureau: tuple[str, ...], admins: tuple[str, ...]
) -> Situation:
    """The cycle as it stands; before the notice, as it will be when the notice goes out on its day.

    Its publication is left out: what that waits for is more than rows.
    """
    waiting = _waiting(session, row)
    return Situation(
        cycle=value_of(row),
        policy=policy_of(row, value_of(row).policy),
        debtors=tuple(debtors(session, row) if row.notice_issued_at else _expected(session, row)),
        departments={item.unit_code: item.unit_name for item in _obligations(session, row)},
        addresses=_addresses(session),
        bureau=bureau,
        admins=admins,
        noticed_at=row.notice_issued_at,
        told=frozenset(outbox.queued_steps(session, row.id, *_PLANNED)),
        waiting=tuple(waiting),
        calls=examiner_calls(session, row),
    )


def _expected(session: Session, row: CycleRow) -> list[Debtor]:
    cycle = value_of(row)
    found = []
    for item in _obligations(session, row):
        if item.duty != Duty.REQUIRED:
            continue
        policy = policy_of(row, item.policy)
        noticed_at = due_instant(cycle.milestones.notice, policy.reminders.hour)
        found.append(
            Debtor(
                item.unit_code,
                item.unit_name,
                item.department_code,
                policy.reminders,
                dues(cycle, policy.filing, ()),
                None,
                noticed_at,
            )
        )
    return found


def _obligations(session: Session, row: CycleRow) -> list[Obligation]:
    return obligations_of(session, row.id) or expected_obligations(session, row, "")


def _addresses(session: Session) -> dict[str, tuple[str, ...]]:
    query = select(Contact.unit_code, Contact.email).order_by(Contact.unit_code, Contact.email)
    found: dict[str, tuple[str, ...]] = {}
    for code, email in session.execute(query):
        found[code] = (*found.get(code, ()), email)
    return found


def _waiting(session: Session, row: CycleRow) -> list[Mail]:
    """The mails that are written and not sent, without those that have lost their cause."""
    names = {item.unit_code: item.unit_name for item in obligations_of(session, row.id)}
    return [
        Mail(
            mail.not_before,
            mail.kind,
            mail.step,
            mail.unit_code,
            names.get(mail.unit_code, row.bureau),
            (mail.recipient,),
            f"已写好待发：{mail.subject}",
        )
        for mail in session.scalars(outbox.still_due(row.id).order_by(OutboxRow.not_before, OutboxRow.id))
    ]
