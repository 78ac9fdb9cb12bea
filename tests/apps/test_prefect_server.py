"""The pinned Prefect really schedules: a server, a cron deployment, a Scheduled run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request

import pytest

from apps.prefect_server import PrefectServer

_DEPLOY = """
from flows.collect import collect_submissions
from prefect.client.schemas.schedules import CronSchedule
deployment = collect_submissions.to_deployment(
    "每十分钟收取", schedules=[CronSchedule(cron="*/10 * * * *", timezone="Asia/Shanghai")]
)
print(deployment.apply())
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = PrefectServer(tmp_path_factory.mktemp("prefect"))
    server.start()
    yield server
    server.stop()


def _runs(server, state: str) -> list[dict]:
    body = json.dumps({"flow_runs": {"state": {"type": {"any_": [state]}}}}).encode()
    request = urllib.request.Request(
        f"{server.address}/api/flow_runs/filter", body, {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def test_a_cron_deployment_gets_scheduled_runs(server):
    done = subprocess.run(
        [sys.executable, "-c", _DEPLOY],
        env={**os.environ, **server.environment},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    # The scheduler has a loop of its own: ask until it has run, and fail when it does not.
    runs: list[dict] = []
    given_up = time.monotonic() + 60
    while not runs and time.monotonic() < given_up:
        runs = _runs(server, "SCHEDULED")
    assert runs and runs[0]["expected_start_time"]
