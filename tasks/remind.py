"""Remind units that owe a filing or a correction: one mail per step, to those alone who owe it."""

from __future__ import annotations

from datetime import datetime

from prefect import task
from prefect.cache_policies import NO_CACHE

from db import cycles, extensions, submissions
from db.models import CycleRow, Obligation, Submission
from notifications import emails
from notifications.message import Email
from selfeval.cycle import Cycle, Step, SubmissionState, due_step, reminder_steps
from selfeval.extension import Due, Dues
from selfeval.findings import Severity
from selfeval.policy import Policy
from selfeval.workdays import local
from tasks.mail import queue_mail
from tasks.office import clock, database, how_to_send, lateness_text, log, office_of, owed

# What a unit files when its policy lists no attachments of its own.
_USUAL_PAPERS = (
    "部门整体支出绩效评价基础数据表",
    "部门整体支出绩效自评表",
    "项目支出绩效自评表",
    "部门整体支出绩效自评报告",
)
_MOST_FINDINGS = 30


@task(name="催报", cache_policy=NO_CACHE)
def queue_reminders(year: int | None, now: datetime | None) -> dict[str, int | str]:
    """Queue the mails of the steps that are due today; their names and the number of units reminded.

    Run late, it sends the latest step begun and skips those that lost their meaning; run twice, it
    adds nothing.
    """
    at = clock(now)
    with database() as session:
        row = cycles.cycle_of(session, year)
        if row.notice_issued_at is None:
            return {"step": "", "units": 0}
        cycle = cycles.value_of(row)
        filed = submissions.effective(session, row.id)
        dues = extensions.all_dues(session, row)
        reminded, names = 0, set()
        for obligation in owed(cycles.obligations_of(session, row.id)):
            policy = cycles.policy_of(row, obligation.policy)
            submission = filed.get(obligation.unit_code)
            call = _call(row, cycle, policy, obligation, dues[obligation.unit_code], submission, at)
            if call and queue_mail(session, obligation, call[1], step=call[0].key, at=at):
                reminded += 1
                names.add(call[0].key)
        log.info("催报 %s：%d家", "、".join(sorted(names)) or "无到期步骤", reminded)
        return {"step": "、".join(sorted(names)), "units": reminded}


def _call(
    row: CycleRow,
    cycle: Cycle,
    policy: Policy,
    obligation: Obligation,
    dues: Dues,
    submission: Submission | None,
    at: datetime,
) -> tuple[Step, Email] | None:
    """The step and the mail that this unit is due now, None when it owes nothing or no step has begun."""
    if submission is None:
        due, step = dues.filing, step_of(cycle, policy, dues.filing, "T", row.notice_issued_at, at)
        missing, findings = policy.attachments or _USUAL_PAPERS, ()
    elif submission.state == SubmissionState.RETURNED.value:
        judged = submission.evaluation.judged_at
        due, step = dues.correction, step_of(cycle, policy, dues.correction, "C", judged, at)
        missing, findings = (), open_findings(submission)
    else:
        return None
    if step is None:
        return None
    common = {
        "unit_name": obligation.unit_name,
        "year": obligation.year,
        "due": due.instant,
        "original_due": due.before_extension,
        "missing": missing,
        "findings": findings,
        "how_to_send": how_to_send(obligation.unit_code),
    }
    if not step.overdue:
        left = cycle.workdays.between(local(at).date(), due.instant.date())
        return step, emails.reminder(office_of(cycle), **common, working_days_left=left)
    late = cycle.workdays.reckon(due.instant, at)
    return step, emails.overdue(
        office_of(cycle),
        **common,
        working_days_late=late.days,
        # The policy takes points for a late first filing.
        calculation=lateness_text(cycle, policy.lateness if submission is None else None, late),
    )


def step_of(
    cycle: Cycle, policy: Policy, due: Due, wave: str, owing_since: datetime, at: datetime
) -> Step | None:
    """The step whose mail is due: none before a day has passed since the unit owes it, none without meaning.

    `owing_since` is the instant of the notice or of the return; an extension begins a wave of its own.
    """
    day = due.instant.date()
    if due.extended:
        wave, owing_since = f"{wave}@{day}", max(owing_since, due.decided_at)
    steps = reminder_steps(
        day,
        policy.reminders.before,
        policy.reminders.after,
        policy.reminders.then_every,
        max(cycle.milestones.publication_due, day),
        cycle.workdays,
        wave,
    )
    begun = local(owing_since).date()
    step = due_step(tuple(step for step in steps if step.day > begun), local(at).date())
    if step and not step.overdue and at > due.instant:
        return None
    return step


def open_findings(submission: Submission) -> tuple[str, ...]:
    """The errors that a returned version still has: file, code and place, each a line."""
    found = [
        f"{file['file']}：{finding['code']}（{finding['where']}）"
        for file in submission.evaluation.document["files"]
        for finding in file["findings"]
        if finding["severity"] == Severity.ERROR.value
    ]
    more = len(found) - _MOST_FINDINGS
    return (*found[:_MOST_FINDINGS], *([f"另有{more}项，见退回邮件"] if more > 0 else []))
