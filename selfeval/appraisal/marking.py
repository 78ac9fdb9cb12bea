"""What marking one item gives: a score or what it waits for, and the evidence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from enum import StrEnum

from selfeval.appraisal.facts import Found
from selfeval.appraisal.table import Item
from selfeval.figures import plain


class Awaits(StrEnum):
    """Why a point has no score yet."""

    NOTHING = ""
    PERSON = "person"
    TIME = "time"
    CHECK = "check"

    @property
    def label(self) -> str:
        return {"": "", "person": "待评定", "time": "未到截止", "check": "待审核"}[self.value]


_LONGEST = 80  # of a finding's message; the whole of it stands in the result of the check

Marked = tuple[Decimal | None, Awaits, Sequence[str]]


def known(score: Decimal, *evidence: str) -> Marked:
    """A score, never below zero."""
    return max(score, Decimal(0)), Awaits.NOTHING, evidence


def asked(*evidence: str) -> Marked:
    """Left to a person, with what the system knows."""
    return None, Awaits.PERSON, evidence


def less(item: Item, count: int, said: str) -> Marked:
    """The points of an item after `count` deductions, at most all of them."""
    lost = min(item.each * count, item.points)
    return known(item.points - lost, f"{said}，扣{plain(lost)}分")


def told(findings: Iterable[Found], item: Item) -> list[str]:
    """What the rules of an item found, shortened."""
    return list(dict.fromkeys(_short(each) for each in findings if each.code in item.rules))


def _short(found: Found) -> str:
    cut = found.message[:_LONGEST]
    return f"{found.code} {cut}{'……' if cut != found.message else ''}"
