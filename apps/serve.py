"""`selfeval serve`: database, Prefect server, deployments and worker of one machine, until it is stopped.

Nothing that matters is kept in this process: after a power cut the next start finds cycle, mails and
schedules in the databases, runs what was due meanwhile, and the tick settles the runs that were cut off.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy.exc import ArgumentError, OperationalError

from apps.deployments import wanted_deployments
from apps.offspring import Offspring
from apps.prefect_server import PrefectServer
from apps.service_log import ServiceLog, child_environment
from db import heartbeats
from db.models import Heartbeat
from db.session import alone, migrate, transaction
from selfeval.refusal import Refusal, in_words
from tasks.settings import WORK_POOL, Settings, load_settings

# More at once than these would only be slower on the machine of a county.
_RUNS_AT_ONCE = 4
_DRAIN_SECONDS = 30
_OUR_SERVER = ("PREFECT_HOME", "PREFECT_API_URL", "PREFECT_SERVER_API_HOST", "PREFECT_SERVER_API_PORT")
# A child that ends this often within so many seconds will not be helped by one more start.
_RESTARTS, _WITHIN = 5, 600


class ServiceFailed(Refusal):
    """The service cannot start or go on; the text says why and where to look."""


class _Stop(BaseException):
    """Somebody wants the service to stop."""


def serve(port: int) -> None:
    """Serve the configured home until SIGINT or SIGTERM; raises Refusal when that is not possible."""
    settings = load_settings()
    settings.home.mkdir(parents=True, exist_ok=True)
    with alone(f"sqlite:///{settings.home / 'selfeval'}", "serve") as mine:
        if not mine:
            raise ServiceFailed(
                f"文件夹 {settings.home} 已有一个 selfeval serve 在运行。请先停止它，或用 SELFEVAL_HOME 指定另一个文件夹。"
            )
        log = ServiceLog(settings.home / "logs" / "selfeval.log", settings.log_format == "json")
        try:
            with _until_told():
                _Service(settings, port, log).run()
            log.say("已停止")
        except Refusal as refusal:
            log.say(str(refusal), logging.ERROR)
            raise
        finally:
            log.close()


@contextmanager
def _until_told() -> Iterator[None]:
    """SIGINT and SIGTERM end what is inside, once; while it is being ended they change nothing."""

    def stop(number: int, frame: object) -> None:
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, signal.SIG_IGN)
        raise _Stop

    before = {name: signal.signal(name, stop) for name in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    except _Stop:
        pass
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)


class _Service:
    """One start: each step says in Chinese what it does; on the way out all is stopped in reverse order."""

    def __init__(self, settings: Settings, port: int, log: ServiceLog):
        self._settings, self._log = settings, log
        self._environment = {
            **os.environ,
            **settings.for_other_folders(),
            **child_environment(settings.log_format == "json"),
            # The worker starts its runs by the name of the program (apps.engine): it has to be this one.
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]),
        }
        if os.name == "posix":
            self._environment["TZ"] = "Asia/Shanghai"  # what the lines of the log are dated by
        # A server that somebody else runs is named by PREFECT_API_URL.
        self._server = None if os.environ.get("PREFECT_API_URL") else self._own_server(port)
        self._ended: deque[float] = deque(maxlen=_RESTARTS)

        self._serving: Offspring | None = None
        self._worker: Offspring | None = None
        self._worker_pids: list[int] = []

    def _own_server(self, port: int) -> PrefectServer:
        server = PrefectServer(self._settings.home / "prefect", port)
        own = {name: server.environment[name] for name in _OUR_SERVER}
        # Of the rest, what a person has set in the environment stands.
        self._environment = {**server.environment, **self._environment, **own}
        return server

    def run(self) -> None:
        self._log.say(f"selfeval 启动，数据在 {self._settings.home}，记录在 {self._log.path}")
        self._prepare_database()
        try:
            self._start_server()
            self._register()
            self._start_worker()
            self._log.say(f"开始工作。Prefect 界面 {self._address}；停止请按 Ctrl+C 或结束本进程。")
            while True:
                if self._serving and not self._serving.running:
                    self._count_end("Prefect 服务器")
                    self._start_server()
                if not self._worker.running:
                    self._count_end("工作进程")
                    self._start_worker()
                time.sleep(1)
        finally:
            try:
                self._stop_worker()
            finally:
                if self._serving:
                    self._serving.stop()

    @property
    def _address(self) -> str:
        return self._environment["PREFECT_API_URL"].removesuffix("/api")

    def _prepare_database(self) -> None:
        try:
            migrate(self._settings.database_url)
        except (OperationalError, ArgumentError) as error:
            reason = in_words(getattr(error, "orig", None) or error)
            raise ServiceFailed(f"数据库用不了，请检查 SELFEVAL_DATABASE_URL：{reason}") from error
        self._log.say("数据库已就绪")

    def _start_server(self) -> None:
        if self._server is None:
            return
        self._server.require_port()
        self._log.say("正在启动 Prefect 服务器（第一次约需一分钟）…")
        self._server.home.mkdir(exist_ok=True)
        self._serving = self._start(self._server.command)
        self._server.wait_for(self._serving.process, self._log.path)
        self._log.say(f"Prefect 服务器已启动：{self._address}（只有本机能打开）")

    def _register(self) -> None:
        child = self._start(["-m", "apps.registration"])
        try:
            if child.wait() != 0:
                raise ServiceFailed(
                    f"登记部署没有成功，原因见 {self._log.path} 的末尾。请运行 selfeval doctor。"
                )
        finally:
            child.stop()
        wanted = wanted_deployments()
        scheduled = sum(len(entry.schedules) for entry in wanted)
        self._log.say(f"已登记 {len(wanted)} 个部署，其中 {scheduled} 个定时运行（北京时间）")

    def _start_worker(self) -> None:
        arguments = (
            f"-m apps.prefect_program worker start --pool {WORK_POOL} --type process --install-policy never"
        )
        self._worker = self._start([*arguments.split(), "--limit", str(_RUNS_AT_ONCE)])
        self._worker_pids.append(self._worker.pid)

    def _start(self, arguments: list[str]) -> Offspring:
        return Offspring(arguments, self._environment, self._settings.home, self._log.line)

    def _count_end(self, what: str) -> None:
        now = time.monotonic()
        if len(self._ended) == _RESTARTS and now - self._ended[0] < _WITHIN:
            raise ServiceFailed(
                f"{what}反复退出，服务停止，原因见 {self._log.path} 的末尾。请运行 selfeval doctor。"
            )
        self._ended.append(now)
        self._log.say(f"{what}意外退出，重新启动", logging.WARNING)

    def _stop_worker(self) -> None:
        """No new runs from here on; those that go on may end, what lasts too long is cut off and settled."""
        if self._worker is None:
            return
        self._worker.freeze()
        try:
            deadline = time.monotonic() + _DRAIN_SECONDS
            if self._going_on():
                self._log.say(f"正在停止：等待进行中的运行结束，至多 {_DRAIN_SECONDS} 秒")
            while self._going_on() and time.monotonic() < deadline:
                time.sleep(0.2)
        finally:
            self._worker.stop()
        self._settle()

    def _going_on(self) -> list[Heartbeat]:
        with transaction(self._settings.database_url) as session:
            return heartbeats.of_workers(session, socket.gethostname(), self._worker_pids)

    def _settle(self) -> None:
        """Runs that were cut off get their end, and their processes, should a worker have left any."""
        cut_off = self._going_on()
        if not cut_off:
            return
        for run in cut_off:
            if os.name == "posix":
                with suppress(ProcessLookupError):
                    os.killpg(run.pid, signal.SIGKILL)
        # Prefect reads its settings when it is imported, and waits long for a server that is gone.
        code = f"from tasks.heartbeat import settle_stopped; settle_stopped(*{self._worker_pids})"
        child = self._start(["-c", code])
        child.wait(_DRAIN_SECONDS)
        child.stop()
