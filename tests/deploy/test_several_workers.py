"""What deploy/compose.yaml describes, on this machine: the server on PostgreSQL and Redis, two workers."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import redis

from apps.mailbox import free_port
from db.session import transaction
from tests.conftest import ROOT, new_postgresql
from tests.db.county import open_county
from tests.deploy import compose

_PATIENCE = 1200  # a busy machine is no failure
_ASK = """
import json, sys
from prefect.client.orchestration import get_client
from prefect.deployments import run_deployment
form = json.loads(sys.argv[2])
print(json.dumps([
    str(run_deployment(sys.argv[1], parameters=form, timeout=0).id) for _ in range(int(sys.argv[3]))
]))
"""


@contextmanager
def _running(command: list[str], environment: dict[str, str], log: Path) -> Iterator[subprocess.Popen]:
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, env=environment, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
    try:
        yield process
    finally:
        # The whole group: a worker that is asked to end leaves its runs behind.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


class Cluster:
    """Server, Redis and two workers as compose.yaml wires them, with this machine's addresses put in."""

    def __init__(self, home: Path, database: str, prefect_database: str, redis_port: int):
        self.home, self.port, self.redis_port = home, free_port(), redis_port
        self._services = compose.services()
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

    def server_command(self) -> list[str]:
        command = list(self._services["prefect"]["command"])
        command[command.index("--host") + 1] = "127.0.0.1"
        command[command.index("--port") + 1] = str(self.port)
        return command

    def worker_command(self, name: str) -> list[str]:
        command = [*self._services["worker"]["command"], "--name", name]
        command[command.index("--limit") + 1] = "1"  # so that one alone cannot take everything
        return command

    def set_up(self) -> None:
        done = subprocess.run(
            self._services["setup"]["command"],
            env=self.environment, cwd=ROOT, capture_output=True, text=True, timeout=_PATIENCE,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr

    def start_runs(self, deployment: str, parameters: dict[str, Any], count: int) -> list[str]:
        done = subprocess.run(
            [sys.executable, "-c", _ASK, deployment, json.dumps(parameters), str(count)],
            env=self.environment, cwd=ROOT, capture_output=True, text=True, timeout=_PATIENCE,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

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


def _until(happened, what: str) -> None:
    given_up = time.monotonic() + _PATIENCE
    while not happened():
        assert time.monotonic() < given_up, what
        time.sleep(0.2)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    pytest.importorskip("prefect_redis", reason="跳过：没有装 prefect-redis（requirements.lock 里有）")
    if not shutil.which("redis-server"):
        pytest.skip("跳过：没有 redis-server")
    home, redis_port = tmp_path_factory.mktemp("cluster"), free_port()
    with ExitStack() as stack:
        database = stack.enter_context(new_postgresql())
        prefect = stack.enter_context(new_postgresql()).replace("+psycopg", "+asyncpg")
        command = list(compose.services()["redis"]["command"])
        stack.enter_context(
            _running(
                [*command, "--bind", "127.0.0.1", "--port", str(redis_port), "--dir", str(home)],
                dict(os.environ),
                home / "redis.log",
            )
        )
        cluster = Cluster(home, database, prefect, redis_port)
        server = stack.enter_context(
            _running(cluster.server_command(), cluster.server_environment, home / "server.log")
        )

        def answers() -> bool:
            assert server.poll() is None, (home / "server.log").read_text(encoding="utf-8")
            try:
                return cluster.ask("api/health", login=False)
            except OSError:
                return False

        _until(answers, "the server never answered")
        cluster.set_up()
        for name in ("甲", "乙"):
            stack.enter_context(
                _running(cluster.worker_command(name), cluster.environment, home / f"{name}.log")
            )
        yield cluster


def test_two_workers_share_the_runs_and_every_record_arrives_over_redis(cluster):
    with transaction(cluster.environment["SELFEVAL_DATABASE_URL"]) as session:
        open_county(session)
    runs = cluster.start_runs("预演/预演", {"year": 2025}, 2)
    _until(lambda: all(cluster.state(run) == "COMPLETED" for run in runs), "not all runs completed")

    def worked(name: str) -> bool:
        return "Finished in state Completed()" in (cluster.home / f"{name}.log").read_text(encoding="utf-8")

    # Each has room for one run: what the schedules bring and these two are shared out.
    _until(lambda: worked("甲") and worked("乙"), "one worker did everything")
    # Task states travel as events: none is lost on its way through Redis into PostgreSQL.
    _until(
        lambda: all(cluster.task_states(run) == {"COMPLETED"} for run in runs), "task runs were not recorded"
    )
    password = compose.SECRETS["REDIS_PASSWORD"]
    for number in (0, 1):  # messages, and the server's own tasks
        store = redis.Redis(port=cluster.redis_port, password=password, db=number)
        assert store.dbsize() > 0


def test_nobody_without_the_password_reaches_the_server(cluster):
    with pytest.raises(urllib.error.HTTPError, match="401"):
        cluster.ask("api/admin/version", login=False)
    assert cluster.ask("api/admin/version") == "3.8.8"


def test_the_proxy_tells_the_interface_what_the_server_would_tell_but_for_the_password(cluster):
    text = (compose.DEPLOY / "proxy.Caddyfile").read_text(encoding="utf-8")
    told = json.loads(text.split("respond `")[1].split("`")[0])
    real = cluster.ask("ui-settings")
    assert real["auth"] == "BASIC" and told == real | {"auth": None}
