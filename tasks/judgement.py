"""A version judged: its files read and measured by a policy, and the letter that tells its unit. Nothing is stored.

Like tasks.judging without Prefect.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from db import cycles
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


def judge_files(
    files: list[tuple[SubmissionFile, int]],
    sound: bool,
    kept: Archive,
    obligation: Obligation,
    policy: Policy,
) -> Outcome:
    """Judge a unit's files (each with the version it came in) by this policy.

    Not `sound`: those of the newest version have broken the process before and are not opened.
    """
    filings = _effective(files, sound, kept)
    expected = Expected(unit=obligation.unit_name, code=obligation.unit_code, year=obligation.year)
    judged = list(zip(filings, judge_together(filings, policy, expected), strict=True))
    document = check_document(policy.name, [check_entry(filing, judgement) for filing, judgement in judged])
    return Outcome(judged, document, summarise(document), f"{policy.name} {policy.version}")


def letter_on(
    row: CycleRow,
    obligation: Obligation,
    version: int,
    due: Due,
    outcome: Outcome,
    kept: Archive,
    why: str = "",
) -> tuple[Email, list[tuple[str, str]]]:
    """The mail that tells the unit, with its attachments as (file name, hash in the archive).

    `why`: it had been judged before, and why it was judged again, as sentences.
    """
    found = _files(outcome.judged)
    if outcome.state is SubmissionState.RETURNED:
        attached, not_commented = commented_files(outcome.judged, found, kept)
        return _returned(row, obligation, version, due, found, attached, not_commented, why), attached
    attached = []
    if loses_points(outcome.document):
        paper = statement_paper(row, obligation, version, VERSION, outcome.document)
        attached = [(statement_name(obligation), kept.put(paper))]
    return _accepted(row, obligation, version, found, outcome, bool(attached), why), attached


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
    row: CycleRow,
    obligation: Obligation,
    version: int,
    due: Due,
    files: list[FileFindings],
    attached: list[tuple[str, str]],
    not_commented: list[str],
    why: str,
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
        why=why,
    )


def _accepted(
    row: CycleRow,
    obligation: Obligation,
    version: int,
    files: list[FileFindings],
    outcome: Outcome,
    statement: bool,
    why: str,
) -> Email:
    summary = outcome.summary
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
        why=why,
        levels=[
            level.label
            for level in levels_for(cycles.policy_of(row, obligation.policy).examination, obligation.tier)
        ],
    )
