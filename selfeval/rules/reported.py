"""X: what the report says against the tables beside it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from selfeval.figures import number, plain
from selfeval.filing import Filing, FormKind, FundingRole
from selfeval.findings import Severity
from selfeval.money import UNITS
from selfeval.rules.concepts import CONCEPTS, Concept, Stated, stated, told
from selfeval.rules.engine import Context, Problem, unit_rule
from selfeval.statements import MONEY, Figure, Passage

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
