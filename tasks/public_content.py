"""What would be published: the results as they stand, or as they stood when a person approved them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from db import audit, cycles, decisions, publications, rechecks, submissions
from db.board import unit_statuses
from db.models import CycleRow, Submission
from db.rejudging import stood_at
from db.roster import load_roster
from db.versions import content_hash as content_hash_of
from documents.site import content_files, content_part, unit_content_files, unit_part
from documents.site_folder import manifest, site_hash
from selfeval.public_history import Correction, Withdrawal, told_of
from selfeval.publication import Publication, UnitEntry, build_publication
from selfeval.refusal import Refusal
from tasks.office import database, reading
from tasks.public_copies import copies_of
from tasks.redaction_words import redaction_of
from tasks.totals import SCOPES

M, T = TypeVar("M"), TypeVar("T")
WITHDRAWAL = "withdrawal"  # of the whole site; of a unit: withdrawal/<code>
_TRIES = 3


def withdrawal_subject(unit_code: str | None) -> str:
    """What a withdrawal is a decision on; None: everything."""
    return f"{WITHDRAWAL}/{unit_code}" if unit_code else WITHDRAWAL


def content_of(session: Session, row: CycleRow, asof: datetime | None = None) -> Publication:
    """The site from the results by `asof` (None: as they stand), with what was withdrawn since."""
    return _content_of(session, row, asof)[0]


def _content_of(session: Session, row: CycleRow, asof: datetime | None) -> tuple[Publication, str]:
    """The content and the hash of all that it depends on."""
    given, judged = _given(session, row, asof)
    # What has been judged again since then is shown as it had been judged.
    then = stood_at(session, row.id, asof) if asof else {}
    standing = {code: then.get(version.id, version.evaluation) for code, version in judged.items()}
    latest = max((evaluation.judged_at for evaluation in standing.values()), default=row.opened_at)
    content = build_publication(
        **given,
        as_of=latest.date(),
        documents={code: evaluation.document for code, evaluation in standing.items()},
    )
    return replace(content, copies=partial(copies_of, content)), _key(given, judged)


def as_it_stands(
    year: int | None,
    make: Callable[[Publication], M],
    store: Callable[[Session, CycleRow, Publication, M], T],
    discard: Callable[[M], None] = lambda _: None,
) -> T:
    """What `store` gives back for that which `make` makes of the content, in a transaction that finds it as it was read.

    To make a province's site or its redacted copies takes minutes, in which others write: it is made from a reading
    and without a lock. What changed meanwhile is made anew, after `discard`; raises Refusal when it changes every time.
    """
    for _ in range(_TRIES):
        with reading() as session:
            content, key = _content_of(session, cycles.cycle_of(session, year), None)
        made = make(content)
        with database() as session:
            audit.wait_for_others(session)
            row = cycles.cycle_of(session, year)
            if made_of(session, row) == key:
                return store(session, row, content, made)
        discard(made)
    raise Refusal("公开内容一直在变化，没有办理。请等审核告一段落后再试")


def made_of(session: Session, row: CycleRow) -> str:
    """A hash of all that the content as it stands depends on, without reading what units filed."""
    return _key(*_given(session, row, documents=False))


def _key(given: Mapping[str, Any], judged: Mapping[str, Submission]) -> str:
    judgements = [
        (code, content_hash_of(version), version.evaluation.judged_at)
        for code, version in sorted(judged.items())
    ]
    return hashlib.sha256(repr((sorted(given.items()), judgements)).encode()).hexdigest()


def _given(
    session: Session, row: CycleRow, asof: datetime | None = None, documents: bool = True
) -> tuple[dict[str, Any], dict[str, Submission]]:
    """What the content is made of besides the judged documents, and the versions that were judged."""
    statuses = unit_statuses(session, row.id, asof)
    versions = {status.code: status.version for status in statuses}
    judged = submissions.judged(session, row.id, versions, documents)
    units, assignments = load_roster(session), cycles.value_of(row).assignments
    given = {
        "bureau": row.bureau,
        "year": row.year,
        "document_number": row.document_number,
        "statuses": statuses,
        "names": [contact.name for unit in units for contact in unit.contacts if contact.name],
        "rules": redaction_of(session, row, asof),
        "secret": sorted(unit.code for unit in units if unit.secret),
        "told": _told(session, row, judged),
        "rechecked": rechecks.scores_of(session, judged, asof),
        "scopes": {code: SCOPES[said.scope] for code, said in assignments.items() if said.scope},
    }
    return given, judged


def content_hashes(content: Publication) -> dict[str, str]:
    """SHA-256 by path of everything that is decided on: the data files and the redacted copies, not the pages."""
    return manifest(content_files(content))


def content_hash(hashes: Mapping[str, str]) -> str:
    """What an approval is about, from the hashes of a content or of a whole site: pages that show the same are the same."""
    return site_hash(content_part(hashes))


def unit_hashes(hashes: Mapping[str, str]) -> dict[str, str]:
    """What the confirmation of a unit's redaction is about, by its code; `hashes` as for `content_hash`."""
    return {code: site_hash(part) for code, part in unit_part(hashes).items()}


def unit_hash(content: Publication, unit: UnitEntry) -> str:
    """The same for one unit."""
    return site_hash(manifest(unit_content_files(content, unit)))


def departments_of(session: Session, row: CycleRow) -> dict[str, str]:
    """Department of every unit of the cycle by its code."""
    return {item.unit_code: item.department_code for item in cycles.obligations_of(session, row.id)}


def withdrawn_units(session: Session, row: CycleRow) -> set[str]:
    """Codes of the units whose effective version is withdrawn."""
    told = _told(session, row, submissions.effective(session, row.id))
    return {code for code, each in told.items() if isinstance(each, Withdrawal)}


def _told(
    session: Session, row: CycleRow, judged: Mapping[str, Submission]
) -> dict[str, Withdrawal | Correction]:
    first: dict[str, datetime] = {}
    for publication in publications.proven_publications(session, row.id):
        for code in publication.units:
            first.setdefault(code, publication.fetched_at)
    whole = _withdrawal(session, row, None)
    found = {}
    for code in first.keys() & judged.keys():
        version = judged[code]
        if version.evaluation is None:
            continue
        withdrawal = _withdrawal(session, row, code) or whole
        told = told_of(version.received_at, version.evaluation.judged_at, first[code], withdrawal)
        if told:
            found[code] = told
    return found


def _withdrawal(session: Session, row: CycleRow, unit_code: str | None) -> Withdrawal | None:
    decision = decisions.standing(session, row.id, withdrawal_subject(unit_code))
    return Withdrawal(decision.decided_at, decision.reason) if decision else None
