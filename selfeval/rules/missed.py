"""D: what a missed target costs."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

from selfeval.completion import Completion, Direction, is_cost
from selfeval.figures import decimals, number, percent, plain, points, text, total
from selfeval.filing import Form, Indicator
from selfeval.findings import Severity
from selfeval.pattern import Pattern
from selfeval.rules.engine import Context, Problem, rule
from selfeval.scoring import completion_share, indicator_weight

WHOLE = Decimal(1)
_ENTITLED = Pattern(
    "据实|按实|自然减[员少]|应[保补发享救兑]尽[保补发享救兑]|符合条件的?(?:人数|对象|户数)?(?:减少|不足|少于)"
)


@rule("D04", Severity.ERROR, "按政策的定量指标计分办法")
def missed_target_costs_points(form: Form, context: Context) -> Iterator[Problem]:
    """未完成年度指标值的定量指标不应得满分，得分按完成比例计算。"""
    yield from _missed_under_a_full_level(form, context)
    for row, done in context.rows(form):
        weight, score = number(row.weight), number(row.score)
        told = done.values is not None or done.late
        if weight is None or score is None or not told or done.met is not False or score > weight:
            continue
        share = completion_share(row, done, context.policy)
        exact = None if share is None else weight * share
        due = None if exact is None else points(exact, context.policy.execution.places)
        shown = decimals(row.score.text)
        if due is None and score < weight:
            continue  # what a missed 0 costs is for its own rule to say
        if due is not None and (
            abs(score - due) <= context.policy.tolerance.score or (shown and score == points(exact, shown))
        ):
            continue
        ratio = f"，完成 {percent(done.ratio)}" if done.ratio is not None else ""
        ask = f"，按比例应得 {plain(due)} 分" if due is not None else ""
        yield Problem(
            row.score.at,
            text(row.score),
            plain(due) if due is not None else f"小于 {plain(weight)}",
            f"“{row.name}”年度指标值 {row.target.text}，实际完成值 {row.actual.text}{ratio}{ask}，"
            f"分值 {text(row.weight)}，填报得分 {text(row.score)}",
            severity=_doubt(row, done, due),
        )


def _missed_under_a_full_level(form: Form, context: Context) -> Iterator[Problem]:
    """Without weights of its own no row can be seen to have lost points; but where a level has all of its points, none has."""
    done_by = {id(row): done for row, done in context.rows(form)}
    for rows, weight, score in printed_levels(form):
        if score != weight:
            continue
        for row in rows:
            done = done_by[id(row)]
            if done.met is False and number(row.score):
                yield Problem(
                    row.score.at,
                    text(row.score),
                    f"小于 {text(row.score)}",
                    f"“{row.name}”年度指标值 {row.target.text}，实际完成值 {row.actual.text}，没有完成，"
                    f"而{row.level1}注明的 {plain(weight)} 分全部得到，本项得分 {text(row.score)}",
                    severity=None if done.values is not None and _certain(row, done) else Severity.WARNING,
                )


def _doubt(row: Indicator, done: Completion, due: Decimal | None) -> Severity | None:
    """How sure it is that the score of a missed target is wrong; None for the rule's own severity."""
    weight, score = number(row.weight), number(row.score)
    whole = due is not None and score == due.quantize(WHOLE, ROUND_HALF_UP) < due
    if whole and row.deviation_note and score < weight:
        return Severity.INFO  # a little less than its share, in whole points and with its reason
    return None if score == weight and _certain(row, done) and not _as_entitled(row) else Severity.WARNING


def printed_levels(form: Form) -> Iterator[tuple[list[Indicator], Decimal, Decimal]]:
    """The rows, the printed points and the scores of each level, where the rows have no weights of their own."""
    if indicator_weight(form) is not None:
        return
    levels: dict[str, list[Indicator]] = {}
    for row in form.indicators:
        levels.setdefault(row.level1, []).append(row)
    for rows in levels.values():
        score = total(number(row.score) for row in rows)
        if rows[0].level1_weight is not None and score is not None:
            yield rows, rows[0].level1_weight, score


def _certain(row: Indicator, done: Completion) -> bool:
    """Whether a shortfall is beyond doubt: a stated comparator, all or nothing, or a plain quantity to be reached."""
    explicit = done.late or bool(done.target.comparator) or row.nature.strip() in ("≥", "≤", "=", ">", "<")
    whole = done.direction is Direction.UP and done.target.unit == "%" and done.target.number == 1
    nothing = done.direction is Direction.DOWN and done.target.number == 0
    return (
        explicit
        or (whole and not is_cost(row))
        or nothing
        or (done.direction is Direction.UP and "数量" in row.level2 and not is_cost(row))
    )


def _as_entitled(row: Indicator) -> bool:
    """Whether the note says that fewer were entitled than were expected: nobody was left out."""
    return row.deviation_note is not None and _ENTITLED.search(row.deviation_note.text) is not None
