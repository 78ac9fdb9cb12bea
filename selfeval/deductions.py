"""The deduction statement of a form: every lost point with its figures and the clause of the policy.

Stated and recomputed score stand side by side; what the policy cannot compute has no recomputed score
and says that the stated one is kept.
"""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from selfeval.completion import Completion, Direction, is_cost
from selfeval.execution import DENOMINATORS, policy_rate, scored_line
from selfeval.figures import number, percent, plain
from selfeval.filing import Form, FundingLine, Indicator, Position
from selfeval.policy import Cap, Policy
from selfeval.scoring import FormScore, Recomputed, earned, qualitative_band, total_cap


class Deduction(NamedTuple):
    """One line that lost points. `stated` and `due` are scores, None when unknown; `clause` quotes the policy
    and `rule` is the rule that computes by it, None where the policy does not compute.

    `figures` is the arithmetic behind the loss; `reason` is the unit's own word, None when it gave none.
    """

    at: Position
    name: str
    weight: Decimal
    stated: Decimal | None
    due: Decimal | None
    figures: str
    clause: str
    rule: str | None
    reason: str | None

    @property
    def lost(self) -> Decimal | None:
        """The points that the unit took off itself."""
        return None if self.stated is None else self.weight - self.stated

    @property
    def due_loss(self) -> Decimal | None:
        """The points that the policy takes off."""
        return None if self.due is None else self.weight - self.due


def deductions(form: Form, score: FormScore, policy: Policy) -> tuple[Deduction, ...]:
    """Every line of a form that lost points, by its own score or by the policy, in order; the cap last."""
    found: list[Deduction] = []
    line = scored_line(form)
    for candidate, again in zip(form.funding, score.funding, strict=True):
        weight = number(candidate.weight)
        if candidate is line and weight and _lost(weight, number(candidate.score), again.score):
            found.append(_execution(candidate, weight, again, policy))
    rows = zip(form.indicators, score.indicators, score.completions, strict=True)
    for index, (row, again, done) in enumerate(rows):
        weight, stated = number(row.weight), earned(form, index)
        if weight and _lost(weight, stated, again.score):
            found.append(_indicator(row, weight, stated, again, done, policy))
    cap = total_cap(form, policy)
    known = [again.score for again in (*score.funding, *score.indicators) if again.score is not None]
    uncapped = sum(known, Decimal(0))
    if cap is not None and score.recomputed is not None and uncapped > cap.maximum:
        found.append(_capped(form, uncapped, cap, policy))
    return tuple(found)


def _lost(weight: Decimal, stated: Decimal | None, due: Decimal | None) -> bool:
    return any(points is not None and points < weight for points in (stated, due))


def _execution(line: FundingLine, weight: Decimal, again: Recomputed, policy: Policy) -> Deduction:
    rate = policy_rate(line, policy)
    rule = policy.execution
    if rate is None:
        figures = f"{DENOMINATORS[rule.denominator]}为 0 或未填，执行率无从计算"
    else:
        figures = f"{rate.formula} = {percent(rate.value)}"
    if rule.steps:
        clause = "执行率按分档表计分"
    else:
        clause = f"执行率得分 = {plain(weight)} × 全年执行数 ÷ {DENOMINATORS[rule.denominator]}"
        over = "超过 100% 按满分" if rule.over_100 == "cap" else "超过 100% 的部分按比例扣减"
        clause += f"，{over}"
    if rule.floor is not None:
        clause += f"，低于 {percent(rule.floor)} 不得分"
    return Deduction(
        line.at,
        f"{line.label.removesuffix('执行率')}执行率",
        weight,
        number(line.score),
        again.score,
        figures,
        clause,
        "D03",
        None,
    )


def _indicator(
    row: Indicator,
    weight: Decimal,
    stated: Decimal | None,
    again: Recomputed,
    done: Completion,
    policy: Policy,
) -> Deduction:
    figures = f"年度指标值 {row.target.text or '未填'}，实际完成值 {row.actual.text or '未填'}"
    if done.ratio is not None:
        figures += f"，完成 {percent(done.ratio)}"
    return Deduction(
        row.at,
        row.name,
        weight,
        stated,
        again.score if again.basis == "policy" else None,
        figures,
        *_clause(row, done, again, policy),
        row.deviation_note.text if row.deviation_note else None,
    )


def _clause(row: Indicator, done: Completion, again: Recomputed, policy: Policy) -> tuple[str, str | None]:
    band = qualitative_band(row, policy)
    if band is not None:
        return f"定性指标“{band.label}”得分值的 {percent(band.minimum)} 至 {percent(band.maximum)}", "D06"
    if again.basis != "policy":
        return "政策没有规定计算办法，保留填报得分", None
    limit, penalty = policy.quantitative.over_limit, policy.quantitative.over_penalty
    if done.met:
        if penalty is not None and done.ratio is not None and done.ratio > limit:
            return f"超过目标 {percent(limit)} 的部分，每 100 个百分点扣分值的 {percent(penalty)}", "D08"
        return "完成年度指标值的得满分", "D04"
    if is_cost(row) and policy.cost_over == "deduct_overshoot":
        return "成本超出目标的，按超出比例扣减", "D04"
    formula = "年度指标值 ÷ 实际完成值" if done.direction is Direction.DOWN else "实际完成值 ÷ 年度指标值"
    return f"未完成年度指标值的，得分 = 分值 × {formula}", "D04"


def _capped(form: Form, uncapped: Decimal, cap: Cap, policy: Policy) -> Deduction:
    rate = policy_rate(scored_line(form), policy)
    return Deduction(
        form.at,
        "总分上限",
        uncapped,
        None,
        cap.maximum,
        f"{rate.formula} = {percent(rate.value)}，各项得分合计 {plain(uncapped)}",
        f"执行率低于 {percent(cap.below)} 的，总分不超过 {plain(cap.maximum)} 分",
        "D07",
        None,
    )
