"""What a policy says, as values: everything that varies by place and year."""

from __future__ import annotations

from datetime import time
from decimal import Decimal
from typing import Literal, NamedTuple

from selfeval.appraisal.table import Table
from selfeval.figures import plain
from selfeval.redaction import Redaction
from selfeval.report_outline import Report

FULL_MARKS = Decimal(100)


class Weights(NamedTuple):
    """Points of the execution rate and of each level-1 indicator; `level1` is empty where units are free.

    `levels`: whether the points are "fixed", or "usual" ones that a unit may move as long as they make 100.
    """

    execution: Decimal
    level1: dict[str, Decimal]
    levels: str = "fixed"


class Step(NamedTuple):
    """Execution score by table: from this rate on (a fraction, inclusive) the line gets `score` points."""

    minimum: Decimal
    score: Decimal


class Cap(NamedTuple):
    """Below this rate (a fraction) the total of a form is at most `maximum` points."""

    below: Decimal
    maximum: Decimal


class Execution(NamedTuple):
    """How the execution rate is computed and scored.

    over_100: "cap" gives full points above 100%, "deduct_overshoot" takes weight × (rate − 1) off.
    `reason_below`: a rate below it needs a reason. `floor`: a rate below it earns nothing.
    rounding: to `places` decimals, half up or cut off.
    """

    denominator: Literal["adjusted", "initial"]
    over_100: Literal["cap", "deduct_overshoot"]
    places: int
    steps: tuple[Step, ...] = ()
    reason_below: Decimal | None = None
    floor: Decimal | None = None
    rounding: Literal["half_up", "down"] = "half_up"
    caps: tuple[Cap, ...] = ()


class Quantitative(NamedTuple):
    """over_limit: completion above this fraction needs a word.

    over_penalty: share of the weight lost per 100 percentage points above the limit; None flags only.
    """

    over_limit: Decimal
    over_penalty: Decimal | None = None


class Band(NamedTuple):
    """A qualitative result and the share of the weight that it earns, both ends included."""

    label: str
    minimum: Decimal
    maximum: Decimal


class GradeBand(NamedTuple):
    """A grade from `minimum` points on; the boundary belongs to the upper band."""

    label: str
    minimum: Decimal


class Tolerance(NamedTuple):
    """What rounding may explain: `amount` and `score` per addition, `rate` as a fraction."""

    amount: Decimal
    rate: Decimal
    score: Decimal


class Review(NamedTuple):
    """Thresholds of the warnings: a change of the budget, a low execution, a weight that dominates a form."""

    adjustment_limit: Decimal
    low_execution: Decimal
    dominant_weight: Decimal


class RollUp(NamedTuple):
    """How units become departments. `relative`: percentages and qualitative results of like indicators are
    means weighted by funds, or every unit counts alike; `score`: the same for a department's mean score.

    spread: by which fraction of last year's or the initial budget a missing unit may lie above or below it.
    """

    relative: Literal["funds", "equal"]
    score: Literal["funds", "equal"]
    spread: Decimal


class FilingTime(NamedTuple):
    """The hour (Asia/Shanghai) until which a due day counts as in time.

    `correction_days`: working days that a returned unit has at least, from its return.
    """

    due_hour: time
    correction_days: int


class Lateness(NamedTuple):
    """Points lost in the appraisal of the self-evaluation work, per working day and at most."""

    points_per_working_day: Decimal
    maximum: Decimal

    def points(self, days: int) -> Decimal:
        """What so many working days cost."""
        return min(days * self.points_per_working_day, self.maximum)

    @property
    def sentence(self) -> str:
        """The rule in Chinese without a full stop, "" when lateness costs nothing."""
        if not self.points(1):
            return ""
        return f"每逾期1个工作日扣{plain(self.points_per_working_day)}分，最多扣{plain(self.maximum)}分"


class Reminders(NamedTuple):
    """Working days before and after the due day; after the last of them every `then_every` days.

    Mails go out on working days from `hour` on. Departments hear of their late units from
    `department_from` working days after the due day on, the bureau gets its list from `bureau_from` on.
    """

    before: tuple[int, ...]
    after: tuple[int, ...]
    then_every: int | None = None
    hour: time = time(9)
    department_from: int = 1
    bureau_from: int = 3


class Publication(NamedTuple):
    """Either a fixed day of the following year (month, day) or days after the bureau's approval."""

    month_day: tuple[int, int] | None = None
    approval_plus_days: int | None = None


class ReturnReason(NamedTuple):
    """Why a person may send a version back: a code for forms and counts, the words that the unit reads."""

    code: str
    label: str


class ExaminationRule(NamedTuple):
    """Which persons decide after the machine, in order; none: its acceptance suffices.

    levels: of department, section, bureau. reply_days: working days that a returned unit has to reply or to
    object; answer_days: working days in which an objection is answered.
    """

    levels: tuple[str, ...]
    reply_days: int
    answer_days: int
    reasons: tuple[ReturnReason, ...]


class RecheckRule(NamedTuple):
    """How many of the units that have to file are re-checked: a fraction of them, and how many at least."""

    share: Decimal
    minimum: int


class Policy(NamedTuple):
    """Everything that varies by place and year. `source` names the documents that the values come from.

    cost_over: how an exceeded cost indicator is scored, by completion (weight × target / actual) or by
    the overshoot (weight × (1 − (actual / target − 1))).
    report_sections, signatures: what the headings of a report and the lines below a form must name; words
    between bars are alternatives (改进措施|建议). seals: the papers that must have a place for the seal.
    """

    name: str
    title: str
    source: str
    version: str
    weights: Weights
    execution: Execution
    cost_over: Literal["completion", "deduct_overshoot"]
    quantitative: Quantitative
    qualitative: tuple[Band, ...]
    grades: tuple[GradeBand, ...]
    tolerance: Tolerance
    review: Review
    rollup: RollUp
    filing: FilingTime
    lateness: Lateness
    reminders: Reminders
    publication: Publication
    attachments: tuple[str, ...]
    report_sections: tuple[str, ...]
    signatures: tuple[str, ...]
    seals: tuple[str, ...]
    redaction: Redaction
    examination: ExaminationRule
    recheck: RecheckRule
    appraisal: Table
    report: Report


def grade_for(policy: Policy, score: Decimal) -> str | None:
    """The label of the band that a total score falls into, None where the policy grades nothing."""
    return next((band.label for band in policy.grades if score >= band.minimum), None)
