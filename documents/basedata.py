"""The base data table (基础数据表): every labelled figure as an Entry of row label and column heading."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from documents.basedata_halves import FIGURE, YEAR, is_heading, one_below_the_other
from documents.blocks import Block
from documents.cells import clean, covering
from documents.evaluation import unit_in
from documents.funding import squash_label
from documents.grid import GridCell, Line
from documents.heads import identify
from selfeval.filing import Cell, Entry, Form, FormKind, Note
from selfeval.labels import squash
from selfeval.pattern import Pattern
from selfeval.quantity import parse_quantity

# Who files stands above the first figures.
_FIRST = 3
_NUMBERING = Pattern(r"^[(（]?(?:\d{1,2}|[一二三四五六七八九十]+)[)）]?[、.．)）]\s*")
_UNIT = Pattern(r"[(（](?:万元|元|亿元|㎡|m2|平方米|人|辆|%|％)[)）]")
_STAFF = Pattern(
    r"(?:人员|年末|财政供养|\d{4}年末?)?(?:编制|在职|实有|在岗|在编)(?:在职|在岗|实有|在编)?(?:人员|人数|总数|数)*|(?:人员)?控制率"
)
_STAFF_RATE = Pattern(r"((?:人员)?控制率)[:：]?(\d[\d.]*[%％]?)")

# 厉行节约保障措施: what stands there is told in words, however few.
_IN_WORDS = Pattern("(?:措施|说明|备注)$")


def is_base_data(block: Block) -> bool:
    if "基础数据表" in squash(block.title):
        return True
    # One text to search, each name on a line of its own.
    names = "\n".join(["", *block.names(), ""])
    return "\n财政供养人员" in names or ("三公" in names and ("决算数\n" in names or "决算\n" in names))


def read(block: Block, notes: list[Note]) -> Form:
    """The entries in the order of the table; the unit of the amounts as printed above or beside them."""
    entries: list[Entry] = []
    headings: list[GridCell] = []
    subject = ""
    years: list[int] = []
    edge = min(line.cells[0].column for line in block.lines)
    for line, begin in one_below_the_other(block.lines, edge):
        filled = line.filled
        if len(pairs := list(_staff(line))) > 1:
            entries.extend(pairs)
            continue
        first = line.cells[0]
        label_cell = first if first.column == begin else None
        rest = [cell for cell in filled if cell is not label_cell]
        named = [cell for cell in rest if is_heading(cell.text)]
        # Another table may stand beside this one: 2022年决算 | 2023年决算 | 名称 | 金额.
        years_named = sum(YEAR.match(squash(cell.text)) is not None for cell in named) > 1
        figures = any(FIGURE.fullmatch(squash(cell.text)) for cell in rest)
        if rest and (len(named) == len(rest) or (years_named and not figures)):
            headings = named if len(named) == len(rest) else [c for c in named if YEAR.match(squash(c.text))]
            subject = _label(label_cell.text) if label_cell else subject
            years.extend(
                int(year)
                for cell in rest
                if "决算" in cell.text or "年末" in cell.text
                for year in YEAR.findall(cell.text)
            )
            continue
        own_label = _label(label_cell.text) if label_cell and label_cell.row == line.number else ""
        label = own_label or subject
        beside = [cell for cell in line.own if cell is not label_cell]
        if own_label and len(beside) == 1 and _runs_over(beside[0], headings):
            entries.append(Entry(label, "", _cell(line, beside[0], beside[0].column)))
            continue
        told = [cell for cell in beside if cell.text]
        if len(told) == 1 and _IN_WORDS.search(own_label) and not FIGURE.fullmatch(squash(told[0].text)):
            entries.append(Entry(label, "", _cell(line, told[0], told[0].column)))
            continue
        for heading in headings:
            entries.append(
                Entry(label, _heading(heading.text), _cell(line, covering(line, heading), heading.column))
            )
            _check(entries[-1], notes)
    return Form(
        id="",
        kind=FormKind.BASE_DATA,
        title=block.title,
        at=block.at,
        unit=identify(block, block.lines[:_FIRST]).get("unit"),
        amount_unit=unit_in(
            [head.text for head in block.heads] + [cell.text for line in block.lines for cell in line.filled]
        ),
        year=block.year or max(years, default=None),
        entries=tuple(entries),
    )


def _staff(line: Line) -> Iterator[Entry]:
    """The staff in one row, each figure beside what it counts: 编制数 | 124 | 在职人数 | 119 | 控制率95.97%."""
    own = [cell for cell in line.filled if cell.row == line.number]
    for cell, after in zip(own, [*own[1:], None], strict=True):
        name = squash(cell.text)
        if told := _STAFF_RATE.fullmatch(name):
            number = parse_quantity(told[2]).number
            yield Entry("", told[1], Cell(told[2], number, line.place(cell.column)))
        elif after and _STAFF.fullmatch(_UNIT.sub("", name)) and FIGURE.fullmatch(squash(after.text)):
            yield Entry("", _heading(cell.text), _cell(line, after, after.column))


def is_empty(form: Form) -> bool:
    return not any(entry.cell.number is not None for entry in form.entries)


def _runs_over(cell: GridCell, headings: list[GridCell]) -> bool:
    """One cell under all headings holds text about the row, not a figure of a column."""
    under = sum(cell.column < heading.end and heading.column < cell.end for heading in headings)
    return under > 1 or (not FIGURE.fullmatch(squash(cell.text)) and len(cell.text) > 12)


def _label(text: str) -> str:
    return _NUMBERING.sub("", squash_label(text)).rstrip(":：")


def _heading(text: str) -> str:
    return _UNIT.sub("", squash_label(text))


def _cell(line: Line, cell: GridCell | None, column: int) -> Cell:
    if cell is not None and cell.row != line.number:
        cell = None
    text = clean(cell.text) if cell else ""
    number: Decimal | None = parse_quantity(text).number if text else None
    return Cell(text, number, line.place(cell.column if cell else column))


def _check(entry: Entry, notes: list[Note]) -> None:
    cell = entry.cell
    if cell.text and cell.number is None and cell.text != "无":
        notes.append(
            Note(
                at=cell.at,
                found=cell.text,
                expected="数值",
                message=f"“{entry.label}”的“{entry.heading}”应填数值，填的是“{cell.text[:40]}”，不能作为数值读取。",
            )
        )
