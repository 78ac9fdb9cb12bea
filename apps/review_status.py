"""How far the levels have come, by department, and every decision ever made on a unit."""

from __future__ import annotations

from collections import Counter
from typing import Any

from apps.offline import database, table
from db import cycles, examinations, objections
from db.board import unit_statuses
from db.models import Examination, Objection
from selfeval.board import OWING
from selfeval.examination import Examiner, levels_for
from selfeval.levels import Level
from selfeval.refusal import Refusal

_ANSWERS = {None: "待答复", "upheld": "成立", "rejected": "不成立"}


def departments(year: int | None) -> tuple[Any, str]:
    """Counts of units by department: at which level they wait, accepted at every level, not accepted yet."""
    with database() as session:
        row = cycles.cycle_of(session, year)
        statuses = [each for each in unit_statuses(session, row.id) if each.state in OWING]
        obligations = cycles.obligations_of(session, row.id)
        names = {each.policy for each in obligations}
        used = {
            level for name in names for level in levels_for(cycles.policy_of(row, name).examination, tier=2)
        }
    if not used:
        raise Refusal(f"{row.name}的政策没有设人工审核的层级，机器审核通过即可")
    levels = [level for level in Level if level in used]
    groups: dict[str, Counter[str]] = {}
    for each in statuses:
        key = each.awaits or ("done" if each.publishable else each.state)
        groups.setdefault(each.department_name, Counter())[key] += 1
    data = [
        {
            "department": name,
            "expected": sum(counts.values()),
            "waiting": {level.value: counts[level.value] for level in levels},
            "examined": counts["done"],
            "returned": counts["returned"],
            "not_judged": counts["missing"] + counts["received"],
        }
        for name, counts in groups.items()
    ]
    rows = [
        (
            each["department"],
            *(
                str(number)
                for number in (
                    each["expected"],
                    each["not_judged"],
                    each["returned"],
                    *each["waiting"].values(),
                    each["examined"],
                )
            ),
        )
        for each in data
    ]
    head = ("部门", "应报", "未报待审", "退回", *(f"待{level.label}" for level in levels), "逐级同意")
    return data, table(head, rows, f"{row.name}：逐级审核")


def unit_history(year: int | None, code: str) -> tuple[Any, str]:
    """Every decision on one unit's versions, void ones with the reason."""
    with database() as session:
        row = cycles.cycle_of(session, year)
        status = next((each for each in unit_statuses(session, row.id) if each.code == code), None)
        if status is None:
            raise Refusal(f"{row.year}年度的报送名单中没有预算编码 {code}（通知印发后名单才固定）")
        found = examinations.history(session, row.id, code)
        policy = cycles.policy_of(
            row,
            next(each.policy for each in cycles.obligations_of(session, row.id) if each.unit_code == code),
        )
        labels = {reason.code: reason.label for reason in policy.examination.reasons}
        data = {
            "code": code,
            "name": status.name,
            "state": status.label,
            "decisions": [
                *(_to_rules(*each) for each in objections.objections_to_rules(session, row.id, code)),
                *(_decision(*each, labels) for each in found),
            ],
        }
    rows = [
        (
            f"第{each['version']}次",
            each["level"],
            each["person"],
            each["said"],
            each["at"][:16].replace("T", " "),
            each["stands"],
        )
        for each in data["decisions"]
    ]
    head = ("报送", "层级", "审核人", "决定", "时间", "效力")
    title = f"{code} {status.name}：{status.label}"
    return data, table(head, rows, title) if rows else f"{title}，还没有审核人的决定"


def _to_rules(version: int, objection: Objection) -> dict[str, Any]:
    return {
        "version": version,
        "level": "机器审核",
        "person": "—",
        "verdict": "returned",
        "said": f"按规则退回。{_objected(objection)}",
        "at": objection.raised_at.isoformat(timespec="seconds"),
        "hash": "",
        "stands": "已撤销" if objection.answer == "upheld" else "有效",
    }


def _objected(objection: Objection) -> str:
    answered = f"（{objection.answer_person}：{objection.answer_reason}）" if objection.answer else ""
    return f"异议（{objection.raised_by}）：{objection.words}；{_ANSWERS[objection.answer]}{answered}"


def _decision(
    version: int, decision: Examination, objection: Objection | None, labels: dict[str, str]
) -> dict[str, Any]:
    level = Level(decision.level)
    said = decision.reason
    if decision.verdict == "returned":
        named = "、".join(labels.get(code, code) for code in decision.reasons)
        said = f"退回（{named}）：{decision.reason}；应于{decision.reply_on}前答复"
        if objection:
            said += f"。{_objected(objection)}"
    return {
        "version": version,
        "level": level.label,
        "person": Examiner(level, "", decision.section, decision.person, "", decision.deputy).beside_level,
        "verdict": decision.verdict,
        "said": said,
        "at": decision.decided_at.isoformat(timespec="seconds"),
        "hash": decision.content_hash,
        "stands": f"已失效：{decision.void_reason}" if decision.voided_at else "有效",
    }
