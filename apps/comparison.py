"""`selfeval rollup compare`: this year beside the year before, as text and as data."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from apps.offline import database, table
from db import cycles
from selfeval.comparison import Comparison, GroupComparison, UnitComparison
from selfeval.comparison_words import notes, unit_notes
from selfeval.figures import money, percent, plain, points
from selfeval.refusal import Refusal
from selfeval.rollup.measures import AMOUNTS
from tasks.comparison import compared
from tasks.totals import current

_FIGURES = (*AMOUNTS, "execution_rate", "score", "grade")
_GROUP_HEAD = ("部门", "两年都计入", "全年预算数", "全年执行数", "执行率", "复算得分平均")
_UNIT_HEAD = ("编码", "单位", "全年预算数", "执行率", "复算得分", "等级", "说明")


def compare_years(year: int | None) -> tuple[dict[str, Any], str]:
    """The comparison; raises Refusal where the year before was not run here."""
    with database() as session:
        row = cycles.cycle_of(session, year)
        made = compared(session, row, current(session, row).units)
    if made is None:
        raise Refusal(f"没有{row.year - 1}年度的周期，{row.name}没有上年可以比较")
    return _data(made), _text(made)


def _data(made: Comparison) -> dict[str, Any]:
    said = unit_notes(made)
    return {
        "years": [made.before.year, made.after.year],
        "notes": list(notes(made)),
        "total": _group_data(made.whole),
        "departments": [
            {"code": each.code, "name": each.name, **_group_data(each)} for each in made.departments
        ],
        "units": [
            {
                "code": each.unit.code,
                "name": each.unit.name,
                "kind": each.kind,
                **{key: [_plain(value) for value in each.pair(key)] for key in _FIGURES},
                "repeated": [problem._asdict() for problem in each.repeated],
                "notes": list(said.get(each.unit.code, ())),
            }
            for each in made.units
        ],
    }


def _group_data(group: GroupComparison) -> dict[str, Any]:
    sums = {key: [_plain(value) for value in pair] for key, pair in group.sums.items()} if group.units else {}
    return {
        "units": group.units,
        **sums,
        "execution_rate": [_plain(value) for value in group.rates],
        "scored": group.scored,
        "mean_score": [_plain(value) for value in group.scores] if group.scores else None,
    }


def _text(made: Comparison) -> str:
    title = f"{made.after.year}年度与{made.before.year}年度比较  金额：万元"
    parts = [table(_GROUP_HEAD, [_group(each) for each in (*made.departments, made.whole)], title)]
    said = unit_notes(made)
    parts.append(
        table(_UNIT_HEAD, [_unit(each, said.get(each.unit.code, ())) for each in made.units], "各单位")
    )
    parts += [
        f"重复的问题：{each.unit.code} {each.unit.name}，{problem.rule} {problem.sentence}"
        f"（{'现在仍有' if problem.open else '已改正'}）"
        for each in made.repeating
        for problem in each.repeated
    ]
    rose, stayed, fell = made.grade_moves
    if rose or stayed or fell:
        parts.append(f"等级上升{rose}家，不变{stayed}家，下降{fell}家")
    return "\n".join([*parts, *(f"注意：{sentence}。" for sentence in notes(made))])


def _group(group: GroupComparison) -> tuple[str, ...]:
    if not group.units:
        return (group.name, "0家", "—", "—", "—", _pair(group.scores or (None, None), _score))
    sums = group.sums
    return (
        group.name,
        f"{group.units}家",
        _pair(sums["adjusted_budget"], money),
        _pair(sums["executed"], money),
        _pair(group.rates, percent),
        _pair(group.scores or (None, None), _score),
    )


def _unit(each: UnitComparison, said: tuple[str, ...]) -> tuple[str, ...]:
    return (
        each.unit.code,
        each.unit.name,
        _pair(each.pair("adjusted_budget"), money),
        _pair(each.pair("execution_rate"), percent),
        _pair(each.pair("score"), _score),
        _pair(each.pair("grade"), str),
        "；".join(said),
    )


def _pair(values: tuple[Any, Any], shown: Callable[[Any], str]) -> str:
    return " → ".join("—" if value is None else shown(value) for value in values)


def _score(value: Decimal) -> str:
    return str(points(value))


def _plain(value: Decimal | str | None) -> str | None:
    return plain(value) if isinstance(value, Decimal) else value
