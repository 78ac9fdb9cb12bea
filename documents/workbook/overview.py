"""The overview: every department on one line, as values of the instant."""

from __future__ import annotations

from collections import Counter

from documents.sheets import AMOUNT, COUNT, RATE, SCORE, Column, Table
from documents.workbook.content import WorkbookData
from selfeval.board import STATE_LABELS
from selfeval.rollup import AMOUNTS, NOT_OWING, DepartmentTotal
from selfeval.rules.departments import below_note

_OVERVIEW = (
    Column("部门", 20),
    *(
        Column(head, 6, COUNT)
        for head in ("应报", "已报", "未报", "逾期\n报送", "退回", "通过", "公开", "计入\n汇总")
    ),
    *(Column(head, 13, AMOUNT) for head in AMOUNTS.values()),
    Column("执行率", 9, RATE),
    Column("复算得分\n平均", 10, SCORE),
    Column("未计入汇总的单位及原因", 32),
)


def overview(data: WorkbookData) -> Table:
    """Counts of units, the head amounts, the mean score that the policy asks for, who is in no sum."""
    made, whole = data.made, data.made.whole
    states, late = Counter[tuple[str, str]](), Counter[str]()
    for unit in made.units:
        states[unit.department_code, unit.state] += 1
        late[unit.department_code] += bool(unit.late_days) and unit.reported

    def counts(*codes: str) -> tuple[int, ...]:
        of = Counter({state: sum(states[code, state] for code in codes) for state in STATE_LABELS})
        owing = sum(number for state, number in of.items() if state not in NOT_OWING)
        passed = of["accepted"] + of["published"]
        return (
            owing, owing - of["missing"], of["missing"], sum(late[code] for code in codes),
            of["returned"], passed, of["published"],
        )  # fmt: skip

    def line(total: DepartmentTotal, *codes: str) -> tuple[object, ...]:
        amounts = (total.initial_budget, total.adjusted_budget, total.executed)
        return (
            total.name,
            *counts(*codes),
            total.counted,
            *amounts,
            total.execution_rate,
            total.score(data.weighted),
        )

    rows = [(*line(total, total.code), beside(total, data)) for total in made.departments]
    every = line(whole, *(total.code for total in made.departments))
    return Table(_OVERVIEW, rows, 1, (*every, f"应报{whole.expected}家，计入{whole.counted}家"))


def beside(total: DepartmentTotal, data: WorkbookData) -> str:
    """The units of a department that are in no sum of their own, each with the reason, whom a sum is without, and
    which sum is less than that of its units.
    """
    named = "、".join(f"{name}（{reason}）" for name, reason in total.left_out) or "无"
    said = (named, total.unstated_note if total.unstated else "", below_note(data.made.findings, total.code))
    return "；".join(filter(None, said))
