"""The totals of the roll-up: every measure of the bureau and of each department, and like indicators."""

from __future__ import annotations

from collections.abc import Iterator

from documents.sheets import (
    AMOUNT,
    COUNT,
    FIRST_ROW,
    HEAD_ROW,
    RATE,
    SCORE,
    UNKNOWN,
    Column,
    Otherwise,
    Table,
)
from documents.streamed import Formula
from documents.workbook.content import WorkbookData
from selfeval.rollup import MEASURES, RATIOS
from selfeval.rollup.measures import PEOPLE, Measure
from selfeval.rollup.units import IndicatorTotal

_MEASURES = (
    Column("类别", 14),
    Column("项目", 36),
    Column("单位", 9),
    Column("合计", 18, AMOUNT),
    Column("比率", 11, RATE),
    Column("填报\n单位数", 9, COUNT),
    Column("计入\n单位数", 9, COUNT),
    Column("补齐后最少", 18, AMOUNT),
    Column("补齐后最多", 18, AMOUNT),
)
_BY_DEPARTMENT = (
    Column("部门编码", 11),
    Column("部门", 28),
    Column("类别", 14),
    Column("项目", 36),
    Column("单位", 9),
    Column("合计", 18, AMOUNT),
    Column("填报\n单位数", 9, COUNT),
    Column("计入\n单位数", 9, COUNT),
)
_INDICATORS = (
    Column("部门", 18),
    Column("一级指标", 10),
    Column("二级指标", 12),
    Column("三级指标", 24),
    Column("合并\n办法", 8),
    Column("单位数", 7, COUNT),
    Column("年度指标值", 16),
    Column("实际完成值", 16),
    Column("完成比例", 10, RATE),
    Column("平均\n分值", 8, SCORE),
    Column("按完成\n得分", 8, SCORE),
    Column("单位", 36),
)
_KINDS = {"absolute": "相加", "relative": "取平均", "qualitative": "取平均"}


def measures(data: WorkbookData) -> Table:
    """The bureau: sums by formulas over the sheet of departments, rates by formulas over the sums."""
    whole = data.made.whole
    stated = [measure for measure in MEASURES if measure.key in whole.figures]
    rows: list[tuple[object, ...]] = []
    places: dict[str, int] = {}
    last = HEAD_ROW + max(sum(1 for _ in _lines(data)), 1)

    def over(column: str, number: int) -> Formula:
        cells = [f"部门各项!${letter}${FIRST_ROW}:${letter}${last}" for letter in ("C", "D", column)]
        return Formula(f"=SUMPRODUCT(({cells[0]}=$A{number})*({cells[1]}=$B{number}),{cells[2]})")

    for number, measure in enumerate(stated, start=FIRST_ROW):
        places[measure.key] = number
        reach = whole.ranges.get(measure.key)
        rows.append(
            (
                measure.group, measure.label, measure.unit, _counted(measure, over("F", number)), "",
                over("G", number), whole.counted, reach.low if reach else "", reach.high if reach else "",
            )
        )  # fmt: skip
    for ratio in RATIOS:
        top, bottom = places.get(ratio.numerator), places.get(ratio.denominator)
        if top and bottom:
            above = f"(D{top}-D{bottom})" if ratio.change else f"D{top}"
            # A unit that states one part alone would bend the rate.
            rate = f'=IF(AND(F{top}=F{bottom},D{bottom}>0),{above}/D{bottom},"{UNKNOWN}")'
            rows.append(("比率", ratio.label, "", "", Formula(rate), "", "", "", ""))
    return Table(_MEASURES, rows, 2)


def by_department(data: WorkbookData) -> Table:
    """Every measure that a department's counted units state; how many of them do."""
    return Table(_BY_DEPARTMENT, _lines(data), 2)


def _lines(data: WorkbookData) -> Iterator[tuple[object, ...]]:
    for total in data.made.departments:
        for measure in MEASURES:
            known = total.figures.get(measure.key)
            if known:
                head = (total.code, total.name, measure.group, measure.label, measure.unit)
                yield (*head, _counted(measure, known.value), known.said, total.counted)


def _counted(measure: Measure, value: object) -> object:
    """Persons are counted, money and areas are measured."""
    return Otherwise(value, COUNT) if measure.unit == PEOPLE else value


def indicators(data: WorkbookData) -> Table:
    """Indicators that several units have, of each department and of the bureau."""
    names = {total.code: total.name for total in data.made.departments} | {"": "全局"}
    return Table(_INDICATORS, [_indicator(each, names) for each in data.made.indicators], 1)


def _indicator(each: IndicatorTotal, names: dict[str, str]) -> tuple[object, ...]:
    left_out = f"（{'、'.join(each.left_out)}没有资金数，不参与加权）" if each.left_out else ""
    return (
        names[each.department_code], each.level1, each.level2, each.name, _KINDS[each.kind], len(each.units),
        each.shown(each.target), each.shown(each.actual), each.ratio, each.weight, each.score,
        "、".join(each.units) + left_out,
    )  # fmt: skip
