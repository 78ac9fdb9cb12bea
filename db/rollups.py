"""Roll-ups: what they are made from, and how they are kept."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from db import audit
from db.models import CycleRow, Evaluation, FormerEvaluation, RollUp, RollUpPart, Submission
from db.session import JsonText
from selfeval.cycle import SubmissionState
from selfeval.problems import Met, problems_met, together

_LOCK = 0x5E1FE7A3
_STREAM = 50
_INSERT_PART = insert(RollUpPart.__table__)


class Judged(NamedTuple):
    """A judged version as the roll-up needs it; `document` is the stored check document."""

    submission: int
    unit_code: str
    version: int
    policy: str
    rule_set: str
    document: dict[str, Any]
    summary: dict[str, Any]


def wait_for_others(session: Session) -> None:
    """Until this transaction ends no other one takes totals: a slow one must not bury a newer one."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(_LOCK)))


def judged(session: Session, cycle_id: int, submissions: Collection[int] | None = None) -> Iterator[Judged]:
    """The judged effective versions of a cycle, or those with these ids, one at a time: a province's
    documents do not fit into memory together.
    """
    query = (
        select(
            Submission.id,
            Submission.unit_code,
            Submission.version,
            Evaluation.policy,
            Evaluation.rule_set,
            Evaluation.document,
            Evaluation.summary,
        )
        .join(Evaluation, Evaluation.submission_id == Submission.id)
        .where(Submission.cycle_id == cycle_id)
        .order_by(Submission.unit_code)
        .execution_options(yield_per=_STREAM)
    )
    if submissions is None:
        wanted = [query.where(Submission.effective)]
    else:
        ids = sorted(submissions)
        wanted = [
            query.where(Submission.id.in_(ids[start : start + _STREAM]))
            for start in range(0, len(ids), _STREAM)
        ]
    for each in wanted:
        for row in session.execute(each):
            yield Judged(*row)


def judged_then(former: FormerEvaluation) -> Judged:
    """What a version had been judged before it was judged again, as the roll-up needs it."""
    submission = former.submission
    return Judged(
        submission.id,
        submission.unit_code,
        submission.version,
        former.policy,
        former.rule_set,
        former.document,
        former.summary,
    )


def year_before(session: Session, row: CycleRow) -> CycleRow | None:
    """The cycle of the year before, None when it was not run here."""
    return session.scalar(select(CycleRow).where(CycleRow.year == row.year - 1))


def accepted_summaries(session: Session, cycle_id: int) -> dict[str, dict[str, Any]]:
    """The head figures of what every unit got accepted in a cycle."""
    query = (
        select(Submission.unit_code, Evaluation.summary)
        .join(Evaluation, Evaluation.submission_id == Submission.id)
        .where(
            Submission.cycle_id == cycle_id,
            Submission.effective,
            Submission.state == SubmissionState.ACCEPTED.value,
        )
    )
    return {code: summary for code, summary in session.execute(query)}


def problems(session: Session, cycle_id: int) -> dict[str, dict[str, Met]]:
    """The rules that the filings of a cycle ran into in any judged version, by unit and by rule."""
    query = (
        select(Submission.unit_code, Submission.effective, Evaluation.document)
        .join(Evaluation, Evaluation.submission_id == Submission.id)
        .where(Submission.cycle_id == cycle_id)
        .execution_options(yield_per=_STREAM)
    )
    found: dict[str, dict[str, Met]] = {}
    for code, effective, document in session.execute(query):
        found[code] = together(found.get(code, {}), problems_met(document, effective))
    return found


def latest(session: Session, cycle_id: int) -> RollUp | None:
    """The newest roll-up of a cycle."""
    return session.scalar(
        select(RollUp).where(RollUp.cycle_id == cycle_id).order_by(RollUp.number.desc()).limit(1)
    )


def numbered(session: Session, cycle_id: int, number: int) -> RollUp | None:
    """A roll-up by its number."""
    return session.scalar(select(RollUp).where(RollUp.cycle_id == cycle_id, RollUp.number == number))


def parts_of(session: Session, taken: RollUp, *sections: str) -> Iterator[tuple[str, Any]]:
    """The content of a roll-up piece by piece, (section, value); of these sections (none named: of all)."""
    query = select(RollUpPart.section, RollUpPart.value).where(RollUpPart.rollup_id == taken.id)
    if sections:
        query = query.where(RollUpPart.section.in_(sections))
    found = session.execute(query.order_by(RollUpPart.number).execution_options(yield_per=1))
    return (row._tuple() for row in found)


def entries_of(session: Session, taken: RollUp, section: str) -> Iterator[Any]:
    """The entries of a list of a roll-up's content, one after the other."""
    return (entry for _, piece in parts_of(session, taken, section) for entry in piece)


def every(session: Session, cycle_id: int) -> list[tuple[int, datetime, str, int]]:
    """Number, instant, hash and count of changes of every roll-up, in order."""
    query = select(RollUp.number, RollUp.taken_at, RollUp.content_hash, RollUp.changes)
    rows = session.execute(query.where(RollUp.cycle_id == cycle_id).order_by(RollUp.number))
    return [(number, taken, digest, len(changes)) for number, taken, digest, changes in rows]


def record(
    session: Session,
    row: CycleRow,
    before: RollUp | None,
    *,
    policy: str,
    rule_set: str,
    parts: Iterable[tuple[str, str]],
    content_hash: str,
    changes: list[list[str]],
    at: datetime,
) -> RollUp:
    """Keep a roll-up as the next one; the same content as `before`, the newest, is that one.

    `parts` are the pieces of the content, (section, JSON), taken and stored one after the other.
    """
    if before is not None and before.content_hash == content_hash:
        return before
    taken = RollUp(
        cycle_id=row.id,
        number=before.number + 1 if before else 1,
        taken_at=at,
        policy=policy,
        rule_set=rule_set,
        content_hash=content_hash,
        changes=changes,
    )
    session.add(taken)
    session.flush()
    for number, (section, text) in enumerate(parts, start=1):
        part = {"rollup_id": taken.id, "number": number, "section": section, "value": JsonText(text)}
        session.execute(_INSERT_PART, part)
    details = {"number": taken.number, "content_hash": content_hash, "changes": len(changes)}
    subject = f"cycle/{row.year}/rollup"
    audit.append(session, at=at, actor="汇总", action="rollup.taken", subject=subject, details=details)
    return taken
