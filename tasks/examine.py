"""Decisions of persons on filings, each with its mails in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE
from sqlalchemy.orm import Session

from db import cycles, examinations
from db.board import unit_statuses
from db.examiners import examiners_in, save_examiners
from db.extensions import dues_of
from db.models import CycleRow, Examination, Obligation, Submission
from db.rollups import accepted_summaries
from notifications import examination as mails
from notifications.examination import Decided
from selfeval.board import UnitStatus
from selfeval.examination import (
    ExaminationRefused,
    Examiner,
    examiners_of,
    levels_for,
    name_of,
    reason_or_default,
    reply_day,
    require_reasons,
)
from selfeval.examiners import parse_examiners
from selfeval.levels import Level
from selfeval.policy import Policy
from selfeval.refusal import Refusal
from selfeval.summary import Summary
from selfeval.workdays import due_instant, local
from tasks.events import Happening, tell_when_committed
from tasks.mail import queue_mail
from tasks.office import clock, database, how_to_send, log, office_of


@task(name="登记审核人", cache_policy=NO_CACHE)
def set_examiners(
    year: int | None, table: Sequence[Sequence[str]], person: str, now: datetime | None
) -> list[str]:
    """Let a table (rows of cells, with its heading) say who examines; what changed, as sentences."""
    with database() as session:
        row = cycles.cycle_of(session, year)
        units = cycles.obligations_of(session, row.id) or cycles.expected_obligations(session, row, person)
        departments = {unit.unit_code: unit.unit_name for unit in units if unit.tier == 1}
        made = parse_examiners(table, departments)
        return list(save_examiners(session, row, made, person=name_of(person), at=clock(now)))


@task(name="登记审核同意", cache_policy=NO_CACHE)
def accept_units(
    year: int | None,
    codes: Sequence[str],
    department: str | None,
    person: str,
    reason: str,
    now: datetime | None,
) -> dict[str, list[dict[str, str]]]:
    """Accept these units, or every unit of a department without doubts that waits for this person.

    Doubts are for one at a time: of a department such units are left, each with the number of doubts.
    """
    at, person = clock(now), name_of(person)
    found: dict[str, list[dict[str, str]]] = {"accepted": [], "left": []}
    with database() as session:
        row = cycles.cycle_of(session, year)
        if department:
            codes, found["left"] = _clean(session, row, department, person)
        for code in codes:
            try:
                made = examinations.accept(
                    session, row, code, person=person, reason=reason_or_default(reason), at=at
                )
            except ExaminationRefused as refusal:
                if not department:
                    raise
                # One unit that this person may not decide on does not keep the others waiting.
                name = unit_of(session, row, code).unit_name
                found["left"].append({"code": code, "name": name, "why": str(refusal)})
                continue
            unit, version = _of(session, row, made)
            found["accepted"].append({"code": code, "name": unit.unit_name, "level": Level(made.level).label})
            _tell_when_done(session, row, unit, version, at)
    log.info("审核同意：%d家", len(found["accepted"]))
    return found


@task(name="登记审核退回", cache_policy=NO_CACHE)
def send_back(
    year: int | None,
    code: str,
    reasons: Sequence[str],
    remark: str,
    days: int | None,
    person: str,
    now: datetime | None,
) -> dict[str, Any]:
    """Send a unit's version back; the unit has `days` working days to reply (None: as the policy says)."""
    at, person = clock(now), name_of(person)
    if not remark.strip():
        raise Refusal("退回应写明具体意见，让单位知道改什么")
    with database() as session:
        row = cycles.cycle_of(session, year)
        unit = unit_of(session, row, code)
        policy = cycles.policy_of(row, unit.policy)
        chosen = require_reasons(policy.examination, reasons)
        made = examinations.send_back(
            session,
            row,
            code,
            person=person,
            reason=remark.strip(),
            reasons=chosen,
            reply_on=reply_on_for(session, row, unit, policy, days, at),
            at=at,
        )
        unit, version = _of(session, row, made)
        reply_due = due_instant(made.reply_on, policy.filing.due_hour)
        mail = mails.sent_back(
            office_of(cycles.value_of(row)),
            unit_name=unit.unit_name,
            year=unit.year,
            version=version.version,
            by=decided(made),
            reasons=_labels(policy, made.reasons),
            remark=made.reason,
            reply_due=reply_due,
            how_to_send=how_to_send(code),
        )
        queue_mail(session, unit, mail, step=f"v{version.version}/{made.id}", at=at)
        told = {"version": version.version, "by": made.level}
        tell_when_committed(session, Happening.RETURNED, row.year, code, told)
        log.info("%s 第%d次报送：%s退回修改", code, version.version, Level(made.level).label)
        return {
            "code": code,
            "name": unit.unit_name,
            "version": version.version,
            "level": Level(made.level).label,
            "reasons": _labels(policy, made.reasons),
            "reply_due": reply_due.isoformat(timespec="minutes"),
        }


def waiting(
    session: Session, row: CycleRow, statuses: Iterable[UnitStatus], person: str = ""
) -> list[dict[str, Any]]:
    """Those of the cycle's units that wait for a level, with who may decide there and what the machine found.

    `person`: those alone that wait for this person.
    """
    everybody = examiners_in(session, row.id)
    found = []
    for status in statuses:
        if not status.awaits:
            continue
        who = examiners_of(everybody, Level(status.awaits), status.department_code)
        if person and person not in {each.person for each in who}:
            continue
        found.append((status, who))
    summaries = _summaries(session, row) if found else {}
    return [
        {
            "code": status.code,
            "name": status.name,
            "department_code": status.department_code,
            "department": status.department_name,
            "version": status.version,
            "level": Level(status.awaits).label,
            "examiners": [each.beside_level for each in who],
            **_figures(summaries[status.code]),
        }
        for status, who in found
    ]


def _summaries(session: Session, row: CycleRow) -> dict[str, Summary]:
    return {code: Summary.from_json(summary) for code, summary in accepted_summaries(session, row.id).items()}


def _figures(summary: Summary) -> dict[str, Any]:
    return {
        "reported_score": None if summary.reported_score is None else str(summary.reported_score),
        "recomputed_score": None if summary.recomputed_score is None else str(summary.recomputed_score),
        "grade": summary.grade,
        "doubts": summary.warnings,
    }


def _clean(
    session: Session, row: CycleRow, department: str, person: str
) -> tuple[list[str], list[dict[str, str]]]:
    mine = [
        each
        for each in waiting(session, row, unit_statuses(session, row.id), person)
        if each["department_code"] == department
    ]
    if not mine:
        raise Refusal(
            f"部门 {department} 没有等待{person}审核的单位（看板“等待决定的事”或命令 selfeval review list 列出全部）"
        )
    left = [
        {"code": each["code"], "name": each["name"], "why": f"有疑点{each['doubts']}项，请逐家审核"}
        for each in mine
        if each["doubts"]
    ]
    return [each["code"] for each in mine if not each["doubts"]], left


def _tell_when_done(
    session: Session, row: CycleRow, unit: Obligation, version: Submission, at: datetime
) -> None:
    policy = cycles.policy_of(row, unit.policy)
    wanted = levels_for(policy.examination, unit.tier)
    standing = {
        Level(each.level): each
        for number, each, _ in examinations.history(session, row.id, unit.unit_code)
        if number == version.version and each.voided_at is None and each.verdict == "accepted"
    }
    if any(level not in standing for level in wanted):
        return
    mail = mails.examined(
        office_of(cycles.value_of(row)),
        unit_name=unit.unit_name,
        year=unit.year,
        version=version.version,
        decided=[decided(standing[level]) for level in wanted],
    )
    last = max(each.id for each in standing.values())
    queue_mail(session, unit, mail, step=f"v{version.version}/{last}", at=at)


def reply_on_for(
    session: Session, row: CycleRow, unit: Obligation, policy: Policy, days: int | None, at: datetime
) -> date:
    """Until when a unit that was sent back at this instant has to reply; `days` None: as the policy says."""
    wanted = policy.examination.reply_days if days is None else days
    due = dues_of(session, row, unit, returned_at=at).correction.instant
    return reply_day(cycles.value_of(row).workdays, local(at).date(), wanted, local(due).date())


def unit_of(session: Session, row: CycleRow, code: str) -> Obligation:
    """The unit on the fixed roster; raises Refusal for none."""
    unit = session.get(Obligation, (row.id, code))
    if unit is None:
        raise Refusal(f"{row.year}年度的报送名单中没有预算编码 {code}（通知印发后名单才固定）")
    return unit


def _of(session: Session, row: CycleRow, decision: Examination) -> tuple[Obligation, Submission]:
    version = session.get_one(Submission, decision.submission_id)
    return session.get_one(Obligation, (row.id, version.unit_code)), version


def _labels(policy: Policy, codes: Sequence[str]) -> list[str]:
    labels = {reason.code: reason.label for reason in policy.examination.reasons}
    return [labels.get(code, code) for code in codes]


def decided(decision: Examination) -> Decided:
    """Who made a decision, for mails."""
    level = Level(decision.level)
    who = Examiner(level, "", decision.section, decision.person, "", decision.deputy)
    return Decided(level.label, who.title, decision.decided_at)
