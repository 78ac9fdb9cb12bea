"""Read and judge one version: result, state and mail in one transaction. Processes that only judge import this,
so nothing here asks for Prefect.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from db import cycles, submissions
from db.extensions import dues_of
from db.models import CycleRow, Obligation, Submission, SubmissionFile
from documents.reading import MAX_BYTES, read_file
from notifications import emails
from notifications.message import Email
from selfeval.cycle import FiledFile, SubmissionState, effective_files
from selfeval.deduction_statement import loses_points
from selfeval.examination import levels_for
from selfeval.extension import Due
from selfeval.filing import Filing
from selfeval.findings import Severity
from selfeval.repairs import FileFindings
from selfeval.result import check_document, check_entry
from selfeval.rules import VERSION, Expected, Judgement, judge_together
from selfeval.summary import Summary, summarise
from tasks.archive import Archive
from tasks.mail import queue_mail
from tasks.office import archive, database, how_to_send, office_of
from tasks.returned_papers import commented_files
from tasks.statement_paper import statement_name, statement_paper

_GAVE_UP = "“{name}”两次都使审核程序中断，无法读取；请另存为新的 .xlsx 或 .docx 文件后重新报送"


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
        sound = submissions.begin_judging(session, submission_id)
        submission = session.get_one(Submission, submission_id)
        obligation = session.get_one(Obligation, (submission.cycle_id, submission.unit_code))
        row = session.get_one(CycleRow, submission.cycle_id)
        due = dues_of(session, row, obligation, returned_at=at).correction
        files = submissions.files_up_to(session, submission)
    policy = cycles.policy_of(row, obligation.policy)
    kept = archive()
    filings = _effective(files, sound, kept)
    expected = Expected(
        unit=obligation.unit_name,
        code=obligation.unit_code,
        year=obligation.year,
    )
    judged = list(zip(filings, judge_together(filings, policy, expected), strict=True))
    document = check_document(policy.name, [check_entry(filing, judgement) for filing, judgement in judged])
    summary = summarise(document)
    failed = any(f.severity is Severity.ERROR for _, judgement in judged for f in judgement.findings)
    state = SubmissionState.RETURNED if failed else SubmissionState.ACCEPTED
    found = _files(judged)
    attached: list[tuple[str, str]] = []
    if failed:
        attached, not_commented = commented_files(judged, found, kept)
        mail = _returned(row, obligation, submission.version, due, found, attached, not_commented)
    else:
        if loses_points(document):
            paper = statement_paper(row, obligation, submission.version, VERSION, document)
            attached = [(statement_name(obligation), kept.put(paper))]
        mail = _accepted(row, obligation, submission.version, found, summary, bool(attached))
    with database() as session:
        recorded = submissions.record_judgement(
            session,
            submission_id,
            year=row.year,
            state=state,
            policy=f"{policy.name} {policy.version}",
            rule_set=VERSION,
            document=document,
            summary=summary.as_json(),
            at=at,
        )
        if not recorded:
            return None
        queue_mail(session, obligation, mail, step=f"v{submission.version}", at=at, attachments=attached)
    return Judged(obligation.unit_code, row.year, submission.version, state)


def _effective(files: list[tuple[SubmissionFile, int]], sound: bool, kept: Archive) -> list[Filing]:
    """The files that count, read; files that broke the process before are not opened again."""
    newest = max(version for _, version in files)
    filings = {}
    candidates = []
    for file, version in files:
        if not sound and version == newest:
            filings[file.id] = Filing(
                file=file.name, sha256=file.sha256, unreadable=_GAVE_UP.format(name=file.name)
            )
        else:
            # One byte over the limit is enough for the reader to refuse the file as too large.
            filing = read_file(file.name, kept.get(file.sha256, MAX_BYTES + 1))
            # The hash is that of the whole original, also when only its first part was looked at.
            filings[file.id] = replace(filing, sha256=file.sha256)
        forms = {(str(form.kind), form.project or "") for form in filings[file.id].forms if form.kind.judged}
        candidates.append(FiledFile(file.id, version, file.name, frozenset(forms)))
    return [filings[file.id] for file in effective_files(candidates)]


def _files(judged: list[tuple[Filing, Judgement]]) -> list[FileFindings]:
    return [
        FileFindings(
            file=filing.file,
            findings=judgement.findings,
            titles={form.id: form.project or form.title for form in filing.forms},
        )
        for filing, judgement in judged
    ]


def _returned(
    row: CycleRow,
    obligation: Obligation,
    version: int,
    due: Due,
    files: list[FileFindings],
    attached: list[tuple[str, str]],
    not_commented: list[str],
) -> Email:
    return emails.returned(
        office_of(cycles.value_of(row)),
        unit_name=obligation.unit_name,
        year=obligation.year,
        version=version,
        correction_due=due.instant,
        original_due=due.before_extension,
        files=files,
        commented=[name for name, _ in attached],
        not_commented=not_commented,
        how_to_send=how_to_send(obligation.unit_code),
    )


def _accepted(
    row: CycleRow,
    obligation: Obligation,
    version: int,
    files: list[FileFindings],
    summary: Summary,
    statement: bool,
) -> Email:
    return emails.accepted(
        office_of(cycles.value_of(row)),
        unit_name=obligation.unit_name,
        year=obligation.year,
        version=version,
        reported_score=summary.reported_score,
        recomputed_score=summary.recomputed_score,
        grade=summary.grade,
        files=files,
        statement=statement,
        levels=[
            level.label
            for level in levels_for(cycles.policy_of(row, obligation.policy).examination, obligation.tier)
        ],
    )
