"""The deployments that should exist: deploy/prefect.yaml, wherever the program is installed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True, slots=True)
class Wanted:
    """A deployment of the file; `schedules` are slug → cron in Asia/Shanghai."""

    name: str
    entrypoint: str
    schedules: dict[str, str]


def deployments_file() -> Path:
    """deploy/prefect.yaml of a checkout, or its copy in an installed package."""
    folder = Path(__file__).resolve().parent
    checkout = folder.parent / "deploy" / "prefect.yaml"
    return checkout if checkout.is_file() else folder / "prefect.yaml"


def wanted_deployments() -> list[Wanted]:
    entries: list[dict[str, Any]] = yaml.safe_load(deployments_file().read_text(encoding="utf-8"))[
        "deployments"
    ]
    return [
        Wanted(
            entry["name"],
            entry["entrypoint"],
            {schedule["slug"]: schedule["cron"] for schedule in entry.get("schedules", [])},
        )
        for entry in entries
    ]
