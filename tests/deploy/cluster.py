"""What deploy/compose.yaml describes, on this machine: the server on PostgreSQL and Redis, and its workers."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from prefect import get_client
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.actions import DeploymentUpdate
from prefect.client.schemas.objects import WorkerStatus
from prefect.settings import PREFECT_API_AUTH_STRING, PREFECT_API_URL, temporary_settings

from apps.mailbox import free_port
from tasks.settings import WORK_POOL
from tests.conftest import ROOT, new_postgresql
from tests.deploy import compose

_PATIENCE = 1200  # a busy machine is no failure


class Cluster:
    """Server, Redis and workers as compose.yaml wires them, with this machine's addresses put in."""

    def __init__(self, home: Path, database: str, prefect_database: str, redis_port: int):
        self.home, self.database = home, database
        self.port, self.redis_port = free_port(), redis_port
        self._services = compose.services()
        self._processes: dict[str, subprocess.Popen] = {}
        password = compose.SECRETS["REDIS_PASSWORD"]
        own = {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "LANG": "C.UTF-8",
            "HOME": str(home),
            "PREFECT_HOME": str(home / "prefect"),
        }
        here = {"postgres/prefect": prefect_database, "redis:6379": f"127.0.0.1:{redis_port}"}
        server = self._services["prefect"]["environment"]
        assert f":{password}@redis:6379" in server["PREFECT_SERVER_DOCKET_URL"]
        self.server_environment = server | own | {
            name: server[name].replace("redis:6379", here["redis:6379"])
            for name in ("PREFECT_REDIS_MESSAGING_URL", "PREFECT_SERVER_DOCKET_URL")
        }  # fmt: skip
        self.server_environment["PREFECT_SERVER_DATABASE_CONNECTION_URL"] = prefect_database
        self.server_environment["PREFECT_UI_STATIC_DIRECTORY"] = str(home / "ui")
        self.environment = (
            self._services["worker"]["environment"]
            | own
            | {
                "PREFECT_API_URL": f"http://127.0.0.1:{self.port}/api",
                "PREFECT_WORKER_QUERY_SECONDS": "2",
                "SELFEVAL_HOME": str(home / "data"),
                "SELFEVAL_DATABASE_URL": database,
                "SELFEVAL_INBOX": str(home / "inbox"),
                "SELFEVAL_SITE": str(home / "site"),
            }
        )

    def _server_command(self) -> list[str]:
        command = list(self._services["prefect"]["command"])
        command[command.index("--host") + 1] = "127.0.0.1"
        command[command.index("--port") + 1] = str(self.port)
        return command

    def _worker_command(self, name: str) -> list[str]:
        command = [*self._services["worker"]["command"], "--name", name]
        command[command.index("--limit") + 1] = "1"  # so that one alone cannot take everything
        return command

    def set_up(self) -> None:
        done = subprocess.run(
            self._services["setup"]["command"],
            env=self.environment, cwd=ROOT, capture_output=True, text=True, timeout=_PATIENCE,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr

    def start_server(self) -> None:
        """Return when it answers."""
        self.start("server", self._server_command(), self.server_environment)

        def answers() -> bool:
            assert self._processes["server"].poll() is None, self.said("server")
            with suppress(OSError):
                return self.ask("api/health", login=False)
            return False

        until(answers, "the server never answered")

    def start_worker(self, name: str, **environment: str) -> int:
        """Its process."""
        self.start(name, self._worker_command(name), self.environment | environment)
        return self._processes[name].pid

    def start(self, name: str, command: list[str], environment: dict[str, str]) -> None:
        """A process of its own group, which writes what it says into a file of its name."""
        with (self.home / f"{name}.log").open("ab") as output:
            self._processes[name] = subprocess.Popen(
                command, env=environment, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip

    def said(self, name: str) -> str:
        return (self.home / f"{name}.log").read_text(encoding="utf-8")

    def kill(self, name: str) -> None:
        """SIGKILL to a process and all that it has started, in whatever session that is, as when its machine dies."""
        process = self._processes.pop(name)
        for pid in reversed(_family(process.pid)):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        process.wait()

    def pause_deployments(self) -> None:
        """From here on nothing runs but what is asked for."""
        with self.client() as client:
            for deployment in client.read_deployments():
                client.update_deployment(deployment.id, DeploymentUpdate(paused=True))

    def workers_online(self) -> set[str]:
        """Names of those that the server hears of."""
        with self.client() as client:
            found = client.read_workers_for_work_pool(WORK_POOL)
        return {worker.name for worker in found if worker.status == WorkerStatus.ONLINE}

    def stop(self) -> None:
        for name in list(self._processes):
            self.kill(name)

    @contextmanager
    def client(self) -> Iterator[SyncPrefectClient]:
        """A client of the server, in this process."""
        settings = {
            PREFECT_API_URL: self.environment["PREFECT_API_URL"],
            PREFECT_API_AUTH_STRING: self.environment["PREFECT_API_AUTH_STRING"],
        }
        with temporary_settings(settings), get_client(sync_client=True) as client:
            yield client

    def start_run(self, deployment: str, parameters: dict[str, Any]) -> str:
        """Ask for a run of a deployment by name, which is that of its flow too; its id."""
        with self.client() as client:
            found = client.read_deployment_by_name(f"{deployment}/{deployment}")
            return str(client.create_flow_run_from_deployment(found.id, parameters=parameters).id)

    def ask(self, path: str, login: bool = True) -> Any:
        token = compose.SECRETS["PROXY_AUTHORIZATION"]
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/{path}",
            headers={"Authorization": f"Basic {token}"} if login else {},
        )
        with urllib.request.urlopen(request, timeout=_PATIENCE) as answer:
            return json.load(answer)

    def state(self, run: str) -> str:
        return self.ask(f"api/flow_runs/{run}")["state"]["type"]

    def task_states(self, run: str) -> set[str]:
        return {node["state_type"] for _, node in self.ask(f"api/flow_runs/{run}/graph-v2")["nodes"]}


def until(happened: Callable[[], bool], what: str, every: float = 0.3) -> None:
    given_up = time.monotonic() + _PATIENCE
    while not happened():
        assert time.monotonic() < given_up, what
        time.sleep(every)


def _family(pid: int) -> list[int]:
    """A process and every one below it."""
    found = [pid]
    for each in found:
        for task in Path(f"/proc/{each}/task").glob("*/children"):
            with suppress(OSError):
                found += map(int, task.read_text().split())
    return found


@contextmanager
def cluster(home: Path) -> Iterator[Cluster]:
    """A server whose deployments are registered and paused, without a worker; skips where something is not installed."""
    pytest.importorskip("prefect_redis", reason="跳过：没有装 prefect-redis（requirements.lock 里有）")
    if not shutil.which("redis-server"):
        pytest.skip("跳过：没有 redis-server")
    redis_port = free_port()
    with ExitStack() as stack:
        database = stack.enter_context(new_postgresql())
        prefect = stack.enter_context(new_postgresql()).replace("+psycopg", "+asyncpg")
        made = Cluster(home, database, prefect, redis_port)
        stack.callback(made.stop)
        command = list(compose.services()["redis"]["command"])
        made.start(
            "redis",
            [*command, "--bind", "127.0.0.1", "--port", str(redis_port), "--dir", str(home)],
            dict(os.environ),
        )
        made.start_server()
        made.set_up()
        made.pause_deployments()
        yield made
