"""The rows of a base data table by meaning: staff, 三公, projects, operating cost, procurement."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache

from selfeval.figures import number
from selfeval.filing import Cell, Form, FormKind
from selfeval.pattern import Pattern

_VEHICLES = Pattern("公务用车|公车")
_BUY, _RUN = Pattern("购置"), Pattern("运行|维护")
_OPERATING_PARTS = Pattern("办公|水费|电费|差旅|会议费|培训费|印刷|邮电|物业|劳务|维修")
# Parts of a project, or a sum of projects: counted with it already.
_NESTED = Pattern("其中|小计|合计")
# 其中：1、… numbers the first project of the list; 其中：… without a number may be any part.
_FIRST_PROJECT = Pattern(r"其中[:：][(（]?(?:1|一)[)）、.．]")
_MONEY = Pattern("决算|预算|支出|金额")
_CHANGE = Pattern("(?:同比|较上年|比上年)?(?:增减|增长|变动|变化)(?:率|比例|幅度|%)?|同比")
_TOTAL = Pattern("(?:本年|年度|部门|全年)?(?:总支出|支出(?:合计|总计|总额))")
_PERSONNEL = Pattern("(?:其中[:：])?人员(?:经费|支出)")
_YEAR = Pattern(r"(?:19|20)\d\d")
_ASIDE = Pattern(r"[（(][^（）()]*[）)]|\s")
_STAFF = (
    ("rate", Pattern("^控制率$|人员控制率")),
    ("people", Pattern("在职|实有|在岗")),
    ("posts", Pattern("编制")),
)


@dataclass(slots=True)
class Row:
    """A row of the expense block with its cells by heading."""

    label: str
    cells: dict[str, Cell] = field(default_factory=dict)
    change: Cell | None = None  # 增减率 against the year before


@dataclass(slots=True)
class Table:
    """The base data of a form; a row that it does not have is None.

    `budget` and `spent` are the headings of this year's budget and of this year's accounts.
    """

    staff: dict[str, Cell] = field(default_factory=dict)
    headings: list[str] = field(default_factory=list)
    budget: str | None = None
    spent: str | None = None
    every: list[Row] = field(default_factory=list)
    total: Row | None = None
    basic: Row | None = None
    personnel: Row | None = None
    three_publics: Row | None = None
    vehicles: Row | None = None
    purchase: Row | None = None
    running: Row | None = None
    overseas: Row | None = None
    reception: Row | None = None
    projects: Row | None = None
    project_rows: list[Row] = field(default_factory=list)
    listed: bool = False  # 基本支出 below the projects ends their list
    operating: Row | None = None
    operating_parts: list[Row] = field(default_factory=list)
    procurement: Row | None = None
    adjustment: Row | None = None

    def figure(self, row: Row | None, heading: str | None) -> Decimal | None:
        """The number of a row under a heading, None when either is missing or the cell is blank."""
        return number(row.cells.get(heading)) if row and heading else None

    def vehicle_part(self, heading: str) -> list[Row]:
        """The subtotal for vehicles, or its two parts where the subtotal is blank."""
        if self.figure(self.vehicles, heading) is not None:
            return [self.vehicles]
        return [row for row in (self.purchase, self.running) if row]


def expenses(form: Form) -> Table:
    """The base data of a form by meaning; an empty table for every other kind of form."""
    table = Table()
    if form.kind is not FormKind.BASE_DATA:
        return table
    table.every = _rows(form, table)
    for row in table.every:
        _place(row, table)
    table.budget, table.spent = _latest(table.headings, "预算"), _latest(table.headings, "决算")
    return table


def buildings(form: Form) -> list[dict[str, Cell]]:
    """The rows of 楼堂馆所控制情况 as cells by heading: 批复规模, 实际规模, 规模控制率, 预算投资 …"""
    found: list[dict[str, Cell]] = []
    for entry in form.entries:
        if form.kind is not FormKind.BASE_DATA or "楼堂馆所" not in entry.label:
            continue
        heading = _ASIDE.sub("", entry.heading)
        if not found or heading in found[-1]:
            found.append({})
        found[-1][heading] = entry.cell
    return found


def _rows(form: Form, table: Table) -> list[Row]:
    rows: list[Row] = []
    for entry in form.entries:
        staff = next((name for name, word in _STAFF if word.search(entry.heading)), None)
        if rows and rows[-1].label == entry.label and _is_change(entry.heading):
            rows[-1].change = entry.cell
            continue
        if staff or not _MONEY.search(entry.heading) or not _YEAR.search(entry.heading):
            if staff and staff not in table.staff:
                table.staff[staff] = entry.cell
            continue
        if entry.heading not in table.headings:
            table.headings.append(entry.heading)
        if not rows or rows[-1].label != entry.label or entry.heading in rows[-1].cells:
            rows.append(Row(entry.label))
        rows[-1].cells[entry.heading] = entry.cell
    return rows


@lru_cache(maxsize=256)
def _is_change(heading: str) -> bool:
    return _CHANGE.fullmatch(_ASIDE.sub("", heading)) is not None


def _latest(headings: list[str], word: str) -> str | None:
    found = [heading for heading in headings if word in heading]
    return max(found, key=lambda heading: max(_YEAR.findall(heading), default="")) if found else None


def _place(row: Row, table: Table) -> None:
    label = row.label
    if table.total is None and _TOTAL.fullmatch(label):
        table.total = row
    elif table.basic is None and label.startswith("基本支出") and "调整" not in label:
        table.basic = row
        table.listed = table.projects is not None
    elif table.personnel is None and (table.projects is None or table.listed) and _PERSONNEL.fullmatch(label):
        table.personnel = row
    elif table.three_publics is None and "三公" in label:
        table.three_publics = row
    elif table.projects is None and _VEHICLES.search(label):
        if _BUY.search(label) and _RUN.search(label):
            table.vehicles = row
        elif _BUY.search(label):
            table.purchase = row
        elif _RUN.search(label):
            table.running = row
    elif table.projects is None and "出国" in label:
        table.overseas = row
    elif table.projects is None and "接待" in label:
        table.reception = row
    elif table.projects is None and label.startswith("项目支出"):
        table.projects = row
    elif table.operating is None and label.removeprefix("其中").lstrip(":：").startswith("公用经费"):
        table.operating = row
    elif "政府采购" in label and table.operating is not None:
        table.procurement = row
    elif "基本支出预算调整" in label:
        table.adjustment = row
    elif table.operating is not None and _OPERATING_PARTS.search(label):
        table.operating_parts.append(row)
    elif (
        table.projects is not None
        and not table.listed
        and table.operating is None
        and (not _NESTED.match(label) or (not table.project_rows and _FIRST_PROJECT.match(label)))
    ):
        table.project_rows.append(row)
