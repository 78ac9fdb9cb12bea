"""The bureau's bulletin of filing status at an instant: who filed in time, late, not at all, and who need not. Pure.

Every unit of the roster stands in exactly one of on_time, late, missing and not_owing; extended and returned
name some of them once more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from selfeval.board import OWING, STATE_LABELS, Tally, UnitStatus, by_department, minute, total
from selfeval.figures import chinese_date
from selfeval.workdays import Workdays

_UNIT = ("预算编码", "单位", "主管部门")


@dataclass(frozen=True, slots=True)
class Share:
    """A department or all of them: how many owed, filed, filed in time; rates are fractions, None of nothing."""

    name: str
    tally: Tally

    @property
    def on_time(self) -> int:
        return self.tally.received - self.tally.late

    @property
    def filed_rate(self) -> Decimal | None:
        return _rate(self.tally.received, self.tally.expected)

    @property
    def on_time_rate(self) -> Decimal | None:
        return _rate(self.on_time, self.tally.expected)


@dataclass(frozen=True, slots=True)
class Section:
    """A list of units: its title, the headings of its columns, its rows as text."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Bulletin:
    """`rule` is what lateness costs, `provisional` what is not settled and `secret` how many units are left out
    because they are marked secret, as sentences, "" for nothing.
    """

    bureau: str
    year: int
    asof: datetime
    departments: tuple[Share, ...]
    whole: Share
    sections: tuple[Section, ...]
    not_owing: int
    rule: str
    closed: str
    provisional: str
    secret: str = ""

    @property
    def late(self) -> Section:
        """The units that filed late."""
        return self.sections[0]

    @property
    def missing(self) -> Section:
        """The units that have not filed."""
        return self.sections[1]

    @property
    def returned(self) -> Section:
        """The units that have not filed again what was returned."""
        return self.sections[2]


def bulletin(
    statuses: Iterable[UnitStatus],
    *,
    bureau: str,
    year: int,
    asof: datetime,
    workdays: Workdays,
    rule: str,
    closed: str = "",
    secret: int = 0,
) -> Bulletin:
    """The bulletin from the board at `asof`; `rule` and `closed` are sentences without a full stop.

    `secret` units are not among `statuses` because the paper goes round.
    """
    units = list(statuses)
    owing = [unit for unit in units if unit.state in OWING]
    missing = [unit for unit in owing if unit.state == "missing"]
    late = [unit for unit in owing if unit.late_days]
    on_time = [unit for unit in owing if unit.late_days == 0]
    others = [unit for unit in units if unit.state not in OWING]
    returned = [unit for unit in owing if unit.state == "returned"]
    extended = [unit for unit in owing if unit.extensions]

    def overdue(due: str) -> str:
        reckoning = workdays.reckon(datetime.fromisoformat(due), asof)
        return f"已逾期{reckoning.days}个工作日（{reckoning}）" if reckoning.days else "未到期"

    sections = (
        _section("逾期报送的单位", ("截止时间", "报送时间", "逾期"), late, lambda u: (_due(u), _first(u), u.lateness)),
        _section("尚未报送的单位", ("截止时间", "截至目前"), missing, lambda u: (_due(u), overdue(u.due))),
        _section(
            "退回后尚未改正的单位",
            ("改正截止时间", "截至目前"),
            returned,
            lambda u: (_moved(u.correction_due, u.original_correction_due), overdue(u.correction_due)),
        ),
        _section("截止时间已顺延的单位", ("原截止时间、现截止时间和理由",), extended, lambda u: ("；".join(u.extensions),)),
        _section("不需要报送的单位", ("情形", "说明"), others, lambda u: (STATE_LABELS[u.state], u.exemption or "—")),
        _section("按时报送的单位", ("报送时间",), on_time, lambda u: (_first(u),)),
    )  # fmt: skip
    days = [datetime.fromisoformat(unit.due) for unit in owing]
    return Bulletin(
        bureau=bureau,
        year=year,
        asof=asof,
        departments=tuple(Share(each.name, each.tally) for each in by_department(units)),
        whole=Share("合计", total(units)),
        sections=sections,
        not_owing=len(others),
        rule=f"{rule}。" if rule and late else "",
        closed=f"{closed}。" if closed else "",
        provisional=workdays.provisional_note(asof, *days),
        secret=f"另有涉密单位{secret}家，不列入本通报，也不计入通报中的各项数字。" if secret else "",
    )


def day_and_hour(instant: datetime) -> str:
    """2026年4月10日17时30分."""
    return f"{chinese_date(instant)}{instant.hour}时{instant.minute:02d}分"


def _section(
    title: str,
    head: tuple[str, ...],
    units: list[UnitStatus],
    cells: Callable[[UnitStatus], tuple[str, ...]],
) -> Section:
    rows = tuple((unit.code, unit.name, unit.department_name, *cells(unit)) for unit in units)
    return Section(f"{title}（{len(units)}家）", (*_UNIT, *head), rows)


def _due(unit: UnitStatus) -> str:
    return _moved(unit.due, unit.original_due)


def _moved(instant: str, original: str | None) -> str:
    return f"{minute(instant)}（原{minute(original)}）" if original else minute(instant)


def _first(unit: UnitStatus) -> str:
    return minute(unit.first_received_at or "")


def _rate(part: int, whole: int) -> Decimal | None:
    return Decimal(part) / whole if whole else None
