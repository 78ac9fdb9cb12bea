"""Until when results have to be public: a fixed day of the policy, or so many days after the accounts were approved.

Source: 预算法 art. 14 (departments publish within 20 days after the approval); the policy holds the rule.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from selfeval.cycle import Cycle, Step, due_step, reminder_steps
from selfeval.figures import chinese_date
from selfeval.policy import Publication
from selfeval.workdays import Workdays, due_instant, local

# A readiness list goes out so many working days before the day; a missing decision is an alarm from the last on.
READINESS_DAYS = (10, 5, 2)
WAVE = "P"


@dataclass(frozen=True, slots=True)
class LegalDue:
    """The last day on which a department's results are public in time, and why it is that day.

    `known` is False where the approval of the accounts is not recorded and the cycle's own day stands in.
    """

    day: date
    basis: str
    known: bool = True


def legal_due(cycle: Cycle, rule: Publication, approved_on: date | None) -> LegalDue:
    """The day by the policy's rule; `approved_on` is the day on which the accounts were approved, if they were."""
    if rule.month_day:
        day = date(cycle.year + 1, *rule.month_day)
        return LegalDue(day, f"政策规定{chinese_date(day)}前公开")
    if approved_on:
        days = rule.approval_plus_days
        return LegalDue(approved_on + timedelta(days), f"决算于{approved_on}批复，批复后{days}日内公开")
    return LegalDue(
        cycle.milestones.publication_due, "决算批复日期尚未登记，暂按周期的结果公开截止日期", known=False
    )


def days_late(due: date, published: datetime) -> int:
    """Calendar days after the last day, 0 in time: the law counts days, not working days."""
    return max(0, (local(published).date() - due).days)


def publication_moment(workdays: Workdays, hour: time, dues: Iterable[LegalDue]) -> datetime | None:
    """When the publication is to run: on the earliest day, or the last working day before it; None without any."""
    days = [due.day for due in dues]
    return due_instant(workdays.shift(min(days), 0), hour) if days else None


def coming_words(due: date, moment: datetime, waiting: int, at: datetime) -> str:
    """The run that is to come; once its time is past, how many accepted results are still `waiting` for a decision."""
    if moment > at:
        return f"最近的法定期限{due}，到期公开的时间{moment:%Y-%m-%d %H:%M}"
    late = days_late(due, at)
    passed = f"最近的法定期限{due}" + (f"已过{late}天" if late else "，到期公开的时间已到")
    return passed + (f"，审核通过的还有{waiting}家没有公开" if waiting else "，审核通过的都已公开")


def readiness_step(workdays: Workdays, due: date, at: datetime) -> Step | None:
    """The latest readiness list that is due before or on the day, None before the first and after the day.

    A day that moved begins a wave of its own.
    """
    today = local(at).date()
    steps = reminder_steps(due, READINESS_DAYS, (), None, due, workdays, f"{WAVE}@{due}")
    return due_step(steps, today) if today <= due else None


def alarm_day(workdays: Workdays, due: date, at: datetime) -> bool:
    """Whether a decision that is still missing is an alarm today: every working day from the last list on."""
    today = local(at).date()
    return workdays.is_working_day(today) and today >= alarm_from(workdays, due)


def decided_from(workdays: Workdays, due: date) -> date:
    """The first day on which a missing decision waits for somebody: that of the first list."""
    return workdays.shift(due, -max(READINESS_DAYS))


def alarm_from(workdays: Workdays, due: date) -> date:
    """The first day on which a missing decision is an alarm: that of the last list."""
    return workdays.shift(due, -min(READINESS_DAYS))


def alarm_step(at: datetime) -> str:
    """The step of today's alarm: one a day."""
    return f"P{local(at).date()}"
