"""This cycle beside the one before: money, execution, score, grade, and problems that came again. Pure.

Units are matched by their code. A unit that is new, gone, merged or renamed is said, a total compares only
the units that both years hold, and where the policies differ that is said before any score.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from selfeval.policy import Policy
from selfeval.problems import Met
from selfeval.rollup.measures import AMOUNTS
from selfeval.rollup.units import UnitRow

ADDED, GONE, BOTH = "本年新增", "本年没有", "两年都有"


@dataclass(frozen=True, slots=True)
class UnitYear:
    """A unit in one cycle. Amounts in 万元 and the recomputed score of what was accepted, None for unknown.

    `counted`: its money stands in the totals of its year. `met`: the rules that any version of its filing ran
    into; `policy`: what judged it, name and version.
    """

    code: str
    name: str
    department_code: str
    department_name: str
    state: str
    merged_into: str = ""
    merged_into_name: str = ""
    policy: str = ""
    initial_budget: Decimal | None = None
    adjusted_budget: Decimal | None = None
    executed: Decimal | None = None
    score: Decimal | None = None
    grade: str | None = None
    counted: bool = False
    met: Mapping[str, Met] = field(default_factory=dict)

    @property
    def execution_rate(self) -> Decimal | None:
        """全年执行数 ÷ 全年预算数 as a fraction, None where one is unknown or nothing was budgeted."""
        if self.executed is None or not self.adjusted_budget:
            return None
        return self.executed / self.adjusted_budget


@dataclass(frozen=True, slots=True)
class CycleYear:
    """One cycle as it is compared: its year, the policy that it was opened with, its units."""

    year: int
    policy: Policy
    units: tuple[UnitYear, ...]


class Repeated(NamedTuple):
    """A rule that a unit ran into in both years; `open`: this year's version that counts still does."""

    rule: str
    sentence: str
    open: bool


@dataclass(frozen=True, slots=True)
class UnitComparison:
    """A unit in both years; one of them is None when it is in one roster only."""

    before: UnitYear | None
    after: UnitYear | None
    repeated: tuple[Repeated, ...]

    @property
    def unit(self) -> UnitYear:
        """The unit as it is now, or as it was when it is gone."""
        return self.after or self.before

    @property
    def kind(self) -> str:
        """In which of the years it was, in Chinese."""
        return BOTH if self.before and self.after else ADDED if self.after else GONE

    def pair(self, key: str) -> tuple[Decimal | None, Decimal | None]:
        """A figure of both years, by the name of the attribute."""
        return tuple(getattr(each, key) if each else None for each in (self.before, self.after))

    def change(self, key: str) -> Decimal | None:
        """How much a figure moved, None unless both years say it."""
        return moved(*self.pair(key))

    @property
    def comparable(self) -> bool:
        """Whether the unit's money stands in the totals of both years."""
        return bool(self.before and self.after and self.before.counted and self.after.counted)


class GroupComparison(NamedTuple):
    """The units of a department (the bureau: code "") whose money both years know, added up in 万元.

    `sums` by key of AMOUNTS; 年初预算数 only where all of them state it in both years.
    `scores`: the means of the units that both years score, and `scored` how many those are.
    """

    code: str
    name: str
    units: int
    sums: Mapping[str, tuple[Decimal, Decimal]]
    scored: int
    scores: tuple[Decimal, Decimal] | None

    @property
    def rates(self) -> tuple[Decimal | None, Decimal | None]:
        """The execution rates of the sums, as fractions."""
        if not self.units:
            return None, None
        budgets, spent = self.sums["adjusted_budget"], self.sums["executed"]
        return tuple(done / due if due else None for due, done in zip(budgets, spent, strict=True))


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two cycles side by side; selfeval.comparison_words says what they are not alike in.

    `grades`: the labels of both years, the best first; None where the years do not grade alike.
    """

    before: CycleYear
    after: CycleYear
    units: tuple[UnitComparison, ...]
    departments: tuple[GroupComparison, ...]
    whole: GroupComparison
    grades: tuple[str, ...] | None

    @property
    def repeating(self) -> tuple[UnitComparison, ...]:
        """The units that ran into a rule again."""
        return tuple(each for each in self.units if each.repeated)

    @property
    def grade_moves(self) -> tuple[int, int, int]:
        """How many units rose, stayed and fell in grade; all zero where the years do not grade alike."""
        steps = [self.grade_step(each) for each in self.units]
        return steps.count(1), steps.count(0), steps.count(-1)

    def grade_step(self, each: UnitComparison) -> int | None:
        """1 for a better grade, 0 for the same, −1 for a worse one; None where that cannot be said."""
        old, new = (year.grade if year else None for year in (each.before, each.after))
        if not self.grades or old not in self.grades or new not in self.grades:
            return None
        first, second = self.grades.index(old), self.grades.index(new)
        return (first > second) - (first < second)


def unit_year(
    row: UnitRow, met: Mapping[str, Met], merged_into: str = "", merged_into_name: str = ""
) -> UnitYear:
    """A settled unit of a roll-up as it is compared."""
    known = {
        "policy": row.version.policy if row.version else "",
        "score": row.recomputed_score,
        "grade": row.grade,
        "counted": row.counted,
        **{key: getattr(row, key) for key in AMOUNTS},
    }
    return UnitYear(
        row.code,
        row.name,
        row.department_code,
        row.department_name,
        row.state,
        merged_into,
        merged_into_name,
        **(known if row.state in ("accepted", "published") else {}),
        met=met,
    )


def compare(before: CycleYear, after: CycleYear) -> Comparison:
    """Two cycles side by side, departments and units in the order of this year's codes, units that are gone last."""
    then = {unit.code: unit for unit in before.units}
    now = {unit.code: unit for unit in after.units}
    codes = sorted(now, key=lambda code: (now[code].department_code, code))
    codes += sorted(then.keys() - now.keys(), key=lambda code: (then[code].department_code, code))
    units = tuple(_unit(then.get(code), now.get(code)) for code in codes)
    groups: dict[str, list[UnitComparison]] = {}
    for each in units:
        groups.setdefault(each.unit.department_code, []).append(each)
    departments = tuple(
        _group(code, group[0].unit.department_name, group) for code, group in sorted(groups.items())
    )
    return Comparison(
        before,
        after,
        units,
        departments,
        _group("", "合计", units),
        tuple(band.label for band in after.policy.grades)
        if before.policy.grades == after.policy.grades
        else None,
    )


def moved(before: Decimal | None, after: Decimal | None) -> Decimal | None:
    """How much a figure moved, None where one of them is unknown."""
    return None if before is None or after is None else after - before


def _group(code: str, name: str, units: Sequence[UnitComparison]) -> GroupComparison:
    both = [each for each in units if each.comparable]
    scored = [each.pair("score") for each in units if None not in each.pair("score")]
    pairs = {key: [each.pair(key) for each in both] for key in AMOUNTS}
    sums = {key: _sums(found) for key, found in pairs.items() if not any(None in each for each in found)}
    means = tuple(total / len(scored) for total in _sums(scored)) if scored else None
    return GroupComparison(code, name, len(both), sums, len(scored), means)


def _sums(pairs: Sequence[tuple[Decimal | None, Decimal | None]]) -> tuple[Decimal, Decimal]:
    return tuple(sum((pair[side] for pair in pairs), Decimal(0)) for side in (0, 1))


def _unit(then: UnitYear | None, now: UnitYear | None) -> UnitComparison:
    repeated = sorted(then.met.keys() & now.met.keys()) if then and now else ()
    return UnitComparison(
        then, now, tuple(Repeated(rule, now.met[rule].sentence, now.met[rule].open) for rule in repeated)
    )
