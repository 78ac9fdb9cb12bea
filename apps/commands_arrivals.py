"""`selfeval arrivals …`: what waits for a person, and what the person does with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from apps.mail_home import with_mail_home
from apps.story import Story, bring_up_to_date, json_option, year_option


@click.group(cls=Story)
def arrivals() -> None:
    """来件：查看对不上单位的，归入单位，存出，办结。"""


@arrivals.command("unmatched")
@year_option
@json_option
def arrivals_unmatched(year: int | None) -> tuple[Any, str]:
    """列出无法对应单位、等待人工处理的来件。"""
    from apps.offline import database, table
    from db import arrivals as db_arrivals
    from db import cycles

    with database() as session:
        found = db_arrivals.waiting(session, cycles.cycle_of(session, year).id)
        data = [
            {
                "id": arrival.id,
                "file": arrival.source.split("#")[0],
                "name": arrival.name,
                "unit": arrival.unit_code,
                "sender": mail.sender if mail else None,
                "subject": mail.subject if mail else None,
                "received_at": arrival.received_at.isoformat(timespec="seconds"),
                "sha256": arrival.sha256,
                "note": arrival.note,
            }
            for arrival, mail in found
        ]
    rows = [
        (
            str(d["id"]),
            d["name"],
            f"{d['sender']}\n{d['subject'] or '无主题'}" if d["sender"] is not None else d["file"],
            d["received_at"][:19].replace("T", " "),
            d["note"],
        )
        for d in data
    ]
    text = table(("编号", "文件", "来自", "收到时间", "原因"), rows, "等待人工处理的来件")
    if data:
        text += "\n归入单位：selfeval arrivals assign 编号… --unit 预算编码 --reason 理由 --person 姓名"
        text += "\n存出查看：selfeval arrivals save 编号 -o 文件　　办结：selfeval arrivals settle 编号… --reason 说明 --person 姓名"
    return data, text


@arrivals.command("assign")
@click.argument("numbers", type=int, nargs=-1, required=True)
@click.option("--unit", "code", required=True, help="预算编码")
@click.option("--reason", required=True, help="怎样得知是该单位的")
@click.option("--person", required=True, help="经办人")
@json_option
def arrivals_assign(numbers: tuple[int, ...], code: str, reason: str, person: str) -> tuple[Any, str]:
    """把来件归入一个单位：几件一起是一次报送，收到时间仍是来件的时间，并备好回执。"""
    from tasks.assign import assign_arrivals

    bring_up_to_date()
    done = assign_arrivals.fn(numbers, code, reason, person, None)
    kept = "已登记为一次报送，回执已进入待发" if done["versions"] else "内容与该单位此前报送的相同，记为重复"
    text = f"{len(set(numbers))} 件来件已归入 {code} {done['unit']}：{kept}"
    return with_mail_home(done, text) if done["versions"] else (done, text)


@arrivals.command("settle")
@click.argument("numbers", type=int, nargs=-1, required=True)
@click.option("--reason", required=True, help="怎样处理的，例如：咨询，已电话答复")
@click.option("--person", required=True, help="经办人")
@json_option
def arrivals_settle(numbers: tuple[int, ...], reason: str, person: str) -> tuple[Any, str]:
    """办结来件：不是报送，或者已经另行处理；原件仍在档案中。"""
    from tasks.assign import settle_arrivals

    bring_up_to_date()
    data = settle_arrivals.fn(numbers, reason, person, None)
    return data, "\n".join(f"第 {d['id']} 号“{d['name']}”已办结：{reason}（{person}）" for d in data)


@arrivals.command("save")
@click.argument("number", type=int)
@click.option(
    "-o", "output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="存到哪个文件"
)
@json_option
def arrivals_save(number: int, output: Path) -> tuple[Any, str]:
    """从档案中存出一件来件的原件。"""
    from apps.offline import database
    from db import arrivals as db_arrivals
    from tasks.office import archive

    with database() as session:
        arrival = db_arrivals.arrival_of(session, number)
        name, sha256, size = arrival.name, arrival.sha256, arrival.size
    if not sha256:
        raise click.ClickException(f"第 {number} 号邮件太大，没有下载，请到邮箱的“待人工”文件夹中查看")
    if output.exists():
        raise click.ClickException(f"{output} 已经存在，没有覆盖")
    output.write_bytes(archive().get(sha256, size))
    return {
        "id": number,
        "name": name,
        "file": str(output),
        "sha256": sha256,
    }, f"第 {number} 号“{name}”已存为 {output}"
