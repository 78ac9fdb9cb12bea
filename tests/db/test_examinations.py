"""Levels accept in order, return, hear objections; the database keeps one decision a level and two persons."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from db import cycles, examinations, examiners, extensions, objections, roster
from db.board import unit_statuses
from db.debtors import debtors
from db.models import Examination
from db.returns import returns
from db.session import transaction
from selfeval.examination import ExaminationRefused, Examiner
from selfeval.levels import Level
from tests.db.county import DEFINITION, UNITS, at
from tests.db.test_rechecks import NOW, file_and_accept

POLICY = """
name = "three"
title = "三级审核"
source = "本地"
version = "1"
extends = "national-2020"
[examination]
levels = ["department", "section", "bureau"]
"""
PEOPLE = (
    Examiner(Level.DEPARTMENT, "101", "", "张局长", "a@x.example"),
    Examiner(Level.DEPARTMENT, "101", "", "副局长", "b@x.example", True),
    Examiner(Level.SECTION, "", "绩效股", "王股长", "c@x.example"),
    Examiner(Level.BUREAU, "", "", "钱局长", "d@x.example"),
    Examiner(Level.BUREAU, "", "", "王股长", "c@x.example", True),
)
UNIT = "101001"


def county(session):
    roster.save_roster(session, UNITS, at=at("2026-02-01T09:00"), actor="管理员")
    definition = DEFINITION.replace('"national-2020"', '"three.toml"')
    row = cycles.open_cycle(session, definition, {"three.toml": POLICY}, at=NOW, actor="管理员")
    cycles.freeze_roster(session, row, at=at("2026-03-02T09:00"), actor="管理员")
    cycles.issue_notice(session, row, at=at("2026-03-02T09:00"), actor="管理员")
    examiners.save_examiners(session, row, PEOPLE, person="管理员", at=NOW)
    return row


def accept(session, row, person, code=UNIT):
    return examinations.accept(session, row, code, person=person, reason="同意", at=NOW)


def back(session, row, person, code=UNIT):
    return examinations.send_back(
        session, row, code, person=person, reason="没有调查表", reasons=["S2"],
        reply_on=at("2026-06-10T00:00").date(), at=NOW,
    )  # fmt: skip


def state(session, row, code=UNIT):
    session.flush()
    session.expire_all()
    return next(each.label for each in unit_statuses(session, row.id) if each.code == code)


def test_each_level_accepts_after_the_one_before_it_by_its_own_person(database_url):
    with transaction(database_url) as session:
        row = county(session)
        with pytest.raises(ExaminationRefused, match="还没有报送"):
            accept(session, row, "张局长")
        file_and_accept(session, row, UNIT, "a")
        assert state(session, row) == "待主管部门审核"
        with pytest.raises(ExaminationRefused, match="现在应由主管部门审核"):
            accept(session, row, "王股长")
        with pytest.raises(ExaminationRefused, match="填报人或单位联系人"):
            examiners.save_examiners(
                session, row, [*PEOPLE, Examiner(Level.DEPARTMENT, "101", "", "某人", "e@x.example")],
                person="管理员", at=NOW,
            )  # fmt: skip
            accept(session, row, "某人")
        first = accept(session, row, "副局长")
        assert first.deputy and accept(session, row, "副局长").id == first.id
        assert state(session, row) == "待归口业务科室审核"
        accept(session, row, "王股长")
        with pytest.raises(ExaminationRefused, match="王股长已在归口业务科室审核过"):
            accept(session, row, "王股长")
        accept(session, row, "钱局长")
        assert state(session, row) == "审核通过"
        # A department's own filing has no competent department above it.
        file_and_accept(session, row, "101", "b")
        assert state(session, row, "101") == "待归口业务科室审核"


def test_a_return_makes_the_unit_owe_a_correction_and_its_next_version_begins_again(database_url):
    with transaction(database_url) as session:
        row = county(session)
        file_and_accept(session, row, UNIT, "a")
        accept(session, row, "张局长")
        made = back(session, row, "王股长")
        assert back(session, row, "王股长").id == made.id
        assert state(session, row) == "退回修改"
        [owing] = [each for each in debtors(session, row) if each.code == UNIT]
        assert owing.wave == "C" and owing.owing_since == NOW and owing.due.instant == at("2026-06-10T17:30")
        with pytest.raises(ExaminationRefused, match="已由王股长退回"):
            accept(session, row, "张局长")
        file_and_accept(session, row, UNIT, "b")
        assert state(session, row) == "待主管部门审核"
        lines = examinations.history(session, row.id, UNIT)
        assert [(number, each.verdict, each.void_reason) for number, each, _ in lines] == [
            (1, "accepted", "单位第2次报送"),
            (1, "returned", ""),
        ]


def test_a_level_that_had_accepted_may_still_return_and_what_came_after_it_is_void(database_url):
    with transaction(database_url) as session:
        row = county(session)
        file_and_accept(session, row, UNIT, "a")
        for person in ("张局长", "王股长"):
            accept(session, row, person)
        back(session, row, "张局长")
        assert [
            each.verdict for _, each, _ in examinations.history(session, row.id, UNIT) if not each.voided_at
        ] == ["returned"]
        assert state(session, row) == "退回修改"


@pytest.mark.parametrize("upheld", [True, False])
def test_an_objection_in_time_is_answered_once_by_the_level_that_returned(database_url, upheld):
    with transaction(database_url) as session:
        row = county(session)
        file_and_accept(session, row, UNIT, "a")
        accept(session, row, "张局长")
        back(session, row, "王股长")
        said = {"words": "调查表在附件三", "raised_by": "某会计", "answer_on": NOW.date()}
        with pytest.raises(ExaminationRefused, match="不再受理异议"):
            objections.object_to(session, row, UNIT, **said, until=NOW, at=at("2026-06-02T09:00"))
        until = at("2026-06-10T17:30")
        raised = objections.object_to(session, row, UNIT, **said, until=until, at=NOW)
        assert objections.object_to(session, row, UNIT, **said, until=until, at=NOW).id == raised.id
        assert [each.id for each, _, _ in objections.open_objections(session, row.id)] == [raised.id]
        later = at("2026-06-20T00:00").date()
        answer = {"upheld": upheld, "reason": "附件三确有", "reply_on": later, "at": NOW}
        with pytest.raises(ExaminationRefused, match="应由归口业务科室审核"):
            objections.answer(session, row, UNIT, **answer, person="张局长")
        made = objections.answer(session, row, UNIT, **answer, person="王股长")
        assert objections.answer(session, row, UNIT, **answer, person="王股长").id == made.id
        assert objections.open_objections(session, row.id) == []
        if upheld:
            # The department's acceptance was of the same content and stands.
            assert state(session, row) == "待归口业务科室审核"
            accept(session, row, "王股长")
        else:
            assert state(session, row) == "退回修改"
            due = extensions.all_dues(session, row)[UNIT].correction
            assert due.instant == at("2026-06-20T17:30")


@pytest.mark.parametrize("upheld", [True, False])
def test_what_the_rules_returned_is_answered_by_the_last_level_and_upheld_it_passes_on(database_url, upheld):
    with transaction(database_url) as session:
        row = county(session)
        version = file_and_accept(session, row, UNIT, "a")
        version.state = "returned"
        session.flush()
        until, judged = at("2026-06-10T17:30"), NOW - timedelta(minutes=1)
        version.received_at = version.evaluation.judged_at = judged
        said = {"words": "此数含上年结转", "raised_by": "某会计", "answer_on": NOW.date(), "until": until}
        raised = objections.object_to(session, row, UNIT, **said, at=NOW)
        assert raised.examination_id is None
        with pytest.raises(ExaminationRefused, match="已经提出过异议"):
            objections.object_to(session, row, UNIT, **(said | {"words": "再提一次"}), at=NOW)
        assert [(each.id, by) for each, by, _ in objections.open_objections(session, row.id)] == [
            (raised.id, None)
        ]
        later = at("2026-06-20T00:00").date()
        answer = {"upheld": upheld, "reason": "核对无误", "reply_on": later, "at": NOW}
        for person, why in (("张局长", "现在应由财政局审核"), ("某会计", "不是该单位的审核人")):
            with pytest.raises(ExaminationRefused, match=why):
                objections.answer(session, row, UNIT, **answer, person=person)
        made = objections.answer(session, row, UNIT, **answer, person="钱局长")
        assert objections.answer(session, row, UNIT, **answer, person="钱局长").id == made.id
        before = next(each for each in unit_statuses(session, row.id, judged) if each.code == UNIT)
        assert before.state == "returned"
        if upheld:
            assert state(session, row) == "待主管部门审核"
            assert returns(session, row.id) == {} and UNIT in returns(session, row.id, asof=judged)
            accept(session, row, "张局长")
            back(session, row, "王股长")
            assert state(session, row) == "退回修改"
        else:
            assert state(session, row) == "退回修改"
            assert extensions.all_dues(session, row)[UNIT].correction.instant == at("2026-06-20T17:30")


def test_judging_anew_by_another_policy_voids_an_acceptance_visibly(database_url):
    with transaction(database_url) as session:
        row = county(session)
        version = file_and_accept(session, row, UNIT, "a")
        first = accept(session, row, "张局长")
        version.evaluation.policy = "another 2"
        assert state(session, row) == "待主管部门审核"
        with pytest.raises(ExaminationRefused):
            accept(session, row, "王股长")
        accept(session, row, "副局长")
        assert first.void_reason == "审核后机器审核结果有变化"


def test_the_board_of_an_earlier_moment_shows_what_stood_then(database_url):
    with transaction(database_url) as session:
        row = county(session)
        file_and_accept(session, row, UNIT, "a")
        examinations.accept(session, row, UNIT, person="张局长", reason="同意", at=at("2026-06-02T09:00"))
        examinations.send_back(
            session, row, UNIT, person="王股长", reason="…", reasons=["S1"],
            reply_on=at("2026-06-10T00:00").date(), at=at("2026-06-03T09:00"),
        )  # fmt: skip

        def then(moment: str) -> str:
            return next(x.label for x in unit_statuses(session, row.id, at(moment)) if x.code == UNIT)

        assert [then(f"2026-06-0{day}T12:00") for day in (1, 2, 3)] == [
            "待主管部门审核", "待归口业务科室审核", "退回修改",
        ]  # fmt: skip


def test_the_database_itself_refuses_a_second_decision_and_a_preparer(database_url):
    with transaction(database_url) as session:
        row = county(session)
        file_and_accept(session, row, UNIT, "a")
        made = accept(session, row, "张局长")
        keep = (
            "submission_id",
            "section",
            "verdict",
            "deputy",
            "reasons",
            "reason",
            "content_hash",
            "decided_at",
        )
        values = {key: getattr(made, key) for key in keep} | {"preparers": "|某人|"}
    for wrong in (
        {"level": "department", "person": "副局长"},  # the level has decided
        {"level": "section", "person": "张局长"},  # the person has decided
        {"level": "section", "person": "某人"},  # prepared it
        {"level": "section", "person": "王股长", "verdict": "returned"},  # without a day to reply
        {"level": "town", "person": "王股长"},
    ):
        with pytest.raises(IntegrityError), transaction(database_url) as session:
            session.add(Examination(**{**values, **wrong}))
    with transaction(database_url) as session:
        session.add(Examination(**values, level="section", person="王股长"))
