"""Write the roll-up workbook of a cycle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from prefect import task
from prefect.cache_policies import NO_CACHE

from db import cycles, submissions
from db.board import unit_statuses
from db.models import Submission
from documents.workbook import summary_workbook
from selfeval.board import UnitStatus
from selfeval.rollup import FindingRow, WorkbookData
from selfeval.rollup.totals import settled
from tasks.office import clock, database, log
from tasks.papers import keep_paper
from tasks.totals import unit_rows


@task(name="汇总成工作簿", cache_policy=NO_CACHE)
def write_workbook(year: int | None, now: datetime | None) -> str:
    """Add the effective versions up and write the workbook; its path."""
    with database() as session:
        row = cycles.cycle_of(session, year)
        statuses = unit_statuses(session, row.id)
        filed = submissions.effective(session, row.id)
        units = settled(unit_rows(session, row))
    findings = tuple(finding for status in statuses for finding in _findings(status, filed.get(status.code)))
    data = WorkbookData(title=row.name, taken=clock(now), units=units, findings=findings)
    path = keep_paper(f"{row.year}年度绩效自评汇总.xlsx", summary_workbook(data))
    log.info("汇总 %d 家，计入 %d 家：%s", len(units), sum(unit.counted for unit in units), path)
    return str(path)


def _findings(status: UnitStatus, submission: Submission | None) -> Iterator[FindingRow]:
    judged = submission.evaluation if submission else None
    files: list[Mapping] = judged.document["files"] if judged else []
    for entry in files:
        for finding in entry["findings"]:
            yield FindingRow(
                unit_code=status.code,
                unit_name=status.name,
                file=entry["file"],
                where=finding["where"],
                code=finding["code"],
                severity=finding["severity"],
                sentence=finding["sentence"],
                message=finding["message"],
            )
