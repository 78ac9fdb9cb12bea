"""What one collection knows, and what it finds: something that came and how it is taken in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from db.models import CycleRow, Obligation
from tasks.office import clock


@dataclass(frozen=True, slots=True)
class Poll:
    """What one collection knows: the cycle, the roster by code, and the instant up to which it takes what came.

    `until` lies a little back: what is still being copied then gets its place in the order with the next
    one. `now` stands for the time of receipt in a rehearsal, whose clock has no "a moment ago".
    """

    row: CycleRow
    owing: dict[str, Obligation]
    until: datetime
    now: datetime | None

    def leaves(self, came: datetime) -> bool:
        """Whether something that came at an instant is left for the next collection."""
        return self.until < came <= clock(None)


@dataclass(frozen=True, slots=True)
class Pending:
    """Something that came and is to be taken in, by `take`, which returns counts of what became of it."""

    channel: str
    received_at: datetime
    place: str
    take: Callable[[], dict[str, int]]
