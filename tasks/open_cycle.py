"""Open a cycle from a file or from a form."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from prefect import task
from prefect.cache_policies import NO_CACHE

from db import cycles
from selfeval.cycle import Cycle, CycleError, parse_cycle
from selfeval.policy import load_policy, parse_policy, policy_names
from tasks.office import database, log


def read_cycle_file(path: Path) -> tuple[Cycle, dict[str, str]]:
    """The cycle of a TOML file and the text of the bureau's own policies that it names, relative to it.

    Raises CycleError for what is wrong in the cycle, PolicyError for what is wrong in a policy.
    """
    try:
        cycle = parse_cycle(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        raise CycleError(
            [f"“{path.name}”不是 UTF-8 编码的文本：第{error.start + 1}个字节处无法解读"]
        ) from error
    names = {cycle.policy} | {item.policy for item in cycle.assignments.values() if item.policy}
    policies = {}
    for name in sorted(names - set(policy_names())):
        file = path.parent / name
        if not file.is_file():
            known = "、".join(policy_names())
            raise CycleError([f"找不到政策“{name}”：既不是自带的政策（{known}），也没有文件 {file}"])
        policies[name] = file.read_text(encoding="utf-8-sig")
        parse_policy(policies[name], source_name=name)
    return cycle, policies


@task(name="登记周期", cache_policy=NO_CACHE)
def store_cycle(definition: str, policies: dict[str, str], at: datetime, actor: str) -> int:
    """Store a cycle given as TOML text; opening it again changes nothing. Its budget year."""
    cycle = parse_cycle(definition)
    named = {cycle.policy, *(a.policy for a in cycle.assignments.values() if a.policy)}
    for name in sorted(named - policies.keys()):
        load_policy(name)
    with database() as session:
        row = cycles.open_cycle(session, definition, policies, at=at, actor=actor)
        log.info("周期已开启：%s（%s）", row.name, row.document_number)
        return row.year
