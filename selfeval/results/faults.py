"""Of the bulletin of results: typical problems, who is late or missing, and how the year stands beside the last."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from selfeval.bulletin import Section
from selfeval.comparison import Comparison, GroupComparison
from selfeval.comparison_words import notes
from selfeval.paper_blocks import Block, Column, Grid, Text, blank
from selfeval.results.data import ResultsData, few, money, rate, score

_TYPICAL = 10
_RULES = (
    Column("编号", 6),
    Column("不符合的要求", 34, left=True),
    Column("涉及\n单位", 7),
    Column("尚未\n改正", 7),
    Column("单位", 30, left=True),
)
_UNITS = (
    Column("预算编码", 10),
    Column("单位", 20, left=True),
    Column("主管部门", 18, left=True),
    Column("情况", 36, left=True),
)


def problems(data: ResultsData) -> Iterator[Block]:
    """The rules that most units ran into with their counts, and what departments and their units disagree in."""
    if data.typical:
        units = {name for each in data.typical for name in each.units}
        shown = data.typical[:_TYPICAL]
        few_of = f"，列出涉及单位最多的{_TYPICAL}类" if len(data.typical) > _TYPICAL else ""
        yield Text(
            f"审核中发现{len(data.typical)}类问题，涉及{len(units)}家单位（含退回后已经改正的）{few_of}。"
        )
        rows = [
            (each.rule, each.sentence, str(len(each.units)), str(each.open), few(each.units))
            for each in shown
        ]
        yield Grid("主要问题", _RULES, rows)
    else:
        yield Text("审核没有发现错误和疑点。")
    between = data.made.findings
    if between:
        names = few(list(Counter(each.name for each in between)))
        rows = [(each.finding.code, each.name, each.finding.message) for each in between]
        yield Text(f"主管部门与所属单位的数据不一致的{len(between)}处，涉及{names}。")
        columns = (Column("编号", 6), Column("主管部门", 18, left=True), Column("情况", 56, left=True))
        yield Grid("主管部门与所属单位之间的问题", columns, rows)
    yield Text(blank("对上述问题的分析，包括系统没有核对的材料质量、指标设置等方面"))


def lateness(data: ResultsData) -> Iterator[Block]:
    """Everybody who filed late, has not filed or has not corrected, by name, with how it was counted."""
    status = data.status
    sections = [each for each in (status.late, status.missing, status.returned) if each.rows]
    if not sections:
        yield Text("应报单位全部按时报送，没有退回后尚未改正的。")
        return
    for section in sections:
        title = section.title.replace("（", "").removesuffix("）")
        # Of a filing that came the days that count are listed; of one that is still out they grow every day.
        came = section is status.late
        yield Grid(title, _UNITS, [_late(section, row, came) for row in section.rows])
    for sentence in (status.rule, status.closed, status.provisional):
        if sentence:
            yield Text(sentence)


def _late(section: Section, row: tuple[str, ...], came: bool) -> tuple[str, ...]:
    cells = row[3:] if came else [cell.partition("（计")[0] for cell in row[3:]]
    told = [f"{head}：{cell}" for head, cell in zip(section.head[3:], cells, strict=True)]
    return (*row[:3], "；".join(told))


def against_last_year(made: Comparison) -> Iterator[Block]:
    """Money, execution and scores of the units that both years hold, grades, problems that came again."""
    yield Text("".join(_whole(made)))
    rows = [_group(each) for each in made.departments if each.units or each.scored]
    old, new = made.before.year, made.after.year
    columns = (
        Column("主管部门", 15, left=True),
        Column("两年都\n计入", 7),
        *(Column(f"{year}年度\n全年预算数", 11) for year in (old, new)),
        *(Column(f"{year}年度\n执行率", 10) for year in (old, new)),
        *(Column(f"{year}年度\n平均得分", 9) for year in (old, new)),
    )
    if rows:
        yield Grid("与上年度比较（万元）", columns, [*rows, _group(made.whole)], total=True)
    if made.repeating:
        yield Text(f"两年都不符合同一项要求的单位{len(made.repeating)}家。")
        repeated = [
            (
                each.unit.code, each.unit.name, each.unit.department_name,
                "；".join(
                    f"{problem.rule} {problem.sentence.removesuffix('。')}（{'仍有' if problem.open else '已改正'}）"
                    for problem in each.repeated
                ),
            )
            for each in made.repeating
        ]  # fmt: skip
        yield Grid("两年都出现的问题", _UNITS, repeated)
    for sentence in notes(made):
        yield Text(f"{sentence}。")


def _whole(made: Comparison) -> Iterator[str]:
    old, whole = made.before.year, made.whole
    if not whole.units:
        yield f"没有两年都计入汇总的单位，与{old}年度的金额不作比较。"
    else:
        yield f"两年都计入汇总的{whole.units}家单位，"
        for key, label in (("adjusted_budget", "全年预算数"), ("executed", "全年执行数")):
            before, after = whole.sums[key]
            yield f"{label}{money(after)}万元，{_moved(before, after, old)}；"
        before, after = whole.rates
        if None in (before, after):
            yield "执行率不能算出。"
        else:
            yield f"执行率{rate(after)}，{old}年度为{rate(before)}。"
    if whole.scores:
        before, after = whole.scores
        yield f"两年都有复算得分的{whole.scored}家平均{score(after)}分，{old}年度为{score(before)}分。"
    rose, stayed, fell = made.grade_moves
    if rose or stayed or fell:
        yield f"等级上升{rose}家，不变{stayed}家，下降{fell}家。"


def _moved(before: Decimal, after: Decimal, year: int) -> str:
    change = after - before
    if not change:
        return f"与{year}年度持平"
    share = f"，{'增长' if change > 0 else '下降'}{rate(abs(change) / before)}" if before > 0 else ""
    return f"比{year}年度{'增加' if change > 0 else '减少'}{money(abs(change))}万元{share}"


def _group(each: GroupComparison) -> tuple[str, ...]:
    budgets = each.sums["adjusted_budget"] if each.units else (None, None)
    return (
        each.name, str(each.units), *map(money, budgets), *map(rate, each.rates),
        *map(score, each.scores or (None, None)),
    )  # fmt: skip
