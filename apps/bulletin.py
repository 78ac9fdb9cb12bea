"""The command for the board of an earlier moment; no Prefect."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, time
from typing import Any

from apps.offline import database, now, table
from db import cycles
from selfeval.board import UnitStatus
from selfeval.bulletin import Bulletin
from selfeval.workdays import SHANGHAI
from tasks.bulletin import NoSuchMoment, circulated_bulletin, status_bulletin, statuses_at


def parse_instant(text: str) -> datetime:
    """2026-04-20 (the whole day included), 2026-04-20 17:30 or with a zone; without one Asia/Shanghai."""
    try:
        instant = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise NoSuchMoment(f"“{text}”不是时间，例如 2026-04-20 或 2026-04-20T17:30") from error
    if len(text.strip()) == len("2026-04-20"):
        instant = datetime.combine(instant.date(), time.max)
    return instant.astimezone(SHANGHAI) if instant.tzinfo else instant.replace(tzinfo=SHANGHAI)


@dataclass(frozen=True, slots=True)
class Moment:
    """The board of an instant: `whole` for the office, `paper` for what goes round (no unit marked secret)."""

    whole: Bulletin
    paper: Bulletin
    statuses: list[UnitStatus]


def board_asof(year: int | None, asof: datetime) -> Moment:
    """The board of an instant, from what had been received and decided by then.

    Raises NoSuchMoment for the future and for a time before the roster was fixed.
    """
    with database() as session:
        row = cycles.cycle_of(session, year)
        statuses = statuses_at(session, row, asof, now())
        whole = status_bulletin(session, row, statuses, asof)
        return Moment(whole, circulated_bulletin(session, row, statuses, asof), statuses)


def as_json(moment: Moment) -> dict[str, Any]:
    """The board as data."""
    made = moment.whole
    return {
        "year": made.year,
        "asof": made.asof.isoformat(timespec="seconds"),
        "total": asdict(made.whole.tally),
        "departments": [{"name": each.name, **asdict(each.tally)} for each in made.departments],
        "units": [asdict(status) for status in moment.statuses],
        "rule": made.rule,
        "closed": made.closed,
        "provisional": made.provisional,
    }


def as_text(made: Bulletin) -> str:
    """The board for the terminal."""
    head = ("部门", "应报", "已报", "按时", "逾期", "未报", "不需报送")
    rows = [
        (
            each.name,
            *(
                str(n)
                for n in (
                    each.tally.expected,
                    each.tally.received,
                    each.on_time,
                    each.tally.late,
                    each.tally.missing,
                    each.tally.exempt,
                )
            ),
        )
        for each in (*made.departments, made.whole)
    ]
    parts = [table(head, rows, f"{made.year}年度报送情况  截至 {made.asof:%Y-%m-%d %H:%M}")]
    parts += [table(each.head, each.rows, each.title) for each in made.sections if each.rows]
    return "\n".join([*parts, *filter(None, (made.rule, made.closed, made.provisional))])
