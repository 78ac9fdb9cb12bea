"""Departments for the tests of the appraisal: a filed one, its units, and the notice that they got."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from selfeval.appraisal.facts import DepartmentFacts, Found, NoticeFacts, PaperFacts, TableFacts, UnitFacts
from selfeval.appraisal.judgement import Judgement
from selfeval.appraisal.result import Appraisal, appraise
from selfeval.board import UnitStatus
from selfeval.policy import load_policy
from selfeval.workdays import SHANGHAI, Workdays

POLICY = load_policy("yueyang-2023")
DUE = "2024-05-10T17:30+08:00"
NOTICE_TEXT = (
    "根据有关规定，一、自评范围 二、自评内容 三、时间安排 四、有关要求 附件：1．部门整体支出绩效自评表"
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def table(name: str = "部门整体支出绩效自评表", rows: int = 10, undetailed=(), *found: Found) -> TableFacts:
    return TableFacts(name, rows, tuple(undetailed), found)


def papers(**changed) -> PaperFacts:
    """A whole and sound filing."""
    sound = dict(
        version=1,
        content="a" * 64,
        unreadable=(),
        report=True,
        headed=True,
        sections=("问题",),
        missing_sections=(),
        attachments=("基础数据表",),
        missing_attachments=(),
        tables=(table(),),
        findings=(),
        quotes={"反映问题": (("七、存在的问题", "预算编制不够精细。" * 10),)},
    )
    return PaperFacts(**sound | changed)


def unit(
    code: str = "101",
    name: str = "某市教育局",
    filed: str | None = "2024-05-08T10:00+08:00",
    own: PaperFacts | None = None,
    state: str | None = None,
) -> UnitFacts:
    """A unit that filed at an instant, or not at all; `own` None of a filed one: not checked yet."""
    status = UnitStatus(
        code=code,
        name=name,
        tier=2 if len(code) > 3 else 1,
        department_code=code[:3],
        department_name="某市教育局",
        state=state or ("accepted" if filed else "missing"),
        version=own.version if own else int(bool(filed)),
        late_days=None,
        received_at=filed,
        due=DUE,
        first_received_at=filed,
    )
    return UnitFacts(status, own)


def department(
    *units: UnitFacts, asof: str = "2024-06-03T09:00", told: str = "all", **notice
) -> DepartmentFacts:
    codes = frozenset(each.status.code for each in units) if told == "all" else frozenset(told.split())
    said = dict(
        document_number="某财绩〔2024〕1号", issued_at=at("2024-04-01T09:00"), told=codes, text=NOTICE_TEXT
    )
    return DepartmentFacts(
        code="101",
        name="某市教育局",
        units=units,
        notice=NoticeFacts(**said | notice) if told else None,
        workdays=Workdays(),
        asof=at(asof),
    )


def taken(facts: DepartmentFacts, *words: Judgement) -> Appraisal:
    return appraise(facts, POLICY.appraisal, POLICY.lateness, {each.item: each for each in words})


def scores(appraisal: Appraisal) -> dict[str, Decimal | str]:
    """Item → its score, or what it waits for."""
    return {p.item.name: p.awaits.value if p.score is None else p.score for p in appraisal.points}


def evidence(appraisal: Appraisal, item: str) -> str:
    return "。".join(next(p.evidence for p in appraisal.points if p.item.name == item))
