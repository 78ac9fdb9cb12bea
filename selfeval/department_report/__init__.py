"""The report of a department (部门整体支出绩效自评报告) as blocks, by the outline of the policy.

A sentence is written only when every figure in it is known; else a marked place says what a person must
write. No figure is made up, none is zero because it is unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from selfeval.department_report import money, results
from selfeval.department_report.data import ReportData
from selfeval.numerals import numeral
from selfeval.paper_blocks import Block, Heading, Text, blank

__all__ = ["SECTIONS", "ReportData", "body"]


def _insurance(data: ReportData) -> Iterator[Block]:
    # No form asks for it: what a unit has not been asked is not known to be nothing.
    yield Text(blank("社会保险基金预算支出情况；没有的，写明没有安排"))


SECTIONS: dict[str, Callable[[ReportData], Iterator[Block]]] = {
    "机构人员": results.staff,
    "绩效目标": results.goals,
    "收支情况": money.budget,
    "基本支出": money.basic,
    "三公经费": money.publics,
    "项目支出": money.projects,
    "政府性基金": lambda data: money.other_budget(data, "fund_budget", "政府性基金"),
    "国有资本经营": lambda data: money.other_budget(data, "state_capital", "国有资本经营"),
    "社会保险基金": _insurance,
    "指标完成": results.indicators,
    "评价得分": results.scores,
    "问题": results.doubts,
    "公开期限": results.publication,
    "汇总口径": results.basis,
}


def body(data: ReportData) -> list[Block]:
    """The text of the report: numbered headings, sentences, tables and marked places."""
    blocks: list[Block] = [Text(_lead(data))]
    first = second = 0
    for row in data.policy.report.outline:
        if row.level == 1:
            first, second = first + 1, 0
            blocks.append(Heading(1, f"{numeral(first)}、{row.heading}"))
        else:
            second += 1
            blocks.append(Heading(2, f"（{numeral(second)}）{row.heading}"))
        for word in row.content:
            blocks += SECTIONS[word](data)
        blocks += [Text(blank(what)) for what in row.ask]
    return blocks


def _lead(data: ReportData) -> str:
    return (
        f"根据{data.bureau}关于开展{data.cycle_year}年度预算绩效自评工作的通知（{data.document_number}），"
        f"现将{data.name}{data.year}年度部门整体支出绩效自评情况报告如下。"
    )
