"""Run one stage now, as its flow."""

from __future__ import annotations

from typing import Any

from db import cycles
from db.session import migrate, transaction
from flows.collect import collect_submissions
from flows.deliver import deliver_mails
from flows.digest import daily_digest
from flows.evaluate import evaluate_submissions
from flows.notice import NoticeIssue, issue_notice
from flows.prepare import prepare_publication
from flows.publish import PublicationNow, publish_results
from flows.remind import remind_units
from flows.roll_up import roll_up_units
from flows.watch import watch_site
from tasks.settings import load_settings

STAGES = {
    "collect": collect_submissions,
    "evaluate": evaluate_submissions,
    "remind": remind_units,
    "digest": daily_digest,
    "roll-up": roll_up_units,
    "prepare": prepare_publication,
    "watch": watch_site,
}

_PERSON = "财政局"  # who issues a notice by this command


def run_stage(stage: str, year: int | None) -> Any:
    """Run a stage against the configured Prefect server; its result."""
    url = load_settings().database_url
    migrate(url)
    if stage == "deliver":
        return deliver_mails()
    # Who gives the command is told that there is no cycle; a run on its schedule has nothing to do then.
    with transaction(url) as session:
        chosen = cycles.cycle_of(session, year).year
    if stage == "publish":
        return publish_results(PublicationNow(year=chosen))
    if stage == "notice":
        return issue_notice(NoticeIssue(year=chosen, person=_PERSON))
    return STAGES[stage](year=chosen)
