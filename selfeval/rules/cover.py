"""G: the report's cover by meaning, and its own additions."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from selfeval.figures import amount, number, text
from selfeval.filing import Cell, Entry, Form, FormKind
from selfeval.findings import Severity
from selfeval.pattern import Pattern
from selfeval.rules.engine import Context, Problem, rule

TABLE = "报告封面表表式"


class Cover(NamedTuple):
    """The figures of a cover; what it does not have, or has for several units, is None."""

    form: Form
    posts: Cell | None = None
    people: Cell | None = None
    income: Cell | None = None
    carried_over: Cell | None = None
    appropriation: Cell | None = None
    fund_budget: Cell | None = None
    special_account: Cell | None = None
    other_income: Cell | None = None
    spending: Cell | None = None
    basic: Cell | None = None
    personnel: Cell | None = None
    operating: Cell | None = None
    projects: Cell | None = None
    three_publics: Cell | None = None
    reception: Cell | None = None
    running: Cell | None = None
    purchase: Cell | None = None
    overseas: Cell | None = None
    year_balance: Cell | None = None
    total_balance: Cell | None = None
    assets: Cell | None = None
    assets_used: Cell | None = None
    assets_rented: Cell | None = None
    assets_other: Cell | None = None


_LABELS = {
    "posts": Pattern("人员编制|编制数|编制人数"),
    "people": Pattern("实有人数|在职人数|实际在职"),
    "income": Pattern("收入合计"),
    "carried_over": Pattern("上年结转"),
    "appropriation": Pattern("公共(?:财政|预算)拨款|财政拨款收入"),
    "fund_budget": Pattern("基金(?:预算)?拨款"),
    "special_account": Pattern("专户"),
    "other_income": Pattern("其他收入"),
    "spending": Pattern("支出合计"),
    "basic": Pattern("^基本支出"),
    "personnel": Pattern("人员(?:支出|经费)"),
    "operating": Pattern("公用(?:支出|经费)"),
    "projects": Pattern("^项目支出"),
    "three_publics": Pattern("三公.*合计"),
    "reception": Pattern("公务接待"),
    "running": Pattern("(?:公务用车|公车)运行"),
    "purchase": Pattern("(?:公务用车|公车)购置"),
    "overseas": Pattern("因公出国"),
    "year_balance": Pattern("(?:当年|本年|年末)结余"),
    "total_balance": Pattern("累计结余|滚存结余"),
    "assets_used": Pattern("在用固定资产"),
    "assets_rented": Pattern("(?:出租|出借).*固定资产"),
    "assets_other": Pattern("固定资产其他|其他固定资产"),
    "assets": Pattern("固定资产(?:合计|总额|总计)?$"),
}


def cover_of(form: Form) -> Cover:
    """The cover by meaning. Several rows (the unit and its subordinates) under one heading: not read."""
    found: dict[str, list[Cell]] = {}
    for entry in form.entries:
        name = _meaning(entry)
        if name:
            found.setdefault(name, []).append(entry.cell)
    return Cover(form, **{name: cells[0] for name, cells in found.items() if len(cells) == 1})


def cover_rows(form: Form) -> dict[str, Cover]:
    """The rows of a cover's tables by the institution that they name; the first figure under a heading counts."""
    rows: dict[str, dict[str, Cell]] = {}
    for entry in form.entries:
        name = _meaning(entry) if entry.heading else None
        if name:
            rows.setdefault(entry.label, {}).setdefault(name, entry.cell)
    return {label: Cover(form, **cells) for label, cells in rows.items()}


def _meaning(entry: Entry) -> str | None:
    said = entry.heading or entry.label
    return next((name for name, word in _LABELS.items() if word.search(said)), None)


@rule("G10", Severity.ERROR, TABLE)
def cover_adds_up(form: Form, context: Context) -> Iterator[Problem]:
    """封面表的各项合计应等于其分项之和。"""
    if form.kind is not FormKind.COVER:
        return
    cover = context.once(cover_of, form)
    income = ("carried_over", "appropriation", "fund_budget", "special_account", "other_income")
    publics = ("reception", "running", "purchase", "overseas")
    for name, whole, parts, needed in (
        ("收入合计", "income", income, 2),
        ("基本支出", "basic", ("personnel", "operating"), 2),
        ("支出合计", "spending", ("basic", "projects"), 2),
        ("三公经费合计", "three_publics", publics, 1),
    ):
        cells = [getattr(cover, part) for part in parts]
        terms = [(cell, number(cell)) for cell in cells if number(cell) is not None]
        stated = number(getattr(cover, whole))
        # A column that the cover does not have may be where the rest stands.
        if stated is None or len(terms) < needed or any(cell is None for cell in cells):
            continue
        total = sum((value for _, value in terms), Decimal(0))
        gap = stated - total
        # A further column (经营支出, 用事业基金弥补收支差额) may hold the rest.
        elsewhere = any(gap == entry.cell.number for entry in form.entries if entry.cell not in cells)
        if abs(gap) > context.policy.tolerance.amount * max(1, len(terms) - 1) and not elsewhere:
            cell = getattr(cover, whole)
            said = " + ".join(text(term) for term, _ in terms)
            yield Problem(
                (cell.at, *(term.at for term, _ in terms)),
                text(cell),
                amount(total),
                f"{name} {text(cell)}，各项 {said} = {amount(total)}，相差 {amount(abs(gap))}",
            )
