"""The server on PostgreSQL and Redis with two workers, as deploy/compose.yaml describes it."""

from __future__ import annotations

import json
import urllib.error

import pytest
import redis

from tests.deploy import compose
from tests.deploy.cluster import until


def test_two_workers_share_the_runs_and_every_record_arrives_over_redis(bureau):
    cluster = bureau.cluster
    runs = [cluster.start_run("预演", {"form": {"year": 2025}}) for _ in range(2)]
    until(lambda: all(cluster.state(run) == "COMPLETED" for run in runs), "not all runs completed")

    def worked(name: str) -> bool:
        return "Finished in state Completed()" in cluster.said(name)

    # Each has room for one run.
    until(lambda: worked("甲") and worked("乙"), "one worker did everything")
    # Task states travel as events: none is lost on its way through Redis into PostgreSQL.
    until(
        lambda: all(cluster.task_states(run) == {"COMPLETED"} for run in runs), "task runs were not recorded"
    )
    password = compose.SECRETS["REDIS_PASSWORD"]
    for number in (0, 1):  # messages, and the server's own tasks
        store = redis.Redis(port=cluster.redis_port, password=password, db=number)
        assert store.dbsize() > 0


def test_nobody_without_the_password_reaches_the_server(bureau):
    with pytest.raises(urllib.error.HTTPError, match="401"):
        bureau.cluster.ask("api/admin/version", login=False)
    assert bureau.cluster.ask("api/admin/version") == "3.8.8"


def test_the_proxy_tells_the_interface_what_the_server_would_tell_but_for_the_password(bureau):
    text = (compose.DEPLOY / "proxy.Caddyfile").read_text(encoding="utf-8")
    told = json.loads(text.split("respond `")[1].split("`")[0])
    real = bureau.cluster.ask("ui-settings")
    assert real["auth"] == "BASIC" and told == real | {"auth": None}
