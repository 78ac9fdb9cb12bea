"""Whether a deployment stands on the Prefect server as it should, so that a start registers only what does not."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterName
from prefect.client.schemas.responses import DeploymentResponse

from apps.deployments import Wanted
from tasks.settings import WORK_POOL


def version_of(program: str, form: Any) -> str:
    """What a deployment is marked with: the program that registered it and a fingerprint of its run form."""
    canonical = json.dumps(form, ensure_ascii=False, sort_keys=True)
    return f"{program}.{hashlib.sha256(canonical.encode()).hexdigest()[:16]}"


def found_on(client: SyncPrefectClient, wanted: Iterable[Wanted]) -> list[DeploymentResponse]:
    """The deployments on the server that have one of the names, in one request."""
    names = DeploymentFilterName(any_=[each.name for each in wanted])
    return client.read_deployments(deployment_filter=DeploymentFilter(name=names))


def stands(found: DeploymentResponse, wanted: Wanted, program: str) -> bool:
    """Whether registering again would change nothing.

    Whether it or a schedule is switched off is for the person at the server to say, and so are schedules of
    other slugs. Of the form there is only the mark: who alters that and not the mark means to.
    """
    schedules = {
        each.slug: (getattr(each.schedule, "cron", None), getattr(each.schedule, "timezone", None))
        for each in found.schedules
        if each.slug in wanted.schedules
    }
    limit, options = found.global_concurrency_limit, found.concurrency_options
    limits = (
        {"limit": limit.limit, "collision_strategy": options.collision_strategy} if limit and options else {}
    )
    return (
        found.version == version_of(program, found.parameter_openapi_schema)
        and (found.entrypoint, found.description) == (wanted.entrypoint, wanted.description)
        and sorted(found.tags) == sorted(wanted.tags)
        and schedules == dict(wanted.schedules)
        and limits == dict(wanted.concurrency_limit or {})
        and (found.work_pool_name, found.job_variables) == (WORK_POOL, dict(wanted.job_variables))
        # What a person cannot see in the form would be filled in behind their back.
        and found.parameters == {}
        and bool(found.enforce_parameter_schema)
        and not (found.path or found.pull_steps)
    )
