"""A county of five hundred units on the cluster, with two workers and its mail server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime

from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterExpectedStartTime
from prefect.client.schemas.objects import FlowRun
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from apps.mailbox import Mailbox
from db import heartbeats
from db.models import Heartbeat
from db.session import transaction
from tests.db.county import open_county
from tests.deploy.cluster import Cluster, until
from tests.deploy.many_units import UNITS

YEAR = 2025
OVER = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")


class Bureau:
    """Stages are run by hand, so that the test's clock is the only one."""

    def __init__(self, cluster: Cluster, mailbox: Mailbox):
        self.cluster, self.mailbox, self._since = cluster, mailbox, datetime.now(UTC)
        self.inbox = cluster.home / "inbox"
        cluster.environment |= {
            "SELFEVAL_SMTP_HOST": "127.0.0.1",
            "SELFEVAL_SMTP_PORT": str(mailbox.port),
            "SELFEVAL_SMTP_TLS": "none",
            "SELFEVAL_MAIL_FROM": "selfeval@bureau.example",
        }
        with self.transaction() as session:
            open_county(session, UNITS)
        self.workers = {name: cluster.start_worker(name) for name in ("甲", "乙")}
        # Who comes late finds that the other one has done everything.
        until(lambda: cluster.workers_online() == set(self.workers), "the workers never came", every=1)
        # Again: a scheduler that had read the schedules before the first time wrote its next runs after it.
        cluster.pause_deployments()

    def transaction(self) -> AbstractContextManager[Session]:
        return transaction(self.cluster.database)

    def begin(self, stage: str, when: datetime) -> str:
        """A run of a stage; whichever worker has room takes it."""
        parameters = {"now": when.isoformat()}
        if stage not in ("发送邮件", "值守"):
            parameters["year"] = YEAR
        return self.cluster.start_run(stage, parameters)

    def end(self, run: str) -> None:
        """Wait until a run is over; it has to have ended well."""
        # Once a second: the server that is asked has work of its own.
        until(lambda: self.cluster.state(run) in OVER, "the run never ended", every=1)
        state = self.cluster.ask(f"api/flow_runs/{run}")["state"]
        assert state["type"] == "COMPLETED", (state, self.cluster.said("甲"), self.cluster.said("乙"))

    def run(self, stage: str, when: datetime) -> None:
        self.end(self.begin(stage, when))

    def count(self, *what) -> int:
        with self.transaction() as session:
            return session.scalar(select(func.count()).where(*what))

    def sign(self, run: str) -> Heartbeat:
        with self.transaction() as session:
            return heartbeats.signs(session)[run]

    def flow_runs(self) -> list[FlowRun]:
        """All since there is this bureau."""
        since = FlowRunFilter(expected_start_time=FlowRunFilterExpectedStartTime(after_=self._since))
        with self.cluster.client() as client:
            return client.read_flow_runs(flow_run_filter=since, limit=200)


@contextmanager
def served(cluster: Cluster) -> Iterator[Bureau]:
    """The bureau with its cycle open and no notice out yet."""
    with Mailbox(cluster.home / "received") as mailbox:
        bureau = Bureau(cluster, mailbox)
        try:
            yield bureau
        finally:
            for name in bureau.workers:
                cluster.kill(name)
