"""The outbox: queued once, claimed by one, settled with the server's answer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from db import outbox, sending, submissions
from db.models import OutboxRow
from db.session import engine_for, transaction
from tests.db.county import at, file, open_county

NOW = at("2026-04-01T09:00")


def _queue(session, row, kind="reminder", step="T-3", code="102"):
    return outbox.queue(
        session, cycle_id=row.id, unit_code=code, kind=kind, step=step, recipients=["a@u.example", "b@u.example"],
        subject="主题", text="正文", html="<p>正文</p>", at=NOW,
    )  # fmt: skip


def test_the_same_step_is_queued_once_per_recipient(database_url):
    with transaction(database_url) as session:
        row = open_county(session)
        assert _queue(session, row) == 2
    with transaction(database_url) as session:
        assert _queue(session, row) == 0
        assert _queue(session, row, step="T-1") == 2
        assert len({mail.message_id for mail in session.query(OutboxRow)}) == 4


LEASE = timedelta(minutes=15)


def _take(session, sender, at=NOW):
    """Claim one row and begin to hand it over."""
    row = sending.claim(session, sender, limit=1, at=at)[0]
    assert sending.hand_over(session.connection(), sender, row.id, at=at)
    session.refresh(row)
    return row


def test_a_claimed_mail_is_not_claimed_again_and_only_its_sender_can_settle_it(database_url):
    with transaction(database_url) as session:
        row = open_county(session)
        _queue(session, row)
    with transaction(database_url) as session:
        mine = _take(session, "one")
        theirs = sending.claim(session, "two", limit=10, at=NOW)
        assert [r.id for r in theirs] != [mine.id] and len(theirs) == 1
        assert sending.claim(session, "three", limit=10, at=NOW + timedelta(hours=1)) == []
        assert not sending.hand_over(session.connection(), "one", theirs[0].id, at=NOW)
        sending.settle(session.connection(), "two", mine.id, state="sent", reply="250 OK", at=NOW)
        assert outbox.count_by_state(session, row.id) == {"claimed": 1, "sending": 1}
        sending.settle(session.connection(), "one", mine.id, state="sent", reply="250 OK", at=NOW)
        assert outbox.count_by_state(session, row.id) == {"claimed": 1, "sent": 1}


def test_a_sender_that_vanished_leaves_in_doubt_only_what_it_was_handing_over(database_url):
    with transaction(database_url) as session:
        row = open_county(session)
        for step in ("T-7", "T-3", "T-1"):
            _queue(session, row, step=step)
        claimed = sending.claim(session, "one", limit=10, at=NOW)
        assert sending.hand_over(session.connection(), "one", claimed[0].id, at=NOW)
    with transaction(database_url) as session:
        assert sending.recover(session, at=NOW + timedelta(minutes=1), lease=LEASE) == {
            "returned": 0,
            "uncertain": 0,
        }
        assert sending.recover(session, at=NOW + timedelta(hours=1), lease=LEASE) == {
            "returned": 5,
            "uncertain": 1,
        }
        # The dead sender wakes up after all: what it held is no longer its own.
        assert not sending.hand_over(session.connection(), "one", claimed[1].id, at=NOW)
        sending.settle(session.connection(), "one", claimed[0].id, state="sent", reply="250", at=NOW)
        assert outbox.count_by_state(session, row.id) == {"pending": 5, "uncertain": 1}


def test_after_a_power_failure_nothing_that_was_claimed_is_sent_again_by_itself(database_url):
    with transaction(database_url) as session:
        row = open_county(session)
        for step in ("T-7", "T-3"):
            _queue(session, row, step=step)
        sending.claim(session, "one", limit=3, at=NOW)
        sending.claim(session, "two", limit=1, at=NOW + timedelta(minutes=10))
        found = sending.recover(
            session, at=NOW + timedelta(hours=1), lease=LEASE, booted_at=NOW + timedelta(minutes=5)
        )
        assert found == {"returned": 1, "uncertain": 3}


def test_a_temporary_refusal_waits_longer_each_time_and_ends(database_url):
    with transaction(database_url) as session:
        row = open_county(session)
        _queue(session, row)
    pauses, when = [], NOW
    for _ in range(sending.MAX_ATTEMPTS):
        with transaction(database_url) as session:
            taken = _take(session, "one", when)
            sending.postpone(session, "one", taken.id, reply="451 稍后再试", at=when)
            session.flush()
            pauses.append(taken.not_before - when)
            # Only this row is followed; the other recipient's waits behind it.
            session.query(OutboxRow).filter(OutboxRow.id != taken.id).update(
                {"not_before": at("2030-01-01T00:00")}
            )
            when = max(taken.not_before, when)
    assert taken.state == "failed" and taken.reply == "451 稍后再试"
    for pause, usual in zip(pauses, (5, 10, 20, 40, 80, 160, 320), strict=False):
        assert timedelta(minutes=usual * 0.8) <= pause <= timedelta(minutes=usual * 1.2)


def test_a_server_out_of_reach_costs_no_attempt_and_everything_held_waits(database_url):
    with transaction(database_url) as session:
        row = open_county(session)
        _queue(session, row)
        claimed = sending.claim(session, "one", limit=10, at=NOW)
        assert sending.hand_over(session.connection(), "one", claimed[0].id, at=NOW)
        sending.take_back(session.connection(), "one", claimed[0].id)
        sending.release(session, "one", reply="无法连接邮件服务器", at=NOW)
        for mail in claimed:
            session.refresh(mail)
            assert (mail.state, mail.attempts, mail.not_before) == ("pending", 0, NOW + sending.FIRST_PAUSE)


def test_a_reminder_is_withdrawn_when_the_unit_filed_meanwhile_and_a_receipt_is_not(database_url):
    with transaction(database_url) as session:
        row = open_county(session)
        _queue(session, row)
        _queue(session, row, code="101")
        _queue(session, row, kind="receipt", step="v1")
        submissions.receive(
            session, row, "102", [file("a.xlsx", "a")], late_days=0, late_correction_days=0, at=NOW
        )
        assert outbox.cancel_moot(session) == 2
        assert outbox.count_by_kind(session, row.id, "pending") == {"receipt": 2, "reminder": 2}


def test_a_sent_mail_without_an_instant_is_impossible(database_url):
    with transaction(database_url) as session:
        row = open_county(session)
        _queue(session, row)
    with pytest.raises(IntegrityError), transaction(database_url) as session:
        session.query(OutboxRow).update({"state": "sent"})


def test_what_lost_its_cause_after_it_was_claimed_is_not_handed_over_but_cancelled(database_url):
    with transaction(database_url) as session:
        row = open_county(session)
        _queue(session, row, step="T+1", kind="overdue")
        _queue(session, row, step="T+1", kind="escalation", code="102")
        _queue(session, row, step="T+1", kind="escalation", code="101")
        claimed = sending.claim(session, "one", limit=10, at=NOW)
    with transaction(database_url) as session:
        submissions.receive(
            session, row, "102", [file("a.xlsx", "a")], late_days=1, late_correction_days=0, at=NOW
        )
    with transaction(database_url) as session:
        mine = [r for r in claimed if sending.hand_over(session.connection(), "one", r.id, at=NOW)]
        # Units of 101 still owe theirs; those of 102 and 102 itself owe nothing.
        assert {(r.kind, r.unit_code) for r in mine} == {("escalation", "101")}
        assert outbox.cancel_moot(session) == 4
        assert outbox.count_by_state(session, row.id) == {"cancelled": 4, "sending": 2}


def test_a_row_in_the_hands_of_another_connection_stays_there_when_the_rest_is_released(database_url):
    with transaction(database_url) as session:
        row = open_county(session)
        _queue(session, row)
        first, second = sending.claim(session, "one", limit=10, at=NOW)
        assert sending.hand_over(session.connection(), "one", first.id, at=NOW)
        sending.release(session, "one", reply="无法连接邮件服务器", at=NOW)
        session.refresh(first), session.refresh(second)
        assert (first.state, second.state) == ("sending", "pending")


def test_a_mail_that_came_too_late_is_cancelled_with_the_reason_wherever_it_stands(database_url):
    due = NOW + timedelta(minutes=6)
    with transaction(database_url) as session:
        row = open_county(session)
        for step in ("T-7", "T-3", "T-1"):
            outbox.queue(
                session, cycle_id=row.id, unit_code="102", kind="reminder", step=step, recipients=["a@u.example"],
                subject="主题", text="正文", html="<p>正文</p>", at=NOW, not_after=due,
            )  # fmt: skip
        refused = _take(session, "one")
        sending.postpone(session, "one", refused.id, reply="451 稍后再试", at=NOW + timedelta(minutes=3))
        assert refused.state == "cancelled" and "451 稍后再试" in refused.reply and "截止" in refused.reply
        held = sending.claim(session, "one", limit=1, at=NOW)[0]
        assert not sending.hand_over(session.connection(), "one", held.id, at=due)
        assert sending.claim(session, "two", limit=9, at=due) == []
        assert outbox.cancel_too_late(session, at=due) == 2
        assert outbox.count_by_state(session, row.id) == {"cancelled": 3}


def test_turns_are_evenly_spaced_and_given_once_to_whoever_asks(database_url):
    with engine_for(database_url).connect() as one, engine_for(database_url).connect() as two:
        turns = []
        for connection in (one, two, two, one):
            with connection.begin():
                turns.append(sending.next_turn(connection, "mail.example:25", 30, at=NOW))
        assert turns == [NOW + timedelta(seconds=2 * n) for n in range(4)]
        later = NOW + timedelta(hours=1)
        with one.begin():
            assert sending.next_turn(one, "mail.example:25", 30, at=later) == later
            assert sending.next_turn(one, "other.example:25", 30, at=NOW) == NOW
