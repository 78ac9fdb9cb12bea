"""Write the reports of departments from the last roll-up into the bureau's papers."""

from __future__ import annotations

from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE
from sqlalchemy.orm import Session

from db import cycles, rollups
from db.models import CycleRow, Obligation, RollUp
from documents.department_report import department_report, report_title
from selfeval.department_report import ReportData
from selfeval.refusal import Refusal
from selfeval.rollup.record import RolledUp, content_hash, content_of
from selfeval.rollup.units import DepartmentTotal
from tasks.office import database, log
from tasks.papers import keep_paper, paper_path, safe_name
from tasks.totals import current, rebuilt


@task(name="写部门自评报告", cache_policy=NO_CACHE)
def write_reports(year: int | None, department: str | None) -> dict[str, Any]:
    """A draft for this department, or for all, from the last roll-up.

    A draft that stands already is left alone: a person may have written in it. A newer roll-up makes
    another one beside it. Paths by department: written, kept; and sentences on what is to be known.
    """
    with database() as session:
        row = cycles.cycle_of(session, year)
        taken = rollups.latest(session, row.id)
        if taken is None:
            raise Refusal(f"{row.name}还没有汇总，请先“汇总”（命令 selfeval run roll-up）")
        made = rebuilt(session, row, taken)
        if content_hash(content_of(made)) != taken.content_hash:
            raise Refusal(
                f"第{taken.number}次汇总以后规则或政策有变化，按它写的数会与现在的规则不一致，请先“汇总”（命令 selfeval run roll-up）"
            )
        notes = []
        if content_hash(content_of(current(session, row))) != taken.content_hash:
            notes.append(
                f"第{taken.number}次汇总以后又有变化，报告写的是当时的数；先“汇总”（命令 selfeval run roll-up），可得到新的一稿"
            )
        chosen = [total for total in made.departments if department in (None, total.code)]
        if not chosen:
            raise Refusal(f"第{taken.number}次汇总里没有编码为“{department}”的部门")
        written, kept = {}, {}
        for total in chosen:
            data = _data(session, row, taken, made, total)
            if not data.filed:
                notes.append(f"{total.name}还没有审核通过的单位，没有可写的内容，不成文")
                continue
            notes += [
                f"{unit.name}{unit.left_out}，{total.name}的报告里相应的数留待填写"
                for unit in data.filed
                if not unit.counted
            ]
            if total.unstated:
                notes.append(f"{total.name}的报告里{total.unstated_note}，合计留待填写")
            path = paper_path(_name(data))
            if path.exists():
                kept[total.code] = str(path)
            else:
                written[total.code] = str(keep_paper(path.name, department_report(data)))
    log.info("第%d次汇总：部门自评报告 %d 份，原有 %d 份", taken.number, len(written), len(kept))
    return {"roll_up": taken.number, "papers": written, "kept": kept, "notes": notes}


def _name(data: ReportData) -> str:
    return safe_name(f"{data.code} {data.name}{report_title(data)}（第{data.number}次汇总）.docx")


def _data(
    session: Session, row: CycleRow, taken: RollUp, made: RolledUp, total: DepartmentTotal
) -> ReportData:
    cycle = cycles.value_of(row)
    own = session.get(Obligation, (row.id, total.code))
    policy = cycles.policy_of(row, own.policy if own else cycle.policy)
    units = tuple(unit for unit in made.units if unit.department_code == total.code)
    ids = [unit.version.submission for unit in units if unit.version]
    return ReportData(
        name=total.name,
        code=total.code,
        year=own.year if own else row.year,
        bureau=row.bureau,
        cycle_year=row.year,
        document_number=row.document_number,
        policy=policy,
        number=taken.number,
        taken=taken.taken_at,
        total=total,
        units=units,
        documents={each.unit_code: each.document for each in rollups.judged(session, row.id, ids)},
        indicators=tuple(each for each in made.indicators if each.department_code == total.code),
        findings=tuple(each for each in made.findings if each.code == total.code),
        publication_due=cycle.due("publication_due", policy.filing.due_hour),
    )
