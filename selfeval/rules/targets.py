"""X: shares of a target that the report does not repeat: 完成年度目标的104.6% beside the form's 年度指标值."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from selfeval.figures import percent
from selfeval.filing import Filing, Form, FormKind, Indicator, Position
from selfeval.findings import Severity
from selfeval.labels import squash
from selfeval.pattern import Pattern
from selfeval.rules.achievements import core, of_whole
from selfeval.rules.engine import Context, Problem, unit_rule
from selfeval.rules.proportions import proportion_of
from selfeval.rules.ratios import Fraction, Proportion, alike, clause, quotient, segment
from selfeval.statements import MONEY, Figure, Passage, clean, figures

BETWEEN = "自评报告与附表应一致"
_AIM = r"(?:年度|全年|年初|当年|本年|既定|预期|预定|设定|绩效|总体|的|总)*(?:目标|任务|计划|指标)(?:目标|任务|计划|指标|总量|总数|数|值|量)*的?$"
_OF_TARGET = Pattern(
    rf"(?:^|[\u4e00-\u9fff])(?:完成|达到?|实现|为|占|是|相当于)了?{_AIM}|^(?:年度)?(?:目标|任务|计划|指标)*完成(?:率|比例)(?:为|达到?)?$"
)
_BEYOND_TARGET = Pattern(rf"^超(?:额|出|过)?(?:完成)?{_AIM}")
# Targets of another level or of several years are not those of the form.
_ELSEWHERE = Pattern("省|市|州|县|区|上级|国家|中央|部里|三年|两年|五年|规划|累计|总投资")
_NOT_DONE = Pattern("未|尚|剩余|减少|下降|目标|任务|计划|应|拟|上年|去年|同比|较|比|占|其中|历年")
_CHANGED = Pattern("同比|较|比|增长|下降|增加|减少")
_LEADING = Pattern("^(?:全年|年度|本年度?|累计|完成|开展|组织|举办|实施|共)+")
_FILLING = Pattern("(?:总?数量?|总?量|人数|人次数?|次数|期数|户数|件数|个数|页数|里程|面积|规模|任务|工作)+$")
_ASIDE = Pattern(r"[(（][^()（）]*[)）]")
_UNIT = Pattern(r"[(（](?P<unit>[^()（）\d≥≤]{1,5})[)）]")
_LEAST = 4
_CEILINGS = ("≤", "<", "＜", "≦", "不超过", "不高于", "不大于", "控制在")
_WHOLE = (FormKind.DEPARTMENT, FormKind.COVER)
_PROJECTS = (FormKind.PROJECT, FormKind.FUND)


class _Target(NamedTuple):
    """The target of an indicator: its name's core, its figure and where it stands."""

    core: str
    figure: Figure
    name: str
    at: Position


@unit_rule("X31", Severity.ERROR, BETWEEN)
def shares_of_targets_follow_from_the_form(filing: Filing, context: Context) -> Iterator[Problem]:
    """自评报告写明的年度目标完成比例，应与完成数除以自评表的年度指标值一致。"""
    shares = [passage for passage in context.passages.figured if _may_tell_a_share(passage)]
    targets, whole = _targets(filing, context) if shares else ([], False)
    for passage in shares:
        for stated in passage.figures if of_whole(passage.at) or not whole else ():
            if stated.unit == "%" and not stated.rough:
                yield from _problem(passage, stated, targets, context)


def _may_tell_a_share(passage: Passage) -> bool:
    if passage.form.kind is not FormKind.REPORT or passage.planned or "%" not in passage.text:
        return False
    return (
        "完成" in passage.text or "目标" in passage.text or "任务" in passage.text or "计划" in passage.text
    )


def _problem(passage: Passage, stated: Figure, targets: list[_Target], context: Context) -> Iterator[Problem]:
    done = _done(passage, stated)
    if done is None:
        return
    words = clause(passage.text, stated.start)
    words = words[max(0, len(words) - (stated.start - done.end)) :]
    beyond = _BEYOND_TARGET.search(words) is not None
    if _ELSEWHERE.search(words) or not (beyond or _OF_TARGET.search(words)):
        return
    wanted = [t for t in targets if _same(t.core, _core(done)) and alike(t.figure, done)]
    if not wanted or proportion_of(passage, stated, context.passages) is not None:
        return
    ways = tuple(_way(done, target, beyond) for target in wanted)
    if Proportion(passage.form.id, passage.at, done.label, stated, ways).holds:
        return
    said = "；".join(
        f"{way.formula} = {percent(way.value)}（{target.at}“{target.name}”目标 {target.figure.shown}）"
        for way, target in zip(ways, wanted, strict=True)
    )
    yield Problem(
        (passage.at, *(target.at for target in wanted)),
        stated.shown,
        "或".join(dict.fromkeys(percent(way.value) for way in ways)),
        f"{done.label or done.subject} {done.shown}，写作“{words}{stated.shown}”，{said}",
        form=passage.form.id,
    )


def _way(done: Figure, target: _Target, beyond: bool) -> Fraction:
    way = quotient(done, target.figure)
    return way._replace(formula=f"{way.formula} − 1", value=way.value - 1) if beyond else way


def _done(passage: Passage, stated: Figure) -> Figure | None:
    """The result that the percentage tells of: the last amount before it in its part of the sentence."""
    near = list(segment(passage, stated))
    if not near or near[-1].rough or near[-1].depth != stated.depth:
        return None
    last = near[-1]
    # 新增就业5230人，同比增长5.2%，完成…: only a change may stand between.
    between = [f for f in passage.figures if last.start < f.start < stated.start]
    if not all(_CHANGED.search(f.words) for f in between):
        return None
    if _NOT_DONE.search(last.words) or (last.unit == MONEY and last.generic):
        return None
    return last


def _core(figure: Figure) -> str:
    return _bare(figure.subject if figure.generic else figure.label)


def _bare(name: str) -> str:
    """A name without what leads to it and the words for an amount behind it."""
    counted = _FILLING.sub("", clean(squash(_ASIDE.sub("", name))))
    return _LEADING.sub("", core(counted))


def _same(first: str, second: str) -> bool:
    """One name, or one in another order: 城镇新增就业, 新增城镇就业."""
    return len(first) >= _LEAST and (first == second or sorted(first) == sorted(second))


def _targets(filing: Filing, context: Context) -> tuple[list[_Target], bool]:
    """The targets of the unit's form and goals and True; those of the projects' forms and False where
    nothing is aimed at for the whole."""
    whole = [form for form in filing.forms if form.kind in _WHOLE and form.indicators]
    goals = [target for passage in context.passages.figured for target in _goals(passage)]
    projects = [form for form in filing.forms if form.kind in _PROJECTS and form.indicators]
    forms = whole or ([] if goals else projects)
    found = goals + [target for form in forms for row in form.indicators if (target := _target(form, row))]
    # Two rows of one name and unit aim at two things.
    unique = {(t.core, t.figure.unit, t.figure.value): t for t in found}
    names = [(t.core, t.figure.unit) for t in unique.values()]
    return [t for t in unique.values() if names.count((t.core, t.figure.unit)) == 1], bool(whole or goals)


def _goals(passage: Passage) -> list[_Target]:
    """What the report's own section on the year's goals or tasks aims at."""
    part = passage.at.part
    if not (passage.planned and passage.form.kind is FormKind.REPORT and of_whole(passage.at)):
        return []
    if "目标" not in part and "任务" not in part:
        return []
    named = [f for f in passage.figures if not f.generic and not f.depth and f.value]
    return [_Target(_core(f), f, f.label, passage.at) for f in named if f.unit not in ("%", "‰", "分", MONEY)]


def _target(form: Form, row: Indicator) -> _Target | None:
    said = squash(row.target.text)
    if any(sign in said + row.nature for sign in _CEILINGS):
        return None
    read = figures(said)
    if not read:
        named = _UNIT.search(row.name)
        read = figures(said + squash(row.unit or (named["unit"] if named else "")))
    if len(read) != 1 or read[0].unit in ("%", "‰") or not read[0].value:
        return None
    return _Target(_bare(row.name), read[0], row.name, row.target.at)
