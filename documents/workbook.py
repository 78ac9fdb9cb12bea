"""The bureau's summary workbook: overview, departments, units, findings.

The overview holds values as of its instant, so that a preview that does not calculate shows them too; the
sums of the other sheets are live formulas over the sheet of units.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from documents.sheets import (
    AMOUNT,
    COUNT,
    FIRST_ROW,
    HEAD_ROW,
    RATE,
    SCORE,
    UNKNOWN,
    Column,
    Formula,
    Table,
    write_table,
)
from selfeval.board import STATE_LABELS
from selfeval.findings import Severity
from selfeval.rollup import AMOUNTS, NOT_OWING, DepartmentTotal, UnitRow, WorkbookData
from selfeval.rollup.totals import roll_up, settled

_COUNTED, _NOT_COUNTED = "是", "否"


def summary_workbook(data: WorkbookData) -> bytes:
    """The workbook as .xlsx bytes. A unit that is in no sum is named with the reason and never zero."""
    data = replace(data, units=settled(data.units))
    departments, whole = roll_up(data.units)
    book = Workbook()
    book.remove(book.active)
    note = f"截至{data.taken:%Y年%m月%d日 %H:%M}（北京时间）　　金额单位：万元"
    for name, table in (
        ("总览", _overview(data.units, departments, whole)),
        ("部门汇总", _departments(data.units, departments)),
        ("单位明细", _units(data.units)),
        ("问题清单", _findings(data)),
    ):
        write_table(book.create_sheet(name), f"{data.title}：{name}", note, table)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


_OVERVIEW = (
    Column("部门", 24),
    *(
        Column(head, 7, COUNT)
        for head in ("应报", "已报", "未报", "逾期报送", "退回", "通过", "公开", "计入汇总")
    ),
    *(Column(head, 14, AMOUNT) for head in AMOUNTS.values()),
    Column("执行率", 9, RATE),
    Column("复算得分平均", 10, SCORE),
    Column("未计入汇总的单位及原因", 44),
)


def _overview(
    units: Sequence[UnitRow], departments: Sequence[DepartmentTotal], whole: DepartmentTotal
) -> Table:
    states, late = Counter[tuple[str, str]](), Counter[str]()
    for unit in units:
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
        return (total.name, *counts(*codes), total.counted, *amounts, total.execution_rate, total.mean_score)

    rows = [(*line(total, total.code), _left_out(total)) for total in departments]
    every = line(whole, *(total.code for total in departments))
    return Table(_OVERVIEW, rows, 1, (*every, f"应报{whole.expected}家，计入{whole.counted}家"))


def _left_out(total: DepartmentTotal) -> str:
    return "、".join(f"{name}（{reason}）" for name, reason in total.left_out) or "无"


_UNITS = (
    Column("预算编码", 11),
    Column("单位", 27),
    Column("部门编码", 9),
    Column("部门", 21),
    Column("状态", 11),
    Column("首次报送逾期（工作日）", 10, COUNT),
    Column("自评总分", 8, SCORE),
    Column("各行得分合计", 8, SCORE),
    Column("复算得分", 8, SCORE),
    Column("等级", 6),
    *(Column(head, 13, AMOUNT) for head in AMOUNTS.values()),
    Column("执行率", 9, RATE),
    Column("错误", 6, COUNT),
    Column("疑点", 6, COUNT),
    Column("计入汇总", 6),
    Column("未计入的原因", 18),
)
_LETTER = {column.head: get_column_letter(at) for at, column in enumerate(_UNITS, start=1)}
_BUDGET, _EXECUTED = _LETTER[AMOUNTS["adjusted_budget"]], _LETTER[AMOUNTS["executed"]]


def _units(units: Sequence[UnitRow]) -> Table:
    return Table(_UNITS, [_unit(unit, number) for number, unit in enumerate(units, start=FIRST_ROW)], 2)


def _unit(unit: UnitRow, number: int) -> tuple[object, ...]:
    judged = unit.reported and unit.state != "received"
    budget, executed = f"{_BUDGET}{number}", f"{_EXECUTED}{number}"
    rate = f'=IF(COUNT({budget}:{executed})<2,"{UNKNOWN}",IF({budget}=0,"{UNKNOWN}",{executed}/{budget}))'
    return (
        unit.code, unit.name, unit.department_code, unit.department_name, STATE_LABELS[unit.state],
        unit.late_days, unit.reported_score, unit.summed_score, unit.recomputed_score, unit.grade,
        unit.initial_budget, unit.adjusted_budget, unit.executed, Formula(rate),
        unit.errors if judged else None, unit.warnings if judged else None,
        _COUNTED if unit.counted else _NOT_COUNTED, unit.left_out or "",
    )  # fmt: skip


_DEPARTMENTS = (
    Column("部门编码", 11),
    Column("部门", 26),
    Column("应报", 7, COUNT),
    Column("计入汇总", 7, COUNT),
    *(Column(head, 16, AMOUNT) for head in AMOUNTS.values()),
    Column("执行率", 10, RATE),
    Column("复算得分平均", 10, SCORE),
    Column("未计入汇总的单位及原因", 50),
)


def _departments(units: Sequence[UnitRow], departments: Sequence[DepartmentTotal]) -> Table:
    last = HEAD_ROW + max(len(units), 1)

    def line(chosen: str, number: int) -> tuple[Formula, ...]:
        amounts = [_range(head, last) for head in AMOUNTS.values()]
        score = _range("复算得分", last)
        return (
            Formula(f"=SUMPRODUCT({chosen})"),
            # The sum of nothing is unknown, not zero.
            *(Formula(f'=IF($D{number}=0,"{UNKNOWN}",SUMPRODUCT({chosen},{each}))') for each in amounts),
            Formula(f'=IF(N(F{number})=0,"{UNKNOWN}",G{number}/F{number})'),
            Formula(
                f'=IFERROR(SUMPRODUCT({chosen},{score})/SUMPRODUCT({chosen},--ISNUMBER({score})),"{UNKNOWN}")'
            ),
        )

    # SUMPRODUCT compares exactly; the criteria of SUMIFS take 0101 for 101 and * for any name.
    counted = f'({_range("计入汇总", last)}="{_COUNTED}")'
    rows = [
        (
            total.code,
            total.name,
            total.expected,
            *line(f"({_range('部门编码', last)}=$A{number})*{counted}", number),
            _left_out(total),
        )
        for number, total in enumerate(departments, start=FIRST_ROW)
    ]
    end = FIRST_ROW + len(rows)
    expected = Formula(f"=SUM(C{FIRST_ROW}:C{end - 1})") if rows else 0
    return Table(_DEPARTMENTS, rows, 2, ("", "合计", expected, *line(f"--{counted}", end), ""))


def _range(head: str, last: int) -> str:
    letter = _LETTER[head]
    return f"单位明细!${letter}${FIRST_ROW}:${letter}${last}"


_FINDINGS = (
    Column("预算编码", 11),
    Column("单位", 24),
    Column("级别", 7),
    Column("编号", 7),
    Column("文件", 28),
    Column("位置", 18),
    Column("问题", 54),
    Column("填报要求", 38),
)


def _findings(data: WorkbookData) -> Table:
    rows = [
        (
            finding.unit_code,
            finding.unit_name,
            Severity(finding.severity).label,
            finding.code,
            finding.file,
            finding.where,
            finding.message,
            finding.sentence,
        )
        for finding in data.findings
    ]
    return Table(_FINDINGS, rows, 2)
