"""The words of a commented file: what a comment says, and the list in front."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from documents.typography import printable
from selfeval.findings import Severity
from selfeval.repairs import HEADS, Repair

TITLE = "审核意见"
INTRODUCTION = (
    "请在本文件上直接修改后重新报送。本页和批注由财政部门加入，不必删除，再次审核时不作为填报内容。"
    "标为“错误”的必须全部改正；标为“疑点”的请核实，确属无误的，在“偏差原因分析及改进措施”栏或者自评报告中说明。"
    "编号与退回邮件一致，批注在下列各处。"
)
NOTHING_FOUND = "没有发现问题，不需要修改。"


def note_lines(repair: Repair) -> list[str]:
    """What a comment says about one finding: number and code, what is wrong, what is right, the rule."""
    finding = repair.finding
    harmless = "，不需要修改" if finding.severity is Severity.INFO else ""
    lines = [f"{repair.name}（{finding.code}）{harmless}", finding.message]
    if finding.expected is not None:
        lines.append(f"应为：{finding.expected}")
    lines.append(f"规则：{finding.sentence}")
    if finding.where not in map(str, finding.places):
        lines.append(f"涉及：{finding.where}")
    return [printable(line) for line in lines]


def sections(repairs: Sequence[Repair]) -> list[tuple[str, list[Repair]]]:
    """The heading of each severity that occurs with its findings, errors first."""
    found = []
    for severity, group in groupby(repairs, key=lambda repair: repair.finding.severity):
        listed = list(group)
        found.append((f"{HEADS[severity]}（{len(listed)}项）", listed))
    return found
