"""D: scores, their total and the grade."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

from selfeval.execution import (
    DENOMINATORS,
    execution_points,
    policy_rate,
    rates,
    scored_line,
    stated_rates,
)
from selfeval.figures import decimals, number, percent, plain, points, text, total
from selfeval.filing import Form, FormKind, FundingLine
from selfeval.findings import Severity
from selfeval.pattern import Pattern
from selfeval.policy import FULL_MARKS, grade_for
from selfeval.rules.amounts import short
from selfeval.rules.engine import Context, Problem, rule
from selfeval.rules.missed import printed_levels
from selfeval.scoring import (
    completion_share,
    covered_weight,
    earned,
    execution_weight,
    execution_worth,
    indicator_weight,
    printed_weight,
    qualitative_band,
    total_cap,
)

TABLE = "自评表表式"
WHOLE = Decimal(1)
# Points by which the lower bands of two places begin at different scores (良 75 or 80).
EDGES_DIFFER_BY = Decimal(5)
_QUOTES = Pattern(r"[\s“”\"'「」]")


@rule("D01", Severity.ERROR, TABLE)
def total_is_the_sum_of_scores(form: Form, context: Context) -> Iterator[Problem]:
    """总分应等于执行率得分与各指标得分之和。"""
    yield from _recheck_total(form, context)
    score = context.scores[form.id]
    if score.stated is None or score.summed is None or not score.complete or not score.scored:
        return
    listed = indicator_weight(form)
    # Forms without a column for weights print them beside the levels.
    if listed is None:
        listed = printed_weight(form) or form.indicator_points
    named = total([execution_weight(form), listed])
    if form.kind is FormKind.REPORT and named != FULL_MARKS:
        return  # a report may speak of some scores only
    gap = abs(score.stated - score.summed)
    # Whole scores add up exactly; only scores with decimals may each have been rounded.
    rounded = sum(decimals(text(cell) or "") > 0 for cell in (row.score for row in form.indicators)) or 1
    if gap == 0 or (decimals(plain(score.summed)) and gap <= context.policy.tolerance.score * rounded):
        return
    own = score.summed - (score.execution or 0)
    if score.stated == own and number(form.total_weight) == indicator_weight(form):
        return  # the total row sums up the indicators alone
    if score.execution is None:
        terms = f"{score.scored} 个指标得分合计 {plain(score.summed)}"
    else:
        terms = f"执行率得分 {plain(score.execution)} 与 {score.scored} 个指标得分 {plain(own)} 合计 {plain(score.summed)}"
    whole = score.stated == score.summed.quantize(WHOLE, ROUND_HALF_UP)
    shown = decimals(form.reported_score.text)
    rounded_off = not whole and shown > 0 and score.stated == points(score.summed, shown)
    # Points beyond the listed weights may stand in a part of the form that has no row (总体目标 20分).
    rest = (number(form.total_weight) or FULL_MARKS) - (named or 0)
    elsewhere = 0 < score.stated - score.summed <= rest
    yield Problem(
        form.reported_score.at,
        text(form.reported_score),
        plain(score.summed),
        f"填报总分 {plain(score.stated)}，{terms}"
        + ("，总分应保留小数" if whole else "")
        + (f"，只保留了 {shown} 位小数" if rounded_off else "")
        + (
            f"，所列分值合计 {plain(named or Decimal(0))}，另有 {plain(rest)} 分没有列出" if elsewhere else ""
        ),
        severity=Severity.INFO if rounded_off else Severity.WARNING if whole or elsewhere else None,
    )


def _recheck_total(form: Form, context: Context) -> Iterator[Problem]:
    """The total of the second look against its scores, where every row and the execution have one."""
    stated, given = number(form.recheck_total), [number(row.recheck_score) for row in form.indicators]
    line = scored_line(form)
    own = number(line.recheck_score) if line else None
    # Without a column beside the funds the execution may count as the unit scored it.
    sure = line is None or own is not None or number(line.score) is None
    if stated is None or None in given or not given or not (sure or line.recheck_score is None):
        return
    made = sum(given, own or Decimal(0))
    others = () if sure else (made + number(line.score),)
    if all(abs(stated - one) > context.policy.tolerance.score * len(given) for one in (made, *others)):
        due = others[0] if others else made
        yield Problem(
            form.recheck_total.at,
            text(form.recheck_total),
            plain(due),
            f"复核总分 {text(form.recheck_total)}，各项复核得分合计 {plain(due)}",
        )


@rule("D02", Severity.ERROR, TABLE)
def score_within_its_weight(form: Form, context: Context) -> Iterator[Problem]:
    """得分应在 0 分与分值之间。"""
    lines = [(line, short(line.label), number(line.weight)) for line in form.funding if number(line.weight)]
    rows = [(row, f"“{row.name}”", _allowed(form, n)) for n, row in enumerate(form.indicators)]
    yield from _beyond_full_marks(form)
    for row, name, weight in [*lines, *rows]:
        score = number(row.score)
        if score is not None and (score < 0 or (weight is not None and score > weight)):
            yield Problem(
                row.score.at,
                text(row.score),
                f"0 至 {plain(weight)}" if weight is not None else "不小于 0",
                f"{name}分值 {plain(weight) if weight is not None else '未填'}，得分 {text(row.score)}",
            )
    for rows, weight, score in printed_levels(form):
        if score > weight:
            yield Problem(
                tuple(row.score.at for row in rows if row.score),
                plain(score),
                f"不大于 {plain(weight)}",
                f"{rows[0].level1}表上注明 {plain(weight)} 分，各项得分合计 {plain(score)}",
            )
    for index, row in enumerate(form.indicators):
        given, weight = number(row.recheck_score), _allowed(form, index)
        if given is not None and weight is not None and not 0 <= given <= weight:
            yield Problem(
                row.recheck_score.at,
                text(row.recheck_score),
                f"0 至 {plain(weight)}",
                f"“{row.name}”分值 {plain(weight)}，复核得分 {text(row.recheck_score)}",
            )


@rule("D03", Severity.ERROR, "按政策的执行率计分办法")
def execution_score_follows_the_rate(form: Form, context: Context) -> Iterator[Problem]:
    """执行率得分应按规定由执行率计算。"""
    line = scored_line(form)
    weight = execution_worth(form, context.policy)
    if weight is None or number(line.score) is None:
        return
    score, printed = number(line.score), number(line.weight) is not None
    if score > weight or score < 0:
        return  # D02 says it
    rate = policy_rate(line, context.policy)
    fractions = list(stated_rates(line)[:1])
    if rate is not None:
        fractions.insert(0, rate.value)
    if not fractions:
        return
    due = [execution_points(fraction, weight, context.policy) for fraction in fractions]
    tolerance = context.policy.tolerance.score
    if any(abs(score - exact) <= tolerance for exact in due):
        return  # a score that follows a wrong rate is the rate's mistake (B05)
    basis = f"{rate.formula} = {percent(rate.value)}" if rate else f"填报执行率 {text(line.execution_rate)}"
    own = printed or indicator_weight(form) is not None
    source = "" if printed else "（由各指标分值推得）" if own else "（表上未列，按政策）"
    ask = f"分值 {plain(weight)}{source}，{basis}，按规定得 {plain(due[0])} 分"
    if rate is not None and line.execution_rate is not None and len(fractions) > 1 and due[1] != due[0]:
        ask += f"（按填报执行率 {text(line.execution_rate)} 得 {plain(due[1])} 分）"
    severity, why = _rounding(score, line, due)
    if severity is None and (other := _other_rule(line, score, weight, context)):
        severity, why = Severity.WARNING, other
    if severity is None and not own:
        severity = Severity.WARNING  # the form may give it other points than the policy does
    yield Problem(
        line.score.at, text(line.score), plain(due[0]), f"{ask}，填报 {text(line.score)} 分{why}", severity
    )


@rule("D05", Severity.ERROR, "按政策的等级分档")
def grade_follows_the_score(form: Form, context: Context) -> Iterator[Problem]:
    """评价等级应与自评总分所在的分档一致。"""
    grade, score = text(form.reported_grade), number(form.reported_score)
    right = grade_for(context.policy, score) if score is not None else None
    if grade is None or right is None or same_grade(grade, right):
        return
    bands = "、".join(f"{plain(band.minimum)} 分以上{band.label}" for band in context.policy.grades)
    known = any(same_grade(grade, band.label) for band in context.policy.grades)
    near = _near_another_edge(grade, score, context)
    yield Problem(
        form.reported_grade.at,
        grade,
        right,
        f"自评总分 {text(form.reported_score)}，分档为{bands}，应为“{right}”，填报“{grade}”"
        + ("" if known else "，分档中没有这一等级")
        + ("；各地分档界限不一，请核对本地规定" if near else ""),
        severity=None if known and not near else Severity.WARNING,
    )


def _near_another_edge(grade: str, score: Decimal, context: Context) -> bool:
    """Whether the grade is the next one above and its edge close: 良 from 75 or 80, 中 from 60 or 70.

    Only the highest grade begins at the same score everywhere.
    """
    bands = context.policy.grades
    edge = next((band.minimum for band in bands[1:] if same_grade(grade, band.label)), None)
    return edge is not None and 0 < edge - score <= EDGES_DIFFER_BY


@rule("D06", Severity.WARNING, "按政策的定性指标分档")
def qualitative_score_within_its_band(form: Form, context: Context) -> Iterator[Problem]:
    """定性指标的得分应在其完成情况所属分档的分值区间内。"""
    for index, row in enumerate(form.indicators):
        weight, score, band = number(row.weight), earned(form, index), qualitative_band(row, context.policy)
        if not weight or score is None or band is None or score > weight:
            continue
        low, high = (points(weight * share) for share in (band.minimum, band.maximum))
        if not low <= score <= high:
            yield Problem(
                row.score.at,
                text(row.score),
                f"{plain(low)} 至 {plain(high)}",
                f"“{row.name}”完成情况为“{row.actual.text}”，属“{band.label}”（{percent(band.minimum)} 至 "
                f"{percent(band.maximum)}），分值 {text(row.weight)}，应得 {plain(low)} 至 {plain(high)} 分，填报 {text(row.score)} 分",
            )


@rule("D07", Severity.ERROR, "按政策的总分上限")
def total_stays_below_its_cap(form: Form, context: Context) -> Iterator[Problem]:
    """执行率低于规定比例的，总分不得超过规定的上限。"""
    score, cap = number(form.reported_score), total_cap(form, context.policy)
    if score is None or cap is None or score <= cap.maximum:
        return
    rate = policy_rate(scored_line(form), context.policy)
    yield Problem(
        form.reported_score.at,
        text(form.reported_score),
        f"不大于 {plain(cap.maximum)}",
        f"{rate.formula} = {percent(rate.value)}，低于 {percent(cap.below)}，总分不得超过 {plain(cap.maximum)} 分，"
        f"填报 {text(form.reported_score)} 分",
    )


@rule("D08", Severity.WARNING, "按政策的超额完成扣分办法")
def overachievement_costs_points(form: Form, context: Context) -> Iterator[Problem]:
    """政策规定超额完成扣分的，大幅超额的指标不应得满分。"""
    if context.policy.quantitative.over_penalty is None:
        return
    for row, done in context.rows(form):
        weight, score = number(row.weight), number(row.score)
        share = completion_share(row, done, context.policy)
        if not weight or score is None or not done.met or share is None or share == 1:
            continue
        due = points(weight * share, context.policy.execution.places)
        if score - due > context.policy.tolerance.score:
            yield Problem(
                row.score.at,
                text(row.score),
                plain(due),
                f"“{row.name}”年度指标值 {row.target.text}，实际完成值 {row.actual.text}，完成 {percent(done.ratio)}，超过 "
                f"{percent(context.policy.quantitative.over_limit)}，按规定应得 {plain(due)} 分，填报 {text(row.score)} 分",
            )


def _beyond_full_marks(form: Form) -> Iterator[Problem]:
    """A total above all that can be got; where the form itself lists more points C02 says it."""
    score, full = number(form.reported_score), max(FULL_MARKS, number(form.total_weight) or FULL_MARKS)
    listed = total([execution_weight(form), indicator_weight(form)]) or 0
    extra = listed > full or any("加分" in row.level1 + row.level2 + row.name for row in form.indicators)
    if score is not None and score > full and not extra:
        yield Problem(
            form.reported_score.at,
            text(form.reported_score),
            f"0 至 {plain(full)}",
            f"总分 {text(form.reported_score)}，大于满分 {plain(full)}",
        )


def _allowed(form: Form, index: int) -> Decimal | None:
    weight, score = number(form.indicators[index].weight), number(form.indicators[index].score)
    if weight is None or score is None or score <= weight:
        return weight
    return covered_weight(form, index)


def _rounding(score: Decimal, line: FundingLine, due: list[Decimal]) -> tuple[Severity | None, str]:
    """What rounding explains a score that is not the exact one: one decimal, whole points, cut off."""
    for exact in due:
        if score == exact.quantize(Decimal("0.1"), ROUND_HALF_UP):
            return Severity.INFO, "，只保留了一位小数"
        if score == exact.quantize(WHOLE, ROUND_HALF_UP):
            return Severity.WARNING, "，取了整数"
    for exact in due:
        step = WHOLE.scaleb(-decimals(line.score.text))
        if score == (exact / step).quantize(WHOLE, ROUND_FLOOR) * step:
            return Severity.WARNING, "，舍去了尾数"
    return None, ""


def _other_rule(line: FundingLine, score: Decimal, weight: Decimal, context: Context) -> str | None:
    """Another place's way of scoring that gives the score: a person decides which one holds here."""
    tolerance = context.policy.tolerance.score
    for rate in rates(line, context.policy):
        overshoot = rate.value - 1
        if overshoot > 0 and abs(score - points(weight * max(Decimal(0), 1 - overshoot))) <= tolerance:
            return f"，是以{DENOMINATORS[rate.denominator]}为分母并按超出比例扣减的结果"
        if overshoot > 0 and score == weight:
            return "，是超过 100% 按满分的结果"
        if abs(score - points(weight * rate.value)) <= tolerance:
            return f"，是以{DENOMINATORS[rate.denominator]}为分母的结果"
    return None


def same_grade(first: str, second: str) -> bool:
    """优 and 优秀, 良 and 良好 are one grade; 较差 and 差 are two."""
    first, second = (
        _QUOTES.sub("", name).removesuffix("等级").removesuffix("等") for name in (first, second)
    )
    return first == second or (first[:1] == second[:1] and len({first, second} & {"差", "较差"}) == 0)
