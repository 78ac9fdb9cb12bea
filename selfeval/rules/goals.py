"""C: overall goals that say no goal, and values that are points."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from selfeval.figures import number, plain, text
from selfeval.filing import Form, FormKind, Indicator
from selfeval.findings import Severity
from selfeval.labels import squash
from selfeval.money import parse_number
from selfeval.pattern import Pattern
from selfeval.rules.engine import Context, Problem, rule

_JUDGED = (FormKind.DEPARTMENT, FormKind.PROJECT, FormKind.FUND)
# What a project's name and a repetition of it may differ by.
_TRIMMED = Pattern(r"20\d\d年度?|项目|专项|经费|资金|补助|支出|[\d.,、。;:（）()“”\"-]")
_HAN = Pattern(r"[\u4e00-\u9fff]")
_FIGURE = Pattern(r"[\d.,]+(?:万元|亿元|元|%)?")
# Fewer rows may add up to full points by chance.
_LEAST_ROWS = 5
_FULL = (Decimal(90), Decimal(100))
# As much satisfaction is asked for at least; 10 or 20 are points.
_LEAST_SATISFACTION = Decimal(50)


@rule("C19", Severity.WARNING, "填报要求：绩效目标应明确")
def goals_say_what_is_to_be_done(form: Form, context: Context) -> Iterator[Problem]:
    """年度总体目标应写明要做什么、达到什么效果，不应只写项目名称或一个数字。"""
    if form.kind not in _JUDGED:
        return
    name = _TRIMMED.sub("", squash(form.project or ""))
    for goal, _ in form.goals:
        said = squash(goal.text)
        if _FIGURE.fullmatch(said):
            why = "只有一个数字"
        elif name and _HAN.search(said) and _TRIMMED.sub("", said) in name:
            why = "只是项目名称"
        else:
            continue
        yield Problem(
            goal.at,
            goal.text,
            "写明要做的事和预期效果",
            f"年度总体目标填“{goal.text}”，{why}，没有写明要做什么、达到什么效果",
        )


@rule("C20", Severity.WARNING, "自评表表式：年度指标值、实际完成值")
def values_are_no_points(form: Form, context: Context) -> Iterator[Problem]:
    """年度指标值和实际完成值应填绩效数值，不应填分值。"""
    rows = [row for row in form.indicators if row.target or row.actual]
    if form.kind not in _JUDGED or len(rows) < _LEAST_ROWS or any(row.weight or row.score for row in rows):
        return
    values = [_bare(row) for row in rows]
    if None in values or sum(values, Decimal(0)) not in _FULL:
        return
    satisfaction = [v for row, v in zip(rows, values, strict=True) if "满意" in row.level1 + row.name]
    if not satisfaction or max(satisfaction) >= _LEAST_SATISFACTION:
        return
    first = rows[0]
    yield Problem(
        tuple(row.target.at for row in rows),
        text(first.target),
        "填绩效数值（如完成数量、合格率）",
        f"{len(rows)} 个指标的年度指标值与实际完成值相同，都没有计量单位，合计正好 {plain(sum(values))}，"
        f"填的是分值，不是绩效数值，如“{first.name}”填 {text(first.target)}",
    )


def _bare(row: Indicator) -> Decimal | None:
    """The plain number that is target and actual value alike."""
    value = parse_number(row.target.text) if row.target else None
    return value if value is not None and number(row.actual) == value and not row.unit else None
