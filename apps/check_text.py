"""The document of `selfeval check` for a terminal: what was read, then every finding, errors first."""

from __future__ import annotations

from typing import Any

from apps.terminal import wrapped
from selfeval.findings import Severity


def readable(document: dict[str, Any]) -> str:
    """The document in lines of at most 80 columns."""
    blocks = [_entry(entry) for entry in document["files"]]
    counts = [
        f"{severity.label} {sum(f['severity'] == severity for e in document['files'] for f in e['findings'])}"
        for severity in Severity
    ]
    return "\n\n".join([*blocks, f"政策 {document['policy']}  {'  '.join(counts)}"])


def _entry(entry: dict[str, Any]) -> str:
    year = f"{entry['year']}年度" if entry["year"] else "年度不详"
    lines = [wrapped(entry["file"], "■ "), wrapped(f"{entry['unit'] or '单位不详'}  {year}", "  ")]
    lines += [_form(form) for form in entry["forms"]]
    for severity in Severity:
        found = [finding for finding in entry["findings"] if finding["severity"] == severity]
        if found:
            lines += ["", f"  {severity.label}（{len(found)}项）"]
            lines += [_finding(finding, severity) for finding in found]
    if not entry["findings"]:
        lines.append("  没有发现问题")
    lost = [deduction for form in entry["forms"] for deduction in form["deductions"]]
    if lost:
        lines += ["", f"  扣分清单（{len(lost)}项）", *map(_deduction, lost)]
    return "\n".join(lines)


def _form(form: dict[str, Any]) -> str:
    parts = [form["project"] or form["title"]]
    if form["funding"] or form["indicators"]:
        parts.append(f"资金 {len(form['funding'])} 行、指标 {len(form['indicators'])} 行")
    scores = [("自评", "reported_score"), ("合计", "summed_score"), ("复算", "recomputed_score")]
    parts += [f"{label} {form[key]}" for label, key in scores if form[key] is not None]
    if form["recomputed_grade"]:
        parts.append(f"等级 {form['recomputed_grade']}")
    return wrapped("  ".join(parts), f"  · {form['id']:>2} ")


def _finding(finding: dict[str, Any], severity: Severity) -> str:
    lines = [
        wrapped(finding["where"], f"  {severity.label} {finding['code']} "),
        wrapped(finding["message"], "    "),
    ]
    if finding["expected"] is not None:
        lines.append(wrapped(finding["expected"], "    应为："))
    return "\n".join(lines)


def _deduction(lost: dict[str, Any]) -> str:
    """One lost point with both scores, the figures behind it and the clause of the policy."""
    scores = [f"分值 {lost['weight']}"]
    scores += [
        f"{label} {lost[key]}"
        for label, key in (("自评", "score"), ("复算", "recomputed_score"))
        if lost[key]
    ]
    lines = [
        wrapped(f"{lost['where']} {lost['name']}：{'、'.join(scores)}", "  - ", "    "),
        wrapped(f"{lost['figures']}；{lost['clause']}", "    "),
    ]
    if lost["reason"]:
        lines.append(wrapped(lost["reason"], "    单位说明："))
    return "\n".join(lines)
