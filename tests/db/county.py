"""A small county for the database tests: one department with two subordinate units, one without."""

from __future__ import annotations

from datetime import datetime

from db import cycles, roster
from db.models import CycleRow
from db.submissions import IncomingFile
from selfeval.roster import RosterContact, RosterUnit
from selfeval.workdays import SHANGHAI

DEFINITION = """
year = 2025
name = "2025年度预算绩效自评"
bureau = "某县财政局"
document_number = "某财绩〔2026〕1号"
policy = "national-2020"
[milestones]
notice = 2026-03-02
unit_due = 2026-04-10
department_due = 2026-04-24
correction_due = 2026-05-15
publication_due = 2026-06-30
"""


def at(text: str) -> datetime:
    """An instant in Asia/Shanghai."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def unit(
    code: str, name: str, department: str | None = None, status: str = "active", remark: str = ""
) -> RosterUnit:
    contact = RosterContact(f"u{code}@units.example", "某人", "")
    return RosterUnit(code, name, 2 if department else 1, department, status, (contact,), remark)


UNITS = (
    unit("101", "某县教育局"),
    unit("101001", "某县第一中学", "101"),
    unit("101002", "某县职业学校", "101"),
    unit("102", "某县水利局"),
)


def open_county(session, units=UNITS) -> CycleRow:
    """Roster imported, cycle opened, roster frozen."""
    roster.save_roster(session, units, at=at("2026-02-01T09:00"), actor="管理员")
    row = cycles.open_cycle(session, DEFINITION, {}, at=at("2026-02-02T09:00"), actor="管理员")
    cycles.freeze_roster(session, row, at=at("2026-03-02T09:00"), actor="管理员")
    return row


def file(name: str, sha: str, when: str = "2026-04-01T10:00") -> IncomingFile:
    return IncomingFile("folder", f"101/{name}#{sha}", name, sha * 64, 10, at(when))
