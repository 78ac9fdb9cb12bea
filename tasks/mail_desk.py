"""What a person decides about single mails: whether one in doubt arrived, and that one goes out again."""

from __future__ import annotations

from datetime import datetime

from prefect import task
from prefect.cache_policies import NO_CACHE

from db import mailroom
from tasks.office import clock, database


@task(name="核实邮件", cache_policy=NO_CACHE)
def settle_mail(number: int, delivered: bool, person: str, now: datetime | None) -> str:
    """Settle a mail in doubt; what stands in its record now. Raises Refusal for a mail that is not in doubt."""
    with database() as session:
        return mailroom.resolve(session, number, delivered=delivered, person=person, at=clock(now)).reply


@task(name="补发邮件", cache_policy=NO_CACHE)
def send_again(number: int, person: str, reason: str, now: datetime | None) -> int:
    """Send a settled mail once more; the number of the new one. Raises Refusal for one that is not settled."""
    with database() as session:
        return mailroom.resend(session, number, person=person, reason=reason, at=clock(now))
