"""Take a published result back, at once: the page says so in its place; a corrected version follows by approval."""

from __future__ import annotations

from datetime import datetime

from prefect import task
from prefect.cache_policies import NO_CACHE
from sqlalchemy.orm import Session

from db import cycles, decisions, publications
from db.models import CycleRow, Decision
from documents.site import render_site
from documents.site_folder import stage_site
from selfeval.refusal import Refusal
from tasks.office import clock, database, reading
from tasks.public_content import WITHDRAWAL, content_of, withdrawal_subject
from tasks.publish import SUBJECT, carry_out, writing
from tasks.settings import Settings, load_settings


@task(name="撤下公开结果", cache_policy=NO_CACHE)
def withdraw_publication(
    year: int | None, unit_code: str | None, person: str, reason: str, now: datetime | None
) -> dict[str, str | int]:
    """Record that a person withdraws a unit's result (None: all of them) and put the notice in its place.

    The rest of the site stays as it was approved; what was published, with its hash, stays on record. An
    approval that waited is void. Raises Refusal for what is not published. Told again it stands once.
    """
    at, settings = clock(now), load_settings()
    if not reason.strip():
        raise Refusal("请写明撤下的原因，它会显示在网页上")
    with writing(settings):
        with database() as session:
            row = cycles.cycle_of(session, year)
            _decide(session, row, unit_code, person, reason, at)
        return finish_withdrawals(row, settings, at)


@task(name="撤销撤下", cache_policy=NO_CACHE)
def restore_publication(
    year: int | None, unit_code: str | None, person: str, reason: str, now: datetime | None
) -> str:
    """Take a withdrawal back; the result is public again after the next approval. What was withdrawn."""
    with database() as session:
        row = cycles.cycle_of(session, year)
        standing = decisions.standing(session, row.id, withdrawal_subject(unit_code))
        if standing is None:
            raise Refusal(f"{unit_code or '全部结果'}没有被撤下")
        if not person.strip() or not reason.strip():
            raise Refusal("请写明撤销撤下的人和原因")
        decisions.void(session, row, standing, reason=reason, at=clock(now), actor=person)
        return unit_code or "全部结果"


def finish_withdrawals(row: CycleRow, settings: Settings, at: datetime) -> dict[str, str | int]:
    """Bring the site to every withdrawal that was decided and is not carried out yet; {} when there is none.

    The caller is the only one writing.
    """
    result: dict[str, str | int] = {}
    with database() as session:
        waiting = _waiting(session, row)
        base = publications.proven_publication(session, row.id)
    for decision in waiting:
        with reading() as session:
            content = content_of(session, row, base.results_at)
        staged = stage_site(render_site(content), settings.site)
        result = carry_out(row, decision, content, staged, base.results_at, at)
    return result


def _decide(
    session: Session, row: CycleRow, unit_code: str | None, person: str, reason: str, at: datetime
) -> None:
    subject = withdrawal_subject(unit_code)
    base = publications.proven_publication(session, row.id)
    if base is None:
        raise Refusal(f"{row.name}还没有公开，没有可以撤下的结果")
    standing = decisions.standing(session, row.id, subject)
    if standing and (standing.person, standing.reason) == (person, reason):
        return
    if standing is None and unit_code and unit_code not in base.units:
        raise Refusal(f"公开的结果中没有预算编码 {unit_code}")
    page = (base.manifest or {}).get(f"units/{unit_code}.html")
    decisions.decide(
        session,
        row,
        subject,
        verdict="approved",
        person=person,
        reason=reason,
        content_hash=page or base.content_hash,
        at=at,
    )
    approval = decisions.standing(session, row.id, SUBJECT)
    if approval:
        what = unit_code or "全部结果"
        decisions.void(session, row, approval, reason=f"{person}撤下{what}", at=at)


def _waiting(session: Session, row: CycleRow) -> list[Decision]:
    """Withdrawals in force that no proven publication shows."""
    found = []
    for decision in decisions.standing_under(session, row.id, WITHDRAWAL):
        publication = publications.publication_of(session, decision.id)
        if publication is None or publication.fetched_at is None:
            found.append(decision)
    return found
