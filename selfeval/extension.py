"""More time for a unit: what a person granted, what a late return gives, and until when a filing is in time.

Pure: decisions come as values. The cycle's own day is kept beside the one that counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from selfeval.cycle import MILESTONE_LABELS, Cycle, Move
from selfeval.policy import FilingTime
from selfeval.refusal import Refusal
from selfeval.workdays import due_instant, local

EXTENDABLE = ("unit_due", "correction_due")


class ExtensionRefused(Refusal):
    """The day asked for does not fit the cycle; the text says why in Chinese."""


@dataclass(frozen=True, slots=True)
class Extension:
    """A granted extension of one milestone; `day` includes itself until the policy's hour."""

    milestone: str
    day: date
    decided_at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Due:
    """Until when a filing is in time, and until when it was by the cycle's own day.

    `decided_at` is the instant of the extension or of the return that moved it, None when nothing did;
    `reason` says why in Chinese. `move`: the cycle's own day was corrected after the units were told.
    """

    instant: datetime
    original: datetime
    decided_at: datetime | None = None
    reason: str = ""
    move: Move | None = None

    @property
    def extended(self) -> bool:
        return self.decided_at is not None

    @property
    def before_extension(self) -> datetime | None:
        """The cycle's own instant, to be shown beside the one that counts; None when nothing moved it."""
        return self.original if self.extended else None


@dataclass(frozen=True, slots=True)
class Dues:
    """What one unit has to keep: the end for its first filing, the end for corrections, the end of intake.

    `lock` is the planned one, None when the cycle has none; never before the unit's own dues.
    """

    filing: Due
    correction: Due
    lock: datetime | None = None

    def locked(self, at: datetime) -> bool:
        """Whether what comes at this instant is no longer taken in, by the plan of the cycle."""
        return self.lock is not None and at > self.lock


def dues(
    cycle: Cycle,
    filing: FilingTime,
    extensions: Iterable[Extension],
    returned_at: datetime | None = None,
    reply_on: date | None = None,
) -> Dues:
    """The dues of a unit under the times of its policy; of several extensions the one decided last counts.

    `returned_at` is the unit's latest return: it has the policy's working days to correct from then on,
    also when the cycle's own day is near or past, and until `reply_on` when a person returned it and named a day.
    """
    latest = {each.milestone: each for each in sorted(extensions, key=lambda each: each.decided_at)}

    def due(milestone: str) -> Due:
        original = cycle.due(milestone, filing.due_hour)
        extension = latest.get(milestone)
        instant = due_instant(extension.day, filing.due_hour) if extension else original
        # A correction of the cycle may have gone further than the extension.
        if instant <= original:
            return Due(original, original, move=cycle.moved.get(milestone))
        return Due(instant, original, extension.decided_at, extension.reason)

    correction = due("correction_due")
    if returned_at is not None:
        day = cycle.workdays.shift(local(returned_at).date(), filing.correction_days)
        fresh = due_instant(max(day, reply_on or day), filing.due_hour)
        if fresh > correction.instant:
            given = f"答复期限至{reply_on}" if reply_on else f"自退回起{filing.correction_days}个工作日"
            reason = f"{local(returned_at):%Y-%m-%d}退回，{given}"
            correction = Due(fresh, correction.original, returned_at, reason)
    first, lock = due("unit_due"), cycle.lock(filing.due_hour)
    # More time that a person or a late return gave is not taken back by the plan.
    return Dues(first, correction, max(lock, first.instant, correction.instant) if lock else None)


def require_fitting(cycle: Cycle, standing: Dues, milestone: str, day: date) -> None:
    """Raise ExtensionRefused when the milestone cannot be moved to this day."""
    if milestone not in EXTENDABLE:
        raise ExtensionRefused(f"只能延期：{'、'.join(MILESTONE_LABELS[each] for each in EXTENDABLE)}")
    label = MILESTONE_LABELS[milestone]
    filing, correction = standing.filing.instant.date(), standing.correction.instant.date()
    now = filing if milestone == "unit_due" else correction
    if day <= now:
        raise ExtensionRefused(f"{label}现为{now}，延期后的日期（{day}）应晚于它")
    if milestone == "unit_due" and day > correction:
        raise ExtensionRefused(
            f"延期后的报送截止（{day}）不能晚于该单位的退回修改截止（{correction}），请先办理退回修改的延期"
        )
    if day > cycle.milestones.publication_due:
        raise ExtensionRefused(
            f"延期后的日期（{day}）不能晚于结果公开截止（{cycle.milestones.publication_due}）"
        )
