"""Dated, local rules as data: weights, execution score, bands, grades, deadlines, publication.

A policy is a TOML file. It may extend a packaged one: tables are merged key by key, while lists, level
weights and the publication rule are replaced as a whole. Shares and rates are fractions (90% is 0.90), points are points,
amounts are in the amount unit of the form that is judged. An optional number is switched off by "none".
"""

from __future__ import annotations

import tomllib
from datetime import time
from decimal import Decimal
from importlib import resources
from typing import Literal, NamedTuple

from selfeval.appraisal.table import Table, contradictions, read_table
from selfeval.figures import plain
from selfeval.levels import Level
from selfeval.policy_text import Reader, merge
from selfeval.redaction import KINDS, Redaction
from selfeval.refusal import Refusal
from selfeval.report_outline import Report, read_report, report_mistakes

FULL_MARKS = Decimal(100)


class PolicyError(Refusal):
    """A policy file that cannot be used; `reasons` are Chinese sentences, one per mistake."""

    def __init__(self, source_name: str, reasons: list[str]):
        self.source_name = source_name
        self.reasons = tuple(reasons)
        super().__init__(f"政策文件“{source_name}”有 {len(reasons)} 处错误：" + "；".join(reasons))


class Weights(NamedTuple):
    """Points of the execution rate and of each level-1 indicator; `level1` is empty where units are free."""

    execution: Decimal
    level1: dict[str, Decimal]


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


def policy_names() -> tuple[str, ...]:
    """The packaged policies, in order of name."""
    folder = resources.files("selfeval") / "policies"
    return tuple(
        sorted(file.name.removesuffix(".toml") for file in folder.iterdir() if file.name.endswith(".toml"))
    )


def load_policy(name: str) -> Policy:
    """A packaged policy. Raises PolicyError for a name that is not packaged."""
    return parse_policy(_packaged(name, source_name=name), source_name=name)


def parse_policy(text: str, *, source_name: str) -> Policy:
    """A policy from TOML text; raises PolicyError with every mistake, each as a Chinese sentence."""
    reader = Reader(_merged(text, source_name))
    policy = _read(reader)
    if not reader.mistakes:
        reader.mistakes += _contradictions(policy)
    if reader.mistakes:
        raise PolicyError(source_name, reader.mistakes)
    return policy


def grade_for(policy: Policy, score: Decimal) -> str | None:
    """The label of the band that a total score falls into, None where the policy grades nothing."""
    return next((band.label for band in policy.grades if score >= band.minimum), None)


def _packaged(name: str, *, source_name: str) -> str:
    if name not in policy_names():
        known = "、".join(policy_names())
        raise PolicyError(source_name, [f"没有名为“{name}”的内置政策，可用的有：{known}"])
    return (resources.files("selfeval") / "policies" / f"{name}.toml").read_text(encoding="utf-8")


def _merged(text: str, source_name: str) -> dict:
    try:
        data = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(source_name, [f"不是有效的 TOML 文件：{error}"]) from error
    base = data.pop("extends", None)
    if base is None:
        return data
    if not isinstance(base, str):
        raise PolicyError(source_name, [f"extends 应为内置政策的名称，现为“{base}”"])
    parent = _merged(_packaged(base, source_name=source_name), base)
    # A policy speaks for itself: its identity and its sources are never inherited.
    for key in ("name", "title", "source", "version"):
        parent.pop(key, None)
    return merge(parent, data, whole=("weights.level1", "publication"))


def _read(reader: Reader) -> Policy:
    top = reader
    weights = top.table("weights")
    execution = top.table("execution")
    quantitative = top.table("quantitative")
    tolerance = top.table("tolerance")
    review = top.table("review")
    rollup = top.table("rollup")
    filing = top.table("filing")
    lateness = top.table("lateness")
    reminders = top.table("reminders")
    publication = top.table("publication")
    redaction = top.table("redaction")
    examination = top.table("examination")
    recheck = top.table("recheck")
    policy = Policy(
        name=top.text("name"),
        title=top.text("title"),
        source=top.text("source"),
        version=top.text("version"),
        weights=Weights(weights.number("execution"), weights.numbers("level1")),
        execution=Execution(
            denominator=execution.choice("denominator", ("adjusted", "initial")),
            over_100=execution.choice("over_100", ("cap", "deduct_overshoot")),
            places=execution.integer("places"),
            steps=tuple(
                Step(row.number("minimum"), row.number("score"))
                for row in execution.rows("steps", required=False)
            ),
            reason_below=execution.optional_number("reason_below"),
            floor=execution.optional_number("floor"),
            rounding=execution.choice("rounding", ("half_up", "down")),
            caps=tuple(
                Cap(row.number("below"), row.number("maximum"))
                for row in execution.rows("caps", required=False)
            ),
        ),
        cost_over=top.choice("cost_over", ("completion", "deduct_overshoot")),
        quantitative=Quantitative(
            quantitative.number("over_limit"), quantitative.optional_number("over_penalty")
        ),
        qualitative=tuple(
            Band(row.text("label"), row.number("minimum"), row.number("maximum"))
            for row in top.rows("qualitative")
        ),
        grades=tuple(GradeBand(row.text("label"), row.number("minimum")) for row in top.rows("grades")),
        tolerance=Tolerance(tolerance.number("amount"), tolerance.number("rate"), tolerance.number("score")),
        review=Review(
            review.number("adjustment_limit"),
            review.number("low_execution"),
            review.number("dominant_weight"),
        ),
        rollup=RollUp(
            rollup.choice("relative", ("funds", "equal")),
            rollup.choice("score", ("funds", "equal")),
            rollup.number("spread"),
        ),
        filing=FilingTime(filing.hour("due_hour"), filing.integer("correction_days")),
        lateness=Lateness(lateness.number("points_per_working_day"), lateness.number("maximum")),
        reminders=Reminders(
            reminders.integers("before"),
            reminders.integers("after"),
            reminders.optional_integer("then_every"),
            reminders.hour("hour"),
            reminders.integer("department_from"),
            reminders.integer("bureau_from"),
        ),
        publication=Publication(
            publication.month_day("month_day"), publication.optional_integer("approval_plus_days")
        ),
        attachments=top.texts("attachments"),
        report_sections=top.texts("report_sections"),
        signatures=top.texts("signatures"),
        seals=top.texts("seals"),
        redaction=Redaction(
            redaction.texts("labels"),
            redaction.texts("kinds"),
            redaction.texts("hide"),
            redaction.texts("keep"),
        ),
        examination=ExaminationRule(
            examination.texts("levels"),
            examination.integer("reply_days"),
            examination.integer("answer_days"),
            tuple(ReturnReason(row.text("code"), row.text("label")) for row in examination.rows("reasons")),
        ),
        recheck=RecheckRule(recheck.number("share"), recheck.integer("minimum")),
        appraisal=read_table(top.table("appraisal")),
        report=read_report(top.table("report")),
    )
    reader.refuse_unknown()
    return policy


def _contradictions(policy: Policy) -> list[str]:
    mistakes = []
    weights = policy.weights
    if weights.level1:
        total = weights.execution + sum(weights.level1.values())
        if total != FULL_MARKS:
            parts = " + ".join(str(part) for part in (weights.execution, *weights.level1.values()))
            mistakes.append(f"[weights] 执行率与各一级指标的分值应合计 100，现为 {parts} = {total}")
    for name, rows in (("grades", policy.grades), ("execution.steps", policy.execution.steps)):
        bounds = [row.minimum for row in rows]
        if bounds != sorted(set(bounds), reverse=True):
            mistakes.append(
                f"[{name}] 各档的 minimum 应从高到低且互不相同，现为 {'、'.join(map(str, bounds))}"
            )
    if not policy.filing.correction_days:
        mistakes.append("[filing] correction_days 应不小于 1：退回的单位至少要有 1 个工作日修改")
    for cap in policy.execution.caps:
        if not 0 < cap.below <= 1 or cap.maximum > FULL_MARKS:
            mistakes.append(
                f"[execution.caps] below 应大于 0 且不大于 1，maximum 应不大于 100，现为 {cap.below} 和 {cap.maximum}"
            )
    if policy.grades and policy.grades[-1].minimum != 0:
        mistakes.append(f"[grades] 最低一档应从 0 分起，现为 {policy.grades[-1].minimum}")
    for band in policy.qualitative:
        if not 0 <= band.minimum <= band.maximum <= 1:
            mistakes.append(
                f"[qualitative] “{band.label}”应满足 0 ≤ minimum ≤ maximum ≤ 1，现为 {band.minimum} 和 {band.maximum}"
            )
    if not 1 <= policy.reminders.department_from <= policy.reminders.bureau_from:
        mistakes.append(
            "[reminders] department_from 应不小于 1 且不大于 bureau_from，"
            f"现为 {policy.reminders.department_from} 和 {policy.reminders.bureau_from}"
        )
    if policy.quantitative.over_limit < 1:
        mistakes.append(f"[quantitative] over_limit 应不小于 1，现为 {policy.quantitative.over_limit}")
    mistakes += _examination_mistakes(policy.examination)
    if policy.recheck.share > 1:
        mistakes.append(f"[recheck] share 应不大于 1（一成写作 0.10），现为 {policy.recheck.share}")
    if (policy.publication.month_day is None) == (policy.publication.approval_plus_days is None):
        mistakes.append("[publication] month_day 与 approval_plus_days 应填且只填一项")
    mistakes += contradictions(
        policy.appraisal,
        late_maximum=policy.lateness.points(1) and policy.lateness.maximum,
        report_sections=policy.report_sections,
        attachments=policy.attachments,
    )
    return mistakes + _redaction_mistakes(policy.redaction) + report_mistakes(policy.report)


def _examination_mistakes(rule: ExaminationRule) -> list[str]:
    mistakes = [
        f"[examination] levels 不认识“{level}”，可用的有：{'、'.join(Level)}"
        for level in rule.levels
        if level not in set(Level)
    ]
    if len(set(rule.levels)) < len(rule.levels):
        mistakes.append(f"[examination] levels 各层级只写一次，现为 {'、'.join(rule.levels)}")
    codes = [reason.code for reason in rule.reasons]
    if not codes or len(set(codes)) < len(codes):
        mistakes.append(f"[examination] reasons 应至少一条，编号互不相同，现为“{'、'.join(codes)}”")
    mistakes += [
        f"[examination] {name} 应不小于 1 个工作日，现为 0"
        for name in ("reply_days", "answer_days")
        if not getattr(rule, name)
    ]
    return mistakes


def _redaction_mistakes(redaction: Redaction) -> list[str]:
    mistakes = [
        f"[redaction] kinds 不认识“{kind}”，可用的有：{'、'.join(KINDS)}"
        for kind in redaction.kinds
        if kind not in KINDS
    ]
    both = [word for word in redaction.hide if word in redaction.keep]
    if both:
        mistakes.append(f"[redaction] “{'、'.join(both)}”既在 hide 又在 keep，应只列一处")
    short = [word for word in redaction.hide if len("".join(word.split())) < 2]
    if short:
        mistakes.append(f"[redaction] hide 的词应不少于两个字，否则处处被隐去，现有“{'、'.join(short)}”")
    signed = [label for label in redaction.labels if label.rstrip().endswith((":", "：", ")", "）"))]
    if signed:
        mistakes.append(f"[redaction] labels 只写栏目名称，不带冒号和“（签字）”，现有“{'、'.join(signed)}”")
    return mistakes
