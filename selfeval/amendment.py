"""What a correction of an open cycle changes, and why it may not be made. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time

from selfeval.cycle import LOCK_LABEL, MILESTONE_LABELS, Cycle, reminder_steps
from selfeval.extension import Dues
from selfeval.policy import Reminders
from selfeval.workdays import due_instant, local

_TEXTS = {
    "name": "周期名称",
    "bureau": "财政局名称",
    "document_number": "文号",
    "policy": "政策",
    "contact": "联系方式",
    "assignments": "个别单位的政策和年度",
}
_CALENDAR = {
    "extra_days_off": "另行放假",
    "extra_working_days": "另行上班",
    "ordered_years": "已补全放假安排的年份",
}
_DAYS = {**MILESTONE_LABELS, "lock": LOCK_LABEL}
# What the notice has told everybody, and what every filing since is judged by.
_TOLD = ("bureau", "document_number", "policy", "assignments", "notice")
# The reminders that hang on a milestone.
WAVES = {"unit_due": "T", "correction_due": "C"}


@dataclass(frozen=True, slots=True)
class Difference:
    """One line of a cycle that changes, as people read it."""

    key: str
    label: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.label}：{self.before or '（无）'} → {self.after or '（无）'}"


def differences(before: Cycle, after: Cycle) -> list[Difference]:
    """Every line that changes, in the order of a cycle file."""
    lines = [(key, label, before, after) for key, label in _TEXTS.items()]
    lines += [(key, label, before.milestones, after.milestones) for key, label in _DAYS.items()]
    lines += [(key, label, before.workdays, after.workdays) for key, label in _CALENDAR.items()]
    return [
        Difference(key, label, _shown(getattr(old, key)), _shown(getattr(new, key)))
        for key, label, old, new in lines
        if getattr(old, key) != getattr(new, key)
    ]


def objections(
    before: Cycle, after: Cycle, *, hour: time, noticed_at: datetime | None, published: bool, at: datetime
) -> Iterator[str]:
    """Why the correction would make wrong what has been done already, as Chinese sentences without full stop.

    `hour` ends a day by the policy; `noticed_at` None: the notice is not out.
    """
    if after.year != before.year:
        yield f"预算年度不能改（现为{before.year}，文件中为{after.year}）"
    changed = {each.key: each for each in differences(before, after)}
    if noticed_at:
        day = local(noticed_at).date()
        for key in _TOLD:
            if key in changed:
                yield f"通知已于{day}印发，不能再改：{changed[key]}"
        if after.milestones.unit_due <= day:
            label = MILESTONE_LABELS["unit_due"]
            yield f"{label}（{after.milestones.unit_due}）应晚于通知实际印发的日期（{day}）"
    for key, label in _DAYS.items():
        if key not in changed or key == "notice":
            continue
        old, new = getattr(before.milestones, key), getattr(after.milestones, key)
        if published:
            yield f"结果已经公开，不能再改：{changed[key]}"
        elif new and (old is None or new < old) and due_instant(new, hour) <= at:
            yield f"{label}不能提前到已经过去的日期（{changed[key]}）：按原来的日期算数的，不能因此变成逾期或不计入"


def moved(before: Cycle, after: Cycle, reminders: Reminders) -> list[str]:
    """The milestones whose day, or any day on which their reminders go out, is another one."""

    def days(cycle: Cycle, key: str) -> tuple:
        due: date = getattr(cycle.milestones, key)
        until = max(before.milestones.publication_due, after.milestones.publication_due)
        return due, reminder_steps(
            due, reminders.before, reminders.after, reminders.then_every, until, cycle.workdays
        )

    return [key for key in WAVES if days(before, key) != days(after, key)]


@dataclass(frozen=True, slots=True)
class Shift:
    """A date of one unit that a correction moved; None: there was, or there is, no such date."""

    label: str
    before: datetime | None
    after: datetime | None


def shifts(before: Dues, after: Dues) -> tuple[Shift, ...]:
    """The dates of a unit that are another instant; a day of its own that counts on is none."""
    dates = (
        Shift(MILESTONE_LABELS["unit_due"], before.filing.instant, after.filing.instant),
        Shift(MILESTONE_LABELS["correction_due"], before.correction.instant, after.correction.instant),
        Shift(LOCK_LABEL, before.lock, after.lock),
    )
    return tuple(each for each in dates if each.before != each.after)


def _shown(value: object) -> str:
    if isinstance(value, frozenset):
        return "、".join(str(each) for each in sorted(value))
    if isinstance(value, dict):
        return "、".join(sorted(value))
    return str(value or "")
