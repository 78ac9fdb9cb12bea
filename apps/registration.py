"""Register every deployment with the Prefect server: `python -m apps.registration`, what `selfeval serve` runs.

The same as `prefect deploy --all` on deploy/prefect.yaml and its two commands before, in one process, and only
what is missing or not as it should be: Prefect takes the waiting runs from a deployment that is registered, and
to register all costs ten seconds of processor time. What a person has switched off stays switched off.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

import click
from prefect import get_client
from prefect.client.schemas.actions import DeploymentScheduleCreate, WorkPoolCreate
from prefect.client.schemas.filters import FlowRunFilter
from prefect.client.schemas.objects import ConcurrencyLimitConfig, DeploymentSchedule, VersionInfo
from prefect.client.schemas.schedules import CronSchedule
from prefect.client.schemas.sorting import FlowRunSort
from prefect.context import SyncClientContext
from prefect.deployments.runner import RunnerDeployment
from prefect.exceptions import ObjectNotFound
from prefect.flows import EntrypointType
from prefect.utilities.importtools import import_object
from prefect.workers.process import ProcessWorker

from apps.deployments import Wanted, program_mark, wanted_deployments
from apps.imports import kept_for_good
from apps.registered import found_on, stands, version_of
from tasks.mail_server import MailServer
from tasks.settings import WORK_POOL


def register_all() -> int:
    """Work pool, mail server block and every deployment that is not yet as it should be; how many those were."""
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
        program, everything = program_mark(), wanted_deployments()
        found = found_on(context.client, everything)
        registered = 0
        for wanted in everything:
            named = [each for each in found if each.name == wanted.name]
            if any(stands(each, wanted, program) for each in named):
                continue
            there = [schedule for each in named for schedule in each.schedules]
            deployment = deployment_of(wanted, program, there)
            # Said, or Prefect looks for a repository around us.
            deployment.apply(version_info=VersionInfo(type="prefect:simple", version=deployment.version))
            registered += 1
    return registered


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


def deployment_of(wanted: Wanted, program: str, there: Sequence[DeploymentSchedule] = ()) -> RunnerDeployment:
    """The deployment as Prefect takes it; `there` are the schedules that it has on the server."""
    limit = ConcurrencyLimitConfig(**wanted.concurrency_limit) if wanted.concurrency_limit else None
    deployment = import_object(wanted.entrypoint).to_deployment(
        name=wanted.name,
        description=wanted.description,
        tags=list(wanted.tags),
        schedules=_schedules(wanted, there),
        concurrency_limit=limit,
        work_pool_name=WORK_POOL,
        job_variables=dict(wanted.job_variables),
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
    deployment.version = version_of(
        program, deployment._parameter_openapi_schema.model_dump(exclude_unset=True)
    )
    # Whether it is paused is for the person at the server to say.
    deployment.model_fields_set.discard("paused")
    return deployment


def _schedules(wanted: Wanted, there: Sequence[DeploymentSchedule]) -> list[DeploymentScheduleCreate]:
    """Ours, without a word on whether they are active: that, too, is for the person at the server to say."""
    ours = [
        DeploymentScheduleCreate(schedule=CronSchedule(cron=cron, timezone=zone), slug=slug)
        for slug, (cron, zone) in wanted.schedules.items()
    ]
    if all(each.slug for each in there):
        return ours
    # One that was added in the interface has no slug, and Prefect then replaces all of them by what it is given.
    active = {each.slug: each.active for each in there}
    for each in ours:
        each.active = active.get(each.slug, True)
    own = [
        DeploymentScheduleCreate(
            schedule=each.schedule, active=each.active, parameters=each.parameters, slug=each.slug
        )
        for each in there
        if each.slug not in wanted.schedules
    ]
    return ours + own


if __name__ == "__main__":
    with kept_for_good():
        changed = register_all()
    click.echo(f"登记了 {changed} 个部署" if changed else "全部部署都已登记，没有变化")
    forget_missed()
