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
from selfeval.rollup import FindingRow, UnitRow, WorkbookData
from selfeval.summary import Summary
from tasks.office import clock, database, log
from tasks.papers import keep_paper


@task(name="汇总成工作簿", cache_policy=NO_CACHE)
def write_workbook(year: int | None, now: datetime | None) -> str:
    """Add the effective versions up and write the workbook; its path."""
    with database() as session:
        row = cycles.cycle_of(session, year)
        statuses = unit_statuses(session, row.id)
        filed = submissions.effective(session, row.id)
    units = tuple(_unit(status, filed.get(status.code)) for status in statuses)
    findings = tuple(finding for status in statuses for finding in _findings(status, filed.get(status.code)))
    data = WorkbookData(title=row.name, taken=clock(now), units=units, findings=findings)
    path = keep_paper(f"{row.year}年度绩效自评汇总.xlsx", summary_workbook(data))
    log.info("汇总 %d 家，计入 %d 家：%s", len(units), sum(unit.counted for unit in units), path)
    return str(path)


def _unit(status: UnitStatus, submission: Submission | None) -> UnitRow:
    judged = submission.evaluation if submission else None
    summary = Summary.from_json(judged.summary) if judged else Summary()
    return UnitRow(
        code=status.code,
        name=status.name,
        tier=status.tier,
        department_code=status.department_code,
        department_name=status.department_name,
        state=status.state,
        late_days=status.late_days,
        reported_score=summary.reported_score,
        summed_score=summary.summed_score,
        recomputed_score=summary.recomputed_score,
        grade=summary.grade,
        initial_budget=summary.initial_budget,
        adjusted_budget=summary.adjusted_budget,
        executed=summary.executed,
        errors=summary.errors,
        warnings=summary.warnings,
    )


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
