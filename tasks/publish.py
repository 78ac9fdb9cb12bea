"""Publish what a person approved: same content, written, read back, proved, and only then announced."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import NamedTuple

from prefect import task
from prefect.cache_policies import NO_CACHE
from sqlalchemy.orm import Session

from db import cycles, decisions, publications
from db.models import CycleRow, Decision, Obligation
from db.models import Publication as PublicationRow
from db.session import alone
from documents.site import render_site
from documents.site_folder import StagedSite, discard_site, manifest, site_hash, stage_site, switch_site
from notifications import emails
from selfeval.publication import Publication
from selfeval.refusal import Refusal
from tasks.events import Happening, tell_of_cycle
from tasks.legal_clock import lateness, legal_dues
from tasks.mail import queue_mail
from tasks.office import clock, database, log, office_of, reading
from tasks.public_content import as_it_stands, content_hash, content_hashes, departments_of
from tasks.public_copies import sweep_copies
from tasks.redacted import objection_to_redaction
from tasks.settings import Settings, load_settings
from tasks.site_command import run_site_command
from tasks.site_proof import compare, in_words

SUBJECT = "publication"
_WHAT, _COMMAND = "公开", "“审批公开”，命令 selfeval publication approve"


@task(name="登记公开审批", cache_policy=NO_CACHE)
def decide_publication(
    year: int | None, approved: bool, person: str, reason: str, now: datetime | None
) -> str:
    """Record a person's decision on the results as they stand; the hash of what was decided on.

    Raises Refusal for an approval while redactions wait for a second person's word, by one who confirmed
    some, and of what shows personal data.
    """

    def make(content: Publication) -> dict[str, str]:
        if approved and not (content.units or content.withdrawn):
            raise Refusal(
                f"{content.year}年度还没有审核通过的单位（设了逐级审核的，各级都要同意），没有可以公开的内容"
            )
        return manifest(render_site(content)) if approved else content_hashes(content)

    def store(session: Session, row: CycleRow, content: Publication, hashes: dict[str, str]) -> str:
        objection = objection_to_redaction(session, row, content, hashes, person) if approved else ""
        if objection:
            raise Refusal(objection)
        decided_on = content_hash(hashes)
        decisions.decide(
            session,
            row,
            SUBJECT,
            verdict="approved" if approved else "refused",
            person=person,
            reason=reason,
            content_hash=decided_on,
            at=clock(now),
        )
        return decided_on

    return as_it_stands(year, make, store)


@task(name="写出并核对公开网站", cache_policy=NO_CACHE)
def write_publication(year: int | None, now: datetime | None) -> dict[str, str | int]:
    """Write the approved site, fetch it back and announce it; what stands there already stays.

    Raises Refusal without an approval, or when the results changed after it: the approval is then void.
    """
    at, settings = clock(now), load_settings()
    with writing(settings):
        with reading() as session:
            # A province's site takes minutes to write: not for a refusal.
            row = cycles.cycle_of(session, year)
            refused = decisions.not_approved(session, row, SUBJECT, what=_WHAT, command=_COMMAND)
        if refused:
            raise Refusal(refused)
        agreed = as_it_stands(
            year,
            lambda content: stage_site(render_site(content), settings.site),
            partial(_agreed, at=at),
            discard_site,
        )
        if agreed.objection:
            discard_site(agreed.staged)
            raise Refusal(agreed.objection)
        decision = agreed.decision
        return carry_out(agreed.row, decision, agreed.content, agreed.staged, decision.decided_at, at)


class _Agreed(NamedTuple):
    """A staged site with the decision that it is published by; or why it may not be."""

    row: CycleRow
    content: Publication
    staged: StagedSite
    decision: Decision | None
    objection: str


def _agreed(
    session: Session, row: CycleRow, content: Publication, staged: StagedSite, at: datetime
) -> _Agreed:
    """Whether this may go public. Committed before an objection is raised: an approval that lost its content stays void."""
    decision = decisions.standing(session, row.id, SUBJECT)
    objection = decisions.objection(
        session,
        row,
        SUBJECT,
        content_hash(staged.hashes),
        what=_WHAT,
        changed="审核结果",
        command=_COMMAND,
        at=at,
    ) or objection_to_redaction(session, row, content, staged.hashes, decision.person)
    return _Agreed(row, content, staged, decision, objection)


@contextmanager
def writing(settings: Settings) -> Iterator[None]:
    """The only one at the public site; raises Refusal when another one is at it."""
    with alone(settings.database_url, "publication") as mine:
        if not mine:
            raise Refusal("另一次公开正在写网站，请等它结束后再试")
        yield


def carry_out(
    row: CycleRow,
    decision: Decision,
    content: Publication,
    staged: StagedSite,
    results_at: datetime,
    at: datetime,
) -> dict[str, str | int]:
    """Switch in the staged site because of this decision, prove it and announce it; safe to repeat after a crash.

    `results_at`: the site shows the results as they stood then. Raises Refusal when the bureau's own
    command fails or what is fetched back is not what was written.
    """
    settings = load_settings()
    codes = [unit.code for unit in content.units]
    with database() as session:
        publication = publications.record_publication(
            session,
            row,
            decision,
            address=settings.site_address,
            content_hash=content_hash(staged.hashes),
            units=codes,
            results_at=results_at,
            site_hash=site_hash(staged.hashes),
            manifest=staged.hashes,
            at=at,
        )
    switch_site(staged)
    log.info("写入 %d 个文件，删去 %d 个，其余不变", len(staged.rewritten), len(staged.removed))
    run_site_command(settings.site_command, settings.site, settings.site_command_timeout)
    _prove(settings, staged.hashes)
    with database() as session:
        _record(session, row, session.merge(publication), staged.hashes, at)
    log.info("已公开 %d 家，取回核对相符：%s", len(codes), settings.site_address)
    sweep_copies(content)
    happening = Happening.PUBLISHED if decision.subject == SUBJECT else Happening.WITHDRAWN
    tell_of_cycle(happening, row.year, {"units": len(codes), "address": settings.site_address})
    return {
        "units": len(codes),
        "address": settings.site_address,
        "content_hash": content_hash(staged.hashes),
        "files_rewritten": len(staged.rewritten),
    }


def _prove(settings: Settings, hashes: Mapping[str, str]) -> None:
    wrong = compare(settings.site_address, hashes)
    if wrong:
        raise Refusal(f"公开网站 {settings.site_address} 取回核对不符，不算公开：{in_words(wrong)}")


def _record(
    session: Session, row: CycleRow, publication: PublicationRow, hashes: Mapping[str, str], at: datetime
) -> None:
    """The proof, how it stands against the legal clock, and the mails to the published units: together."""
    department = departments_of(session, row)
    published = {department[code] for code in publication.units}
    publications.prove_publication(
        session,
        row,
        publication,
        manifest=hashes,
        fetched_hash=site_hash(hashes),
        lateness=lateness(legal_dues(session, row), published, at),
        at=at,
    )
    for code in publication.units:
        _announce(session, row, session.get_one(Obligation, (row.id, code)), publication.address, at)


def _announce(session: Session, row: CycleRow, obligation: Obligation, address: str, at: datetime) -> None:
    mail = emails.publication(
        office_of(cycles.value_of(row)),
        unit_name=obligation.unit_name,
        year=obligation.year,
        address=address,
        published_at=at,
    )
    queue_mail(session, obligation, mail, step="1", at=at)
