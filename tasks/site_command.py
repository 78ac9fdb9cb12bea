"""The bureau's own command behind the site: it carries the written site to where readers look for it."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from selfeval.refusal import Refusal
from tasks.office import log

_LAST_LINES = 40


def run_site_command(command: Sequence[str], site: str, timeout: int) -> None:
    """Run the command, without a shell, and log what it says; nothing to do without one.

    Raises Refusal when it cannot be started, ends with another code than 0 or takes longer than `timeout`
    seconds: then nothing counts as published.
    """
    if not command:
        return
    # Into a file: a child of the command that lives on would hold a pipe open and keep us waiting.
    with tempfile.TemporaryDirectory(prefix="selfeval-command-") as folder:
        output = Path(folder) / "output"
        with output.open("wb") as sink:
            try:
                code = subprocess.run(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=sink,
                    stderr=subprocess.STDOUT,
                    timeout=timeout,
                    check=False,
                    env={**os.environ, "SELFEVAL_SITE": site},
                ).returncode
                trouble = f"以代码 {code} 结束" if code else ""
            except subprocess.TimeoutExpired:
                trouble = f"运行超过 {timeout} 秒，已中止"
            except OSError as error:
                trouble = f"不能启动：{error}"
        said = output.read_text(encoding="utf-8", errors="replace").strip()
    log.info("发布命令 %s 的输出：\n%s", command[0], said or "（没有输出）")
    if trouble:
        tail = "\n".join(said.splitlines()[-_LAST_LINES:])
        raise Refusal(f"发布命令“{command[0]}”{trouble}，没有公开。{f'最后的输出：{tail}' if tail else ''}")
