"""The mails about dates that change: an extension for one unit, a correction for everybody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from notifications.kinds import PREFIX, Kind, Office
from notifications.message import Email
from notifications.render import render, short_moment
from selfeval.amendment import Shift


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
        f"{PREFIX}{year}年度{milestone}{'同意延至' + short_moment(asked) if granted else '不同意延期'}",
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


def amended(
    office: Office, *, unit_name: str, year: int, shifts: Sequence[Shift], reason: str, person: str
) -> Email:
    """The dates of this unit that a correction of the cycle moved, as they were and as they are."""
    return render(
        Kind.AMENDED,
        f"{PREFIX}{year}年度报送日期更正：{'、'.join(shift.label for shift in shifts)}",
        {
            "office": office,
            "unit_name": unit_name,
            "year": year,
            "shifts": shifts,
            "dates": [shift.after for shift in shifts if shift.after],
            "reason": reason,
            "person": person,
        },
    )
