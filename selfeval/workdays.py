"""Working days of China with 调休, deadlines and lateness. Pure: dates and calendars come as arguments.

Source: the State Council's yearly holiday orders as the library `holidays` carries them; a bureau
corrects them per cycle. A year whose order is not out yet is provisional and says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

SHANGHAI = ZoneInfo("Asia/Shanghai")
ONE_DAY = timedelta(days=1)


@lru_cache(maxsize=64)
def _china(year: int) -> holidays.HolidayBase:
    return holidays.country_holidays("CN", years=year, expand=False)


@dataclass(frozen=True, slots=True)
class Workdays:
    """The working calendar of one cycle: the national one with the cycle's own corrections."""

    extra_days_off: frozenset[date] = field(default_factory=frozenset)
    extra_working_days: frozenset[date] = field(default_factory=frozenset)

    def __post_init__(self) -> None:
        both = self.extra_days_off & self.extra_working_days
        if both:
            raise ValueError(f"同一天不能既放假又上班：{'、'.join(str(day) for day in sorted(both))}")

    def is_working_day(self, day: date) -> bool:
        if day in self.extra_days_off:
            return False
        return day in self.extra_working_days or _china(day.year).is_working_day(day)

    def shift(self, day: date, working_days: int) -> date:
        """The working day that lies `working_days` working days after (before, if negative) `day`.

        0 gives the day itself when it is a working day, else the last working day before it: a
        reminder "on the day" of a Sunday deadline has to go out on the Friday.
        """
        step = ONE_DAY if working_days > 0 else -ONE_DAY
        while working_days == 0 and not self.is_working_day(day):
            day += step
        for _ in range(abs(working_days)):
            day += step
            while not self.is_working_day(day):
                day += step
        return day

    def between(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; negative when `end` lies before."""
        if end < start:
            return -self.between(end, start)
        days = (start + ONE_DAY * n for n in range(1, (end - start).days + 1))
        return sum(self.is_working_day(day) for day in days)

    def late_working_days(self, due: datetime, received: datetime) -> int:
        """Working days of lateness: 0 on time; after the due instant every begun working day counts.

        A filing later on the due day itself is one day late, since the due hour ended that day
        (岳阳 附件5: 每推迟一个工作日扣1分).
        """
        if received <= due:
            return 0
        return max(1, self.between(local(due).date(), local(received).date()))


def local(instant: datetime) -> datetime:
    """The instant in Asia/Shanghai; naive instants are refused."""
    if instant.tzinfo is None:
        raise ValueError(f"时间缺少时区：{instant.isoformat()}")
    return instant.astimezone(SHANGHAI)


def due_instant(day: date, hour: time) -> datetime:
    """ "6月12日前" includes that day until the policy's hour."""
    return datetime.combine(day, hour, tzinfo=SHANGHAI)


def provisional_years(days: Iterable[date]) -> tuple[int, ...]:
    """Years among `days` whose holiday order the library does not know yet, in order."""
    return tuple(sorted({day.year for day in days} - _ordered_years()))


@lru_cache(maxsize=1)
def _ordered_years() -> frozenset[int]:
    return frozenset(holidays.country_holidays("CN").special_public_holidays)
