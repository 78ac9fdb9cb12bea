"""The figures that a report and its tables both state: staff, expenditure by nature, 三公, operating cost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from operator import itemgetter
from typing import NamedTuple

from selfeval.figures import number
from selfeval.filing import Cell, Form, FormKind, FundingRole
from selfeval.money import UNITS
from selfeval.pattern import Pattern
from selfeval.rules.amounts import spent_on
from selfeval.rules.engine import Context
from selfeval.rules.expenses import Row, Table, expenses
from selfeval.statements import MONEY, Figure, Passage, of_part_of_the_year

PEOPLE = "人"
_PEOPLE_UNITS = ("人", "名", "个")
# Another year, a budget, a change or a group of the staff: a figure of something else.
_OTHER = Pattern(
    r"上年|去年|年初|预算|批复|下达|安排|调整|较|比|同比|占|增加|减少|节约|结转|结余|平均|人均|财政拨款|其中|追加|二级|下属|所属|直属"
)
_OF_WHICH = Pattern("其中|包括")
_SPENT, _BUDGET_END = Pattern("支出|决算(?:支出)?|执行数?"), Pattern("(?:年初)?预算(?:数|安排)?$")
_GROUPS = Pattern(
    r"岗位|公益|管护|护林|协管|辅警|网格|保洁|学生|学员|医师|行政|事业|工勤|参公|参照|聘|临时|离|退休|遗属|空编|超编|其他|下属|二级|直属|所属|中心|支队|大队|分局|科室|领导|机关党委"
)
_YEAR = Pattern(r"(20\d{2})年")


class Concept(NamedTuple):
    """What is stated twice: its name, how sentences call it, and the unit that it is counted in."""

    name: str
    called: Pattern
    unit: str
    basic: bool = False


CONCEPTS = (
    Concept("编制数", Pattern(r"编制(?:人员|人数|数|总数|名额)*$"), PEOPLE),
    Concept(
        "在职人数",
        Pattern(r"(?:在职|在岗|实有|在编)(?:在编|在职|在岗)?(?:人员|人数|职工|干部|干部职工)*$"),
        PEOPLE,
    ),
    Concept("基本支出", Pattern(r"^基本支出(?:决算)?(?:支出)?$"), MONEY, True),
    Concept("人员经费", Pattern(r"^人员(?:经费|支出)(?:支出)?$"), MONEY, True),
    Concept("公用经费", Pattern(r"^(?:日常)?公用(?:经费|支出)(?:支出)?$"), MONEY, True),
    Concept("项目支出", Pattern(r"^项目支出(?:决算)?$"), MONEY),
    Concept("三公经费", Pattern(r"^三公经费(?:总体)?(?:支出|决算)*$"), MONEY),
    Concept("公务接待费", Pattern(r"^公务接待费(?:支出)?$"), MONEY),
    Concept("公务用车运行维护费", Pattern(r"^公务用车运行(?:和)?维护费(?:支出)?$"), MONEY),
    Concept("公务用车购置费", Pattern(r"^公务用车购置费(?:支出)?$"), MONEY),
    Concept("因公出国（境）费", Pattern(r"^因公出国(?:费|费用|经费)?(?:支出)?$"), MONEY),
    Concept("政府采购金额", Pattern(r"^政府采购(?:金额|支出|总额)$"), MONEY),
)


# What 三公经费 is made of.
_PARTS = ("公务接待费", "公务用车运行维护费", "公务用车购置费", "因公出国（境）费")


class Stated(NamedTuple):
    """A figure of a table: its form and cell, the value in 万元 or persons."""

    form: Form
    cell: Cell
    value: Decimal


def stated(context: Context) -> dict[str, list[Stated]]:
    """What base data and department form state of this year, by the name of the concept."""
    found: dict[str, list[Stated]] = {}

    def add(name: str, form: Form, cell: Cell | None, unit: str) -> None:
        value = number(cell)
        if value is not None:
            scale = UNITS.get(form.amount_unit, Decimal(1)) if unit == MONEY else Decimal(1)
            found.setdefault(name, []).append(Stated(form, cell, value * scale))

    for form in context.filing.forms:
        if form.kind is FormKind.BASE_DATA:
            table = context.once(expenses, form)
            add("编制数", form, table.staff.get("posts"), PEOPLE)
            add("在职人数", form, table.staff.get("people"), PEOPLE)
            for name, row in _rows(table).items():
                if row and table.spent:
                    add(name, form, row.cells.get(table.spent), MONEY)
        elif form.kind is FormKind.DEPARTMENT:
            for name, role in (
                ("基本支出", FundingRole.BASIC_EXPENDITURE),
                ("项目支出", FundingRole.PROJECT_EXPENDITURE),
            ):
                line = next(form.lines(role), None)
                if line:
                    add(name, form, spent_on(form, line), MONEY)
    return found


class TwoYears(NamedTuple):
    """A figure of the base data in this year and in the year before, which is not 0."""

    now: Stated
    before: Stated


def stated_before(context: Context) -> dict[str, list[TwoYears]]:
    """What the base data state of this year and of the year before, by the name of the concept."""
    found: dict[str, list[TwoYears]] = {}
    for form in context.filing.forms:
        table = context.once(expenses, form)
        years = sorted(heading for heading in table.headings if "决算" in heading)
        if len(years) != 2 or years[1] != table.spent:
            continue
        scale = UNITS.get(form.amount_unit, Decimal(1))
        for name, row in _rows(table).items():
            before, now = (row.cells.get(heading) if row else None for heading in years)
            if number(before) and number(now) is not None:
                two = (Stated(form, cell, number(cell) * scale) for cell in (now, before))
                found.setdefault(name, []).append(TwoYears(*two))
    return found


def _rows(table: Table) -> dict[str, Row | None]:
    return {
        "项目支出": table.projects,
        "公用经费": table.operating,
        "三公经费": table.three_publics,
        "公务接待费": table.reception,
        "公务用车运行维护费": table.running,
        "公务用车购置费": table.purchase,
        "因公出国（境）费": table.overseas,
        "政府采购金额": table.procurement,
    }


def results(context: Context) -> dict[tuple[str, str], list[tuple[int, Figure, Passage]]]:
    """What the report's sentences state as results, by unit and name, numbered in their order: figures that
    are exact and stand outside brackets."""
    said = (
        (figure, passage)
        for passage in context.passages.figured
        if passage.form.kind is FormKind.REPORT and not passage.planned
        for figure in passage.figures
        if not figure.rough and not figure.depth
    )
    found: dict[tuple[str, str], list[tuple[int, Figure, Passage]]] = {}
    for order, (figure, passage) in enumerate(said):
        unit = PEOPLE if figure.unit in _PEOPLE_UNITS else figure.unit
        found.setdefault((unit, _spent(figure) or figure.label), []).append((order, figure, passage))
    return found


def told(context: Context, concept: Concept) -> Iterator[tuple[Figure, Passage]]:
    """What the report's sentences say of a concept in this year, results only."""
    other = _OTHER if concept.unit == MONEY else _GROUPS
    part = concept.name in _PARTS
    wanted = context.filing.year
    by_name = context.once(results, context)
    named = (
        said
        for (unit, name), those in by_name.items()
        if unit == concept.unit and concept.called.search(name)
        for said in those
    )
    for _, figure, passage in sorted(named, key=itemgetter(0)):
        words = figure.words
        if part and "三公" in passage.text[: figure.start]:
            # “三公”经费…，其中公务接待费…: a part of the same whole as in the table.
            words = _OF_WHICH.sub("", words)
        if other.search(words) or of_part_of_the_year(passage.text, figure.start):
            continue
        years = {int(year) for year in _YEAR.findall(passage.text, 0, figure.start)}
        if wanted and years and wanted not in years:
            continue
        # A budget named once holds for the parts that follow it.
        if concept.unit == MONEY and not _spent(figure) and _budgeted(passage, figure):
            continue
        yield figure, passage


def _spent(figure: Figure) -> str:
    """三公经费 for the 支出7万元 of “三公”经费预算9万元，支出7万元, else ""."""
    if not figure.generic or not _SPENT.fullmatch(figure.label):
        return ""
    named = _BUDGET_END.search(figure.subject)
    return figure.subject[: named.start()] if named else ""


def _budgeted(passage: Passage, figure: Figure) -> bool:
    before = re.split(r"[。;]", passage.text[: figure.start])[-1]
    said = re.findall(r"预算|年初|批复|下达|安排|支出|决算|执行", before.rpartition("其中")[0])
    return bool(said) and any(word in ("预算", "年初", "批复", "下达", "安排") for word in said)
