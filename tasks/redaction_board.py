"""What is hidden before publication, as a board for the second person; nothing on it is unmasked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from prefect import task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE

from db import cycles
from tasks.board import markdown_table
from tasks.boards import board_text
from tasks.office import clock, database

_ROWS = 500  # the UI stays quick up to here
_HEAD = ("预算编码", "单位", "文件", "位置", "种类", "打码后")


@task(name="公布脱敏清单", cache_policy=NO_CACHE)
def show_redaction(year: int | None, listed: Sequence[Mapping[str, Any]], now: datetime | None) -> None:
    """Publish the list that `list_redaction` made, at most 500 lines of it."""
    with database() as session:
        row = cycles.cycle_of(session, year)
    create_markdown_artifact(
        key=f"redaction-{row.year}",
        markdown=board_text(row.name, "脱敏清单", clock(now), redaction_lines(listed)),
        description=f"{row.name}：公开前隐去了什么，只显示打码后的内容",
    )


def redaction_lines(listed: Sequence[Mapping[str, Any]]) -> list[str]:
    """How each unit stands, then every place where something is hidden."""
    rows = [
        (unit["code"], unit["name"], file["file"], hidden["place"], hidden["kind"], hidden["shown"])
        for unit in listed
        for file in unit["files"]
        for hidden in file["hidden"]
    ]
    units = [(unit["code"], unit["name"], _stands(unit)) for unit in listed[:_ROWS]]
    lines = [*markdown_table(("预算编码", "单位", "情况"), units), "", "## 隐去的内容", ""]
    lines += markdown_table(_HEAD, rows[:_ROWS]) if rows else ["没有隐去的内容。"]
    if len(listed) > _ROWS or len(rows) > _ROWS:
        lines += ["", "没有列全。填一家的预算编码逐家看，或用命令 selfeval redaction list。"]
    return lines


def _stands(unit: Mapping[str, Any]) -> str:
    hidden = sum(len(file["hidden"]) for file in unit["files"])
    who = f"{unit['confirmed_by']}已确认" if unit["confirmed_by"] else "待确认"
    without = [
        f"{file['file']}没有可供下载的副本（{file['reason']}）"
        for file in unit["files"]
        if not file["copied"]
    ]
    return "；".join([f"隐去{hidden}处，{who}", *without])
