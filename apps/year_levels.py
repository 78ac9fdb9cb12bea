"""The part of the played year that persons decide: every level accepts, one returns, an objection is upheld, a re-check."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from db import cycles
from db.board import unit_statuses
from flows.examine import (
    Acceptance,
    ObjectionAnswer,
    ObjectionForm,
    SendingBack,
    accept_examined,
    answer_to_objection,
    object_to_return,
    return_examined,
)
from flows.recheck import RecheckResult, SampleDraw, draw_recheck, score_recheck
from selfeval.levels import Level
from selfeval.refusal import Refusal
from tasks.call_examiners import queue_examiner_calls
from tasks.examine import set_examiners, waiting
from tasks.office import database

_CHECKER = "演示复核人"
_SEED = "2026-05-18"
_ORDER = [level.label for level in Level]


def examine(year: int, examiners: Sequence[Sequence[str]], actor: str, now: datetime) -> None:
    """Let every level decide at `now` and some days after; nothing where the policy names no levels."""
    if not examiners:
        return
    set_examiners.fn(year, examiners, actor, now)
    queue_examiner_calls.fn(year, now)
    _dispute(year, now)
    while open_units := _waiting(year):
        now += timedelta(minutes=10)
        person = _name(min(open_units, key=lambda each: _ORDER.index(each["level"]))["examiners"][0])
        codes = [each["code"] for each in _waiting(year, person)]
        accept_examined(
            Acceptance(year=year, unit_codes=codes, person=person, reason="材料齐全，疑点已向单位核实"), now
        )


def recheck(year: int, now: datetime) -> None:
    """Draw the sample and score what of it was accepted, as the machine had recomputed it."""
    drawn = draw_recheck(SampleDraw(year=year, person=_CHECKER, seed=_SEED), now)
    for unit in drawn["units"]:
        if unit["recomputed_score"]:
            score_recheck(
                RecheckResult(
                    year=year,
                    unit_code=unit["code"],
                    score=unit["recomputed_score"],
                    reason="抽查凭证与填报相符",
                    person=_CHECKER,
                ),
                now,
            )


def _dispute(year: int, now: datetime) -> None:
    """A department that files for itself is sent back by its section, objects and is heard."""
    unit = next((each for each in _waiting(year) if each["code"] == each["department_code"]), None)
    if unit is None:
        return
    person = _name(unit["examiners"][0])
    return_examined(
        SendingBack(
            year=year, unit_code=unit["code"], codes=["S2"], remark="满意度指标没有附调查问卷", person=person
        ),
        now,
    )
    words = "调查问卷汇总在自评报告的附表中"
    object_to_return(
        ObjectionForm(year=year, unit_code=unit["code"], words=words, raised_by="演示经办人"),
        now + timedelta(hours=2),
    )
    answer_to_objection(
        ObjectionAnswer(
            year=year, unit_code=unit["code"], verdict="异议成立", reason="附表中确有汇总", person=person
        ),
        now + timedelta(hours=4),
    )


def _waiting(year: int, person: str = "") -> list[dict]:
    with database() as session:
        row = cycles.cycle_of(session, year)
        found = waiting(session, row, unit_statuses(session, row.id), person)
    lost = next((each for each in found if not each["examiners"]), None)
    if lost:
        raise Refusal(f"{lost['name']}待{lost['level']}审核，没有登记审核人")
    return found


def _name(title: str) -> str:
    return title.rpartition(" ")[2].removesuffix("（代理）")
