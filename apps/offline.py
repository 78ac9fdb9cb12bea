"""The commands that need the database and no Prefect: roster, cycle, board, arrivals, audit."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from sqlalchemy.exc import ArgumentError, OperationalError
from sqlalchemy.orm import Session

from db import audit, contacts, cycles, roster, submissions
from db.amendments import Amended
from db.board import unit_statuses
from db.closing import closing, intake_note
from db.session import migrate, transaction
from documents.roster import roster_rows
from selfeval.board import OWING, STATE_LABELS, by_department, provisional_note, total
from selfeval.cycle import Cycle
from selfeval.cycle_file import cycle_text
from selfeval.refusal import Refusal, in_words
from selfeval.roster import STATUS_LABELS, RosterChange, parse_roster
from selfeval.workdays import SHANGHAI
from tasks.cycle_file import read_cycle_file
from tasks.settings import load_settings

# A column of figures, dates or codes up to this length is never broken in a table; others keep some cells.
_KEPT_WHOLE = 16
_LEAST = 8


class DatabaseUnavailable(Refusal):
    """The configured database cannot be used; the text says why."""


@contextmanager
def database() -> Iterator[Session]:
    """One transaction on the configured database, created or brought up to date first."""
    url = load_settings().database_url
    with reachable(url):
        migrate(url)
        with transaction(url) as session:
            yield session


@contextmanager
def reachable(url: str, setting: str = "SELFEVAL_DATABASE_URL") -> Iterator[str]:
    """Tells of a database that cannot be used, naming the `setting` that it comes from.

    Yields the address without name and password.
    """
    where = url.rsplit("@", 1)[-1]
    try:
        yield where
    except ModuleNotFoundError as error:
        if error.name != "psycopg2":  # what postgresql:// alone asks for
            raise
        raise DatabaseUnavailable(
            f"数据库 {where} 的地址应以 sqlite:/// 或 postgresql+psycopg:// 开头，请检查 {setting}"
        ) from error
    except (OperationalError, ArgumentError) as error:
        reason = in_words(getattr(error, "orig", None) or error)
        raise DatabaseUnavailable(f"数据库 {where} 用不了，请检查 {setting}：{reason}") from error


def now() -> datetime:
    """This moment in Asia/Shanghai."""
    return datetime.now(SHANGHAI)


def import_roster(file: Path, actor: str) -> tuple[tuple[RosterChange, ...], int]:
    """What the list changes, and how many missed mails go to the addresses that it corrects."""
    units = parse_roster(roster_rows(file.name, file.read_bytes()))
    with database() as session:
        changes = roster.save_roster(session, units, at=now(), actor=actor)
        return changes, contacts.make_up_latest(session, now())


def list_roster() -> list[tuple[str, ...]]:
    with database() as session:
        return [
            (
                unit.code,
                unit.name,
                "一级" if unit.tier == 1 else "二级",
                unit.department_code or "",
                STATUS_LABELS[unit.status],
                "、".join(contact.email for contact in unit.contacts),
            )
            for unit in roster.load_roster(session)
        ]


def open_cycle(file: Path, actor: str) -> Cycle:
    cycle, policies = read_cycle_file(file)
    with database() as session:
        cycles.open_cycle(session, cycle_text(cycle), policies, at=now(), actor=actor)
    return cycle


def amend_cycle(file: Path, person: str, reason: str) -> tuple[Amended, Cycle]:
    """Correct the cycle of the file's year, or, without a person, only find out what that would change.

    Units whose dates move are told in the same transaction.
    """
    from tasks.amend import correct

    (cycle, policies), at = read_cycle_file(file), now()
    with database() as session:
        row = cycles.cycle_of(session, cycle.year)
        amended = correct(
            session, row, cycle_text(cycle), policies,
            person=person, reason=reason, preview=not person, at=at,
        )  # fmt: skip
    return amended, cycle


def status(year: int | None) -> tuple[dict[str, Any], str]:
    """The board as data and as text."""
    with database() as session:
        row = cycles.cycle_of(session, year)
        statuses = unit_statuses(session, row.id)
        waiting = len(submissions.unmatched(session, row.id))
        closed, cycle = closing(session, row.id), cycles.value_of(row)
        intake = intake_note(session, row, cycle, now())
        provisional = provisional_note(cycle, statuses)
    departments = by_department(statuses)
    everything = total(statuses)
    taken = now()
    data = {
        "year": row.year,
        "name": row.name,
        "taken": taken.isoformat(timespec="seconds"),
        "total": asdict(everything),
        "departments": [
            {"code": d.code, "name": d.name, **asdict(d.tally), "missing_units": list(d.missing)}
            for d in departments
        ],
        "units": [asdict(s) for s in statuses],
        "unmatched": waiting,
        "closed_at": closed.decided_at.isoformat(timespec="seconds") if closed else None,
        "lock": cycle.milestones.lock and cycle.milestones.lock.isoformat(),
        "intake": intake,
        "provisional": provisional,
    }
    head = ("部门", "应报", "已报", "逾期报送", "退回", "通过", "公开", "未报单位")

    def line(name: str, tally: Any, missing: str) -> tuple[str, ...]:
        counts = (tally.expected, tally.received, tally.late, tally.returned, tally.accepted, tally.published)
        return (name, *(str(count) for count in counts), missing)

    rows = [line(d.name, d.tally, "、".join(d.missing)) for d in departments]
    text = table(head, [*rows, line("合计", everything, "")], f"{row.name}  截至 {taken:%Y-%m-%d %H:%M}")
    extended = [s for s in statuses if s.extensions and s.state in OWING]
    text += "".join(f"\n延期：{s.code} {s.name}，{'；'.join(s.extensions)}" for s in extended)
    open_units = [s for s in statuses if s.state in ("returned", "received")]
    text += "".join(
        f"\n{STATE_LABELS[s.state]}：{s.code} {s.name}（第{s.version}次报送）" for s in open_units
    )
    text += "".join(
        f"\n逾期：{s.code} {s.name}，{s.lateness}" for s in statuses if s.lateness and s.state in OWING
    )
    text += "".join(
        f"\n{STATE_LABELS[s.state]}：{s.code} {s.name}，{s.exemption}" for s in statuses if s.exemption
    )
    if intake:
        text += f"\n{intake}。"
    if provisional:
        text += f"\n注意：{provisional}"
    if not statuses:
        text += "\n通知尚未印发，名单还没有固定。"
    if waiting:
        text += f"\n另有 {waiting} 件来件无法对应单位，见 selfeval arrivals unmatched"
    return data, text


def verify_audit() -> tuple[int, int | None]:
    with database() as session:
        return audit.verify(session)


def table(head: Sequence[str], rows: Sequence[Sequence[str]], title: str) -> str:
    """A table for the terminal; names come from files, so nothing in them is taken for markup.

    Figures, dates and codes stay on one line: where they do not fit otherwise, the table gives up its padding
    and, after that, is wider than the terminal.
    """
    columns = list(zip(head, *rows, strict=True))
    kept = [
        all(cell.strip("≤—").isascii() and cell_len(cell) <= _KEPT_WHOLE for cell in c[1:]) for c in columns
    ]
    longest = [max(map(cell_len, column)) for column in columns]
    least = sum(long if whole else min(long, _LEAST) for long, whole in zip(longest, kept, strict=True))
    edges, width = len(head) + 1, Console().width
    padding = 1 if least + edges + 2 * len(head) <= width else 0
    grid = Table(title=title, title_justify="left", title_style="bold", padding=(0, padding))
    for column, whole in zip(head, kept, strict=True):
        grid.add_column(column, overflow="fold", no_wrap=whole)
    for row in rows:
        grid.add_row(*(cell.replace("[", "\\[") for cell in row))
    console = Console(file=io.StringIO(), width=max(width, least + edges))
    console.print(grid)
    return console.file.getvalue().rstrip()
