"""Remind units that owe a filing: one mail per step, to those alone who have not filed."""

from __future__ import annotations

from datetime import datetime

from prefect import task
from prefect.cache_policies import NO_CACHE

from db import cycles, submissions
from db.models import CycleRow, Obligation
from notifications import emails
from notifications.message import Email
from selfeval.cycle import Cycle, Step, due_step, reminder_steps
from selfeval.policy import Policy
from selfeval.workdays import local
from tasks.mail import queue_mail
from tasks.office import clock, database, dues, how_to_send, log, office_of, owed, policy_of

# What a unit files when its policy lists no attachments of its own.
_USUAL_PAPERS = (
    "部门整体支出绩效评价基础数据表",
    "部门整体支出绩效自评表",
    "项目支出绩效自评表",
    "部门整体支出绩效自评报告",
)


@task(name="催报", cache_policy=NO_CACHE)
def queue_reminders(year: int | None, now: datetime | None) -> dict[str, int | str]:
    """Queue the mails of the step that is due today; its name and the number of units reminded.

    Run late, it sends the latest step begun and skips those that lost their meaning; run twice, it
    adds nothing.
    """
    at = clock(now)
    with database() as session:
        row = cycles.cycle_of(session, year)
        if row.notice_issued_at is None:
            return {"step": "", "units": 0}
        cycle = cycles.value_of(row)
        filed = submissions.effective(session, row.id).keys()
        reminded, names = 0, set()
        for obligation in owed(cycles.obligations_of(session, row.id)):
            if obligation.unit_code in filed:
                continue
            policy = policy_of(row, obligation.policy)
            step = _step(row, cycle, policy, at)
            if step is None:
                continue
            mail = _mail(cycle, policy, obligation, step, at)
            if queue_mail(session, obligation, mail, step=step.key, at=at):
                reminded += 1
                names.add(step.key)
        log.info("催报 %s：%d家", "、".join(sorted(names)) or "无到期步骤", reminded)
        return {"step": "、".join(sorted(names)), "units": reminded}


def _step(row: CycleRow, cycle: Cycle, policy: Policy, at: datetime) -> Step | None:
    """The step whose mail is due: none before the notice is a day old, none that has lost its meaning."""
    due, _ = dues(cycle, policy)
    wave = policy.reminders
    steps = reminder_steps(
        cycle.milestones.unit_due,
        wave.before,
        wave.after,
        wave.then_every,
        cycle.milestones.publication_due,
        cycle.workdays,
    )
    issued = local(row.notice_issued_at).date()
    step = due_step(tuple(step for step in steps if step.day > issued), local(at).date())
    if step and not step.overdue and at > due:
        return None
    return step


def _mail(cycle: Cycle, policy: Policy, obligation: Obligation, step: Step, at: datetime) -> Email:
    due, _ = dues(cycle, policy)
    missing = policy.attachments or _USUAL_PAPERS
    if not step.overdue:
        return emails.reminder(
            office_of(cycle),
            unit_name=obligation.unit_name,
            year=obligation.year,
            due=due,
            working_days_left=cycle.workdays.between(local(at).date(), due.date()),
            missing=missing,
            how_to_send=how_to_send(obligation.unit_code),
        )
    late = cycle.workdays.late_working_days(due, at)
    points = min(late * policy.lateness.points_per_working_day, policy.lateness.maximum)
    return emails.overdue(
        office_of(cycle),
        unit_name=obligation.unit_name,
        year=obligation.year,
        due=due,
        working_days_late=late,
        missing=missing,
        consequence=(
            f"每逾期1个工作日扣{policy.lateness.points_per_working_day}分，最多扣{policy.lateness.maximum}分，"
            f"截至目前应扣{points}分。"
            if points
            else ""
        ),
        how_to_send=how_to_send(obligation.unit_code),
    )
