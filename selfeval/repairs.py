"""What a unit is told to repair: findings by severity, errors first, numbered for telephone calls.

The mail and the commented file that it carries share this order and these numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from selfeval.filing import Position
from selfeval.findings import Finding, Severity

WHOLE_FILE = "整份材料"

HEADS = {
    Severity.ERROR: "必须改正的错误",
    Severity.WARNING: "需要核实的疑点",
    Severity.NOTICE: "文字和格式提示",
    Severity.INFO: "已核对一致的说明（不需要修改）",
}


@dataclass(frozen=True, slots=True)
class FileFindings:
    """What was found in one file; `titles` maps the id of a form to the title that the unit knows."""

    file: str
    findings: Sequence[Finding]
    titles: Mapping[str, str] = field(default_factory=dict)


class Repair(NamedTuple):
    """One finding with its number among those of its severity, the file and the form that it is about."""

    number: int
    file: str
    form: str
    finding: Finding

    @property
    def name(self) -> str:
        """What it is called on the telephone: 错误3."""
        return f"{self.finding.severity.label}{self.number}"

    def at(self, places: tuple[Position, ...]) -> Repair:
        """The same with its places in one file, for the comments there; what it says stays."""
        return self._replace(finding=self.finding._replace(places=places))


def repairs(files: Sequence[FileFindings]) -> tuple[Repair, ...]:
    """Every finding of a submission: by severity, inside by file and form in the order of the filing."""
    found: list[Repair] = []
    for severity in Severity:
        number = 0
        for entry in files:
            by_form: dict[str | None, list[Finding]] = {}
            for finding in entry.findings:
                if finding.severity is severity:
                    by_form.setdefault(finding.form, []).append(finding)
            for form, findings in by_form.items():
                title = WHOLE_FILE if form is None else entry.titles.get(form, f"第{form}号表")
                for finding in findings:
                    number += 1
                    found.append(Repair(number, entry.file, title, finding))
    return tuple(found)
