"""A county of five hundred units: its roster, what the units file, and what the plain functions make of it."""

from __future__ import annotations

import io
import os
import zipfile
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from documents.reading import read_file
from selfeval.policy import Policy, load_policy
from selfeval.result import check_document, check_entry
from selfeval.rollup.figures import figures_of
from selfeval.rollup.measures import AMOUNTS
from selfeval.rollup.record import content_of, rolled_up
from selfeval.rollup.units import UnitRow, Version
from selfeval.roster import RosterUnit
from selfeval.rules import Expected, judge_together
from selfeval.summary import summarise
from tests.conftest import ROOT
from tests.db.county import at, unit

DEPARTMENTS = tuple(unit(f"{number}", f"清禾县第{number}局") for number in range(301, 311))
SUBORDINATE = tuple(
    unit(f"{department.code}{number:03d}", f"清禾县第{department.code}{number:03d}站", department.code)
    for department in DEPARTMENTS
    for number in range(1, 50)
)
UNITS: tuple[RosterUnit, ...] = (*DEPARTMENTS, *SUBORDINATE)
RECEIVED = at("2026-04-08T10:00")


@dataclass(frozen=True)
class Template:
    """A filing of the example county: its file, and the names in it that every other unit puts its own for."""

    file: str
    unit: str
    department: str

    def of(self, filer: RosterUnit) -> tuple[str, bytes]:
        """Name and content of the same filing by another unit."""
        names = {
            self.unit: filer.name,
            self.department: next(d.name for d in DEPARTMENTS if d.code == filer.department_code),
        }
        original = ROOT / "examples" / "filings" / self.file
        return original.name.replace(self.unit, filer.name), _renamed(original.read_bytes(), names)


# Mostly workbooks, a report in Word among ten; one kind of filing is sent back.
_EXCEL = Template(
    "first/203002/清禾县石门水库管理所2025年度绩效自评表.xlsx", "清禾县石门水库管理所", "清禾县水利局"
)
_WRONG = Template(
    "first/203003/清禾县农村供水服务站2025年度绩效自评表.xlsx", "清禾县农村供水服务站", "清禾县水利局"
)
_WORD = Template(
    "first/203005/清禾县东干渠灌区服务站2025年度绩效自评材料.docx", "清禾县东干渠灌区服务站", "清禾县水利局"
)


def template_of(filer: RosterUnit) -> Template:
    """What kind of filing a unit sends."""
    number = int(filer.code)
    if number % 10 == 0:
        return _WORD
    return _WRONG if number % 10 == 5 else _EXCEL


def file_everything(inbox: Path) -> None:
    """Every subordinate unit files; the departments themselves send nothing."""
    for filer in SUBORDINATE:
        name, content = template_of(filer).of(filer)
        path = inbox / filer.code / name
        path.parent.mkdir(parents=True)
        path.write_bytes(content)
        os.utime(path, (RECEIVED.timestamp(),) * 2)


def plain_totals(inbox: Path) -> tuple[dict[str, str], list[dict[str, Any]]]:
    """State by unit code and the totals, from the files by the plain functions: no flow, no database.

    One filing of each kind is judged; what it comes to, all others of its kind come to.
    """
    policy = load_policy("national-2020")
    filers = {template_of(filer): filer for filer in SUBORDINATE}
    judged = {kind: _judged(filer, inbox / filer.code, policy) for kind, filer in filers.items()}
    names = {department.code: department.name for department in DEPARTMENTS}
    rows = []
    for each in UNITS:
        code = each.department_code or each.code
        row = UnitRow(each.code, each.name, each.tier, code, names[code], "missing")
        rows.append(replace(row, **judged[template_of(each)]) if each.tier == 2 else row)
    return {row.code: row.state for row in rows}, content_of(rolled_up(rows, policy))["totals"]


def _judged(filer: RosterUnit, folder: Path, policy: Policy) -> dict[str, Any]:
    filings = [read_file(path.name, path.read_bytes()) for path in folder.iterdir()]
    judgements = judge_together(filings, policy, Expected(unit=filer.name, code=filer.code, year=2025))
    entries = [check_entry(*pair) for pair in zip(filings, judgements, strict=True)]
    document = check_document(policy.name, entries)
    summary = summarise(document)
    said = {field.name: getattr(summary, field.name) for field in fields(summary)}
    own = {key: said[key] for key in AMOUNTS if said[key] is not None}
    return said | {
        "state": "returned" if summary.errors else "accepted",
        "late_days": 0,
        "figures": figures_of(document),
        "version": Version(1, 1, "", "", ""),
        "base": own,
        "base_of": "本年填报的年初预算数" if own else "",
    }


def _renamed(office_file: bytes, names: dict[str, str]) -> bytes:
    """The same file with other names in its texts."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(office_file)) as before, zipfile.ZipFile(written, "w") as after:
        for part in before.infolist():
            content = before.read(part)
            if part.filename.endswith(".xml"):
                for old, new in names.items():
                    for spelling in (("utf-8", "strict"), ("ascii", "xmlcharrefreplace")):
                        content = content.replace(old.encode(*spelling), new.encode(*spelling))
            after.writestr(part, content)
    return written.getvalue()
