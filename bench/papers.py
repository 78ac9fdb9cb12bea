"""Writing the summary workbook of 100, 1,000 and 10,000 units in 200 departments, their lost points and findings with it.

`exponent`: the slope of log(time) over log(units); `memory_exponent`: of the peak of memory beside what the
roll-up itself holds. Every unit brings eight lost points, six findings, and a line of a year before.
"""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from bench.measure import quick_wanted, table, write
from bench.rollup import DEPARTMENTS, SIZES, slope, unit
from documents.workbook import FindingRow, LostPoint, UnitDetails, WorkbookData, summary_workbook
from selfeval.bulletin import bulletin
from selfeval.comparison import CycleYear, compare, unit_year
from selfeval.policy import Policy, load_policy
from selfeval.rollup.record import rolled_up
from selfeval.rollup.units import UnitRow
from selfeval.workdays import SHANGHAI, Workdays

_LOST, _FOUND = 8, 6
_TAKEN = datetime(2026, 5, 20, 9, tzinfo=SHANGHAI)


def _details(units: tuple[UnitRow, ...]) -> Iterator[UnitDetails]:
    """Made when they are asked for, as the database gives them; each text is its own."""
    for each in units:
        lost = tuple(
            LostPoint(
                f"{each.name}部门整体支出绩效自评表", f"表1 第{at}行", f"指标{at}", Decimal(10), Decimal(9), Decimal("8.5"),
                f"年度指标值 {at}00个，实际完成值 {at}0个，{each.code}", "未完成年度指标值的，得分 = 分值 × 完成比例", "",
            )
            for at in range(_LOST)
        )  # fmt: skip
        found = tuple(
            FindingRow(
                f"{each.name}自评表.xlsx", f"表1 第{at}行", "B03", "warning", "执行数不应大于预算数。",
                f"{each.code}全年执行数 {at}.01，大于全年预算数 {at}",
            )
            for at in range(_FOUND)
        )  # fmt: skip
        yield UnitDetails(each.code, each.name, found, lost)


def _data(size: int, policy: Policy) -> WorkbookData:
    units = tuple(replace(unit(number), grade="优") for number in range(size))
    made = rolled_up(units, policy)
    year = tuple(unit_year(each, {}) for each in made.units)
    return WorkbookData(
        title="某省自评",
        taken=_TAKEN,
        made=made,
        status=bulletin((), bureau="某局", year=2025, asof=_TAKEN, workdays=Workdays(), rule=""),
        grades=tuple(band.label for band in policy.grades),
        comparison=compare(CycleYear(2024, policy, year), CycleYear(2025, policy, year)),
    )


def main() -> None:
    quick = quick_wanted(__doc__)
    policy = load_policy("national-2020")
    rows: list[tuple[object, ...]] = [("units", "s", "ms per unit", "MB more at the peak", "MB of the file")]
    spent: list[tuple[int, float]] = []
    peaks: list[tuple[int, float]] = []
    size = 0.0
    for count in SIZES[:2] if quick else SIZES:
        data = _data(count, policy)
        begun = time.process_time()
        content = summary_workbook(replace(data, details=_details(data.made.units)))
        spent.append((count, time.process_time() - begun))
        size = len(content) / 1e6
        if count < SIZES[-1]:
            # Tracing makes it several times slower; what grows shows with a tenth.
            tracemalloc.start()
            summary_workbook(replace(data, details=_details(data.made.units)))
            peaks.append((count, tracemalloc.get_traced_memory()[1] / 1e6))
            tracemalloc.stop()
        rows.append(
            (
                count,
                spent[-1][1],
                spent[-1][1] / count * 1e3,
                peaks[-1][1] if count == peaks[-1][0] else "",
                size,
            )
        )
    table(rows)
    write(
        "papers",
        {
            "exponent": round(slope(spent), 3),
            "memory_exponent": round(slope(peaks), 3),
            "units": spent[-1][0],
            "departments": DEPARTMENTS,
            "seconds": round(spent[-1][1], 2),
            "milliseconds_per_unit": round(spent[-1][1] / spent[-1][0] * 1e3, 2),
            "megabytes_of_the_file": round(size, 2),
            "megabytes_at_the_peak": round(peaks[-1][1], 1),
            "units_at_the_peak": peaks[-1][0],
        },
    )


if __name__ == "__main__":
    main()
