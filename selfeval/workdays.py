"""Working days of China with 调休, deadlines and lateness. Pure: dates and calendars come as arguments.

Source: the State Council's yearly holiday orders as the library `holidays` carries them; a bureau
corrects them per cycle. A year whose order is not out yet is provisional and says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from holidays import HolidayBase

SHANGHAI = ZoneInfo("Asia/Shanghai")
ONE_DAY = timedelta(days=1)
# A sentence that names more stretches of days than these is read by nobody.
_RUNS_NAMED = 4


@lru_cache(maxsize=64)
def _china(year: int) -> HolidayBase:
    import holidays  # here, not above: the rules know of cycles, and a check of one file asks for no day

    return holidays.country_holidays("CN", years=year, expand=False)


@lru_cache(maxsize=4096)
def _china_works(day: date) -> bool:
    return _china(day.year).is_working_day(day)


@dataclass(frozen=True, slots=True)
class Reckoning:
    """Why something is so many working days late: the days after the due day up to `until`, told apart."""

    due: datetime
    until: datetime
    counted: tuple[date, ...] = ()
    skipped: tuple[date, ...] = ()

    @property
    def days(self) -> int:
        """Working days of lateness, 0 on time; a working day that has only begun counts."""
        return max(1, len(self.counted)) if self.until > self.due else 0

    def __str__(self) -> str:
        """The calculation in Chinese without a full stop, "" on time; many weeks by their first and last day."""
        if len(_runs(self.counted)) <= _RUNS_NAMED:
            return self.in_full
        first, last = self.counted[0], self.counted[-1]
        year = f"{last.year}年" if last.year != first.year else ""
        ends = f"{first.year}年{first.month}月{first.day}日至{year}{last.month}月{last.day}日"
        return f"计{ends}之间的{self.days}个工作日；另有休息日{len(self.skipped)}天，不计"

    @property
    def in_full(self) -> str:
        """The calculation with every day that counts and every one that does not, "" on time."""
        if not self.days:
            return ""
        if not self.counted:
            what = (
                "截止后当日报送" if not self.skipped else f"{spans(self.skipped)}是休息日不计，其后没有工作日"
            )
            return f"{what}，不足1个工作日按1个工作日计"
        text = f"计{spans(self.counted)}，共{self.days}个工作日"
        return f"{text}；{spans(self.skipped)}是休息日，不计" if self.skipped else text


@dataclass(frozen=True, slots=True)
class Workdays:
    """The working calendar of one cycle: the national one with the cycle's own corrections.

    `ordered_years`: years whose holiday order the corrections hold in full although the library lacks it.
    """

    extra_days_off: frozenset[date] = field(default_factory=frozenset)
    extra_working_days: frozenset[date] = field(default_factory=frozenset)
    ordered_years: frozenset[int] = field(default_factory=frozenset)

    def __post_init__(self) -> None:
        both = self.extra_days_off & self.extra_working_days
        if both:
            raise ValueError(f"同一天不能既放假又上班：{'、'.join(str(day) for day in sorted(both))}")

    def is_working_day(self, day: date) -> bool:
        if day in self.extra_days_off:
            return False
        return day in self.extra_working_days or _china_works(day)

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
        return self.reckon(due, received).days

    def reckon(self, due: datetime, until: datetime) -> Reckoning:
        """The lateness of something done at `until` that was due at `due`, with its calculation."""
        due, until = local(due), local(until)
        days = [due.date() + ONE_DAY * n for n in range(1, (until.date() - due.date()).days + 1)]
        return Reckoning(
            due,
            until,
            counted=tuple(day for day in days if self.is_working_day(day)),
            skipped=tuple(day for day in days if not self.is_working_day(day)),
        )

    def provisional_years(self, days: Iterable[date]) -> tuple[int, ...]:
        """Years among `days` whose holiday order is not known yet, in order."""
        return tuple(sorted({day.year for day in days} - _published_years() - self.ordered_years))

    def provisional_note(self, *days: date) -> str:
        """The sentence that stands beside every date reckoned from these days or instants, "" when all is known."""
        years = self.provisional_years(local(day) if isinstance(day, datetime) else day for day in days)
        if not years:
            return ""
        named = "、".join(f"{year}年" for year in years)
        return f"{named}的放假调休安排尚未公布，涉及的工作日天数和由此推算的日期是暂定的。"


def local(instant: datetime) -> datetime:
    """The instant in Asia/Shanghai; naive instants are refused."""
    if instant.tzinfo is None:
        raise ValueError(f"时间缺少时区：{instant.isoformat()}")
    return instant.astimezone(SHANGHAI)


def due_instant(day: date, hour: time) -> datetime:
    """ "6月12日前" includes that day until the policy's hour."""
    return datetime.combine(day, hour, tzinfo=SHANGHAI)


def spans(days: Iterable[date]) -> str:
    """Days in ascending order as Chinese text, neighbours drawn together: 4月30日至5月3日、5月6日."""
    return "、".join(_span(run[0], run[-1]) for run in _runs(days))


def _runs(days: Iterable[date]) -> list[list[date]]:
    """Days in ascending order, neighbours together."""
    runs: list[list[date]] = []
    for day in days:
        if runs and day - runs[-1][-1] == ONE_DAY:
            runs[-1].append(day)
        else:
            runs.append([day])
    return runs


def _span(first: date, last: date) -> str:
    text = f"{first.month}月{first.day}日"
    if first == last:
        return text
    return f"{text}至{last.day}日" if first.month == last.month else f"{text}至{last.month}月{last.day}日"


@lru_cache(maxsize=1)
def _published_years() -> frozenset[int]:
    import holidays

    return frozenset(holidays.country_holidays("CN").special_public_holidays)
