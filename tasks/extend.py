"""Record a decision on a unit's request for more time, and tell the unit."""

from __future__ import annotations

from datetime import date, datetime

from prefect import task
from prefect.cache_policies import NO_CACHE
from sqlalchemy.orm import Session

from db import cycles, extensions, requests
from db.models import CycleRow, MailMessage, Obligation
from notifications import dates
from notifications.contacts import extension_dismissed, extension_request
from selfeval.asking import Asking
from selfeval.cycle import MILESTONE_LABELS
from selfeval.examination import name_of
from selfeval.refusal import Refusal
from selfeval.workdays import due_instant
from tasks.mail import queue_mail
from tasks.office import clock, database, log, office_of


@task(name="登记延期决定", cache_policy=NO_CACHE)
def decide_extension(
    year: int | None,
    unit_code: str,
    milestone: str,
    day: date,
    granted: bool,
    reason: str,
    person: str,
    now: datetime | None,
) -> dict[str, str]:
    """Record the decision and queue its mail; told again it adds nothing.

    Raises Refusal when the day, the unit, the reason or the person does not fit.
    """
    at = clock(now)
    with database() as session:
        row = cycles.cycle_of(session, year)
        decision = extensions.decide(
            session,
            row,
            unit_code,
            milestone=milestone,
            day=day,
            granted=granted,
            reason=reason,
            person=person,
            at=at,
        )
        obligation = session.get_one(Obligation, (row.id, unit_code))
        cycle = cycles.value_of(row)
        hour = cycles.policy_of(row, obligation.policy).filing.due_hour
        mail = dates.extension(
            office_of(cycle),
            unit_name=obligation.unit_name,
            year=obligation.year,
            milestone=MILESTONE_LABELS[milestone],
            original_due=due_instant(decision.original_on, hour),
            asked=due_instant(day, hour),
            granted=granted,
            reason=reason,
            person=person,
        )
        queue_mail(session, obligation, mail, step=f"X{decision.id}", at=at)
        log.info("%s %s %s：%s", unit_code, MILESTONE_LABELS[milestone], decision.verdict, day)
        return {
            "unit": obligation.unit_name,
            "milestone": MILESTONE_LABELS[milestone],
            "original": decision.original_on.isoformat(),
            "asked": day.isoformat(),
            "verdict": decision.verdict,
        }


def take_request(
    session: Session, row: CycleRow, unit_code: str, mail: MailMessage, wish: Asking, at: datetime
) -> None:
    """List a unit's request and tell the unit that a person decides; nothing is granted here."""
    request = requests.record(session, row, unit_code, mail, day=wish.day, words=wish.words, at=at)
    obligation = session.get_one(Obligation, (row.id, unit_code))
    letter = extension_request(
        office_of(cycles.value_of(row)),
        unit_name=obligation.unit_name,
        year=obligation.year,
        milestone=MILESTONE_LABELS[request.milestone],
        due=_due(session, row, obligation, request.milestone),
        asked_on=wish.day,
        words=wish.words,
        received_at=mail.received_at,
    )
    queue_mail(session, obligation, letter, step=f"Q{request.id}", at=at)
    log.info("%s 申请延期，等待审批", unit_code)


@task(name="延期申请办结", cache_policy=NO_CACHE)
def dismiss_request(number: int, reason: str, person: str, now: datetime | None) -> dict[str, str | int]:
    """Take a letter that asks for nothing off the list and tell its unit why; the due stays as it is.

    Raises Refusal when it does not wait, or reason or person is missing.
    """
    at, person, reason = clock(now), name_of(person), reason.strip()
    if not reason:
        raise Refusal("办结延期申请应写明原因，单位会在邮件里看到")
    with database() as session:
        request = requests.dismiss(session, number, reason=reason, person=person, at=at)
        row = session.get_one(CycleRow, request.cycle_id)
        obligation = session.get_one(Obligation, (row.id, request.unit_code))
        letter = extension_dismissed(
            office_of(cycles.value_of(row)),
            unit_name=obligation.unit_name,
            year=obligation.year,
            milestone=MILESTONE_LABELS[request.milestone],
            due=_due(session, row, obligation, request.milestone),
            received_at=request.received_at,
            words=request.words,
            reason=reason,
        )
        queue_mail(session, obligation, letter, step=f"Q{request.id}", at=at)
        log.info("%s 的延期来信办结：%s", request.unit_code, reason)
        return {
            "id": request.id, "code": request.unit_code, "unit": obligation.unit_name,
            "reason": reason, "person": person,
        }  # fmt: skip


def dismissed_words(done: dict[str, str | int]) -> str:
    """What was recorded, as a sentence without a full stop."""
    return f"第 {done['id']} 号申请（{done['code']} {done['unit']}）已办结：{done['reason']}（{done['person']}），告知邮件已进入待发"


def _due(session: Session, row: CycleRow, obligation: Obligation, milestone: str) -> datetime:
    standing = extensions.dues_of(session, row, obligation)
    return (standing.filing if milestone == "unit_due" else standing.correction).instant
