"""What a unit brings into the roll-up, and what the roll-up says of a department: values without arithmetic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from selfeval.board import OWING, STATE_LABELS, state_label
from selfeval.figures import percent, plain, points
from selfeval.pattern import Pattern
from selfeval.rollup.measures import AMOUNTS, RATIOS

NOT_OWING = tuple(state for state in STATE_LABELS if state not in OWING)
OWN_WORDS = Pattern(r"本级|局机关|机关本部|部门机关")
_SUM_WORDS = Pattern(r"汇总|合计|总计")
IN_WHOLE = "已含在主管部门的汇总表中"
# What a unit has to say to be in the sums: the parts of the execution rate. Forms of two columns (全年预算数,
# 全年执行数) have no place for 年初预算数; who does not state it is named beside that sum.
REQUIRED = ("adjusted_budget", "executed")


class Scope(StrEnum):
    """Whom a filing's figures speak for: the unit alone (本级) or a department with its units (汇总)."""

    OWN = "own"
    WHOLE = "whole"


class Version(NamedTuple):
    """The version that figures come from: its id and number, the hash of its files, and what judged it."""

    submission: int
    number: int
    content: str
    policy: str
    rule_set: str


class ProjectFigures(NamedTuple):
    """A project form. Amounts in 万元, scores in points, None where the form does not say."""

    name: str
    initial_budget: Decimal | None = None
    adjusted_budget: Decimal | None = None
    executed: Decimal | None = None
    reported_score: Decimal | None = None
    recomputed_score: Decimal | None = None


class IndicatorFigures(NamedTuple):
    """An indicator row as it is aggregated. Rows of one `key` are alike: level, name, unit, direction, kind.

    kind: "absolute" (adds), "relative" (a percentage) or "qualitative" (target 1, actual the share of the
    weight that was earned). `funds` are the 万元 of its form, None where it says none.
    """

    level1: str
    level2: str
    name: str
    unit: str
    direction: str
    kind: str
    target: Decimal
    actual: Decimal
    weight: Decimal | None = None
    funds: Decimal | None = None
    cost: bool = False

    @property
    def key(self) -> tuple[str, ...]:
        return (self.level1, self.level2, self.name, self.unit, self.direction, self.kind)


class GoalText(NamedTuple):
    """A goal and what became of it, in the words of the form named."""

    form: str
    expected: str
    actual: str


class StatedRow(NamedTuple):
    """A row of a table in which a department lists itself, its units and their sum: amounts by measure key."""

    name: str
    where: str
    figures: Mapping[str, Decimal]

    @property
    def is_sum(self) -> bool:
        """Whether it is the sum of the department and its units (局机关及二级机构汇总)."""
        return _SUM_WORDS.search(self.name) is not None

    @property
    def is_own(self) -> bool:
        """Whether it is the department alone."""
        return not self.is_sum and OWN_WORDS.search(self.name) is not None


@dataclass(frozen=True, slots=True)
class UnitFigures:
    """Everything of a filing that is added or listed. `figures` by key of MEASURES, in the measure's unit.

    `scope` is what the papers say themselves, None where they say nothing; `places` names where the
    amounts of the whole unit stand.
    """

    figures: Mapping[str, Decimal] = field(default_factory=dict)
    projects: Sequence[ProjectFigures] = ()
    indicators: Sequence[IndicatorFigures] = ()
    goals: Sequence[GoalText] = ()
    scope: Scope | None = None
    stated: tuple[StatedRow, ...] = ()
    place: str = ""

    @property
    def speaks_for_all(self) -> bool:
        """Whether the papers say that they are those of a department with its units (汇总)."""
        return self.scope is Scope.WHOLE


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One unit of the roll-up. Amounts in 万元, None where the unit has not said; states as on the board.

    `base`: what the unit is measured by while it is in no sum, by key of AMOUNTS; `base_of` says where it
    comes from. `included`: its figures stand in its department's own form, which speaks for all. `awaits`:
    the level whose acceptance it waits for, as on the board; its figures are added meanwhile.
    """

    code: str
    name: str
    tier: int
    department_code: str
    department_name: str
    state: str
    late_days: int | None = None
    reported_score: Decimal | None = None
    summed_score: Decimal | None = None
    recomputed_score: Decimal | None = None
    grade: str | None = None
    initial_budget: Decimal | None = None
    adjusted_budget: Decimal | None = None
    executed: Decimal | None = None
    errors: int = 0
    warnings: int = 0
    figures: UnitFigures = field(default_factory=UnitFigures)
    version: Version | None = None
    base: Mapping[str, Decimal] = field(default_factory=dict)
    base_of: str = ""
    included: bool = False
    awaits: str = ""

    @property
    def label(self) -> str:
        """Its state in Chinese, with whose decision is missing."""
        return state_label(self.state, self.awaits)

    def figure(self, key: str) -> Decimal | None:
        """What the unit says of a key of MEASURES, in the measure's unit; None where it does not say."""
        return getattr(self, key) if key in AMOUNTS else self.figures.figures.get(key)

    @property
    def owes(self) -> bool:
        """Whether the unit has to file."""
        return self.state in OWING

    @property
    def reported(self) -> bool:
        """Whether the unit filed anything that it owes."""
        return self.state not in (*NOT_OWING, "missing")

    @property
    def passed(self) -> bool:
        """Whether what the unit filed was accepted, by the machine at least."""
        return self.state in ("accepted", "published")

    @property
    def left_out(self) -> str | None:
        """Why the unit's figures are in no total, in Chinese; None when they are.

        Only what passed is added, and only with both amounts of the execution rate: the rate stays that of the sums.
        """
        if self.state in NOT_OWING:
            return STATE_LABELS[self.state]
        if self.included:
            return IN_WHOLE if self.passed else f"{STATE_LABELS[self.state]}，{IN_WHOLE}"
        if not self.passed:
            return STATE_LABELS[self.state]
        unknown = [AMOUNTS[key] for key in REQUIRED if getattr(self, key) is None]
        return f"未填{'、'.join(unknown)}" if unknown else None

    @property
    def counted(self) -> bool:
        """Whether the unit's figures are in the totals."""
        return self.left_out is None


def unstated_note(names: Sequence[str]) -> str:
    """Whom a sum of 年初预算数 is without, as a sentence without a full stop; "" for nobody."""
    return f"年初预算数不含表中没有这一数的{len(names)}家：{'、'.join(names)}" if names else ""


class Sum(NamedTuple):
    """A sum in the unit of its measure, and how many of the counted units said a figure."""

    value: Decimal
    said: int


class Coverage(NamedTuple):
    """How much of the money that is due to be reported the counted units stand for.

    `basis` names the amount (上年全年预算数 …); both amounts in 万元 over the units for which it is known;
    `unknown` names the expected units for which it is not.
    """

    basis: str
    counted: Decimal
    expected: Decimal
    unknown: tuple[str, ...]

    @property
    def share(self) -> Decimal | None:
        """A fraction, None where nothing is known."""
        return self.counted / self.expected if self.expected > 0 else None


class Range(NamedTuple):
    """Where a total would lie with the units that are missing, in 万元, under the assumption stated with it."""

    low: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class DepartmentTotal:
    """Sums of a department (or of the bureau: code ""). `counted` of `expected` units are in the sums.

    `left_out` names every unit that is in no sum of its own, with the reason; `included` those of them that
    the department's own form holds. Amounts are in 万元, None when no unit is counted. `mean_score` is the
    plain mean of the counted units' recomputed scores, `weighted_score` the mean weighted by 全年预算数.
    `ranges` by key of AMOUNTS: empty when nothing is missing or nothing is known of what is missing.
    `unstated` names the counted units whose forms state no 年初预算数: that sum is without them.
    """

    code: str
    name: str
    expected: int
    counted: int
    left_out: tuple[tuple[str, str], ...]
    mean_score: Decimal | None
    initial_budget: Decimal | None
    adjusted_budget: Decimal | None
    executed: Decimal | None
    weighted_score: Decimal | None = None
    included: tuple[str, ...] = ()
    figures: Mapping[str, Sum] = field(default_factory=dict)
    coverage: Coverage | None = None
    ranges: Mapping[str, Range] = field(default_factory=dict)
    unstated: tuple[str, ...] = ()

    @property
    def ratios(self) -> dict[str, Decimal]:
        """The rates of RATIOS that the sums allow, by key, as fractions.

        Both parts have to come from as many units: one that states a part alone would bend the rate.
        """
        found = {}
        for ratio in RATIOS:
            parts = [self.figures.get(key) for key in (ratio.numerator, ratio.denominator)]
            if None in parts or parts[0].said != parts[1].said:
                continue
            rate = ratio.of(parts[0].value, parts[1].value)
            if rate is not None:
                found[ratio.key] = rate
        return found

    @property
    def unstated_note(self) -> str:
        """Whom the sum of 年初预算数 is without, as a sentence without a full stop; "" for nobody."""
        return unstated_note(self.unstated)

    def score(self, weighted: bool) -> Decimal | None:
        """The mean recomputed score that the policy asks for."""
        return self.weighted_score if weighted else self.mean_score

    @property
    def execution_rate(self) -> Decimal | None:
        """全年执行数 ÷ 全年预算数 of the sums, as a fraction; None without a budget."""
        return self.executed / self.adjusted_budget if self.adjusted_budget else None


class IndicatorTotal(NamedTuple):
    """Like indicators of several units: completion aggregated first and then scored.

    Absolute values add; relative and qualitative ones are means, weighted as the policy says. `weight` is the
    mean of the units' weights; `score` what the policy gives for the aggregated completion, None where it
    cannot say. `units` names those that are in it; `left_out` those without the funds to weigh them by.
    """

    department_code: str
    level1: str
    level2: str
    name: str
    unit: str
    kind: str
    units: tuple[str, ...]
    left_out: tuple[str, ...]
    target: Decimal
    actual: Decimal
    ratio: Decimal | None
    weight: Decimal | None
    score: Decimal | None

    def shown(self, value: Decimal) -> str:
        """An absolute value with its unit; a percentage or the share of a qualitative result as a percentage."""
        return f"{plain(points(value, 4))}{self.unit}" if self.kind == "absolute" else percent(value)
