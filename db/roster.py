"""The roster in the database. An import is one transaction: all of it or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from db import audit
from db.models import Contact, Unit
from selfeval.roster import RosterChange, RosterContact, RosterUnit, differences


def load_roster(session: Session) -> tuple[RosterUnit, ...]:
    """Every unit with its contacts, by code."""
    units = session.scalars(select(Unit).options(selectinload(Unit.contacts)).order_by(Unit.code))
    return tuple(
        RosterUnit(
            code=unit.code,
            name=unit.name,
            tier=unit.tier,
            department_code=unit.department_code,
            status=unit.status,
            contacts=tuple(RosterContact(c.email, c.name, c.phone) for c in unit.contacts),
            remark=unit.remark,
            merged_into=unit.merged_into,
            secret=unit.secret,
        )
        for unit in units
    )


def secret_codes(session: Session) -> frozenset[str]:
    """The codes of the units that the roster marks secret (涉密)."""
    return frozenset(session.scalars(select(Unit.code).where(Unit.secret)))


def save_roster(
    session: Session, units: Sequence[RosterUnit], *, at: datetime, actor: str
) -> tuple[RosterChange, ...]:
    """Take the list over and return what it changes. Units that it does not name stay."""
    changes = differences(load_roster(session), units)
    touched = {change.code for change in changes if change.kind != "dropped"}
    # Departments first: a subordinate unit refers to its department.
    for unit in sorted(units, key=lambda unit: (unit.tier, unit.code)):
        if unit.code in touched:
            _save(session, unit)
    if changes:
        details = {change.code: f"{change.kind}：{change.text}" for change in changes}
        audit.append(session, at=at, actor=actor, action="roster.imported", subject="roster", details=details)
    return changes


def _save(session: Session, unit: RosterUnit) -> None:
    row = session.get(Unit, unit.code, options=[selectinload(Unit.contacts)])
    if row is None:
        row = Unit(code=unit.code)
        session.add(row)
    row.name = unit.name
    row.tier = unit.tier
    row.department_code = unit.department_code
    row.status = unit.status
    row.remark = unit.remark
    row.merged_into = unit.merged_into
    row.secret = unit.secret
    known = {contact.email: contact for contact in row.contacts}
    contacts = []
    for contact in unit.contacts:
        kept = known.get(contact.email) or Contact(email=contact.email)
        kept.name, kept.phone = contact.name, contact.phone
        contacts.append(kept)
    row.contacts = contacts
    session.flush()
