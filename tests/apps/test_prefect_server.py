"""The pinned Prefect really schedules, and the deployments of deploy/ really run: server, worker, run form."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

import pytest
import yaml

from apps.mailbox import Mailbox
from apps.prefect_server import PrefectServer
from bench.mail_host import fill
from db.cycles import cycle_of
from db.session import migrate, transaction
from tests.conftest import ROOT

PREFECT_YAML = ROOT / "deploy" / "prefect.yaml"
FORM = {
    "year": 2025, "name": "某县2025年度预算绩效自评", "bureau": "某县财政局", "document_number": "某财绩〔2026〕1号",
    "notice": "2026-03-02", "unit_due": "2026-04-10", "department_due": "2026-04-24",
    "correction_due": "2026-05-15", "publication_due": "2026-06-30", "actor": "某管理员",
}  # fmt: skip


class Deployed:
    """A server with a work pool and every deployment of prefect.yaml."""

    def __init__(self, server: PrefectServer, home: Path):
        self.server = server
        self.environment = {**os.environ, **server.environment, "SELFEVAL_HOME": str(home)}
        self.database = f"sqlite:///{home / 'selfeval.db'}"

    def prefect(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "prefect", *arguments],
            env=self.environment, capture_output=True, text=True, timeout=180, cwd=ROOT,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def ask(self, path: str, body: dict | None = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        url = f"{self.server.address}/api/{urllib.parse.quote(path)}"
        request = urllib.request.Request(url, data, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def runs(self, state: str) -> list[dict]:
        return self.ask("flow_runs/filter", {"flow_runs": {"state": {"type": {"any_": [state]}}}})


@pytest.fixture(scope="module")
def deployed(tmp_path_factory):
    server = PrefectServer(tmp_path_factory.mktemp("prefect"))
    server.start()
    try:
        deployed = Deployed(server, tmp_path_factory.mktemp("bureau"))
        migrate(deployed.database)
        deployed.prefect("work-pool", "create", "--type", "process", "selfeval")
        deployed.prefect("--no-prompt", "deploy", "--all", "--prefect-file", str(PREFECT_YAML))
        yield deployed
    finally:
        server.stop()


def test_every_schedule_gets_scheduled_runs(deployed):
    wanted = {
        entry["name"] for entry in yaml.safe_load(PREFECT_YAML.read_text(encoding="utf-8"))["deployments"]
        if entry.get("schedules")
    }  # fmt: skip
    names: set[str] = set()
    # The scheduler has a loop of its own: ask until it has run, and fail when it does not.
    given_up = time.monotonic() + 90
    while names != wanted and time.monotonic() < given_up:
        ids = {run["deployment_id"] for run in deployed.runs("SCHEDULED")}
        names = {entry["name"] for entry in deployed.ask("deployments/filter", {}) if entry["id"] in ids}
    assert names == wanted


def test_the_run_form_opens_a_cycle_and_refuses_contradictory_dates_with_the_reason(deployed):
    deployment = deployed.ask("deployments/name/开启周期/开启周期")
    titles = deployment["parameter_openapi_schema"]["definitions"]["CycleForm"]["properties"]
    assert titles["unit_due"]["title"] == "单位报送截止日期" and "national-2020" in titles["policy"]["enum"]
    for form in (FORM | {"unit_due": "2026-05-20"}, FORM):
        body = {"parameters": {"form": form}, "state": {"type": "SCHEDULED"}}
        run = deployed.ask(f"deployments/{deployment['id']}/create_flow_run", body)
        # Only this run is due; the worker ends when it is done.
        deployed.prefect("worker", "start", "--pool", "selfeval", "--run-once", "--limit", "20")
        state = deployed.ask(f"flow_runs/{run['id']}")["state"]
        if form is FORM:
            assert state["type"] == "COMPLETED", state["message"]
        else:
            assert state["type"] == "FAILED"
            assert "主管部门汇总截止（2026-04-24）应不早于单位报送截止（2026-05-20）" in state["message"]
    with transaction(deployed.database) as session:
        assert cycle_of(session).document_number == "某财绩〔2026〕1号"
    boards = deployed.ask("artifacts/latest/filter", {})
    assert [board["key"] for board in boards if "某县2025年度" in board["data"]] == ["cycle-board-2025"]


_VANISHED = """
from datetime import datetime, timedelta
from prefect import get_client
from prefect.states import Running
from db import heartbeats
from flows.tend import tend_runs
from selfeval.workdays import SHANGHAI
from tasks.heartbeat import settle_vanished
from tasks.office import database

at = datetime.now(SHANGHAI)
def sign(run, seen):
    with database() as session:
        heartbeats.beat(session, str(run.id), "值守", host="县局", worker_pid=1, pid=2, at=seen)
with get_client(sync_client=True) as client:
    dead, alive, foreign = (client.create_flow_run(tend_runs, state=Running()) for _ in range(3))
    sign(dead, at - timedelta(minutes=6))
    sign(alive, at - timedelta(minutes=4))
    print("settled", tend_runs(), tend_runs())
    for run in (dead, alive, foreign):
        state = client.read_flow_run(run.id).state
        print(state.name, state.message or "")
with database() as session:
    print("signs", len(heartbeats.signs(session)))
    heartbeats.end(session, str(alive.id))
"""


def test_a_run_whose_process_is_silent_is_settled_once_and_others_are_left_alone(deployed):
    done = subprocess.run(
        [sys.executable, "-c", _VANISHED],
        env=deployed.environment, capture_output=True, text=True, timeout=180, cwd=ROOT,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    settled, dead, alive, foreign, signs = done.stdout.splitlines()
    # The tick's own two runs had their signs and took them along at their end.
    assert (settled, signs) == ("settled 1 0", "signs 1")
    assert dead.startswith("Crashed 进程中断（最后一次心跳") and "机器 县局" in dead
    assert alive.strip() == foreign.strip() == "Running"


def test_mails_go_over_the_server_that_prefect_keeps_when_the_environment_names_none(deployed, tmp_path):
    deployed.prefect("block", "register", "-m", "tasks.mail_server")
    kind = deployed.ask("block_types/slug/selfeval-mail-server")
    assert kind["name"] == "selfeval 邮件服务器"
    url = f"sqlite:///{tmp_path / 'selfeval.db'}"
    mails = fill(url, 3, ("notice",))
    environment = deployed.environment | {
        "SELFEVAL_DATABASE_URL": url, "SELFEVAL_HOME": str(tmp_path), "SELFEVAL_MAIL_FROM": "selfeval@bureau.example",
    }  # fmt: skip
    with Mailbox(tmp_path / "received") as mailbox:
        kept = f"MailServer(host='127.0.0.1', port={mailbox.port}, tls='none').save('selfeval')"
        for script in (
            f"from tasks.mail_server import MailServer; {kept}",
            "from flows.deliver import deliver_mails; print('outcome', deliver_mails())",
        ):
            done = subprocess.run(
                [sys.executable, "-c", script],
                env=environment, capture_output=True, text=True, timeout=180, cwd=ROOT,
            )  # fmt: skip
            assert done.returncode == 0, done.stdout + done.stderr
    assert f"outcome {{'sent': {mails}}}" in done.stdout
    assert len(list(mailbox.folder.glob("*.eml"))) == mails
