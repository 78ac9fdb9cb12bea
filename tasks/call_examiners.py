"""Tell examiners what waits for them: one mail per address and working day at most, and only of what is open."""

from __future__ import annotations

from datetime import datetime

from prefect import task
from prefect.cache_policies import NO_CACHE
from sqlalchemy.orm import Session

from db import cycles
from db.examiner_calls import examiner_calls
from db.models import CycleRow
from db.rollups import accepted_summaries
from notifications import examination as mails
from notifications.examination import WaitingUnit
from notifications.message import Email
from selfeval.examiner_calls import ExaminerCall, call_is_due
from selfeval.reminders import may_send
from selfeval.summary import Summary
from selfeval.workdays import local
from tasks.mail import queue_office_mail
from tasks.office import clock, database, log, office_of


@task(name="告知审核人", cache_policy=NO_CACHE)
def queue_examiner_calls(year: int | None, now: datetime | None) -> int:
    """Queue the lists that are due to examiners; mails added. Run twice it adds nothing."""
    at, added = clock(now), 0
    with database() as session:
        row = cycles.cycle_of(session, year)
        cycle = cycles.value_of(row)
        reminders = cycles.policy_of(row, cycle.policy).reminders
        if not may_send(cycle, reminders, at):
            return 0
        calls = [each for each in examiner_calls(session, row) if call_is_due(cycle, reminders, each, at)]
        filed = accepted_summaries(session, row.id) if calls else {}
        step = local(at).date().isoformat()
        for call in calls:
            mail = _mail(session, row, call, {code: filed[code] for code, _ in call.units}, at)
            added += queue_office_mail(session, row, mail, [call.address], step=step, at=at)
    log.info("告知审核人：%d封", added)
    return added


def _mail(session: Session, row: CycleRow, call: ExaminerCall, filed: dict[str, dict], at: datetime) -> Email:
    cycle = cycles.value_of(row)
    units = {each.unit_code: each for each in cycles.obligations_of(session, row.id)}
    rule = cycles.policy_of(row, cycle.policy).examination
    waiting = []
    for code, level in call.units:
        summary, unit = Summary.from_json(filed[code]), units[code]
        waiting.append(
            WaitingUnit(
                code=code,
                name=unit.unit_name,
                department=unit.department_name,
                department_code=unit.department_code,
                level=level.label,
                reported_score=summary.reported_score,
                recomputed_score=summary.recomputed_score,
                doubts=summary.warnings,
            )
        )
    return mails.examine_call(
        office_of(cycle),
        year=row.year,
        persons=call.persons,
        waiting=waiting,
        reasons=[f"{reason.code} {reason.label}" for reason in rule.reasons],
        at=at,
    )
