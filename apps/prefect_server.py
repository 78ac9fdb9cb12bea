"""A Prefect server of one's own: home, port and settings that are safe on one machine and offline."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from apps.mailbox import free_port
from selfeval.refusal import Refusal

PORT = 4200
# One that has ended is told of at once; one that lives may only be slow, on a machine that has other work.
_PATIENCE_SECONDS = 900
_PORT_FILE = "port"


class ServerNotUp(Refusal):
    """The server did not answer in time; the text names its log."""


# Nothing of a bureau is told to another host, not even that it uses Prefect.
_UNTOLD = {"PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1"}
# Everything goes to the server's log view; the terminal is for progress and trouble.
_SILENT = {"PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "WARNING"}


def server_environment(home: Path, port: int) -> dict[str, str]:
    """Variables of a server and of the flows that use it (reasons: runs offline, bound to loopback)."""
    return {
        "PREFECT_HOME": str(home),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_SERVER_API_HOST": "127.0.0.1",
        "PREFECT_SERVER_API_PORT": str(port),
        # A page of another site that the same browser shows must not start runs here.
        "PREFECT_SERVER_API_CSRF_PROTECTION_ENABLED": "true",
        "PREFECT_UI_API_URL": "/api",
        # Where it puts its pages together; else among the programs, where an account without rights cannot write.
        "PREFECT_UI_STATIC_DIRECTORY": str(home / "ui"),
        # The older interface shows links in tables and asks no other host for anything.
        "PREFECT_SERVER_UI_V2_ENABLED": "false",
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",
        # One at a time, the record of task runs lags minutes behind a wave and drops what does not fit.
        "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "200",
        "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE": "200",
        "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "1",
        "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_BATCH_SIZE": "200",
        "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_READ_BATCH_SIZE": "200",
        # On SQLite a writer waits for the one before it: on a busy machine longer than the ten seconds given.
        "PREFECT_SERVER_DATABASE_TIMEOUT": "60",
        # A run every minute for years: what is older than 90 days is of no use to anybody.
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
        **_UNTOLD,
        "PREFECT_LOGGING_EXTRA_LOGGERS": "selfeval",
        # A command may do what a stage does without being a run: then there is no log view to write to.
        "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
        **_SILENT,
        "PREFECT_CLI_COLORS": "false",
    }


def running_server(home: Path) -> dict[str, str]:
    """Variables for a command that is to use the server which serves this home; {} when none answers."""
    try:
        port = int((home / _PORT_FILE).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return {}
    server = PrefectServer(home, port)
    return server.environment if server.answers() else {}


def use_running_server(home: Path) -> None:
    """From here on this process uses the server that serves this home. To be called before Prefect is imported.

    A server that the person has named by PREFECT_API_URL stands. Without any, a stage starts one for itself.
    """
    for name, value in {**_UNTOLD, **_SILENT}.items():
        os.environ.setdefault(name, value)
    if not os.environ.get("PREFECT_API_URL"):
        os.environ.update(running_server(home / "prefect"))


class PrefectServer:
    """A server on loopback; `start` returns when it answers, `stop` ends it."""

    def __init__(self, home: Path, port: int | None = None):
        """`port` None takes a free one."""
        self.home, self.port = home, port or free_port()
        self.environment = server_environment(home, self.port)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def command(self) -> list[str]:
        arguments = "-m apps.prefect_program server start --host 127.0.0.1 --port"
        return [*arguments.split(), str(self.port)]

    def start(self) -> None:
        """Start the server for itself; raises ServerNotUp when it ends or stays silent."""
        self.home.mkdir(parents=True, exist_ok=True)
        log = self.home / "server.log"
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, *self.command],
                env={**os.environ, **self.environment},
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        try:
            self.wait_for(self._process, log)
        except ServerNotUp:
            self.stop()
            raise

    def wait_for(self, process: subprocess.Popen[bytes], log: Path) -> None:
        """Return when the process answers, and let other commands find it; raises ServerNotUp."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < deadline and process.poll() is None:
            if self.answers():
                (self.home / _PORT_FILE).write_text(str(self.port), encoding="ascii")
                return
            time.sleep(0.2)
        raise ServerNotUp(f"Prefect 服务器没有启动，记录见 {log}")

    def require_port(self) -> None:
        """Raises ServerNotUp when another program has the port."""
        with socket.socket() as probe:
            # A port that a server has just left is free, whatever the system still remembers of it.
            if os.name == "posix":
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", self.port))
            except OSError as error:
                raise ServerNotUp(
                    f"端口 {self.port} 已被别的程序占用。请结束那个程序，或用 --port 换一个端口。"
                ) from error

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}/api/health", timeout=2) as answer:
                return answer.status == 200
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            return False

    def stop(self) -> None:
        """Ask the server to end, and make it end when it does not."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
