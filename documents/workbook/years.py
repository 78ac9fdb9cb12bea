"""This year beside the year before: the bureau and its departments, every unit, problems that came again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from documents.sheets import AMOUNT, COUNT, FIRST_ROW, RATE, SCORE, UNKNOWN, Column, Table
from documents.streamed import Formula
from selfeval.comparison import Comparison, GroupComparison, UnitComparison
from selfeval.comparison_words import notes, unit_notes

_STEPS = {1: "上升", 0: "不变", -1: "下降", None: UNKNOWN}


def sheets(made: Comparison) -> Iterator[tuple[str, Table]]:
    """The sheets with their names; without a repeated problem there is no sheet for them."""
    yield "与上年比较", _groups(made)
    yield "单位与上年比较", _units(made)
    if made.repeating:
        yield "重复的问题", _repeated(made)


def _groups(made: Comparison) -> Table:
    old, new = made.before.year, made.after.year
    columns = (
        Column("部门编码", 9),
        Column("部门", 20),
        Column("两年都计入\n的单位", 10, COUNT),
        *(
            Column(f"{year}年度\n{head}", 13, AMOUNT)
            for head in ("全年预算数", "全年执行数")
            for year in (old, new)
        ),
        *(Column(f"{year}年度\n执行率", 10, RATE) for year in (old, new)),
        Column("两年都有\n得分的单位", 10, COUNT),
        *(Column(f"{year}年度\n复算得分\n平均", 10, SCORE) for year in (old, new)),
        Column("说明", 40),
    )
    rows = [_group(each, "") for each in made.departments]
    said = "\n".join(f"{sentence}。" for sentence in notes(made))
    return Table(columns, rows, 2, _group(made.whole, said))


def _group(each: GroupComparison, said: str) -> tuple[object, ...]:
    amounts: tuple[Decimal | None, ...] = (None,) * 4
    if each.units:
        amounts = (*each.sums["adjusted_budget"], *each.sums["executed"])
    scores = each.scores or (None, None)
    return (each.code, each.name, each.units, *amounts, *each.rates, each.scored, *scores, said)


def _units(made: Comparison) -> Table:
    old, new = made.before.year, made.after.year
    columns = (
        Column("预算编码", 9),
        Column("单位", 20),
        Column("部门", 16),
        Column("名单", 8),
        *(
            Column(f"{year}年度\n{head}", 12, AMOUNT)
            for head in ("全年预算数", "全年执行数")
            for year in (old, new)
        ),
        *(Column(f"{year}年度\n执行率", 8, RATE) for year in (old, new)),
        *(Column(f"{year}年度\n复算得分", 7, SCORE) for year in (old, new)),
        Column("得分\n变化", 7, "+0.00;-0.00;0.00"),
        *(Column(f"{year}年\n等级", 6) for year in (old, new)),
        Column("等级\n升降", 6),
        Column("重复的\n问题", 6, COUNT),
        Column("说明", 32),
    )
    said = unit_notes(made)
    rows = (
        _unit(made, each, said.get(each.unit.code, ()), number)
        for number, each in enumerate(made.units, start=FIRST_ROW)
    )
    return Table(columns, rows, 2)


def _unit(made: Comparison, each: UnitComparison, said: Sequence[str], number: int) -> tuple[object, ...]:
    return (
        each.unit.code, each.unit.name, each.unit.department_name, each.kind,
        *each.pair("adjusted_budget"), *each.pair("executed"), *each.pair("execution_rate"), *each.pair("score"),
        Formula(f'=IF(COUNT(K{number}:L{number})=2,L{number}-K{number},"{UNKNOWN}")'),
        *each.pair("grade"), _STEPS[made.grade_step(each)], len(each.repeated), "；".join(said),
    )  # fmt: skip


def _repeated(made: Comparison) -> Table:
    columns = (
        Column("预算编码", 12),
        Column("单位", 30),
        Column("部门", 26),
        Column("编号", 8),
        Column("两年都违反的要求", 70),
        Column("现在", 14),
    )
    rows = (
        (
            each.unit.code,
            each.unit.name,
            each.unit.department_name,
            problem.rule,
            problem.sentence,
            "仍有" if problem.open else "已改正",
        )
        for each in made.repeating
        for problem in each.repeated
    )
    return Table(columns, rows, 2)
