"""`selfeval appraisal …`: the points for the self-evaluation work, what is to be judged, and the papers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from apps.story import Story, bring_up_to_date, json_option, year_option


@click.group(cls=Story)
def appraisal() -> None:
    """自评工作考核：系统已知的自动计分并写明依据，需要判断的由人按分档评定。"""


@appraisal.command("list")
@year_option
@json_option
def list_(year: int | None) -> tuple[Any, str]:
    """各部门的得分和名次；还有待评定的，总分未定，不排名次。"""
    from apps.offline import table
    from selfeval.appraisal.result import ranked
    from selfeval.figures import plain

    places = ranked(_taken(year, None))
    rows = [
        (
            str(place or "—"),
            each.code,
            each.name,
            plain(each.score) if each.complete else "未定",
            each.sentence,
        )
        for place, each in places
    ]
    waiting = [
        f"{each.code} {each.name} 待评定：{'、'.join(names)}"
        for _, each in places
        if (names := [point.item.name for point in each.points if point.awaits == "person"])
    ]
    text = [table(("名次", "编码", "部门", "总分", "说明"), rows, "自评工作考核"), *waiting]
    if waiting:
        text.append("看依据和评定的写法：selfeval appraisal show 编码")
    return [{"place": place, **_data(each)} for place, each in places], "\n".join(text)


@appraisal.command("show")
@click.argument("department")
@year_option
@json_option
def show(department: str, year: int | None) -> tuple[Any, str]:
    """一个部门的考核评分表：每一项的得分、依据；待评定的列出分档、自评报告的有关部分和评定的命令。"""
    from apps.terminal import wrapped
    from selfeval.appraisal.judgement import bands_text
    from selfeval.figures import plain

    (each,) = _taken(year, department)
    lines = [each.title, f"{each.code} {each.name}  截至 {each.asof:%Y-%m-%d %H:%M}"]
    level2 = ""
    for point in each.points:
        item = point.item
        if level2 != item.level2:
            level2 = item.level2
            lines += ["", f"【{item.level1}—{level2}】"]
        score = point.awaits.label or plain(point.score)
        lines.append(wrapped(f"{item.name}（满分{plain(item.points)}）：{score}", "  "))
        lines += [wrapped(said, "    ") for said in point.evidence]
        if point.awaits == "person":
            lines.append(wrapped(item.standard, "    标准："))
            lines += [wrapped(bands_text(item), "    分档：")] if item.bands else []
            lines += [wrapped(text, f"    报告“{heading}”：", "      ") for heading, text in point.quotes]
            lines.append(f"    评定：{_command(each.code, each.version, item, year)}")
    lines += ["", each.sentence]
    return _data(each), "\n".join(lines)


@appraisal.command("judge")
@click.argument("department")
@click.argument("item")
@click.option("--band", default="", help="属于哪一档，没有分档的不写")
@click.option("--score", default="", help="得分，只有一个分值的档可以不写")
@click.option("--version", type=int, default=None, help="看的是第几次报送")
@click.option("--reason", required=True, help="理由")
@click.option("--by", "person", required=True, help="评定人")
@year_option
@json_option
def judge(
    department: str,
    item: str,
    band: str,
    score: str,
    version: int | None,
    reason: str,
    person: str,
    year: int | None,
) -> tuple[Any, str]:
    """评定一项：DEPARTMENT 是主管部门的预算编码，ITEM 是评分表里的名称。

    得分超出所属分档的，说明并拒绝。部门重新报送后，按材料评定的各项自动失效，须重新评定。
    系统已经计分的，也可以这样更正，两个分数都留在评分表上。
    """
    from selfeval.appraisal.judgement import score_of
    from tasks.appraise import judge_item

    bring_up_to_date()
    given = score_of(score)
    data = judge_item.fn(year, department, item, band, given, version, person, reason, None)
    return data, f"{data['department']}“{item}”评定{data['score']}分；{data['stands']}"


@appraisal.command("withdraw")
@click.argument("department")
@click.argument("item")
@click.option("--reason", required=True, help="理由")
@click.option("--by", "person", required=True, help="撤销人")
@year_option
@json_option
def withdraw(department: str, item: str, reason: str, person: str, year: int | None) -> tuple[Any, str]:
    """撤销一项人工评定：系统计分的恢复系统的分数，其余的重新待评定。"""
    from tasks.appraise import withdraw_judgement

    bring_up_to_date()
    stands = withdraw_judgement.fn(year, department, item, person, reason, None)
    return {"department": department, "item": item, "stands": stands}, f"已撤销“{item}”的评定；{stands}"


@appraisal.command("export")
@year_option
@json_option
def export(year: int | None) -> tuple[Any, str]:
    """写出考核评分表：各部门一张（Word），另有按得分排列的总览（Excel）；重复运行是安全的。"""
    from tasks.appraise import write_appraisals

    bring_up_to_date()
    paths = write_appraisals.fn(year, None)
    return {"papers": paths}, "\n".join(
        [f"写在 {Path(paths[0]).parent}：", *(f"  {Path(path).name}" for path in paths)]
    )


def _taken(year: int | None, code: str | None) -> list[Any]:
    from apps.offline import database, now
    from db import appraisals, cycles
    from tasks.appraise import take_appraisals

    with database() as session:
        row = cycles.cycle_of(session, year)
        if code is not None:
            appraisals.department_of(session, row, code)
        return take_appraisals(session, row, now(), code)


def _command(code: str, version: int, item: Any, year: int | None) -> str:
    """How this item is judged, to be copied and completed."""
    words = [f"selfeval appraisal judge {code} {item.name}"]
    words += ["--band 档次"] if item.bands else []
    words += ["--score 分数", *([f"--version {version}"] if item.rests_on_filing else [])]
    words += [f"--year {year}"] if year else []
    return " ".join([*words, "--reason 理由 --by 姓名"])


def _data(each: Any) -> dict[str, Any]:
    from selfeval.figures import plain

    return {
        "code": each.code,
        "name": each.name,
        "asof": each.asof.isoformat(timespec="minutes"),
        "version": each.version,
        "full": plain(each.full),
        "score_so_far": plain(each.score),
        "complete": each.complete,
        "sentence": each.sentence,
        "items": [
            {
                "name": point.item.name,
                "level1": point.item.level1,
                "level2": point.item.level2,
                "full": plain(point.item.points),
                "score": None if point.score is None else plain(point.score),
                "awaits": point.awaits.value or None,
                "evidence": list(point.evidence),
                "judged_by": point.judgement.person if point.judgement else None,
                "system_score": None if point.mark.score is None else plain(point.mark.score),
            }
            for point in each.points
        ],
    }
