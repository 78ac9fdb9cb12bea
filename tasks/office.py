"""What every task needs at hand: settings, archive, database, and the words that mails share."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from db.models import Obligation
from db.session import connection, snapshot, transaction
from notifications.kinds import Office
from selfeval.cycle import Cycle
from selfeval.figures import plain
from selfeval.policy import Lateness
from selfeval.workdays import SHANGHAI, Reckoning
from tasks.archive import Archive
from tasks.logs import keep_logs_clean
from tasks.settings import load_settings

keep_logs_clean()
log = logging.getLogger("selfeval")
# Prefect gives an extra logger its handler but no level: the lines on units would stay below the default.
log.setLevel(logging.INFO)

BATCH = 50
T = TypeVar("T")


def clock(at: datetime | None) -> datetime:
    """The instant to act for: the given one in a rehearsal, else now; always in Asia/Shanghai."""
    return at.astimezone(SHANGHAI) if at else datetime.now(SHANGHAI)


def database() -> AbstractContextManager[Session]:
    """One transaction on the configured database."""
    return transaction(load_settings().database_url)


@contextmanager
def reading() -> Iterator[Session]:
    """The configured database at one instant, for what reads long: nobody who writes waits for its end."""
    with (
        snapshot(load_settings().database_url) as connected,
        Session(connected, expire_on_commit=False) as session,
    ):
        yield session


def connected() -> AbstractContextManager[Connection]:
    """A connection to the configured database for many short transactions without the mapper."""
    return connection(load_settings().database_url)


def archive() -> Archive:
    return Archive(load_settings().archive)


def office_of(cycle: Cycle) -> Office:
    return Office(bureau=cycle.bureau, contact=cycle.contact, calendar=cycle.workdays)


def lateness_text(cycle: Cycle, rule: Lateness | None, reckoning: Reckoning) -> str:
    """How lateness was counted and what it costs by this rule (None: nothing), as sentences; "" on time."""
    if not reckoning.days:
        return ""
    text = f"逾期天数：{reckoning}。"
    if rule and rule.sentence:
        text += f"{rule.sentence}，应扣{plain(rule.points(reckoning.days))}分。"
    return text + cycle.workdays.provisional_note(reckoning.due, reckoning.until)


def how_to_send(unit_code: str) -> str:
    """Where the unit puts its files, as a sentence without a full stop."""
    settings = load_settings()
    way = f"将填好的文件放入报送文件夹“{settings.inbox_label}”中以“{unit_code}”开头的子文件夹"
    if settings.imap:
        way += f"，或作为附件发到 {settings.filing_address}，主题以“{unit_code}”开头"
    return way


def batches(items: Sequence[T]) -> list[list[T]]:
    """The items in batches: never one task, and never one transaction of a whole wave."""
    return [list(items[start : start + BATCH]) for start in range(0, len(items), BATCH)]


def owed(obligations: list[Obligation]) -> list[Obligation]:
    """The units that have to file."""
    return [obligation for obligation in obligations if obligation.duty == "required"]
