"""What is listed and never merged: every project of the units that passed, and goals in the units' own words."""

from __future__ import annotations

from collections.abc import Iterator

from documents.sheets import AMOUNT, FIRST_ROW, RATE, SCORE, UNKNOWN, Column, Formula, Table
from documents.workbook.content import WorkbookData
from selfeval.rollup import AMOUNTS, UnitRow

_UNIT = (Column("预算编码", 9), Column("单位", 22), Column("部门", 18))
_PROJECTS = (
    *_UNIT,
    Column("项目", 34),
    *(Column(head, 13, AMOUNT) for head in AMOUNTS.values()),
    Column("执行率", 9, RATE),
    *(Column(head, 9, SCORE) for head in ("自评总分", "复算得分")),
)
_GOALS = (*_UNIT, Column("自评表或项目", 24), Column("年度绩效目标", 52), Column("完成情况", 52))


def projects(data: WorkbookData) -> Table:
    """Every project that was filed; a form that came as Word and again as Excel stands once."""
    return Table(_PROJECTS, _projects(data), 2)


def _projects(data: WorkbookData) -> Iterator[tuple[object, ...]]:
    number = FIRST_ROW
    for unit in _passed(data):
        for project in dict.fromkeys(unit.figures.projects):
            budget, spent = f"F{number}", f"G{number}"
            rate = f'=IF(COUNT({budget}:{spent})<2,"{UNKNOWN}",IF({budget}=0,"{UNKNOWN}",{spent}/{budget}))'
            amounts = (getattr(project, key) for key in AMOUNTS)
            scores = (project.reported_score, project.recomputed_score)
            yield (*_unit(unit), project.name, *amounts, Formula(rate), *scores)
            number += 1


def goals(data: WorkbookData) -> Table:
    """What each unit wanted and what became of it, word for word."""
    rows = (
        (*_unit(unit), goal.form, goal.expected or None, goal.actual or None)
        for unit in _passed(data)
        for goal in dict.fromkeys(unit.figures.goals)
    )
    return Table(_GOALS, rows, 2)


def _passed(data: WorkbookData) -> Iterator[UnitRow]:
    return (unit for unit in data.made.units if unit.passed)


def _unit(unit: UnitRow) -> tuple[str, str, str]:
    return unit.code, unit.name, unit.department_name
