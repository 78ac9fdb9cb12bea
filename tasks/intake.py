"""One collection: what lies in the inbox folder and waits in the mailbox, taken in in the order in which it came.

A unit that mails its papers and then puts better ones into its folder means the later ones, whichever way the
collection looks first.
"""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from datetime import datetime, timedelta

from prefect import task
from prefect.cache_policies import NO_CACHE

from db import cycles
from db.session import alone
from tasks.collect import in_folder
from tasks.events import Happening, tell_of_cycle
from tasks.imap import MailboxRefusal
from tasks.mailbox import in_mailbox
from tasks.office import clock, database, log
from tasks.poll import Poll
from tasks.settings import load_settings

SETTLED = timedelta(seconds=5)


@task(name="收取报送", cache_policy=NO_CACHE)
def collect(
    year: int | None,
    now: datetime | None,
    settled: timedelta = SETTLED,
    patience: timedelta = timedelta(0),
) -> dict[str, int]:
    """Take in everything new that came at least `settled` ago; counts of versions, duplicates and what waits
    for a person. One collection at a time: another one's end is waited for with this patience.

    What cannot be taken in for a fault of ours stays in place and keeps nothing else from being taken in; the
    faults are raised together at the end. MailboxRefusal, when the mail server cannot be used, comes after
    what lies in the folder has been taken in.
    """
    counts: Counter[str] = Counter(versions=0, duplicates=0, unmatched=0)
    with alone(load_settings().database_url, "intake", patience) as mine:
        if not mine:
            # Two would mix up the order, count each other's attempts and move the same mail twice.
            log.info("另一个收取正在进行，本次不再收取")
            return dict(counts)
        with database() as session:
            row = cycles.cycle_of(session, year)
            owing = {item.unit_code: item for item in cycles.obligations_of(session, row.id)}
        faults: list[Exception] = []
        refusal = _take_all(Poll(row, owing, clock(None) - settled, now), counts, faults)
    if refusal:
        for fault in faults:
            log.error("来件未能收取：%s", fault, exc_info=fault)
        raise refusal
    if faults:
        raise ExceptionGroup(f"有 {len(faults)} 件来件未能收取", faults)
    return dict(counts)


def _take_all(poll: Poll, counts: Counter[str], faults: list[Exception]) -> MailboxRefusal | None:
    """Take in what came, each in its turn; why the mailbox could not be used, if it could not."""
    refusal, waiting = None, Counter()
    with ExitStack() as stack:
        # The folder first: what the mailbox shows afterwards holds all mails that came before any of these files.
        files, mails = in_folder(poll, faults), []
        try:
            mails = stack.enter_context(in_mailbox(poll))
        except MailboxRefusal as error:
            refusal = error
        for each in sorted([*files, *mails], key=lambda pending: pending.received_at):
            if refusal and each.channel == "mail":
                continue
            try:
                became = each.take()
                counts.update(became)
                waiting[each.channel] += became.get("unmatched", 0)
            except MailboxRefusal as error:
                refusal = error
            except Exception as error:  # noqa: BLE001 - raised by the caller, after the rest
                error.add_note(f"收取 {each.place} 时出错，留在原处")
                faults.append(error)
    for channel, count in waiting.items():
        if count:
            tell_of_cycle(Happening.UNMATCHED, poll.row.year, {"count": count, "channel": channel})
    return refusal
