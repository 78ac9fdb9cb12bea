"""`selfeval papers …`: the bureau's papers, written into its folder of papers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from apps.story import Story, bring_up_to_date, json_option, year_option

_DEPARTMENT = click.option("--department", default=None, help="只写一个部门的（编码），缺省为全部部门")


@click.group(cls=Story)
def papers() -> None:
    """成文：写进文件夹 SELFEVAL_PAPERS 的文书；重复运行是安全的。"""


@papers.command("deductions")
@click.argument("unit", required=False)
@_DEPARTMENT
@year_option
@json_option
def deductions(unit: str | None, department: str | None, year: int | None) -> tuple[Any, str]:
    """各单位的扣分明细（UNIT 是预算编码，缺省为全部单位）：自评与复算得分逐行对照，每处扣分写明规则、数据和条款。"""
    from tasks.deduction_papers import write_statements

    bring_up_to_date()
    data = write_statements.fn(year, unit, department)
    return data, _told("扣分明细", list(data["papers"].values()), data["without"])


@papers.command("report")
@_DEPARTMENT
@year_option
@json_option
def report(department: str | None, year: int | None) -> tuple[Any, str]:
    """部门整体支出绩效自评报告（Word 初稿）：按政策的提纲写入最近一次汇总的数，只有人才能写的地方标黄。

    已有的一稿不会被覆盖（可能已经有人在上面写了）；再次汇总以后另成一稿，文件名写明第几次汇总。
    """
    from tasks.department_reports import write_reports

    bring_up_to_date()
    data = write_reports.fn(year, department)
    text = _told("部门自评报告", list(data["papers"].values()), data["notes"])
    if data["kept"]:
        names = "、".join(Path(path).name for path in data["kept"].values())
        text += f"\n第{data['roll_up']}次汇总的原稿已在，没有改动：{names}"
    return data, text


@papers.command("results")
@year_option
@json_option
def results(year: int | None) -> tuple[Any, str]:
    """自评结果通报（Word 初稿）：先汇总，再写总体、等级、复核、问题、逾期、与上年比较；只有人才能写的地方标黄。

    已有的一稿不会被覆盖（可能已经有人在上面写了）；再次汇总有变化的另成一稿，文件名写明第几次汇总。
    """
    from tasks.results import write_results
    from tasks.totals import take_totals

    bring_up_to_date()
    take_totals.fn(year, None)
    data = write_results.fn(year, None)
    what = "已写入" if data["written"] else "原稿已在，没有改动（要重写请先把它改名或移走）："
    return data, f"自评结果通报（第{data['roll_up']}次汇总）{what} {data['path']}"


def _told(what: str, paths: list[str], without: list[str]) -> str:
    lines = [f"{what}{len(paths)}份"]
    if paths:
        lines[0] += f"，在 {Path(paths[0]).parent}："
        lines += [f"  {Path(path).name}" for path in paths]
    return "\n".join([*lines, *(f"{sentence}。" for sentence in without)])
