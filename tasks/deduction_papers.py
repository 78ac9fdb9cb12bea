"""Write the deduction statements of units into the bureau's papers."""

from __future__ import annotations

from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE

from db import cycles, rollups, submissions
from db.models import Obligation
from selfeval.refusal import Refusal
from tasks.office import database, log, owed
from tasks.papers import keep_paper
from tasks.statement_paper import statement_name, statement_paper


@task(name="写扣分明细", cache_policy=NO_CACHE)
def write_statements(year: int | None, unit: str | None, department: str | None) -> dict[str, Any]:
    """A statement for this unit, for every unit of this department, or for all; each replaces the last one.

    Paths of the papers by unit code, and sentences on the units that have none.
    """
    with database() as session:
        row = cycles.cycle_of(session, year)
        chosen = {
            each.unit_code: each
            for each in owed(cycles.obligations_of(session, row.id))
            if unit in (None, each.unit_code) and department in (None, each.department_code)
        }
        if not chosen:
            raise Refusal(f"{row.name}里没有要报送的{_asked(unit, department)}")
        found = submissions.judged_ids(session, row.id, list(chosen))
        written, without = {}, []
        for judged in rollups.judged(session, row.id, list(found.values())):
            obligation = chosen[judged.unit_code]
            data = statement_paper(row, obligation, judged.version, judged.rule_set, judged.document)
            if data is None:
                without.append(f"{_who(obligation)}的材料里没有评分的表，没有可扣的分")
            else:
                written[judged.unit_code] = str(keep_paper(statement_name(obligation), data))
    without += [f"{_who(each)}没有审核过的材料" for code, each in sorted(chosen.items()) if code not in found]
    log.info("扣分明细 %d 份，%d 家没有", len(written), len(without))
    return {"papers": dict(sorted(written.items())), "without": without}


def _who(obligation: Obligation) -> str:
    return f"{obligation.unit_name}（{obligation.unit_code}）"


def _asked(unit: str | None, department: str | None) -> str:
    if unit:
        return f"单位“{unit}”" + (f"，或它不属于部门“{department}”" if department else "")
    return f"部门“{department}”的单位" if department else "单位"
