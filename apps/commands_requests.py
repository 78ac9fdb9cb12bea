"""`selfeval extension …`: requests for more time that came by mail; the decision itself is `cycle extend`."""

from __future__ import annotations

from typing import Any

import click

from apps.mail_home import says_where_mails_go
from apps.story import Story, bring_up_to_date, json_option, year_option


@click.group(cls=Story)
def extension() -> None:
    """延期申请：来信申请的等待审批，决定用 selfeval cycle extend 登记。"""


@extension.command("list")
@year_option
@json_option
def requests_list(year: int | None) -> tuple[Any, str]:
    """列出等待审批的延期申请。"""
    from apps.offline import database, table
    from db import cycles, requests
    from selfeval.cycle import MILESTONE_LABELS

    with database() as session:
        data = [
            {
                "id": request.id,
                "code": unit.unit_code,
                "unit": unit.unit_name,
                "milestone": request.milestone,
                "asked_on": request.asked_on.isoformat() if request.asked_on else None,
                "received_at": request.received_at.isoformat(timespec="seconds"),
                "sender": mail.sender,
                "subject": mail.subject,
                "words": request.words,
            }
            for request, unit, mail in requests.waiting(session, cycles.cycle_of(session, year).id)
        ]
    rows = [
        (
            str(d["id"]),
            f"{d['code']} {d['unit']}",
            MILESTONE_LABELS[d["milestone"]],
            d["asked_on"] or "未写明",
            d["received_at"][:16].replace("T", " "),
            d["sender"],
            d["words"],
        )
        for d in data
    ]
    text = table(
        ("编号", "单位", "延期的是", "申请延至", "收到时间", "发件人", "来信"), rows, "等待审批的延期申请"
    )
    if data:
        text += "\n决定：selfeval cycle extend 预算编码 --until 日期 --verdict granted 或 refused --reason 理由 --person 姓名"
    return data, text


@extension.command("dismiss")
@click.argument("number", type=int)
@click.option("--reason", required=True, help="单位会看到，例如：来信是询问填表，已电话答复")
@click.option("--person", required=True, help="经办人")
@json_option
@says_where_mails_go
def requests_dismiss(number: int, reason: str, person: str) -> tuple[Any, str]:
    """办结一件不需要审批的来信（NUMBER 见 extension list），备好告知单位的邮件；不改变截止时间。"""
    from tasks.extend import dismiss_request, dismissed_words

    bring_up_to_date()
    done = dismiss_request.fn(number, reason, person, None)
    return done, dismissed_words(done)
