"""`selfeval redaction …`: what is hidden before publication, listed for a second person and confirmed."""

from __future__ import annotations

from typing import Any

import click

from apps.story import Story, json_option, year_option


@click.group(cls=Story)
def redaction() -> None:
    """公开前的脱敏：逐处列出隐去了什么，由审批人以外的一人确认。"""


@redaction.command("list")
@click.argument("unit", required=False)
@year_option
@json_option
def redaction_list(unit: str | None, year: int | None) -> tuple[Any, str]:
    """列出隐去了什么、在哪里（UNIT 是预算编码，缺省为全部单位）；清单本身只显示打码后的内容。"""
    from apps.offline import table
    from tasks.redacted import list_redaction

    data = list_redaction.fn(year, unit)
    parts = []
    for listed in data:
        who = f"{listed['confirmed_by']}已确认" if listed["confirmed_by"] else "待确认"
        rows = [
            (file["file"], hidden["place"], hidden["kind"], hidden["shown"])
            for file in listed["files"]
            for hidden in file["hidden"]
        ]
        head = f"{listed['code']} {listed['name']}（{who}）"
        parts.append(
            table(("文件", "位置", "种类", "打码后"), rows, head) if rows else f"{head}：没有隐去的内容"
        )
        parts += [
            f"  {file['file']}没有可供下载的副本：{file['reason']}"
            for file in listed["files"]
            if not file["copied"]
        ]
    if any(not listed["confirmed_by"] for listed in data):
        parts.append("看过之后确认：selfeval redaction confirm [预算编码] --by 姓名")
    return data, "\n".join(parts)


@redaction.command("confirm")
@click.argument("unit", required=False)
@click.option("--by", "person", required=True, help="确认人，不能是审批公开的人")
@click.option("--reason", default="", help="说明")
@year_option
@json_option
def redaction_confirm(unit: str | None, person: str, reason: str, year: int | None) -> tuple[Any, str]:
    """确认脱敏结果（UNIT 是预算编码，缺省为全部单位）；内容此后有变化，确认即失效。"""
    from tasks.redacted import confirm_redaction

    codes = confirm_redaction.fn(year, unit, person, reason, None)
    return {"confirmed": codes, "person": person}, f"{person}确认了 {len(codes)} 家的脱敏结果"


_by = click.option("--by", "person", required=True, help="决定人")
_why = click.option("--reason", required=True, help="原因")


@redaction.command("words")
@year_option
@json_option
def redaction_words(year: int | None) -> tuple[Any, str]:
    """列出本周期一律隐去和不得隐去的词：谁、何时、为什么；其余出自政策。"""
    from apps.offline import table
    from tasks.redaction_words import list_words

    words = list_words.fn(year)
    rows = [
        (
            each.word,
            _ACTIONS[each.action],
            each.person or "政策",
            f"{each.decided_at:%Y-%m-%d %H:%M}" if each.decided_at else "—",
            each.reason or "—",
        )
        for each in words
    ]
    data = [
        each._asdict() | {"decided_at": each.decided_at.isoformat() if each.decided_at else None}
        for each in words
    ]
    head = ("词", "处理", "决定人", "时间", "原因")
    return data, table(head, rows, "脱敏用词") if rows else "没有指定隐去或保留的词"


@redaction.command("hide")
@click.argument("word")
@_by
@_why
@year_option
@json_option
def redaction_hide(word: str, person: str, reason: str, year: int | None) -> tuple[Any, str]:
    """本周期一律隐去一个词；此后脱敏须重新确认，公开须重新审批。"""
    return _decided(word, "hide", person, reason, year)


@redaction.command("keep")
@click.argument("word")
@_by
@_why
@year_option
@json_option
def redaction_keep(word: str, person: str, reason: str, year: int | None) -> tuple[Any, str]:
    """本周期不隐去一个词：看似人名、号码而不是的；此后脱敏须重新确认，公开须重新审批。"""
    return _decided(word, "keep", person, reason, year)


@redaction.command("forget")
@click.argument("word")
@_by
@_why
@year_option
@json_option
def redaction_forget(word: str, person: str, reason: str, year: int | None) -> tuple[Any, str]:
    """撤销对一个词的登记，恢复政策的规定。"""
    from tasks.redaction_words import forget_word

    forget_word.fn(year, word, person, reason, None)
    return {"word": word, "action": None, "person": person}, f"不再单独处理“{word}”"


_ACTIONS = {"hide": "一律隐去", "keep": "不得隐去"}


def _decided(word: str, action: str, person: str, reason: str, year: int | None) -> tuple[Any, str]:
    from tasks.redaction_words import decide_word

    decide_word.fn(year, word, action, person, reason, None)
    said = f"“{word}”{_ACTIONS[action]}（{person}：{reason}）。脱敏须重新确认，公开须重新审批"
    return {"word": word, "action": action, "person": person}, said
