"""The appraisal of the self-evaluation work: taken from what is stored, judged by persons, written as papers."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE
from sqlalchemy.orm import Session

from db import appraisals, cycles, rollups
from db.board import unit_statuses
from db.models import CycleRow, Obligation
from documents.appraisal import appraisal_document, appraisal_workbook
from documents.notice import notice_text
from documents.reading import MAX_BYTES
from selfeval.appraisal.facts import DepartmentFacts, NoticeFacts, PaperFacts, UnitFacts, papers_of
from selfeval.appraisal.judgement import judged
from selfeval.appraisal.marking import Awaits
from selfeval.appraisal.result import Appraisal, Point, appraise, basis_hash
from selfeval.board import UnitStatus
from selfeval.policy import Policy
from selfeval.refusal import Refusal
from tasks.issue_notice import notice_name
from tasks.office import archive, clock, database, log
from tasks.papers import keep_paper


@task(name="登记考核评定", cache_policy=NO_CACHE)
def judge_item(
    year: int | None,
    code: str,
    item: str,
    band: str,
    score: Decimal | None,
    version: int | None,
    person: str,
    reason: str,
    now: datetime | None,
) -> dict[str, Any]:
    """Record a person's score of one item for a department; how the department stands then.

    `version` is the filing that the person read, for what is judged by it. Raises Refusal for an item, a
    band, a score or a version that does not fit, and while the item waits for the filing or its check.
    """
    at = clock(now)
    with database() as session:
        row = cycles.cycle_of(session, year)
        department = appraisals.department_of(session, row, code)
        stands = _one(session, row, department, at)
        point = _point(stands, item)
        if point.awaits in (Awaits.TIME, Awaits.CHECK):
            raise Refusal(
                f"{stands.name}的“{item}”{point.awaits.label}，还不能评定：{point.mark.evidence[0]}"
            )
        _require_version(stands, point, version)
        named, given = judged(point.item, band, score)
        appraisals.judge(
            session,
            row,
            department,
            item,
            band=named,
            score=given,
            person=person.strip(),
            reason=reason.strip(),
            basis_hash=basis_hash(point.item, point.mark),
            at=at,
        )
        stands = _one(session, row, department, at)
    log.info("%s“%s”评定%s分；%s", stands.name, item, given, stands.sentence)
    return {"department": stands.name, "item": item, "score": str(given), "stands": stands.sentence}


@task(name="撤销考核评定", cache_policy=NO_CACHE)
def withdraw_judgement(
    year: int | None, code: str, item: str, person: str, reason: str, now: datetime | None
) -> str:
    """Take a person's score back; how the department stands then."""
    at = clock(now)
    with database() as session:
        row = cycles.cycle_of(session, year)
        department = appraisals.department_of(session, row, code)
        _point(_one(session, row, department, at), item)
        appraisals.withdraw(
            session, row, department, item, person=person.strip(), reason=reason.strip(), at=at
        )
        return _one(session, row, department, at).sentence


@task(name="写出考核评分表", cache_policy=NO_CACHE)
def write_appraisals(year: int | None, now: datetime | None) -> list[str]:
    """Write the tables of all departments as one Word document and one workbook; their paths."""
    at = clock(now)
    with database() as session:
        row = cycles.cycle_of(session, year)
        every = take_appraisals(session, row, at)
        bureau, stem = row.bureau, f"{row.year}年度绩效自评工作考核评分表"
    paths = [
        keep_paper(f"{stem}.docx", appraisal_document(every, bureau)),
        keep_paper(f"{stem}.xlsx", appraisal_workbook(every, bureau, row.name)),
    ]
    for each in every:
        log.info("%s：%s", each.name, each.sentence)
    return [str(path) for path in paths]


def take_appraisals(
    session: Session, row: CycleRow, at: datetime, code: str | None = None
) -> list[Appraisal]:
    """Every department's table as it stands (or one's), in order of code; judgements that lapsed are voided.

    Departments whose policy appraises nothing, or none of whose units owes anything, are left out. Raises
    Refusal when no department is left.
    """
    statuses = unit_statuses(session, row.id)
    if not statuses:
        raise Refusal(f"{row.name}的通知尚未印发，名单还没有固定，没有可以考核的部门")
    policies = {
        each.unit_code: each.policy for each in cycles.obligations_of(session, row.id) if each.tier == 1
    }
    words, notice = appraisals.latest(session, row.id), _notice(session, row)
    groups: dict[str, list[UnitStatus]] = {}
    for status in statuses:
        if code in (None, status.department_code):
            groups.setdefault(status.department_code, []).append(status)
    found, without = [], []
    for department, group in sorted(groups.items()):
        policy = cycles.policy_of(row, policies[department])
        if not policy.appraisal.items:
            without.append(policy.title)
            continue
        facts = _facts(session, row, department, group, policy, notice, at)
        if facts.owing:
            stands = appraise(facts, policy.appraisal, policy.lateness, words.get(department, {}))
            _void_lapsed(session, row, stands, at)
            found.append(stands)
    if not found:
        raise Refusal(
            f"政策“{'、'.join(dict.fromkeys(without))}”没有自评工作考核评分表（[appraisal]），没有可以考核的部门；"
            "写法见 selfeval policy show yueyang-2023"
            if without
            else "没有应报的单位，没有可以考核的部门"
        )
    return found


def _one(session: Session, row: CycleRow, department: Obligation, at: datetime) -> Appraisal:
    return take_appraisals(session, row, at, department.unit_code)[0]


def _facts(
    session: Session,
    row: CycleRow,
    department: str,
    group: list[UnitStatus],
    policy: Policy,
    notice: NoticeFacts | None,
    at: datetime,
) -> DepartmentFacts:
    ids = appraisals.effective_ids(session, row.id, [status.code for status in group])
    papers: dict[str, PaperFacts] = {
        each.unit_code: papers_of(each.document, each.version, policy)
        for each in rollups.judged(session, row.id, ids)
    }
    return DepartmentFacts(
        code=department,
        name=group[0].department_name,
        units=tuple(UnitFacts(status, _current(papers.get(status.code), status)) for status in group),
        notice=notice,
        workdays=cycles.value_of(row).workdays,
        asof=at,
    )


def _current(papers: PaperFacts | None, status: UnitStatus) -> PaperFacts | None:
    """The papers of the version on the board: a newer one that came in between is not judged yet."""
    return papers if papers and papers.version == status.version else None


def _notice(session: Session, row: CycleRow) -> NoticeFacts | None:
    """The notice as this system sent it, None before it went out."""
    if row.notice_issued_at is None:
        return None
    told = appraisals.told_units(session, row.id)
    digests = (
        each["sha256"]
        for attachments in told.values()
        for each in attachments
        if each["name"] == notice_name(row)
    )
    digest = next(digests, None)
    text = notice_text(archive().get(digest, MAX_BYTES)) if digest else ""
    return NoticeFacts(row.document_number, row.notice_issued_at, frozenset(told), text)


def _void_lapsed(session: Session, row: CycleRow, stands: Appraisal, at: datetime) -> None:
    for point in stands.points:
        if point.lapsed:
            appraisals.void_lapsed(
                session, row, stands.code, point.item.name, reason=point.lapsed.lapsed, at=at
            )


def _point(stands: Appraisal, item: str) -> Point:
    found = next((point for point in stands.points if point.item.name == item), None)
    if found is None:
        names = "、".join(point.item.name for point in stands.points)
        raise Refusal(f"考核评分表里没有“{item}”这一项，有的是：{names}")
    return found


def _require_version(stands: Appraisal, point: Point, version: int | None) -> None:
    """The person read the filing that stands, where there is one and it is what is judged."""
    if not point.item.rests_on_filing or not stands.version or version == stands.version:
        return
    if version is None:
        raise Refusal(
            f"“{point.item.name}”看的是报送的材料，请写明看的是第几次报送（现为第{stands.version}次）"
        )
    raise Refusal(
        f"{stands.name}现在有效的是第{stands.version}次报送，您看的是第{version}次，请看过新的材料再评定"
    )
