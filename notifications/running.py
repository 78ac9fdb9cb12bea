"""Mails about the running of the program to the administrators."""

from __future__ import annotations

from datetime import datetime

from notifications.kinds import PREFIX, Kind, Office
from notifications.message import Email
from notifications.render import render
from selfeval.troubles import Trouble


def run_alarm(office: Office, *, year: int, trouble: Trouble, at: datetime) -> Email:
    """A run that went wrong or a step that did not happen, with what to do."""
    return render(
        Kind.RUN_ALARM,
        f"{PREFIX}警报：{year}年度自评{trouble.title}",
        {"office": office, "year": year, "trouble": trouble, "at": at},
    )
