"""What the public may see of a cycle: accepted results without personal data, and who is not published.

Built from the stored documents of `selfeval check`. A unit without an accepted result has no figures
here, not even zeros; it is named with its state.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple

from selfeval.board import UnitStatus
from selfeval.public_history import Correction, Withdrawal
from selfeval.public_totals import PublicTotals, absent_row, public_totals, unit_row
from selfeval.published_page import UnitPage, published_page
from selfeval.redaction import STANDARD, Redaction, personal_names, redact
from selfeval.refusal import Refusal
from selfeval.rollup.units import Scope
from selfeval.summary import Summary, summarise


@dataclass(frozen=True, slots=True)
class UnitEntry:
    """A published unit in the lists: scores in points and amounts in 万元, None where it stated none.

    `correction`: an earlier version of it was public before; `recheck_score`: what a re-check of it gave (None: none).
    """

    code: str
    name: str
    department_code: str
    department: str
    summary: Summary
    correction: Correction | None = None
    recheck_score: Decimal | None = None


@dataclass(frozen=True, slots=True)
class WithdrawnEntry:
    """A unit whose published result was taken back: its page says since when and why."""

    code: str
    name: str
    department_code: str
    department: str
    day: date
    reason: str


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
    units: tuple[UnitEntry, ...]
    unpublished: tuple[Unpublished, ...]
    totals: PublicTotals
    withdrawn: tuple[WithdrawnEntry, ...] = ()


class Copy(NamedTuple):
    """A redacted copy of a file that a unit filed: what readers see as its name, its ending, its bytes.

    `text` is all of its text when it was searched already and nothing but names is left to look for.
    """

    title: str
    ending: str
    content: bytes
    text: str | None = None


def no_copies(unit: UnitEntry) -> tuple[Copy, ...]:
    """For a site without files to download."""
    return ()


@dataclass(frozen=True, slots=True)
class Publication:
    """A whole site. `as_of` is the day of the latest judgement: the same results give the same site.

    `secret_units` is the number of units that are left out because they are marked secret.
    Lists are values; pages and the `copies` of a unit's files are made one by one when asked for, so that no
    site has to fit into memory.
    """

    bureau: str
    year: int
    document_number: str
    as_of: date
    departments: tuple[DepartmentSection, ...]
    documents: Mapping[str, Mapping[str, Any]] = field(repr=False)
    hidden: frozenset[str] = field(repr=False)
    rules: Redaction = field(default=STANDARD, repr=False)
    secret_units: int = 0
    copies: Callable[[UnitEntry], Iterable[Copy]] = field(default=no_copies, repr=False, compare=False)

    @property
    def units(self) -> tuple[UnitEntry, ...]:
        return tuple(unit for department in self.departments for unit in department.units)

    @property
    def unpublished(self) -> tuple[Unpublished, ...]:
        return tuple(unit for department in self.departments for unit in department.unpublished)

    @property
    def withdrawn(self) -> tuple[WithdrawnEntry, ...]:
        return tuple(unit for department in self.departments for unit in department.withdrawn)

    def page(self, unit: UnitEntry) -> UnitPage:
        """What the unit filed, redacted."""
        return published_page(self.documents[unit.code], self.hidden, self.rules)


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
    secret: Collection[str] = (),
    told: Mapping[str, Withdrawal | Correction] | None = None,
    scopes: Mapping[str, Scope] = MappingProxyType({}),
    rechecked: Mapping[str, Decimal] = MappingProxyType({}),
) -> Publication:
    """The site of a cycle. `documents` gives the check document of every accepted unit by its code.

    It is read one unit after the other, here once and once for each page: it may load them then.
    `names` are persons to hide besides those that the filings name beside their labels (the contacts of
    the roster), `rules` the policy's. `secret` holds the codes of units that are left out, a department
    with all that is below it; `told` says by code what was withdrawn or corrected, `scopes` whom a unit's
    figures speak for where the cycle says so, `rechecked` the re-check scores by code. Raises Refusal when an accepted unit has no document.
    """
    hidden = {"".join(name.split()) for name in names}
    summaries: dict[str, Summary] = {}
    told = told or {}
    withdrawn = {code: each for code, each in told.items() if isinstance(each, Withdrawal)}
    shown, left_out = [], 0
    for status in statuses:
        if status.code in secret or status.department_code in secret:
            left_out += 1
            if (document := documents.get(status.code)) is not None:
                hidden |= names_in(document, rules)
        else:
            shown.append(status)
    groups: dict[str, list[UnitStatus]] = {}
    for status in sorted(shown, key=lambda status: (status.department_code, status.tier, status.code)):
        groups.setdefault(status.department_code, []).append(status)
    totals: dict[str, PublicTotals] = {}
    for department_code, group in groups.items():
        rows = []
        for status in group:
            document = documents.get(status.code)
            if document is not None:
                hidden |= names_in(document, rules)
                summaries[status.code] = summarise(document)
            public = status.publishable and status.code not in withdrawn
            if document is not None and public:
                scope = scopes.get(status.code)
                rows.append(unit_row(status, summaries[status.code], document, scope))
            else:
                rows.append(absent_row(status))
        totals[department_code] = public_totals(rows, withdrawn)
    departments = tuple(
        DepartmentSection(
            code=code,
            name=group[0].department_name,
            totals=totals[code],
            units=tuple(
                _entry(
                    status,
                    summaries,
                    _redacted(told.get(status.code), frozenset(hidden), rules),
                    rechecked.get(status.code),
                )
                for status in group
                if status.publishable and status.code not in withdrawn
            ),
            unpublished=tuple(
                Unpublished(status.code, status.name, status.label)
                for status in group
                if not status.publishable and status.code not in withdrawn
            ),
            withdrawn=tuple(
                WithdrawnEntry(
                    status.code,
                    status.name,
                    status.department_code,
                    status.department_name,
                    withdrawn[status.code].day,
                    redact(withdrawn[status.code].reason, frozenset(hidden), rules),
                )
                for status in group
                if status.code in withdrawn
            ),
        )
        for code, group in groups.items()
    )
    return Publication(
        bureau,
        year,
        document_number,
        as_of,
        departments,
        documents=documents,
        hidden=frozenset(hidden),
        rules=rules,
        secret_units=left_out,
    )


def _redacted(
    told: Correction | Withdrawal | None, hidden: frozenset[str], rules: Redaction
) -> Correction | None:
    """The correction that stands beside a published unit, its withdrawal explained without personal data."""
    if not isinstance(told, Correction):
        return None
    gone = told.withdrawal
    return replace(told, withdrawal=gone and replace(gone, reason=redact(gone.reason, hidden, rules)))


def _entry(
    status: UnitStatus,
    summaries: Mapping[str, Summary],
    correction: Correction | None,
    recheck_score: Decimal | None,
) -> UnitEntry:
    if status.code not in summaries:
        raise Refusal(f"{status.name}（{status.code}）已审核通过，但没有审核结果，不能公开")
    return UnitEntry(
        code=status.code,
        name=status.name,
        department_code=status.department_code,
        department=status.department_name,
        summary=summaries[status.code],
        correction=correction,
        recheck_score=recheck_score,
    )


def names_in(document: Mapping[str, Any], rules: Redaction) -> frozenset[str]:
    """Names of persons beside the labels of these rules in the forms of a check document."""
    forms = [form for entry in document["files"] for form in entry["forms"]]
    texts = [line for form in forms for line in form["footer"]]
    texts += [f"{entry['label']}：{entry['value']}" for form in forms for entry in form["entries"]]
    return personal_names(texts, rules)
