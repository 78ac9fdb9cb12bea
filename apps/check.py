"""`selfeval check`: filings in, the document of the output contract out. No database, no server, no Prefect."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from documents.reading import MAX_BYTES, read_file
from selfeval.filing import Filing
from selfeval.findings import Severity
from selfeval.policy import Policy, load_policy, parse_policy, policy_names
from selfeval.result import check_document, check_entry
from selfeval.rules import judge

SOUND, FAULTY, UNREADABLE = 0, 1, 2


def check_files(files: tuple[Path, ...], policy: str) -> tuple[dict[str, Any], int]:
    """The check document of these files and the exit status that goes with it."""
    rules = _policy(policy)
    entries = []
    for path in files:
        filing = _read(path)
        entries.append(check_entry(filing, judge(filing, rules)))
    if not all(entry["readable"] for entry in entries):
        status = UNREADABLE
    elif any(finding["severity"] == Severity.ERROR for entry in entries for finding in entry["findings"]):
        status = FAULTY
    else:
        status = SOUND
    return check_document(rules.name, entries), status


def _policy(name: str) -> Policy:
    path = Path(name)
    if name not in policy_names() and path.is_file():
        return parse_policy(path.read_text(encoding="utf-8-sig"), source_name=path.name)
    return load_policy(name)


def _read(path: Path) -> Filing:
    try:
        with path.open("rb") as source:
            # One byte over the limit is enough for the reader to refuse the file as too large.
            data = source.read(MAX_BYTES + 1)
    except OSError as error:
        reason = f"“{path.name}”打不开：{error.strerror}"
        return Filing(file=path.name, sha256=hashlib.sha256(b"").hexdigest(), unreadable=reason)
    return read_file(path.name, data)


def readable(document: dict[str, Any]) -> str:
    """The document for a terminal: what was read, then every finding, errors first."""
    blocks = []
    for entry in document["files"]:
        lines = [f"■ {entry['file']}  {entry['unit'] or '单位不详'}  {entry['year'] or '年度不详'}"]
        lines += [_form_line(form) for form in entry["forms"]]
        for severity in Severity:
            lines += [_finding_lines(f, severity) for f in entry["findings"] if f["severity"] == severity]
        if not entry["findings"]:
            lines.append("  没有发现问题")
        blocks.append("\n".join(lines))
    counts = [
        f"{severity.label} {sum(f['severity'] == severity for e in document['files'] for f in e['findings'])}"
        for severity in Severity
    ]
    return "\n\n".join(blocks) + f"\n\n政策 {document['policy']}  {'  '.join(counts)}"


def _form_line(form: dict[str, Any]) -> str:
    name = form["project"] or form["title"]
    parts = [f"  · 表{form['id']} {name}"]
    if form["funding"] or form["indicators"]:
        parts.append(f"资金 {len(form['funding'])} 行、指标 {len(form['indicators'])} 行")
    scores = [("自评", "reported_score"), ("合计", "summed_score"), ("复算", "recomputed_score")]
    parts += [f"{label} {form[key]}" for label, key in scores if form[key] is not None]
    if form["recomputed_grade"]:
        parts.append(f"等级 {form['recomputed_grade']}")
    return "  ".join(parts)


def _finding_lines(finding: dict[str, Any], severity: Severity) -> str:
    return f"  {severity.label} {finding['code']} {finding['where']}\n      {finding['message']}"
