"""`selfeval policy show` and `selfeval policy diff`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from apps.check import policy_at, read_path
from apps.terminal import wrapped
from selfeval.difference import entry_difference, is_same
from selfeval.policy import Policy
from selfeval.policy_words import policy_data, settings
from selfeval.result import check_entry
from selfeval.rules import judge

_HEAD = ("name", "title", "source", "version")


def show(name: str) -> tuple[dict[str, Any], str]:
    """Every value of a policy, with its source."""
    policy = policy_at(name)
    lines = [
        wrapped(policy.title),
        f"名称 {policy.name}  版本 {policy.version}",
        wrapped(policy.source, "出处："),
    ]
    section = ""
    for setting in settings(policy):
        if setting.path in _HEAD:
            continue
        if setting.section != section:
            section = setting.section
            lines += ["", f"【{section}】"]
        head = f"  {setting.label}：" if setting.label != section else "  "
        if "\n" in setting.value:
            lines += [head, *(wrapped(line, "    ", "      ") for line in setting.value.split("\n"))]
        else:
            lines.append(wrapped(setting.value, head, "      "))
    return policy_data(policy), "\n".join(lines)


def diff(first: str, second: str, files: tuple[Path, ...]) -> tuple[dict[str, Any], str]:
    """Which values differ between two policies, and which results of these files would change."""
    policies = (policy_at(first), policy_at(second))
    changed = _settings(*policies)
    results = []
    for path in files:
        filing = read_path(path)
        results.append(entry_difference(*(check_entry(filing, judge(filing, policy)) for policy in policies)))
    data = {"policies": [policy.name for policy in policies], "settings": changed, "files": results}
    lines = [f"{policies[0].name} → {policies[1].name}"]
    lines += [wrapped(f"{s['values'][0]} → {s['values'][1]}", f"  {s['label']}：", "      ") for s in changed]
    if not changed:
        lines.append("  两份政策的规定相同")
    blocks = ["\n".join(lines), *(_file(result) for result in results)]
    return data, "\n\n".join(blocks)


def _settings(first: Policy, second: Policy) -> list[dict[str, Any]]:
    pairs = zip(settings(first), settings(second), strict=True)
    return [
        {
            "path": a.path,
            "label": a.label if a.label == a.section else f"{a.section} {a.label}",
            "values": [a.value, b.value],
        }
        for a, b in pairs
        if a.value != b.value and a.path not in _HEAD
    ]


def _file(result: dict[str, Any]) -> str:
    lines = [wrapped(result["file"], "■ ")]
    if is_same(result):
        lines.append("  结果不变" if result["readable"] else "  文件无法读取，两份政策的结果相同")
    for form in result["forms"]:
        lines.append(wrapped(form["project"] or form["title"], f"  · {form['id']:>2} "))
        for label, key in (("复算得分", "recomputed_score"), ("等级", "recomputed_grade")):
            before, after = form[key]
            if before != after:
                lines.append(f"       {label} {before or '无'} → {after or '无'}")
        for row in form["rows"]:
            before, after = row["recomputed_score"]
            lines.append(
                wrapped(f"{row['where']} {row['label']}：{before or '无'} → {after or '无'}", "       ")
            )
    findings = result["findings"]
    lines += [_finding("不再提出", finding) for finding in findings["gone"]]
    lines += [_finding("新提出", finding) for finding in findings["new"]]
    for before, after in findings["changed"]:
        lines.append(wrapped(f"{after['code']} {after['where']}", "  有变化 "))
        lines += [wrapped(before["message"], "    原："), wrapped(after["message"], "    现：")]
    return "\n".join(lines)


def _finding(change: str, finding: dict[str, Any]) -> str:
    head = wrapped(f"{finding['code']} {finding['where']}", f"  {change} ")
    return f"{head}\n{wrapped(finding['message'], '    ')}"
