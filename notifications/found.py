"""What was found in a filing, in the order in which the templates list it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from selfeval.findings import Finding, Severity
from selfeval.repairs import HEADS, FileFindings, Repair, repairs

_MOST_ERRORS = 30


@dataclass(frozen=True, slots=True)
class OpenReturn:
    """A returned version that was not corrected yet, with everything that was found in it.

    `opinion` is what the person wrote who returned it, "" when the machine did.
    """

    version: int
    returned_at: datetime
    files: Sequence[FileFindings]
    opinion: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """The findings of one form in one file."""

    file: str
    form: str
    findings: tuple[Finding, ...]
    first: int  # findings are numbered through their section, so that a telephone call can name one


@dataclass(frozen=True, slots=True)
class Section:
    """All findings of one severity."""

    severity: Severity
    groups: tuple[Group, ...]

    @property
    def head(self) -> str:
        return HEADS[self.severity]

    @property
    def count(self) -> int:
        return sum(len(group.findings) for group in self.groups)


def owed(missing: Sequence[str], open_return: OpenReturn | None) -> dict[str, Any]:
    """What a reminder says that the unit lacks; long lists are cut, the mail of the return has them all."""
    errors = (
        [r for r in repairs(open_return.files) if r.finding.severity is Severity.ERROR] if open_return else []
    )
    opinion = open_return.opinion if open_return else ""
    if bool(missing) == bool(errors or opinion):
        raise ValueError("催报应写明缺报的材料，或者待改正的错误")
    return {
        "missing": missing,
        "open_return": open_return,
        "opinion": opinion,
        "errors": len(errors),
        "sections": _by_severity(errors[:_MOST_ERRORS]),
        "cut": max(0, len(errors) - _MOST_ERRORS),
    }


def count(sections: Sequence[Section], severity: Severity) -> int:
    """How many findings of this severity there are."""
    return sum(section.count for section in sections if section.severity is severity)


def sections_of(files: Sequence[FileFindings]) -> tuple[Section, ...]:
    """Every finding of these files by severity, errors first."""
    return _by_severity(repairs(files))


def _by_severity(listed: Iterable[Repair]) -> tuple[Section, ...]:
    """Findings by severity, errors first; inside by file and form in the order of the filing."""
    return tuple(
        Section(severity, tuple(_groups(members)))
        for severity, members in groupby(listed, key=lambda repair: repair.finding.severity)
    )


def _groups(listed: Iterable[Repair]) -> Iterator[Group]:
    for (file, form, _), group in groupby(
        listed, key=lambda repair: (repair.file, repair.form, repair.finding.form)
    ):
        members = tuple(group)
        yield Group(file, form, tuple(repair.finding for repair in members), members[0].number)
