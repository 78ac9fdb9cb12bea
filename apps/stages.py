"""Run one stage now, as its flow."""

from __future__ import annotations

from typing import Any

from db.session import migrate
from flows.collect import collect_submissions
from flows.deliver import deliver_mails
from flows.digest import daily_digest
from flows.evaluate import evaluate_submissions
from flows.notice import issue_notice
from flows.prepare import prepare_publication
from flows.publish import publish_results
from flows.remind import remind_units
from flows.roll_up import roll_up_units
from flows.watch import watch_site
from tasks.settings import load_settings

STAGES = {
    "notice": issue_notice,
    "collect": collect_submissions,
    "evaluate": evaluate_submissions,
    "remind": remind_units,
    "digest": daily_digest,
    "roll-up": roll_up_units,
    "publish": publish_results,
    "prepare": prepare_publication,
    "watch": watch_site,
}


def run_stage(stage: str, year: int | None) -> Any:
    """Run a stage against the configured Prefect server; its result."""
    migrate(load_settings().database_url)
    if stage == "deliver":
        return deliver_mails()
    return STAGES[stage](year=year)
