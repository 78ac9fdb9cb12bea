"""One function per e-mail: plain values in, a rendered `Email` out.

A new e-mail is one entry of `Kind`, one function here and one pair of templates of its name.
Every mail says what is missing or wrong, what to do next, and until when.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from itertools import groupby

from notifications.message import Email
from notifications.render import render, short_moment
from selfeval.findings import Finding, Severity
from selfeval.repairs import HEADS, FileFindings, Repair, repairs
from selfeval.workdays import Workdays

_PREFIX = "【绩效自评】"


class Kind(StrEnum):
    """Every e-mail there is; the value names its function and its templates."""

    NOTICE = "notice"
    RECEIPT = "receipt"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    REMINDER = "reminder"
    OVERDUE = "overdue"
    PUBLICATION = "publication"
    EXTENSION = "extension"
    ESCALATION = "escalation"

    @property
    def label(self) -> str:
        return {
            "notice": "通知",
            "receipt": "回执",
            "returned": "退回修改",
            "accepted": "审核通过",
            "reminder": "催报",
            "overdue": "逾期",
            "publication": "公开",
            "extension": "延期决定",
            "escalation": "逾期通报",
        }[self.value]


@dataclass(frozen=True, slots=True)
class Office:
    """Who signs the mails and by which calendar: the bureau's name, how to reach it ("" when unknown)."""

    bureau: str
    contact: str = ""
    calendar: Workdays = field(default_factory=Workdays)

    def provisional(self, *instants: datetime) -> str:
        """The sentence that these instants are reckoned by a calendar not yet ordered, "" otherwise."""
        return self.calendar.provisional_note(*instants)


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A file as archived: its name, SHA-256 in hexadecimal and size in bytes."""

    name: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class LateUnit:
    """A late unit on a list: what it owes in Chinese, the due that counts, the cycle's own if that was moved."""

    code: str
    name: str
    owes: str
    due: datetime
    original_due: datetime | None
    working_days_late: int
    calculation: str = ""


@dataclass(frozen=True, slots=True)
class _Group:
    file: str
    form: str
    findings: tuple[Finding, ...]
    first: int  # findings are numbered through their section, so that a telephone call can name one


@dataclass(frozen=True, slots=True)
class _Section:
    severity: Severity
    groups: tuple[_Group, ...]

    @property
    def head(self) -> str:
        return HEADS[self.severity]

    @property
    def count(self) -> int:
        return sum(len(group.findings) for group in self.groups)


def notice(
    office: Office,
    *,
    document_number: str,
    year: int,
    unit_name: str,
    unit_code: str,
    due: datetime,
    how_to_send: str,
    attachments: Sequence[str],
) -> Email:
    """The call to file. `how_to_send` is a sentence without a full stop; `attachments` are file names."""
    return render(
        Kind.NOTICE,
        f"{_PREFIX}关于开展{year}年度预算绩效自评工作的通知",
        {
            "office": office,
            "document_number": document_number,
            "year": year,
            "unit_name": unit_name,
            "unit_code": unit_code,
            "due": due,
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
        f"{_PREFIX}{year}年度自评材料已收到（第{version}次报送）",
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
) -> Email:
    """A version that has to be corrected, with every finding, errors first.

    `commented` names the attached files that carry comments, `not_commented` are sentences that say why
    a file carries none.
    Raises ValueError when no finding is an error: warnings return nothing.
    """
    sections = _sections(files)
    errors = _count(sections, Severity.ERROR)
    if not errors:
        raise ValueError("没有错误级问题的材料不能退回")
    return render(
        Kind.RETURNED,
        f"{_PREFIX}{year}年度自评材料退回修改：{errors}项错误（第{version}次报送）",
        {
            "office": office,
            "unit_name": unit_name,
            "year": year,
            "version": version,
            "correction_due": correction_due,
            "original_due": original_due,
            "sections": sections,
            "errors": errors,
            "warnings": _count(sections, Severity.WARNING),
            "commented": commented,
            "not_commented": not_commented,
            "how_to_send": how_to_send,
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
) -> Email:
    """A version that passed, with both scores (None: the filing states none) and what is still in doubt."""
    sections = _sections(files)
    if _count(sections, Severity.ERROR):
        raise ValueError("有错误级问题的材料不能通过")
    return render(
        Kind.ACCEPTED,
        f"{_PREFIX}{year}年度自评材料审核通过（第{version}次报送）",
        {
            "office": office,
            "unit_name": unit_name,
            "year": year,
            "version": version,
            "reported_score": reported_score,
            "recomputed_score": recomputed_score,
            "grade": grade,
            "sections": sections,
            "warnings": _count(sections, Severity.WARNING),
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
    findings: Sequence[str] = (),
    how_to_send: str,
    original_due: datetime | None = None,
) -> Email:
    """The call before the deadline. 0 working days left: no working day follows before it.

    `missing` names the papers not received or, after a return, `findings` what is to be corrected: at
    least one of either (ValueError otherwise).
    """
    _require_cause(missing, findings)
    left = f"还有{working_days_left}个工作日" if working_days_left else "最后1个工作日"
    return render(
        Kind.REMINDER,
        f"{_PREFIX}请于{short_moment(due)}前{'重新' if findings else ''}报送{year}年度自评材料（{left}）",
        {
            "office": office,
            "unit_name": unit_name,
            "year": year,
            "due": due,
            "working_days_left": working_days_left,
            "missing": missing,
            "findings": findings,
            "original_due": original_due,
            "how_to_send": how_to_send,
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
    findings: Sequence[str] = (),
    calculation: str,
    how_to_send: str,
    original_due: datetime | None = None,
) -> Email:
    """The call after the deadline; `calculation` says how lateness was counted and what it costs, as sentences."""
    _require_cause(missing, findings)
    return render(
        Kind.OVERDUE,
        f"{_PREFIX}{year}年度自评材料{'退回修改' if findings else ''}已逾期{working_days_late}个工作日，请立即报送",
        {
            "office": office,
            "unit_name": unit_name,
            "year": year,
            "due": due,
            "working_days_late": working_days_late,
            "missing": missing,
            "findings": findings,
            "original_due": original_due,
            "calculation": calculation,
            "how_to_send": how_to_send,
        },
    )


def publication(office: Office, *, unit_name: str, year: int, address: str, published_at: datetime) -> Email:
    """The unit's result is public at `address` (a web address becomes a link, anything else stays text)."""
    return render(
        Kind.PUBLICATION,
        f"{_PREFIX}{year}年度自评结果已公开",
        {
            "office": office,
            "unit_name": unit_name,
            "year": year,
            "address": address,
            "published_at": published_at,
        },
    )


def extension(
    office: Office,
    *,
    unit_name: str,
    year: int,
    milestone: str,
    original_due: datetime,
    asked: datetime,
    granted: bool,
    reason: str,
    person: str,
) -> Email:
    """The decision on a request for more time; `milestone` is its Chinese name, `asked` the instant asked for."""
    return render(
        Kind.EXTENSION,
        f"{_PREFIX}{year}年度{milestone}{'同意延至' + short_moment(asked) if granted else '不同意延期'}",
        {
            "office": office,
            "unit_name": unit_name,
            "year": year,
            "milestone": milestone,
            "original_due": original_due,
            "asked": asked,
            "granted": granted,
            "reason": reason,
            "person": person,
        },
    )


def escalation(office: Office, *, addressee: str, year: int, late: Sequence[LateUnit], at: datetime) -> Email:
    """The late units of a department, to it, or of the county, to the bureau; at least one (ValueError)."""
    if not late:
        raise ValueError("没有逾期单位，不需要通报")
    return render(
        Kind.ESCALATION,
        f"{_PREFIX}{year}年度自评逾期单位{len(late)}家",
        {"office": office, "addressee": addressee, "year": year, "late": late, "at": at},
    )


def _require_cause(missing: Sequence[str], findings: Sequence[str]) -> None:
    if bool(missing) == bool(findings):
        raise ValueError("催报应写明缺报的材料，或者待改正的错误")


def _count(sections: Sequence[_Section], severity: Severity) -> int:
    return sum(section.count for section in sections if section.severity is severity)


def _sections(files: Sequence[FileFindings]) -> tuple[_Section, ...]:
    """Findings by severity, errors first; inside by file and form in the order of the filing."""
    return tuple(
        _Section(severity, tuple(_groups(listed)))
        for severity, listed in groupby(repairs(files), key=lambda repair: repair.finding.severity)
    )


def _groups(listed: Iterable[Repair]) -> Iterator[_Group]:
    for (file, form, _), group in groupby(
        listed, key=lambda repair: (repair.file, repair.form, repair.finding.form)
    ):
        members = tuple(group)
        yield _Group(file, form, tuple(repair.finding for repair in members), members[0].number)
