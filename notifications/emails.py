"""One function per e-mail to a unit: plain values in, a rendered `Email` out.

A new e-mail is one entry of `Kind` (kinds.py), one function here (dates that change: dates.py,
lists to departments and the bureau: lists.py) and one pair of templates of its name.
Every mail says what is missing or wrong, what to do next, and until when.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from notifications.found import OpenReturn, count, owed, sections_of
from notifications.kinds import PREFIX, Kind, Office
from notifications.message import Email
from notifications.render import render, short_moment
from selfeval.findings import Severity
from selfeval.repairs import FileFindings


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A file as archived: its name, SHA-256 in hexadecimal and size in bytes."""

    name: str
    sha256: str
    size: int


def notice(
    office: Office,
    *,
    document_number: str,
    year: int,
    unit_name: str,
    unit_code: str,
    due: datetime,
    lock: datetime | None = None,
    how_to_send: str,
    attachments: Sequence[str],
) -> Email:
    """The call to file. `how_to_send` is a sentence without a full stop; `attachments` are file names.

    `lock`: what comes after it is not counted; None when no such instant is planned.
    """
    return render(
        Kind.NOTICE,
        f"{PREFIX}关于开展{year}年度预算绩效自评工作的通知",
        {
            "office": office,
            "document_number": document_number,
            "year": year,
            "unit_name": unit_name,
            "unit_code": unit_code,
            "due": due,
            "lock": lock,
            "how_to_send": how_to_send,
            "attachments": attachments,
        },
    )


def receipt(
    office: Office,
    *,
    number: str,
    unit_name: str,
    year: int,
    version: int,
    files: Sequence[ReceivedFile],
    received_at: datetime,
    due: datetime,
    original_due: datetime | None = None,
    late_working_days: int,
    calculation: str = "",
) -> Email:
    """The proof of receipt of one version; `late_working_days` is 0 for a filing on time.

    `calculation` says how lateness was counted and what it costs, as sentences.
    """
    return render(
        Kind.RECEIPT,
        f"{PREFIX}{year}年度自评材料已收到（第{version}次报送）",
        {
            "office": office,
            "number": number,
            "unit_name": unit_name,
            "year": year,
            "version": version,
            "files": files,
            "received_at": received_at,
            "due": due,
            "original_due": original_due,
            "late_working_days": late_working_days,
            "calculation": calculation,
        },
    )


def set_aside(
    office: Office,
    *,
    unit_name: str,
    year: int,
    files: Sequence[ReceivedFile],
    received_at: datetime,
    why: str,
) -> Email:
    """Files that are kept and not counted; `why` is a sentence without a full stop."""
    return render(
        Kind.SET_ASIDE,
        f"{PREFIX}{year}年度自评材料已存档，没有计入",
        {
            "office": office,
            "unit_name": unit_name,
            "year": year,
            "files": files,
            "received_at": received_at,
            "why": why,
        },
    )


def returned(
    office: Office,
    *,
    unit_name: str,
    year: int,
    version: int,
    correction_due: datetime,
    original_due: datetime | None = None,
    files: Sequence[FileFindings],
    commented: Sequence[str],
    not_commented: Sequence[str],
    how_to_send: str,
    why: str = "",
) -> Email:
    """A version that has to be corrected, with every finding, errors first.

    `commented` names the attached files that carry comments, `not_commented` are sentences that say why
    a file carries none; `why` it was judged again, as sentences, "" for the first time.
    Raises ValueError when no finding is an error: warnings return nothing.
    """
    sections = sections_of(files)
    errors = count(sections, Severity.ERROR)
    if not errors:
        raise ValueError("没有错误级问题的材料不能退回")
    return render(
        Kind.RETURNED,
        f"{PREFIX}{year}年度自评材料退回修改：{errors}项错误（第{version}次报送）",
        {
            "office": office,
            "unit_name": unit_name,
            "year": year,
            "version": version,
            "correction_due": correction_due,
            "original_due": original_due,
            "sections": sections,
            "errors": errors,
            "warnings": count(sections, Severity.WARNING),
            "commented": commented,
            "not_commented": not_commented,
            "how_to_send": how_to_send,
            "why": why,
        },
    )


def accepted(
    office: Office,
    *,
    unit_name: str,
    year: int,
    version: int,
    reported_score: Decimal | None,
    recomputed_score: Decimal | None,
    grade: str | None,
    files: Sequence[FileFindings] = (),
    statement: bool = False,
    levels: Sequence[str] = (),
    why: str = "",
) -> Email:
    """A version that passed, with both scores (None: the filing states none) and what is still in doubt.

    `statement`: the deduction statement goes along. `levels` are those that examine it next, in Chinese;
    without any it is settled; `why` as for `returned`.
    """
    sections = sections_of(files)
    if count(sections, Severity.ERROR):
        raise ValueError("有错误级问题的材料不能通过")
    return render(
        Kind.ACCEPTED,
        f"{PREFIX}{year}年度自评材料审核通过（第{version}次报送）",
        {
            "office": office,
            "unit_name": unit_name,
            "year": year,
            "version": version,
            "reported_score": reported_score,
            "recomputed_score": recomputed_score,
            "grade": grade,
            "statement": statement,
            "levels": levels,
            "why": why,
            "sections": sections,
            "warnings": count(sections, Severity.WARNING),
        },
    )


def reminder(
    office: Office,
    *,
    unit_name: str,
    year: int,
    due: datetime,
    working_days_left: int,
    missing: Sequence[str] = (),
    open_return: OpenReturn | None = None,
    noticed_on: date,
    how_to_send: str,
    original_due: datetime | None = None,
) -> Email:
    """The call before the deadline. 0 working days left: no working day follows before it.

    `missing` names the papers of a unit that filed nothing; after a return `open_return` says what is to
    be corrected: exactly one of the two (ValueError otherwise). `noticed_on`: the day of the notice.
    """
    left = f"还有{working_days_left}个工作日" if working_days_left else "最后1个工作日"
    return render(
        Kind.REMINDER,
        f"{PREFIX}请于{short_moment(due)}前{'重新' if open_return else ''}报送{year}年度自评材料（{left}）",
        {
            "office": office,
            "unit_name": unit_name,
            "year": year,
            "due": due,
            "working_days_left": working_days_left,
            "original_due": original_due,
            "noticed_on": noticed_on,
            "how_to_send": how_to_send,
            **owed(missing, open_return),
        },
    )


def overdue(
    office: Office,
    *,
    unit_name: str,
    year: int,
    due: datetime,
    working_days_late: int,
    missing: Sequence[str] = (),
    open_return: OpenReturn | None = None,
    noticed_on: date,
    calculation: str,
    how_to_send: str,
    original_due: datetime | None = None,
    lock: datetime | None = None,
) -> Email:
    """The call after the deadline; `calculation` says how lateness was counted and what it costs, as sentences.

    `lock`: what comes after it is not counted; None when no such instant is planned.
    """
    return render(
        Kind.OVERDUE,
        f"{PREFIX}{year}年度自评材料{'退回修改' if open_return else ''}已逾期{working_days_late}个工作日，请立即报送",
        {
            "office": office,
            "unit_name": unit_name,
            "year": year,
            "due": due,
            "working_days_late": working_days_late,
            "original_due": original_due,
            "noticed_on": noticed_on,
            "calculation": calculation,
            "lock": lock,
            "how_to_send": how_to_send,
            **owed(missing, open_return),
        },
    )


def publication(office: Office, *, unit_name: str, year: int, address: str, published_at: datetime) -> Email:
    """The unit's result is public at `address` (a web address becomes a link, anything else stays text)."""
    return render(
        Kind.PUBLICATION,
        f"{PREFIX}{year}年度自评结果已公开",
        {
            "office": office,
            "unit_name": unit_name,
            "year": year,
            "address": address,
            "published_at": published_at,
        },
    )
