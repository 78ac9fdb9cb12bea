"""E: deviation notes, the words that a deduction needs."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

from selfeval.completion import EXACT
from selfeval.figures import decimals, number, text
from selfeval.filing import Form, FormKind, Indicator
from selfeval.findings import Severity
from selfeval.pattern import Pattern
from selfeval.policy import Policy
from selfeval.rules.engine import Context, Problem, rule
from selfeval.scoring import SPENDING, earned, scores_execution

_REASON = "在偏差原因栏写明扣分的原因和改进措施"
_NO_REASON = Pattern(
    r"(?:无|没有|不存在|暂无)(?:偏差|原因|明显偏差)*[。.]?|(?:已|全部)?完成[。.]?|不涉及"
    # What the form prints as a hint and nobody replaced.
    r"|[（(]?请(?:在此|简要|详细|具体|逐项|如实)*(?:说明|填写|写明|描述|分析)[^。；;]{0,40}|[（(][^（）()]{0,30}字以内[）)]"
)

_AS_ABOVE = Pattern(r"(?:原因)?(?:及(?:改进)?措施)?同上(?:述?原因)?[。.]?")


@rule("E01", Severity.ERROR, "自评表表式：偏差原因分析及改进措施")
def deductions_are_explained(form: Form, context: Context) -> Iterator[Problem]:
    """得分低于分值的指标应填写偏差原因分析及改进措施，达到目标的指标不应扣分。"""
    if form.kind not in (FormKind.DEPARTMENT, FormKind.PROJECT, FormKind.FUND):
        return
    for index, (row, done) in enumerate(context.rows(form)):
        weight, score = number(row.weight), earned(form, index)
        if weight is None or score is None or not 0 <= score < weight or row.deviation_note:
            continue
        all_spent = scores_execution(row) and done.actual.unit == "%" and done.actual.number == 1
        if (scores_execution(row) and not all_spent) or _costs_its_share(row, weight, score, context):
            continue  # what was not spent costs its share
        if score == weight.quantize(Decimal(1).scaleb(-decimals(row.score.text)), ROUND_HALF_UP):
            continue  # the weight itself, rounded
        # What came as expected in words earns the first band of the policy, which need not be all.
        met = done.met and not (done.values is None and score >= weight * _expected_share(context.policy))
        met = met or all_spent
        # A phrase such as 已完成 says less than two figures or texts that are the same.
        certain = done.same_text or done.values is not None or all_spent
        # A target of = 5 is not plainly met by 7.
        exact = done.target.comparator in EXACT or row.nature.strip() in EXACT
        certain = certain and (not exact or done.ratio == 1)
        column = row.deviation_note is not None
        if not met and not column:
            continue  # the form has no place for a note
        said = (
            f"“{row.name}”年度指标值 {row.target.text or '未填'}，实际完成值 {row.actual.text or '未填'}，"
            f"分值 {text(row.weight)}，得分 {text(row.score)}"
        )
        at = row.score.at if row.score else row.at  # one score may stand for several rows
        if met:
            yield Problem(
                at,
                text(row.score),
                text(row.weight),
                f"{said}：目标已完成却扣分，{'偏差原因未填' if column else '没有说明原因'}",
                severity=None if column and certain else Severity.WARNING,
            )
        else:
            yield Problem(
                at, text(row.score), _REASON, f"{said}：扣分而偏差原因未填", severity=Severity.WARNING
            )


@rule("E02", Severity.WARNING, "自评表表式：偏差原因分析及改进措施")
def notes_give_a_reason(form: Form, context: Context) -> Iterator[Problem]:
    """扣分指标的偏差原因应写明原因，不应写“无”或留下填表提示。"""
    for index, row in enumerate(form.indicators):
        weight, score = number(row.weight), earned(form, index)
        if weight is None or score is None or not 0 <= score < weight or not row.deviation_note:
            continue
        if _NO_REASON.fullmatch(_reason(form, index)):
            yield Problem(
                row.deviation_note.at,
                row.deviation_note.text,
                _REASON,
                f"“{row.name}”分值 {text(row.weight)}，得分 {text(row.score)}，偏差原因写作“{row.deviation_note.text}”",
            )


@rule("E03", Severity.WARNING, "自评表表式：偏差大或目标未完成原因分析")
def missed_targets_have_a_reason(form: Form, context: Context) -> Iterator[Problem]:
    """有指标没有完成年度指标值的，应在表内的原因栏写明原因和改进措施。"""
    yield from _unscored_and_missed(form, context)
    asked = [entry for entry in form.reasons if "原因" in entry.label]
    if not asked or any(row.deviation_note is not None for row in form.indicators):
        return
    if not all(not entry.cell.text or _NO_REASON.fullmatch(entry.cell.text.strip()) for entry in asked):
        return
    missed = [row for row, done in context.rows(form) if done.met is False]
    if missed:
        said = "、".join(f"“{row.name}”（{row.target.text}，完成 {row.actual.text}）" for row in missed)
        yield Problem(
            (asked[0].cell.at, *(row.actual.at for row in missed)),
            asked[0].cell.text or None,
            "写明未完成的原因和改进措施",
            f"{len(missed)} 个指标没有完成年度指标值：{said}，“{asked[0].label}”"
            + (f"写作“{asked[0].cell.text}”" if asked[0].cell.text else "未填"),
        )


def _unscored_and_missed(form: Form, context: Context) -> Iterator[Problem]:
    """Forms for transfers have no points to lose: there the column for reasons is all that tells."""
    if form.kind is not FormKind.PROJECT or any(row.weight or row.score for row in form.indicators):
        return
    for row, done in context.rows(form):
        note = row.deviation_note
        if (
            done.met is not False
            or note is None
            or (note.text and not _NO_REASON.fullmatch(note.text.strip()))
        ):
            continue
        yield Problem(
            (note.at, row.actual.at),
            note.text or None,
            "写明未完成的原因和改进措施",
            f"“{row.name}”年度指标值 {row.target.text}，实际完成值 {row.actual.text}，没有完成，"
            + (f"原因写作“{note.text}”" if note.text else "没有写明原因"),
        )


def _costs_its_share(row: Indicator, weight: Decimal, score: Decimal, context: Context) -> bool:
    """Whether a row on the execution of the budget lost just what was not spent, the way the form's own line would."""
    rate = number(row.actual)
    if rate is None or not SPENDING.search(row.name):
        return False
    reason = context.policy.execution.reason_below
    far = reason is not None and rate < reason
    return not far and abs(weight * rate - score) <= context.policy.tolerance.score


def _reason(form: Form, index: int) -> str:
    """The note of a row; for 同上 that of the nearest row above which says more, "无" where none does."""
    said = form.indicators[index].deviation_note.text.strip()
    if not _AS_ABOVE.fullmatch(said):
        return said
    above = (
        row.deviation_note.text.strip() for row in reversed(form.indicators[:index]) if row.deviation_note
    )
    return next((note for note in above if not _AS_ABOVE.fullmatch(note)), "无")


def _expected_share(policy: Policy) -> Decimal:
    """The least share of the weight that a qualitative result as expected earns; 1 without bands."""
    return max((band.minimum for band in policy.qualitative), default=Decimal(1))
