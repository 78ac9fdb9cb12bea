"""Read and judge one version: result, state and mail in one transaction. Processes that only judge import this,
so nothing here asks for Prefect.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from db import cycles, judging
from selfeval.cycle import SubmissionState
from tasks.judgement import Version
from tasks.mail import queue_mail
from tasks.office import archive, database


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of one version."""

    unit_code: str
    year: int
    version: int
    state: SubmissionState


def judge_one(submission_id: int, at: datetime) -> Judged | None:
    """Judge one version; None when it was replaced or judged meanwhile."""
    # The attempt is committed together with what is read here, before any file is opened.
    with database() as session:
        sound = judging.begin_judging(session, submission_id)
        version = Version.of(session, submission_id, at)
        policy = cycles.policy_of(version.row, version.obligation.policy)
    kept = archive()
    outcome = version.judged_by(policy, kept, sound)
    mail, attached = version.letter(outcome, kept)
    with database() as session:
        recorded = judging.record_judgement(
            session, submission_id, year=version.row.year, at=at, **outcome.stored
        )
        if not recorded:
            return None
        step = f"v{version.number}"
        queue_mail(session, version.obligation, mail, step=step, at=at, attachments=attached)
    return Judged(version.obligation.unit_code, version.row.year, version.number, outcome.state)
