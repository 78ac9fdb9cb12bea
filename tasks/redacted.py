"""Redacted copies of what units filed, the list of what is hidden, and a second person's word on it."""

from __future__ import annotations

import hashlib
from datetime import datetime

from prefect import task
from prefect.cache_policies import NO_CACHE
from sqlalchemy.orm import Session

from db import cycles, decisions
from db.models import CycleRow
from selfeval.publication import Publication, UnitEntry
from selfeval.redaction import redact
from selfeval.refusal import Refusal
from tasks.office import clock, database
from tasks.public_content import content_of
from tasks.public_copies import files_of


def redaction_subject(code: str) -> str:
    """What a confirmation is a decision on."""
    return f"redaction/{code}"


def unconfirmed(session: Session, row: CycleRow, content: Publication) -> list[str]:
    """Codes of the units whose redaction, as it is now, nobody has confirmed."""
    found = []
    for unit in content.units:
        decision = decisions.standing(session, row.id, redaction_subject(unit.code))
        if decision is None or decision.content_hash != _hash(content, unit.code):
            found.append(unit.code)
    return found


@task(name="列出脱敏清单", cache_policy=NO_CACHE)
def list_redaction(year: int | None, code: str | None) -> list[dict]:
    """What is hidden in every published unit's files, masked, and who confirmed it.

    A confirmation whose content changed is voided here.
    """
    with database() as session:
        row = cycles.cycle_of(session, year)
        content = content_of(session, row)
        return [_listed(session, row, content, unit) for unit in _units(content, code)]


@task(name="登记脱敏确认", cache_policy=NO_CACHE)
def confirm_redaction(
    year: int | None, code: str | None, person: str, reason: str, now: datetime | None
) -> list[str]:
    """Record that a second person looked at what is hidden, of one unit or of all; codes confirmed.

    Raises Refusal when that person approved the publication: four eyes are two persons.
    """
    with database() as session:
        row = cycles.cycle_of(session, year)
        approval = decisions.standing(session, row.id, "publication")
        if approval is not None and approval.person.split() == person.split():
            raise Refusal(f"{person}已审批公开，脱敏结果应由另一人确认")
        content = content_of(session, row)
        confirmed = []
        for unit in _units(content, code):
            decisions.decide(
                session,
                row,
                redaction_subject(unit.code),
                verdict="approved",
                person=person,
                reason=reason,
                content_hash=_hash(content, unit.code),
                at=clock(now),
            )
            confirmed.append(unit.code)
        return confirmed


def _units(content: Publication, code: str | None) -> list[UnitEntry]:
    units = [unit for unit in content.units if code in (None, unit.code)]
    if not units:
        raise Refusal(
            f"{code} 没有可以公开的结果，无需脱敏" if code else "还没有审核通过的单位，没有需要脱敏的内容"
        )
    return units


def _listed(session: Session, row: CycleRow, content: Publication, unit: UnitEntry) -> dict:
    digest = _hash(content, unit.code)
    decision = decisions.standing(session, row.id, redaction_subject(unit.code))
    if decision is not None and decision.content_hash != digest:
        decisions.void(session, row, decision, reason="确认后脱敏的内容有变化", at=clock(None))
        decision = None
    return {
        "code": unit.code,
        "name": unit.name,
        "confirmed_by": decision.person if decision else None,
        "content_hash": digest,
        "files": [
            {
                "file": redact(file.name, content.hidden, content.rules),
                "copied": file.copy is not None,
                "reason": file.reason,
                "hidden": [hidden._asdict() for hidden in file.copy.hidden] if file.copy else [],
            }
            for file in files_of(content, unit.code)
        ],
    }


def _hash(content: Publication, code: str) -> str:
    """SHA-256 of all that would be public of a unit: its page and its copies."""
    unit = next(unit for unit in content.units if unit.code == code)
    digest = hashlib.sha256(repr(content.page(unit)).encode())
    for file in files_of(content, code):
        digest.update(file.name.encode() + (file.copy.content if file.copy else b"-"))
    return digest.hexdigest()
