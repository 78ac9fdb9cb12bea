"""Mails with lists: to a department its late units, to the bureau all of them, to administrators the day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from notifications.kinds import PREFIX, Kind, Office
from notifications.message import Email
from notifications.render import day, render

# A digest stays readable; the whole list has a mail of its own.
_MOST_LATE = 50


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


@dataclass(frozen=True, slots=True)
class Difference:
    """What a rule found between a department and its units: code, severity in Chinese, who and by how much, where,
    the rule as a sentence.
    """

    code: str
    severity: str
    message: str
    where: str
    sentence: str


def totals_differ(
    office: Office, *, addressee: str, year: int, found: Sequence[Difference], how_to_send: str, at: datetime
) -> Email:
    """To a department: in what its own totals disagree with its units; at least one thing (ValueError otherwise)."""
    if not found:
        raise ValueError("汇总数与所属单位相符，不需要告知")
    return render(
        Kind.TOTALS_DIFFER,
        f"{PREFIX}{year}年度汇总数与所属单位报送数不一致{len(found)}处，请核对",
        {
            "office": office,
            "addressee": addressee,
            "year": year,
            "found": found,
            "how_to_send": how_to_send,
            "at": at,
        },
    )


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a digest: what it is, who or what in particular, the command that settles it ("" for none)."""

    title: str
    details: str = ""
    command: str = ""


def digest(
    office: Office,
    *,
    year: int,
    since: datetime,
    at: datetime,
    changed: Sequence[Entry],
    late: Sequence[LateUnit],
    unsent: Sequence[Entry],
    waiting: Sequence[Entry],
) -> Email:
    """The daily digest to the administrators; a section without lines says so, so that silence is no doubt."""
    parts = [f"{len(waiting)}项待办"] if waiting else []
    parts += [f"{len(late)}家逾期"] if late else []
    parts += [f"{len(unsent)}封邮件未送达"] if unsent else []
    return render(
        Kind.DIGEST,
        f"{PREFIX}{year}年度自评日报（{day(at)}）：{'，'.join(parts) or '没有待办'}",
        {
            "office": office,
            "year": year,
            "since": since,
            "at": at,
            "sections": [("等待处理", waiting), ("没有送达的邮件", unsent), ("变化", changed)],
            "late": late[:_MOST_LATE],
            "late_count": len(late),
        },
    )
