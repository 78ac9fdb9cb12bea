"""The units, and what is added up over them by live formulas: departments and the distribution of grades."""

from __future__ import annotations

from decimal import Decimal

from openpyxl.utils import get_column_letter

from documents.sheets import AMOUNT, COUNT, FIRST_ROW, HEAD_ROW, RATE, SCORE, UNKNOWN, Column, Table
from documents.streamed import Formula
from documents.workbook.content import WorkbookData
from documents.workbook.overview import beside
from selfeval.board import state_label
from selfeval.figures import money, percent
from selfeval.levels import Level
from selfeval.outcome import PASSED, UNGRADED, grade_labels
from selfeval.recheck import Recheck
from selfeval.rollup import AMOUNTS, DepartmentTotal, UnitRow

_COUNTED, _NOT_COUNTED, _WAITING = "是", "否", "待复核"

_UNITS = (
    Column("预算编码", 9),
    Column("单位", 24),
    Column("部门编码", 9),
    Column("部门", 18),
    Column("状态", 12),
    Column("首次报送\n逾期\n（工作日）", 8, COUNT),
    *(Column(head, 8, SCORE) for head in ("自评\n总分", "各行得分\n合计", "复算\n得分", "复核\n得分")),
    Column("等级", 6),
    *(Column(head, 12, AMOUNT) for head in AMOUNTS.values()),
    Column("执行率", 9, RATE),
    Column("错误", 6, COUNT),
    Column("疑点", 6, COUNT),
    Column("计入\n汇总", 6),
    Column("未计入的原因", 14),
)
_LETTER = {column.name: get_column_letter(at) for at, column in enumerate(_UNITS, start=1)}
_BUDGET, _EXECUTED = _LETTER[AMOUNTS["adjusted_budget"]], _LETTER[AMOUNTS["executed"]]


def units(data: WorkbookData) -> Table:
    """Every unit on one line; a dash for a re-check score means that the unit was not sampled."""
    rows = (
        _unit(unit, number, data.recheck.get(unit.code))
        for number, unit in enumerate(data.made.units, start=FIRST_ROW)
    )
    return Table(_UNITS, rows, 2)


def _unit(unit: UnitRow, number: int, recheck: Recheck | None) -> tuple[object, ...]:
    judged = unit.reported and unit.state != "received"
    budget, executed = f"{_BUDGET}{number}", f"{_EXECUTED}{number}"
    rate = f'=IF(COUNT({budget}:{executed})<2,"{UNKNOWN}",IF({budget}=0,"{UNKNOWN}",{executed}/{budget}))'
    return (
        unit.code, unit.name, unit.department_code, unit.department_name, unit.label,
        unit.late_days, unit.reported_score, unit.summed_score, unit.recomputed_score, _rechecked(recheck), unit.grade,
        unit.initial_budget, unit.adjusted_budget, unit.executed, Formula(rate),
        unit.errors if judged else None, unit.warnings if judged else None,
        _COUNTED if unit.counted else _NOT_COUNTED, unit.left_out or "",
    )  # fmt: skip


def _rechecked(recheck: Recheck | None) -> Decimal | str | None:
    if recheck is None:
        return None
    return _WAITING if recheck.score is None else recheck.score


_DEPARTMENTS = (
    Column("部门编码", 9),
    Column("部门", 24),
    Column("应报", 7, COUNT),
    Column("计入\n汇总", 7, COUNT),
    *(Column(head, 15, AMOUNT) for head in AMOUNTS.values()),
    Column("执行率", 10, RATE),
    Column("复算得分\n平均", 10, SCORE),
    Column("复算得分\n按预算加权", 10, SCORE),
    Column("未计入汇总的单位及原因", 36),
)
_REACH = (
    Column("部门编码", 9),
    Column("部门", 24),
    Column("应报", 7, COUNT),
    Column("计入\n汇总", 7, COUNT),
    Column("覆盖", 10, RATE),
    Column("覆盖按何数计", 24),
    Column("没有这一数字、\n覆盖中未计的单位", 24),
    Column("缺报单位补齐后的估计范围", 48),
)


def departments(data: WorkbookData) -> Table:
    """Every department by formulas over the sheet of units, and who is in no sum."""
    last = HEAD_ROW + max(len(data.made.units), 1)
    score, budget = _range("复算得分", last), _range(AMOUNTS["adjusted_budget"], last)

    def line(chosen: str, number: int) -> tuple[Formula, ...]:
        amounts = [_range(head, last) for head in AMOUNTS.values()]
        scored = f"{chosen}*ISNUMBER({score})"
        return (
            Formula(f"=SUMPRODUCT({chosen})"),
            # The sum of nothing is unknown, not zero.
            *(
                Formula(
                    f'=IF(SUMPRODUCT({chosen}*ISNUMBER({each}))=0,"{UNKNOWN}",SUMPRODUCT({chosen},{each}))'
                )
                for each in amounts
            ),
            Formula(f'=IF(N(F{number})=0,"{UNKNOWN}",G{number}/F{number})'),
            Formula(f'=IFERROR(SUMPRODUCT({chosen},{score})/SUMPRODUCT({scored}),"{UNKNOWN}")'),
            Formula(
                f"=IFERROR(SUMPRODUCT({scored}*({budget}>0),{score},{budget})"
                f'/SUMPRODUCT({scored}*({budget}>0),{budget}),"{UNKNOWN}")'
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
            beside(total, data),
        )
        for number, total in enumerate(data.made.departments, start=FIRST_ROW)
    ]
    end = FIRST_ROW + len(rows)
    expected = Formula(f"=SUM(C{FIRST_ROW}:C{end - 1})") if rows else 0
    total = ("", "合计", expected, *line(f"--{counted}", end), "")
    return Table(_DEPARTMENTS, rows, 2, total)


def reach(data: WorkbookData) -> Table:
    """How much of the money that is due the sums cover, and where they would lie with the units that are missing."""
    spread = percent(data.made.spread)
    return Table(
        _REACH,
        [_covered(total, spread) for total in data.made.departments],
        2,
        _covered(data.made.whole, spread),
    )


def _covered(total: DepartmentTotal, spread: str) -> tuple[object, ...]:
    coverage = total.coverage
    said = [
        f"{label} {money(each.low)}—{money(each.high)}"
        for key, label in AMOUNTS.items()
        if (each := total.ranges.get(key))
    ]
    if said:
        said.append(f"（假定缺报单位在其上年数或已填数的上下{spread}以内）")
    known = (coverage.share, coverage.basis, "、".join(coverage.unknown)) if coverage else (None, None, None)
    return (total.code, total.name, total.expected, total.counted, *known, "\n".join(said) or None)


def grades(data: WorkbookData) -> Table | None:
    """How many units that passed have each grade, by department; None where nothing is graded."""
    labels = grade_labels(data.made.units, data.grades)
    if not labels:
        return None
    last = HEAD_ROW + max(len(data.made.units), 1)
    state, grade = _range("状态", last), _range("等级", last)
    said = [*(state_label(key) for key in PASSED), *(state_label("accepted", level) for level in Level)]
    passed = "(" + "+".join(f'({state}="{label}")' for label in said) + ")"
    columns = (
        Column("部门编码", 12),
        Column("部门", 34),
        Column("通过审核", 11, COUNT),
        *(Column(label, 11, COUNT) for label in labels),
        Column(UNGRADED, 11, COUNT),
    )
    edge = get_column_letter(len(columns) - 1)

    def line(chosen: str, number: int) -> tuple[Formula, ...]:
        heads = (f"{get_column_letter(at)}${HEAD_ROW}" for at in range(4, 4 + len(labels)))
        return (
            Formula(f"=SUMPRODUCT({chosen}{passed})"),
            *(Formula(f"=SUMPRODUCT({chosen}{passed}*({grade}={head}))") for head in heads),
            Formula(f"=C{number}-SUM(D{number}:{edge}{number})"),
        )

    rows = [
        (total.code, total.name, *line(f"({_range('部门编码', last)}=$A{number})*", number))
        for number, total in enumerate(data.made.departments, start=FIRST_ROW)
    ]
    return Table(columns, rows, 2, ("", "合计", *line("1*", FIRST_ROW + len(rows))))


def _range(head: str, last: int) -> str:
    letter = _LETTER[head]
    return f"单位明细!${letter}${FIRST_ROW}:${letter}${last}"
