"""Where the publication of a cycle stands, from rows alone: cheap enough for a board that is refreshed all day.

Whether a decision still fits the content is known for certain only when the content is made; here a result
that was judged after the decision tells.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from db import cycles, decisions, publications
from db.models import CycleRow, Decision, Publication
from selfeval.legal_clock import alarm_from, coming_words
from selfeval.readiness import DepartmentReadiness
from selfeval.workdays import local
from tasks.prepare_publication import Outlook, outlook
from tasks.publish import SUBJECT
from tasks.redacted import confirmations


@dataclass(frozen=True, slots=True)
class DepartmentLine:
    """A department: its legal day, its counts, when it was first public and how that stands against the day.

    `days_late`: 0 in time, None when it is not public.
    """

    readiness: DepartmentReadiness
    confirmed: int
    first_published: datetime | None
    days_late: int | None

    @property
    def timeliness(self) -> str:
        """按期 or 超期 with the days, "—" before it is public."""
        return "—" if self.days_late is None else f"超期{self.days_late}天" if self.days_late else "按期"

    @property
    def cells(self) -> tuple[str, ...]:
        """As under HEAD."""
        ready = self.readiness
        return (
            ready.name,
            str(ready.due.day) if ready.due else "—",
            ready.due.basis if ready.due else "",
            str(ready.expected),
            str(ready.accepted),
            str(self.confirmed),
            str(ready.published),
            f"{self.first_published:%Y-%m-%d %H:%M}" if self.first_published else "—",
            self.timeliness,
        )


HEAD = ("部门", "法定期限", "依据", "应报", "通过", "脱敏已确认", "公开", "首次公开", "按期")


@dataclass(frozen=True, slots=True)
class PublicationBoard:
    """The section of the board: alarms first, then sentences, then departments."""

    alarms: tuple[str, ...]
    sentences: tuple[str, ...]
    departments: tuple[DepartmentLine, ...]


def publication_board(session: Session, row: CycleRow, at: datetime) -> PublicationBoard | None:
    """The publication as it stands; None before the notice is out, when nothing can be ready."""
    if row.notice_issued_at is None:
        return None
    state = outlook(session, row)
    proven = publications.proven_publications(session, row.id)
    results, confirmed = _results(session, row, state), confirmed_units(session, row, state)
    latest = proven[-1] if proven else None
    decision = decisions.standing(session, row.id, SUBJECT)
    newer = sum(judged > decision.decided_at for _, judged in results.values()) if decision else 0
    decided = decision is not None and decision.verdict == "approved" and not newer
    sentences = [dates(row, state, at), _words(decision, newer), _redaction(len(results), confirmed.total())]
    sentences += _proof(latest)
    return PublicationBoard(
        tuple(_alarms(row, state, latest, decided, at)),
        tuple(filter(None, sentences)),
        department_lines(state.departments, proven, confirmed),
    )


def department_lines(
    departments: Iterable[DepartmentReadiness], proven: Iterable[Publication], confirmed: Mapping[str, int]
) -> tuple[DepartmentLine, ...]:
    """The departments with what the proofs say of them; `confirmed` counts confirmed redactions by department."""
    known = list(proven)
    lines = []
    for department in departments:
        code = department.code
        first = next((each for each in known if code in (each.lateness or {})), None)
        late = first.lateness[code]["days"] if first else None
        fetched = first.fetched_at if first else None
        lines.append(DepartmentLine(department, confirmed.get(code, 0), fetched, late))
    return tuple(lines)


def watched(publication: Publication) -> str:
    """What the latest look at the published address found, "" before the first one."""
    watch = publication.watch
    if not watch:
        return ""
    found = "与公开时一致" if not watch["wrong"] else f"{len(watch['wrong'])}处与公开时不一致"
    return f"最近复查：{watch['at'][:16].replace('T', ' ')}，{found}"


def confirmed_units(session: Session, row: CycleRow, state: Outlook) -> Counter[str]:
    """Units by department whose redaction was confirmed after the result that stands was judged."""
    known = confirmations(session, row)
    return Counter(
        department
        for code, (department, judged) in _results(session, row, state).items()
        if code in known and known[code].decided_at >= judged
    )


def _results(session: Session, row: CycleRow, state: Outlook) -> dict[str, tuple[str, datetime]]:
    return {
        code: (department, judged)
        for code, (department, judged) in publications.accepted_results(session, row.id).items()
        if code in state.ready
    }


def dates(row: CycleRow, state: Outlook, at: datetime) -> str:
    """The legal day that comes next and the run for it, or what is left to do when both are past."""
    if state.due is None or state.moment is None:
        return "没有等待公开的部门"
    note = cycles.value_of(row).workdays.provisional_note(state.due)
    return coming_words(state.due, state.moment, state.waiting, at) + (f"；{note}" if note else "")


def _words(decision: Decision | None, newer: int) -> str:
    if decision is None:
        return "公开结果还没有审批"
    if decision.verdict != "approved":
        return f"{decision.person}不同意公开：{decision.reason}"
    said = f"{decision.person}已于{decision.decided_at:%Y-%m-%d %H:%M}同意公开"
    return f"{said}，此后又有{newer}家的结果审核通过，须重新审批" if newer else said


def _redaction(results: int, confirmed: int) -> str:
    if not results:
        return ""
    if confirmed < results:
        return f"{results - confirmed}家的脱敏结果还没有由第二人确认"
    return "脱敏结果都已由第二人确认"


def _proof(latest: Publication | None) -> Iterator[str]:
    if latest is None:
        yield "还没有公开"
        return
    yield f"公开地址 {latest.address}，{len(latest.units)}家，{latest.fetched_at:%Y-%m-%d %H:%M}取回核对相符"
    if watched(latest):
        yield watched(latest)


def _alarms(
    row: CycleRow, state: Outlook, latest: Publication | None, decided: bool, at: datetime
) -> Iterator[str]:
    if state.due and not decided and (state.waiting or latest is None):
        late = (local(at).date() - state.due).days
        if late > 0:
            yield f"公开结果没有有效的审批，已超过法定期限{late}天"
        elif local(at).date() >= alarm_from(cycles.value_of(row).workdays, state.due):
            yield f"公开结果没有有效的审批，须于{state.due}前公开"
    if latest and latest.watch and latest.watch["wrong"]:
        yield f"公开网站有{len(latest.watch['wrong'])}处与公开时不一致（selfeval publication mend 恢复）"
