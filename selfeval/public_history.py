"""What the public is told about a result that was withdrawn or corrected after it had been published. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from selfeval.workdays import local


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A person took a published result back; the reason is for the public."""

    at: datetime
    reason: str

    @property
    def day(self) -> date:
        return local(self.at).date()


@dataclass(frozen=True, slots=True)
class Correction:
    """A published result was filed anew. `corrected` is the day on which the new version was judged."""

    first_published: date
    corrected: date
    withdrawal: Withdrawal | None = None


def told_of(
    received_at: datetime,
    judged_at: datetime,
    first_published: datetime | None,
    withdrawal: Withdrawal | None,
) -> Withdrawal | Correction | None:
    """What stands beside a version of a unit, or in its place; None for one that is simply published.

    A withdrawal holds until a version that was filed after it is published. `first_published`: when a
    result of this unit was first public, None for never.
    """
    if withdrawal and received_at <= withdrawal.at:
        return withdrawal
    if first_published is None or received_at <= first_published:
        return None
    return Correction(local(first_published).date(), local(judged_at).date(), withdrawal)
