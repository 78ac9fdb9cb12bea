"""Remind units that owe a filing or a correction: one mail per step, to those alone who owe it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from prefect import task
from prefect.cache_policies import NO_CACHE
from sqlalchemy.orm import Session

from db import cycles, examinations, outbox, submissions
from db.debtors import debtors
from db.models import CycleRow, Obligation
from notifications import emails
from notifications.found import OpenReturn
from notifications.kinds import Kind
from notifications.message import Email
from selfeval.cycle import Step
from selfeval.levels import Level
from selfeval.policy import Policy
from selfeval.reminders import CORRECTION, Debtor, is_day_of_mail, reminder_step
from selfeval.result import found_in
from selfeval.workdays import local
from tasks.events import Happening, tell_of_units
from tasks.mail import queue_mail
from tasks.office import batches, clock, database, how_to_send, lateness_text, log, office_of

# What a unit files when its policy lists no attachments of its own.
_USUAL_PAPERS = (
    "部门整体支出绩效评价基础数据表",
    "部门整体支出绩效自评表",
    "项目支出绩效自评表",
    "部门整体支出绩效自评报告",
)


@task(name="催报", cache_policy=NO_CACHE)
def queue_reminders(year: int | None, now: datetime | None) -> dict[str, int | str]:
    """Queue the mails of the steps that are due today; their names, what people call them, and the number of units reminded.

    Run late, it sends the latest step begun and skips those that lost their meaning; run twice, it
    adds nothing.
    """
    at = clock(now)
    with database() as session:
        row = cycles.cycle_of(session, year)
        codes = [debtor.code for debtor, _ in due_calls(session, row, at)]
    reminded, sent, late = 0, set(), []
    for batch in batches(codes):
        with database() as session:
            row = cycles.cycle_of(session, year)
            # Read anew: a unit that filed since the wave began owes nothing.
            for debtor, step in due_calls(session, row, at, batch):
                obligation = session.get_one(Obligation, (row.id, debtor.code))
                mail = _mail(session, row, obligation, debtor, step, at)
                # "Before the deadline" is not said after it, nor "file at once" when it no longer counts.
                useful = debtor.dues.lock if step.overdue else debtor.due.instant
                if queue_mail(session, obligation, mail, step=step.key, at=at, not_after=useful):
                    reminded += 1
                    sent.add(step)
                    if step.overdue:
                        owes = "correction" if debtor.wave == CORRECTION else "filing"
                        late.append((debtor.code, {"step": step.key, "owes": owes}))
    tell_of_units(Happening.LATE, row.year, late)
    names = "、".join(sorted({step.key for step in sent}))
    log.info("催报 %s：%d家", names or "无到期步骤", reminded)
    return {"step": names, "called": "、".join(sorted({step.label for step in sent})), "units": reminded}


def due_calls(
    session: Session, row: CycleRow, at: datetime, codes: Collection[str] | None = None
) -> list[tuple[Debtor, Step]]:
    """Who is due which step now and was not told yet."""
    cycle = cycles.value_of(row)
    if not is_day_of_mail(cycle, at):
        return []
    told = {
        (code, step)
        for code, _, step in outbox.queued_steps(session, row.id, Kind.REMINDER, Kind.OVERDUE, codes=codes)
    }
    found = ((debtor, reminder_step(cycle, debtor, at)) for debtor in debtors(session, row, codes))
    return [(debtor, step) for debtor, step in found if step and (debtor.code, step.key) not in told]


def _mail(
    session: Session, row: CycleRow, obligation: Obligation, debtor: Debtor, step: Step, at: datetime
) -> Email:
    cycle, due = cycles.value_of(row), debtor.due
    policy = cycles.policy_of(row, obligation.policy)
    common = {
        "unit_name": obligation.unit_name,
        "year": obligation.year,
        "due": due.instant,
        "original_due": due.before_extension,
        "noticed_on": local(row.notice_issued_at).date(),
        "how_to_send": how_to_send(obligation.unit_code),
        **_lacking(session, row, debtor, policy),
    }
    if not step.overdue:
        left = cycle.workdays.between(local(at).date(), due.instant.date())
        return emails.reminder(office_of(cycle), **common, working_days_left=left)
    late = cycle.workdays.reckon(due.instant, at)
    # The policy takes points for a late first filing.
    rule = policy.lateness if debtor.wave != CORRECTION else None
    return emails.overdue(
        office_of(cycle),
        **common,
        working_days_late=late.days,
        lock=debtor.dues.lock,
        calculation=lateness_text(cycle, rule, late),
    )


def _lacking(
    session: Session, row: CycleRow, debtor: Debtor, policy: Policy
) -> dict[str, tuple[str, ...] | OpenReturn]:
    if debtor.wave != CORRECTION:
        return {"missing": policy.attachments or _USUAL_PAPERS}
    submission = submissions.effective_of(session, row.id, debtor.code)
    judged = submission.evaluation
    by_person = examinations.standing_return(session, submission.id)
    if by_person:
        labels = {reason.code: reason.label for reason in policy.examination.reasons}
        named = "、".join(labels.get(code, code) for code in by_person.reasons)
        opinion = f"{named}：{by_person.reason}（{Level(by_person.level).label} {by_person.person}）"
        return {"open_return": OpenReturn(submission.version, by_person.decided_at, (), opinion)}
    return {"open_return": OpenReturn(submission.version, judged.judged_at, found_in(judged.document))}
