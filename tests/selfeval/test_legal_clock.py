"""The legal clock: a fixed day or the approval of the accounts, counted as the law counts."""

from __future__ import annotations

from datetime import date, time

import pytest

from selfeval.cycle_file import parse_cycle
from selfeval.legal_clock import (
    alarm_day,
    coming_words,
    days_late,
    legal_due,
    publication_moment,
    readiness_step,
)
from selfeval.policy import Publication
from selfeval.public_history import Correction, Withdrawal, told_of
from selfeval.workdays import Workdays
from tests.db.county import DEFINITION, at

CYCLE = parse_cycle(DEFINITION)
DUE = date(2026, 6, 30)
DAYS = Workdays()


def test_a_fixed_day_lies_in_the_year_after_the_budget_year_whatever_was_approved():
    due = legal_due(CYCLE, Publication(month_day=(6, 30)), date(2026, 9, 1))
    assert (due.day, due.known) == (DUE, True)


def test_days_after_the_approval_are_calendar_days_and_unknown_without_it():
    rule = Publication(approval_plus_days=20)
    assert legal_due(CYCLE, rule, date(2026, 8, 14)).day == date(2026, 9, 3)
    unknown = legal_due(CYCLE, rule, None)
    assert (unknown.day, unknown.known) == (CYCLE.milestones.publication_due, False)
    assert "尚未登记" in unknown.basis


def test_the_day_itself_is_in_time_until_midnight_and_weekends_count():
    assert days_late(DUE, at("2026-06-30T23:59")) == 0
    assert days_late(DUE, at("2026-07-01T00:00")) == 1
    assert days_late(DUE, at("2026-07-06T09:00")) == 6


def test_publication_runs_on_the_earliest_day_and_before_a_weekend():
    dues = [legal_due(CYCLE, Publication(month_day=day), None) for day in ((8, 30), (7, 5))]
    assert publication_moment(DAYS, time(9), dues) == at("2026-07-03T09:00")  # 5 July is a Sunday
    assert publication_moment(DAYS, time(9), []) is None


@pytest.mark.parametrize(
    ("when", "waiting", "said"),
    [
        ("2026-06-30T08:59", 3, "最近的法定期限2026-06-30，到期公开的时间2026-06-30 09:00"),
        ("2026-06-30T09:00", 0, "最近的法定期限2026-06-30，到期公开的时间已到，审核通过的都已公开"),
        ("2026-09-28T09:00", 3, "最近的法定期限2026-06-30已过90天，审核通过的还有3家没有公开"),
    ],
)
def test_a_run_whose_time_is_past_is_not_announced_as_the_next_one(when, waiting, said):
    assert coming_words(DUE, at("2026-06-30T09:00"), waiting, at(when)) == said


@pytest.mark.parametrize(
    ("when", "step"),
    [
        ("2026-06-12T09:00", None),
        ("2026-06-15T09:00", "P-10@2026-06-30"),
        ("2026-06-22T09:00", "P-10@2026-06-30"),
        ("2026-06-23T09:00", "P-5@2026-06-30"),
        ("2026-06-26T09:00", "P-2@2026-06-30"),
        ("2026-06-30T23:00", "P-2@2026-06-30"),
        ("2026-07-01T09:00", None),
    ],
)
def test_readiness_lists_go_ten_five_and_two_working_days_before(when, step):
    found = readiness_step(DAYS, DUE, at(when))
    assert (found and found.key) == step


def test_a_missing_decision_is_an_alarm_on_every_working_day_from_the_last_list_on():
    days = [day for day in range(24, 31) if alarm_day(DAYS, DUE, at(f"2026-06-{day}T09:00"))]
    assert days == [26, 29, 30]
    assert alarm_day(DAYS, DUE, at("2026-07-01T09:00")) and not alarm_day(DAYS, DUE, at("2026-07-04T09:00"))


def test_a_withdrawal_holds_until_a_version_filed_after_it_which_is_then_a_correction():
    first, gone = at("2026-06-10T09:00"), Withdrawal(at("2026-06-20T09:00"), "附表填错")
    before, after = at("2026-04-01T09:00"), at("2026-06-21T09:00")
    judged = at("2026-06-22T00:30")
    assert told_of(before, before, first, None) is None
    assert told_of(before, before, first, gone) is gone
    assert told_of(after, judged, first, gone) == Correction(date(2026, 6, 10), date(2026, 6, 22), gone)
    assert told_of(after, judged, first, None) == Correction(date(2026, 6, 10), date(2026, 6, 22))
    assert told_of(after, judged, None, None) is None
