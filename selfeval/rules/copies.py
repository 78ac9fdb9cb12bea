"""X: one form that a unit sent in two files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, TypeVar

from selfeval.figures import number
from selfeval.filing import Cell, Filing, Form, FundingLine, Indicator
from selfeval.findings import Severity
from selfeval.labels import squash
from selfeval.quantity import comparable, parse_quantity
from selfeval.rules.amounts import COLUMNS, same_amount, short
from selfeval.rules.engine import Context, Problem, unit_rule

Row = TypeVar("Row", FundingLine, Indicator)


class _Gap(NamedTuple):
    name: str
    first: Cell
    second: Cell


@unit_rule("X30", Severity.ERROR, "表间勾稽")
def copies_of_a_form_agree(filing: Filing, context: Context) -> Iterator[Problem]:
    """同一张表以两个文件报送的，两个文件的数字应一致。"""
    for first, second in filing.copies:
        money = list(_money(first, second, context))
        gaps = money + list(_results(first, second))
        if gaps:
            said = "；".join(f"{gap.name} {gap.first.text} 与 {gap.second.text}" for gap in gaps)
            yield Problem(
                (*(gap.first.at for gap in gaps), *(gap.second.at for gap in gaps)),
                "、".join(gap.second.text for gap in gaps),
                "、".join(gap.first.text for gap in gaps),
                f"{first.project or first.title}在“{first.at.file}”和“{second.at.file}”中不一致：{said}",
                severity=None if money else Severity.WARNING,
                form=second.id,
            )


def _money(first: Form, second: Form, context: Context) -> Iterator[_Gap]:
    """Amounts and total scores that differ."""
    for one, other in _pairs(first.funding, second.funding, lambda line: f"{line.role}{squash(line.label)}"):
        for column, heading in COLUMNS.items():
            cells = getattr(one, column), getattr(other, column)
            if same_amount((cells[0], first), (cells[1], second), context.policy.tolerance.amount) is False:
                yield _Gap(f"{short(one.label)}{heading}", *cells)
    scores = number(first.reported_score), number(second.reported_score)
    if None not in scores and scores[0] != scores[1]:
        yield _Gap("自评总分", first.reported_score, second.reported_score)


def _results(first: Form, second: Form) -> Iterator[_Gap]:
    """Results and scores of the same indicator that differ."""
    for one, other in _pairs(first.indicators, second.indicators, lambda row: squash(row.name)):
        both = comparable(parse_quantity(one.actual.text), parse_quantity(other.actual.text))
        if both is not None and both[0] != both[1]:
            yield _Gap(f"“{one.name}”实际完成值", one.actual, other.actual)
        scores = number(one.score), number(other.score)
        if None not in scores and scores[0] != scores[1]:
            yield _Gap(f"“{one.name}”得分", one.score, other.score)


def _pairs(
    first: Sequence[Row], second: Sequence[Row], name: Callable[[Row], str]
) -> Iterator[tuple[Row, Row]]:
    """The rows that bear one name; a name that comes twice in a form names none."""
    here, there = ([name(row) for row in rows] for rows in (first, second))
    for row, called in zip(first, here, strict=True):
        if here.count(called) == 1 and there.count(called) == 1:
            yield row, second[there.index(called)]
