"""What serve starts does not outlive it, and what that prints stands in a log without personal data."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from apps import service_log
from apps.offspring import Offspring
from apps.service_log import ServiceLog

_DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
_PARENT = """
import os, sys
from pathlib import Path
from apps.offspring import Offspring
child = Offspring(["-c", "print('up', flush=True); import time; time.sleep(60)"], os.environ, Path("."), lambda line: print(child.pid, flush=True))
child.wait()
"""  # fmt: skip


def _gone(pid: int, seconds: float = 20) -> bool:
    """Whether the process ends within so many seconds."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
    return False


def test_every_line_reaches_the_log_and_the_exit_code_comes_back(tmp_path):
    lines: list[str] = []
    child = Offspring(["-c", "print('一'); print('二'); exit(3)"], os.environ, tmp_path, lines.append)
    assert child.wait() == 3
    assert lines == ["一", "二"] and not child.running


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_a_child_that_does_not_listen_is_ended_all_the_same(tmp_path):
    lines: list[str] = []
    child = Offspring(["-u", "-c", _DEAF], os.environ, tmp_path, lines.append)
    while not lines:
        assert child.running
    child.stop(patience=0.5)
    assert child.wait() == -signal.SIGKILL


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_a_frozen_child_can_still_be_stopped(tmp_path):
    child = Offspring(["-c", "import time; time.sleep(60)"], os.environ, tmp_path, print)
    child.freeze()
    child.stop(patience=20)
    assert child.wait() == -signal.SIGTERM


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel of Linux sees to it")
def test_a_child_ends_when_its_parent_is_killed(tmp_path):
    parent = subprocess.Popen([sys.executable, "-c", _PARENT], stdout=subprocess.PIPE, cwd=tmp_path)
    assert select.select([parent.stdout], [], [], 60)[0]
    child = int(parent.stdout.readline())
    assert not _gone(child, 0.1)
    parent.kill()
    parent.wait()
    assert _gone(child)


def test_the_log_is_rotated_and_names_nobody(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(service_log, "_BYTES", 500)
    log = ServiceLog(tmp_path / "logs" / "selfeval.log", as_json=False)
    for n in range(100):
        log.line(f"{n:04d} 发往 zhang.san@units.example，电话 13812345678")
    log.say("开始工作")
    log.close()
    files = sorted((tmp_path / "logs").iterdir())
    assert len(files) == 10 and all(file.stat().st_size < 700 for file in files)
    kept = "".join(file.read_text(encoding="utf-8") for file in files)
    assert "units.example" not in kept and "13812345678" not in kept and "0099 发往 〔电子邮箱〕" in kept
    assert (tmp_path / "logs" / "selfeval.log").read_text(encoding="utf-8").endswith("| INFO    | 开始工作\n")
    assert capsys.readouterr().out == "开始工作\n"


def test_as_json_the_own_words_of_serve_are_lines_like_all_others(tmp_path):
    log = ServiceLog(tmp_path / "selfeval.log", as_json=True)
    log.say("数据库已就绪")
    log.close()
    line = json.loads((tmp_path / "selfeval.log").read_text(encoding="utf-8"))
    assert (line["message"], line["level"]) == ("数据库已就绪", "INFO") and line["time"].endswith("+08:00")


def test_prefect_in_a_child_writes_json_when_it_is_told_to(tmp_path):
    lines: list[str] = []
    environment = {**os.environ, **service_log.child_environment(as_json=True), "PREFECT_HOME": str(tmp_path)}
    code = "from prefect import flow; from prefect.logging import get_logger; get_logger('t').warning('电话 13812345678')"
    assert Offspring(["-c", code], environment, tmp_path, lines.append).wait() == 0
    assert [json.loads(line)["message"] for line in lines] == ["电话 〔手机号〕"]
