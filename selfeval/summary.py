"""The head figures of a judged filing: what the board, the workbook and the mails say of a unit.

Works on the document of `selfeval check`, so that what was stored and what is shown cannot differ.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from selfeval.filing import FormKind, FundingRole
from selfeval.money import parse_amount, parse_number

# The form that speaks for the whole unit: the department form, else what the report says.
_SPEAKERS = (FormKind.DEPARTMENT, FormKind.REPORT)


@dataclass(frozen=True, slots=True)
class Summary:
    """Scores in points, amounts in 万元; None where the filing does not say. `grade` is the recomputed one."""

    reported_score: Decimal | None = None
    summed_score: Decimal | None = None
    recomputed_score: Decimal | None = None
    grade: str | None = None
    initial_budget: Decimal | None = None
    adjusted_budget: Decimal | None = None
    executed: Decimal | None = None
    errors: int = 0
    warnings: int = 0

    def as_json(self) -> dict[str, Any]:
        """Decimals as strings; `from_json` reads it back."""
        return {
            key: str(value) if isinstance(value, Decimal) else value for key, value in asdict(self).items()
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Summary:
        texts = ("grade", "errors", "warnings")
        return cls(**{k: v if k in texts or v is None else Decimal(v) for k, v in data.items()})


def summarise(document: Mapping[str, Any]) -> Summary:
    """Head figures of a check document: from the form that speaks for the unit, counts over all files."""
    findings = [finding["severity"] for entry in document["files"] for finding in entry["findings"]]
    counts = {"errors": findings.count("error"), "warnings": findings.count("warning")}
    form = next(_speakers(document), None)
    if form is None:
        return Summary(**counts)
    total = next((line for line in form["funding"] if line["role"] == FundingRole.TOTAL), {})
    return Summary(
        reported_score=_decimal(form["reported_score"]),
        summed_score=_decimal(form["summed_score"]),
        recomputed_score=_decimal(form["recomputed_score"]),
        grade=form["recomputed_grade"] or form["reported_grade"],
        initial_budget=_amount(total.get("initial_budget"), form["amount_unit"]),
        adjusted_budget=_amount(total.get("adjusted_budget"), form["amount_unit"]),
        executed=_amount(total.get("executed"), form["amount_unit"]),
        **counts,
    )


def _speakers(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for kind in _SPEAKERS:
        for entry in document["files"]:
            yield from (form for form in entry["forms"] if form["kind"] == kind)


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else parse_number(text)


def _amount(text: str | None, unit: str) -> Decimal | None:
    return None if text is None else parse_amount(text, unit)
