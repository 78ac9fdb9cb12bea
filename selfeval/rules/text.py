"""R: the arithmetic of report text: parts and wholes, shares, rates and changes in a sentence."""

from __future__ import annotations

from collections.abc import Iterator

from selfeval.figures import percent, plain
from selfeval.filing import Filing
from selfeval.findings import Severity
from selfeval.rules.engine import Context, Problem, filing_rule
from selfeval.rules.proportions import Proportion, proportions
from selfeval.rules.sums import Sum, sums

TEXT = "自评报告文字与数据应一致（绩效自评操作规程）"


@filing_rule("R01", Severity.ERROR, TEXT)
def parts_of_a_sentence_add_up(filing: Filing, context: Context) -> Iterator[Problem]:
    """文字中列出的各部分之和应等于合计。"""
    for found in sums(context.passages):
        if found.holds:
            continue
        yield Problem(
            found.places,
            found.whole.shown,
            f"{plain(found.total)}{found.whole.unit}",
            _sum_message(found),
            severity=None if found.complete or found.excess else Severity.WARNING,
            form=found.form,
        )


def _sum_message(found: Sum) -> str:
    terms = " + ".join(f"{part.label} {part.shown}" for part in found.parts)
    said = f"{found.whole.label or found.whole.subject} {found.whole.shown}"
    unit = found.whole.unit
    relation = "大于" if found.excess and not found.complete else "不等于"
    message = f"{terms} = {plain(found.total)}{unit}，{relation}{said}"
    if not found.whole.shown.endswith(unit):
        message += f"（即 {plain(found.whole.value)}{unit}）"
    return f"{message}，相差 {plain(abs(found.total - found.whole.value))}{unit}"


@filing_rule("R02", Severity.ERROR, TEXT)
def stated_proportions_follow_from_their_figures(filing: Filing, context: Context) -> Iterator[Problem]:
    """文字中的占比、完成率、增减幅度应与所列数字算出的一致。"""
    for found in proportions(filing, context.passages):
        if found.holds:
            continue
        yield Problem(
            found.at,
            found.stated.shown,
            percent(found.exact[0]),
            _proportion_message(found),
            severity=Severity.WARNING if found.cut_off else None,
            form=found.form,
        )


def _proportion_message(found: Proportion) -> str:
    ways = "；".join(
        f"{formula} = {percent(value)}" for formula, value in zip(found.formulas, found.exact, strict=True)
    )
    cut = "，填报数是截尾，应四舍五入" if found.cut_off else ""
    return f"{found.name}填 {found.stated.shown}，{ways}{cut}"
