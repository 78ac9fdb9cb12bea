"""Read a cycle file with the policies that it names; no Prefect, so that commands start quickly."""

from __future__ import annotations

from pathlib import Path

from selfeval.cycle import Cycle, CycleError
from selfeval.cycle_file import parse_cycle
from selfeval.policy import parse_policy, policy_names


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
