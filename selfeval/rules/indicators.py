"""C: the indicators, their weights, targets and results."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from decimal import Decimal

from selfeval.completion import Direction, beyond_by_a_little, measures
from selfeval.figures import number, percent, plain, text, total
from selfeval.filing import Form, FormKind, Indicator
from selfeval.findings import Severity
from selfeval.money import UNITS
from selfeval.pattern import Pattern
from selfeval.policy import FULL_MARKS
from selfeval.quantity import comparable, parse_quantity
from selfeval.rules.engine import Context, Problem, rule
from selfeval.scoring import (
    execution_counts,
    execution_weight,
    indicator_weight,
    scored_line,
    scores_execution,
)

TABLE = "自评表表式"
_COMPARATOR = Pattern(r"^\s*(?:[≥≤≧≦＞＜><]|不低于|不少于|不超过|不高于|不超出)|(?:以上|以下|以内)\s*$")
_OUTPUTS = ("数量", "质量", "时效", "成本")
_NOISE = Pattern(r"[\s，。；、,.;:：!！（）()]+")
# Words that a result can always be said to meet.
_VAGUE = Pattern(
    r"(?:有?(?:效|所)?|较为?|比较|很|非常|持续|不断|进一步|基本|全面)?"
    r"(?:明显|显著|良好|较好|好|优|良|优良|符合|有效|及时|提升|提高|改善|增强|促进|完善|加强|保障|合理|到位|达标|长期|稳定|是|有)"
    r"(?:提升|提高|改善|增强|促进|保障|要求|影响)?"
)
_QUESTION = Pattern("是否|有无|能否|可否|不[高低大小多少]于|不超过|[≥≤<>＜＞]")
_NAMED_UNIT = Pattern(r"[（(]([^\W\d_]{1,4}|%|％)[）)]\s*$")
_COUNTING = Pattern(r"[个家处宗件项次场份台辆套本篇条例起批期班名位所座栋间张册株只片村户人]+")
_COUNT = "个"
NAMELESS = Pattern(r"\s*(?:(?:指标)?[\d一二三四五六七八九十]*[:：、.．]?|[.…⋯—\-/]+)\s*")
_HAN = Pattern(r"[\u4e00-\u9fff]")
_SECTION = Pattern("(?:项目|部门)?(?:投入|过程|产出|效果|效益|决策|管理|满意度)(?:指标|类指标)?")
_STANDARD = Pattern("产出|效益|满意度|成本|^效果")
_LASTING = Pattern("年限|寿命|有效期")
# What is a percentage by its name; 增长率 and 频率 need not be one.
_RATE = Pattern(
    r".*(?:(?:及时|合格|覆盖|完成|达标|准确|到位|参与|知晓|满意|成活|利用|优良|办结|整改|通过|支付|发放|入学|巩固|处置|使用|完好|保存|出勤|兑现|按时|按期|签约|参保|普及|公示)率|满意度|占比)(?:[（(][^（）()]*[）)])?"
)
_PRINTED = Pattern(r"[（(]\d+(?:\.\d+)?分[)）]$")
_SHARE = Pattern(
    r"满意度|满意率|合格率|覆盖率|及时率|准确率|出勤率|优良率|知晓率|到位率|办结率|处置率|公示率|普及率|达标率|整改率|成活率|通过率|正确率|发放率"
)
_JUDGED = (FormKind.DEPARTMENT, FormKind.PROJECT, FormKind.FUND)


@rule("C01", Severity.ERROR, TABLE)
def level_weights_add_up(form: Form, context: Context) -> Iterator[Problem]:
    """各一级指标下的分值之和应等于该一级指标的规定分值。"""
    if form.kind not in _JUDGED:
        return  # a report need not name every weight
    moved = Severity.WARNING
    if context.policy.weights.levels == "usual" and _all_weights(form) == FULL_MARKS:
        moved = Severity.NOTICE
    said = "规定为" if moved is Severity.WARNING else "通行为"
    for rows, weight in _levels(form):
        level, printed = rows[0].level1, rows[0].level1_weight
        ruled = _ruled(level, form, context)
        at = tuple(row.weight.at for row in rows if row.weight)
        count = len(at)
        if printed is not None and printed != weight:
            yield Problem(
                at,
                plain(weight),
                plain(printed),
                f"{level}表上注明 {plain(printed)} 分，所列 {count} 个分值合计 {plain(weight)}，相差 {plain(abs(weight - printed))}",
            )
        elif ruled is not None and ruled != weight:
            yield Problem(
                at,
                plain(weight),
                plain(ruled),
                f"{level}所列 {count} 个分值合计 {plain(weight)}，{said} {plain(ruled)} 分",
                severity=moved,
            )
    line, points = scored_line(form), execution_weight(form)
    # Where the rows have no weights, those of the form are printed on it and nobody's choice.
    if points not in (None, context.policy.weights.execution) and indicator_weight(form) is not None:
        yield Problem(
            line.weight.at,
            plain(points),
            plain(context.policy.weights.execution),
            f"执行率分值 {plain(points)}，{said} {plain(context.policy.weights.execution)} 分",
            severity=moved,
        )


@rule("C02", Severity.ERROR, TABLE)
def weights_add_up_to_the_total(form: Form, context: Context) -> Iterator[Problem]:
    """执行率与各指标的分值合计应为 100 分。"""
    indicators = indicator_weight(form)
    if (
        form.kind not in _JUDGED
        or indicators is None
        or any(number(row.score) is not None and number(row.weight) is None for row in form.indicators)
    ):
        return
    execution = execution_weight(form) if execution_counts(form) else None
    weight = indicators + (execution or 0)
    full = number(form.total_weight) or FULL_MARKS
    off_levels = sum(
        (level - rows[0].level1_weight for rows, level in _levels(form) if rows[0].level1_weight is not None),
        Decimal(0),
    )
    # The total row may sum up the indicators alone, below an execution that has its own points.
    own = indicators == full and weight == FULL_MARKS
    # A level that misses its printed weight has said so already (C01).
    if weight == full or own or (off_levels and weight - off_levels == full):
        return
    terms = f"指标分值 {plain(indicators)}"
    if execution is not None:
        terms = f"执行率分值 {plain(execution)} 与{terms}"
    stated, scores = number(form.reported_score), context.scores[form.id].summed
    # Points beyond the listed weights may stand in a part of the form that has no row (总体目标 20分).
    scored = stated is not None and scores is not None
    elsewhere = weight < full and (
        0 < stated - scores <= full - weight if scored else form.total_weight is None
    )
    # Without a total of weights on the form, all of them must be there to say that 100 is missed.
    named = all(number(row.weight) is not None for row in form.indicators) and execution is not None
    sure = number(form.total_weight) is not None or (named and bool(context.policy.weights.level1))
    # An execution that is scored and whose weight is left blank is worth what the others leave.
    line = scored_line(form)
    if weight < full and execution is None and line is not None and number(line.score) is not None:
        return
    # So is one that the form gives no place at all.
    placed = any(line.weight is not None or line.score is not None for line in form.funding)
    if execution is None and not placed and weight + context.policy.weights.execution == full:
        return
    yield Problem(
        form.total_weight.at if form.total_weight else form.at,
        text(form.total_weight) if weight == FULL_MARKS else plain(weight),
        plain(FULL_MARKS if weight == FULL_MARKS else full),
        f"{terms} 合计 {plain(weight)}，"
        + (f"总分行的分值填作 {plain(full)}" if weight == FULL_MARKS else f"应为 {plain(full)}"),
        severity=None if sure and not elsewhere else Severity.WARNING,
    )


@rule("C03", Severity.WARNING, "填报要求：偏离目标较大应分析原因")
def large_overachievement_is_explained(form: Form, context: Context) -> Iterator[Problem]:
    """实际完成值大幅超过年度指标值的，应说明原因。"""
    limit = context.policy.quantitative.over_limit
    for row, done in context.rows(form):
        if row.deviation_note or row.deviation_note is None or done.direction is not Direction.UP:
            continue
        if _LASTING.search(row.name):
            continue  # to last longer than asked for needs no reason
        if done.ratio is not None and done.ratio > limit and not beyond_by_a_little(done, limit):
            yield Problem(
                row.actual.at,
                row.actual.text,
                "在偏差原因栏写明超额的原因",
                f"“{row.name}”年度指标值 {row.target.text}，实际完成值 {row.actual.text}，为目标的 "
                f"{percent(done.ratio)}，超过 {percent(limit)}，没有说明原因",
            )


@rule("C04", Severity.WARNING, TABLE)
def target_and_result_share_a_unit(form: Form, context: Context) -> Iterator[Problem]:
    """年度指标值与实际完成值应使用同一计量单位。"""
    for row, done in context.rows(form):
        if done.units_differ:
            yield Problem(
                row.actual.at,
                row.actual.text,
                f"两栏用同一计量单位（目标的是{done.target.unit}）"
                if done.target.unit
                else "两栏用同一计量单位",
                f"“{row.name}”年度指标值 {row.target.text} 的单位是{done.target.unit or '空白'}，"
                f"实际完成值 {row.actual.text} 的单位是{done.actual.unit or '空白'}，单位不同"
                + ("，无法比较" if done.values is None else "，计数的对象不同"),
            )


@rule("C05", Severity.WARNING, TABLE)
def result_is_a_definite_value(form: Form, context: Context) -> Iterator[Problem]:
    """实际完成值应是确定的数值，不应带比较符号，也不应只写“达成预期指标”。"""
    yield from _only_said_to_be_met(form, context)
    for row, done in context.rows(form):
        if done.actual.number is not None and _COMPARATOR.search(row.actual.text):
            yield Problem(
                row.actual.at,
                row.actual.text,
                "实际达到的数值",
                f"“{row.name}”年度指标值 {row.target.text}，实际完成值写作 {row.actual.text}，应填实际达到的数值",
            )


def _only_said_to_be_met(form: Form, context: Context) -> Iterator[Problem]:
    """A number asked for and answered by 达成预期指标; that something did not happen is said well enough so."""
    found = [row for row, done in context.rows(form) if done.target.number and done.done_in_words]
    if found:
        said = "、".join(
            f"“{row.name}”（指标值 {row.target.text}，完成值 {row.actual.text}）" for row in found
        )
        yield Problem(
            tuple(row.actual.at for row in found),
            None,
            "实际达到的数值",
            f"{len(found)} 个定量指标的实际完成值没有填数值，无法核对：{said}",
        )


@rule("C06", Severity.WARNING, TABLE)
def target_says_more_than_its_name(form: Form, context: Context) -> Iterator[Problem]:
    """年度指标值应可衡量，不应照抄指标名称。"""
    for row in form.indicators:
        name = _NOISE.sub("", row.name)
        if name and name != "无" and name == _NOISE.sub("", row.target.text):
            yield Problem(
                row.target.at,
                row.target.text,
                "可衡量的数值或标准",
                f"“{row.name}”的年度指标值照抄了指标名称，无法衡量",
            )


@rule("C07", Severity.WARNING, "自评表表式：产出指标含数量、质量、时效、成本")
def outputs_are_measured_in_full(form: Form, context: Context) -> Iterator[Problem]:
    """产出应设数量、质量、时效和成本指标。"""
    if form.kind not in _JUDGED:
        return
    outputs = [row for row in form.indicators if "产出" in row.level1]
    said = "".join(row.level2 for row in outputs)
    if not any(part in said for part in _OUTPUTS):
        return
    said += "".join(row.level1 for row in form.indicators if "成本" in row.level1)
    missing = [f"{part}指标" for part in _OUTPUTS if part not in said]
    if missing and not _spreads_freely(form):
        present = "、".join(dict.fromkeys(row.level2 for row in outputs))
        yield Problem(
            outputs[0].at,
            present,
            f"增设{'、'.join(missing)}",
            f"产出指标只有{present}，没有{'、'.join(missing)}",
            # What it cost is not measured for every kind of work.
            severity=Severity.NOTICE if missing == ["成本指标"] else None,
        )


@rule("C08", Severity.WARNING, "填报要求：指标应细化")
def no_indicator_dominates(form: Form, context: Context) -> Iterator[Problem]:
    """单个三级指标的分值不应过大。"""
    limit = context.policy.review.dominant_weight
    for row in form.indicators:
        weight = number(row.weight)
        if _SECTION.fullmatch(row.name):
            continue  # 过程 55分 in a table of sections sums up its indicators
        if weight is not None and weight >= limit and form.kind in _JUDGED:
            yield Problem(
                row.weight.at,
                text(row.weight),
                f"小于 {plain(limit)}",
                f"“{row.name}”一个指标的分值为 {text(row.weight)}，达到 {plain(limit)} 分",
            )


@rule("C09", Severity.NOTICE, "填报要求：指标值应可衡量")
def targets_can_be_measured(form: Form, context: Context) -> Iterator[Problem]:
    """年度指标值应写明可衡量的标准，不应只写“明显”“符合”等词。"""
    if form.kind not in _JUDGED:
        return
    vague = [
        row
        for row in form.indicators
        if _VAGUE.fullmatch(_NOISE.sub("", row.target.text)) and not _is_answer(row)
    ]
    if vague:
        said = "、".join(f"“{row.name}”（{row.target.text}）" for row in vague)
        yield Problem(
            tuple(row.target.at for row in vague),
            None,
            "数量、比例或可查证的标准",
            f"{len(vague)} 个指标的年度指标值没有可衡量的标准：{said}",
        )


def _is_answer(row: Indicator) -> bool:
    """是 is measured where the name asks a question or says the condition: 评审是否公开, 采购价不高于市场价."""
    return row.target.text.strip("。 ") in ("是", "有") and _QUESTION.search(row.name) is not None


@rule("C10", Severity.WARNING, TABLE)
def name_and_target_share_a_unit(form: Form, context: Context) -> Iterator[Problem]:
    """指标名称注明的计量单位应与年度指标值一致。"""
    yield from _counted_rates(form)
    for row in form.indicators:
        named = _NAMED_UNIT.search(row.name)
        target = parse_quantity(row.target.text)
        if named is None or target.number is None or not target.unit:
            continue
        unit = parse_quantity(f"1{named[1]}")
        # A word in brackets that is no unit is a remark (中文).
        known = measures(unit.unit) or _measure(unit.unit) == _COUNT
        if known and _measure(unit.unit) != _measure(target.unit) and comparable(unit, target) is None:
            yield Problem(
                (row.at, row.target.at),
                row.target.text,
                named[1],
                f"“{row.name}”名称注明的计量单位是{named[1]}，年度指标值 {row.target.text} 的单位是{target.unit}",
            )


@rule("C11", Severity.WARNING, TABLE)
def rows_name_what_they_measure(form: Form, context: Context) -> Iterator[Problem]:
    """有分值的指标应有三级指标名称和年度指标值。"""
    if form.kind not in _JUDGED:
        return
    # A column that no row fills is one that the form does not have.
    named = any(not NAMELESS.fullmatch(row.name) for row in form.indicators)
    aimed = {row.level1 for row in form.indicators if row.target.text}
    for row, part in itertools.zip_longest(form.indicators, form.indicators[1:]):
        # The rows below have the targets of what they are the parts of, and no points of their own.
        if not number(row.weight) or (not row.target.text and _is_part(part, row)):
            continue
        where = f"{row.level2 or row.level1}分值 {text(row.weight)}"
        if named and NAMELESS.fullmatch(row.name) and not _HAN.search(row.target.text):
            yield Problem(row.at, row.name or None, "三级指标名称", f"{where}，没有写三级指标名称")
        elif _is_aimed(row, aimed) and not row.target.text and not scores_execution(row):
            yield Problem(row.target.at, None, "年度指标值", f"“{row.name}”{where}，没有填年度指标值")


def _is_part(row: Indicator | None, whole: Indicator) -> bool:
    return (
        row is not None
        and (row.level1, row.level2) == (whole.level1, whole.level2)
        and bool(row.target.text)
        and number(row.weight) is None
    )


def _is_aimed(row: Indicator, aimed: set[str]) -> bool:
    """Whether a row is asked for a target; what decision and management come to is described without one."""
    return bool(aimed) if _STANDARD.search(row.level1) else row.level1 in aimed


@rule("C12", Severity.WARNING, "自评表表式：产出、效益和满意度")
def every_level_is_measured(form: Form, context: Context) -> Iterator[Problem]:
    """自评表应有产出指标和效益指标。"""
    levels = [row.level1 for row in form.indicators if row.level1]
    standard = [level for level in levels if _STANDARD.search(level)]
    if form.kind not in _JUDGED or not standard or len(standard) < len(form.indicators):
        return
    missing = [name for name in ("产出", "效益") if not any(name in level for level in standard)]
    if missing:
        present = "、".join(dict.fromkeys(standard))
        yield Problem(
            form.indicators[0].at,
            present,
            f"增设{'、'.join(f'{name}指标' for name in missing)}",
            f"只有{present}，没有{'、'.join(f'{name}指标' for name in missing)}",
        )


@rule("C13", Severity.WARNING, TABLE)
def shares_stay_within_the_whole(form: Form, context: Context) -> Iterator[Problem]:
    """满意度、合格率等比率不应大于 100%。"""
    for row, done in context.rows(form):
        if not _SHARE.search(_PRINTED.sub("", row.name)) and "满意" not in row.level1:
            continue
        for cell, said in ((row.target, done.target), (row.actual, done.actual)):
            if said.number is not None and said.unit == "%" and said.number > 1:
                yield Problem(
                    cell.at, cell.text, "不大于 100%", f"“{row.name}”写作 {cell.text}，比率不会大于 100%"
                )


def _counted_rates(form: Form) -> Iterator[Problem]:
    """A rate by its name whose target is counted: 宣传及时率 100次. None of something is none in every unit."""
    for row in form.indicators:
        target = parse_quantity(row.target.text)
        unit = target.unit or row.unit.strip()
        said = _measure(unit) == _COUNT or unit in UNITS or unit in ("亩", "公里", "平方米", "天")
        if said and target.number and _RATE.fullmatch(row.name):
            shown = row.target.text if target.unit else f"{row.target.text}{unit}"
            yield Problem(
                (row.at, row.target.at),
                shown,
                "%",
                f"“{row.name}”是比率，年度指标值 {shown} 的单位是{unit}",
            )


def _all_weights(form: Form) -> Decimal | None:
    return total([indicator_weight(form), execution_weight(form) if execution_counts(form) else None])


def _measure(unit: str) -> str:
    """A unit for comparing: every word that merely counts is one."""
    return _COUNT if _COUNTING.fullmatch(unit.lstrip("十百千万亿")) else unit


def _levels(form: Form) -> list[tuple[list[Indicator], Decimal]]:
    """The rows of each level-1 indicator with the sum of their weights, in order."""
    groups: dict[str, list[Indicator]] = {}
    for row in form.indicators:
        if row.level1:
            groups.setdefault(row.level1, []).append(row)
    sums = [(rows, total(number(row.weight) for row in rows)) for rows in groups.values()]
    return [(rows, weight) for rows, weight in sums if weight is not None]


def _spreads_freely(form: Form) -> bool:
    """Whether the form prints the points of all indicators together (绩效指标（90分）) and those of no level."""
    return form.indicator_points is not None and not any(row.level1_weight for row in form.indicators)


def _ruled(level: str, form: Form, context: Context) -> Decimal | None:
    """The policy's weight of a level; a form without satisfaction indicators gives theirs to the benefit.

    None where the form has another scheme: points to be spread freely, or none for the execution.
    """
    if _spreads_freely(form) or not any(line.weight or line.score for line in form.funding):
        return None
    weights = context.policy.weights.level1
    known = {name.removesuffix("指标") for name in weights}
    # Other levels beside those of the policy (决策, 过程, 成本) are another scheme.
    if any(number(row.weight) and row.level1.removesuffix("指标") not in known for row in form.indicators):
        return None
    stem = level.removesuffix("指标")
    name = next((name for name in weights if name.removesuffix("指标") == stem), None)
    if name is None:
        return None
    satisfied = any("满意" in row.level1 and number(row.weight) for row in form.indicators)
    spare = next((weight for other, weight in weights.items() if "满意" in other), Decimal(0))
    return weights[name] + (spare if "效益" in stem and not satisfied else 0)
