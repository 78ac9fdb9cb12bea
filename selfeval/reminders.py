"""Who hears of what is owed, and when: the step of each unit, the lists of late units. Pure.

The waves that go out and their rehearsal ask the same functions, so what was rehearsed is what goes out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from selfeval.cycle import Cycle, Step, SubmissionState, due_step, reminder_steps
from selfeval.extension import Due, Dues
from selfeval.policy import Policy, Reminders
from selfeval.workdays import local

FIRST, CORRECTION = "T", "C"
_MILESTONES = {FIRST: "unit_due", CORRECTION: "correction_due"}


@dataclass(frozen=True, slots=True)
class Debtor:
    """A unit that has to file. `state` is that of its effective version, None when nothing was filed.

    `owing_since` is the instant of the notice or, for a returned version, of its return.
    """

    code: str
    name: str
    department_code: str
    reminders: Reminders
    dues: Dues
    state: SubmissionState | None
    owing_since: datetime

    @property
    def wave(self) -> str | None:
        """What it owes now: a first filing, a correction, or nothing."""
        if self.state is None:
            return FIRST
        return CORRECTION if self.state is SubmissionState.RETURNED else None

    @property
    def due(self) -> Due:
        """Until when it has to do what it owes."""
        return self.dues.correction if self.wave == CORRECTION else self.dues.filing

    def is_late(self, at: datetime) -> bool:
        return self.wave is not None and at > self.due.instant and not self.dues.locked(at)


def is_day_of_mail(cycle: Cycle, at: datetime) -> bool:
    """Whether anybody may be told anything on this day, by whichever policy."""
    return cycle.workdays.is_working_day(local(at).date())


def may_send(cycle: Cycle, reminders: Reminders, at: datetime) -> bool:
    """Reminders, lists and digests go out on working days, from the policy's hour on."""
    return is_day_of_mail(cycle, at) and local(at).time() >= reminders.hour


def reminder_step(cycle: Cycle, debtor: Debtor, at: datetime) -> Step | None:
    """The step whose mail this unit is due now, None when it owes nothing, is locked out or no step has begun."""
    if debtor.wave is None or debtor.dues.locked(at) or not may_send(cycle, debtor.reminders, at):
        return None
    return _step(cycle, debtor.reminders, debtor.due, debtor.wave, debtor.owing_since, at)


def list_step(
    cycle: Cycle, policy: Policy, late: Iterable[Debtor], notice_at: datetime, start: int, at: datetime
) -> Step | None:
    """The step of a list of late units: the latest one begun, by the cycle's own dates and policy.

    `start` is the first working day behind the due day on which such a list goes out. One list holds
    all late units, whichever wave its step belongs to.
    """
    if not may_send(cycle, policy.reminders, at):
        return None
    steps = []
    for wave in sorted({debtor.wave for debtor in late if debtor.wave}):
        instant = cycle.due(_MILESTONES[wave], policy.filing.due_hour)
        due = Due(instant, instant, move=cycle.moved.get(_MILESTONES[wave]))
        step = _step(cycle, policy.reminders, due, wave, notice_at, at)
        if step and step.offset >= start:
            steps.append(step)
    return max(steps, key=lambda step: step.day, default=None)


def _step(
    cycle: Cycle, reminders: Reminders, due: Due, wave: str, owing_since: datetime, at: datetime
) -> Step | None:
    """None before a day has passed since the unit owes it; a moved day begins a wave of its own."""
    day = due.instant.date()
    if due.extended:
        wave, owing_since = f"{wave}@{day}", max(owing_since, due.decided_at)
    elif due.move:
        wave, owing_since = f"{wave}@{day}#{due.move.number}", max(owing_since, due.move.at)
    steps = reminder_steps(
        day,
        reminders.before,
        reminders.after,
        reminders.then_every,
        max(cycle.milestones.publication_due, day),
        cycle.workdays,
        wave,
    )
    begun = local(owing_since).date()
    step = due_step(tuple(step for step in steps if step.day > begun), local(at).date())
    if step and not step.overdue and at > due.instant:
        return None
    return step
