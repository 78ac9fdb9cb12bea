"""What the system knows of a department that is appraised, reduced from its stored check documents.

A province's documents do not fit into memory together: `papers_of` keeps what the table asks for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from selfeval.appraisal.table import Table
from selfeval.board import OWING, UnitStatus
from selfeval.filing import FormKind
from selfeval.pattern import Pattern
from selfeval.policy import Policy
from selfeval.rules.formalities import paper_named
from selfeval.rules.indicators import NAMELESS
from selfeval.workdays import Workdays

_TABLES = (FormKind.DEPARTMENT.value, FormKind.PROJECT.value, FormKind.FUND.value)
# The depth of a heading by its number: 七、 above （一） above 1.
_NUMBERS = tuple(
    Pattern(each)
    for each in (
        r"\s*[一二三四五六七八九十]+、",
        r"\s*[（(][一二三四五六七八九十]+[）)]",
        r"\s*\d+\s*[、.．]",
    )
)


class Found(NamedTuple):
    """A finding of the check, without its place."""

    code: str
    message: str


class TableFacts(NamedTuple):
    """One self-evaluation table. `rows` counts indicators, `undetailed` names those without a level-3 name."""

    name: str
    rows: int
    undetailed: tuple[str, ...]
    findings: tuple[Found, ...]


class PaperFacts(NamedTuple):
    """What a unit's judged version holds, as far as the table asks. `content` is the SHA-256 of its files.

    unreadable: files that nothing could be read from. headed: whether the report's headings were found.
    sections, attachments: what the policy wants of the report and beside it, as far as it can be told.
    quotes: item name → the report's sections that it is about, each heading with its text.
    """

    version: int
    content: str
    unreadable: tuple[str, ...]
    report: bool
    headed: bool
    sections: tuple[str, ...]
    missing_sections: tuple[str, ...]
    attachments: tuple[str, ...]
    missing_attachments: tuple[str, ...]
    tables: tuple[TableFacts, ...]
    findings: tuple[Found, ...]
    quotes: Mapping[str, tuple[tuple[str, str], ...]]


class NoticeFacts(NamedTuple):
    """The notice as this system sent it; `told` are the codes of the units that it was sent to."""

    document_number: str
    issued_at: datetime
    told: frozenset[str]
    text: str


class UnitFacts(NamedTuple):
    """A unit on the board with its judged version; None: nothing filed, or not checked yet."""

    status: UnitStatus
    papers: PaperFacts | None

    @property
    def owes(self) -> bool:
        return self.status.state in OWING

    @property
    def missing(self) -> bool:
        return self.status.state == "missing"

    @property
    def unchecked(self) -> bool:
        return self.owes and not self.missing and self.papers is None


@dataclass(frozen=True, slots=True)
class DepartmentFacts:
    """A department and its subordinate units at an instant; `units` holds the department's own filing too."""

    code: str
    name: str
    units: tuple[UnitFacts, ...]
    notice: NoticeFacts | None
    workdays: Workdays
    asof: datetime

    @property
    def own(self) -> UnitFacts:
        return next(unit for unit in self.units if unit.status.code == self.code)

    @property
    def owing(self) -> tuple[UnitFacts, ...]:
        return tuple(unit for unit in self.units if unit.owes)

    def running(self, unit: UnitFacts) -> bool:
        """Whether a unit that has not filed still has time."""
        return unit.missing and self.asof <= datetime.fromisoformat(unit.status.due)


def papers_of(document: Mapping[str, Any], version: int, policy: Policy) -> PaperFacts:
    """The facts of a stored check document, as far as the policy's table asks for them."""
    files = document["files"]
    forms = [form for entry in files for form in entry["forms"] if FormKind(form["kind"]).judged]
    findings = [Found(each["code"], each["message"]) for entry in files for each in entry["findings"]]
    reports = [form for form in forms if form["kind"] == FormKind.REPORT.value]
    # A table with a line of its own for the report would take its points twice.
    apart = any(item.by == "sections" for item in policy.appraisal.items)
    wanted = [
        name
        for name in policy.attachments
        if (kind := paper_named(name)) is not None and not (apart and kind is FormKind.REPORT)
    ]
    present = {FormKind(form["kind"]) for form in forms}
    hashes = sorted(entry["sha256"] for entry in files)
    return PaperFacts(
        version=version,
        content=hashlib.sha256("\n".join(hashes).encode()).hexdigest(),
        unreadable=tuple(entry["file"] for entry in files if not entry["readable"]),
        report=bool(reports),
        headed=any(form["headings"] for form in reports),
        sections=tuple(section.replace("|", "或") for section in policy.report_sections),
        missing_sections=tuple(_missing_sections(files)),
        attachments=tuple(wanted),
        missing_attachments=tuple(name for name in wanted if paper_named(name) not in present),
        tables=tuple(_tables(files)),
        findings=tuple(findings),
        quotes=_quotes(reports, policy.appraisal),
    )


def _missing_sections(files: Iterable[Mapping[str, Any]]) -> list[str]:
    """What rule A18 missed, each section once."""
    said = [each["expected"] for entry in files for each in entry["findings"] if each["code"] == "A18"]
    return list(dict.fromkeys(name for names in said if names for name in names.split("、")))


def _tables(files: Iterable[Mapping[str, Any]]) -> Iterable[TableFacts]:
    """Every self-evaluation table once: one that came in Word and in Excel is one table."""
    groups: dict[tuple[str, ...], list[tuple[Mapping[str, Any], list[Found]]]] = {}
    for entry in files:
        for form in entry["forms"]:
            if form["kind"] not in _TABLES:
                continue
            found = [
                Found(each["code"], each["message"])
                for each in entry["findings"]
                if each["form"] == form["id"]
            ]
            named = "".join((form["project"] or "").split())
            alone = () if named or form["kind"] != FormKind.PROJECT.value else (entry["file"], form["id"])
            groups.setdefault((form["kind"], named, *alone), []).append((form, found))
    for copies in groups.values():
        first = copies[0][0]
        rows = _weighted(first["indicators"])
        yield TableFacts(
            name=f"{FormKind(first['kind']).label}（{first['project']}）"
            if first["project"]
            else FormKind(first["kind"]).label,
            rows=len(rows),
            undetailed=tuple(_row_name(row) for row in rows if not _detailed(row)),
            findings=tuple(dict.fromkeys(each for _, found in copies for each in found)),
        )


def _weighted(rows: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The rows that earn points; all of them where a form has no such column."""
    return [row for row in rows if row["weight"] not in (None, "0")] or rows


def _detailed(row: Mapping[str, Any]) -> bool:
    name = row["name"].strip()
    return not NAMELESS.fullmatch(name) and name not in (row["level1"], row["level2"])


def _row_name(row: Mapping[str, Any]) -> str:
    return f"{row['level2'] or row['level1']}（{row['where']}）"


def _quotes(reports: Iterable[Mapping[str, Any]], table: Table) -> dict[str, tuple[tuple[str, str], ...]]:
    """For each item that names headings of the report the sections that have them, with those below."""
    words = {item.name: item.sections for item in table.items if item.sections}
    found: dict[str, dict[str, list[str]]] = {name: {} for name in words}
    for report in reports:
        for name in words:
            others = [word for other, each in words.items() if other != name for word in each]
            wanted = _below(report["headings"], words[name], others)
            for said in report["sentences"]:
                if said["section"] in wanted:
                    found[name].setdefault(said["section"], []).append(said["text"])
    return {
        name: tuple((head, "".join(texts)) for head, texts in each.items()) for name, each in found.items()
    }


def _below(headings: Iterable[str], words: Iterable[str], others: Iterable[str]) -> set[str]:
    """The headings with one of the words, and those below them that begin no other item's section."""
    found, opened = set(), None
    for heading in headings:
        depth = next((depth for depth, number in enumerate(_NUMBERS) if number.match(heading)), len(_NUMBERS))
        if any(word in heading for word in words):
            opened = depth
        elif opened is not None and (depth <= opened or any(word in heading for word in others)):
            opened = None
        if opened is not None:
            found.add(heading)
    return found
