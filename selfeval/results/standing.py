"""Of the bulletin of results: how the work went as a whole, the grades, the re-checks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from selfeval.bulletin import day_and_hour
from selfeval.outcome import PASSED, grade_counts
from selfeval.paper_blocks import Block, Column, Grid, Text
from selfeval.results.data import Grading, ResultsData, few, money, rate, score
from selfeval.rollup.units import DepartmentTotal, UnitRow

_SHOWN = 10  # units at either end of the scores; twice as many or fewer are listed whole


def overall(data: ResultsData) -> Iterator[Block]:
    """Who filed, what the money came to, how far the sums reach, the departments."""
    whole, tally = data.made.whole, data.status.whole
    passed = [unit for unit in data.made.units if unit.state in PASSED]
    open_levels = Counter(unit.label for unit in passed if unit.awaits)
    waiting = "，".join(f"{label}{count}家" for label, count in open_levels.items())
    returned = len(data.status.returned.rows)
    yield Text(
        f"截至{day_and_hour(data.status.asof)}，应报送自评材料的单位{tally.tally.expected}家，"
        f"已报送{tally.tally.received}家，报送率{rate(tally.filed_rate)}；其中按时报送{tally.on_time}家，"
        f"逾期报送{tally.tally.late}家。审核通过{len(passed)}家{f'（其中{waiting}）' if waiting else ''}，退回后尚未改正{returned}家，尚未报送{tally.tally.missing}家。"
        f"不需要报送的单位{data.status.not_owing}家。"
    )
    if data.status.secret:
        yield Text(data.status.secret)
    if whole.counted:
        yield Text("".join(_money(data, whole)))
    if sentences := "".join(_reach(data, whole)):
        yield Text(sentences)
    if said := "".join(_scores(data)):
        yield Text(said)
    if data.made.departments:
        yield _departments(data)


def _money(data: ResultsData, whole: DepartmentTotal) -> Iterator[str]:
    yield (
        f"计入汇总的{whole.counted}家单位，年初预算数{money(whole.initial_budget)}万元，"
        f"全年预算数{money(whole.adjusted_budget)}万元，全年执行数{money(whole.executed)}万元"
    )
    yield f"，执行率{rate(whole.execution_rate)}。" if whole.execution_rate is not None else "。"
    if whole.unstated:
        yield f"年初预算数不含表中没有这一数的{len(whole.unstated)}家（{few(whole.unstated)}）。"


def _reach(data: ResultsData, whole: DepartmentTotal) -> Iterator[str]:
    """What the totals leave out: never silently."""
    coverage, moved = whole.coverage, whole.ranges.get("executed")
    if coverage and coverage.share is not None and whole.counted < whole.expected:
        yield f"按{coverage.basis}计，已计入的单位占有这一数字的应报单位的{rate(coverage.share)}"
        yield f"，{few(coverage.unknown)}没有这一数字。" if coverage.unknown else "。"
    if moved:
        yield (
            f"未计入的单位补齐后，全年执行数估计在{money(moved.low)}万元至{money(moved.high)}万元之间"
            f"（假定其在上年数或已填数的上下{rate(data.made.spread)}以内）。"
        )


def _scores(data: ResultsData) -> Iterator[str]:
    mean = data.made.whole.score(data.weighted)
    if mean is not None:
        how = "按全年预算数加权" if data.weighted else "各单位等权"
        yield f"计入汇总的单位复算得分平均{score(mean)}分（{how}）。"
    both = [
        (unit.reported_score - unit.recomputed_score, unit)
        for unit in data.made.units
        if unit.state in PASSED and None not in (unit.reported_score, unit.recomputed_score)
    ]
    higher = sorted((each for each in both if each[0] > 0), key=lambda each: (-each[0], each[1].code))
    if both:
        yield f"能够复算的{len(both)}家中，" + (
            f"自评总分高于复算得分的{len(higher)}家" if higher else "没有自评总分高于复算得分的"
        )
        if higher:
            gap, unit = higher[0]
            yield f"，相差最大的是{unit.name}（自评{score(unit.reported_score)}分，复算{score(unit.recomputed_score)}分，高{score(gap)}分）"
        yield "。"


def _departments(data: ResultsData) -> Grid:
    """By mean score where the policy grades, else in the order of the codes: without grades nothing is ranked."""
    known = [each for each in data.made.departments if each.score(data.weighted) is not None]
    ranked = sorted(known, key=lambda each: (-each.score(data.weighted), each.code)) if data.grades else []
    others = [each for each in data.made.departments if each not in ranked]
    places = dict(
        zip(
            (each.code for each in ranked),
            _places([each.score(data.weighted) for each in ranked]),
            strict=True,
        )
    )
    columns = (
        *((Column("名次", 5),) if ranked else ()),
        Column("主管部门", 18, left=True),
        Column("应报", 5),
        Column("计入", 5),
        Column("全年预算数\n（万元）", 12),
        Column("全年执行数\n（万元）", 12),
        Column("执行率", 10),
        Column("平均得分", 9),
    )
    rows = [
        (*((str(places.get(each.code, "—")),) if ranked else ()), *_department(each, data))
        for each in (*ranked, *others)
    ]
    total = (*(("",) if ranked else ()), *_department(data.made.whole, data))
    return Grid("各部门汇总情况", columns, [*rows, total], total=True)


def _department(each: DepartmentTotal, data: ResultsData) -> tuple[str, ...]:
    return (
        each.name, str(each.expected), str(each.counted), money(each.adjusted_budget), money(each.executed),
        rate(each.execution_rate), score(each.score(data.weighted)),
    )  # fmt: skip


def grades(data: ResultsData) -> Iterator[Block]:
    """How the grades fell, and who stands at either end; nothing where the policy does not grade."""
    passed = [unit for unit in data.made.units if unit.state in PASSED]
    if not data.grades or not any(unit.grade for unit in passed):
        return
    said = "".join(_distributions(data, passed))
    yield Text(f"审核通过的{len(passed)}家单位中，{said}等级按复算得分评定；不能复算的，为单位自评的等级。")
    scored = [unit for unit in passed if unit.recomputed_score is not None]
    scored.sort(key=lambda unit: (-unit.recomputed_score, unit.code))
    places = _places([unit.recomputed_score for unit in scored])
    rows = [_unit(place, unit) for place, unit in zip(places, scored, strict=True)]
    if len(rows) <= 2 * _SHOWN:
        if rows:
            yield Grid("各单位复算得分", _RANKING, rows)
        return
    yield Grid(f"复算得分居前的{_SHOWN}家单位", _RANKING, rows[:_SHOWN])
    yield Grid(f"复算得分居后的{_SHOWN}家单位", _RANKING, rows[-_SHOWN:])


def _distributions(data: ResultsData, passed: Sequence[UnitRow]) -> Iterator[str]:
    """The grades of the cycle's policy, then those of each other: 优 and 优秀 are not counted side by side."""
    groups: dict[Grading | None, list[UnitRow]] = {}
    for unit in passed:
        other = data.gradings.get(unit.code)
        groups.setdefault(other if other and other.labels != data.grades else None, []).append(unit)
    own = groups.pop(None, [])
    if not groups:
        yield f"{_counted(own, data.grades)}。"
        return
    if own:
        yield f"按本级办法评定等级的{len(own)}家，{_counted(own, data.grades)}。"
    for grading, units in groups.items():
        named = f"按“{grading.title}”评定等级的{len(units)}家（{few([unit.name for unit in units])}）"
        yield f"{named}，{_counted(units, grading.labels)}。"


def _counted(units: Sequence[UnitRow], labels: Sequence[str]) -> str:
    counts = grade_counts(units, labels)
    return (
        "，".join(f"{each.label}{each.units}家，占{rate(each.share)}" for each in counts) or "都没有评定等级"
    )


_RANKING = (
    Column("名次", 5),
    Column("单位", 22, left=True),
    Column("主管部门", 20, left=True),
    Column("自评总分", 9),
    Column("复算得分", 9),
    Column("等级", 7),
)


def _unit(place: int, unit: UnitRow) -> tuple[str, ...]:
    return (
        str(place), unit.name, unit.department_name, score(unit.reported_score), score(unit.recomputed_score),
        unit.grade or "—",
    )  # fmt: skip


def _places(scores: Sequence[object]) -> list[int]:
    """Places in a descending list; equal scores share one."""
    places: list[int] = []
    for at, each in enumerate(scores):
        places.append(places[-1] if at and each == scores[at - 1] else at + 1)
    return places


def rechecks(data: ResultsData) -> Iterator[Block]:
    """The sample, how much of it is done, and every re-check score beside the others."""
    if not data.recheck:
        return
    done = {code: each for code, each in data.recheck.items() if each.score is not None}
    yield Text(f"抽取{len(data.recheck)}家单位复核，已完成{len(done)}家。")
    units = {unit.code: unit for unit in data.made.units}
    rows = [
        (
            units[code].name, score(units[code].reported_score), score(units[code].recomputed_score),
            score(each.score), each.reason,
        )
        for code, each in sorted(done.items())
        if code in units
    ]  # fmt: skip
    if rows:
        columns = (
            Column("单位", 20, left=True),
            Column("自评\n总分", 8),
            Column("复算\n得分", 8),
            Column("复核\n得分", 8),
            Column("复核理由", 30, left=True),
        )
        yield Grid("复核结果", columns, rows)
