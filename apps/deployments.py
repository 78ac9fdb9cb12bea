"""The deployments that should exist: deploy/prefect.yaml, wherever the program is installed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import yaml

# Those that a flow may import.
_PACKAGES = ("selfeval", "documents", "db", "notifications", "tasks", "flows")


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


def program_mark() -> str:
    """A fingerprint of all that run forms are made of: every source and policy, and what makes schemas of them.

    To compute the forms takes two seconds of imports, this a twentieth of one.
    """
    packages = Path(__file__).resolve().parent.parent
    sources = hashlib.sha256(f"{version('prefect')} {version('pydantic')}".encode())
    for name in _PACKAGES:
        for path in sorted((packages / name).rglob("*")):
            if path.suffix in (".py", ".toml"):
                sources.update(f"\n{path.relative_to(packages).as_posix()}\n".encode())
                sources.update(path.read_bytes())
    return sources.hexdigest()[:16]
