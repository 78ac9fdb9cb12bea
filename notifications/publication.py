"""Mails about the publication to the administrators: what is ready, and what cannot wait."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from notifications.kinds import PREFIX, Kind, Office
from notifications.lists import Entry
from notifications.message import Email
from notifications.render import day, render

_MOST = 200


@dataclass(frozen=True, slots=True)
class ReadyDepartment:
    """A department on the list: its legal day with the reason, counts of units, and who is missing in Chinese."""

    name: str
    due: date
    basis: str
    expected: int
    accepted: int
    published: int
    missing: Sequence[str] = ()


def readiness(
    office: Office,
    *,
    year: int,
    due: date,
    days_left: int,
    provisional: str,
    departments: Sequence[ReadyDepartment],
    decisions: Sequence[Entry],
    at: datetime,
) -> Email:
    """What is accepted, approved and complete so many working days before the results have to be public.

    `decisions` are what persons have to decide, with the command for what is open.
    """
    ready = sum(department.accepted for department in departments)
    expected = sum(department.expected for department in departments)
    return render(
        Kind.READINESS,
        f"{PREFIX}{year}年度自评结果须于{day(due)}前公开，还有{days_left}个工作日：{expected}家中{ready}家可以公开",
        {
            "office": office,
            "year": year,
            "due": due,
            "days_left": days_left,
            "provisional": provisional,
            "departments": departments[:_MOST],
            "department_count": len(departments),
            "ready": ready,
            "expected": expected,
            "decisions": decisions,
            "at": at,
        },
    )


def publication_alarm(
    office: Office, *, year: int, title: str, sentence: str, entries: Sequence[Entry], at: datetime
) -> Email:
    """What is wrong with the publication: `title` for the subject, one sentence, and what to do line by line."""
    return render(
        Kind.PUBLICATION_ALARM,
        f"{PREFIX}警报：{year}年度自评结果{title}",
        {
            "office": office,
            "year": year,
            "title": title,
            "sentence": sentence,
            "entries": entries[:_MOST],
            "entry_count": len(entries),
            "at": at,
        },
    )
