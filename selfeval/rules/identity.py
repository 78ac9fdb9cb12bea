"""A: whose filing it is, whether it can be read and whether it is complete."""

from __future__ import annotations

from collections.abc import Iterator

from selfeval.figures import number, text
from selfeval.filing import Filing, Form, FormKind, Position
from selfeval.findings import Severity
from selfeval.pattern import Pattern
from selfeval.rules.engine import Context, Problem, filing_rule, rule
from selfeval.scoring import execution_counts, lacks_score, scored_line

_ASIDE = Pattern(r"[（(【\[][^（()）】\]]*[）)】\]]|[\s\u3000：:·]|等$|盖章|公章")
_LONGEST_GOAL = 30
SCORED = (FormKind.DEPARTMENT, FormKind.PROJECT, FormKind.FUND)


@filing_rule("A01", Severity.ERROR, "报送要求")
def readable(filing: Filing, context: Context) -> Iterator[Problem]:
    """报送的文件应能打开并读出内容。"""
    if filing.unreadable:
        # Beside forms in another file it may be supporting material.
        supporting = filing.attachment and bool(context.expected.beside)
        note = "已存档，作为佐证材料，未审核。" if supporting else ""
        severity = Severity.WARNING if supporting else None
        yield Problem(Position(filing.file), None, None, filing.unreadable + note, severity=severity)


@filing_rule("A02", Severity.ERROR, "报送要求")
def of_its_unit(filing: Filing, context: Context) -> Iterator[Problem]:
    """表中单位名称应是报送单位。"""
    wanted = context.expected.unit
    if not wanted:
        return
    for form in filing.forms:
        if not form.kind.judged:
            continue
        # A project may be carried out by a subordinate unit; then its department is the filer.
        names = [name for name in (form.unit, form.department) if name]
        if names and not any(same_unit(name, wanted) for name in names):
            other = form.kind in (FormKind.PROJECT, FormKind.FUND)
            yield Problem(
                form.at,
                names[0],
                wanted,
                f"{form.title}写的单位是“{'”“'.join(names)}”，报送单位是“{wanted}”",
                severity=Severity.WARNING if other else None,
                form=form.id,
            )
    if filing.unit and not any(form.unit for form in filing.forms) and not same_unit(filing.unit, wanted):
        yield Problem(
            Position(filing.file),
            filing.unit,
            wanted,
            f"文件写的单位是“{filing.unit}”，报送单位是“{wanted}”",
        )


@filing_rule("A03", Severity.ERROR, "报送要求")
def of_its_year(filing: Filing, context: Context) -> Iterator[Problem]:
    """表中年度应是本次自评的预算年度。"""
    wanted = context.expected.year
    if wanted is None:
        return
    dated = [form for form in filing.forms if form.kind.judged and form.year is not None]
    for form in dated:
        if form.year != wanted:
            yield Problem(
                form.at,
                str(form.year),
                str(wanted),
                f"{form.title}写的是{form.year}年度，本次自评的是{wanted}年度",
                form=form.id,
            )
    if not dated and filing.year is not None and filing.year != wanted:
        yield Problem(
            Position(filing.file),
            str(filing.year),
            str(wanted),
            f"文件写的是{filing.year}年度，本次自评的是{wanted}年度",
        )


@filing_rule("A04", Severity.ERROR, "报送要求")
def on_its_own_blank(filing: Filing, context: Context) -> Iterator[Problem]:
    """空白表的识别码应属于报送单位和本年度。"""
    mark, expected = filing.identity, context.expected
    if mark is None:
        return
    at = Position(filing.file)
    if expected.code and mark.code.upper() != expected.code.upper():
        yield Problem(
            at,
            mark.code,
            expected.code,
            f"识别码属于预算编码 {mark.code} 的单位，报送单位的预算编码是 {expected.code}",
        )
    if expected.year is not None and mark.year != expected.year:
        yield Problem(
            at,
            str(mark.year),
            str(expected.year),
            f"识别码属于{mark.year}年度的空白表，本次自评的是{expected.year}年度",
        )


@filing_rule("A05", Severity.WARNING, "填报要求")
def cells_hold_what_they_should(filing: Filing, context: Context) -> Iterator[Problem]:
    """每个栏目应填写栏目要求的内容。"""
    judged = {form.id for form in filing.forms if form.kind.judged}
    for note in filing.notes:
        if note.form is None or note.form in judged:
            yield Problem(note.at, note.found, note.expected, note.message, form=note.form)


@filing_rule("A06", Severity.ERROR, "报送要求")
def holds_a_filled_form(filing: Filing, context: Context) -> Iterator[Problem]:
    """报送的文件应含有填写完的自评表或自评报告。"""
    if filing.unreadable or any(form.kind.judged for form in filing.forms):
        return
    blanks = [form.title for form in filing.forms if form.kind is FormKind.TEMPLATE]
    if blanks:
        yield Problem(
            Position(filing.file),
            None,
            None,
            f"文件里只有 {len(blanks)} 张空白表（{'、'.join(dict.fromkeys(blanks))}），没有填写内容",
        )
    else:
        # A covering letter or a list may well come beside the forms, in a file of its own.
        yield Problem(
            Position(filing.file), None, None, "文件里没有找到自评表或自评报告", severity=Severity.WARNING
        )


@filing_rule("A07", Severity.WARNING, "报送要求")
def one_year_throughout(filing: Filing, context: Context) -> Iterator[Problem]:
    """同一份材料中各表的年度应一致。"""
    if context.expected.year is not None:
        return  # A03 says it better
    years: dict[int, Form] = {}
    for form in filing.forms:
        if form.kind.judged and form.year is not None:
            years.setdefault(form.year, form)
    if len(years) > 1:
        said = "，".join(f"{form.title}（{form.at}）写的是{year}年度" for year, form in years.items())
        yield Problem(tuple(form.at for form in years.values()), None, None, said)


@rule("A08", Severity.WARNING, "自评表表式")
def every_weight_has_a_score(form: Form, context: Context) -> Iterator[Problem]:
    """有分值的指标和执行率应填写得分。"""
    if form.kind not in SCORED:
        return
    blank = [row for n, row in enumerate(form.indicators) if row.score is not None and lacks_score(form, n)]
    scored = any(number(row.score) is not None for row in form.indicators)
    if not scored and blank:
        yield Problem(form.at, None, "每个指标的得分", f"{form.title}的 {len(blank)} 个指标都没有填写得分")
        return
    line = scored_line(form)
    weight = number(line.weight) if line else None
    # Where a row among the indicators scores the execution, the funds only repeat its weight.
    if scored and weight and line.score is not None and not line.score.text and execution_counts(form):
        yield Problem(
            line.score.at, None, f"0 至 {text(line.weight)}", f"预算执行率分值 {text(line.weight)}，得分未填"
        )
    for row in blank:
        yield Problem(
            row.score.at,
            None,
            f"0 至 {text(row.weight)}",
            f"“{row.name}”分值 {text(row.weight)}，得分未填",
        )


@rule("A09", Severity.WARNING, "自评表表式")
def every_target_has_a_result(form: Form, context: Context) -> Iterator[Problem]:
    """有年度指标值的指标应填写实际完成值，有年度总体目标的应填写实际完成情况。"""
    if form.kind not in SCORED:
        return
    yield from _goals_without_result(form)
    # Forms for transfers have no points: there a result is missing where others are filled in.
    unscored = not any(number(row.weight) or number(row.score) for row in form.indicators)
    filled = sum(bool(row.actual.text) for row in form.indicators)
    for row in form.indicators:
        asked = number(row.weight) or (unscored and 2 * filled > len(form.indicators) and row.name)
        unmet = row.deviation_note and number(row.score) == 0  # 未开展: nothing was reached, and it says why
        if row.target.text and not row.actual.text and asked and not unmet:
            yield Problem(
                row.actual.at,
                None,
                "实际达到的数值或完成情况",
                f"“{row.name}”年度指标值 {row.target.text}，实际完成值未填",
            )


def _goals_without_result(form: Form) -> Iterator[Problem]:
    """Goals of which the form tells no result at all; several goals may share one."""
    goals = [(goal, done) for goal, done in form.goals if goal.text]
    if goals and not any(done.text for _, done in form.goals) and any(row.actual for row in form.indicators):
        goal, done = goals[0]
        said = goal.text if len(goal.text) <= _LONGEST_GOAL else f"{goal.text[:_LONGEST_GOAL]}…"
        yield Problem(done.at, None, "写明总体目标的完成情况", f"年度总体目标“{said}”，实际完成情况未填")


@filing_rule("A17", Severity.WARNING, "报送要求")
def one_unit_throughout(filing: Filing, context: Context) -> Iterator[Problem]:
    """同一份材料中整体表、基础数据表和封面的单位名称应一致。"""
    if context.expected.unit is not None:
        return  # A02 says it better
    whole = (FormKind.DEPARTMENT, FormKind.BASE_DATA, FormKind.COVER)
    named = [form for form in filing.forms if form.kind in whole and form.unit]
    for form in named[1:]:
        if not same_unit(form.unit, named[0].unit):
            yield Problem(
                (named[0].at, form.at),
                form.unit,
                named[0].unit,
                f"{named[0].title}写的单位是“{named[0].unit}”，{form.title}写的单位是“{form.unit}”",
                form=form.id,
            )


def same_unit(name: str, other: str) -> bool:
    """Whether two names mean one unit: equal or one within the other, without asides such as （本级）."""
    first, second = _ASIDE.sub("", name), _ASIDE.sub("", other)
    first, second = first.removesuffix("本级"), second.removesuffix("本级")
    return bool(first) and bool(second) and (first in second or second in first)
