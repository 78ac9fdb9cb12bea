"""A version judged: its files read and measured by a policy, and the letter that tells its unit. Nothing is stored.

Like tasks.judging without Prefect.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from db import cycles, judging
from db.extensions import dues_of
from db.models import CycleRow, Obligation, SubmissionFile
from documents.reading import MAX_BYTES, read_file
from notifications import emails
from notifications.message import Email
from selfeval.cycle import FiledFile, SubmissionState, effective_files
from selfeval.deduction_statement import loses_points
from selfeval.examination import levels_for
from selfeval.extension import Due
from selfeval.filing import Filing
from selfeval.findings import Severity
from selfeval.policy import Policy
from selfeval.repairs import FileFindings
from selfeval.result import check_document, check_entry
from selfeval.rules import VERSION, Expected, Judgement, judge_together
from selfeval.summary import Summary, summarise
from tasks.archive import Archive
from tasks.office import how_to_send, office_of
from tasks.returned_papers import commented_files
from tasks.statement_paper import statement_name, statement_paper

_GAVE_UP = "“{name}”两次都使审核程序中断，无法读取；请另存为新的 .xlsx 或 .docx 文件后重新报送"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The files that counted with how each was judged, the check document, and the policy's name and version."""

    judged: Sequence[tuple[Filing, Judgement]]
    document: dict[str, Any]
    summary: Summary
    policy: str

    @property
    def state(self) -> SubmissionState:
        """An error returns, everything else passes."""
        failed = any(f.severity is Severity.ERROR for _, judgement in self.judged for f in judgement.findings)
        return SubmissionState.RETURNED if failed else SubmissionState.ACCEPTED

    @property
    def stored(self) -> dict[str, Any]:
        """What is kept of it, by the names of the arguments of whoever keeps it."""
        return {
            "state": self.state,
            "policy": self.policy,
            "rule_set": VERSION,
            "document": self.document,
            "summary": self.summary.as_json(),
        }


@dataclass(frozen=True, slots=True)
class Version:
    """What a version is judged from: whose it is, its files with those before it (each with the version it came in),
    and until when a return of it is answered."""

    row: CycleRow
    obligation: Obligation
    number: int
    due: Due
    files: list[tuple[SubmissionFile, int]]

    @classmethod
    def of(cls, session: Session, submission_id: int, at: datetime) -> Version:
        """As it stands in the database, judged at this instant."""
        submission, obligation, row = judging.owed_by(session, submission_id)
        due = dues_of(session, row, obligation, returned_at=at).correction
        return cls(row, obligation, submission.version, due, judging.files_up_to(session, submission))

    def judged_by(self, policy: Policy, kept: Archive, sound: bool) -> Outcome:
        """Not `sound`: the files of this version have broken the process before and are not opened."""
        unit = self.obligation
        filings = _effective(self.files, sound, kept)
        expected = Expected(unit=unit.unit_name, code=unit.unit_code, year=unit.year)
        judged = list(zip(filings, judge_together(filings, policy, expected), strict=True))
        document = check_document(
            policy.name, [check_entry(filing, judgement) for filing, judgement in judged]
        )
        return Outcome(judged, document, summarise(document), f"{policy.name} {policy.version}")

    def letter(self, outcome: Outcome, kept: Archive, why: str = "") -> tuple[Email, list[tuple[str, str]]]:
        """The mail that tells the unit, with its attachments as (file name, hash in the archive).

        `why`: it had been judged before, and why it was judged again, as sentences.
        """
        found = _files(outcome.judged)
        if outcome.state is SubmissionState.RETURNED:
            attached, not_commented = commented_files(outcome.judged, found, kept)
            return _returned(self, found, attached, not_commented, why), attached
        attached = []
        if loses_points(outcome.document):
            paper = statement_paper(self.row, self.obligation, self.number, VERSION, outcome.document)
            attached = [(statement_name(self.obligation), kept.put(paper))]
        return _accepted(self, found, outcome, bool(attached), why), attached


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


def _files(judged: Sequence[tuple[Filing, Judgement]]) -> list[FileFindings]:
    return [
        FileFindings(
            file=filing.file,
            findings=judgement.findings,
            titles={form.id: form.project or form.title for form in filing.forms},
        )
        for filing, judgement in judged
    ]


def _returned(
    version: Version,
    files: list[FileFindings],
    attached: list[tuple[str, str]],
    not_commented: list[str],
    why: str,
) -> Email:
    return emails.returned(
        office_of(cycles.value_of(version.row)),
        unit_name=version.obligation.unit_name,
        year=version.obligation.year,
        version=version.number,
        correction_due=version.due.instant,
        original_due=version.due.before_extension,
        files=files,
        commented=[name for name, _ in attached],
        not_commented=not_commented,
        how_to_send=how_to_send(version.obligation.unit_code),
        why=why,
    )


def _accepted(
    version: Version,
    files: list[FileFindings],
    outcome: Outcome,
    statement: bool,
    why: str,
) -> Email:
    summary = outcome.summary
    policy = cycles.policy_of(version.row, version.obligation.policy)
    return emails.accepted(
        office_of(cycles.value_of(version.row)),
        unit_name=version.obligation.unit_name,
        year=version.obligation.year,
        version=version.number,
        reported_score=summary.reported_score,
        recomputed_score=summary.recomputed_score,
        grade=summary.grade,
        files=files,
        statement=statement,
        why=why,
        levels=[level.label for level in levels_for(policy.examination, version.obligation.tier)],
    )
