"""A policy from its text: parsed, merged over the one it extends, read and checked."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from importlib import resources

from selfeval.policy.contradictions import contradictions
from selfeval.policy.fields import read_policy
from selfeval.policy.values import Policy
from selfeval.policy_text import Reader, merge
from selfeval.refusal import Refusal


class PolicyError(Refusal):
    """A policy file that cannot be used; `reasons` are Chinese sentences, one per mistake."""

    def __init__(self, source_name: str, reasons: list[str]):
        self.source_name = source_name
        self.reasons = tuple(reasons)
        super().__init__(f"政策文件“{source_name}”有 {len(reasons)} 处错误：" + "；".join(reasons))


def policy_names() -> tuple[str, ...]:
    """The packaged policies, in order of name."""
    folder = resources.files("selfeval") / "policies"
    return tuple(
        sorted(file.name.removesuffix(".toml") for file in folder.iterdir() if file.name.endswith(".toml"))
    )


def load_policy(name: str) -> Policy:
    """A packaged policy. Raises PolicyError for a name that is not packaged."""
    return parse_policy(_packaged(name, source_name=name), source_name=name)


def parse_policy(text: str, *, source_name: str) -> Policy:
    """A policy from TOML text; raises PolicyError with every mistake, each as a Chinese sentence."""
    reader = Reader(_merged(text, source_name))
    policy = read_policy(reader)
    if not reader.mistakes:
        reader.mistakes += contradictions(policy)
    if reader.mistakes:
        raise PolicyError(source_name, reader.mistakes)
    return policy


def _packaged(name: str, *, source_name: str) -> str:
    if name not in policy_names():
        known = "、".join(policy_names())
        raise PolicyError(source_name, [f"没有名为“{name}”的内置政策，可用的有：{known}"])
    return (resources.files("selfeval") / "policies" / f"{name}.toml").read_text(encoding="utf-8")


def _merged(text: str, source_name: str) -> dict:
    try:
        data = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(source_name, [f"不是有效的 TOML 文件：{error}"]) from error
    base = data.pop("extends", None)
    if base is None:
        return data
    if not isinstance(base, str):
        raise PolicyError(source_name, [f"extends 应为内置政策的名称，现为“{base}”"])
    parent = _merged(_packaged(base, source_name=source_name), base)
    # A policy speaks for itself: its identity and its sources are never inherited.
    for key in ("name", "title", "source", "version"):
        parent.pop(key, None)
    return merge(parent, data, whole=("weights.level1", "publication"))
