"""Cycles and obligations: what was opened, what the roster owed when the notice went out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import lru_cache

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from db import audit, outbox
from db.models import Contact, CycleRow, DutyChange, Obligation, Unit
from selfeval.cycle import MILESTONE_LABELS, Assignment, Cycle, Duty, Move
from selfeval.cycle_file import parse_cycle
from selfeval.policy import Policy, load_policy, parse_policy
from selfeval.refusal import Refusal

# Built once: every wave asks for them unit by unit.
_ADDRESSES = select(Contact.email).where(Contact.unit_code == bindparam("unit")).order_by(Contact.email)


class CycleConflict(Refusal):
    """What was asked does not fit the state of the cycle; the text says why in Chinese."""


def open_cycle(
    session: Session, definition: str, policies: Mapping[str, str], *, at: datetime, actor: str
) -> CycleRow:
    """Store a cycle from its TOML text; `policies` holds the text of the bureau's own policy files by name.

    Opening the same definition again returns the cycle that stands; another one for the year is refused.
    """
    cycle = parse_cycle(definition)
    standing = session.scalar(select(CycleRow).where(CycleRow.year == cycle.year))
    if standing is not None:
        if parse_cycle(standing.definition) == cycle and standing.policies == dict(policies):
            return standing
        raise CycleConflict(
            f"{cycle.year}年度的周期已开启（{standing.name}，{standing.document_number}），不能再开启一个；"
            "更正它的日期用“更正周期”，放假调休等用命令 selfeval cycle amend 文件"
        )
    row = CycleRow(year=cycle.year, opened_at=at)
    define(row, definition, policies)
    session.add(row)
    session.flush()
    details = {"name": cycle.name, "document_number": cycle.document_number}
    audit.append(
        session, at=at, actor=actor, action="cycle.opened", subject=f"cycle/{cycle.year}", details=details
    )
    return row


def define(row: CycleRow, definition: str, policies: Mapping[str, str]) -> None:
    """Write a cycle's TOML text and what is read from it into its row."""
    cycle = parse_cycle(definition)
    row.name, row.bureau, row.document_number = cycle.name, cycle.bureau, cycle.document_number
    for key in MILESTONE_LABELS:
        setattr(row, f"{key}_on", getattr(cycle.milestones, key))
    row.definition, row.policies = definition, dict(policies)


def cycle_of(session: Session, year: int | None = None) -> CycleRow:
    """The cycle of a budget year, or the latest one; raises CycleConflict when there is none."""
    row = latest(session) if year is None else session.scalar(select(CycleRow).where(CycleRow.year == year))
    if row is None:
        raise CycleConflict(
            f"没有{year}年度的周期"
            if year
            else "还没有开启任何周期，请先“开启周期”（命令 selfeval cycle open）"
        )
    return row


def latest(session: Session) -> CycleRow | None:
    """The cycle of the latest budget year."""
    return session.scalar(select(CycleRow).order_by(CycleRow.year.desc()).limit(1))


def value_of(row: CycleRow, asof: datetime | None = None) -> Cycle:
    """The stored cycle as a value, as it stands or with the dates that it had at `asof`.

    The calendar is the one known now: what a holiday order corrects was never different.
    """
    later = [each for each in row.amendments if asof is not None and each.decided_at > asof]
    stood = row.amendments[: len(row.amendments) - len(later)]
    moves = tuple((key, Move(each.id, each.decided_at)) for each in stood for key in each.moved)
    if not later:
        return _parsed_cycle(row.definition, moves)
    return replace(_parsed_cycle(later[0].before, moves), workdays=_parsed_cycle(row.definition, ()).workdays)


def policy_of(row: CycleRow, name: str) -> Policy:
    """A policy by name: the bureau's own as it was when the cycle opened, or a packaged one."""
    return _parsed_policy(name, row.policies.get(name))


# A wave asks for them once per unit, and the texts seldom change.
@lru_cache(maxsize=32)
def _parsed_cycle(definition: str, moves: tuple[tuple[str, Move], ...]) -> Cycle:
    return replace(parse_cycle(definition), moved=dict(moves))


@lru_cache(maxsize=64)
def _parsed_policy(name: str, text: str | None) -> Policy:
    return parse_policy(text, source_name=name) if text is not None else load_policy(name)


def freeze_roster(session: Session, row: CycleRow, *, at: datetime, actor: str) -> list[Obligation]:
    """Write every unit's obligation once, from the roster as it stands; afterwards return what stands."""
    standing = obligations_of(session, row.id)
    if standing:
        return standing
    obligations = expected_obligations(session, row, actor)
    session.add_all(obligations)
    row.roster_frozen_at = at
    session.flush()
    details = {"units": len(obligations)}
    audit.append(
        session, at=at, actor=actor, action="roster.frozen", subject=f"cycle/{row.year}", details=details
    )
    return obligations_of(session, row.id)


def expected_obligations(session: Session, row: CycleRow, actor: str) -> list[Obligation]:
    """What every unit would owe if the roster were frozen as it stands; nothing is stored."""
    cycle = value_of(row)
    units = {unit.code: unit for unit in session.scalars(select(Unit).order_by(Unit.tier, Unit.code))}
    if not units:
        raise CycleConflict("名单是空的，请先运行 selfeval roster import")
    strangers = sorted(cycle.assignments.keys() - units.keys())
    if strangers:
        raise CycleConflict(f"周期文件中的单位 {'、'.join(strangers)} 不在名单中")
    obligations = []
    for unit in units.values():
        department = units[unit.department_code] if unit.department_code else unit
        assignment = cycle.assignments.get(unit.code, Assignment())
        duty = Duty.REQUIRED if unit.status == "active" else Duty(unit.status)
        obligations.append(
            Obligation(
                cycle_id=row.id,
                unit_code=unit.code,
                unit_name=unit.name,
                tier=unit.tier,
                department_code=department.code,
                department_name=department.name,
                policy=assignment.policy or cycle.policy,
                year=assignment.year or cycle.year,
                duty=duty.value,
                merged_into=unit.merged_into,
                reason=unit.remark if duty is not Duty.REQUIRED else "",
                person=actor if duty is not Duty.REQUIRED else "",
            )
        )
    return sorted(obligations, key=lambda item: (item.department_code, item.tier, item.unit_code))


def obligations_of(session: Session, cycle_id: int) -> list[Obligation]:
    """Every obligation of a cycle, department by department."""
    query = select(Obligation).where(Obligation.cycle_id == cycle_id)
    return list(
        session.scalars(query.order_by(Obligation.department_code, Obligation.tier, Obligation.unit_code))
    )


def change_duty(
    session: Session,
    row: CycleRow,
    unit_code: str,
    duty: Duty,
    *,
    reason: str,
    person: str,
    at: datetime,
    into: str | None = None,
) -> Obligation:
    """Change what a unit owes (a nil return, an exemption, a merger …); reason and person are required.

    `into` is the unit that files for a merged one. What is told again stands once.
    """
    if not reason.strip() or not person.strip():
        raise CycleConflict(f"{duty.label}应写明原因和批准人")
    obligation = session.get(Obligation, (row.id, unit_code), with_for_update=True)
    if obligation is None:
        raise CycleConflict(f"{row.year}年度的报送名单中没有预算编码 {unit_code}（通知印发后名单才固定）")
    told = (duty.value, reason, person, into)
    if (obligation.duty, obligation.reason, obligation.person, obligation.merged_into) == told:
        return obligation
    _require_one_who_files(session, row, obligation, duty, into)
    session.add(
        DutyChange(
            cycle_id=row.id,
            unit_code=unit_code,
            before=obligation.duty,
            before_reason=obligation.reason,
            before_person=obligation.person,
            before_merged_into=obligation.merged_into,
            duty=duty.value,
            merged_into=into,
            reason=reason,
            person=person,
            decided_at=at,
        )
    )
    obligation.duty, obligation.reason, obligation.person, obligation.merged_into = told
    session.flush()
    if duty is not Duty.REQUIRED:
        for wave in ("T", "C"):
            outbox.withdraw(session, row.id, unit_code, wave, f"该单位{duty.label}")
    details = {"duty": duty.value, "reason": reason} | ({"into": into} if into else {})
    subject = f"cycle/{row.year}/unit/{unit_code}"
    audit.append(session, at=at, actor=person, action="obligation.changed", subject=subject, details=details)
    return obligation


def _require_one_who_files(
    session: Session, row: CycleRow, obligation: Obligation, duty: Duty, into: str | None
) -> None:
    """Raise CycleConflict when nobody would file for a merged unit."""
    if (duty is Duty.MERGED) != (into is not None):
        raise CycleConflict(
            "并入其他单位的，应写明由哪个单位报送" if into is None else f"{duty.label}的单位不填并入哪个单位"
        )
    if into is not None:
        filer = session.get(Obligation, (row.id, into))
        if filer is None or filer.duty != Duty.REQUIRED.value or filer is obligation:
            raise CycleConflict(f"并入的单位 {into} 应是本周期另一个应报的单位")
    if duty is not Duty.REQUIRED:
        query = select(Obligation.unit_name).where(
            Obligation.cycle_id == row.id, Obligation.merged_into == obligation.unit_code
        )
        merged = list(session.scalars(query.order_by(Obligation.unit_code)))
        if merged:
            raise CycleConflict(
                f"{obligation.unit_name}还要为并入的{'、'.join(merged)}报送，请先改变它们的义务"
            )


def issue_notice(session: Session, row: CycleRow, *, at: datetime, actor: str) -> None:
    """Record that the notice went out; a second call changes nothing."""
    if row.notice_issued_at is None:
        row.notice_issued_at = at
        subject = f"cycle/{row.year}"
        details = {"document_number": row.document_number}
        audit.append(session, at=at, actor=actor, action="notice.issued", subject=subject, details=details)


def addresses_of(session: Session, unit_code: str) -> list[str]:
    """Every e-mail address of a unit, as it stands now: a corrected address takes effect at once."""
    return list(session.scalars(_ADDRESSES, {"unit": unit_code}))
