"""`selfeval mail …`: what went out, what did not, and what a person does about it."""

from __future__ import annotations

from typing import Any

import click

from apps.story import Story, json_option

STATES = {
    "pending": "待发",
    "claimed": "待发",
    "sending": "正在发送",
    "sent": "已发出",
    "failed": "发送失败",
    "uncertain": "无法确认",
    "cancelled": "已取消",
}
_FIELDS = ("id", "kind", "state", "unit_code", "recipient", "subject", "step", "attempts", "reply")


@click.group(cls=Story)
def mail() -> None:
    """邮件：查看、核实、重发。"""


@mail.command("list")
@click.option("--state", type=click.Choice(list(STATES)), help="只看这种状态")
@click.option("--kind", help="只看这种邮件，例如 notice、receipt、returned、reminder")
@click.option("--year", type=int, default=None, help="预算年度，缺省为最近的周期")
@json_option
def mail_list(state: str | None, kind: str | None, year: int | None) -> tuple[Any, str]:
    """列出邮件，新的在前。"""
    from apps.offline import database, table
    from db import cycles, mailroom

    with database() as session:
        rows = mailroom.list_mails(session, cycles.cycle_of(session, year).id, state=state, kind=kind)
        data = [_data(row) for row in rows]
    lines = [
        (
            str(d["id"]),
            STATES[d["state"]],
            d["kind"],
            d["unit_code"],
            d["recipient"],
            d["subject"],
            d["reply"],
        )
        for d in data
    ]
    return data, table(("编号", "状态", "种类", "单位", "收件人", "主题", "服务器答复"), lines, "邮件")


@mail.command("show")
@click.argument("number", type=int)
@json_option
def mail_show(number: int) -> tuple[Any, str]:
    """显示一封邮件的全文和发送情况。"""
    from apps.offline import database
    from db import mailroom

    with database() as session:
        row = mailroom.mail_of(session, number)
        data = {
            **_data(row),
            "text": row.text_body,
            "attachments": row.attachments,
            "message_id": row.message_id,
        }
    head = f"第 {number} 号  {STATES[data['state']]}（尝试 {data['attempts']} 次）  {data['reply']}"
    files = "".join(f"\n附件：{item['name']}" for item in data["attachments"])
    return data, f"{head}\n收件人：{data['recipient']}\n主题：{data['subject']}{files}\n\n{data['text']}"


@mail.command("resolve")
@click.argument("number", type=int)
@click.option("--delivered/--not-delivered", required=True, help="核实的结果：已送达，或未送达（将重新发送）")
@click.option("--person", required=True, help="核实人")
@json_option
def mail_resolve(number: int, delivered: bool, person: str) -> tuple[Any, str]:
    """核实一封无法确认是否送达的邮件。"""
    from apps.offline import database, now
    from db import mailroom

    with database() as session:
        row = mailroom.resolve(session, number, delivered=delivered, person=person, at=now())
        session.flush()
        data = _data(row)
    return data, f"第 {number} 号邮件：{data['reply']}"


@mail.command("resend")
@click.argument("number", type=int)
@click.option("--person", required=True, help="经办人")
@click.option("--reason", required=True, help="原因")
@json_option
def mail_resend(number: int, person: str, reason: str) -> tuple[Any, str]:
    """把一封已了结的邮件再发一份。"""
    from apps.offline import database, now
    from db import mailroom

    with database() as session:
        fresh = mailroom.resend(session, number, person=person, reason=reason, at=now())
    return {"id": fresh, "of": number}, f"已备好第 {fresh} 号邮件，内容同第 {number} 号，下次发送时发出"


def _data(row: Any) -> dict[str, Any]:
    sent = row.sent_at.isoformat(timespec="seconds") if row.sent_at else None
    return {**{field: getattr(row, field) for field in _FIELDS}, "sent_at": sent}
