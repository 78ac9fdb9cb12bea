"""What came in: arrivals and the versions of each unit's filing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, selectinload

from db import arrivals, audit, versions
from db.models import Arrival, CycleRow, Evaluation, Submission, SubmissionFile

_INTAKE_LOCK = 0x5E1FE7A2


@dataclass(frozen=True, slots=True)
class IncomingFile:
    """A file that came in: `source` names its place and state so that the same one is taken once.

    `mail_id`: the mail of the mailbox that it came with.
    """

    channel: str
    source: str
    name: str
    sha256: str
    size: int
    received_at: datetime
    mail_id: int | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """The outcome of one reception. `submission` is None when every file was a duplicate."""

    submission: Submission | None
    stored: tuple[IncomingFile, ...]
    duplicates: tuple[IncomingFile, ...]


def is_known(session: Session, cycle_id: int, source: str) -> bool:
    """Whether this very file was taken in before."""
    query = select(Arrival.id).where(Arrival.cycle_id == cycle_id, Arrival.source == source)
    return session.scalar(query) is not None


def known_sources(session: Session, cycle_id: int, channel: str) -> set[str]:
    """The sources of everything that was taken in by a channel."""
    query = select(Arrival.source).where(Arrival.cycle_id == cycle_id, Arrival.channel == channel)
    return set(session.scalars(query))


def fresh(session: Session, cycle_id: int, files: Sequence[IncomingFile]) -> list[IncomingFile]:
    """Those that no collection has recorded, for good: until this transaction ends no other one records any.

    Two collections may see the same file at the same instant; the second one finds it known here.
    """
    if session.get_bind().dialect.name == "postgresql":
        # SQLite has one writer anyway. Taken before the lock of the audit log, always in this order.
        session.execute(select(func.pg_advisory_xact_lock(_INTAKE_LOCK)))
    return [file for file in files if not is_known(session, cycle_id, file.source)]


def set_aside(
    session: Session,
    cycle_id: int,
    file: IncomingFile,
    *,
    outcome: str,
    note: str,
    unit_code: str | None = None,
) -> bool:
    """Record a file that is no submission (unmatched, not owed): it is archived and waits for a person.

    False when another collection has recorded it meanwhile.
    """
    if not fresh(session, cycle_id, [file]):
        return False
    session.add(_arrival(cycle_id, file, outcome, unit_code, note))
    session.flush()
    return True


def receive(
    session: Session,
    row: CycleRow,
    unit_code: str,
    files: Sequence[IncomingFile],
    *,
    late_days: int,
    late_correction_days: int,
    at: datetime,
) -> Receipt:
    """Store the files that came together as the unit's next version.

    `late_days` counts for a first version, `late_correction_days` for every later one. Files whose
    bytes the unit filed before are recorded as duplicates, files that another collection has recorded
    meanwhile are left out.
    """
    files = fresh(session, row.id, files)
    seen = set(
        session.scalars(
            select(SubmissionFile.sha256).where(
                SubmissionFile.cycle_id == row.id, SubmissionFile.unit_code == unit_code
            )
        )
    )
    stored, duplicates = [], []
    for file in files:
        if file.sha256 in seen:
            duplicates.append(file)
            session.add(_arrival(row.id, file, "duplicate", unit_code, "与该单位此前报送的文件内容相同"))
        else:
            seen.add(file.sha256)
            stored.append(file)
    if not stored:
        session.flush()
        return Receipt(None, (), tuple(duplicates))
    of_unit = (Submission.cycle_id == row.id, Submission.unit_code == unit_code)
    version = (session.scalar(select(func.max(Submission.version)).where(*of_unit)) or 0) + 1
    session.execute(update(Submission).where(*of_unit, Submission.effective).values(effective=False))
    submission = Submission(
        cycle_id=row.id,
        unit_code=unit_code,
        version=version,
        received_at=max(file.received_at for file in stored),
        late_days=late_days if version == 1 else late_correction_days,
    )
    session.add(submission)
    session.flush()
    for file in stored:
        arrival = _arrival(row.id, file, "stored", unit_code, "")
        session.add(arrival)
        session.flush()
        session.add(
            SubmissionFile(
                submission_id=submission.id,
                cycle_id=row.id,
                unit_code=unit_code,
                arrival_id=arrival.id,
                name=file.name,
                sha256=file.sha256,
                size=file.size,
            )
        )
    versions.void_decisions(session, row, unit_code, reason=f"单位第{version}次报送", at=at)
    details = {"version": version, "files": {file.name: file.sha256 for file in stored}}
    subject = f"cycle/{row.year}/unit/{unit_code}"
    audit.append(session, at=at, actor="收件", action="submission.received", subject=subject, details=details)
    return Receipt(submission, tuple(stored), tuple(duplicates))


def _arrival(cycle_id: int, file: IncomingFile, outcome: str, unit_code: str | None, note: str) -> Arrival:
    return Arrival(
        cycle_id=cycle_id,
        unit_code=unit_code,
        mail_id=file.mail_id,
        channel=file.channel,
        source=file.source,
        name=file.name,
        sha256=file.sha256,
        size=file.size,
        received_at=file.received_at,
        outcome=outcome,
        note=note,
    )


def unmatched(session: Session, cycle_id: int) -> list[Arrival]:
    """The arrivals that wait for a person, in order of receipt."""
    return [arrival for arrival, _ in arrivals.waiting(session, cycle_id)]


def effective(session: Session, cycle_id: int) -> dict[str, Submission]:
    """The effective version of every unit that filed, with files and evaluation."""
    query = (
        select(Submission)
        .where(Submission.cycle_id == cycle_id, Submission.effective)
        .options(selectinload(Submission.files), selectinload(Submission.evaluation))
    )
    return {submission.unit_code: submission for submission in session.scalars(query)}


def judged(
    session: Session, cycle_id: int, versions: Mapping[str, int], documents: bool = True
) -> dict[str, Submission]:
    """The judged ones among these versions (unit code → number), with files and evaluation.

    Not `documents`: what the judgement says of the files is left where it is; it is most of the reading.
    """
    evaluation = selectinload(Submission.evaluation)
    if not documents:
        evaluation = evaluation.defer(Evaluation.document)
    query = (
        select(Submission)
        .join(Submission.evaluation)
        .where(Submission.cycle_id == cycle_id)
        .options(selectinload(Submission.files), evaluation)
    )
    return {
        submission.unit_code: submission
        for submission in session.scalars(query)
        if versions.get(submission.unit_code) == submission.version
    }


def judged_ids(session: Session, cycle_id: int, codes: Sequence[str]) -> dict[str, int]:
    """Ids of the effective versions of these units that have been judged, by unit code."""
    query = (
        select(Submission.unit_code, Submission.id)
        .join(Submission.evaluation)
        .where(Submission.cycle_id == cycle_id, Submission.effective)
    )
    wanted = set(codes)
    return {code: number for code, number in session.execute(query) if code in wanted}


def effective_of(session: Session, cycle_id: int, unit_code: str) -> Submission | None:
    """The effective version of one unit."""
    return session.scalar(
        select(Submission).where(
            Submission.cycle_id == cycle_id, Submission.unit_code == unit_code, Submission.effective
        )
    )


def first_received(session: Session, cycle_id: int) -> dict[str, datetime]:
    """When the first filing of every unit came in, by whatever channel: the folder may be read before a mail
    that came earlier.
    """
    query = (
        select(Submission.unit_code, func.min(Submission.received_at))
        .where(Submission.cycle_id == cycle_id)
        .group_by(Submission.unit_code)
    )
    return {code: received for code, received in session.execute(query)}
