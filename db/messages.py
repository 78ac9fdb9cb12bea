"""The mails of the mailbox: each taken in exactly once, whatever dies in between."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Select, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from db.models import Contact, MailMessage, OutboxRow

# A restart of the machine may hit the same mail twice; a mail that breaks the program does so every time.
MAX_ATTEMPTS = 3


def standing(session: Session, mailbox: str, uidvalidity: int, uid: int) -> MailMessage | None:
    """The mail as it is known, None when it is new."""
    return session.scalar(_this(mailbox, uidvalidity, uid))


def begin(
    session: Session,
    cycle_id: int,
    mailbox: str,
    uidvalidity: int,
    uid: int,
    *,
    sha256: str | None,
    size: int,
    received_at: datetime,
) -> MailMessage:
    """Count the attempt before the mail is opened. `sha256` names the whole message in the archive.

    A mail that kills its process never comes back to report: the count is what stops the third try.
    """
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(
        insert(MailMessage)
        .values(
            cycle_id=cycle_id,
            mailbox=mailbox,
            uidvalidity=uidvalidity,
            uid=uid,
            sha256=sha256,
            size=size,
            received_at=received_at,
            sender="",
            subject="",
            reference="",
            note="",
            attempts=0,
        )
        .on_conflict_do_nothing()
    )
    message = session.scalars(_this(mailbox, uidvalidity, uid).with_for_update()).one()
    message.attempts += 1
    return message


def give_back(session: Session, message_id: int) -> None:
    """An attempt that ended with a known fault does not count against the mail."""
    session.execute(
        update(MailMessage)
        .where(MailMessage.id == message_id, MailMessage.kind.is_(None))
        .values(attempts=MailMessage.attempts - 1)
    )


def locked(session: Session, message_id: int) -> MailMessage:
    """The mail, locked to be settled in this transaction; its `kind` says whether another process did."""
    return session.get_one(MailMessage, message_id, with_for_update=True)


def of_kind(session: Session, cycle_id: int, *kinds: str) -> list[MailMessage]:
    """The mails of these kinds, in order of receipt."""
    query = select(MailMessage).where(MailMessage.cycle_id == cycle_id, MailMessage.kind.in_(kinds))
    return list(session.scalars(query.order_by(MailMessage.received_at, MailMessage.id)))


def contacts(session: Session, unit_codes: Collection[str]) -> dict[str, frozenset[str]]:
    """Address in lower case → codes of the units, among these, whose contact it is."""
    found: dict[str, set[str]] = {}
    for code, email in session.execute(select(Contact.unit_code, Contact.email)):
        if code in unit_codes:
            found.setdefault(email.lower(), set()).add(code)
    return {address: frozenset(codes) for address, codes in found.items()}


def sent_papers(session: Session, cycle_id: int, unit_code: str) -> set[str]:
    """Hashes of every file that was mailed to the unit."""
    query = select(OutboxRow.attachments).where(
        OutboxRow.cycle_id == cycle_id, OutboxRow.unit_code == unit_code
    )
    return {item["sha256"] for attached in session.scalars(query) for item in attached}


def _this(mailbox: str, uidvalidity: int, uid: int) -> Select[tuple[MailMessage]]:
    return select(MailMessage).where(
        MailMessage.mailbox == mailbox, MailMessage.uidvalidity == uidvalidity, MailMessage.uid == uid
    )
