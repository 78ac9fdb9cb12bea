"""The files of deploy/ say what the code does: settings, commands, who can reach what."""

from __future__ import annotations

import base64
import re
import shlex
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest
from prefect.settings.models.root import Settings
from pydantic import AliasChoices
from pydantic_settings import BaseSettings

from apps.prefect_server import server_environment
from tests.conftest import ROOT
from tests.deploy import compose
from tests.deploy.compose import DEPLOY, SECRETS, example, raw, services, variables

PACKAGES = ("selfeval", "documents", "db", "notifications", "tasks", "flows", "apps")
PLACED = {"SELFEVAL_HOME", "SELFEVAL_DATABASE_URL", "SELFEVAL_INBOX", "SELFEVAL_SITE"}  # compose says where
# What selfeval serve and the demonstration decide for the one machine that they run on.
OWN_SERVER = {
    "PREFECT_HOME",
    "PREFECT_API_URL",
    "PREFECT_SERVER_API_HOST",
    "PREFECT_SERVER_API_PORT",
    "PREFECT_UI_STATIC_DIRECTORY",
    "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL",
}


def _read_by_the_code() -> set[str]:
    """Names of SELFEVAL_ variables anywhere in the code; one that ends in an underscore is a beginning of names."""
    names = {
        name
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        for name in re.findall(r"\bSELFEVAL_\w*[A-Z]\b", path.read_text(encoding="utf-8"))
    }
    return {name for name in names if not name.endswith("_")}


def _lines() -> list[str]:
    return (DEPLOY / "env.example").read_text(encoding="utf-8").splitlines()


def _listed() -> set[str]:
    """Every name of env.example, with those that compose fills in itself."""
    return {found[1] for line in _lines() if (found := re.match(r"#?([A-Z]\w+)=", line))}


def _prefect_settings(settings: type[BaseSettings] = Settings) -> set[str]:
    names: set[str] = set()
    for name, field in settings.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseSettings):
            names |= _prefect_settings(field.annotation)
        elif isinstance(field.validation_alias, AliasChoices):
            names |= {choice.upper() for choice in field.validation_alias.choices if isinstance(choice, str)}
        names.add(f"{settings.model_config.get('env_prefix', '')}{name}".upper())
    return names


def test_env_example_lists_every_setting_that_is_relied_on_and_no_other():
    used = _read_by_the_code() | variables(raw())
    for service in ("prefect", "setup", "worker"):
        used |= set(raw()["services"][service]["environment"])
    assert _listed() == used | (set(server_environment(Path(), 1)) - OWN_SERVER)


def test_every_setting_of_env_example_is_explained_in_chinese_on_the_line_before():
    lines = _lines()
    for before, line in pairwise(lines):
        if re.match(r"#?[A-Z]\w+=", line):
            assert before.startswith("# ") and re.search(r"[\u4e00-\u9fff]{2}", before), line


def test_a_default_of_compose_stands_in_env_example_to_be_changed_there():
    offered = dict(re.findall(r"^#?([A-Z]\w+)=(.*)$", "\n".join(_lines()), flags=re.MULTILINE))
    text = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
    defaults = re.findall(r"\$\{(\w+):-([^}]+)\}", text)
    assert len(defaults) > 20
    for name, default in defaults:
        assert offered[name] == default, name


def test_what_env_example_sets_unasked_suits_one_machine():
    # Somebody who copies the whole file for selfeval serve gets neither Redis nor an empty password.
    assert {name for name in example() if name.startswith(("PREFECT_", "DO_NOT"))} == {"PREFECT_DB_PASSWORD"}


def test_every_setting_of_prefect_is_one_that_the_pinned_version_reads():
    known = _prefect_settings() | {"PREFECT_REDIS_MESSAGING_URL"}
    names = {name for name in _listed() if name.startswith("PREFECT_") and not name.endswith("_DB_PASSWORD")}
    assert names and names <= known, names - known


def test_the_server_of_compose_behaves_as_the_server_of_one_machine():
    server, program = services()["prefect"]["environment"], services()["worker"]["environment"]
    for name, value in server_environment(Path(), 1).items():
        if name not in OWN_SERVER:
            assert (server | program)[name] == value, name


def test_workers_get_every_setting_of_the_code_and_no_password_of_others():
    program = raw()["services"]["worker"]["environment"]
    own = {name for name in program if name.startswith("SELFEVAL_")}
    assert own == _read_by_the_code()
    assert all(program[name] == f"${{{name}:-}}" for name in own - PLACED)
    assert raw()["services"]["setup"]["environment"] == program
    assert not variables(program) & {"POSTGRES_PASSWORD", "PREFECT_DB_PASSWORD", "REDIS_PASSWORD"}
    assert "SELFEVAL_SMTP_PASSWORD" not in raw()["services"]["prefect"]["environment"]


def test_without_its_secrets_nothing_starts():
    for name in SECRETS:
        with pytest.raises(KeyError, match=name):
            compose.filled(raw(), example() | {k: v for k, v in SECRETS.items() if k != name})


def test_only_the_proxy_and_the_public_site_can_be_reached_from_outside():
    parts, networks = raw()["services"], raw()["networks"]
    assert {name for name, service in parts.items() if service.get("ports")} == {"proxy", "site"}
    assert all("network_mode" not in service for service in parts.values())
    for name in ("postgres", "redis", "prefect", "setup"):
        assert all(networks[network].get("internal") for network in parts[name]["networks"]), name
    assert not set(parts["proxy"]["networks"]) & set(parts["postgres"]["networks"])
    assert parts["site"]["networks"] == ["public"]
    assert not any("public" in service["networks"] for name, service in parts.items() if name != "site")
    assert [v for v in parts["site"]["volumes"] if v.startswith("site:")] == ["site:/site:ro"]


def test_the_program_runs_without_privileges():
    for name in ("prefect", "setup", "worker"):
        service = raw()["services"][name]
        assert service["cap_drop"] == ["ALL"] and service["security_opt"] == ["no-new-privileges:true"]
        assert "user" not in service and "privileged" not in service
    dockerfile = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    # Among the programs it cannot write: there Prefect would put together the pages of its interface.
    server = services()["prefect"]["environment"]
    assert server["PREFECT_UI_STATIC_DIRECTORY"].startswith("/tmp/") and server["PREFECT_HOME"].startswith(
        "/tmp/"
    )
    users = re.findall(r"^USER (\S+)$", dockerfile, flags=re.MULTILINE)
    assert users[-1:] == ["selfeval"] and "useradd --uid 10001" in dockerfile


def test_what_the_files_of_deploy_name_is_there():
    for service in raw()["services"].values():
        for volume in service.get("volumes", []):
            place = volume.split(":")[0]
            if place.startswith("./") and place not in ("./certs", "./logins"):  # new-env.sh makes those
                assert (DEPLOY / place).exists(), place
    wanted = (DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    copied = re.findall(r"^COPY (.+) \S+$", (DEPLOY / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    for place in (part for line in copied for part in line.split()):
        assert (ROOT / place).exists() and f"!{place}" in wanted
    assert set(PACKAGES) <= {part for line in copied for part in line.split()}


def test_each_database_address_names_the_account_that_the_first_start_creates():
    script = (DEPLOY / "postgres" / "databases.sh").read_text(encoding="utf-8")
    created = re.search(r"^for name in (.+); do$", script, flags=re.MULTILINE)[1].split()
    addresses = (
        services()["prefect"]["environment"]["PREFECT_SERVER_DATABASE_CONNECTION_URL"],
        services()["worker"]["environment"]["SELFEVAL_DATABASE_URL"],
    )
    for name, address in zip(created, addresses, strict=True):
        assert address.split("://")[1] == f"{name}:{SECRETS[f'{name.upper()}_DB_PASSWORD']}@postgres/{name}"


def test_the_secrets_are_made_once_and_fit_together(tmp_path):
    for name in ("env.example", "new-env.sh"):
        shutil.copy(DEPLOY / name, tmp_path)
    made = subprocess.run(["sh", "new-env.sh"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "不要外传" in made.stdout
    values = dict(
        re.findall(r"^([A-Z]\w+)=(.*)$", (tmp_path / ".env").read_text(encoding="utf-8"), re.MULTILINE)
    )
    assert set(values) == set(example()) | set(SECRETS)
    assert {name: value for name, value in values.items() if name not in SECRETS} == {
        name: value for name, value in example().items() if name not in SECRETS
    }
    login = base64.b64decode(values["PROXY_AUTHORIZATION"]).decode()
    assert login == values["PREFECT_API_AUTH_STRING"] and len(login) > 50
    assert len({values[name] for name in SECRETS}) == len(SECRETS)
    assert all(re.fullmatch("[0-9a-f]{48}", values[n]) for n in SECRETS if n.endswith("_PASSWORD"))
    assert (tmp_path / ".env").stat().st_mode & 0o077 == 0
    again = subprocess.run(["sh", "new-env.sh"], cwd=tmp_path, capture_output=True, text=True)
    assert again.returncode == 1 and "已经存在" in again.stderr
    compose.filled(raw(), values)


def test_the_image_installs_the_lock_that_holds_what_redis_needs():
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert re.search(r"^prefect-redis==", lock, flags=re.MULTILINE)
    assert "--require-hashes --no-deps -r requirements.lock" in (DEPLOY / "Dockerfile").read_text(
        encoding="utf-8"
    )
    server = services()["prefect"]
    assert shlex.join(server["command"]).startswith("prefect server start")
    assert server["environment"]["PREFECT_MESSAGING_BROKER"] == "prefect_redis.messaging"
