"""The mail about dates that were corrected for everybody."""

from __future__ import annotations

from collections.abc import Sequence

from notifications.kinds import PREFIX, Kind, Office
from notifications.message import Email
from notifications.render import render
from selfeval.amendment import Shift


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
