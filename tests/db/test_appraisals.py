"""Judgements of the appraisal: one stands per item, each explained, the earlier ones kept."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

import pytest
import sqlalchemy as sa

from db import appraisals, audit, cycles
from db.appraisals import AppraisalConflict
from db.models import AppraisalJudgement
from db.session import engine_for, transaction
from tests.db.county import at, open_county

NOON = at("2026-05-20T12:00")


def judge(session, row, score: str, code: str = "101", **changed) -> None:
    said = dict(band="较全面", person="李四", reason="看过材料", basis_hash="a" * 64, at=NOON) | changed
    department = appraisals.department_of(session, row, code)
    appraisals.judge(session, row, department, "反映问题", score=Decimal(score), **said)


def test_one_judgement_stands_per_item_and_what_was_said_before_stays_with_the_reason(database_url):
    with transaction(database_url) as session:
        row = open_county(session)
        judge(session, row, "16.25")
        judge(session, row, "16.25")
        judge(session, row, "17", person="王五")
        judge(session, row, "12", code="102")
        standing = appraisals.latest(session, row.id)
        assert (standing["101"]["反映问题"].score, standing["102"]["反映问题"].score) == (17, 12)
        kept = session.query(AppraisalJudgement).order_by(AppraisalJudgement.id).all()
        assert [(r.hundredths, r.void_reason) for r in kept] == [
            (1625, "王五重新评定"),
            (1700, ""),
            (1200, ""),
        ]
        appraisals.void_lapsed(session, row, "101", "反映问题", reason="材料有变化", at=NOON)
        assert appraisals.latest(session, row.id)["101"]["反映问题"].lapsed == "材料有变化"
        assert audit.verify(session)[1] is None
    for statement in (
        "UPDATE appraisal_judgements SET reason = ''",
        "UPDATE appraisal_judgements SET hundredths = 10001",
        "UPDATE appraisal_judgements SET voided_at = NULL WHERE id = 1",  # the reason of the voiding stays
        "UPDATE appraisal_judgements SET department_code = '999'",
        "UPDATE appraisal_judgements SET department_code = '102', void_reason = '', voided_at = NULL",
    ):
        with engine_for(database_url).connect() as connection, connection.begin() as begun:
            with pytest.raises(sa.exc.IntegrityError):
                connection.execute(sa.text(statement))
            begun.rollback()


def test_only_departments_are_judged_and_only_with_person_and_reason(database_url):
    with transaction(database_url) as session:
        row = open_county(session)
        with pytest.raises(AppraisalConflict, match="请写主管部门的编码 101"):
            judge(session, row, "16", code="101001")
        with pytest.raises(AppraisalConflict, match="没有预算编码 999"):
            judge(session, row, "16", code="999")
        with pytest.raises(AppraisalConflict, match="应写明评定人和理由"):
            judge(session, row, "16", person="  ")
        department = appraisals.department_of(session, row, "101")
        with pytest.raises(AppraisalConflict, match="没有人工评定，无从撤销"):
            appraisals.withdraw(session, row, department, "反映问题", person="李四", reason="看错", at=NOON)
        judge(session, row, "16")
        appraisals.withdraw(session, row, department, "反映问题", person="李四", reason="看错", at=NOON)
        assert appraisals.latest(session, row.id)["101"]["反映问题"].lapsed == "李四撤销：看错"


def test_two_persons_at_once_leave_one_judgement_standing(database_url):
    with transaction(database_url) as session:
        open_county(session)
    ready = Barrier(2)

    def say(person: str) -> None:
        ready.wait()
        with transaction(database_url) as session:
            judge(session, cycles.cycle_of(session), "16", person=person)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(say, ("李四", "王五")))
    with transaction(database_url) as session:
        said = session.query(AppraisalJudgement).all()
        assert sorted(each.voided_at is None for each in said) == [False, True]
        assert audit.verify(session)[1] is None
