"""The result of a check as plain data, ready for JSON: what `selfeval check` prints and the database keeps.

Shapes as in the contract of `selfeval check`: decimals are strings, unknown is null, stated values are
quoted as filed, recomputed ones have no trailing zeros. Roll-up, workbook and the public site read this.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from selfeval.deductions import Deduction
from selfeval.figures import number, plain, text
from selfeval.filing import Cell, Entry, Filing, Form, FundingLine, Indicator
from selfeval.findings import Finding, Severity
from selfeval.repairs import FileFindings
from selfeval.rules import VERSION, Judgement
from selfeval.scoring import Recomputed

_AMOUNTS = ("initial_budget", "adjusted_budget", "executed", "amount")


def check_document(policy_name: str, entries: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The whole document: the policy's name and one entry per file."""
    return {"policy": policy_name, "files": list(entries)}


def check_entry(filing: Filing, judgement: Judgement) -> dict[str, Any]:
    """The entry of one file; an unreadable one has no forms and a finding that says why."""
    return {
        "file": filing.file,
        "sha256": filing.sha256,
        "readable": filing.unreadable is None,
        "unit": filing.unit,
        "year": filing.year,
        "rules_version": VERSION,
        "forms": [_form(form, judgement) for form in filing.forms],
        "findings": [_finding(finding) for finding in judgement.findings],
    }


def found_in(document: dict[str, Any]) -> list[FileFindings]:
    """The findings of a stored document, file by file, as they were when it was judged (without places)."""
    return [
        FileFindings(
            file=entry["file"],
            findings=[
                Finding(**{**finding, "severity": Severity(finding["severity"])})
                for finding in entry["findings"]
            ],
            titles={form["id"]: form["project"] or form["title"] for form in entry["forms"]},
        )
        for entry in document["files"]
    ]


def _finding(finding: Finding) -> dict[str, Any]:
    data = finding._asdict() | {"severity": finding.severity.value}
    del data["places"]  # said by "where"
    return data


def _form(form: Form, judgement: Judgement) -> dict[str, Any]:
    """One form. Blank templates and the bureau's own rubric are never judged and have no scores."""
    score = judgement.scores.get(form.id)
    unknown = Recomputed()
    funding = score.funding if score else (unknown,) * len(form.funding)
    indicators = score.indicators if score else (unknown,) * len(form.indicators)
    return {
        "id": form.id,
        "kind": form.kind.value,
        "title": form.title,
        "project": form.project,
        "unit": form.unit,
        "department": form.department,
        "year": form.year,
        "where": str(form.at),
        "amount_unit": form.amount_unit,
        "funding": [_line(line, again) for line, again in zip(form.funding, funding, strict=True)],
        "indicators": [_row(row, again) for row, again in zip(form.indicators, indicators, strict=True)],
        "entries": [_entry(entry) for entry in form.entries],
        "goals": [{"expected": text(wanted), "actual": text(got)} for wanted, got in form.goals],
        "total_weight": _figure(form.total_weight),
        "reported_score": _figure(form.reported_score),
        "summed_score": _decimal(score.summed) if score else None,
        "recomputed_score": _decimal(score.recomputed) if score else None,
        "reported_grade": text(form.reported_grade),
        "recomputed_grade": score.grade if score else None,
        "deductions": [_deduction(lost) for lost in judgement.deductions.get(form.id, ())],
        "footer": [sentence.text for sentence in form.footer],
        "headings": list(form.headings),
        "sentences": [
            {"section": said.at.part, "text": said.text, "begins": said.begins} for said in form.sentences
        ],
    }


def _line(line: FundingLine, again: Recomputed) -> dict[str, Any]:
    return {
        "label": line.label,
        "role": line.role.value,
        "part_of": line.part_of.value if line.part_of else None,
        **{column: _figure(getattr(line, column)) for column in _AMOUNTS},
        "weight": _figure(line.weight),
        "execution_rate": text(line.execution_rate),
        "score": _figure(line.score),
        "recomputed_score": _decimal(again.score),
        "basis": again.basis,
        "where": str(line.at),
    }


def _row(row: Indicator, again: Recomputed) -> dict[str, Any]:
    return {
        "level1": row.level1,
        "level2": row.level2,
        "name": row.name,
        "target": text(row.target),
        "actual": text(row.actual),
        "weight": _figure(row.weight),
        "score": _figure(row.score),
        "recomputed_score": _decimal(again.score),
        "basis": again.basis,
        "deviation_note": text(row.deviation_note),
        "recheck_score": _figure(row.recheck_score),
        "nature": row.nature or None,
        "unit": row.unit or None,
        "where": str(row.at),
    }


def _deduction(lost: Deduction) -> dict[str, Any]:
    return {
        "name": lost.name,
        "weight": plain(lost.weight),
        "score": _decimal(lost.stated),
        "recomputed_score": _decimal(lost.due),
        "lost": _decimal(lost.lost),
        "recomputed_loss": _decimal(lost.due_loss),
        "figures": lost.figures,
        "clause": lost.clause,
        "rule": lost.rule,
        "reason": lost.reason,
        "where": str(lost.at),
    }


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "label": entry.label,
        "heading": entry.heading,
        "value": text(entry.cell),
        "where": str(entry.cell.at),
    }


def _figure(cell: Cell | None) -> str | None:
    """The number as the filing states it, with its zeros; a text where a number belongs stays as it is."""
    value = number(cell)
    if value is None:
        return text(cell)
    return cell.text if "%" in cell.text else format(value, "f")


def _decimal(value: Decimal | None) -> str | None:
    return None if value is None else plain(value)
