"""X: what the report says against the tables beside it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from selfeval.figures import number, percent, plain
from selfeval.filing import Filing, FormKind, FundingRole
from selfeval.findings import Severity
from selfeval.money import UNITS
from selfeval.pattern import Pattern
from selfeval.rules.concepts import CONCEPTS, Concept, Stated, stated, stated_before, told
from selfeval.rules.engine import Context, Problem, unit_rule
from selfeval.rules.ratios import Fraction, fits
from selfeval.statements import MONEY, Figure, Passage

_AGAINST_LAST_YEAR = Pattern(
    r"[,(]?(?:同比|(?:较|比|与)?(?:上年|去年|上一?年度?|20\d\d年度?)(?:同期|决算数?|支出数?|相比)*)(?:下降|减少|降低|压减|增长|增加|上升)了?"
)
_DOWN = Pattern("减|降")
BETWEEN = "自评报告与附表应一致"


@unit_rule("X20", Severity.ERROR, BETWEEN)
def report_agrees_with_tables(filing: Filing, context: Context) -> Iterator[Problem]:
    """自评报告写明的人员、支出、三公经费应与基础数据表、整体支出自评表一致。"""
    tables = stated(context)
    tolerance = context.policy.tolerance.amount
    for concept in CONCEPTS:
        cells = tables.get(concept.name, [])
        said = list(told(context, concept)) if cells else []
        # Several figures of one name: own office, whole department; one of them may well be the table's.
        agreed = any(_agree(figure, cell, tolerance) for figure, _ in said for cell in cells)
        if not said or agreed:
            continue
        figure, passage = said[0]
        cell = cells[0]
        several = len({f.value for f, _ in said}) > 1
        yield _problem(concept, figure, passage, cell, _reconciled(filing, concept, figure, cell), several)


@unit_rule("X37", Severity.ERROR, BETWEEN)
def changes_follow_from_the_base_data(filing: Filing, context: Context) -> Iterator[Problem]:
    """自评报告写明的较上年增减额和增减幅度，应与基础数据表两年的决算数一致。"""
    tolerance = context.policy.tolerance.amount
    for concept in CONCEPTS:
        for table in stated_before(context).get(concept.name, ()):
            for figure, passage in told(context, concept):
                if not _agree(figure, table.now, tolerance):
                    continue
                for change in _changes(passage, figure):
                    if _follows(change, table.now.value, table.before.value):
                        continue
                    gap = table.now.value - table.before.value
                    due = percent(gap / table.before.value) if change.unit == "%" else f"{plain(gap)}万元"
                    yield Problem(
                        (passage.at, table.before.cell.at),
                        change.shown,
                        due,
                        f"自评报告写明{concept.name}{change.words}{change.shown}；{table.now.form.title}上年 "
                        f"{table.before.cell.text}，本年 {table.now.cell.text}，增减 {due}",
                        form=passage.form.id,
                    )


def _changes(passage: Passage, figure: Figure) -> Iterator[Figure]:
    """What stands right behind a figure as its change against the year before: 支出81万元，较上年下降5.8%."""
    index = passage.figures.index(figure)
    for change in passage.figures[index + 1 : index + 2]:
        between = passage.text[figure.end : change.start]
        if change.unit in ("%", MONEY) and not change.rough and _AGAINST_LAST_YEAR.fullmatch(between):
            yield change


def _follows(change: Figure, now: Decimal, before: Decimal) -> bool:
    down = _DOWN.search(change.words) is not None
    gap = before - now if down else now - before
    if change.unit == MONEY:
        return abs(gap - change.value) <= change.step
    return fits(change, Fraction("", gap / before, Decimal(0)))


def _agree(figure: Figure, table: Stated, tolerance: Decimal) -> bool:
    rounding = max(figure.step / 2, tolerance) if figure.unit == MONEY else Decimal(0)
    return abs(figure.value - table.value) <= rounding


def _reconciled(
    filing: Filing, concept: Concept, figure: Figure, table: Stated
) -> tuple[str, Severity] | None:
    """How the difference comes about, where other funds or carry-over make it to the cent."""
    if concept.unit != MONEY:
        return None
    difference = abs(figure.value - table.value)
    for form in filing.forms:
        if form.kind is not FormKind.DEPARTMENT:
            continue
        for role, name in ((FundingRole.OTHER_FUNDS, "其他资金"), (FundingRole.CARRY_OVER, "上年结转资金")):
            for line in form.lines(role):
                value = number(line.executed or line.amount)
                if value and abs(value * UNITS.get(form.amount_unit, Decimal(1)) - difference) <= Decimal(
                    "0.01"
                ):
                    return f"恰等于{form.title}的{name} {plain(value)}，口径不同，请注明", Severity.INFO
    return None


def _problem(
    concept: Concept,
    figure: Figure,
    passage: Passage,
    table: Stated,
    reconciled: tuple[str, Severity] | None,
    several: bool,
) -> Problem:
    unit = figure.unit
    message = (
        f"自评报告的{concept.name}为 {figure.shown}，{table.form.title}的{concept.name}为 {table.cell.text}，"
        f"相差 {plain(abs(figure.value - table.value))}{unit}"
    )
    severity = Severity.WARNING if several else None
    if reconciled:
        message, severity = f"{message}，{reconciled[0]}", reconciled[1]
    return Problem(
        (passage.at, table.cell.at),
        figure.shown,
        table.cell.text,
        message,
        severity=severity,
        form=passage.form.id,
    )
