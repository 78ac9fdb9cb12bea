"""`selfeval rehearse`: the cycle played ahead on a simulated clock, and the approval of its plan."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from apps.story import bring_up_to_date, json_option, year_option

_DAY = click.DateTime(["%Y-%m-%d"])
_FEW = 200  # more mails than a person reads on a terminal


@click.command()
@click.option("--until", type=_DAY, help="演到这一天（含当天），缺省为结果公开截止")
@click.option("--from", "start", type=_DAY, help="从这一天零时演起，缺省为此刻")
@click.option("--approve", is_flag=True, help="同意按这个计划印发通知和催报（须写明 --by）")
@click.option("--by", "person", default="", help="审批人姓名")
@click.option("--reason", default="", help="审批说明")
@click.option("--excel", type=click.Path(dir_okay=False, path_type=Path), help="把计划写成 Excel 文件")
@year_option
@json_option
def rehearse(
    until: datetime | None,
    start: datetime | None,
    approve: bool,
    person: str,
    reason: str,
    excel: Path | None,
    year: int | None,
) -> tuple[Any, str]:
    """预演：此后会发出的每一封邮件、给谁、何时、为什么，会运行的每一步；不发送、不改变任何东西。

    印发通知以前，邮件计划须经审批（--approve --by 姓名）；日期、政策或名单此后有变化时须重新审批。
    """
    from apps.offline import database, now, table
    from db import cycles
    from selfeval.workdays import SHANGHAI
    from tasks.rehearse import EVENT_HEAD, decide_plan, event_cells, kind_label, plan_of

    if approve and not person.strip():
        raise click.UsageError("审批须写明审批人：--by 姓名")
    begin = start.replace(tzinfo=SHANGHAI) if start else now()
    if until and until.date() < begin.date():
        raise click.UsageError(f"--until（{until:%Y-%m-%d}）早于演练的开始（{begin:%Y-%m-%d}）")
    bring_up_to_date()
    approved = decide_plan.fn(year, True, person, reason, None) if approve else ""
    with database() as session:
        row = cycles.cycle_of(session, year)
        plan, words = plan_of(session, row, begin, until.date() if until else None)
        name, number = row.name, row.year
    mails = [
        (
            f"{mail.at:%Y-%m-%d %H:%M}",
            kind_label(mail.kind),
            mail.step,
            mail.unit_code or "",
            mail.name,
            to,
            mail.why,
        )
        for mail in plan.mails
        for to in mail.recipients or ("没有邮箱",)
    ]
    steps = [event_cells(event) for event in plan.events]
    if excel:
        from documents.plan_book import plan_workbook

        excel.write_bytes(plan_workbook(name, words, EVENT_HEAD, steps, _MAIL_HEAD, mails))
    data = {
        "year": number,
        "from": plan.start.isoformat(timespec="minutes"),
        "until": plan.until.isoformat(),
        "assumptions": words,
        "approved_hash": approved or None,
        "steps": [dict(zip(_STEP_KEYS, step, strict=True)) for step in steps],
        "mails": [dict(zip(_MAIL_KEYS, mail, strict=True)) for mail in mails],
    }
    text = [f"{name}：预演", *(f"· {sentence}" for sentence in words)]
    text.append(table(EVENT_HEAD, steps, "会运行的步骤"))
    if len(mails) <= _FEW:
        text.append(table(_MAIL_HEAD, mails, f"会发出的邮件（{len(mails)}封）"))
    else:
        text.append(f"会发出的邮件共{len(mails)}封，逐封见 --excel 文件 或 --json")
    text += [f"计划已写入 {excel}"] if excel else []
    text += [f"{person}同意这个邮件计划，内容指纹 {approved[:12]}"] if approved else []
    return data, "\n".join(text)


_MAIL_HEAD = ("时间", "种类", "步骤", "编码", "单位", "收件人", "原因")
_MAIL_KEYS = ("at", "kind", "step", "unit_code", "unit", "recipient", "why")
_STEP_KEYS = ("at", "what", "step", "mails", "why")
