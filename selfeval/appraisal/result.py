"""The appraisal of a department: what the system marked and what persons judged, and who stands where.

A total is final only when every point has a score; until then it says how many points are still open.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from selfeval.appraisal.facts import DepartmentFacts
from selfeval.appraisal.judgement import Judgement
from selfeval.appraisal.marking import Awaits
from selfeval.appraisal.marks import Mark, mark
from selfeval.appraisal.table import Item, Table
from selfeval.figures import plain
from selfeval.policy import Lateness

_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Point:
    """One line of the table. `judgement` is a person's word that holds, `lapsed` the last one that does not."""

    item: Item
    mark: Mark
    judgement: Judgement | None = None
    lapsed: Judgement | None = None
    quotes: tuple[tuple[str, str], ...] = ()

    @property
    def score(self) -> Decimal | None:
        return self.judgement.score if self.judgement else self.mark.score

    @property
    def awaits(self) -> Awaits:
        return Awaits.NOTHING if self.judgement else self.mark.awaits

    @property
    def evidence(self) -> tuple[str, ...]:
        """What the score rests on, as sentences; a person's word first."""
        return (*self._words(), *self.mark.evidence)

    def _words(self) -> Iterable[str]:
        if self.judgement:
            said = self.judgement
            band = f"“{said.band}”，" if said.band else ""
            yield f"{said.person}{said.decided_at:%Y年%m月%d日}评定{plain(said.score)}分：{band}{said.reason}"
            if self.mark.score is not None and self.mark.score != said.score:
                yield f"系统计{plain(self.mark.score)}分，以人工评定为准"
        elif self.lapsed:
            said = self.lapsed
            again = "，请重新评定" if self.awaits is Awaits.PERSON else ""
            yield f"{said.person}{said.decided_at:%Y年%m月%d日}评定的{plain(said.score)}分已失效（{said.lapsed}）{again}"


@dataclass(frozen=True, slots=True)
class Appraisal:
    """A department's table at an instant. `version` is the department's own filing, 0 when there is none."""

    code: str
    name: str
    title: str
    version: int
    expected: int
    points: tuple[Point, ...]
    asof: datetime

    @property
    def score(self) -> Decimal:
        """The points earned so far."""
        return sum((point.score for point in self.points if point.score is not None), _NOTHING)

    @property
    def full(self) -> Decimal:
        return sum((point.item.points for point in self.points), _NOTHING)

    @property
    def complete(self) -> bool:
        return not any(point.awaits for point in self.points)

    def open_points(self, awaits: Awaits) -> Decimal:
        """How many points wait for this."""
        return sum((point.item.points for point in self.points if point.awaits is awaits), _NOTHING)

    def subtotal(self, level1: str) -> tuple[Decimal, Decimal]:
        """Earned so far and still open points of one section."""
        rows = [point for point in self.points if point.item.level1 == level1]
        return (
            sum((row.score for row in rows if row.score is not None), _NOTHING),
            sum((row.item.points for row in rows if row.awaits), _NOTHING),
        )

    @property
    def sentence(self) -> str:
        """The total in words, without a full stop; one that is not final cannot be taken for it."""
        if self.complete:
            return f"满分{plain(self.full)}分，得{plain(self.score)}分"
        open_ = "、".join(
            f"{plain(count)}分{awaits.label}"
            for awaits in Awaits
            if awaits and (count := self.open_points(awaits))
        )
        marked = self.full - sum((self.open_points(each) for each in Awaits if each), _NOTHING)
        return (
            f"{plain(self.full)}分中已评{plain(marked)}分，其中得{plain(self.score)}分；另有{open_}，总分未定"
        )


def appraise(
    facts: DepartmentFacts, table: Table, lateness: Lateness, judgements: Mapping[str, Judgement]
) -> Appraisal:
    """The table of one department. `judgements` holds the latest word on each item, also one that lapsed.

    A judgement whose basis is another one than now does not count and says so.
    """
    own = facts.own
    quotes = own.papers.quotes if own.papers else {}
    points = []
    for item in table.items:
        made = mark(item, facts, lateness)
        said = judgements.get(item.name)
        lapsed = said.lapsed if said else ""
        if said and not lapsed and said.basis_hash != basis_hash(item, made):
            lapsed = "所依据的报送或情况有变化"
        points.append(
            Point(
                item=item,
                mark=made,
                judgement=said if said and not lapsed else None,
                lapsed=replace(said, lapsed=lapsed) if said and lapsed else None,
                quotes=tuple(quotes.get(item.name, ())),
            )
        )
    return Appraisal(
        code=facts.code,
        name=facts.name,
        title=table.title,
        version=own.status.version,
        expected=len(facts.owing),
        points=tuple(points),
        asof=facts.asof,
    )


def basis_hash(item: Item, made: Mark) -> str:
    """The hash of what a judgement rests on: the item as the policy words it, and what was looked at."""
    said = [item.name, str(item.points), item.standard, *made.basis]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


def ranked(appraisals: Iterable[Appraisal]) -> list[tuple[int | None, Appraisal]]:
    """The finished ones by score, equal scores sharing a place, then the unfinished ones without a place."""
    every = list(appraisals)
    done = sorted((each for each in every if each.complete), key=lambda each: (-each.score, each.code))
    scores = [each.score for each in done]
    unfinished = sorted((each for each in every if not each.complete), key=lambda each: each.code)
    return [*((scores.index(each.score) + 1, each) for each in done), *((None, each) for each in unfinished)]
