"""`selfeval review …`: who examines, what waits for whom, accept, return, objection, answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from apps.mail_home import says_where_mails_go
from apps.story import FILE, Story, bring_up_to_date, json_option, year_option

_by = click.option("--by", "person", required=True, help="审核人，须已登记，不能是填报人")


@click.group(cls=Story)
def review() -> None:
    """逐级人工审核：单位 → 主管部门 → 归口业务科室 → 财政局（层级由政策规定）。"""


@review.command("people")
@click.option(
    "--import", "file", type=FILE, help="审核人名单（Excel）：层级、主管部门编码、科室、姓名、电子邮箱、代理"
)
@click.option("--by", "person", default="管理员", show_default=True, help="经办人")
@year_option
@json_option
def people(file: Path | None, person: str, year: int | None) -> tuple[Any, str]:
    """列出各层级的审核人和代理人；--import 以一份 Excel 名单替换，有错逐行指出，整份不导入。"""
    from apps.offline import database, table
    from db import cycles
    from db.examiners import examiners_in
    from documents.roster import roster_rows
    from tasks.examine import set_examiners

    bring_up_to_date()
    changes = set_examiners.fn(year, roster_rows(file.name, file.read_bytes()), person, None) if file else []
    with database() as session:
        found = examiners_in(session, cycles.cycle_of(session, year).id)
    rows = [
        (
            each.level.label,
            each.department_code or "全部",
            each.section or "—",
            each.person,
            each.email,
            "代理" if each.deputy else "",
        )
        for each in found
    ]
    text = table(("层级", "主管部门", "科室", "姓名", "电子邮箱", "代理"), rows, "审核人")
    if not found:
        text = "还没有登记审核人：selfeval review people --import 审核人.xlsx"
    keys = ("level", "department", "section", "person", "email", "deputy")
    data = {"people": [dict(zip(keys, row, strict=True)) for row in rows], "changes": list(changes)}
    said = ["没有变化。"] if file and not changes else list(changes)
    return data, "\n".join([*said, text])


@review.command("list")
@click.option("--by", "person", default="", help="只看等待这个人审核的")
@year_option
@json_option
def review_list(person: str, year: int | None) -> tuple[Any, str]:
    """列出等待审核的单位：轮到哪一级、谁、得分、疑点；和等待答复的异议。"""
    from apps.offline import database, table
    from db import cycles, objections
    from db.board import unit_statuses
    from tasks.examine import waiting

    with database() as session:
        row = cycles.cycle_of(session, year)
        data = {
            "waiting": waiting(session, row, unit_statuses(session, row.id), person),
            "objections": [
                {
                    "code": unit.unit_code,
                    "name": unit.unit_name,
                    "words": raised.words,
                    "raised_by": raised.raised_by,
                    "answer_on": raised.answer_on.isoformat(),
                    "returned_by": f"{decision.person}退回" if decision else "机器按规则退回",
                }
                for raised, decision, unit in objections.open_objections(session, row.id)
            ],
        }
    rows = [
        (
            each["code"],
            each["name"],
            each["level"],
            "、".join(each["examiners"]) or "未登记",
            each["reported_score"] or "—",
            each["recomputed_score"] or "—",
            str(each["doubts"]),
        )
        for each in data["waiting"]
    ]
    head = ("预算编码", "单位", "轮到", "审核人", "自评得分", "复算得分", "疑点")
    text = table(head, rows, "等待审核的单位") if rows else "没有等待审核的单位。"
    for each in data["objections"]:
        text += (
            f"\n异议：{each['code']} {each['name']}（{each['raised_by']}）：{each['words']}；"
            f"{each['returned_by']}，应于{each['answer_on']}前答复"
        )
    return data, text


@review.command("accept")
@click.argument("codes", nargs=-1)
@click.option("--department", default=None, help="这个主管部门里没有疑点、轮到本人审核的全部单位")
@_by
@click.option("--reason", default="", help="意见，缺省为“同意”")
@year_option
@json_option
@says_where_mails_go
def accept(
    codes: tuple[str, ...], department: str | None, person: str, reason: str, year: int | None
) -> tuple[Any, str]:
    """同意一家或几家单位（CODES 是预算编码），或用 --department 成批同意没有疑点的。"""
    from tasks.examine import accept_units

    if bool(codes) == bool(department):
        raise click.ClickException("请写预算编码，或者用 --department 写主管部门，二者取其一")
    bring_up_to_date()
    data = accept_units.fn(year, list(codes), department, person, reason, None)
    lines = [f"同意：{each['code']} {each['name']}（{each['level']} {person}）" for each in data["accepted"]]
    lines += [f"没有处理：{each['code']} {each['name']}，{each['why']}" for each in data["left"]]
    return data, "\n".join(lines)


@review.command("return")
@click.argument("code")
@click.option(
    "--code", "reasons", multiple=True, required=True, help="退回原因编号，可写几次，例如 --code S1 --code S2"
)
@click.option("--remark", required=True, help="具体意见：改什么")
@click.option("--days", type=int, default=None, help="答复期限，几个工作日，缺省按政策")
@_by
@year_option
@json_option
@says_where_mails_go
def send_back(
    code: str, reasons: tuple[str, ...], remark: str, days: int | None, person: str, year: int | None
) -> tuple[Any, str]:
    """退回一家单位：写明原因编号、意见；单位收到退回邮件，重新报送后从头审核。"""
    from tasks import examine

    bring_up_to_date()
    data = examine.send_back.fn(year, code, list(reasons), remark, days, person, None)
    due = data["reply_due"].replace("T", " ")[:16]
    said = f"{data['name']} 第{data['version']}次报送由{data['level']}（{person}）退回：{'、'.join(data['reasons'])}"
    return data, f"{said}；应于{due}前答复，退回邮件已进入待发"


@review.command("object")
@click.argument("code")
@click.option("--words", required=True, help="单位的理由")
@click.option("--from", "raised_by", required=True, help="单位的提出人")
@year_option
@json_option
@says_where_mails_go
def object_to(code: str, words: str, raised_by: str, year: int | None) -> tuple[Any, str]:
    """登记单位对退回的异议（审核人退回的、机器按规则退回的；答复期限内，每次退回一次）。"""
    from tasks.objections import raise_objection

    bring_up_to_date()
    data = raise_objection.fn(year, code, words, raised_by, None)
    due = data["answer_due"].replace("T", " ")[:16]
    return data, f"{data['name']}的异议已登记，应于{due}前答复；告知邮件已进入待发"


@review.command("answer")
@click.argument("code")
@click.option("--upheld/--rejected", "upheld", required=True, help="异议成立（退回撤销）／不成立（退回维持）")
@click.option("--reason", required=True, help="理由")
@_by
@year_option
@json_option
@says_where_mails_go
def answer(code: str, upheld: bool, reason: str, person: str, year: int | None) -> tuple[Any, str]:
    """答复异议，由退回的那一级的审核人决定；机器按规则退回的，由最后一级决定，没有设层级的由填报人以外的人决定。"""
    from tasks.objections import answer_objection

    bring_up_to_date()
    data = answer_objection.fn(year, code, upheld, reason, person, None)
    outcome = "异议成立，退回撤销，继续逐级审核" if upheld else "异议不成立，退回维持"
    return data, f"{data['name']}：{outcome}（{person}：{reason}）；告知邮件已进入待发"


@review.command("status")
@click.argument("code", required=False)
@year_option
@json_option
def status(code: str | None, year: int | None) -> tuple[Any, str]:
    """各部门审核到哪一级；写 CODE（预算编码）则列出一家单位的全部决定，失效的写明为什么。"""
    from apps.review_status import departments, unit_history

    return unit_history(year, code) if code else departments(year)
