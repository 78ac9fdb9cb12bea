"""What would be published: the results as they stand, or as they stood when a person approved them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from db import cycles, decisions, publications, rechecks, submissions
from db.board import unit_statuses
from db.models import CycleRow, Submission
from db.rejudging import stood_at
from db.roster import load_roster
from db.versions import content_hash as content_hash_of
from documents.site import content_files, content_part, unit_content_files, unit_part
from documents.site_folder import manifest, site_hash
from selfeval.public_history import Correction, Withdrawal, told_of
from selfeval.publication import Publication, UnitEntry, build_publication
from tasks.public_copies import copies_of
from tasks.redaction_words import redaction_of
from tasks.totals import SCOPES

WITHDRAWAL = "withdrawal"  # of the whole site; of a unit: withdrawal/<code>


def withdrawal_subject(unit_code: str | None) -> str:
    """What a withdrawal is a decision on; None: everything."""
    return f"{WITHDRAWAL}/{unit_code}" if unit_code else WITHDRAWAL


def content_of(session: Session, row: CycleRow, asof: datetime | None = None) -> Publication:
    """The site from the results by `asof` (None: as they stand), with what was withdrawn since."""
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
    return replace(content, copies=partial(copies_of, content))


def made_of(session: Session, row: CycleRow) -> str:
    """A hash of all that the content as it stands depends on, without reading what units filed."""
    given, judged = _given(session, row, documents=False)
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
