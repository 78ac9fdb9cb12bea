"""R: the arithmetic of report text: parts and wholes, shares, rates and changes in a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from selfeval.figures import percent, plain
from selfeval.filing import Filing
from selfeval.findings import Severity
from selfeval.rules.differences import differences
from selfeval.rules.engine import Context, Problem, filing_rule
from selfeval.rules.multiples import multiples
from selfeval.rules.proportions import Proportion, proportions
from selfeval.rules.sums import Sum
from selfeval.rules.totals import sums
from selfeval.statements import Figure

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
            _shown(found.total, found.whole, *found.parts),
            _sum_message(found),
            severity=None if found.complete or found.excess else Severity.WARNING,
            form=found.form,
        )


@filing_rule("R16", Severity.ERROR, TEXT)
def stated_differences_follow_from_their_figures(filing: Filing, context: Context) -> Iterator[Problem]:
    """文字中的增减额、结余、平均数、倍数、单位换算和算式结果应与所列数字算出的一致。"""
    for found in differences(context.passages):
        if found.holds:
            continue
        value = _shown(found.value.quantize(found.stated.step), found.stated)
        yield Problem(
            found.at,
            found.stated.shown,
            value,
            f"{found.name}填 {found.stated.shown}，{found.formula} = {value}",
            # Money that came in or went out elsewhere may explain a remainder.
            severity=Severity.WARNING if found.loose else None,
            form=found.form,
        )
    yield from _multiples(context)


def _multiples(context: Context) -> Iterator[Problem]:
    for passage in context.passages.distinct:
        for found in multiples(passage) if "倍" in passage.text else ():
            if not found.holds:
                value = found.ratios[0].quantize(max(found.step, Decimal("0.01")))
                yield Problem(
                    passage.at,
                    found.shown,
                    f"{plain(value)}倍",
                    f"倍数填 {found.shown}，{found.formula} = {plain(value)}倍，增长 {plain(value - 1)}倍，都不相符",
                    severity=Severity.WARNING if found.loose else None,
                    form=passage.form.id,
                )


def _shown(value: Decimal, *figures: Figure) -> str:
    """A result in the unit that all its figures are written in, else in the common one."""
    written = {(figure.suffix, figure.scale) for figure in figures}
    unit, scale = written.pop() if len(written) == 1 else (figures[0].unit, Decimal(1))
    return f"{plain(value / scale)}{unit}"


def _sum_message(found: Sum) -> str:
    figures = (found.whole, *found.parts)
    terms = " + ".join(f"{part.label} {part.shown}" for part in found.parts)
    said = f"{found.whole.label or found.whole.subject} {found.whole.shown}"
    relation = "大于" if found.excess and not found.complete else "不等于"
    message = f"{terms} = {_shown(found.total, *figures)}，{relation}{said}"
    if len({figure.suffix for figure in figures}) > 1 and found.whole.suffix != found.whole.unit:
        message += f"（即 {plain(found.whole.value)}{found.whole.unit}）"
    return f"{message}，相差 {_shown(abs(found.total - found.whole.value), *figures)}"


@filing_rule("R02", Severity.ERROR, TEXT)
def stated_proportions_follow_from_their_figures(filing: Filing, context: Context) -> Iterator[Problem]:
    """文字中的占比、完成率、增减幅度应与所列数字算出的一致。"""
    for found in proportions(filing, context.passages):
        if found.holds:
            continue
        yield Problem(
            found.at,
            found.stated.shown,
            "或".join(dict.fromkeys(percent(way.value) for way in found.ways[:3])),
            _proportion_message(found),
            severity=Severity.WARNING if found.cut_off else None,
            form=found.form,
        )


def _proportion_message(found: Proportion) -> str:
    ways = "；".join(f"{way.formula} = {percent(way.value)}" for way in found.ways)
    cut = "，填报数是截尾，应四舍五入" if found.cut_off else ""
    return f"{found.name}填 {found.stated.shown}，{ways}{cut}"
