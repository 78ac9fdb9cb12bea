"""Cycles, roster and obligations in both databases."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import IntegrityError

from db import audit, cycles, roster
from db.models import AuditEntry, CycleRow, Obligation, Submission
from db.session import transaction
from selfeval.cycle import CycleError, Duty
from tests.db.county import DEFINITION, UNITS, at, open_county, unit


def test_a_second_import_lists_what_changed_and_keeps_units_that_are_not_named(database_url):
    with transaction(database_url) as session:
        first = roster.save_roster(session, UNITS, at=at("2026-02-01T09:00"), actor="甲")
        assert [change.kind for change in first] == ["added"] * 4
    with transaction(database_url) as session:
        renamed = (*UNITS[:2], unit("101002", "某县职业中学", "101"))
        second = roster.save_roster(session, renamed, at=at("2026-02-02T09:00"), actor="甲")
        assert [(change.code, change.kind) for change in second] == [
            ("101002", "changed"),
            ("102", "dropped"),
        ]
        assert "某县职业学校" in second[0].text and "某县职业中学" in second[0].text
    with transaction(database_url) as session:
        assert [u.name for u in roster.load_roster(session)] == [
            "某县教育局",
            "某县第一中学",
            "某县职业中学",
            "某县水利局",
        ]
        assert (
            roster.save_roster(session, renamed, at=at("2026-02-03T09:00"), actor="甲")[-1].kind == "dropped"
        )


def test_opening_the_same_cycle_twice_gives_one_and_another_one_for_the_year_is_refused(database_url):
    with transaction(database_url) as session:
        first = cycles.open_cycle(session, DEFINITION, {}, at=at("2026-02-02T09:00"), actor="甲")
        again = cycles.open_cycle(session, DEFINITION, {}, at=at("2026-02-03T09:00"), actor="甲")
        assert first.id == again.id
        with pytest.raises(cycles.CycleConflict, match="已开启"):
            other = DEFINITION.replace("1号", "2号")
            cycles.open_cycle(session, other, {}, at=at("2026-02-03T09:00"), actor="甲")


def test_contradictory_dates_are_refused_by_the_value_and_by_the_database(database_url):
    swapped = DEFINITION.replace("2026-04-10", "2026-05-20")
    with (
        transaction(database_url) as session,
        pytest.raises(CycleError, match="主管部门汇总截止（2026-04-24）应不早于单位报送截止"),
    ):
        cycles.open_cycle(session, swapped, {}, at=at("2026-02-02T09:00"), actor="甲")
    with pytest.raises(IntegrityError), transaction(database_url) as session:
        row = open_county(session)
        row.unit_due_on = row.publication_due_on


def test_the_roster_is_frozen_once_with_exemptions_explained(database_url):
    units = (*UNITS, unit("103", "某县档案馆", status="exempt", remark="当年新设，无上年支出"))
    with transaction(database_url) as session:
        row = open_county(session, units)
        roster.save_roster(session, (unit("104", "某县气象局"),), at=at("2026-03-03T09:00"), actor="甲")
        frozen = cycles.freeze_roster(session, row, at=at("2026-03-04T09:00"), actor="乙")
        assert [o.unit_code for o in frozen] == ["101", "101001", "101002", "102", "103"]
        assert (frozen[-1].duty, frozen[-1].reason, frozen[-1].person) == (
            "exempt",
            "当年新设，无上年支出",
            "管理员",
        )
        with pytest.raises(cycles.CycleConflict, match="原因"):
            cycles.change_duty(
                session, row, "102", Duty.NIL, reason=" ", person="乙", at=at("2026-03-05T09:00")
            )
        cycles.change_duty(
            session,
            row,
            "102",
            Duty.MERGED,
            reason="并入教育局",
            person="乙",
            into="101",
            at=at("2026-03-05T09:00"),
        )
    with pytest.raises(IntegrityError), transaction(database_url) as session:
        session.get_one(Obligation, (row.id, "101")).duty = "exempt"


def test_a_version_without_an_obligation_cannot_be_stored(database_url):
    with transaction(database_url) as session:
        row = open_county(session)
    with pytest.raises(IntegrityError), transaction(database_url) as session:
        session.add(
            Submission(
                cycle_id=row.id, unit_code="999", version=1, received_at=at("2026-04-01T09:00"), late_days=0
            )
        )


def test_the_audit_chain_shows_a_changed_entry(database_url):
    with transaction(database_url) as session:
        open_county(session)
        assert audit.verify(session) == (3, None)
    with transaction(database_url) as session:
        entry = session.query(AuditEntry).order_by(AuditEntry.id).offset(1).first()
        entry.actor = "别人"
    with transaction(database_url) as session:
        count, broken = audit.verify(session)
        assert (count, broken) == (2, entry.id)


def test_instants_come_back_in_shanghai_time(database_url):
    with transaction(database_url) as session:
        open_county(session)
    with transaction(database_url) as session:
        opened = session.query(CycleRow).one().opened_at
        assert opened.isoformat() == "2026-02-02T09:00:00+08:00"
