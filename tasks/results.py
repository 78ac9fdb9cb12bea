"""Write the bulletin of results into the bureau's papers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE

from db import cycles, rechecks, rollups
from db.board import unit_statuses
from db.models import CycleRow
from db.roster import secret_codes
from documents.results_bulletin import results_document
from selfeval.problems import typical_problems
from selfeval.refusal import Refusal
from selfeval.results import ResultsData
from selfeval.results.data import Grading
from selfeval.rollup.record import content_hash, content_of, rolled_up, source_note
from selfeval.secrecy import shown
from tasks.bulletin import circulated_bulletin
from tasks.comparison import compared
from tasks.office import clock, database, log
from tasks.papers import keep_paper, paper_path
from tasks.totals import current


@task(name="写结果通报", cache_policy=NO_CACHE)
def write_results(year: int | None, now: datetime | None) -> dict[str, Any]:
    """A draft from the last roll-up: its number, its path, and whether it was written now.

    A draft that stands already is left alone, a person may have written in it; a newer roll-up makes another
    one beside it. Raises Refusal when there is no roll-up, or it no longer holds.
    """
    with database() as session:
        row = cycles.cycle_of(session, year)
        taken = rollups.latest(session, row.id)
        if taken is None:
            raise Refusal(f"{row.name}还没有汇总，请先“汇总”（命令 selfeval run roll-up）")
        made = current(session, row)
        if content_hash(content_of(made)) != taken.content_hash:
            raise Refusal(f"第{taken.number}次汇总以后又有变化，请先“汇总”（命令 selfeval run roll-up）")
        path = paper_path(f"{row.year}年度预算绩效自评结果通报（第{taken.number}次汇总）.docx")
        fresh = not path.exists()
        if fresh:
            policy = cycles.policy_of(row, cycles.value_of(row).policy)
            secret = secret_codes(session)
            every = unit_statuses(session, row.id)
            statuses = shown(every, secret)
            open_codes = {each.code for each in statuses}
            if len(statuses) < len(every):
                # A paper that goes round names no secret unit, and no sum lets one be worked out.
                made = rolled_up([unit for unit in made.units if unit.code in open_codes], policy)
            met = rollups.problems(session, row.id)
            data = ResultsData(
                bureau=row.bureau,
                year=row.year,
                document_number=row.document_number,
                made=made,
                status=circulated_bulletin(session, row, every, clock(now)),
                grades=tuple(band.label for band in policy.grades),
                weighted=policy.rollup.score == "funds",
                typical=typical_problems(
                    {code: each.values() for code, each in met.items() if code in open_codes},
                    {status.code: status.name for status in statuses},
                ),
                recheck={
                    code: each
                    for code, each in rechecks.rechecks(session, row.id).items()
                    if code in open_codes
                },
                comparison=compared(session, row, made.units, secret),
                source=source_note(made, taken.number, taken.content_hash),
                gradings=_gradings(row),
            )
        number = taken.number
    if fresh:
        keep_paper(path.name, results_document(data))
    log.info("结果通报%s：%s", "" if fresh else "的原稿没有改动", path)
    return {"roll_up": number, "path": str(path), "written": fresh}


def _gradings(row: CycleRow) -> dict[str, Grading]:
    """The units that are judged by another policy than the cycle's, each with how that grades."""
    found = {}
    for code, said in cycles.value_of(row).assignments.items():
        if said.policy:
            policy = cycles.policy_of(row, said.policy)
            found[code] = Grading(policy.title, tuple(band.label for band in policy.grades))
    return found
