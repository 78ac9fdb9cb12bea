"""`selfeval demo`: a whole annual cycle in a minute, on its own server, database, mail server and clock."""

from __future__ import annotations

import json
import os
import shutil
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click

from apps.county import county_of_filings, example_county
from apps.imports import kept_for_good
from apps.mailbox import Mailbox
from apps.prefect_server import PrefectServer
from notifications.kinds import Kind
from selfeval.refusal import Refusal

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
_MARK = ".selfeval-demo"


def play(filings: Path | None, folder: Path, ui: bool) -> int:
    """Play the cycle in `folder`; 0 when every step did what it says, 1 otherwise."""
    county = county_of_filings(filings) if filings else example_county(EXAMPLES)
    folder = _fresh(folder)
    progress = _Progress()
    with ExitStack() as stack:
        server = PrefectServer(folder / "prefect")
        progress("启动 Prefect 服务器（独立目录、空闲端口）")
        server.start()
        if not ui:
            stack.callback(server.stop)
        mailbox = stack.enter_context(Mailbox(folder / "mails"))
        os.environ.update(server.environment)
        os.environ.update(_settings(folder, mailbox))
        # Prefect reads its settings when it is imported: not before this line.
        with kept_for_good():
            from apps.year import Year, flush_logs
            from flows.common import frugally

        year = Year(county)
        with frugally():
            for title in year.play():
                progress(title)
        outcome, story, problems = year.outcome(), year.story(), year.problems(mailbox.folder)
        # What is still to be logged has to reach the server before it stops.
        flush_logs()
    progress.end()
    click.echo(_summary(county.cycle.name, outcome, story))
    if ui:
        click.echo(f"Prefect 界面   {server.address}（结束：kill {server.pid}）")
    for problem in problems:
        click.echo(f"未达到预期：{problem}", err=True)
    click.echo(json.dumps(outcome, ensure_ascii=False))
    return 1 if problems else 0


class _Progress:
    """One whole line per step on the terminal, so that what the log warns of meanwhile stands on lines of its own."""

    def __init__(self) -> None:
        self._begun = time.monotonic()

    def __call__(self, title: str) -> None:
        click.echo(f"[{time.monotonic() - self._begun:5.1f} 秒] {title}")

    def end(self) -> None:
        click.echo(f"[{time.monotonic() - self._begun:5.1f} 秒] 完成\n")


def _fresh(folder: Path) -> Path:
    """An empty folder: that of an earlier demonstration is replaced, anything else is left alone."""
    folder = folder.resolve()
    if folder.exists() and any(folder.iterdir()):
        if not (folder / _MARK).is_file():
            raise Refusal(f"文件夹 {folder} 里已有别的内容，请用 --dir 指定一个空文件夹")
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _MARK).write_text("演示结果，可以删除；再次演示时会被替换。\n", encoding="utf-8")
    return folder


def _settings(folder: Path, mailbox: Mailbox) -> dict[str, str]:
    return {
        "SELFEVAL_HOME": str(folder),
        "SELFEVAL_DATABASE_URL": f"sqlite:///{folder / 'selfeval.db'}",
        "SELFEVAL_ARCHIVE": str(folder / "archive"),
        "SELFEVAL_INBOX": str(folder / "inbox"),
        "SELFEVAL_PAPERS": str(folder / "papers"),
        "SELFEVAL_SITE": str(folder / "site"),
        "SELFEVAL_MAIL_FROM": "selfeval@bureau.example",
        "SELFEVAL_ADMIN_EMAILS": "admin@bureau.example",
        "SELFEVAL_BUREAU_EMAILS": "chief@bureau.example",
        "SELFEVAL_SMTP_HOST": "127.0.0.1",
        "SELFEVAL_SMTP_PORT": str(mailbox.port),
        "SELFEVAL_SMTP_TLS": "none",
    }


def _summary(name: str, outcome: dict[str, Any], story: list[str]) -> str:
    units = outcome["units"]
    mails = "、".join(f"{Kind(kind).label} {count}" for kind, count in outcome["mails"].items())
    lines = [
        name,
        f"单位   应报 {units['expected']}，已报 {units['received']}（其中逾期 {units['late']}），"
        f"退回 {units['returned']}，通过 {units['accepted']}，公开 {units['published']}",
        f"邮件   {mails}",
        *story,
        f"网站   {outcome['site']}",
        f"邮箱   {outcome['mailbox']}",
        f"档案   {outcome['archive']}",
        f"工作簿 {outcome['workbook']}",
    ]
    return "\n".join(lines)
