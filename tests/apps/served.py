"""A bureau that is really served: `selfeval serve` as a process, with its Prefect server and worker."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from apps.mailbox import free_port
from apps.prefect_server import server_environment
from tests.conftest import ROOT

_PATIENCE_SECONDS = 1200  # a busy machine is no failure; a service that has ended is one at once


class Served:
    """One home; `start` and `stop` may alternate, as on a machine with power cuts."""

    def __init__(self, home: Path):
        self.home, self.port = home, free_port()
        self.database = f"sqlite:///{home / 'selfeval.db'}"
        self.environment = {
            **os.environ,
            **server_environment(home / "prefect", self.port),
            "SELFEVAL_HOME": str(home),
        }
        self._said = home / "said.txt"
        self._client = str(uuid.uuid4())
        self._beside: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Return when the service says that it works."""
        # What a person has: a home, and no Prefect server. A test waits for each run that it asks for.
        environment = {**os.environ, "SELFEVAL_HOME": str(self.home), "PREFECT_WORKER_QUERY_SECONDS": "2"}
        with self._said.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "apps.cli", "serve", "--port", str(self.port)],
                env=environment, stdout=output, stderr=subprocess.STDOUT, cwd=ROOT,
            )  # fmt: skip
        self.until(lambda: "开始工作" in self.said)

    @property
    def said(self) -> str:
        return self._said.read_text(encoding="utf-8")

    @property
    def log(self) -> str:
        path = self.home / "logs" / "selfeval.log"
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def family(self) -> list[int]:
        """The service and every process below it, whatever session that is in."""
        parents = {}
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                after_name = stat.read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if after_name[0] != "Z":
                parents[int(stat.parent.name)] = int(after_name[1])
        found = [self.process.pid]
        for pid in found:
            found += [child for child, parent in parents.items() if parent == pid]
        return found

    def stop(self) -> int:
        """SIGTERM, as systemd sends it; the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(_PATIENCE_SECONDS)

    def cut_power(self) -> list[int]:
        """SIGKILL to everything at once; the processes that there were."""
        if self.process.poll() is not None:
            return []
        family = self.family()
        for pid in family:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()
        return family

    def ask(self, path: str, body: Any = None) -> Any:
        """What the API answers to GET, or to POST when there is a body."""
        return json.loads(self.tell(path, "GET" if body is None else "POST", body))

    def tell(self, path: str, method: str, body: Any = None) -> bytes:
        """The raw answer, with the token that the server asks of whoever changes something."""
        headers = {"Content-Type": "application/json"}
        if method != "GET":
            given = self.ask(f"csrf-token?client={self._client}")
            headers |= {"Prefect-Csrf-Client": self._client, "Prefect-Csrf-Token": given["token"]}
        return self.send(path, method, body, headers)

    def send(self, path: str, method: str, body: Any, headers: dict[str, str]) -> bytes:
        """The raw answer to exactly this; raises HTTPError."""
        data = None if body is None else json.dumps(body).encode()
        url = f"http://127.0.0.1:{self.port}/api/{urllib.parse.quote(path, safe='/?=')}"
        request = urllib.request.Request(url, data, headers, method=method)
        while True:
            try:
                with urllib.request.urlopen(request, timeout=60) as answer:
                    return answer.read()
            except urllib.error.HTTPError as error:
                # Its SQLite is locked by somebody else at the moment: every client of Prefect asks again.
                if error.code != 503:
                    raise

    def run_deployment(self, name: str, parameters: dict[str, Any]) -> dict[str, Any]:
        """The state in which a run of the deployment ended; the worker of the service runs it."""
        deployment = self.ask(f"deployments/name/{name}/{name}")
        body = {"parameters": parameters, "state": {"type": "SCHEDULED"}}
        run = self.ask(f"deployments/{deployment['id']}/create_flow_run", body)
        ended = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")
        state: dict[str, Any] = {}

        def over() -> bool:
            state.update(self.ask(f"flow_runs/{run['id']}")["state"])
            return state["type"] in ended

        self.until(over, every=1)
        return state

    def pause_schedules(self) -> None:
        """From here on nothing runs but what is asked for: a run every minute takes its part of the machine."""
        self._set_paused(True)

    def resume_schedules(self) -> None:
        """As they are where nobody has paused anything."""
        self._set_paused(False)

    def _set_paused(self, paused: bool) -> None:
        for entry in self.ask("deployments/filter", {}):
            if entry["schedules"]:
                self.tell(f"deployments/{entry['id']}", "PATCH", {"paused": paused})

    def schedules(self) -> dict[str, list[tuple[str, str, bool]]]:
        """Deployment → slug, cron and whether active, of each of its schedules."""
        return {
            entry["name"]: sorted(
                (schedule["slug"], schedule["schedule"]["cron"], schedule["active"])
                for schedule in entry["schedules"]
            )
            for entry in self.ask("deployments/filter", {})
        }

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Python beside the service; variables that are given as "" are not there."""
        joined = {name: value for name, value in (self.environment | environment).items() if value}
        return subprocess.run(
            [sys.executable, *arguments],
            env=joined, capture_output=True, text=True, timeout=_PATIENCE_SECONDS, cwd=ROOT,
        )  # fmt: skip

    def do(self, script: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """A script beside the service, in a process of its own; the imports of all of them are done once."""
        if self._beside is None:
            self._beside = subprocess.Popen(
                [sys.executable, "-m", "tests.apps.beside"],
                env=self.environment, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            )  # fmt: skip
        asked = {"script": script, "arguments": arguments, "environment": environment}
        self._beside.stdin.write(json.dumps(asked).encode() + b"\n")
        self._beside.stdin.flush()
        return subprocess.CompletedProcess(script, *json.loads(self._beside.stdout.readline()))

    def end(self) -> None:
        """Leave nothing of it running."""
        self.cut_power()
        if self._beside is not None:
            with self._beside:
                self._beside.stdin.close()

    def until(self, holds: Callable[[], bool], every: float = 0.3) -> None:
        given_up = time.monotonic() + _PATIENCE_SECONDS
        while not holds():
            alive = self.process.poll() is None
            assert alive and time.monotonic() < given_up, self.said + self.log[-3000:]
            time.sleep(every)
