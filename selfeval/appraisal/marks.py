"""The points that follow from what the system knows, each with its evidence; the rest waits and says for what.

Nothing is guessed: where the table leaves a deduction to discretion, a person is asked, with the facts beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple

from selfeval.appraisal import paper_marks, work_marks
from selfeval.appraisal.facts import DepartmentFacts, UnitFacts
from selfeval.appraisal.marking import Awaits, Marked
from selfeval.appraisal.table import Item
from selfeval.policy import Lateness

_BY: dict[str, Callable[[Item, DepartmentFacts, Lateness], Marked]] = {
    "notice": work_marks.notice,
    "notice_parts": work_marks.notice_parts,
    "filed": work_marks.filed,
    "late": work_marks.late,
    "sections": paper_marks.sections,
    "attachments": paper_marks.attachments,
    "share": paper_marks.share,
    "level3": paper_marks.level3,
    "clean": paper_marks.clean,
    "person": paper_marks.person,
}


class Mark(NamedTuple):
    """A score, or what it waits for; `evidence` are Chinese sentences without a full stop.

    basis: what the mark rests on. A judgement of the item holds as long as this stays the same.
    """

    score: Decimal | None
    awaits: Awaits
    evidence: tuple[str, ...]
    basis: tuple[str, ...]


def mark(item: Item, facts: DepartmentFacts, lateness: Lateness) -> Mark:
    """One item of the table for one department."""
    score, awaits, evidence = _BY[item.by](item, facts, lateness)
    return Mark(score, awaits, tuple(evidence), basis_of(item, facts))


def basis_of(item: Item, facts: DepartmentFacts) -> tuple[str, ...]:
    """What the mark of an item rests on: the notice, who is missing, the versions that were looked at."""
    own = facts.own
    if item.by in ("notice", "notice_parts"):
        return (facts.notice.document_number, facts.notice.issued_at.isoformat()) if facts.notice else ()
    if item.by == "filed":
        return tuple(unit.status.code for unit in facts.owing if unit.missing)
    if item.by == "late":
        return (own.status.due, own.status.first_received_at or "")
    if item.by == "person" and item.about == "work":
        return ()
    if item.by in ("sections", "attachments") or (item.by == "person" and item.about == "report"):
        return (_version(own),)
    return tuple(_version(unit) for unit in facts.owing)


def _version(unit: UnitFacts) -> str:
    content = unit.papers.content if unit.papers else ""
    return f"{unit.status.code}/{unit.status.version}/{content}"
