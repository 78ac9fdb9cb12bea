"""The sections on people, goals, indicators, scores, doubts, publication and what the figures rest on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from selfeval.board import minute
from selfeval.completion import Completion, completion
from selfeval.department_report.data import ReportData, rate, shown, state
from selfeval.figures import chinese_date, number, percent, plain, points
from selfeval.filing import FormKind, Indicator
from selfeval.labels import squash
from selfeval.paper_blocks import BLANK_CELL, Block, Column, Grid, Text, blank
from selfeval.pattern import Pattern
from selfeval.policy import grade_for
from selfeval.rollup.measures import AMOUNTS
from selfeval.rollup.units import NOT_OWING, UnitRow
from selfeval.stored import forms_once, stored_forms

_FEW = 15  # units that fit into a sentence
_SHOWN = 2  # findings of a rule that are quoted
_GOAL_NUMBER = Pattern(r"(?:目标|任务)?\d+[:、.]")
# Not 实际完成值: a list over units must not be taken for a self-evaluation form where the report is read.
_DONE = "全年完成"


def staff(data: ReportData) -> Iterator[Block]:
    """Who is in it, posts and people."""
    names = "、".join(unit.name for unit in data.owing)
    said = f"：{names}" if len(data.owing) <= _FEW else ""
    if len(data.owing) > 1:
        yield Text(f"纳入{data.year}年度绩效自评的预算单位（含本级）{len(data.owing)}家{said}。")
    known = data.sums("posts", "people")
    if known:
        posts, people = known
        control = f"，财政供养人员控制率{rate(people, posts)}" if posts > 0 else ""
        yield Text(
            f"{data.year}年末，{data.who}核定编制{shown(posts, '人')}，实际在职{shown(people, '人')}{control}。"
        )
    else:
        yield Text(data.ask("核定编制、年末实际在职人数和财政供养人员控制率", "posts", "people"))


def goals(data: ReportData) -> Iterator[Block]:
    """What was to be reached and what was, in the units' own words; what is said twice stands there once."""
    several = len(data.owing) > 1
    rows = []
    for unit in data.filed:
        seen = set()
        for goal in unit.figures.goals:
            said = _GOAL_NUMBER.sub("", squash(goal.expected))
            if said not in seen:
                seen.add(said)
                texts = [_dense(text) or BLANK_CELL for text in (goal.expected, goal.actual)]
                rows.append([*([unit.name] if several else []), goal.form, *texts])
    if rows:
        columns = (
            *((Column("单位", 2.0, left=True),) if several else ()),
            Column("表或项目", 1.8, left=True),
            Column("年度绩效目标", 4.4, left=True),
            Column("完成情况", 4.4, left=True),
        )
        yield Grid("年度绩效目标完成情况", columns, rows)


def _dense(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if line.strip())


class Judged(NamedTuple):
    """An indicator of a unit's own form with how far it was completed."""

    unit: UnitRow
    row: Indicator
    done: Completion


def judged_indicators(data: ReportData) -> list[Judged]:
    """The indicators of the department form of every unit that passed that carry a weight."""
    found = []
    for unit in data.filed:
        document = data.documents.get(unit.code)
        forms = (form for form, _ in stored_forms(document)) if document else ()
        whole = next((form for form in forms if form.kind is FormKind.DEPARTMENT), None)
        for row in whole.indicators if whole else ():
            if number(row.weight):
                found.append(Judged(unit, row, completion(row)))
    return found


def indicators(data: ReportData) -> Iterator[Block]:
    """How many were completed, and every one that was not with the unit's reason."""
    every = judged_indicators(data)
    if not every:
        yield Text(blank("绩效指标的完成情况"))
        return
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for each in every:
        counts[each.row.level1][{True: 0, False: 1, None: 2}[each.done.met]] += 1
    rows = [[level1 or "—", str(sum(said)), *map(str, said)] for level1, said in counts.items()]
    total = [sum(column) for column in zip(*counts.values(), strict=True)]
    rows.append(["合计", str(sum(total)), *map(str, total)])
    columns = (
        Column("一级指标", 3.0),
        *(Column(head, 2.0) for head in ("三级指标数", "已完成", "未完成", "不能按数值比较")),
    )
    yield Grid("绩效指标完成情况", columns, rows, total=True)
    missed = [each for each in every if each.done.met is False]
    if missed:
        several = len(data.owing) > 1
        columns = (
            *((Column("单位", 2.0, left=True),) if several else ()),
            Column("指标", 2.4, left=True),
            Column("年度\n指标值", 1.6),
            Column(_DONE, 1.6),
            Column("完成比例", 1.5),
            Column("原因和改进措施", 3.6, left=True),
        )
        lines = []
        for unit, row, done in missed:
            why = row.deviation_note.text if row.deviation_note and row.deviation_note.text else BLANK_CELL
            share = percent(done.ratio) if done.ratio is not None else "—"
            head = [unit.name] if several else []
            lines.append([*head, row.name, row.target.text, row.actual.text, share, why])
        yield Grid(f"未完成年度指标值的指标（{len(missed)}项）", columns, lines)
    if data.indicators:
        yield _like(data)


def _like(data: ReportData) -> Grid:
    rows = [
        [
            each.name,
            f"{len(each.units)}家",
            each.shown(each.target) if each.kind != "qualitative" else "—",
            each.shown(each.actual) if each.kind != "qualitative" else "—",
            percent(each.ratio) if each.ratio is not None else "—",
        ]
        for each in data.indicators
    ]
    columns = (
        Column("指标", 4.0, left=True),
        Column("单位数", 1.2),
        Column("年度指标值", 2.0),
        Column(_DONE, 2.0),
        Column("完成比例", 1.4),
    )
    return Grid("多家单位相同的指标（绝对值相加，相对值按政策平均）", columns, rows)


def scores(data: ReportData) -> Iterator[Block]:
    """Self and recomputed score of every unit, and the mean that the policy asks for."""
    if len(data.owing) == 1 and data.filed:
        yield Text(_single(data, data.filed[0]))
    else:
        mean = data.total.score(data.policy.rollup.score == "funds")
        how = "按全年预算数加权平均" if data.policy.rollup.score == "funds" else "简单平均"
        if mean is not None:
            yield Text(f"{data.who or '各单位'}按政策复算的得分，{how}为{points(mean)}分，逐家列在下表。")
        yield Text(blank("部门整体支出绩效自评的综合得分和等级"))
    rows = []
    for unit in data.owing:
        document = data.documents.get(unit.code)
        whole = _whole(document)
        lost = len(whole["deductions"]) if whole else 0
        known = unit.reported
        rows.append(
            [
                state(unit) if not unit.included else f"{unit.name}（含在部门汇总表中）",
                plain(unit.reported_score) if unit.reported_score is not None else "—",
                plain(unit.recomputed_score) if unit.recomputed_score is not None else "—",
                unit.grade or "—",
                str(lost) if document else "—",
                str(unit.warnings) if known and document else "—",
            ]
        )
    columns = (
        Column("单位", 3.6, left=True),
        *(Column(head, 1.4) for head in ("自评总分", "复算得分", "等级", "扣分项", "疑点")),
    )
    yield Grid("各单位得分" if len(data.owing) > 1 else "得分和审核情况", columns, rows)


def _whole(document: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """The form that speaks for the whole unit, as the roll-up takes it: the first one."""
    return next(forms_once(document, FormKind.DEPARTMENT), None) if document else None


def _single(data: ReportData, unit: UnitRow) -> str:
    if unit.reported_score is None:
        return blank("综合得分和等级")
    grade = grade_for(data.policy, unit.reported_score)
    again = (
        f"，按政策复算为{plain(unit.recomputed_score)}分"
        if unit.recomputed_score is not None and unit.recomputed_score != unit.reported_score
        else ""
    )
    level = f"，等级为“{grade}”" if grade else ""
    return f"综合评价得分为{plain(unit.reported_score)}分{level}{again}。"


def doubts(data: ReportData) -> Iterator[Block]:
    """What the checks found and a person has to weigh when the problems are written: a row per unit and rule."""
    found: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for unit in data.filed:
        for entry in (data.documents.get(unit.code) or {"files": ()})["files"]:
            for finding in entry["findings"]:
                if finding["severity"] in ("error", "warning"):
                    found[unit.name, finding["code"], finding["sentence"]].append(finding["message"])
    for each in data.findings:
        found[each.name, each.finding.code, each.finding.sentence].append(each.finding.message)
    several = len(data.owing) > 1
    rows = []
    for (name, code, sentence), messages in found.items():
        more = f"等{len(messages)}处" if len(messages) > _SHOWN else ""
        said = f"{sentence}\n{'；'.join(messages[:_SHOWN])}{more}"
        rows.append([*([name] if several else []), code, said])
    if rows:
        columns = (
            *((Column("单位", 2.2, left=True),) if several else ()),
            Column("规则", 0.9),
            Column("情况", 8.0, left=True),
        )
        yield Grid("审核发现的疑点（供归纳问题时参考，定稿时删去）", columns, rows)


def publication(data: ReportData) -> Iterator[Block]:
    """By when the results have to be public."""
    yield Text(f"本次绩效自评结果按规定于{chinese_date(data.publication_due)}前公开。")


def basis(data: ReportData) -> Iterator[Block]:
    """What the figures rest on: who is counted, who is not and why, how much that covers, which versions."""
    total = data.total
    rows = [
        ["数据来源", f"第{data.number}次汇总（{minute(data.taken.isoformat())}，北京时间）"],
        ["计入情况", f"应报{total.expected}家，计入{total.counted}家"],
    ]
    free = [f"{unit.name}（{unit.left_out}）" for unit in data.units if unit.state in NOT_OWING]
    apart = [
        f"{unit.name}（{unit.left_out}）" for unit in data.owing if not unit.counted and not unit.included
    ]
    if total.included:
        rows.append(["已含在部门汇总表中", "、".join(total.included)])
    if apart:
        rows.append(["未计入的单位", "、".join(apart)])
    if free:
        rows.append(["不需要报送的单位", "、".join(free)])
    coverage = total.coverage
    if coverage and coverage.share is not None and data.who:
        unknown = f"；没有这一数字的：{'、'.join(coverage.unknown)}" if coverage.unknown else ""
        among = "，在有这一数字的单位中" if unknown else ""
        rows.append(["覆盖比例", f"按{coverage.basis}计{among}为{percent(coverage.share)}{unknown}"])
    if total.ranges:
        spread = percent(data.policy.rollup.spread)
        said = "；".join(
            f"{label}在{points(total.ranges[key].low)}万元至{points(total.ranges[key].high)}万元之间"
            for key, label in AMOUNTS.items()
            if key in total.ranges
        )
        without = (
            f"；不含没有已知数的：{'、'.join(coverage.unknown)}" if coverage and coverage.unknown else ""
        )
        rows.append(["补齐后的估计", f"缺报单位按已知数上下{spread}估计：{said}{without}"])
    versions = "；".join(f"{unit.name}第{unit.version.number}次" for unit in data.filed if unit.version)
    rows.append(["所依据的报送", versions or "没有"])
    yield Grid("数据口径", (Column("项目", 2.6), Column("情况", 9.0, left=True)), rows)
    if apart:
        yield Text(blank(f"未计入单位的情况：补报后重新成文，或在此说明（{'、'.join(apart)}）"))


def all_indicators(data: ReportData) -> Grid | None:
    """The annex: every indicator of every unit that passed."""
    several = len(data.owing) > 1
    rows = []
    for unit in data.filed:
        document = data.documents.get(unit.code)
        whole = _whole(document)
        for row in whole["indicators"] if whole else ():
            if row["name"] or row["target"]:
                cells = ("level1", "name", "target", "actual", "weight", "score", "recomputed_score")
                rows.append([*([unit.name] if several else []), *(row[key] or "—" for key in cells)])
    columns = (
        *((Column("单位", 2.0, left=True),) if several else ()),
        Column("一级指标", 1.5),
        Column("三级指标", 2.6, left=True),
        Column("年度指标值", 1.8),
        Column(_DONE, 1.8),
        Column("分值", 0.9),
        Column("自评", 0.9),
        Column("复算", 0.9),
    )
    return Grid("", columns, rows) if rows else None
