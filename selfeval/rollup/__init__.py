"""Units added up into departments and the bureau: missing units are named and counted, never zero.

`figures` reads what a filing brings, `totals` adds up (the only part that imports pandas), `like` does the
indicators, `changes` tells what a new version moved, `record` is what the database keeps.
"""

from selfeval.rollup.measures import AMOUNTS, MEASURES, RATIOS
from selfeval.rollup.units import (
    NOT_OWING,
    Coverage,
    DepartmentTotal,
    GoalText,
    IndicatorFigures,
    IndicatorTotal,
    ProjectFigures,
    Range,
    Scope,
    StatedRow,
    Sum,
    UnitFigures,
    UnitRow,
    Version,
)

__all__ = [
    "AMOUNTS",
    "MEASURES",
    "NOT_OWING",
    "RATIOS",
    "Coverage",
    "DepartmentTotal",
    "GoalText",
    "IndicatorFigures",
    "IndicatorTotal",
    "ProjectFigures",
    "Range",
    "Scope",
    "StatedRow",
    "Sum",
    "UnitFigures",
    "UnitRow",
    "Version",
]
