"""Where the publication stands: legal days, what is ready, when it was public, what was looked at since."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from apps.offline import database, table
from db import cycles, publications
from db.models import CycleRow, Publication
from selfeval.legal_clock import LegalDue
from selfeval.readiness import DepartmentReadiness
from tasks.prepare_publication import open_decisions, outlook

_HEAD = ("部门", "法定期限", "依据", "应报", "通过", "公开", "首次公开", "按期")


def publication_status(year: int | None) -> tuple[dict[str, Any], str]:
    """The publication of a cycle as data and as text."""
    with database() as session:
        row = cycles.cycle_of(session, year)
        state = outlook(session, row)
        decisions = open_decisions(session, row)
        proven = publications.proven_publications(session, row.id)
        calendar = cycles.value_of(row).workdays
    departments = [_department(department, proven) for department in state.departments]
    latest = proven[-1] if proven else None
    provisional = calendar.provisional_note(state.due) if state.due else ""
    data = {
        "year": row.year,
        "due": state.due.isoformat() if state.due else None,
        "scheduled": state.moment.isoformat() if state.moment else None,
        "provisional": provisional,
        "decisions": [decision.title for decision in decisions],
        "departments": departments,
        "publications": [_published(each) for each in proven],
        "watch": latest.watch if latest else None,
    }
    return data, "\n".join(_lines(row, data, departments, latest))


def _lines(
    row: CycleRow, data: dict[str, Any], departments: list[dict[str, Any]], latest: Publication | None
) -> Iterable[str]:
    rows = [
        (
            each["name"], each["due"] or "—", each["basis"], str(each["expected"]), str(each["accepted"]),
            str(each["published"]), (each["first_published"] or "—")[:16].replace("T", " "), each["timeliness"],
        )
        for each in departments
    ]  # fmt: skip
    yield table(_HEAD, rows, f"{row.name}：公开")
    yield from data["decisions"]
    if data["scheduled"]:
        yield f"下次公开：{data['scheduled'][:16].replace('T', ' ')}"
    if data["provisional"]:
        yield f"注意：{data['provisional']}"
    if latest:
        yield f"公开地址：{latest.address}，内容指纹 {latest.content_hash[:12]}，{len(latest.units)} 家"
        watch = latest.watch
        if watch:
            found = "与公开时一致" if not watch["wrong"] else f"{len(watch['wrong'])} 处与公开时不一致"
            yield f"最近复查：{watch['at'][:16].replace('T', ' ')}，{found}"


def _department(department: DepartmentReadiness, proven: Iterable[Publication]) -> dict[str, Any]:
    first = next((each for each in proven if department.code in (each.lateness or {})), None)
    late = first.lateness[department.code]["days"] if first else None
    due: LegalDue | None = department.due
    return {
        "code": department.code,
        "name": department.name,
        "due": due.day.isoformat() if due else None,
        "basis": due.basis if due else "",
        "expected": department.expected,
        "accepted": department.accepted,
        "published": department.published,
        "first_published": first.fetched_at.isoformat() if first else None,
        "days_late": late,
        "timeliness": "—" if late is None else f"超期{late}天" if late else "按期",
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
