"""What one collection knows, and what it finds: something that came and how it is taken in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from db.models import CycleRow, Obligation
from selfeval.mailrules import resembling
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

    def seems(self, note: str, texts: Iterable[str]) -> str:
        """Why something is nobody's, and after it whose it seems to be by these texts."""
        unit = resembling({code: item.unit_name for code, item in self.owing.items()}, texts)
        return f"{note}；从名称看像是 {unit} 的" if unit else note


@dataclass(frozen=True, slots=True)
class Pending:
    """Something that came and is to be taken in, by `take`, which returns counts of what became of it."""

    channel: str
    received_at: datetime
    place: str
    take: Callable[[], dict[str, int]]
