"""B: what the basic expenditure is made of, and totals that were left blank."""

from __future__ import annotations

from collections.abc import Iterator

from selfeval.figures import amount, text
from selfeval.filing import Form, FundingLine, FundingRole
from selfeval.findings import Severity
from selfeval.pattern import Pattern
from selfeval.rules.amounts import cell_of, exhausts, parts_of, short, splits
from selfeval.rules.engine import Context, Problem, rule

TABLE = "自评表表式"
_PERSONNEL = Pattern(r"人员(?:经费|支出|费用)")
_OPERATING = Pattern(r"(?:日常)?公用(?:经费|支出|费用)|运转(?:类)?(?:经费|支出)")


@rule("B11", Severity.ERROR, TABLE)
def basic_expenditure_is_personnel_and_operating(form: Form, context: Context) -> Iterator[Problem]:
    """基本支出应等于人员经费与公用经费之和。"""
    basic = next(form.lines(FundingRole.BASIC_EXPENDITURE), None)
    parts = basic_parts(form)
    if basic is None or not parts:
        return
    for split in splits(form, basic, parts):
        if (
            split.whole is None
            or len(split.parts) < len(parts)
            or split.within(context.policy.tolerance.amount)
        ):
            continue
        yield Problem(
            (
                cell_of(basic, split.column).at,
                *(cell_of(line, split.column).at for line, _ in split.parts),
            ),
            text(cell_of(basic, split.column)),
            amount(split.sum),
            f"{split.heading}：{short(basic.label)} {text(cell_of(basic, split.column))}，{split.formula}，"
            f"相差 {amount(abs(split.whole - split.sum))}",
        )


@rule("B12", Severity.WARNING, TABLE)
def totals_are_filled(form: Form, context: Context) -> Iterator[Problem]:
    """各项资金有金额的，年度资金总额不应空白。"""
    total = form.total
    parts = parts_of(form, FundingRole.TOTAL)
    if total is None or not exhausts(FundingRole.TOTAL, parts):
        return
    for split in splits(form, total, parts):
        cell = cell_of(total, split.column)
        if split.whole is None and cell is not None and not cell.text and split.sum:
            yield Problem(
                cell.at,
                None,
                amount(split.sum),
                f"{split.heading}：{short(total.label)}未填，其各项资金为 {split.formula}",
            )


def basic_parts(form: Form) -> list[FundingLine]:
    """The rows 人员经费 and 公用经费 of a funding block; [] unless both are there once."""
    found = [
        [line for line in form.funding if line.role is FundingRole.OTHER and word.search(line.label)]
        for word in (_PERSONNEL, _OPERATING)
    ]
    return [lines[0] for lines in found] if all(len(lines) == 1 for lines in found) else []
