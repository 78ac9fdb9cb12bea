"""When an examiner hears of what waits: on a working day with something new, again when it waits long. Pure.

The mails that go out and their rehearsal ask the same function.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from selfeval.cycle import Cycle
from selfeval.levels import Level
from selfeval.policy import Reminders
from selfeval.reminders import may_send
from selfeval.workdays import local


@dataclass(frozen=True, slots=True)
class ExaminerCall:
    """What waits for those who read one address: several examiners, or one at several levels, may share it.

    `units` are codes with the level that is open, level by level. `opened` is when the newest of them came to wait, `told`
    when the last mail about waiting units was written to this address (None: none was).
    """

    address: str
    persons: tuple[str, ...]
    units: tuple[tuple[str, Level], ...]
    opened: datetime
    told: datetime | None

    @property
    def why(self) -> str:
        """In Chinese, for plans."""
        return f"等待{'、'.join(self.persons)}审核的单位{len(self.units)}家"


def call_is_due(cycle: Cycle, reminders: Reminders, call: ExaminerCall, at: datetime) -> bool:
    """Whether this address is told now: at most once a day, at once of what is new, and of what waits on every
    `then_every` working days, as units are reminded after their due day.
    """
    if not may_send(cycle, reminders, at):
        return False
    if call.told is None:
        return True
    told, today = local(call.told).date(), local(at).date()
    if told >= today:
        return False
    if call.opened >= call.told:
        return True
    return reminders.then_every is not None and cycle.workdays.between(told, today) >= reminders.then_every
