"""Publish what a person approved: same content, written, read back, proved, and only then announced."""

from __future__ import annotations

from datetime import datetime

from prefect import task
from prefect.cache_policies import NO_CACHE
from sqlalchemy.orm import Session

from db import cycles, decisions, submissions
from db.board import unit_statuses
from db.models import CycleRow, Obligation
from db.roster import load_roster
from documents.site import render_site
from documents.site_folder import discard_site, manifest, site_hash, stage_site, switch_site, verify_site
from notifications import emails
from selfeval.publication import Publication, build_publication
from selfeval.refusal import Refusal
from tasks.mail import queue_mail
from tasks.office import clock, database, log, office_of
from tasks.settings import load_settings

SUBJECT = "publication"


@task(name="登记公开审批", cache_policy=NO_CACHE)
def decide_publication(
    year: int | None, approved: bool, person: str, reason: str, now: datetime | None
) -> str:
    """Record a person's decision on the results as they stand; the hash of what was decided on."""
    with database() as session:
        row = cycles.cycle_of(session, year)
        content = _content(session, row)
        if approved and not content.units:
            raise Refusal(f"{row.name}还没有审核通过的单位，没有可以公开的内容")
        content_hash = site_hash(manifest(render_site(content)))
        decisions.decide(
            session,
            row,
            SUBJECT,
            verdict="approved" if approved else "refused",
            person=person,
            reason=reason,
            content_hash=content_hash,
            at=clock(now),
        )
        return content_hash


@task(name="写出并核对公开网站", cache_policy=NO_CACHE)
def write_publication(year: int | None, now: datetime | None) -> dict[str, str | int]:
    """Write the approved site, read it back and announce it; a site that stands already stays.

    Raises Refusal without an approval, or when the results changed after it: the approval is then void.
    """
    at, settings = clock(now), load_settings()
    with database() as session:
        row = cycles.cycle_of(session, year)
        content = _content(session, row)
        staged = stage_site(render_site(content), settings.site)
        content_hash = site_hash(staged.hashes)
        decision = decisions.standing(session, row.id, SUBJECT)
        # Committed before it is raised: an approval that lost its content stays void.
        objection = decisions.objection(
            session,
            row,
            SUBJECT,
            content_hash,
            what="公开",
            changed="审核结果",
            command="selfeval publication approve",
            at=at,
        )
        if not objection:
            codes = [unit.code for unit in content.units]
            publication = decisions.record_publication(
                session,
                row,
                decision,
                address=settings.site_address,
                content_hash=content_hash,
                units=codes,
                at=at,
            )
    if objection:
        discard_site(staged)
        raise Refusal(objection)
    switch_site(staged)
    fetched = verify_site(settings.site, staged.hashes)
    with database() as session:
        publication = session.merge(publication)
        decisions.prove_publication(session, row, publication, fetched_hash=fetched, at=at)
        for code in codes:
            _announce(session, row, session.get_one(Obligation, (row.id, code)), settings.site_address, at)
    log.info(
        "已公开 %d 家，改写 %d 个文件，读回核对相符：%s", len(codes), len(staged.rewritten), settings.site
    )
    return {"units": len(codes), "address": settings.site_address, "content_hash": fetched}


def _content(session: Session, row: CycleRow) -> Publication:
    """What would be published now."""
    judged = {
        code: submission.evaluation
        for code, submission in submissions.effective(session, row.id).items()
        if submission.evaluation
    }
    latest = max((evaluation.judged_at for evaluation in judged.values()), default=row.opened_at)
    return build_publication(
        bureau=row.bureau,
        year=row.year,
        document_number=row.document_number,
        as_of=latest.date(),
        statuses=unit_statuses(session, row.id),
        documents={code: evaluation.document for code, evaluation in judged.items()},
        names=[contact.name for unit in load_roster(session) for contact in unit.contacts if contact.name],
    )


def _announce(session: Session, row: CycleRow, obligation: Obligation, address: str, at: datetime) -> None:
    mail = emails.publication(
        office_of(cycles.value_of(row)),
        unit_name=obligation.unit_name,
        year=obligation.year,
        address=address,
        published_at=at,
    )
    queue_mail(session, obligation, mail, step="1", at=at)
