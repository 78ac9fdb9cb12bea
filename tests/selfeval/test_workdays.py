"""Working days with 调休, deadlines and lateness at fixed instants."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from selfeval.workdays import SHANGHAI, Workdays, due_instant, local

DAYS = Workdays()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def test_a_weekend_worked_for_the_spring_festival_is_a_working_day_and_the_festival_is_not():
    assert DAYS.is_working_day(date(2026, 2, 14))  # Saturday, 调休
    assert not DAYS.is_working_day(date(2026, 2, 16))  # Monday, holiday
    assert DAYS.shift(date(2026, 2, 14), 1) == date(2026, 2, 24)


def test_a_cycle_corrects_the_national_calendar():
    corrected = Workdays(frozenset({date(2026, 4, 10)}), frozenset({date(2026, 4, 11)}))
    assert not corrected.is_working_day(date(2026, 4, 10))
    assert corrected.is_working_day(date(2026, 4, 11))
    with pytest.raises(ValueError, match="2026-04-10"):
        Workdays(frozenset({date(2026, 4, 10)}), frozenset({date(2026, 4, 10)}))


def test_on_the_day_of_a_sunday_deadline_means_the_last_working_day_before():
    assert DAYS.shift(date(2026, 4, 12), 0) == date(2026, 4, 10)
    assert DAYS.shift(date(2026, 4, 10), -7) == date(2026, 3, 31)  # Qingming on 5 and 6 April


def test_before_the_12th_includes_the_12th_until_the_hour_of_the_policy():
    due = due_instant(date(2026, 6, 12), time(17, 30))
    assert DAYS.late_working_days(due, at("2026-06-12T17:30:00")) == 0
    assert DAYS.late_working_days(due, at("2026-06-12T17:30:01")) == 1


def test_lateness_counts_working_days_only():
    due = due_instant(date(2026, 4, 30), time(17, 30))  # Thursday before the May holiday
    assert DAYS.late_working_days(due, at("2026-05-03T09:00")) == 1  # in the holiday: begun, none passed
    assert DAYS.late_working_days(due, at("2026-05-06T09:00")) == 1
    assert DAYS.late_working_days(due, at("2026-05-11T09:00")) == 5  # Saturday 9 May is worked


def test_a_machine_on_utc_sees_the_same_day():
    due = due_instant(date(2026, 4, 10), time(17, 30))
    assert DAYS.late_working_days(due, datetime(2026, 4, 10, 9, 30, tzinfo=UTC)) == 0
    assert (
        DAYS.late_working_days(due, datetime(2026, 4, 12, 17, 0, tzinfo=UTC)) == 1
    )  # already Monday in Shanghai
    with pytest.raises(ValueError, match="时区"):
        local(datetime(2026, 4, 10, 9, 30))  # noqa: DTZ001


def test_a_leap_day_is_a_day():
    assert DAYS.shift(date(2028, 2, 28), 1) == date(2028, 2, 29)


def test_a_year_without_its_holiday_order_is_provisional():
    assert DAYS.provisional_years([date(2026, 4, 10), date(2099, 1, 5)]) == (2099,)
