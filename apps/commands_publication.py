"""`selfeval publication …`: the legal clock, the decision, the proof, and taking a result back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click

from apps.mail_home import says_where_mails_go
from apps.story import Story, bring_up_to_date, json_option, year_option


@click.group(cls=Story)
def publication() -> None:
    """公开：期限、审批、核对、撤下。"""


@publication.command("approve")
@click.option("--person", required=True, help="审批人")
@click.option("--reason", default="", help="说明")
@year_option
@json_option
def approve(person: str, reason: str, year: int | None) -> tuple[Any, str]:
    """同意公开当前的审核结果，脱敏须先由另一人确认；结果此后有变化时须重新审批。"""
    from tasks.publish import decide_publication

    bring_up_to_date()
    content = decide_publication.fn(year, True, person, reason, None)
    return {
        "verdict": "approved",
        "person": person,
        "content_hash": content,
    }, f"{person} 同意公开，内容指纹 {content[:12]}"


@publication.command("refuse")
@click.option("--person", required=True, help="审批人")
@click.option("--reason", required=True, help="原因")
@year_option
@json_option
def refuse(person: str, reason: str, year: int | None) -> tuple[Any, str]:
    """不同意公开，写明原因。"""
    from tasks.publish import decide_publication

    bring_up_to_date()
    content = decide_publication.fn(year, False, person, reason, None)
    return {"verdict": "refused", "person": person, "content_hash": content}, f"{person} 不同意公开：{reason}"


@publication.command("accounts")
@click.argument("department", required=False)
@click.option(
    "--on", "day", required=True, type=click.DateTime(["%Y-%m-%d"]), help="决算批复日期，例如 2026-08-14"
)
@click.option("--document", default="", help="批复文号")
@click.option("--person", required=True, help="登记人")
@year_option
@json_option
def accounts(
    department: str | None, day: datetime, document: str, person: str, year: int | None
) -> tuple[Any, str]:
    """登记一个主管部门（不写为全部）的决算批复日期，法定公开期限由此起算。"""
    from tasks.legal_clock import record_accounts

    bring_up_to_date()
    dues = record_accounts.fn(year, department, day.date(), document, person, None)
    return dues, "\n".join(f"{name}：{due}" for name, due in dues.items())


@publication.command("withdraw")
@click.argument("code", required=False)
@click.option("--person", required=True, help="决定的人")
@click.option("--reason", required=True, help="原因，会在网页上公开显示")
@year_option
@json_option
def withdraw(code: str | None, person: str, reason: str, year: int | None) -> tuple[Any, str]:
    """撤下一个单位（不写为全部）的公开结果：网页立即换成说明，原来的指纹留存。"""
    from tasks.withdraw import withdraw_publication

    bring_up_to_date()
    result = withdraw_publication.fn(year, code, person, reason, None)
    return result, f"已撤下 {code or '全部结果'}（{person}：{reason}）"


@publication.command("restore")
@click.argument("code", required=False)
@click.option("--person", required=True, help="决定的人")
@click.option("--reason", required=True, help="原因")
@year_option
@json_option
def restore(code: str | None, person: str, reason: str, year: int | None) -> tuple[Any, str]:
    """撤销撤下；重新审批后再公开。"""
    from tasks.withdraw import restore_publication

    bring_up_to_date()
    what = restore_publication.fn(year, code, person, reason, None)
    return {"restored": what}, f"{what} 不再撤下，请重新审批后公开（selfeval publication approve）"


@publication.command("mend")
@year_option
@json_option
def mend(year: int | None) -> tuple[Any, str]:
    """网页缺失或被改动之后，按公开时的内容重新写出并取回核对。"""
    from tasks.mend_site import mend_site

    bring_up_to_date()
    result = mend_site.fn(year, None)
    return result, f"已恢复，改写 {result['files_rewritten']} 个文件，取回核对相符"


@publication.command("status")
@year_option
@json_option
@says_where_mails_go
def status(year: int | None) -> tuple[Any, str]:
    """各部门的法定期限、准备情况、首次公开时间，按时还是超期。"""
    from apps.publication_status import publication_status

    return publication_status(year)
