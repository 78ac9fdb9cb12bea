"""Register every deployment with the Prefect server: `python -m apps.registration`, what `selfeval serve` runs.

The same as `prefect deploy --all` on deploy/prefect.yaml and its two commands before, in one process: five
seconds of processor time instead of twenty. What a person has switched off in Prefect stays switched off.
"""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from prefect import get_client
from prefect.client.schemas.actions import DeploymentScheduleCreate, WorkPoolCreate
from prefect.client.schemas.filters import FlowRunFilter
from prefect.client.schemas.objects import ConcurrencyLimitConfig
from prefect.client.schemas.schedules import CronSchedule
from prefect.client.schemas.sorting import FlowRunSort
from prefect.context import SyncClientContext
from prefect.deployments.runner import RunnerDeployment
from prefect.exceptions import ObjectNotFound
from prefect.flows import EntrypointType
from prefect.utilities.importtools import import_object
from prefect.workers.process import ProcessWorker

from apps.deployments import Wanted, wanted_deployments
from apps.imports import kept_for_good
from tasks.mail_server import MailServer
from tasks.settings import WORK_POOL


def register_all() -> None:
    """Work pool, mail server block and every deployment; doing it again changes nothing that stands."""
    # One client for all: each would load the certificates of the world anew and ask the server its version.
    with SyncClientContext.get_or_create() as context:
        try:
            context.client.read_work_pool(WORK_POOL)
        except ObjectNotFound:
            template = ProcessWorker.get_default_base_job_template()
            context.client.create_work_pool(
                WorkPoolCreate(name=WORK_POOL, type="process", base_job_template=template)
            )
        MailServer.register_type_and_schema()
        for wanted in wanted_deployments():
            deployment_of(wanted).apply()


def forget_missed() -> int:
    """Of the runs that a deployment missed while nothing worked, only the last is to be made up; runs deleted.

    Every stage does what is due, however late: after a night without power one run does the work of hundreds,
    which would only hold each other up. What a person has asked for is left alone.
    """
    missed = FlowRunFilter(
        state={"type": {"any_": ["SCHEDULED"]}}, expected_start_time={"before_": datetime.now(UTC)}
    )
    newest: set[UUID] = set()
    deleted = offset = 0
    with get_client(sync_client=True) as client:
        while runs := client.read_flow_runs(
            flow_run_filter=missed, sort=FlowRunSort.EXPECTED_START_TIME_DESC, limit=200, offset=offset
        ):
            for run in runs:
                if run.auto_scheduled and run.deployment_id in newest:
                    client.delete_flow_run(run.id)
                    deleted += 1
                else:
                    offset += 1
                    if run.auto_scheduled:
                        newest.add(run.deployment_id)
    return deleted


def deployment_of(wanted: Wanted) -> RunnerDeployment:
    """The deployment as Prefect takes it."""
    limit = ConcurrencyLimitConfig(**wanted.concurrency_limit) if wanted.concurrency_limit else None
    deployment = import_object(wanted.entrypoint).to_deployment(
        name=wanted.name,
        description=wanted.description,
        tags=list(wanted.tags),
        # Without a word on whether they are active, and below on whether it is paused: that is for the
        # person at the server to say.
        schedules=[
            DeploymentScheduleCreate(schedule=CronSchedule(cron=cron, timezone=zone), slug=slug)
            for slug, (cron, zone) in wanted.schedules.items()
        ],
        concurrency_limit=limit,
        work_pool_name=WORK_POOL,
        job_variables=dict(wanted.job_variables),
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
    deployment.model_fields_set.discard("paused")
    return deployment


if __name__ == "__main__":
    with kept_for_good():
        register_all()
    forget_missed()
