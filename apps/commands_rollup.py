"""`selfeval rollup`: the totals that were kept, with the versions that they come from and what changed."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import click

from apps.story import Story, json_option, year_option
from selfeval.figures import money, percent, points

_NUMBER = click.option("--number", type=int, default=None, help="第几次汇总，缺省为最近一次")


@click.group(cls=Story)
def rollup() -> None:
    """汇总结果：合计、所依据的报送版本、与上次的变化。"""


@rollup.command("show")
@click.option("--department", default=None, help="只看一个部门（编码），列出其单位和报送版本")
@_NUMBER
@year_option
@json_option
def show(department: str | None, number: int | None, year: int | None) -> tuple[Any, str]:
    """列出合计：计入几家、缺谁、覆盖多少、缺的会使合计在什么范围内变动。"""
    from apps.offline import table
    from selfeval.refusal import Refusal

    taken = _taken(number, year)
    content = taken["content"]
    chosen = [total for total in content["totals"] if department in (None, total["code"])]
    if not chosen:
        raise Refusal(f"第{taken['number']}次汇总里没有编码为“{department}”的部门")
    units = [unit for unit in content["units"] if department in (None, unit["department_code"])]
    title = f"第{taken['number']}次汇总  {taken['taken_at'][:16].replace('T', ' ')}  金额：万元"
    text = [table(_HEAD, [_line(total) for total in chosen], title)]
    text += [sentence for total in chosen for sentence in _sentences(total, content["spread"])]
    if department:
        figures = chosen[0]["figures"]
        text.append(table(("项目", "合计", "填报单位数"), _figures(figures), "各项合计"))
        text.append(table(_UNIT_HEAD, [_unit(unit) for unit in units], "所依据的报送版本"))
    text += [f"{each['rule']} {each['name']}：{each['message']}" for each in content["findings"]]
    text.append(
        f"政策 {content['policy']}，规则集 {content['rule_set']}，内容指纹 {taken['content_hash'][:12]}"
    )
    data = {key: value for key, value in taken.items() if key != "content"}
    return data | content | {"totals": chosen, "units": units}, "\n".join(text)


@rollup.command("changes")
@_NUMBER
@year_option
@json_option
def changes(number: int | None, year: int | None) -> tuple[Any, str]:
    """列出与前一次汇总相比的变化：哪个单位、哪一项、从多少到多少。"""
    from apps.offline import table

    taken = _taken(number, year)
    keys = ("code", "name", "what", "before", "after")
    data = [dict(zip(keys, change, strict=True)) for change in taken["changes"]]
    title = f"第{taken['number']}次汇总与前一次相比"
    rows = [tuple(change) for change in taken["changes"]]
    text = (
        table(("编码", "单位", "项目", "原为", "现为"), rows, title)
        if rows
        else f"{title}：没有变化，或是第一次汇总"
    )
    return data, text


@rollup.command("compare")
@year_option
@json_option
def compare(year: int | None) -> tuple[Any, str]:
    """与上一年度比较：预算、执行、得分、等级，两年都出现的问题，新增、撤并和改名的单位。"""
    from apps.comparison import compare_years

    return compare_years(year)


@rollup.command("verify")
@_NUMBER
@year_option
@json_option
def verify(number: int | None, year: int | None) -> tuple[Any, str]:
    """按所列的报送版本重算一遍，与保存的汇总核对。"""
    from apps.offline import database
    from db import cycles, rollups
    from selfeval.refusal import Refusal
    from selfeval.rollup.record import content_from, content_hash, content_of
    from selfeval.rules import VERSION
    from tasks.totals import rebuilt

    chosen = _taken(number, year)["number"]
    with database() as session:
        row = cycles.cycle_of(session, year)
        taken = rollups.numbered(session, row.id, chosen)
        again = content_hash(content_of(rebuilt(session, row, taken)))
        same, rule_set = again == taken.content_hash, taken.rule_set
        content = content_from(rollups.parts_of(session, taken))
    if content_hash(content) != taken.content_hash:
        raise Refusal(f"第{chosen}次汇总保存的内容与其指纹不符，库中的内容被改动过")
    if not same:
        why = f"，当时的规则集是 {rule_set}，现在是 {VERSION}" if rule_set != VERSION else ""
        raise Refusal(f"第{chosen}次汇总按所列版本重算的结果与保存的不一致{why}")
    return {
        "number": chosen,
        "content_hash": again,
    }, f"第{chosen}次汇总按所列版本重算一致，内容指纹 {again[:12]}"


def _taken(number: int | None, year: int | None) -> dict[str, Any]:
    from apps.offline import database
    from db import cycles, rollups
    from selfeval.refusal import Refusal
    from selfeval.rollup.record import content_from

    with database() as session:
        row = cycles.cycle_of(session, year)
        taken = rollups.numbered(session, row.id, number) if number else rollups.latest(session, row.id)
        if taken is None:
            which = f"第{number}次" if number else ""
            raise Refusal(f"{row.name}没有{which}汇总，请先运行 selfeval run roll-up")
        return {
            "year": row.year,
            "number": taken.number,
            "taken_at": taken.taken_at.isoformat(timespec="seconds"),
            "content_hash": taken.content_hash,
            "content": content_from(rollups.parts_of(session, taken)),
            "changes": taken.changes,
        }


_HEAD = ("部门", "计入/应报", "年初预算数", "全年预算数", "全年执行数", "执行率", "平均得分", "覆盖")
_UNIT_HEAD = ("编码", "单位", "状态", "报送", "文件指纹", "政策", "规则集", "未计入的原因")
_AMOUNTS = ("initial_budget", "adjusted_budget", "executed")


def _line(total: Mapping[str, Any]) -> tuple[str, ...]:
    figures, rate = total["figures"], total["ratios"].get("execution_rate")
    coverage = total["coverage"]
    share = _percent(coverage["counted"], coverage["expected"]) if coverage else "不详"
    if coverage and coverage["unknown"]:
        share = f"≤{share}"  # nobody knows how much those stand for: the true share is less
    return (
        total["name"],
        f"{total['counted']}/{total['expected']}",
        *(_money(figures[key][0]) if key in figures else "不详" for key in _AMOUNTS),
        _percent(rate, "1") if rate else "不详",
        str(points(Decimal(total["mean_score"]))) if total["mean_score"] else "不详",
        share,
    )


def _sentences(total: Mapping[str, Any], spread: str) -> list[str]:
    from selfeval.rollup.measures import AMOUNTS
    from selfeval.rollup.units import unstated_note

    found = []
    if total["left_out"]:
        names = "、".join(f"{name}（{reason}）" for name, reason in total["left_out"])
        found.append(f"{total['name']}未单独计入：{names}")
    if total.get("unstated"):
        found.append(f"{total['name']}的{unstated_note(total['unstated'])}")
    if total["ranges"]:
        said = "；".join(
            f"{label} {_money(each['low'])}—{_money(each['high'])}"
            for key, label in AMOUNTS.items()
            if (each := total["ranges"].get(key))
        )
        found.append(
            f"{total['name']}补齐后的估计范围（假定缺报单位在其上年数或已填数的上下{_percent(spread, '1')}以内）：{said}"
        )
    coverage = total["coverage"]
    if coverage:
        unknown = "、".join(coverage["unknown"])
        found.append(
            f"{total['name']}覆盖比例按{coverage['basis']}计"
            + (f"，实际更低；没有这一数字、无法估计的：{unknown}" if unknown else "")
        )
    return found


def _figures(figures: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    from selfeval.rollup.measures import BY_KEY

    return [
        (f"{BY_KEY[key].label}（{BY_KEY[key].unit}）", _money(value), str(said))
        for key, (value, said) in figures.items()
    ]


def _unit(unit: Mapping[str, Any]) -> tuple[str, ...]:
    from selfeval.board import state_label

    version = unit["version"]
    source = (
        (f"第{version['number']}次", version["content"][:12], version["policy"], version["rule_set"])
        if version
        else ("—",) * 4
    )
    state = state_label(unit["state"], unit.get("awaits", ""))
    return (unit["code"], unit["name"], state, *source, unit["left_out"] or "")


def _money(text: str) -> str:
    return money(Decimal(text))


def _percent(part: str, whole: str) -> str:
    return percent(Decimal(part) / Decimal(whole)) if Decimal(whole) else "不详"
