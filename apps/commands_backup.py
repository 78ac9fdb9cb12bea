"""`selfeval backup …`: take a backup while the bureau works, check it, put it back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from apps.story import Story, json_option

if TYPE_CHECKING:
    from tasks.backup import Outcome

_FOLDER = click.Path(file_okay=False, path_type=Path)
_EXISTING = click.Path(exists=True, file_okay=False, path_type=Path)


@click.group(cls=Story)
def backup() -> None:
    """备份与恢复：数据库、原件档案、通知和工作簿。"""


@backup.command()
@click.option(
    "--to", "place", type=_FOLDER, required=True, help="放备份的文件夹，最好在另一台机器或另一块盘上"
)
@json_option
def create(place: Path) -> tuple[Any, str]:
    """备份一次；运行中也可以备份，不用停止任何程序。

    每次备份是以时间命名的一个文件夹；原件只存一份，各次备份共用。
    """
    from apps.offline import now, reachable
    from tasks.backup import create as take
    from tasks.settings import load_settings

    settings = load_settings()
    with reachable(settings.database_url):
        outcome = take(settings, place, now())
    return _told(outcome, f"已备份到 {outcome.folder}")


@backup.command()
@click.argument("folder", type=_EXISTING)
@json_option
def verify(folder: Path) -> tuple[Any, str]:
    """从头读一遍一次备份，逐件核对指纹。"""
    from tasks.backup import verify as check

    outcome = check(folder)
    return _told(outcome, f"{folder} 已逐件核对")


@backup.command()
@click.argument("folder", type=_EXISTING)
@click.option("--actor", default="管理员", show_default=True, help="经办人")
@json_option
def restore(folder: Path, actor: str) -> tuple[Any, str]:
    """把一次备份恢复到空的 SELFEVAL_HOME 和空的数据库；中断了可以再运行。

    备份时待发的邮件此后可能已经发出，都改为“不能确认”，由人核实。
    """
    from apps.offline import now, reachable
    from tasks.backup import restore as put_back
    from tasks.settings import load_settings

    settings = load_settings()
    with reachable(settings.database_url):
        outcome = put_back(settings, folder, now(), actor)
    return _told(outcome, f"已从 {folder} 恢复")


def _told(outcome: Outcome, what: str) -> tuple[Any, str]:
    """The outcome as data and text; ends with 1 when something is missing or damaged."""
    data = {
        "folder": str(outcome.folder),
        "made_at": outcome.made_at,
        "rows": outcome.rows,
        "originals": outcome.originals,
        "files": outcome.files,
        "missing": list(outcome.missing),
        "damaged": list(outcome.damaged),
        "doubted_mails": outcome.doubted,
    }
    text = (
        f"{what}（备份时间 {outcome.made_at[:16].replace('T', ' ')}）：数据库 {sum(outcome.rows.values())} 条，"
        f"原件 {outcome.originals} 件，其他文件 {outcome.files} 个。"
    )
    if outcome.doubted:
        text += (
            f"\n备份时待发的 {outcome.doubted} 封邮件可能已经发出，改为“不能确认”："
            "selfeval mail list --state uncertain 列出，核实后才会再发。"
        )
    if outcome.whole:
        return data, f"{text}\n没有缺失，没有损坏。"
    lines = [text]
    lines += [f"缺失的原件：{digest}" for digest in outcome.missing]
    lines += [f"损坏的：{name}" for name in outcome.damaged]
    raise click.ClickException("\n".join([*lines, "请在另一份备份中查找这些文件，并检查磁盘。"]))
