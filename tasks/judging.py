"""Read and judge one version: result, state and mail in one transaction. Processes that only judge import this,
so nothing here asks for Prefect.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from db import cycles, judging
from db.extensions import dues_of
from db.models import CycleRow, Obligation, Submission
from selfeval.cycle import SubmissionState
from selfeval.rules import VERSION
from tasks.judgement import judge_files, letter_on
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
        submission = session.get_one(Submission, submission_id)
        obligation = session.get_one(Obligation, (submission.cycle_id, submission.unit_code))
        row = session.get_one(CycleRow, submission.cycle_id)
        due = dues_of(session, row, obligation, returned_at=at).correction
        files = judging.files_up_to(session, submission)
    kept = archive()
    outcome = judge_files(files, sound, kept, obligation, cycles.policy_of(row, obligation.policy))
    mail, attached = letter_on(row, obligation, submission.version, due, outcome, kept)
    with database() as session:
        recorded = judging.record_judgement(
            session,
            submission_id,
            year=row.year,
            state=outcome.state,
            policy=outcome.policy,
            rule_set=VERSION,
            document=outcome.document,
            summary=outcome.summary.as_json(),
            at=at,
        )
        if not recorded:
            return None
        queue_mail(session, obligation, mail, step=f"v{submission.version}", at=at, attachments=attached)
    return Judged(obligation.unit_code, row.year, submission.version, outcome.state)
