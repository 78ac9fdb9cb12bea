"""Tell the competent departments which of their units are late: all in one mail, once per step."""

from __future__ import annotations

from datetime import datetime

from prefect import task
from prefect.cache_policies import NO_CACHE

from db import cycles, extensions, submissions
from db.models import Obligation
from notifications import emails
from notifications.emails import LateUnit
from selfeval.cycle import Cycle, SubmissionState
from selfeval.extension import Due
from tasks.mail import queue_mail
from tasks.office import clock, database, lateness_text, log, office_of, owed
from tasks.remind import step_of


@task(name="通报主管部门", cache_policy=NO_CACHE)
def queue_escalations(year: int | None, now: datetime | None) -> int:
    """Queue a mail to each department with units that are late; number of departments told.

    The steps are those of the cycle's own dates, from the first one behind them; units whose extension
    still runs are not on the list, and a department hears of each step once.
    """
    at, told = clock(now), 0
    with database() as session:
        row = cycles.cycle_of(session, year)
        if row.notice_issued_at is None:
            return 0
        cycle = cycles.value_of(row)
        policy = cycles.policy_of(row, cycle.policy)
        hour = policy.filing.due_hour
        filed = submissions.effective(session, row.id)
        dues = extensions.all_dues(session, row)
        obligations = cycles.obligations_of(session, row.id)
        departments = {item.unit_code: item for item in obligations if item.tier == 1}
        for wave, milestone, owes in (
            ("T", "unit_due", "自评材料未报送"),
            ("C", "correction_due", "退回后未改正"),
        ):
            instant = cycle.due(milestone, hour)
            step = step_of(cycle, policy, Due(instant, instant), wave, row.notice_issued_at, at)
            if step is None or not step.overdue:
                continue
            late: dict[str, list[LateUnit]] = {}
            for item in owed(obligations):
                submission = filed.get(item.unit_code)
                state = submission.state if submission else None
                unit = dues[item.unit_code]
                due = unit.filing if wave == "T" else unit.correction
                if state == (None if wave == "T" else SubmissionState.RETURNED.value) and at > due.instant:
                    late.setdefault(item.department_code, []).append(_line(item, owes, due, cycle, at))
            for code, units in sorted(late.items()):
                department = departments[code]
                mail = emails.escalation(
                    office_of(cycle), addressee=department.unit_name, year=row.year, late=units, at=at
                )
                told += bool(queue_mail(session, department, mail, step=step.key, at=at))
    log.info("通报主管部门：%d家", told)
    return told


def _line(obligation: Obligation, owes: str, due: Due, cycle: Cycle, at: datetime) -> LateUnit:
    reckoning = cycle.workdays.reckon(due.instant, at)
    return LateUnit(
        obligation.unit_code,
        obligation.unit_name,
        owes,
        due.instant,
        due.before_extension,
        reckoning.days,
        lateness_text(cycle, None, reckoning),
    )
