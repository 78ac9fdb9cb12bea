"""`selfeval roster address/problems/works`: addresses that mails do not reach, and what a person does about them."""

from __future__ import annotations

from typing import Any

import click

from apps.mail_home import says_where_mails_go
from apps.story import json_option, year_option

_BLAME = {"bad": "邮箱无效", "noted": "未能送达"}


@click.command("address")
@click.argument("code")
@click.argument("old")
@click.argument("new")
@click.option("--person", required=True, help="经办人")
@json_option
@says_where_mails_go
def address(code: str, old: str, new: str, person: str) -> tuple[Any, str]:
    """更正一个单位的邮箱；它错过而仍有意义的邮件补发到新邮箱，每封一次。"""
    from apps.offline import database, now
    from db import contacts
    from selfeval.addresses import is_address

    if not is_address(new):
        raise click.ClickException(f"“{new}”不是有效的邮箱地址")
    with database() as session:
        contacts.correct(session, code, old, new, person=person, at=now())
        made_up = contacts.make_up_latest(session, now())
    data = {"code": code, "from": old, "to": new, "made_up": made_up}
    return data, f"{code} 的邮箱已由 {old} 更正为 {new}；补发 {made_up} 封邮件，已进入待发"


@click.command("problems")
@year_option
@json_option
def problems(year: int | None) -> tuple[Any, str]:
    """列出邮件不能送达的邮箱：被退回的，和发送时被拒收的。"""
    from apps.offline import database, table
    from db import contacts, cycles

    with database() as session:
        found = contacts.open_problems(session, cycles.cycle_of(session, year).id)
        data = [
            {
                "id": problem.id,
                "address": problem.address,
                "severity": problem.severity,
                "units": [unit.name for unit, _ in contacts.holders(session, problem.address)],
                "mails": count,
                "found_at": problem.found_at.isoformat(timespec="seconds"),
                "reason": contacts.answer_of(problem),
            }
            for problem, count in found
        ]
    lines = [
        (
            str(d["id"]),
            d["address"],
            _BLAME[d["severity"]],
            "、".join(d["units"]),
            str(d["mails"]),
            d["reason"],
        )
        for d in data
    ]
    return data, table(
        ("编号", "邮箱", "情况", "单位", "退回的邮件", "服务器答复"), lines, "邮件不能送达的邮箱"
    )


@click.command("works")
@click.argument("number", type=int)
@click.option("--person", required=True, help="核实人")
@click.option("--reason", required=True, help="怎样核实的")
@json_option
def works(number: int, person: str, reason: str) -> tuple[Any, str]:
    """经核实邮箱可用，了结一个邮箱问题（NUMBER 见 roster problems）。"""
    from apps.offline import database, now
    from db import contacts

    with database() as session:
        found = contacts.dismiss(session, number, reason=reason, person=person, at=now()).address
    return {"id": number, "address": found}, f"{found} 经{person}核实可用：{reason}"


COMMANDS = (address, problems, works)
