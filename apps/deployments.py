"""The deployments that should exist: deploy/prefect.yaml, wherever the program is installed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True, slots=True)
class Wanted:
    """A deployment of the file. `schedules`: slug → (cron, zone); `concurrency_limit` as Prefect takes it."""

    name: str
    description: str
    entrypoint: str
    tags: tuple[str, ...]
    schedules: Mapping[str, tuple[str, str]]
    concurrency_limit: Mapping[str, Any] | None
    job_variables: Mapping[str, Any]


def deployments_file() -> Path:
    """deploy/prefect.yaml of a checkout, or its copy in an installed package."""
    folder = Path(__file__).resolve().parent
    checkout = folder.parent / "deploy" / "prefect.yaml"
    return checkout if checkout.is_file() else folder / "prefect.yaml"


def wanted_deployments() -> list[Wanted]:
    """The deployments in the order of the file."""
    entries = yaml.safe_load(deployments_file().read_text(encoding="utf-8"))["deployments"]
    return [
        Wanted(
            entry["name"],
            entry["description"],
            entry["entrypoint"],
            tuple(entry["tags"]),
            {
                schedule["slug"]: (schedule["cron"], schedule["timezone"])
                for schedule in entry.get("schedules", [])
            },
            entry.get("concurrency_limit"),
            entry["work_pool"]["job_variables"],
        )
        for entry in entries
    ]
