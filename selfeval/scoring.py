"""The scores of a form: as stated and summed, and as the policy computes them.

What cannot be computed is never guessed: a qualitative result without a full-completion phrase or a band
keeps the stated score and says so (`basis` "stated"), a line without a rate has no recomputed score.
"""

from __future__ import annotations

import itertools
from decimal import Decimal
from functools import lru_cache
from typing import Literal, NamedTuple

from selfeval.completion import Completion, Direction, beyond_by_a_little, completion, is_cost
from selfeval.execution import execution_points, policy_rate, scored_line, stated_rates
from selfeval.figures import number, points, total
from selfeval.filing import Form, Indicator
from selfeval.pattern import Pattern
from selfeval.policy import FULL_MARKS, Band, Cap, Policy, grade_for

ONE = Decimal(1)
Basis = Literal["policy", "stated"]
# An indicator that scores how much of the budget was spent.
SPENDING = Pattern(r"执行率|预算执行|预算完成率|(?:支出|支付|使用|执行)(?:进度|完成率)|资金使用率")
# The three bands of a qualitative result, as platforms offer them and policies label them.
_BANDS = (
    Pattern(r"部分(?:达成|完成|达到|实现)"),
    Pattern(r"(?:未|没有|基本未)(?:达成|完成|达到|实现)"),
    Pattern(r"(?:已|全部|基本|全部或基本)*达成(?:预期|年度|既定)"),
)


class Recomputed(NamedTuple):
    """A recomputed score in points and where it comes from; both None when it cannot be computed."""

    score: Decimal | None = None
    basis: Basis | None = None


class FormScore(NamedTuple):
    """The scores of one form, in points.

    stated: the total as filed. summed: the stated scores added. recomputed: by the policy, None when a
    scored line cannot be computed. grade: of the recomputed total. funding and indicators run parallel to
    the form's lines. execution: the stated execution score that counts in `summed` (None: it has none, or
    it stands among the indicators). scored: how many indicator scores were added. complete: no indicator
    with a weight lacks its score. completions: how far each indicator was completed.
    """

    stated: Decimal | None
    summed: Decimal | None
    recomputed: Decimal | None
    grade: str | None
    execution: Decimal | None
    scored: int
    complete: bool
    funding: tuple[Recomputed, ...]
    indicators: tuple[Recomputed, ...]
    completions: tuple[Completion, ...]


def score_form(form: Form, policy: Policy) -> FormScore:
    """Stated, summed and recomputed scores of a form by a policy."""
    line = scored_line(form)
    funding = tuple(
        _execution(form, policy) if candidate is line else Recomputed() for candidate in form.funding
    )
    completions = tuple(completion(row) for row in form.indicators)
    indicators = tuple(
        _indicator(row, done, policy) for row, done in zip(form.indicators, completions, strict=True)
    )
    own = [number(row.score) for row in form.indicators]
    counted = execution_counts(form)
    execution = number(line.score) if line and counted else None
    summed = total([execution, *own])
    recomputed = _total(form, funding if counted else (), indicators, policy)
    return FormScore(
        stated=number(form.reported_score),
        summed=summed,
        recomputed=recomputed,
        grade=grade_for(policy, recomputed) if recomputed is not None else None,
        execution=execution,
        scored=sum(score is not None for score in own),
        complete=not any(lacks_score(form, index) for index in range(len(form.indicators))),
        funding=funding,
        indicators=indicators,
        completions=completions,
    )


def indicator_weight(form: Form) -> Decimal | None:
    """The sum of the indicators' weights, None when the form states none."""
    return total(number(row.weight) for row in form.indicators)


def printed_weight(form: Form) -> Decimal | None:
    """The sum of what is printed beside the level names (产出指标（40分）); None where a level has nothing beside it."""
    printed = {row.level1: row.level1_weight for row in form.indicators}
    return None if None in printed.values() else total(printed.values())


def execution_weight(form: Form) -> Decimal | None:
    line = scored_line(form)
    return number(line.weight) if line else None


def execution_worth(form: Form, policy: Policy) -> Decimal | None:
    """The points that the execution of a form is scored out of, None where neither form nor policy says.

    Where the form prints no weight for it, it is worth what the indicators leave; where it prints none at
    all (20+80 forms), the policy says it.
    """
    line = scored_line(form)
    if line is None:
        return None
    if number(line.weight) is not None:
        return number(line.weight)
    if number(line.score) is None:
        return None
    others = indicator_weight(form)
    if others is None:
        return policy.weights.execution
    rest = (number(form.total_weight) or FULL_MARKS) - others
    complete = all(number(row.weight) is not None for row in form.indicators)
    return rest if rest > 0 and (complete or rest == policy.weights.execution) else None


def execution_counts(form: Form) -> bool:
    """Whether the execution score is added to the indicators'.

    Some forms score the execution as one of their indicators and only repeat it in the funding block:
    there the indicators alone make the total weight.
    """
    full = number(form.total_weight) or FULL_MARKS
    if not execution_weight(form) or indicator_weight(form) != full:
        return True
    return not any(SPENDING.search(f"{row.level2}\n{row.name}") for row in form.indicators)


def scores_execution(row: Indicator) -> bool:
    """Whether a row without a target scores the execution of the budget among the indicators."""
    return not row.target.text and SPENDING.search(row.name) is not None


def covered_weight(form: Form, index: int) -> Decimal | None:
    """The weight that the score of row `index` answers for.

    A score that spans rows stands in the first of them, and the rows below it have a weight alone.
    """
    return _spanned(form, index, answer="weight", through="score")


def earned(form: Form, index: int) -> Decimal | None:
    """The score that the weight of row `index` earned; None when its row has no score of its own.

    A weight that spans rows stands in the first of them, and the rows below it have a score alone.
    """
    if number(form.indicators[index].score) is None:
        return None
    return _spanned(form, index, answer="score", through="weight")


def _spanned(form: Form, index: int, *, answer: str, through: str) -> Decimal | None:
    """The sum of one column over a row and those below it that leave another column blank."""
    first = form.indicators[index]
    values = [number(getattr(first, answer))]
    for row in itertools.islice(form.indicators, index + 1, None):
        if number(getattr(row, through)) is not None or row.level1 != first.level1:
            break
        values.append(number(getattr(row, answer)))
    return total(values)


def lacks_score(form: Form, index: int) -> bool:
    """Whether a weighted row has no score, of its own or spanning it from above."""
    row = form.indicators[index]
    if not number(row.weight) or number(row.score) is not None:
        return False
    above = next((n for n in range(index - 1, -1, -1) if number(form.indicators[n].score) is not None), None)
    if above is None:
        return True
    scored, covered = number(form.indicators[above].score), covered_weight(form, above)
    return scored <= (number(form.indicators[above].weight) or 0) or covered is None or scored > covered


def _execution(form: Form, policy: Policy) -> Recomputed:
    line = scored_line(form)
    weight = execution_worth(form, policy)
    if weight is None:
        return Recomputed()
    rate = policy_rate(line, policy)
    if rate is not None:
        return Recomputed(execution_points(rate.value, weight, policy), "policy")
    undefined = line.adjusted_budget is not None or line.initial_budget is not None
    stated = stated_rates(line)
    if stated and not undefined:
        return Recomputed(execution_points(stated[0], weight, policy), "stated")
    return Recomputed()


def _indicator(row: Indicator, done: Completion, policy: Policy) -> Recomputed:
    weight, stated = number(row.weight), number(row.score)
    if weight is None:
        return Recomputed()
    band = qualitative_band(row, policy)
    if band is not None and stated is not None:
        low, high = (points(weight * edge, policy.execution.places) for edge in (band.minimum, band.maximum))
        return Recomputed(min(max(stated, low), high), "policy")
    share = completion_share(row, done, policy)
    if share is not None:
        return Recomputed(points(weight * share, policy.execution.places), "policy")
    return Recomputed(stated, "stated") if stated is not None else Recomputed()


def qualitative_band(row: Indicator, policy: Policy) -> Band | None:
    """The policy's band that an actual value names (部分达成…), None when it names none."""
    kind = _band_kind(row.actual.text)
    if kind is None:
        return None
    return next((band for band in policy.qualitative if _band_kind(band.label) == kind), None)


def total_cap(form: Form, policy: Policy) -> Cap | None:
    """The lowest cap on the total that the execution rate brings, None when there is none."""
    line = scored_line(form)
    rate = policy_rate(line, policy) if line else None
    if rate is None:
        return None
    caps = [cap for cap in policy.execution.caps if rate.value < cap.below]
    return min(caps, key=lambda cap: cap.maximum, default=None)


@lru_cache(maxsize=1024)
def _band_kind(said: str) -> int | None:
    said = said.strip().lstrip('“"')
    return next((kind for kind, words in enumerate(_BANDS) if words.match(said)), None)


def completion_share(row: Indicator, done: Completion, policy: Policy) -> Decimal | None:
    """The share of the weight that a row earns by the policy; None when the policy cannot say."""
    if done.met and beyond_by_a_little(done, policy.quantitative.over_limit):
        return ONE
    return share_of(done.met, done.ratio, done.direction, policy, cost=is_cost(row))


def share_of(
    met: bool | None, ratio: Decimal | None, direction: Direction, policy: Policy, *, cost: bool
) -> Decimal | None:
    """The share of a weight that a completion earns, whosever it is; None when the policy cannot say."""
    if met:
        limit, penalty = policy.quantitative.over_limit, policy.quantitative.over_penalty
        if penalty is not None and direction is Direction.UP and ratio and ratio > limit:
            return max(Decimal(0), ONE - penalty * (ratio - limit))
        return ONE
    if ratio is None:
        return None
    if cost and policy.cost_over == "deduct_overshoot" and ratio:
        return max(Decimal(0), ONE - (ONE / ratio - ONE))
    return max(Decimal(0), min(ONE, ratio))


def _total(
    form: Form, funding: tuple[Recomputed, ...], indicators: tuple[Recomputed, ...], policy: Policy
) -> Decimal | None:
    """The recomputed total; None as soon as a line that the unit scored has no recomputed score."""
    line = scored_line(form)
    wanted = [
        result
        for candidate, result in zip(form.funding, funding, strict=False)
        if candidate is line and (number(line.score) is not None or number(line.weight) is not None)
    ]
    wanted += [
        result
        for row, result in zip(form.indicators, indicators, strict=True)
        if number(row.score) is not None or number(row.weight) is not None
    ]
    if not wanted or any(result.score is None for result in wanted):
        return None
    summed = sum((result.score for result in wanted), Decimal(0))
    cap = total_cap(form, policy)
    return summed if cap is None else min(summed, cap.maximum)
