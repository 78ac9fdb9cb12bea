"""Departments whose totals contradict their units, and ones that only look so. Figures and names are invented."""

from __future__ import annotations

from decimal import Decimal

from selfeval.findings import Severity
from selfeval.rollup import AMOUNTS, ProjectFigures, Scope, StatedRow, UnitFigures, UnitRow

WHERE = "报告封面表 表7 第5行"


def unit(
    code: str, name: str, *, state: str = "accepted", executed: str = "10", scope=None, stated=(), **more
) -> UnitRow:
    """A unit of department 101 with all three amounts alike; `more` are figures or projects."""
    projects = tuple(ProjectFigures(n, executed=Decimal(v)) for n, v in more.pop("projects", {}).items())
    figures = {key.replace("__", "."): Decimal(value) for key, value in more.items()}
    amounts = dict.fromkeys(AMOUNTS, Decimal(executed))
    return UnitRow(
        code, name, 1 if code == "101" else 2, "101", "云溪县林业局", state, **amounts,
        figures=UnitFigures(amounts | figures, projects, scope=scope, stated=tuple(stated), place="整体支出自评表 表2"),
    )  # fmt: skip


def row(name: str, spending: str) -> StatedRow:
    return StatedRow(name, WHERE, {"cover.spending": Decimal(spending)})


def department(*stated: StatedRow, units=(), **own) -> list[UnitRow]:
    units = units or (
        unit("101001", "云溪县林场", executed="30"),
        unit("101002", "云溪县苗圃", executed="20"),
    )
    return [unit("101", "云溪县林业局", stated=stated, **own), *units]


_LISTED = (row("局机关", "10"), row("云溪县林场", "30"), row("云溪县苗圃", "20"))
_FARM, _NURSERY = unit("101001", "云溪县林场", executed="30"), unit("101002", "云溪县苗圃", executed="20")
_ABSENT = unit("101002", "云溪县苗圃", state="missing")
_SHARED = {"projects": {"封山育林": "8.5"}}

# code → severity, units, words that the message must hold
FAILING = {
    "X26": (
        Severity.ERROR,
        department(row("局机关", "10"), row("云溪县林场", "36.5")),
        ("云溪县林场（101001）", "36.5", "30", "6.5"),
    ),
    "X27": (
        Severity.WARNING,
        department(*_LISTED, row("局机关及二级机构汇总", "62")),
        ("62", "云溪县林场 30", "云溪县苗圃 20", "= 60", "相差 2"),
    ),
    "X28": (
        Severity.ERROR,
        department(executed="45", scope=Scope.WHOLE),
        ("45", "50", "云溪县林场 30", "多出 5"),
    ),
    "X29": (
        Severity.WARNING,
        department(units=(unit("101001", "云溪县林场", **_SHARED),), **_SHARED),
        ("封山育林（8.5万元）", "云溪县林场（101001）"),
    ),
}
PASSING = {
    "X26": [
        ("the table agrees", department(*_LISTED)),
        ("a cent of rounding", department(row("云溪县林场", "30.01"))),
        ("the unit was sent back", department(row("云溪县苗圃", "5"), units=(_FARM, _ABSENT))),
        ("the row names no unit", department(row("云溪县水库", "7"))),
    ],
    "X27": [
        ("the sum is right", department(*_LISTED, row("局机关及二级机构汇总", "60"))),
        ("rounding of each part", department(*_LISTED, row("汇总", "60.03"))),
        (
            "a unit is missing and not listed",
            department(row("局机关", "10"), row("汇总", "60"), units=(_FARM, _ABSENT)),
        ),
        (
            "a unit is missing, the table lists it",
            department(*_LISTED, row("汇总", "60"), units=(_FARM, _ABSENT)),
        ),
        (
            "the department goes by its own name",
            department(row("云溪县林业局", "10"), *_LISTED[1:], row("汇总", "60")),
        ),
    ],
    "X28": [
        ("the units are within the sum", department(executed="70", scope=Scope.WHOLE)),
        ("the department speaks for itself alone", department(executed="45", scope=Scope.OWN)),
        (
            "what exceeds has not passed",
            department(
                executed="35", scope=Scope.WHOLE, units=(_FARM, unit("101003", "站", state="returned"))
            ),
        ),
    ],
    "X29": [
        (
            "the department says that it sums",
            department(units=(unit("101001", "云溪县林场", **_SHARED),), scope=Scope.WHOLE, **_SHARED),
        ),
        (
            "one name, other money",
            department(
                units=(unit("101001", "云溪县林场", projects={"封山育林": "3"}),),
                projects={"封山育林": "8.5"},
            ),
        ),
    ],
}
