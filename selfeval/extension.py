"""More time for a unit: what a person granted, what it changes, and until when a filing is in time.

Pure: decisions come as values. The cycle's own day is kept beside the one that counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time

from selfeval.cycle import MILESTONE_LABELS, Cycle
from selfeval.refusal import Refusal

EXTENDABLE = ("unit_due", "correction_due")


class ExtensionRefused(Refusal):
    """The day asked for does not fit the cycle; the text says why in Chinese."""


@dataclass(frozen=True, slots=True)
class Extension:
    """A granted extension of one milestone; `day` includes itself until the policy's hour."""

    milestone: str
    day: date
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class Due:
    """Until when a filing is in time, and until when it was by the cycle's own day.

    `decided_at` is the instant of the extension that counts, None without one.
    """

    instant: datetime
    original: datetime
    decided_at: datetime | None = None

    @property
    def extended(self) -> bool:
        return self.decided_at is not None

    @property
    def before_extension(self) -> datetime | None:
        """The cycle's own instant, to be shown beside the one that counts; None without an extension."""
        return self.original if self.extended else None


@dataclass(frozen=True, slots=True)
class Dues:
    """What one unit has to keep: the end for its first filing and the end for corrections."""

    filing: Due
    correction: Due


def dues(cycle: Cycle, hour: time, extensions: Iterable[Extension]) -> Dues:
    """The dues of a unit under the hour of its policy; of several extensions the one decided last counts."""
    latest = {each.milestone: each for each in sorted(extensions, key=lambda each: each.decided_at)}

    def due(milestone: str) -> Due:
        original = cycle.due(milestone, hour)
        extension = latest.get(milestone)
        if extension is None:
            return Due(original, original)
        return Due(datetime.combine(extension.day, hour, original.tzinfo), original, extension.decided_at)

    return Dues(due("unit_due"), due("correction_due"))


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
