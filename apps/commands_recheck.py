"""`selfeval recheck …`: a sample drawn once from a kept seed, and the scores of the second look."""

from __future__ import annotations

from typing import Any

import click

from apps.story import Story, bring_up_to_date, json_option, year_option


@click.group(cls=Story)
def recheck() -> None:
    """复核：按政策的比例抽取单位，复核得分与自评、复算得分并列。"""


@recheck.command("draw")
@click.option("--by", "person", required=True, help="抽取人")
@click.option("--seed", default="", help="种子，例如当众摇出的号码；缺省由系统随机产生并留存")
@click.option("--again", default="", help="重抽的理由；原样本作废留痕")
@year_option
@json_option
def recheck_draw(person: str, seed: str, again: str, year: int | None) -> tuple[Any, str]:
    """从应报单位中按部门分层抽取样本，只抽一次；同一种子和名单总是抽出同样的单位。"""
    from tasks.recheck import draw_sample

    bring_up_to_date()
    data = draw_sample.fn(year, person, seed, again, None)
    return data, _text(data)


@recheck.command("list")
@year_option
@json_option
def recheck_list(year: int | None) -> tuple[Any, str]:
    """列出样本和三个得分，并按留存的种子重抽核对。"""
    from apps.offline import database
    from db import cycles
    from tasks.recheck import show

    with database() as session:
        data = show(session, cycles.cycle_of(session, year))
    return data, _text(data)


@recheck.command("score")
@click.argument("code")
@click.argument("score")
@click.option("--by", "person", required=True, help="复核人，不能是审核过该单位的人")
@click.option("--reason", required=True, help="理由：与自评、复算得分为什么相同或不同")
@year_option
@json_option
def recheck_score(code: str, score: str, person: str, reason: str, year: int | None) -> tuple[Any, str]:
    """登记一个抽中单位的复核得分（SCORE 是 0 至 100 分）；单位重新报送后自动失效。"""
    from tasks.recheck import score_unit

    bring_up_to_date()
    data = score_unit.fn(year, code, score, reason, person, None)
    said = f"自评 {data['reported_score'] or '未填'}，复算 {data['recomputed_score'] or '无'}，复核 {data['recheck_score']}"
    return data, f"{data['name']}（第{data['version']}次报送）：{said}（{data['person']}：{data['reason']}）"


def _text(data: dict[str, Any]) -> str:
    from apps.offline import table

    rows = [
        (
            unit["code"],
            unit["name"],
            unit["department"],
            *(unit[key] or "—" for key in ("reported_score", "recomputed_score", "recheck_score")),
            f"{unit['person']}：{unit['reason']}" if unit["person"] else unit["reason"] or "待复核",
        )
        for unit in data["units"]
    ]
    head = ("预算编码", "单位", "部门", "自评得分", "复算得分", "复核得分", "复核人和理由")
    drawn = f"{data['person']} {data['drawn_at'][:16].replace('T', ' ')} 抽取"
    text = table(
        head, rows, f"复核样本：应报{data['frame']}家中抽{len(rows)}家（{drawn}，种子 {data['seed']}）"
    )
    text += (
        "\n按种子重抽核对：相符" if data["proved"] else "\n按种子重抽核对：不符，样本或名单被改动过，请查留痕"
    )
    return text + "".join(
        f"\n作废的样本：{each['drawn_at'][:16].replace('T', ' ')}，种子 {each['seed']}（{each['why']}）"
        for each in data["voided"]
    )
