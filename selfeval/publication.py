"""What the public may see of a cycle: accepted results without personal data, and who is not published.

Built from the stored documents of `selfeval check`. A unit without an accepted result has no figures
here, not even zeros; it is named with its state.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from selfeval.board import STATE_LABELS, UnitStatus
from selfeval.filing import FormKind, FundingRole
from selfeval.money import parse_number
from selfeval.redaction import STANDARD, Redaction, personal_names, redact
from selfeval.refusal import Refusal
from selfeval.summary import summarise

_PUBLIC_FORMS = (FormKind.DEPARTMENT, FormKind.PROJECT, FormKind.FUND)
_PUBLIC_STATES = ("accepted", "published")


@dataclass(frozen=True, slots=True)
class FundingRow:
    """A line of the funding block as shown; None where the form has no such column or the cell is blank."""

    label: str
    initial_budget: str | None
    adjusted_budget: str | None
    executed: str | None
    amount: str | None
    execution_rate: str | None
    weight: str | None
    score: str | None
    recomputed_score: str | None


@dataclass(frozen=True, slots=True)
class IndicatorRow:
    """A level-3 indicator as shown."""

    level1: str
    level2: str
    name: str
    target: str | None
    actual: str | None
    weight: str | None
    score: str | None
    recomputed_score: str | None
    deviation_note: str | None


@dataclass(frozen=True, slots=True)
class PublishedForm:
    """One self-evaluation form with both totals in points."""

    kind: FormKind
    title: str
    project: str | None
    amount_unit: str
    funding: tuple[FundingRow, ...]
    indicators: tuple[IndicatorRow, ...]
    reported_score: str | None
    recomputed_score: str | None
    grade: str | None


@dataclass(frozen=True, slots=True)
class UnitPage:
    """A published unit; scores in points, None when the filing states none."""

    code: str
    name: str
    department: str
    reported_score: Decimal | None
    recomputed_score: Decimal | None
    grade: str | None
    forms: tuple[PublishedForm, ...]


@dataclass(frozen=True, slots=True)
class Unpublished:
    """A unit of the roster that has nothing to show, with its state in Chinese."""

    code: str
    name: str
    state: str


@dataclass(frozen=True, slots=True)
class DepartmentSection:
    """A department with its own and its subordinate units."""

    code: str
    name: str
    units: tuple[UnitPage, ...]
    unpublished: tuple[Unpublished, ...]


@dataclass(frozen=True, slots=True)
class Publication:
    """A whole site. `as_of` is the day of the latest judgement: the same results give the same site."""

    bureau: str
    year: int
    document_number: str
    as_of: date
    departments: tuple[DepartmentSection, ...]

    @property
    def units(self) -> tuple[UnitPage, ...]:
        return tuple(unit for department in self.departments for unit in department.units)

    @property
    def unpublished(self) -> tuple[Unpublished, ...]:
        return tuple(unit for department in self.departments for unit in department.unpublished)


def build_publication(
    *,
    bureau: str,
    year: int,
    document_number: str,
    as_of: date,
    statuses: Iterable[UnitStatus],
    documents: Mapping[str, Mapping[str, Any]],
    names: Iterable[str] = (),
    rules: Redaction = STANDARD,
) -> Publication:
    """The site of a cycle. `documents` holds the check document of every accepted unit by its code.

    `names` are persons to hide besides those that the filings name beside their labels (the contacts of
    the roster), `rules` the policy's. Raises Refusal when an accepted unit has no document.
    """
    hidden = frozenset(names).union(*(_names_in(document, rules) for document in documents.values()))
    groups: dict[str, list[UnitStatus]] = {}
    for status in sorted(statuses, key=lambda status: (status.department_code, status.tier, status.code)):
        groups.setdefault(status.department_code, []).append(status)
    departments = tuple(
        DepartmentSection(
            code=code,
            name=group[0].department_name,
            units=tuple(
                _page(status, _document(documents, status), hidden, rules)
                for status in group
                if status.state in _PUBLIC_STATES
            ),
            unpublished=tuple(
                Unpublished(status.code, status.name, STATE_LABELS[status.state])
                for status in group
                if status.state not in _PUBLIC_STATES
            ),
        )
        for code, group in groups.items()
    )
    return Publication(bureau, year, document_number, as_of, departments)


def _document(documents: Mapping[str, Mapping[str, Any]], status: UnitStatus) -> Mapping[str, Any]:
    if status.code not in documents:
        raise Refusal(f"{status.name}（{status.code}）已审核通过，但没有审核结果，不能公开")
    return documents[status.code]


def _names_in(document: Mapping[str, Any], rules: Redaction) -> frozenset[str]:
    forms = [form for entry in document["files"] for form in entry["forms"]]
    texts = [line for form in forms for line in form["footer"]]
    texts += [f"{entry['label']}：{entry['value']}" for form in forms for entry in form["entries"]]
    return personal_names(texts, rules)


def _page(
    status: UnitStatus, document: Mapping[str, Any], hidden: frozenset[str], rules: Redaction
) -> UnitPage:
    summary = summarise(document)
    forms = (form for entry in document["files"] for form in entry["forms"] if form["kind"] in _PUBLIC_FORMS)
    return UnitPage(
        code=status.code,
        name=status.name,
        department=status.department_name,
        reported_score=summary.reported_score,
        recomputed_score=summary.recomputed_score,
        grade=summary.grade,
        forms=tuple(_form(form, hidden, rules) for form in forms if form["funding"] or form["indicators"]),
    )


def _funding_group(line: Mapping[str, Any]) -> bool:
    """Two-column layouts set sources and natures side by side; below each other they stand group by group."""
    return FundingRole.BY_NATURE in (line["role"], line["part_of"])


def _form(form: Mapping[str, Any], hidden: frozenset[str], rules: Redaction) -> PublishedForm:
    def shown(value: str | None) -> str | None:
        return redact(value, hidden, rules) if value else None

    def figure(value: str | None) -> str | None:
        """Thousands separators, and the digits as filed; what is no number is a text like any other."""
        number = parse_number(value) if value else None
        return shown(value) if number is None else f"{number:,f}"

    return PublishedForm(
        kind=FormKind(form["kind"]),
        title=shown(form["title"]) or FormKind(form["kind"]).label,
        project=shown(form["project"]),
        amount_unit=form["amount_unit"],
        funding=tuple(
            FundingRow(
                label=shown(line["label"]) or "",
                initial_budget=figure(line["initial_budget"]),
                adjusted_budget=figure(line["adjusted_budget"]),
                executed=figure(line["executed"]),
                amount=figure(line["amount"]),
                execution_rate=shown(line["execution_rate"]),
                weight=figure(line["weight"]),
                score=figure(line["score"]),
                recomputed_score=figure(line["recomputed_score"]),
            )
            for line in sorted(form["funding"], key=_funding_group)
        ),
        indicators=tuple(
            IndicatorRow(
                level1=shown(row["level1"]) or "",
                level2=shown(row["level2"]) or "",
                name=shown(row["name"]) or "",
                target=shown(row["target"]),
                actual=shown(row["actual"]),
                weight=figure(row["weight"]),
                score=figure(row["score"]),
                recomputed_score=figure(row["recomputed_score"]),
                deviation_note=shown(row["deviation_note"]),
            )
            for row in form["indicators"]
        ),
        reported_score=figure(form["reported_score"]),
        recomputed_score=figure(form["recomputed_score"]),
        grade=shown(form["recomputed_grade"] or form["reported_grade"]),
    )
