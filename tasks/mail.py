"""Put a rendered mail into the outbox for every address of a unit, in the transaction of its cause."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from db import cycles, outbox
from db.models import CycleRow, Obligation
from notifications.message import Email


def queue_office_mail(
    session: Session, row: CycleRow, mail: Email, addresses: Sequence[str], *, step: str, at: datetime
) -> int:
    """Queue a mail to the bureau's own people once per address and step. Rows added."""
    return outbox.queue(
        session,
        cycle_id=row.id,
        unit_code=None,
        kind=str(mail.kind),
        step=step,
        recipients=addresses,
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        at=at,
    )


def queue_mail(
    session: Session,
    obligation: Obligation,
    mail: Email,
    *,
    step: str,
    at: datetime,
    attachments: Sequence[tuple[str, str]] = (),
    not_after: datetime | None = None,
    leave_out: str = "",
) -> int:
    """Queue the mail once per address and step; rows added.

    `attachments` are (file name, hash in the archive); from `not_after` on the mail would say nothing true;
    `leave_out` is an address that does not work.
    """
    return outbox.queue(
        session,
        cycle_id=obligation.cycle_id,
        unit_code=obligation.unit_code,
        kind=str(mail.kind),
        step=step,
        recipients=[
            address
            for address in cycles.addresses_of(session, obligation.unit_code)
            if address.lower() != leave_out
        ],
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        attachments=[{"name": name, "sha256": sha256} for name, sha256 in attachments],
        at=at,
        not_after=not_after,
    )
