"""The bureau's summary workbook: overview, charts, departments, grades, units, lists, totals, the year before.

Overview, charts and comparison hold values as of their instant, so that a preview that does not calculate shows
them too; the sums of departments, grades and measures are live formulas over the sheets that they add up.
Rows are written as they come: what a province's units lost points for never stands in memory together.
"""

from __future__ import annotations

import io

from openpyxl import Workbook

from documents.sheets import Lines, Table, write_table
from documents.streamed import streamed
from documents.workbook import charts, listed, lists, overview, totals, units, years
from documents.workbook.content import FindingRow, LostPoint, UnitDetails, WorkbookData

__all__ = ["FindingRow", "LostPoint", "UnitDetails", "WorkbookData", "summary_workbook"]


def summary_workbook(data: WorkbookData) -> bytes:
    """The workbook as .xlsx bytes. A unit that is in no sum is named with the reason and never zero."""
    book = Workbook(write_only=True)
    mean = "按全年预算数加权" if data.weighted else "各单位等权"
    note = f"截至{data.taken:%Y年%m月%d日 %H:%M}（北京时间）　　金额单位：万元　　平均得分：{mean}"
    note += f"　　数据来源：{data.source}" if data.source else ""

    def sheet(name: str, table: Table) -> None:
        write_table(streamed(book, name), f"{data.title}：{name}", note, table)

    sheet("总览", overview.overview(data))
    charts.write(book.create_sheet("图表"), f"{data.title}：图表", note, data)
    sheet("部门汇总", units.departments(data))
    sheet("汇总范围", units.reach(data))
    if table := units.grades(data):
        sheet("等级分布", table)
    sheet("单位明细", units.units(data))
    sheet("逾期和未报", lists.lateness(data))
    lost, findings = (
        Lines(streamed(book, name), f"{data.title}：{name}", note, columns, 2)
        for name, columns in (("扣分明细", lists.LOST), ("问题清单", lists.FINDINGS))
    )
    lists.write_details(data, lost, findings)
    sheet("各项合计", totals.measures(data))
    sheet("部门各项", totals.by_department(data))
    if data.made.indicators:
        sheet("同类指标", totals.indicators(data))
    sheet("项目清单", listed.projects(data))
    sheet("绩效目标", listed.goals(data))
    if data.comparison:
        for name, table in years.sheets(data.comparison):
            sheet(name, table)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
