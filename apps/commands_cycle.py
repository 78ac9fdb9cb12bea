"""`selfeval cycle …`: open a cycle, see where it stands now or stood at any moment, decide, close."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from apps.mail_home import says_where_mails_go, with_mail_home
from apps.story import FILE, Story, bring_up_to_date, json_option, year_option

_OUT = click.Path(dir_okay=False, writable=True, path_type=Path)


@click.group(cls=Story)
def cycle() -> None:
    """年度周期。"""


@cycle.command("open")
@click.argument("file", type=FILE)
@click.option("--actor", default="管理员", show_default=True, help="经办人")
@json_option
def cycle_open(file: Path, actor: str) -> tuple[Any, str]:
    """按 TOML 文件开启周期；日期矛盾时说明原因并拒绝。"""
    from apps import offline

    value = offline.open_cycle(file, actor)
    lines = [f"已开启：{value.name}（{value.document_number}）"]
    lines += [f"注意：{value.provisional_note}"] if value.provisional_note else []
    return {"year": value.year, "name": value.name, "provisional": value.provisional_note}, "\n".join(lines)


@cycle.command("amend")
@click.argument("file", type=FILE)
@click.option("--by", "person", default="", help="决定的人；不写只列出会改变什么，不作更正")
@click.option("--reason", default="", help="理由")
@json_option
def cycle_amend(file: Path, person: str, reason: str) -> tuple[Any, str]:
    """按改过的周期文件更正已开启的周期：日期、放假调休、停止收取、联系方式。

    通知印发以前都能改；印发以后不能改文号、政策和单位，日期不能提前到已经过去的日子。
    印发以后更正，日期改变的单位各收到一封邮件。
    """
    from dataclasses import asdict, replace

    from apps import offline
    from selfeval.refusal import Refusal
    from tasks.amend import amended_words

    if bool(person.strip()) != bool(reason.strip()):
        raise Refusal("更正周期应同时写明决定的人（--by）和理由（--reason）")
    amended, value = offline.amend_cycle(file, person.strip(), reason.strip())
    head = f"已更正{value.name}（{person}：{reason}）：" if person else f"{value.name}将作以下更正："
    lines = [head, *(f"  {each}" for each in amended_words(amended, done=bool(person)))]
    lines += [] if person else ["没有改变任何东西。确认后加上 --by 姓名 --reason 理由 再运行一次。"]
    told = len(amended.shifts)
    data = {**asdict(replace(amended, shifts={})), "done": bool(person), "told": told}
    del data["shifts"]
    text = "\n".join(lines)
    return with_mail_home(data, text) if told and person else (data, text)


@cycle.command("status")
@year_option
@json_option
def cycle_status(year: int | None) -> tuple[Any, str]:
    """看板：各部门应报、已报、逾期、退回、通过、公开，未报单位逐一列名。"""
    from apps import offline

    return offline.status(year)


@cycle.command("asof")
@click.argument("instant")
@click.option("--word", type=_OUT, help="把报送情况的通报写成这个 Word 文件")
@click.option("--excel", type=_OUT, help="把报送情况的通报写成这个 Excel 文件")
@year_option
@json_option
def cycle_asof(instant: str, word: Path | None, excel: Path | None, year: int | None) -> tuple[Any, str]:
    """任一时刻的看板，例如 2026-04-20（含当天）或 2026-04-20T17:30；可以写成通报，通报不写涉密单位，只写家数。"""
    from apps import bulletin

    moment = bulletin.board_asof(year, bulletin.parse_instant(instant))
    text = bulletin.as_text(moment.whole)
    if word or excel:
        from documents.bulletin import bulletin_document, bulletin_workbook

        for path, write in ((word, bulletin_document), (excel, bulletin_workbook)):
            if path:
                path.write_bytes(write(moment.paper))
                text += f"\n已写入 {path}"
    return bulletin.as_json(moment), text


@cycle.command("duty")
@click.argument("code")
@click.argument("duty", type=click.Choice(["required", "exempt", "nil", "merged", "closed"]))
@click.option("--into", default=None, help="并入哪个单位（预算编码），由它报送；只用于 merged")
@click.option("--reason", required=True, help="原因")
@click.option("--person", required=True, help="批准人")
@year_option
@json_option
def cycle_duty(
    code: str, duty: str, into: str | None, reason: str, person: str, year: int | None
) -> tuple[Any, str]:
    """改变一个单位的报送义务，写明原因和批准人。

    \b
    required 应报   exempt 免报   nil 零报告   merged 并入其他单位   closed 撤并
    """
    from selfeval.cycle import Duty
    from tasks.duty import duty_words, set_duty

    bring_up_to_date()
    data = set_duty.fn(year, code, Duty(duty), reason, person, into, None)
    return data, duty_words(data)


@cycle.command("extend")
@click.argument("code")
@click.option(
    "--until",
    required=True,
    type=click.DateTime(["%Y-%m-%d"]),
    help="申请延至的日期（含当天），例如 2026-04-20",
)
@click.option(
    "--milestone",
    type=click.Choice(["unit_due", "correction_due"]),
    default="unit_due",
    show_default=True,
    help="延期的是报送截止，还是退回修改截止",
)
@click.option(
    "--verdict",
    type=click.Choice(["granted", "refused"]),
    default="granted",
    show_default=True,
    help="同意或不同意",
)
@click.option("--reason", required=True, help="理由")
@click.option("--person", required=True, help="审批人")
@year_option
@json_option
@says_where_mails_go
def cycle_extend(
    code: str, until: datetime, milestone: str, verdict: str, reason: str, person: str, year: int | None
) -> tuple[Any, str]:
    """登记对一个单位延期申请的决定，重算截止时间，并备好告知邮件；原日期保留。"""
    from tasks.extend import decide_extension

    bring_up_to_date()
    granted = verdict == "granted"
    decided = decide_extension.fn(year, code, milestone, until.date(), granted, reason, person, None)
    outcome = f"同意由{decided['original']}延至{decided['asked']}" if granted else "不同意延期"
    return decided, f"{decided['unit']} {decided['milestone']}：{outcome}（{person}）；告知邮件已进入待发"


@cycle.command("close")
@click.option("--person", required=True, help="决定的人")
@click.option("--reason", required=True, help="理由")
@year_option
@json_option
def cycle_close(person: str, reason: str, year: int | None) -> tuple[Any, str]:
    """关闭周期：不再收取报送，不再催报；此后的来件存档、回复并列入人工处理清单。"""
    from tasks.close import close_cycle, closed_words

    bring_up_to_date()
    closed = close_cycle.fn(year, person, reason, None)
    return closed, "\n".join(closed_words(closed))


@cycle.command("reopen")
@click.option("--person", required=True, help="决定的人")
@click.option("--reason", required=True, help="理由")
@year_option
@json_option
def cycle_reopen(person: str, reason: str, year: int | None) -> tuple[Any, str]:
    """撤销关闭，重新收取报送。"""
    from tasks.close import reopen_cycle

    bring_up_to_date()
    name = reopen_cycle.fn(year, person, reason, None)
    return {"name": name, "person": person, "reason": reason}, f"{name} 重新开启（{person}：{reason}）"
