"""`selfeval mail …`: what went out, what did not, and what a person does about it."""

from __future__ import annotations

from typing import Any

import click

from apps.mail_home import says_where_mails_go
from apps.story import Story, bring_up_to_date, json_option, year_option
from selfeval.outbox import MAIL_STATE_LABELS

_FIELDS = ("id", "kind", "state", "unit_code", "recipient", "subject", "step", "attempts", "reply")


_NEXT = {
    "failed": "原因消除后再发：selfeval mail resend {number} --reason 原因 --person 姓名",
    "uncertain": "请问收件人是否收到，再登记：selfeval mail resolve {number} --delivered（未收到用 --not-delivered）--person 姓名",
}


@click.group(cls=Story)
def mail() -> None:
    """邮件：查看、核实、重发。"""


@mail.command("list")
@click.option("--state", type=click.Choice(list(MAIL_STATE_LABELS)), help="只看这种状态")
@click.option("--kind", help="只看这种邮件，例如 notice、receipt、returned、reminder")
@year_option
@json_option
def mail_list(state: str | None, kind: str | None, year: int | None) -> tuple[Any, str]:
    """列出邮件，新的在前。"""
    from apps.offline import database, table
    from db import contacts, cycles, mailroom
    from notifications.kinds import Kind

    if kind and kind not in set(Kind):
        known = "、".join(f"{name}（{name.label}）" for name in Kind)
        raise click.ClickException(f"没有“{kind}”这种邮件，有：{known}")
    with database() as session:
        rows = mailroom.list_mails(session, cycles.cycle_of(session, year).id, state=state, kind=kind)
        back = contacts.returns(session, [row.id for row in rows])
        data = [{**_data(row), "returned": back.get(row.id)} for row in rows]
    lines = [
        (
            str(d["id"]),
            "被退回" if d["returned"] else MAIL_STATE_LABELS[d["state"]],
            Kind(d["kind"]).label,
            d["unit_code"] or "本局",
            d["recipient"],
            d["subject"],
            d["returned"] or d["reply"],
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
    from db import contacts, mailroom

    with database() as session:
        row = mailroom.mail_of(session, number)
        data = {
            **_data(row),
            "returned": contacts.returns(session, [number]).get(number),
            "text": row.text_body,
            "attachments": row.attachments,
            "message_id": row.message_id,
        }
    head = (
        f"第 {number} 号  {MAIL_STATE_LABELS[data['state']]}（尝试 {data['attempts']} 次）  {data['reply']}"
    )
    todo = f"\n下一步：{_NEXT[data['state']].format(number=number)}" if data["state"] in _NEXT else ""
    if data["returned"]:
        head += f"\n被退回：{data['returned']}（见 selfeval roster problems）"
    files = "".join(f"\n附件：{item['name']}" for item in data["attachments"])
    return (
        data,
        f"{head}\n收件人：{data['recipient']}\n主题：{data['subject']}{files}{todo}\n\n{data['text']}",
    )


@mail.command("resolve")
@click.argument("number", type=int)
@click.option("--delivered/--not-delivered", required=True, help="核实的结果：已送达，或未送达（将重新发送）")
@click.option("--person", required=True, help="核实人")
@json_option
@says_where_mails_go
def mail_resolve(number: int, delivered: bool, person: str) -> tuple[Any, str]:
    """核实一封无法确认是否送达的邮件。"""
    from apps.offline import database
    from db import mailroom
    from tasks.mail_desk import settle_mail

    bring_up_to_date()
    settle_mail.fn(number, delivered, person, None)
    with database() as session:
        data = _data(mailroom.mail_of(session, number))
    return data, f"第 {number} 号邮件：{data['reply']}"


@mail.command("resend")
@click.argument("number", type=int)
@click.option("--person", required=True, help="经办人")
@click.option("--reason", required=True, help="原因")
@json_option
@says_where_mails_go
def mail_resend(number: int, person: str, reason: str) -> tuple[Any, str]:
    """把一封已了结（已发出、失败、已取消）的邮件再发一份。"""
    from tasks.mail_desk import send_again

    bring_up_to_date()
    fresh = send_again.fn(number, person, reason, None)
    return {"id": fresh, "of": number}, f"已备好第 {fresh} 号邮件，内容同第 {number} 号，下次发送时发出"


def _data(row: Any) -> dict[str, Any]:
    sent = row.sent_at.isoformat(timespec="seconds") if row.sent_at else None
    return {**{field: getattr(row, field) for field in _FIELDS}, "sent_at": sent}
