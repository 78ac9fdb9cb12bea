"""Redacted copies of what units filed, the list of what is hidden, and a second person's word on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from prefect import task
from prefect.cache_policies import NO_CACHE
from sqlalchemy.orm import Session

from db import cycles, decisions
from db.models import CycleRow, Decision
from selfeval.publication import Publication, UnitEntry
from selfeval.redaction import redact
from selfeval.refusal import Refusal
from tasks.office import clock, reading
from tasks.public_content import as_it_stands, unit_hash, unit_hashes
from tasks.public_copies import files_of

CONFIRM = "selfeval redaction confirm --by 姓名"
_ABOUT = "redaction"
_MOST_NAMES = 20


def redaction_subject(code: str) -> str:
    """What a confirmation is a decision on."""
    return f"{_ABOUT}/{code}"


def confirmations(session: Session, row: CycleRow) -> dict[str, Decision]:
    """The confirmations in force by unit code, whether they still fit the content or not."""
    standing = decisions.standing_under(session, row.id, _ABOUT)
    return {decision.subject.removeprefix(f"{_ABOUT}/"): decision for decision in standing}


class Named(Protocol):
    """A unit of a publication."""

    @property
    def code(self) -> str: ...

    @property
    def name(self) -> str: ...


U = TypeVar("U", bound=Named)


def unconfirmed(session: Session, row: CycleRow, units: Sequence[U], hashes: Mapping[str, str]) -> list[U]:
    """Those of the units whose redaction, as it is now, nobody has confirmed; `hashes` by their codes."""
    confirmed = {
        decision.subject: decision.content_hash
        for decision in decisions.standing_under(session, row.id, _ABOUT)
    }
    return [unit for unit in units if confirmed.get(redaction_subject(unit.code)) != hashes[unit.code]]


def objection_to_redaction(
    session: Session, row: CycleRow, content: Publication, hashes: Mapping[str, str], approver: str
) -> str:
    """Why what this person approves (or approved) may not go public, "" when others confirmed all redactions.

    `hashes` are those of the content or of its site.
    """
    waiting = unconfirmed(session, row, content.units, unit_hashes(hashes))
    if waiting:
        return f"{len(waiting)}家的脱敏结果还没有由第二人确认：{names_of(waiting)}。请先“确认脱敏”（命令 {CONFIRM}）"
    known = confirmations(session, row)
    own = [unit for unit in content.units if same_person(known[unit.code].person, approver)]
    if own:
        return f"{approver}确认了{names_of(own)}的脱敏结果，公开应由另一人审批"
    return ""


def names_of(units: Sequence[Named]) -> str:
    """Their names, the first twenty of them."""
    more = f"等{len(units)}家" if len(units) > _MOST_NAMES else ""
    return "、".join(unit.name for unit in units[:_MOST_NAMES]) + more


def same_person(one: str, other: str) -> bool:
    """Whether two names are the same, however they are spaced."""
    return "".join(one.split()) == "".join(other.split())


@task(name="列出脱敏清单", cache_policy=NO_CACHE)
def list_redaction(year: int | None, code: str | None) -> list[dict]:
    """What is hidden in every published unit's files, masked, and who confirmed it.

    A confirmation whose content changed is voided here.
    """

    def make(content: Publication) -> list[dict]:
        return [_listed(content, unit) for unit in _units(content, code)]

    def store(session: Session, row: CycleRow, _: Publication, listed: list[dict]) -> list[dict]:
        return [unit | {"confirmed_by": _confirmed_by(session, row, unit)} for unit in listed]

    return as_it_stands(year, make, store)


@task(name="登记脱敏确认", cache_policy=NO_CACHE)
def confirm_redaction(
    year: int | None, code: str | None, person: str, reason: str, now: datetime | None
) -> list[str]:
    """Record that a second person looked at what is hidden, of one unit or of all; codes confirmed.

    Raises Refusal when that person approved the publication: four eyes are two persons.
    """

    def make(content: Publication) -> dict[str, str]:
        return {unit.code: unit_hash(content, unit) for unit in _units(content, code)}

    def store(session: Session, row: CycleRow, _: Publication, hashes: dict[str, str]) -> list[str]:
        _require_other(session, row, person)
        for unit_code, digest in hashes.items():
            decisions.decide(
                session,
                row,
                redaction_subject(unit_code),
                verdict="approved",
                person=person,
                reason=reason,
                content_hash=digest,
                at=clock(now),
            )
        return list(hashes)

    with reading() as session:  # a province's copies take minutes to make: not for a refusal
        _require_other(session, cycles.cycle_of(session, year), person)
    return as_it_stands(year, make, store)


def _require_other(session: Session, row: CycleRow, person: str) -> None:
    approval = decisions.standing(session, row.id, "publication")
    if approval and approval.verdict == "approved" and same_person(approval.person, person):
        raise Refusal(f"{person}已审批公开，脱敏结果应由另一人确认")


def _units(content: Publication, code: str | None) -> list[UnitEntry]:
    units = [unit for unit in content.units if code in (None, unit.code)]
    if not units:
        raise Refusal(
            f"{code} 没有可以公开的结果，无需脱敏"
            if code
            else "还没有审核通过的单位（设了逐级审核的，各级都要同意），没有需要脱敏的内容"
        )
    return units


def _confirmed_by(session: Session, row: CycleRow, unit: Mapping[str, str]) -> str | None:
    decision = decisions.standing(session, row.id, redaction_subject(unit["code"]))
    if decision is not None and decision.content_hash != unit["content_hash"]:
        decisions.void(session, row, decision, reason="确认后脱敏的内容有变化", at=clock(None))
        return None
    return decision.person if decision else None


def _listed(content: Publication, unit: UnitEntry) -> dict:
    return {
        "code": unit.code,
        "name": unit.name,
        "content_hash": unit_hash(content, unit),
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
