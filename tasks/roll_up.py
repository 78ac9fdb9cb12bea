"""Roll a cycle up: take its totals and write the workbook of them."""

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
from selfeval.rollup.record import source_note
from tasks.bulletin import status_bulletin
from tasks.comparison import compared
from tasks.office import batches, clock, database, log, reading
from tasks.papers import keep_paper
from tasks.totals import taken_totals


@task(name="汇总成工作簿", cache_policy=NO_CACHE)
def roll_up(year: int | None, now: datetime | None) -> dict[str, Any]:
    """Take the totals, as `take_totals` does, and write the workbook of them: its answer, with the `path`.

    One task for both: to add a province up takes minutes, and what is added up is no value for Prefect to carry.
    """
    taken = taken_totals(year, now)
    made = taken.made
    with reading() as session:
        row = cycles.cycle_of(session, year)
        policy = cycles.policy_of(row, cycles.value_of(row).policy)
        data = WorkbookData(
            title=row.name,
            taken=clock(now),
            made=made,
            status=status_bulletin(session, row, unit_statuses(session, row.id), clock(now)),
            grades=tuple(band.label for band in policy.grades),
            weighted=policy.rollup.score == "funds",
            recheck=rechecks.rechecks(session, row.id),
            details=_details(row.id, made.units),
            comparison=compared(session, row, made.units),
            source=source_note(made, taken.number, taken.content_hash),
        )
    path = keep_paper(f"{row.year}年度绩效自评汇总.xlsx", summary_workbook(data))
    log.info("汇总工作簿：%s", path)
    return taken.answer | {"path": str(path)}


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
