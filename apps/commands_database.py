"""`selfeval db …`: which version the database is at, forwards and back, and into another database."""

from __future__ import annotations

from typing import Any

import click

from apps.story import Story, json_option


@click.group("db", cls=Story)
def database() -> None:
    """数据库：版本、升级、退回旧版、搬到另一个数据库。"""


@database.command()
@json_option
def status() -> tuple[Any, str]:
    """数据库在哪里、是哪个版本、各表多少条；不改动任何东西。"""
    from apps.offline import reachable
    from db.copying import row_counts
    from db.session import revisions, snapshot, stored_revision
    from tasks.settings import load_settings

    url = load_settings().database_url
    counts: dict[str, int] = {}
    with reachable(url) as shown:
        stored, newest = stored_revision(url), revisions()[-1]
        if stored == newest:
            with snapshot(url) as connection:
                counts = row_counts(connection)
    data = {"database": shown, "revision": stored, "newest": newest, "rows": counts}
    if stored is None:
        return data, f"数据库 {shown} 是空的；selfeval db upgrade 会建好各表（版本 {newest}）。"
    if stored not in revisions():
        return (
            data,
            f"数据库 {shown} 的版本 {stored} 比程序的 {newest} 新，或者是别的程序的：请换用新版程序。",
        )
    if stored != newest:
        return data, f"数据库 {shown} 的版本是 {stored}，程序的是 {newest}：备份后运行 selfeval db upgrade。"
    listed = "、".join(f"{name} {count}" for name, count in counts.items() if count) or "还没有内容"
    return data, f"数据库 {shown} 的版本 {stored} 与程序相符。各表条数：{listed}"


@database.command()
@json_option
def upgrade() -> tuple[Any, str]:
    """把数据库升级到程序的版本；已经是的，不改动。"""
    from apps.offline import reachable
    from db.session import migrate, revisions, stored_revision
    from tasks.settings import load_settings

    url = load_settings().database_url
    with reachable(url) as shown:
        before = stored_revision(url)
        migrate(url)
    data = {"database": shown, "before": before, "after": revisions()[-1]}
    if before == revisions()[-1]:
        return data, f"数据库 {shown} 已经是版本 {before}，没有改动。"
    return data, f"数据库 {shown} 已从版本 {before or '空'} 升级到 {revisions()[-1]}。"


@database.command()
@click.argument("revision")
@click.option("--yes", is_flag=True, help="不再询问")
@json_option
def downgrade(revision: str, yes: bool) -> tuple[Any, str]:
    """把数据库退回旧版 REVISION（例如 0008），以便换回旧版程序。

    较新版本才有的内容会丢失：先用 selfeval backup create 备份，并停止工作进程。
    """
    from apps.offline import reachable
    from db.session import migrate, revisions, stored_revision
    from selfeval.refusal import Refusal
    from tasks.settings import load_settings

    url = load_settings().database_url
    with reachable(url) as shown:
        before, known = stored_revision(url), revisions()
        if before not in known:
            raise Refusal(f"数据库 {shown} 的版本是 {before or '空'}，不能由现在的程序退回")
        older = known[: known.index(before)]
        if revision not in older:
            raise Refusal(f"数据库的版本是 {before}，可以退回到：{'、'.join(older) or '没有更旧的版本'}")
        if not yes:
            click.confirm(
                f"从 {before} 退回 {revision}，其间增加的内容会丢失。已经备份并停止工作进程了吗？", abort=True
            )
        migrate(url, revision)
    return {"database": shown, "before": before, "after": revision}, (
        f"数据库 {shown} 已从版本 {before} 退回 {revision}。\n"
        "请现在换回旧版程序：用现在的程序再运行别的命令，数据库又会升级。"
    )


@database.command()
@click.option(
    "--to",
    "target",
    required=True,
    metavar="URL",
    help="空的目标数据库，例如 postgresql+psycopg://用户:密码@主机/库",
)
@json_option
def move(target: str) -> tuple[Any, str]:
    """把全部内容搬到另一个空的数据库，逐表核对条数和指纹；来源原样保留。

    先停止工作进程。全部核对相符、留痕记录首尾相符才算数，否则目标不留任何内容。
    """
    from apps.offline import reachable, table
    from db.copying import copy_database, without_writers
    from db.session import engine_for, migrate, require_latest, stored_revision
    from selfeval.refusal import Refusal
    from tasks.settings import load_settings

    source = load_settings().database_url
    with reachable(source) as shown:
        if stored_revision(source) is None:
            raise Refusal(f"数据库 {shown} 是空的，没有可搬的内容。请检查 SELFEVAL_DATABASE_URL")
    with reachable(target, "--to 给出的地址") as shown_target:
        if engine_for(source).url == engine_for(target).url:
            raise Refusal("来源和目标是同一个数据库")
        migrate(target)
    with reachable(source), without_writers(source) as reading:
        require_latest(reading)
        with reachable(target, "--to 给出的地址"), engine_for(target).begin() as writing:
            moved = copy_database(reading, writing)
    data = {
        "from": shown,
        "to": shown_target,
        "tables": {name: {"rows": c.rows, "digest": c.digest} for name, c in moved.items()},
    }
    rows = [(name, str(content.rows), content.digest[:16]) for name, content in moved.items()]
    return data, (
        table(("表", "条数", "指纹"), rows, f"{shown} → {shown_target}：逐表相符")
        + f"\n共 {sum(c.rows for c in moved.values())} 条；留痕记录首尾相符。"
        + "\n现在把 SELFEVAL_DATABASE_URL 改为新的地址，再启动工作进程；原来的数据库没有改动，请留存。"
    )
