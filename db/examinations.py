"""Decisions of persons on versions, level by level: acceptances and returns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from db import audit, cycles, versions
from db.examiners import examiners_in
from db.models import Contact, CycleRow, Examination, Objection, Obligation, Submission
from selfeval.cycle import SubmissionState
from selfeval.examination import (
    ExaminationRefused,
    Examiner,
    examiners_of,
    levels_for,
    open_level,
    require_examiner,
    require_others,
)
from selfeval.levels import Level
from selfeval.policy import ExaminationRule
from selfeval.preparers import preparers

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Case:
    """A unit's version before the persons who decide: its levels in order and what stands."""

    unit: Obligation
    version: Submission
    rule: ExaminationRule
    levels: tuple[Level, ...]
    examiners: tuple[Examiner, ...]
    standing: tuple[Examination, ...]

    @property
    def accepted(self) -> tuple[str, ...]:
        return tuple(each.level for each in self.standing if each.verdict == "accepted")

    @property
    def open(self) -> Level | None:
        return open_level(self.levels, self.accepted)

    @property
    def answers(self) -> Level | None:
        """Who answers an objection to what the rules returned: the last level, None where there are no levels."""
        return self.levels[-1] if self.levels else None

    @property
    def returned(self) -> Examination | None:
        """The return in force, if the version was sent back by a person."""
        return next((each for each in self.standing if each.verdict == "returned"), None)


def case_of(session: Session, row: CycleRow, unit_code: str, at: datetime) -> Case:
    """The case of a unit whose policy has levels; raises ExaminationRefused as `judged_case` does, and for none."""
    case = judged_case(session, row, unit_code, at)
    if not case.levels:
        own = "不含它自己的主管部门一级" if case.rule.levels else "没有设人工审核的层级"
        title = cycles.policy_of(row, case.unit.policy).title
        raise ExaminationRefused(f"{case.unit.unit_name}所用的政策“{title}”{own}，机器审核通过即可")
    return case


def judged_case(session: Session, row: CycleRow, unit_code: str, at: datetime) -> Case:
    """The case of a unit, locked until the transaction ends; decisions on other content are voided here.

    Raises ExaminationRefused for a unit without a judged version.
    """
    unit = session.get(Obligation, (row.id, unit_code), with_for_update=True)
    if unit is None:
        raise ExaminationRefused(
            f"{row.year}年度的报送名单中没有预算编码 {unit_code}（通知印发后名单才固定）"
        )
    policy = cycles.policy_of(row, unit.policy)
    levels = levels_for(policy.examination, unit.tier)
    query = select(Submission).where(
        Submission.cycle_id == row.id, Submission.unit_code == unit_code, Submission.effective
    )
    version = session.scalar(versions.with_content(query))
    if version is None or version.evaluation is None:
        state = "还没有报送" if version is None else f"第{version.version}次报送还没有经机器审核"
        raise ExaminationRefused(f"{unit.unit_name}{state}，无从审核")
    standing = []
    for decision in _decisions(session, version.id):
        if decision.content_hash == versions.content_hash(version):
            standing.append(decision)
        else:
            versions.void(session, row, unit_code, decision, reason="审核后机器审核结果有变化", at=at)
    return Case(unit, version, policy.examination, levels, examiners_in(session, row.id), tuple(standing))


def accept(
    session: Session, row: CycleRow, unit_code: str, *, person: str, reason: str, at: datetime
) -> Examination:
    """Record that the open level accepts; told again by the same person it stands once.

    Raises ExaminationRefused when the version was returned, the person may not decide or prepared it.
    """
    case = case_of(session, row, unit_code, at)
    _require_accepted(case)
    mine = next((each for each in case.standing if each.person == person), None)
    level = case.open
    if mine is not None and (level is None or not _may(case, level, person)):
        return mine
    if level is None:
        raise ExaminationRefused(
            f"{case.unit.unit_name}已由{'、'.join(x.label for x in case.levels)}审核同意"
        )
    return _record(session, row, case, level, person, verdict="accepted", reason=reason, at=at)


def send_back(
    session: Session,
    row: CycleRow,
    unit_code: str,
    *,
    person: str,
    reason: str,
    reasons: Sequence[str],
    reply_on: date,
    at: datetime,
) -> Examination:
    """Record a return: the version is then as one that a rule returned.

    The open level may return, and any level that had accepted before: its acceptance and those above it are
    void, those below it end with the next version. Told again it stands once.
    """
    case = case_of(session, row, unit_code, at)
    standing = case.returned
    if standing is not None and (standing.person, standing.reasons) == (person, list(reasons)):
        return standing
    _require_accepted(case)
    reached = case.levels[: case.levels.index(case.open) + 1] if case.open else case.levels
    level = next((each for each in reversed(reached) if _may(case, each, person)), reached[-1])
    for decision in case.standing:
        if case.levels.index(Level(decision.level)) >= case.levels.index(level):
            versions.void(session, row, unit_code, decision, reason=f"{person}退回修改", at=at, actor=person)
    kept = tuple(each for each in case.standing if each.voided_at is None)
    case = Case(case.unit, case.version, case.rule, case.levels, case.examiners, kept)
    made = _record(
        session, row, case, level, person,
        verdict="returned", reason=reason, reasons=reasons, reply_on=reply_on, at=at,
    )  # fmt: skip
    move(session, case.version, SubmissionState.ACCEPTED, SubmissionState.RETURNED)
    return made


def preparers_of(session: Session, row: CycleRow, case: Case) -> tuple[str, ...]:
    """Who prepared the version, as far as its papers and the roster say."""
    contacts = session.scalars(select(Contact.name).where(Contact.unit_code == case.unit.unit_code))
    policy = cycles.policy_of(row, case.unit.policy)
    return preparers(case.version.evaluation.document, contacts, policy.redaction)


def deciders(session: Session, submission_id: int) -> set[str]:
    """Who has decided on this version, as far as it stands."""
    return {each.person for each in _decisions(session, submission_id)}


def standing_return(session: Session, submission_id: int) -> Examination | None:
    """A person's return of this version that was not taken back."""
    return next((each for each in _decisions(session, submission_id) if each.verdict == "returned"), None)


def history(
    session: Session, cycle_id: int, unit_code: str
) -> list[tuple[int, Examination, Objection | None]]:
    """Every decision ever made on a unit's versions with the version's number, void ones included."""
    query = (
        select(Submission.version, Examination, Objection)
        .join(Examination, Examination.submission_id == Submission.id)
        .outerjoin(Objection, Objection.examination_id == Examination.id)
        .where(Submission.cycle_id == cycle_id, Submission.unit_code == unit_code)
        .order_by(Examination.id)
    )
    return [tuple(found) for found in session.execute(query)]


def accepted_levels(
    session: Session, cycle_id: int, asof: datetime | None = None
) -> dict[tuple[str, int], set[str]]:
    """The levels whose acceptance stands, of every (unit, version number) that has one; by `asof` if given.

    An acceptance of other content than the version now has does not stand.
    """
    query = (
        select(Examination, Submission.unit_code, Submission.version)
        .join(Submission, Submission.id == Examination.submission_id)
        .where(Submission.cycle_id == cycle_id, Examination.verdict == "accepted")
    )
    if asof is None:
        query = query.where(Examination.voided_at.is_(None))
    else:
        voided_later = Examination.voided_at.is_(None) | (Examination.voided_at > asof)
        query = query.where(Examination.decided_at <= asof, voided_later)
    rows = session.execute(query).all()
    hashes = _hashes(session, sorted({decision.submission_id for decision, _, _ in rows}))
    found: dict[tuple[str, int], set[str]] = {}
    for decision, code, number in rows:
        if decision.content_hash == hashes[decision.submission_id]:
            found.setdefault((code, number), set()).add(decision.level)
    return found


def _hashes(session: Session, ids: Sequence[int]) -> dict[int, str]:
    found = {}
    for start in range(0, len(ids), _CHUNK):
        query = select(Submission).where(Submission.id.in_(ids[start : start + _CHUNK]))
        for version in session.scalars(versions.with_content(query)):
            found[version.id] = versions.content_hash(version)
    return found


def _decisions(session: Session, submission_id: int) -> list[Examination]:
    query = select(Examination).where(
        Examination.submission_id == submission_id, Examination.voided_at.is_(None)
    )
    return list(session.scalars(query.order_by(Examination.id)))


def _may(case: Case, level: Level, person: str) -> bool:
    found = examiners_of(case.examiners, level, case.unit.department_code)
    return any(each.person == person for each in found)


def _require_accepted(case: Case) -> None:
    if case.version.state == SubmissionState.ACCEPTED.value:
        return
    number = case.version.version
    by = f"已由{case.returned.person}退回" if case.returned else "被机器审核退回"
    raise ExaminationRefused(f"{case.unit.unit_name}第{number}次报送{by}，待单位重新报送后再审核")


def _record(
    session: Session,
    row: CycleRow,
    case: Case,
    level: Level,
    person: str,
    *,
    verdict: str,
    reason: str,
    reasons: Sequence[str] = (),
    reply_on: date | None = None,
    at: datetime,
) -> Examination:
    code = case.unit.unit_code
    examiner = require_examiner(case.examiners, case.levels, level, case.unit.department_code, person)
    made_by = preparers_of(session, row, case)
    require_others(person, made_by, [(Level(each.level), each.person) for each in case.standing], level)
    made = Examination(
        submission_id=case.version.id,
        level=level.value,
        section=examiner.section,
        verdict=verdict,
        person=person,
        deputy=examiner.deputy,
        preparers="".join(f"|{name}" for name in made_by) + "|",
        reasons=list(reasons),
        reason=reason,
        reply_on=reply_on,
        content_hash=versions.content_hash(case.version),
        decided_at=at,
    )
    session.add(made)
    session.flush()
    details = {"version": case.version.version, "level": level.value, "verdict": verdict, "reason": reason}
    details |= {"reasons": list(reasons), "content_hash": made.content_hash, "deputy": examiner.deputy}
    log(session, row, code, "examination.decided", person, details, at)
    return made


def move(session: Session, version: Submission, before: SubmissionState, after: SubmissionState) -> None:
    """Change the state of an effective version; raises ExaminationRefused when another decision was faster."""
    moved = session.execute(
        update(Submission)
        .where(Submission.id == version.id, Submission.effective, Submission.state == before.value)
        .values(state=after.value)
    )
    if moved.rowcount != 1:
        raise ExaminationRefused("这一版材料刚刚有变化，请重新查看后再决定")


def log(
    session: Session, row: CycleRow, code: str, action: str, actor: str, details: dict, at: datetime
) -> None:
    """Write a decision on a unit down."""
    where = f"cycle/{row.year}/unit/{code}"
    audit.append(session, at=at, actor=actor, action=action, subject=where, details=details)
