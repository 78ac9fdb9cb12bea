"""The page of a published unit: its forms and report text as the public may read them, without personal data.

Works on the stored document of `selfeval check`; every text passes redaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from selfeval.filing import FormKind, FundingRole
from selfeval.list_items import with_items
from selfeval.money import parse_number
from selfeval.redaction import STANDARD, Redaction, redact

_PUBLIC_FORMS = (FormKind.DEPARTMENT, FormKind.PROJECT, FormKind.FUND)


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
class ReportSection:
    """A section of the report: its heading as written ("" before the first one) and its paragraphs, if any."""

    heading: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PublishedReport:
    """The running text of a self-evaluation report."""

    title: str
    sections: tuple[ReportSection, ...]


@dataclass(frozen=True, slots=True)
class UnitPage:
    """What a published unit filed: its forms with both totals, and its reports."""

    forms: tuple[PublishedForm, ...]
    reports: tuple[PublishedReport, ...]


def published_page(document: Mapping[str, Any], names: Set[str], rules: Redaction = STANDARD) -> UnitPage:
    """The page of a unit from its check document, without what `rules` hide and without `names`."""
    hidden = names_within(document, names)
    forms = [form for entry in document["files"] for form in entry["forms"]]
    return UnitPage(
        forms=tuple(
            _form(form, hidden, rules)
            for form in forms
            if form["kind"] in _PUBLIC_FORMS and (form["funding"] or form["indicators"])
        ),
        reports=tuple(_report(form, hidden, rules) for form in forms if form.get("sentences")),
    )


def names_within(document: Mapping[str, Any], names: Set[str]) -> frozenset[str]:
    """Those of `names` that occur in the document, with or without spaces between their characters.

    A county names thousands of persons, a filing a handful: looking up every stretch of its text in the
    set takes as long for one name as for all of them.
    """
    lengths = {len(name) for name in names}
    found: set[str] = set()
    for text in set(_texts(document)):
        dense = "".join(text.split())
        for length in lengths:
            found.update(names & {dense[at : at + length] for at in range(len(dense) - length + 1)})
    return frozenset(found)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)


def _report(form: Mapping[str, Any], hidden: Set[str], rules: Redaction) -> PublishedReport:
    def shown(value: str) -> str:
        return redact(value, hidden, rules)

    sections = [
        (heading, _paragraphs(said)) for heading, said in _sections(form) if said or heading != form["title"]
    ]
    return PublishedReport(
        title=shown(form["title"]),
        sections=tuple(
            ReportSection(shown(heading), tuple("".join(map(shown, paragraph)) for paragraph in paragraphs))
            for heading, paragraphs in with_items(sections, form["unit"])
        ),
    )


def _paragraphs(sentences: Iterable[Mapping[str, Any]]) -> list[list[str]]:
    """The sentences paragraph by paragraph; documents stored before these were kept have one in a section."""
    found: list[list[str]] = []
    for sentence in sentences:
        if sentence.get("begins") or not found:
            found.append([])
        found[-1].append(sentence["text"])
    return found


def _sections(form: Mapping[str, Any]) -> Iterator[tuple[str, list[Mapping[str, Any]]]]:
    """Headings and what stands below them, in order; one without a sentence of its own has an empty list.

    The heading of the text before the first one is "". Documents stored before headings were kept
    have only those with sentences.
    """
    said = [
        (section, list(group))
        for section, group in groupby(form["sentences"], key=lambda sentence: sentence["section"])
    ]
    with_text = {section for section, _ in said}
    headings = [heading.rstrip("。：:") for heading in form.get("headings", ())]
    at = 0
    for section, sentences in said:
        if section in headings[at:]:
            until = headings.index(section, at)
            yield from ((heading, []) for heading in headings[at:until] if heading not in with_text)
            at = until + 1
        yield "" if section in (form["title"], "正文") else section, sentences
    yield from ((heading, []) for heading in headings[at:] if heading not in with_text)


def _funding_group(line: Mapping[str, Any]) -> bool:
    """Two-column layouts set sources and natures side by side; below each other they stand group by group."""
    return FundingRole.BY_NATURE in (line["role"], line["part_of"])


def _form(form: Mapping[str, Any], hidden: Set[str], rules: Redaction) -> PublishedForm:
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
