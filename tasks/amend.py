"""Correct an open cycle, or find out what that would change; units are told which of their dates move."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime

from prefect import task
from prefect.cache_policies import NO_CACHE
from sqlalchemy.orm import Session

from db import amendments, cycles
from db.amendments import Amended
from db.models import CycleRow
from notifications.dates import amended as amended_mail
from selfeval.cycle_file import cycle_text
from tasks.mail import queue_mail
from tasks.office import clock, database, office_of

_PREVIEW = "预览"


@task(name="更正周期的日期", cache_policy=NO_CACHE)
def amend_dates(
    year: int | None,
    days: Mapping[str, date],
    contact: str,
    person: str,
    reason: str,
    preview: bool,
    now: datetime | None,
) -> list[str]:
    """Correct these milestones (by field name) and, unless "", the contact; what changes, line by line.

    Raises Refusal with every reason against it, also when nothing but a preview is asked for.
    """
    with database() as session:
        row = cycles.cycle_of(session, year)
        value = cycles.value_of(row)
        value = replace(
            value, milestones=replace(value.milestones, **days), contact=contact.strip() or value.contact
        )
        amended = correct(
            session, row, cycle_text(value), row.policies,
            person=person, reason=reason, preview=preview, at=clock(now),
        )  # fmt: skip
    return amended_words(amended, done=not preview)


def correct(
    session: Session,
    row: CycleRow,
    definition: str,
    policies: Mapping[str, str],
    *,
    person: str,
    reason: str,
    preview: bool,
    at: datetime,
) -> Amended:
    """Correct the cycle and tell the units in one transaction; a preview is taken back."""
    amended = amendments.amend(
        session, row, definition, policies,
        person=_PREVIEW if preview else person, reason=_PREVIEW if preview else reason, at=at,
    )  # fmt: skip
    if preview:
        session.rollback()
    else:
        tell_units(session, row, amended, person=person, reason=reason, at=at)
    return amended


def amended_words(amended: Amended, *, done: bool) -> list[str]:
    """What a correction changes or, when `done`, has changed."""
    lines = [f"{each}" for each in amended.changed]
    lines += [f"截止时间随之改变的单位：{amended.units}家"] if amended.units else []
    lines += [f"另有延期或退回期限的单位：{each}" for each in amended.own_dues]
    lines += [f"撤回还没有发出的催报、通报：{amended.withdrawn}封"] if amended.withdrawn else []
    told = len(amended.shifts)
    lines += [f"告知日期改变的单位：{told}家" + ("，邮件已进入待发" if done else "")] if told else []
    lines += (
        [f"{amended.voided}对邮件计划的审批失效，须重新审批（selfeval rehearse）"] if amended.voided else []
    )
    return lines + ([f"注意：{amended.provisional}"] if amended.provisional else [])


def tell_units(
    session: Session, row: CycleRow, amended: Amended, *, person: str, reason: str, at: datetime
) -> int:
    """Queue one mail per unit that has a moved date, in the transaction of the correction; units told."""
    office = office_of(cycles.value_of(row))
    for obligation in cycles.obligations_of(session, row.id):
        if obligation.unit_code not in amended.shifts:
            continue
        mail = amended_mail(
            office,
            unit_name=obligation.unit_name,
            year=obligation.year,
            shifts=amended.shifts[obligation.unit_code],
            reason=reason,
            person=person,
        )
        queue_mail(session, obligation, mail, step=f"A{amended.number}", at=at)
    return len(amended.shifts)
