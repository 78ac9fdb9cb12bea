"""`selfeval annotate`: the unit's own file back with comments, without a database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from apps.check import policy_at, read_path
from documents.annotate import annotate
from selfeval.findings import Severity
from selfeval.refusal import Refusal, in_words
from selfeval.repairs import FileFindings, repairs
from selfeval.rules import judge


def annotate_file(file: Path, out: Path, policy: str) -> tuple[dict[str, Any], str]:
    """Write the commented file to `out`; counts by severity as data and as text.

    Raises Refusal for a file that cannot carry comments and for `out` being the file itself.
    """
    if out.exists() and out.samefile(file):
        raise Refusal(f"“{out}”是原文件，不能覆盖；请另外指定输出文件")
    rules = policy_at(policy)
    filing = read_path(file)
    titles = {form.id: form.project or form.title for form in filing.forms}
    found = repairs([FileFindings(file.name, judge(filing, rules).findings, titles)])
    _, content = annotate(file.name, file.read_bytes(), found)
    try:
        out.write_bytes(content)
    except OSError as error:
        raise Refusal(f"“{out}”写不了：{in_words(error)}") from error
    counts = {severity: sum(r.finding.severity is severity for r in found) for severity in Severity}
    data = {"file": str(file), "output": str(out), "policy": rules.name}
    said = "、".join(f"{severity.label} {count} 项" for severity, count in counts.items())
    return data | {severity.value: count for severity, count in counts.items()}, f"已写入“{out}”：{said}"
