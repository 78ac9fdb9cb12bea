"""`selfeval …`: the story of a cycle as commands. Heavy libraries are imported by the command that needs them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from apps import (
    commands_appraisal,
    commands_arrivals,
    commands_backup,
    commands_contacts,
    commands_cycle,
    commands_database,
    commands_judging,
    commands_mail,
    commands_papers,
    commands_publication,
    commands_recheck,
    commands_redaction,
    commands_rehearse,
    commands_rejudge,
    commands_requests,
    commands_review,
    commands_rollup,
)
from apps.mail_home import says_where_mails_go, with_mail_home
from apps.story import FILE, Story, json_option, year_option


@click.group(cls=Story)
@click.version_option(package_name="selfeval", message="selfeval %(version)s")
def main() -> None:
    """预算绩效自评：通知、收集、审核评分、汇总、催报、公开。

    \b
    一个年度的次序：
      selfeval roster import 名单.xlsx      导入单位名单
      selfeval cycle open 周期.toml         开启周期
      selfeval rehearse [--approve]         预演此后的邮件和步骤，审批邮件计划
      selfeval run notice                   印发通知和空白表
      selfeval run collect / evaluate       收取报送、审核评分
      selfeval run remind / deliver         催报、发送邮件
      selfeval review list / accept / return   逐级人工审核（政策设了层级的）
      selfeval recheck draw / score         抽取复核样本，登记复核得分
      selfeval run roll-up                  汇总成工作簿；selfeval rollup show 查看合计
      selfeval appraisal show / judge       考核各部门的自评工作，人工评定；export 写出评分表
      selfeval papers report / deductions   部门自评报告初稿、扣分明细
      selfeval redaction list / confirm     查看脱敏清单，由另一人确认
      selfeval publication approve          审批公开
      selfeval run publish                  公开结果
    随时可用 selfeval cycle status 查看进度；selfeval check 单独审核文件，selfeval annotate 加批注退回。
    """


main.add_command(commands_judging.check)
main.add_command(commands_judging.annotate)


@main.group(cls=Story)
def roster() -> None:
    """单位名单。"""


@roster.command("import")
@click.argument("file", type=FILE)
@click.option("--actor", default="管理员", show_default=True, help="经办人")
@json_option
def roster_import(file: Path, actor: str) -> tuple[Any, str]:
    """导入 Excel 名单；有错则逐行指出，整份不导入。"""
    from apps import offline

    changes, made_up = offline.import_roster(file, actor)
    data = [{"code": c.code, "name": c.name, "kind": c.kind, "text": c.text} for c in changes]
    lines = [f"{c.code} {c.name}：{c.text}" for c in changes] or ["名单没有变化。"]
    if made_up:
        lines.append(f"邮箱已更正，错过的邮件补发 {made_up} 封，已进入待发。")
    text = "\n".join(lines)
    return with_mail_home(data, text) if made_up else (data, text)


@roster.command("list")
@json_option
def roster_list() -> tuple[Any, str]:
    """列出名单。"""
    from apps import offline

    units = offline.list_roster()
    return [
        dict(zip(("code", "name", "tier", "department", "status", "emails"), u, strict=True)) for u in units
    ], (offline.table(("预算编码", "单位名称", "级次", "主管部门", "状态", "邮箱"), units, "单位名单"))


main.add_command(commands_cycle.cycle)
main.add_command(commands_rejudge.rejudge)
main.add_command(commands_requests.extension)
for _command in commands_contacts.COMMANDS:
    roster.add_command(_command)


@main.command()
@click.argument(
    "stage",
    type=click.Choice(
        [
            "notice",
            "collect",
            "evaluate",
            "remind",
            "digest",
            "deliver",
            "roll-up",
            "prepare",
            "publish",
            "watch",
        ]
    ),
)
@year_option
@json_option
@says_where_mails_go
def run(stage: str, year: int | None) -> tuple[Any, str]:
    """立即运行一个环节；重复运行是安全的。

    \b
    notice 印发通知   collect 收取报送   evaluate 审核评分   remind 催报
    digest 管理员日报 deliver 发送邮件   roll-up 汇总        prepare 公开准备
    publish 公开结果  watch 复查公开网站
    """
    from apps.prefect_server import use_running_server
    from tasks.settings import load_settings

    use_running_server(load_settings().home)
    from apps.stages import run_stage

    result, sentence = run_stage(stage, year)
    return {"stage": stage, "result": result, "sentence": sentence}, sentence


main.add_command(commands_review.review)
main.add_command(commands_recheck.recheck)
main.add_command(commands_redaction.redaction)
main.add_command(commands_rollup.rollup)
main.add_command(commands_appraisal.appraisal)
main.add_command(commands_papers.papers)


main.add_command(commands_publication.publication)
main.add_command(commands_arrivals.arrivals)
main.add_command(commands_mail.mail)
main.add_command(commands_rehearse.rehearse)
main.add_command(commands_judging.rules)
main.add_command(commands_judging.policy)


@main.group(cls=Story)
def audit() -> None:
    """留痕。"""


@audit.command("verify")
@json_option
def audit_verify() -> tuple[Any, str]:
    """重算留痕记录的指纹链，证明没有被改动。"""
    from apps import offline

    count, broken = offline.verify_audit()
    if broken is not None:
        raise click.ClickException(
            f"留痕记录第 {broken} 号与前后不符，可能被改动过（此前 {count - 1} 条相符）"
        )
    return {"entries": count, "intact": True}, f"{count} 条留痕记录首尾相符，没有被改动"


main.add_command(commands_database.database)
main.add_command(commands_backup.backup)


@main.command()
@click.option(
    "--filings",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="用这个文件夹里的材料代替示例县",
)
@click.option(
    "--dir",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="存放演示结果的文件夹，缺省为 ./demo",
)
@click.option("--ui", is_flag=True, help="演示结束后保留 Prefect 界面")
def demo(filings: Path | None, folder: Path | None, ui: bool) -> None:
    """用示例县演示一个完整周期；最后一行是 JSON。"""
    from apps.demo import play

    sys.exit(play(filings, folder or Path("demo"), ui))


@main.command()
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    default=4200,
    show_default=True,
    envvar="PREFECT_SERVER_API_PORT",
    help="Prefect 界面的端口",
)
def serve(port: int) -> None:
    """在这台机器上运行：数据库、Prefect 服务器、全部定时环节，直到停止。

    \b
    第一次运行建好数据库并登记全部环节；断电后再运行，从原处接着做。
    设置了 PREFECT_API_URL 时，使用那个 Prefect 服务器，这里只运行工作进程。
    停止：Ctrl+C，或结束进程（SIGTERM）；进行中的运行至多等三十秒。
    """
    from apps.serve import serve as run_service

    run_service(port)


@main.command()
@click.option("--json", "as_json", is_flag=True, help="输出 JSON，便于其他程序使用")
def doctor(as_json: bool) -> None:
    """检查哪里不对、该怎么办：数据库、Prefect、邮件、档案、磁盘、时钟、放假安排、字体。

    \b
    不改变任何东西，不发信。每项是“正常”“注意”或“错误”，不正常的写明办法。
    退出码：有错误为 1，否则为 0。
    """
    from apps.doctor import report

    sys.exit(report(as_json))


if __name__ == "__main__":
    main()
