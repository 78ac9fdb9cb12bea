"""Mails about letters that came in or came back: an address that does not work, a request that waits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from notifications.kinds import PREFIX, Kind, Office
from notifications.message import Email, checked_address
from notifications.render import render


@dataclass(frozen=True, slots=True)
class Holder:
    """A unit whose contact the address is: code, name, and the contact's own name and telephone ("" unknown)."""

    code: str
    name: str
    person: str = ""
    phone: str = ""


def contact_problem(
    office: Office,
    *,
    year: int,
    address: str,
    bad: bool,
    holders: Sequence[Holder],
    mail_subject: str,
    reason: str,
    at: datetime,
) -> Email:
    """An address that a mail did not reach, to the administrators and the competent department.

    `bad`: the address itself does not work; otherwise it may work again. `reason` is what the server said.
    """
    return render(
        Kind.CONTACT_PROBLEM,
        f"{PREFIX}{'单位邮箱无效，请更正' if bad else '邮件未能送达'}：{checked_address(address)}",
        {
            "office": office,
            "year": year,
            "address": address,
            "bad": bad,
            "holders": holders,
            "mail_subject": mail_subject,
            "reason": reason,
            "at": at,
        },
    )


def extension_request(
    office: Office,
    *,
    unit_name: str,
    year: int,
    milestone: str,
    due: datetime,
    asked_on: date | None,
    words: str,
    received_at: datetime,
) -> Email:
    """The receipt of a request for more time: a person decides, until then the due stands.

    `milestone` is its Chinese name, `asked_on` the day that the request names (None: it names none).
    """
    return render(
        Kind.EXTENSION_REQUEST,
        f"{PREFIX}{year}年度延期申请已收到，等待审批",
        {
            "office": office,
            "unit_name": unit_name,
            "year": year,
            "milestone": milestone,
            "due": due,
            "asked_on": asked_on,
            "words": words,
            "received_at": received_at,
        },
    )


def extension_dismissed(
    office: Office,
    *,
    unit_name: str,
    year: int,
    milestone: str,
    due: datetime,
    received_at: datetime,
    words: str,
    reason: str,
) -> Email:
    """A letter that was taken for a request needs no decision; the due stands. `milestone` is its Chinese name."""
    return render(
        Kind.EXTENSION_DISMISSED,
        f"{PREFIX}{year}年度延期来信已办结，截止时间不变",
        {
            "office": office,
            "unit_name": unit_name,
            "year": year,
            "milestone": milestone,
            "due": due,
            "received_at": received_at,
            "words": words,
            "reason": reason,
        },
    )
