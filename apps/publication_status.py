"""Where the publication stands: legal days, what is ready, when it was public, what was looked at since."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from apps.offline import database, table
from db import cycles, publications
from db.models import CycleRow, Publication
from tasks.office import clock
from tasks.prepare_publication import open_decisions, outlook
from tasks.publication_board import HEAD, DepartmentLine, confirmed_units, dates, department_lines, watched


def publication_status(year: int | None) -> tuple[dict[str, Any], str]:
    """The publication of a cycle as data and as text."""
    with database() as session:
        row = cycles.cycle_of(session, year)
        state = outlook(session, row)
        decisions = open_decisions(session, row)
        proven = publications.proven_publications(session, row.id)
        at = clock(None)
        coming = dates(row, state, at)
        calendar = cycles.value_of(row).workdays
        departments = department_lines(state.departments, proven, confirmed_units(session, row, state))
    latest = proven[-1] if proven else None
    provisional = calendar.provisional_note(state.due) if state.due else ""
    data = {
        "year": row.year,
        "due": state.due.isoformat() if state.due else None,
        "scheduled": state.moment.isoformat() if state.moment and state.moment > at else None,
        "provisional": provisional,
        "decisions": [decision.title for decision in decisions],
        "departments": [_department(line) for line in departments],
        "publications": [_published(each) for each in proven],
        "watch": latest.watch if latest else None,
    }
    return data, "\n".join(_lines(row, data, departments, latest, coming))


def _lines(
    row: CycleRow,
    data: dict[str, Any],
    departments: Iterable[DepartmentLine],
    latest: Publication | None,
    coming: str,
) -> Iterable[str]:
    yield table(HEAD, [line.cells for line in departments], f"{row.name}：公开")
    yield from data["decisions"]
    yield coming
    if latest:
        yield f"公开地址：{latest.address}，内容指纹 {latest.content_hash[:12]}，{len(latest.units)} 家"
        if watched(latest):
            yield watched(latest)


def _department(line: DepartmentLine) -> dict[str, Any]:
    ready = line.readiness
    return {
        "code": ready.code,
        "name": ready.name,
        "due": ready.due.day.isoformat() if ready.due else None,
        "basis": ready.due.basis if ready.due else "",
        "expected": ready.expected,
        "accepted": ready.accepted,
        "confirmed": line.confirmed,
        "published": ready.published,
        "first_published": line.first_published.isoformat() if line.first_published else None,
        "days_late": line.days_late,
        "timeliness": line.timeliness,
    }


def _published(publication: Publication) -> dict[str, Any]:
    return {
        "address": publication.address,
        "content_hash": publication.content_hash,
        "site_hash": publication.site_hash,
        "units": len(publication.units),
        "written_at": publication.written_at.isoformat(),
        "fetched_at": publication.fetched_at.isoformat(),
        "fetched_hash": publication.fetched_hash,
    }
