"""What was published because of a decision, with its proof, and the facts that start the legal clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import audit
from db.models import (
    AccountsApproval,
    CycleRow,
    Decision,
    Evaluation,
    Obligation,
    Publication,
    Submission,
)
from selfeval.cycle import SubmissionState
from selfeval.refusal import Refusal


class PublicationConflict(Refusal):
    """What was asked does not fit what is published; the text says why in Chinese."""


def record_publication(
    session: Session,
    row: CycleRow,
    decision: Decision,
    *,
    address: str,
    content_hash: str,
    units: Sequence[str],
    results_at: datetime,
    site_hash: str,
    manifest: Mapping[str, str],
    at: datetime,
) -> Publication:
    """A site is written; it counts as published only with proof. One decision is carried out once."""
    known = session.scalar(select(Publication).where(Publication.decision_id == decision.id))
    if known:
        return known
    publication = Publication(
        cycle_id=row.id,
        decision_id=decision.id,
        address=address,
        content_hash=content_hash,
        units=list(units),
        results_at=results_at,
        site_hash=site_hash,
        manifest=dict(manifest),
        written_at=at,
    )
    session.add(publication)
    session.flush()
    details = {"address": address, "content_hash": content_hash, "units": list(units)}
    where = f"cycle/{row.year}/publication"
    audit.append(session, at=at, actor="公开", action="publication.written", subject=where, details=details)
    return publication


def prove_publication(
    session: Session,
    row: CycleRow,
    publication: Publication,
    *,
    manifest: Mapping[str, str],
    fetched_hash: str,
    lateness: Mapping[str, Any],
    at: datetime,
) -> None:
    """Record that these files, of this hash together, were fetched back from the published address.

    `lateness` as in the model. A proof stands: fetched back again, the first instant stays. Where a newer
    program shows the same content on other pages, these are its pages from now on.
    """
    where = f"cycle/{row.year}/publication"
    if publication.site_hash != fetched_hash:
        details = {"address": publication.address, "before": publication.site_hash, "after": fetched_hash}
        publication.site_hash, publication.manifest = fetched_hash, dict(manifest)
        if publication.fetched_at is not None:
            publication.fetched_hash = fetched_hash
        audit.append(
            session, at=at, actor="公开", action="publication.rewritten", subject=where, details=details
        )
    if publication.fetched_at is not None:
        return
    publication.fetched_at, publication.fetched_hash = at, fetched_hash
    publication.lateness = dict(lateness)
    details = {"address": publication.address, "fetched_hash": fetched_hash, "lateness": dict(lateness)}
    audit.append(session, at=at, actor="公开", action="publication.proved", subject=where, details=details)


def proven_publication(session: Session, cycle_id: int, asof: datetime | None = None) -> Publication | None:
    """The latest publication that was fetched back, by `asof` (None: as things stand)."""
    query = select(Publication).where(Publication.cycle_id == cycle_id, Publication.fetched_at.is_not(None))
    if asof is not None:
        query = query.where(Publication.fetched_at <= asof)
    return session.scalar(query.order_by(Publication.fetched_at.desc(), Publication.id.desc()).limit(1))


def proven_publications(session: Session, cycle_id: int) -> list[Publication]:
    """Every publication that was fetched back, the first one first."""
    query = select(Publication).where(Publication.cycle_id == cycle_id, Publication.fetched_at.is_not(None))
    return list(session.scalars(query.order_by(Publication.fetched_at, Publication.id)))


def publication_of(session: Session, decision_id: int) -> Publication | None:
    """What was written because of this decision."""
    return session.scalar(select(Publication).where(Publication.decision_id == decision_id))


def accepted_results(session: Session, cycle_id: int) -> dict[str, tuple[str, datetime]]:
    """Department of every unit with an accepted result, and when that was judged, by the unit's code."""
    query = (
        select(Submission.unit_code, Obligation.department_code, Evaluation.judged_at)
        .join(Evaluation, Evaluation.submission_id == Submission.id)
        .join(
            Obligation,
            (Obligation.cycle_id == Submission.cycle_id) & (Obligation.unit_code == Submission.unit_code),
        )
        .where(
            Submission.cycle_id == cycle_id,
            Submission.effective,
            Submission.state == SubmissionState.ACCEPTED.value,
        )
    )
    return {code: (department, judged) for code, department, judged in session.execute(query)}


def record_accounts_approval(
    session: Session,
    row: CycleRow,
    department_code: str,
    *,
    approved_on: date,
    document_number: str,
    person: str,
    at: datetime,
) -> AccountsApproval:
    """Record when a department's final accounts were approved; what is told again stands once.

    Raises PublicationConflict for what is no department of the cycle or a day to come.
    """
    department = session.get(Obligation, (row.id, department_code))
    if department is None or department.tier != 1:
        raise PublicationConflict(
            f"{row.year}年度的报送名单中没有主管部门 {department_code}（通知印发后名单才固定）"
        )
    if not person.strip():
        raise PublicationConflict("请写明登记人")
    if approved_on > at.date():
        raise PublicationConflict(f"批复日期{approved_on}在今天（{at.date()}）之后，批复以后再登记")
    known = accounts_approvals(session, row.id).get(department_code)
    if known and (known.approved_on, known.document_number) == (approved_on, document_number):
        return known
    approval = AccountsApproval(
        cycle_id=row.id,
        department_code=department_code,
        approved_on=approved_on,
        document_number=document_number,
        person=person,
        recorded_at=at,
    )
    session.add(approval)
    session.flush()
    details = {"approved_on": approved_on.isoformat(), "document_number": document_number}
    where = f"cycle/{row.year}/unit/{department_code}"
    audit.append(session, at=at, actor=person, action="accounts.approved", subject=where, details=details)
    return approval


def accounts_approvals(session: Session, cycle_id: int) -> dict[str, AccountsApproval]:
    """The approval that counts of every department that has one: the one recorded last."""
    query = select(AccountsApproval).where(AccountsApproval.cycle_id == cycle_id)
    return {row.department_code: row for row in session.scalars(query.order_by(AccountsApproval.id))}
