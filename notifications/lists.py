"""Mails that list units: to a competent department its late ones, to the bureau all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from notifications.emails import PREFIX, Kind, Office
from notifications.message import Email
from notifications.render import render


@dataclass(frozen=True, slots=True)
class LateUnit:
    """A late unit on a list: what it owes in Chinese, the due that counts, the cycle's own if that was moved.

    `calculation` says how lateness was counted, `last_reminded` is when a reminder last left (None: none did), `request` what became of a request for
    more time ("" without one).
    """

    code: str
    name: str
    department: str
    owes: str
    due: datetime
    original_due: datetime | None
    working_days_late: int
    calculation: str = ""
    last_reminded: datetime | None = None
    request: str = ""


def escalation(office: Office, *, addressee: str, year: int, late: Sequence[LateUnit], at: datetime) -> Email:
    """The late units of a department, to it; at least one (ValueError otherwise)."""
    _require_units(late)
    return render(
        Kind.ESCALATION,
        f"{PREFIX}{year}年度自评逾期单位{len(late)}家，请督促",
        {"office": office, "addressee": addressee, "year": year, "late": late, "at": at},
    )


def late_list(office: Office, *, year: int, late: Sequence[LateUnit], at: datetime) -> Email:
    """Every late unit of the cycle by department, to the bureau itself; at least one (ValueError otherwise)."""
    _require_units(late)
    groups = [(name, tuple(units)) for name, units in groupby(late, key=lambda unit: unit.department)]
    return render(
        Kind.LATE_LIST,
        f"{PREFIX}{year}年度自评逾期名单：{len(groups)}个部门{len(late)}家单位",
        {"office": office, "year": year, "groups": groups, "late": late, "at": at},
    )


def _require_units(late: Sequence[LateUnit]) -> None:
    if not late:
        raise ValueError("没有逾期单位，不需要通报")
