"""Where every unit of a cycle stands, read in a handful of queries whatever the number of units.

The board of an earlier moment is made from the instants of the rows, never from what a row says now.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.cycles import obligations_of, policy_of, value_of
from db.examinations import accepted_levels
from db.extensions import all_dues
from db.models import CycleRow, DutyChange, Evaluation, Obligation, Submission
from db.publications import proven_publication
from db.rejudging import stood_at
from db.returns import taken_back
from selfeval.board import UnitStatus
from selfeval.cycle import SubmissionState
from selfeval.examination import levels_for, open_level
from selfeval.figures import plain
from selfeval.policy import Policy


@dataclass(frozen=True, slots=True)
class _Owed:
    """What a unit owed at an instant, and why it owed nothing."""

    duty: str
    reason: str
    person: str
    merged_into: str | None


@dataclass(frozen=True, slots=True)
class _Filed:
    """A unit's newest version at an instant, and when its first filing had come in."""

    state: str
    version: int
    received_at: datetime
    first_received: datetime


def unit_statuses(session: Session, cycle_id: int, asof: datetime | None = None) -> list[UnitStatus]:
    """Every unit of the frozen roster, department by department, as it stood at `asof` (None: as it stands).

    Before the roster was frozen there is no unit. The calendar is the cycle's as it is known now: what a
    holiday order corrects was never different.
    """
    row = session.get_one(CycleRow, cycle_id)
    if asof is not None and (row.roster_frozen_at is None or row.roster_frozen_at > asof):
        return []
    obligations = obligations_of(session, cycle_id)
    names = {each.unit_code: each.unit_name for each in obligations}
    owed = _owed(session, cycle_id, obligations, asof)
    filed = _filed(session, cycle_id, asof)
    # Counted anew: an extension that was granted after the filing counts too.
    workdays, dues = value_of(row).workdays, all_dues(session, row, asof)
    publication = proven_publication(session, cycle_id, asof)
    published = set(publication.units) if publication else set()
    accepted = accepted_levels(session, cycle_id, asof) if _examined(row, obligations) else {}
    policies: dict[str, Policy] = {}
    statuses = []
    for obligation in obligations:
        code, unit = obligation.unit_code, owed[obligation.unit_code]
        version = filed.get(code)
        state = version.state if version else "missing"
        if obligation.policy not in policies:
            policies[obligation.policy] = policy_of(row, obligation.policy)
        policy, awaits = policies[obligation.policy], None
        if state == SubmissionState.ACCEPTED.value:
            levels = levels_for(policy.examination, obligation.tier)
            awaits = open_level(levels, accepted.get((code, version.version), ()))
        if state == SubmissionState.ACCEPTED.value and code in published and awaits is None:
            state = "published"
        if unit.duty != "required":
            state = unit.duty
        filing, correction = dues[code].filing, dues[code].correction
        late = workdays.reckon(filing.instant, version.first_received) if version else None
        rule = policy.lateness
        statuses.append(
            UnitStatus(
                code=code,
                name=obligation.unit_name,
                tier=obligation.tier,
                department_code=obligation.department_code,
                department_name=obligation.department_name,
                state=state,
                version=version.version if version else 0,
                late_days=late.days if late else None,
                received_at=_iso(version and version.received_at),
                due=_iso(filing.instant),
                original_due=_iso(filing.before_extension),
                correction_due=_iso(correction.instant),
                original_correction_due=_iso(correction.before_extension),
                first_received_at=_iso(version and version.first_received),
                late_calculation=str(late) if late else "",
                late_in_full=late.in_full if late else "",
                late_points=plain(rule.points(late.days)) if late and late.days and rule.sentence else None,
                due_reason=filing.reason,
                correction_reason=correction.reason,
                reason=unit.reason if unit.duty != "required" else "",
                person=unit.person if unit.duty != "required" else "",
                merged_into=unit.merged_into,
                merged_into_name=names.get(unit.merged_into or "", ""),
                awaits=awaits.value if awaits and unit.duty == "required" else "",
            )
        )
    return statuses


def _examined(row: CycleRow, obligations: Iterable[Obligation]) -> bool:
    """Whether persons decide anywhere in this cycle."""
    return any(policy_of(row, name).examination.levels for name in {each.policy for each in obligations})


def _owed(
    session: Session, cycle_id: int, obligations: Iterable[Obligation], asof: datetime | None
) -> dict[str, _Owed]:
    """What each unit owed: as the roster says now, with every later change taken back."""
    owed = {
        each.unit_code: _Owed(each.duty, each.reason, each.person, each.merged_into) for each in obligations
    }
    if asof is not None:
        later = select(DutyChange).where(DutyChange.cycle_id == cycle_id, DutyChange.decided_at > asof)
        for change in session.scalars(later.order_by(DutyChange.id.desc())):
            owed[change.unit_code] = _Owed(
                change.before, change.before_reason, change.before_person, change.before_merged_into
            )
    return owed


def _filed(session: Session, cycle_id: int, asof: datetime | None) -> dict[str, _Filed]:
    query = (
        select(
            Submission.id,
            Submission.unit_code,
            Submission.version,
            Submission.received_at,
            Submission.state,
            Evaluation.judged_at,
        )
        .outerjoin(Evaluation, Evaluation.submission_id == Submission.id)
        .where(Submission.cycle_id == cycle_id)
        .order_by(Submission.unit_code, Submission.version)
    )
    if asof is not None:
        query = query.where(Submission.received_at <= asof)
    by_person = taken_back(session, cycle_id, asof) if asof is not None else {}
    stood = stood_at(session, cycle_id, asof) if asof is not None else {}
    filed: dict[str, _Filed] = {}
    for submission_id, code, version, received_at, state, judged_at in session.execute(query):
        if judged_at is None or (asof is not None and judged_at > asof):
            # Judged again since: what had been judged by then stood.
            known_then = stood.get(submission_id)
            state = known_then.state if known_then else SubmissionState.RECEIVED.value
            if known_then:
                state = by_person.get((code, version), state)
        else:
            state = by_person.get((code, version), state)
        known = filed.get(code)
        first = min(known.first_received, received_at) if known else received_at
        filed[code] = _Filed(state, version, received_at, first)
    return filed


def _iso(instant: datetime | None) -> str | None:
    return instant.isoformat(timespec="minutes") if instant else None
