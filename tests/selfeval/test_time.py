"""Instants at the edges: zones, midnights, the leap day, the Spring Festival, worked weekends; and laws of counting."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfeval.workdays import SHANGHAI, Workdays, due_instant, spans

DAYS = Workdays()
dates = st.dates(date(2020, 1, 1), date(2026, 12, 31))
corrected = st.builds(
    lambda off, on: Workdays(frozenset(off), frozenset(on) - frozenset(off)),
    st.sets(dates, max_size=20),
    st.sets(dates, max_size=20),
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("hour", "received", "late"),
    [
        (time(17, 30), "2026-04-10T17:30:00", 0),
        (time(17, 30), "2026-04-10T17:30:00.000001", 1),
        (time(17, 30), "2026-04-10T23:59:59", 1),
        (time(17, 30), "2026-04-11T00:00:00", 1),  # Saturday has begun, no working day has
        (time(17, 30), "2026-04-12T23:59:59", 1),
        (time(17, 30), "2026-04-13T00:00:00", 1),
        (time(17, 30), "2026-04-14T00:00:00", 2),
        (time(23, 59, 59), "2026-04-10T23:59:59", 0),
        (time(23, 59, 59), "2026-04-11T00:00:00", 1),
    ],
)
def test_a_day_ends_at_midnight_in_shanghai_and_the_due_instant_at_its_hour(hour, received, late):
    assert DAYS.late_working_days(due_instant(date(2026, 4, 10), hour), at(received)) == late


@pytest.mark.parametrize("hours", [-11, 0, 5, 14])
def test_the_zone_in_which_an_instant_is_told_changes_nothing(hours):
    zone = timezone(timedelta(hours=hours))
    due = due_instant(date(2026, 4, 10), time(17, 30))
    for received in (at("2026-04-10T17:30:00"), at("2026-04-14T00:00:00"), at("2026-04-13T23:59:59")):
        moved = DAYS.reckon(due.astimezone(zone), received.astimezone(zone))
        assert (moved.days, str(moved)) == (DAYS.reckon(due, received).days, str(DAYS.reckon(due, received)))


@pytest.mark.parametrize("zone", ["UTC", "America/Los_Angeles", "Pacific/Kiritimati"])
def test_the_zone_of_the_machine_changes_nothing(zone):
    script = (
        "from datetime import *; from selfeval.workdays import *; from tasks.office import clock;"
        "due = due_instant(date(2026, 4, 10), time(17, 30));"
        "print(Workdays().late_working_days(due, datetime(2026, 4, 13, 16, 0, tzinfo=timezone.utc)),"
        " due.isoformat(), clock(None).utcoffset())"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "TZ": zone},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["2", "2026-04-10T17:30:00+08:00", "8:00:00"]


def test_the_leap_day_is_counted_and_29_february_may_be_due():
    due = due_instant(date(2028, 2, 28), time(17, 30))
    assert str(DAYS.reckon(due, at("2028-03-01T09:00"))) == "计2月29日至3月1日，共2个工作日"
    assert due_instant(date(2028, 2, 29), time(17, 30)).isoformat() == "2028-02-29T17:30:00+08:00"


def test_the_week_of_the_spring_festival_is_passed_over_and_shown():
    late = DAYS.reckon(due_instant(date(2026, 2, 13), time(17, 30)), at("2026-02-25T09:00"))
    assert str(late) == "计2月14日、2月24日至25日，共3个工作日；2月15日至23日是休息日，不计"


def test_lateness_of_months_is_said_by_its_first_and_last_day_and_in_full_where_asked():
    late = DAYS.reckon(due_instant(date(2026, 4, 10), time(17, 30)), at("2026-11-20T09:00"))
    assert str(late) == "计2026年4月13日至11月20日之间的153个工作日；另有休息日71天，不计"
    assert (
        late.in_full.startswith("计4月13日至17日、4月20日至24日、4月27日至30日、")
        and "共153个工作日" in late.in_full
    )
    weeks = DAYS.reckon(due_instant(date(2026, 4, 10), time(17, 30)), at("2026-04-27T09:00"))
    assert str(weeks) == weeks.in_full and "4月27日" in str(weeks)


def test_a_due_instant_on_a_worked_saturday_is_a_due_day_like_any_other():
    due = due_instant(date(2026, 5, 9), time(17, 30))  # Saturday, worked for the May holiday
    assert DAYS.is_working_day(due.date()) and DAYS.shift(due.date(), 0) == date(2026, 5, 9)
    assert DAYS.shift(due.date(), -1) == date(2026, 5, 8)
    assert DAYS.late_working_days(due, at("2026-05-09T18:00")) == 1
    assert DAYS.late_working_days(due, at("2026-05-10T18:00")) == 1  # Sunday
    assert DAYS.late_working_days(due, at("2026-05-12T00:00")) == 2


def test_a_year_is_provisional_in_one_sentence_until_the_cycle_holds_its_order():
    sentence = DAYS.provisional_note(date(2026, 12, 1), at("2098-01-04T09:00"), date(2099, 1, 5))
    assert sentence.startswith("2098年、2099年的放假调休安排尚未公布") and "暂定" in sentence
    assert DAYS.provisional_note(date(2026, 12, 1)) == ""
    assert DAYS.provisional_note(datetime(2026, 12, 31, 15, 59, tzinfo=UTC)) == ""
    assert Workdays(ordered_years=frozenset({2099})).provisional_note(date(2099, 1, 5)) == ""


@given(corrected, dates, st.integers(-30, 30))
def test_going_so_many_working_days_and_back_ends_where_it_began(days, start, n):
    begin = days.shift(start, 0)
    assert days.shift(days.shift(begin, n), -n) == begin
    assert days.between(begin, days.shift(begin, n)) == n


@given(corrected, dates, dates, dates)
def test_counting_over_a_day_between_adds_up_and_backwards_is_negative(days, a, b, c):
    assert days.between(a, b) + days.between(b, c) == days.between(a, c)
    assert days.between(a, b) == -days.between(b, a)


@given(corrected, dates, st.integers(-20, 20))
def test_a_shift_ends_on_a_working_day_and_more_days_never_end_earlier(days, start, n):
    assert days.is_working_day(days.shift(start, n))
    assert days.shift(start, n) < days.shift(start, n + 1) or n in (-1, 0)


@given(corrected, dates, st.integers(0, 60 * 24 * 40))
def test_every_day_after_the_due_day_is_either_counted_or_skipped_and_lateness_never_shrinks(
    days, day, minutes
):
    due = due_instant(day, time(17, 30))
    first, later = (days.reckon(due, due + timedelta(minutes=minutes + extra)) for extra in (0, 60 * 24))
    between = (first.until.date() - day).days
    assert len(first.counted) + len(first.skipped) == between
    assert first.days == (max(1, len(first.counted)) if minutes else 0) and later.days >= first.days
    assert bool(str(first)) == bool(minutes)


@given(st.sets(dates, min_size=1, max_size=12))
def test_days_drawn_together_name_their_first_and_last(days):
    text = spans(sorted(days))
    assert text.startswith(f"{min(days).month}月{min(days).day}日") and text.endswith(f"{max(days).day}日")
