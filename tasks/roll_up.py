"""Write the roll-up workbook of a cycle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE

from db import cycles, rechecks, rollups
from db.board import unit_statuses
from documents.workbook import FindingRow, LostPoint, UnitDetails, WorkbookData, summary_workbook
from selfeval.rollup import UnitRow
from selfeval.rollup.record import content_hash, content_of, source_note
from tasks.bulletin import status_bulletin
from tasks.comparison import compared
from tasks.office import batches, clock, database, log
from tasks.papers import keep_paper
from tasks.totals import current


@task(name="汇总成工作簿", cache_policy=NO_CACHE)
def write_workbook(year: int | None, now: datetime | None) -> str:
    """Add the effective versions up and write the workbook; its path."""
    with database() as session:
        row = cycles.cycle_of(session, year)
        policy = cycles.policy_of(row, cycles.value_of(row).policy)
        made = current(session, row)
        status = status_bulletin(session, row, unit_statuses(session, row.id), clock(now))
        comparison = compared(session, row, made.units)
        sampled = rechecks.rechecks(session, row.id)
        taken = rollups.latest(session, row.id)
        # Somebody may have filed since: then the sums are nobody's yet.
        kept = taken is not None and content_hash(content_of(made)) == taken.content_hash
        source = source_note(made, taken.number, taken.content_hash) if kept else ""
    data = WorkbookData(
        title=row.name,
        taken=clock(now),
        made=made,
        status=status,
        grades=tuple(band.label for band in policy.grades),
        weighted=policy.rollup.score == "funds",
        recheck=sampled,
        details=_details(row.id, made.units),
        comparison=comparison,
        source=source,
    )
    path = keep_paper(f"{row.year}年度绩效自评汇总.xlsx", summary_workbook(data))
    log.info("汇总 %d 家，计入 %d 家：%s", len(made.units), made.whole.counted, path)
    return str(path)


def _details(cycle_id: int, units: Sequence[UnitRow]) -> Iterator[UnitDetails]:
    """Findings and lost points of the versions that were added up: a batch at a time, without holding the database."""
    filed = [unit for unit in units if unit.version]
    for batch in batches(filed):
        with database() as session:
            ids = [unit.version.submission for unit in batch]
            documents = {each.submission: each.document for each in rollups.judged(session, cycle_id, ids)}
        for unit in batch:
            files = documents[unit.version.submission]["files"]
            yield UnitDetails(
                unit.code,
                unit.name,
                tuple(_finding(entry, each) for entry in files for each in entry["findings"]),
                tuple(
                    _lost(form, each)
                    for entry in files
                    for form in entry["forms"]
                    for each in form["deductions"]
                ),
            )


def _finding(entry: Mapping[str, Any], finding: Mapping[str, Any]) -> FindingRow:
    keys = ("where", "code", "severity", "sentence", "message")
    return FindingRow(entry["file"], *(finding[key] for key in keys))


def _lost(form: Mapping[str, Any], lost: Mapping[str, Any]) -> LostPoint:
    return LostPoint(
        form=form["project"] or form["title"],
        where=lost["where"],
        name=lost["name"],
        weight=Decimal(lost["weight"]),
        stated=_number(lost["score"]),
        due=_number(lost["recomputed_score"]),
        figures=lost["figures"],
        clause=lost["clause"],
        reason=lost["reason"] or "",
    )


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
