"""X: what a report tells of all its projects together, against the sum of their forms."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from selfeval.figures import number, plain
from selfeval.filing import Filing, Form, FormKind, Position
from selfeval.findings import Severity
from selfeval.pattern import Pattern
from selfeval.rules.amounts import COLUMNS, in_wan, quoted
from selfeval.rules.engine import Context, Problem, unit_rule
from selfeval.statements import MONEY, Figure, Passage

_COUNTED = Pattern(r"项目(?:共计?|合计|总?数量?)?(?:有|为)?(\d+)个|(\d+)个[^,;:。\d]{0,6}项目")
_TOGETHER = r"(?:合计|共计|总计|总额|总量|共|总)"
_ENDS = r"(?:为|是|达|达到|:)?$"
# 涉及预算资金合计, 年初预算合计, 全年执行合计: the sum says itself to be one.
_SUMS = (
    ("initial_budget", Pattern(rf"年初(?:批复|安排)?预算(?:数|资金|金额|安排)?{_TOGETHER}{_ENDS}")),
    (
        "adjusted_budget",
        Pattern(rf"(?:全年|调整后的?|涉及|安排|下达)(?:财政)?预算(?:数|资金|金额)?{_TOGETHER}{_ENDS}"),
    ),
    (
        "executed",
        Pattern(rf"(?:全年|实际|预算|累计)(?:执行|支出)(?:数|资金|金额)?{_TOGETHER}{_ENDS}"),
    ),
)


class _Sum(NamedTuple):
    """A column of the projects' forms with what it comes to in 万元."""

    column: str
    value: Decimal
    terms: str
    places: tuple[Position, ...]


@unit_rule("X35", Severity.ERROR, "自评报告与附表应一致")
def report_adds_up_its_projects(filing: Filing, context: Context) -> Iterator[Problem]:
    """自评报告写明的各项目预算、支出合计，应等于各项目自评表之和。"""
    forms = [f for f in filing.forms if f.kind in (FormKind.PROJECT, FormKind.FUND) and f.total]
    for passage in context.passages.distinct if len(forms) > 1 else ():
        if passage.form.kind is not FormKind.REPORT or passage.planned or not _of_all(passage, len(forms)):
            continue
        for figure in passage.figures:
            if figure.unit != MONEY or figure.rough or figure.depth:
                continue
            column = next((name for name, words in _SUMS if words.search(figure.words)), None)
            made = _sum(forms, column) if column else None
            if made and not _agrees(figure, made, forms, context.policy.tolerance.amount):
                yield Problem(
                    (passage.at, *made.places),
                    figure.shown,
                    f"{plain(made.value)}万元",
                    f"{passage.form.title}写明“{figure.words}{figure.shown}”，{len(forms)} 张项目自评表的{COLUMNS[column]} "
                    f"{made.terms} = {plain(made.value)}万元，相差 {plain(abs(made.value - figure.value))}万元",
                    form=passage.form.id,
                )


def _of_all(passage: Passage, forms: int) -> bool:
    """Whether the sentence speaks of as many projects as have a form."""
    return any(int(match[1] or match[2]) == forms for match in _COUNTED.finditer(passage.text))


def _sum(forms: list[Form], column: str) -> _Sum | None:
    """None where a form does not state the column."""
    cells = [(getattr(form.total, column), form) for form in forms]
    values = [in_wan(number(cell), form) for cell, form in cells]
    if None in values:
        return None
    terms = " + ".join(f"{form.project or form.title} {quoted(cell, form)}" for cell, form in cells)
    return _Sum(column, sum(values, Decimal(0)), terms, tuple(cell.at for cell, _ in cells))


def _agrees(figure: Figure, made: _Sum, forms: list[Form], tolerance: Decimal) -> bool:
    """By itself, by the other budget, or by one source of the money in all forms."""
    allowed = max(figure.step / 2, tolerance * len(forms))
    # 预算 without a word more may be the initial or the adjusted one.
    budgets = ("initial_budget", "adjusted_budget") if made.column != "executed" else ()
    sums = [made.value] + [other.value for column in budgets if (other := _sum(forms, column))]
    roles = {line.role for form in forms for line in form.funding}
    for role in roles:
        lines = [(getattr(line, made.column), form) for form in forms for line in form.lines(role)]
        values = [in_wan(number(cell), form) for cell, form in lines]
        sums.append(sum((value for value in values if value is not None), Decimal(0)))
    return any(abs(figure.value - value) <= allowed for value in sums)
