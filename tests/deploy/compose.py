"""deploy/compose.yaml with the values of deploy/env.example, as Docker Compose would put them in."""

from __future__ import annotations

import re
from typing import Any

import yaml

from tests.conftest import ROOT

DEPLOY = ROOT / "deploy"
SECRETS = {
    "PREFECT_API_AUTH_STRING": "selfeval:long-secret",
    "PROXY_AUTHORIZATION": "c2VsZmV2YWw6bG9uZy1zZWNyZXQ=",
    "POSTGRES_PASSWORD": "p1",
    "PREFECT_DB_PASSWORD": "p2",
    "SELFEVAL_DB_PASSWORD": "p3",
    "REDIS_PASSWORD": "p4",
}
_VARIABLE = re.compile(r"\$\{(\w+)(?::([-?])([^}]*))?\}")


def raw() -> dict[str, Any]:
    """The file as it stands."""
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))


def example() -> dict[str, str]:
    """What env.example sets; lines that begin with # and a name are examples that compose fills in itself."""
    text = (DEPLOY / "env.example").read_text(encoding="utf-8")
    return dict(re.findall(r"^([A-Z]\w+)=(.*)$", text, flags=re.MULTILINE))


def variables(node: Any) -> set[str]:
    """Names of the variables in the values of a YAML tree."""
    if isinstance(node, dict):
        return {name for value in node.values() for name in variables(value)}
    if isinstance(node, list):
        return {name for value in node for name in variables(value)}
    return {found[0] for found in _VARIABLE.findall(node)} if isinstance(node, str) else set()


def filled(node: Any, values: dict[str, str]) -> Any:
    """The tree with its variables replaced; a KeyError with the message for a required one that is blank."""
    if isinstance(node, dict):
        return {key: filled(value, values) for key, value in node.items()}
    if isinstance(node, list):
        return [filled(value, values) for value in node]
    if not isinstance(node, str):
        return node

    def value(match: re.Match[str]) -> str:
        name, kind, rest = match.groups()
        if values.get(name):
            return values[name]
        if kind == "?":
            raise KeyError(f"{name}: {rest}")
        return rest if kind == "-" else ""

    return _VARIABLE.sub(value, node)


def services() -> dict[str, Any]:
    """The services with every value put in."""
    return filled(raw(), example() | SECRETS)["services"]
