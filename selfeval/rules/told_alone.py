"""X: what a report says was spent on single projects, each by its name and one figure, against base data and forms.

One figure alone may be of another scope; beside others of the same sentence that are the tables' it is not.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from selfeval.figures import number, text
from selfeval.filing import Cell, Filing, Form, FormKind
from selfeval.findings import Severity
from selfeval.labels import squash
from selfeval.pattern import Pattern
from selfeval.rules.amounts import in_wan, quoted
from selfeval.rules.engine import Context, Problem, unit_rule
from selfeval.rules.expenses import expenses
from selfeval.statements import MONEY, Figure, Passage, of_part_of_the_year

_LISTED = Pattern(r"^(?:其中|主要是|包括|用于|[一二三四五六七八九]是|\(?\d+[.、)])[:：]?")
_SPENT = Pattern(
    "(?:项目|专项|资金|经费)?(?:共|共计|全年|本年|当年|实际|累计|决算)*(?:支出|执行|使用|支付)?(?:数|金额|资金)?(?:共|共计|为|是|达)?"
)
_OTHER = Pattern("上年|去年|同期|较|比|增加|减少|结转|结余|每|均")
_SIGNS = Pattern(r"[\s，。；、,.;:：“”\"《》（）()【】]")
_CODED = Pattern(r"^[\dA-Za-z]{6,}[-—_]?|^\d{1,2}[.、]")
_SHORTEST = 4


class _Known(NamedTuple):
    """What a table says of a project: the cell of its spending, every amount that may be meant, its form."""

    spent: Cell
    amounts: tuple[Decimal, ...]
    form: Form
    name: str


@unit_rule("X36", Severity.ERROR, "自评报告与附表应一致")
def report_states_the_spending_of_single_projects(filing: Filing, context: Context) -> Iterator[Problem]:
    """自评报告写明的各项目支出应与基础数据表和项目支出自评表中的同一项目一致。"""
    known = _projects(filing, context)
    if not known:
        return
    tolerance = context.policy.tolerance.amount
    for passage in context.passages.figured:
        if passage.form.kind is not FormKind.REPORT or passage.planned:
            continue
        told = [
            (figure, known[name]) for figure in passage.figures if (name := _named(figure, passage, known))
        ]
        wrong = [(f, tables) for f, tables in told if not any(_agrees(f, one, tolerance) for one in tables)]
        # The names of one sentence are told in one way: where some agree, the scope is the tables'.
        certain = len(wrong) < len(told)
        for figure, (table, *_) in wrong:
            yield Problem(
                (passage.at, table.spent.at),
                figure.shown,
                text(table.spent),
                f"{passage.form.title}写明“{table.name}” {figure.shown}，{table.form.title}为 "
                f"{quoted(table.spent, table.form)}" + ("" if certain else "；口径不同的，请注明"),
                severity=None if certain else Severity.WARNING,
                form=passage.form.id,
            )


def _projects(filing: Filing, context: Context) -> dict[str, list[_Known]]:
    """By name: the projects of the base data and of the project forms; one that stands twice in a paper is none."""
    found: dict[str, list[_Known]] = {}
    for form in filing.forms:
        mine: dict[str, list[_Known]] = {}
        for name, spent, cells in _told_by(form, context):
            amounts = tuple(v for c in cells if (v := in_wan(number(c), form)) is not None)
            if number(spent) is not None and len(plain := _plain(name)) >= _SHORTEST:
                mine.setdefault(plain, []).append(_Known(spent, amounts, form, name))
        for name, rows in mine.items():
            found.setdefault(name, []).extend(rows if len(rows) == 1 else ())
    forms = [form.id for form in filing.forms if form.kind in (FormKind.PROJECT, FormKind.FUND)]
    twice = {
        name for name, rows in found.items() if not rows or sum(row.form.id in forms for row in rows) > 1
    }
    return {name: rows for name, rows in found.items() if name not in twice}


def _told_by(form: Form, context: Context) -> Iterator[tuple[str, Cell, list[Cell]]]:
    if form.kind is FormKind.BASE_DATA:
        table = context.once(expenses, form)
        for row in table.project_rows:
            if table.spent in row.cells:
                yield row.label, row.cells[table.spent], list(row.cells.values())
    elif form.kind in (FormKind.PROJECT, FormKind.FUND) and form.project and form.total:
        total = form.total
        lines = [
            cell
            for line in form.funding
            for cell in (line.executed, line.adjusted_budget, line.initial_budget)
        ]
        if total.executed is not None:
            yield form.project, total.executed, [cell for cell in lines if cell is not None]


def _named(figure: Figure, passage: Passage, known: dict[str, list[_Known]]) -> str | None:
    """The project whose name, with nothing but a verb of spending, stands before a figure."""
    if figure.unit != MONEY or figure.rough or not figure.value or _OTHER.search(figure.words):
        return None
    if of_part_of_the_year(passage.text, figure.start) or "预算" in passage.text[: figure.start]:
        return None
    words = _LISTED.sub("", _plain(figure.words))
    return next(
        (name for name in known if words.startswith(name) and _SPENT.fullmatch(words[len(name) :])), None
    )


def _agrees(figure: Figure, table: _Known, tolerance: Decimal) -> bool:
    return any(abs(figure.value - value) <= max(figure.step / 2, tolerance) for value in table.amounts)


@lru_cache(maxsize=2048)
def _plain(words: str) -> str:
    said = _SIGNS.sub("", _CODED.sub("", squash(words)))
    return said.removesuffix("项目") or said
