"""Extensions: a person's decisions on more time, and until when each unit files in time because of them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from db import audit, outbox, requests
from db.cycles import CycleConflict, obligations_of, policy_of, value_of
from db.models import CycleRow, ExtensionRow, Obligation
from db.returns import Return, returns
from selfeval.cycle import MILESTONE_LABELS
from selfeval.extension import Dues, Extension, dues, require_fitting
from selfeval.policy import FilingTime

# Built once: judging asks for them unit by unit.
_GRANTED = select(ExtensionRow).where(
    ExtensionRow.cycle_id == bindparam("cycle"),
    ExtensionRow.unit_code == bindparam("unit"),
    ExtensionRow.verdict == "granted",
)


def decide(
    session: Session,
    row: CycleRow,
    unit_code: str,
    *,
    milestone: str,
    day: date,
    granted: bool,
    reason: str,
    person: str,
    at: datetime,
) -> ExtensionRow:
    """Record whether the unit may file until `day`; the same decision told again stands once.

    Raises Refusal for a unit that owes nothing, a day that does not fit, a missing reason or person.
    """
    if not reason.strip() or not person.strip():
        raise CycleConflict("延期应写明原因和审批人")
    obligation = session.get(Obligation, (row.id, unit_code), with_for_update=True)
    if obligation is None:
        raise CycleConflict(f"{row.year}年度的报送名单中没有预算编码 {unit_code}（通知印发后名单才固定）")
    if obligation.duty != "required":
        raise CycleConflict(f"{obligation.unit_name}本周期不需要报送，无从延期")
    verdict = "granted" if granted else "refused"
    query = (
        select(ExtensionRow)
        .where(*_of(row.id, unit_code), ExtensionRow.milestone == milestone)
        .order_by(ExtensionRow.id.desc())
        .limit(1)
    )
    last = session.scalar(query)
    if last and (last.asked_on, last.verdict, last.person) == (day, verdict, person):
        return last
    cycle = value_of(row)
    require_fitting(cycle, dues_of(session, row, obligation), milestone, day)
    extension = ExtensionRow(
        cycle_id=row.id,
        unit_code=unit_code,
        milestone=milestone,
        original_on=getattr(cycle.milestones, milestone),
        asked_on=day,
        verdict=verdict,
        reason=reason,
        person=person,
        decided_at=at,
    )
    session.add(extension)
    session.flush()
    if granted:
        wave = "T" if milestone == "unit_due" else "C"
        outbox.withdraw(session, row.id, unit_code, wave, f"{MILESTONE_LABELS[milestone]}已延至{day}")
    said = f"{person}：{'同意' if granted else '不同意'}延至{day}"
    requests.answer(session, row.id, unit_code, milestone, decision_id=extension.id, said=said, at=at)
    details = {"milestone": milestone, "asked_on": day.isoformat(), "verdict": verdict, "reason": reason}
    subject = f"cycle/{row.year}/unit/{unit_code}"
    audit.append(session, at=at, actor=person, action="extension.decided", subject=subject, details=details)
    return extension


def dues_of(
    session: Session, row: CycleRow, obligation: Obligation, returned_at: datetime | None = None
) -> Dues:
    """Until when this unit files and corrects in time, extensions and its latest return included.

    `returned_at` is a return that is about to be recorded.
    """
    unit = obligation.unit_code
    times = policy_of(row, obligation.policy).filing
    if returned_at:
        returned = Return(returned_at)
    else:
        returned = returns(session, row.id, unit_code=unit).get(unit) or Return(None)
    granted = session.scalars(_GRANTED, {"cycle": row.id, "unit": unit})
    return dues(value_of(row), times, map(_value, granted), returned.at, returned.reply_on)


def last_refused(session: Session, cycle_id: int) -> dict[str, date]:
    """The day last asked for by each unit whose last request was refused."""
    query = select(ExtensionRow).where(ExtensionRow.cycle_id == cycle_id).order_by(ExtensionRow.id)
    last = {extension.unit_code: extension for extension in session.scalars(query)}
    return {code: each.asked_on for code, each in last.items() if each.verdict == "refused"}


def all_dues(session: Session, row: CycleRow, asof: datetime | None = None) -> dict[str, Dues]:
    """The dues of every unit of the cycle, as they stood at `asof` (None: as they stand)."""
    query = select(ExtensionRow).where(ExtensionRow.cycle_id == row.id, ExtensionRow.verdict == "granted")
    if asof is not None:
        query = query.where(ExtensionRow.decided_at <= asof)
    granted: dict[str, list[Extension]] = {}
    for extension in session.scalars(query):
        granted.setdefault(extension.unit_code, []).append(_value(extension))
    returned = returns(session, row.id, asof=asof)
    cycle = value_of(row, asof)
    times: dict[str, FilingTime] = {}
    result = {}
    for obligation in obligations_of(session, row.id):
        if obligation.policy not in times:
            times[obligation.policy] = policy_of(row, obligation.policy).filing
        unit = obligation.unit_code
        last = returned.get(unit) or Return(None)
        result[unit] = dues(cycle, times[obligation.policy], granted.get(unit, ()), last.at, last.reply_on)
    return result


def _of(cycle_id: int, unit_code: str) -> tuple:
    return (ExtensionRow.cycle_id == cycle_id, ExtensionRow.unit_code == unit_code)


def _value(row: ExtensionRow) -> Extension:
    return Extension(row.milestone, row.asked_on, row.decided_at, row.reason)
