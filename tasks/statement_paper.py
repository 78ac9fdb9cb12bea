"""The deduction statement of one judged version, for its mail and for the bureau's papers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from db import cycles
from db.models import CycleRow, Obligation
from documents.deduction_paper import deduction_document
from selfeval.deduction_statement import statement
from tasks.papers import safe_name


def statement_name(obligation: Obligation) -> str:
    """The file name of a unit's statement."""
    return safe_name(
        f"{obligation.unit_code} {obligation.unit_name}{obligation.year}年度绩效自评扣分明细.docx"
    )


def statement_paper(
    row: CycleRow, obligation: Obligation, version: int, rule_set: str, document: Mapping[str, Any]
) -> bytes | None:
    """The statement of a judged version as .docx bytes; None when nothing in it is scored."""
    forms = statement(document)
    if not forms:
        return None
    return deduction_document(
        unit_name=obligation.unit_name,
        unit_code=obligation.unit_code,
        year=obligation.year,
        version=version,
        bureau=row.bureau,
        judged_by=f"{cycles.policy_of(row, obligation.policy).title}，规则集 {rule_set}",
        forms=forms,
    )
