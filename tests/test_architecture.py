"""The house stays as it was built: what the settings say, what the domain may import, how fast it starts."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib

import yaml
from prefect import Flow
from prefect.utilities.importtools import import_object

from apps.deployments import wanted_deployments
from apps.registration import deployment_of
from flows.common import STAGES
from tests.conftest import ROOT

_HEAVY = {"prefect", "sqlalchemy", "pandas", "docx", "openpyxl", "jinja2", "aiosmtplib", "fsspec", "pydantic"}


def _loaded_by(statement: str) -> set[str]:
    """Top-level packages that a fresh interpreter has loaded after a statement."""
    code = f"{statement}\nimport sys\nprint(*sorted({{name.split('.')[0] for name in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_rules_and_the_check_command_load_neither_prefect_nor_a_database():
    assert (
        not _loaded_by("import selfeval.rules, selfeval.scoring, selfeval.policy, selfeval.result") & _HEAVY
    )
    assert not _loaded_by("import apps.cli, apps.check") & _HEAVY


def test_a_run_of_the_frequent_stages_loads_no_tables_and_no_migrations():
    # Each run is a process of its own, one every minute: what none of them uses is a quarter of its start.
    frequent = "import flows.collect, flows.deliver, flows.evaluate, flows.remind, flows.tend"
    assert not _loaded_by(frequent) & {"pandas", "numpy", "alembic", "holidays"}


def test_every_deployment_names_a_flow_by_module_path_and_every_stage_is_deployed():
    deployed = yaml.safe_load((ROOT / "deploy" / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]
    flows = {entry["entrypoint"]: import_object(entry["entrypoint"]) for entry in deployed}
    assert all(isinstance(flow, Flow) for flow in flows.values())
    # One name for both, or a person looks for a run under the other.
    assert [entry["name"] for entry in deployed] == [flow.name for flow in flows.values()]
    # `flow` of flows.common, not Prefect's: a run without a heartbeat would be taken for a dead one.
    assert [name for name, flow in flows.items() if not flow.on_running_hooks] == []
    # A run that a command starts carries the same tag as one of the deployment.
    assert {entrypoint: [STAGES[flow.name]] for entrypoint, flow in flows.items()} == {
        entry["entrypoint"]: entry["tags"] for entry in deployed
    }
    stages = {path.stem for path in (ROOT / "flows").glob("*.py")} - {"__init__", "common"}
    assert stages == {entrypoint.split(".")[1] for entrypoint in flows}
    assert all(re.search(r"[\u4e00-\u9fff]", entry["name"] + entry["description"]) for entry in deployed)
    schedules = [s for entry in deployed for s in entry.get("schedules", [])]
    assert schedules and {s["timezone"] for s in schedules} == {"Asia/Shanghai"}


def test_registering_again_says_nothing_about_what_a_person_has_switched_off():
    for wanted in wanted_deployments():
        deployment = deployment_of(wanted, "program")
        assert "paused" not in deployment.model_dump(exclude_unset=True)
        assert not [schedule for schedule in deployment.schedules if "active" in schedule.model_fields_set]


def test_the_lock_pins_every_requirement_with_hashes_and_names_no_index():
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    entries = re.split(r"\n(?=[a-z0-9])", lock.strip())
    assert len(entries) > 50
    assert all(
        re.match(r"[a-z0-9._-]+(\[[a-z0-9, -]+\])?==", entry) and "--hash=sha256:" in entry
        for entry in entries
    )
    assert "://" not in lock and "index" not in lock
    pinned = {re.split(r"[=\[]", entry)[0] for entry in entries}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = project["dependencies"] + [
        line for extra in project["optional-dependencies"].values() for line in extra
    ]
    assert {re.split(r"[\[<>=]", line)[0].lower() for line in wanted} <= pinned


def test_no_module_is_longer_than_can_be_read_at_once():
    folders = (
        "selfeval",
        "documents",
        "db",
        "notifications",
        "tasks",
        "flows",
        "apps",
        "examples",
        "bench",
        "tests",
    )
    modules = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    assert len(modules) > 500
    lengths = {path.relative_to(ROOT): len(path.read_text(encoding="utf-8").splitlines()) for path in modules}
    # About 400 lines; a file that has grown beyond the margin is parted by what it is about.
    assert {path: length for path, length in lengths.items() if length > 450} == {}
