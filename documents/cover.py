"""The report's cover (报告封面表): contact, staff, income, spending, 三公, assets, goals, score and grade."""

from __future__ import annotations

from documents.blocks import Block
from documents.cells import covering, value_cell
from documents.evaluation import amount_unit, goal_pair
from documents.funding import squash_label
from documents.grid import GridCell, Line
from documents.headers import goal_columns, indicator_columns
from documents.heads import identify
from documents.indicators import IndicatorReader
from selfeval.filing import Cell, Entry, Form, FormKind, Indicator, Note
from selfeval.labels import GRADE, bare, squash
from selfeval.money import parse_number
from selfeval.pattern import Pattern

_SUBJECT = "机构名称"
_MARKS = ("人员编制", "实有人数", "职能职责概述", "绩效自评综合得分", "基本概况", _SUBJECT)
_SCORE = Pattern(r"(?:评分|得分|总分|分数)[:：]?\s*(\d+(?:\.\d+)?)")
_GRADE = Pattern(rf"(?:等级|等次|评级)[:：]?\s*[“\"]?({GRADE})(?![（(])")
_REMARK = Pattern(r"(?:备注|注|说明)[:：]")
_PEOPLE = "姓名"
_LONGEST_LABEL = 40


def is_cover(block: Block) -> bool:
    """Three of the cover's own labels; any one of them also stands in other tables."""
    names = "\n".join([*block.names(), *(bare(head.text) for head in block.heads)])
    return sum(mark in names for mark in _MARKS) >= 3


def read(block: Block, notes: list[Note]) -> Form:
    """Entries carry the row's label and the column's heading; quantitative targets are indicators without weight."""
    entries: list[Entry] = []
    goals: list[tuple[Cell, Cell]] = []
    rows: list[Indicator] = []
    indicators: IndicatorReader | None = None
    pair: tuple[GridCell, GridCell] | None = None
    table: _Table | None = None
    score = grade = None
    for line in block.lines:
        filled = line.filled
        first = bare(filled[0].text) if filled and len(filled[0].text) <= _LONGEST_LABEL else ""
        if first.startswith(_PEOPLE):
            break  # evaluators and signatures, no figures
        if heading := indicator_columns(line):
            indicators, pair, table = IndicatorReader(heading, notes, rows), None, None
        elif columns := goal_columns(line):
            indicators, pair, table = None, columns, None
        elif result := _result(line):
            score, grade = result
            indicators = pair = table = None
        elif first == _SUBJECT:
            table = _Table(line)
        elif (table is not None and table.take(line, entries)) or (
            indicators is not None and indicators.read(line)
        ):
            continue
        elif pair is not None and (said := goal_pair(line, pair)):
            goals.append(said)
        else:
            indicators = pair = table = None
            entries.extend(_beside(line))
    return Form(
        id="",
        kind=FormKind.COVER,
        title=block.title,
        at=block.at,
        unit=identify(block, block.lines).get("unit"),
        year=block.year,
        amount_unit=amount_unit(block),
        entries=tuple(entries),
        indicators=tuple(rows),
        goals=tuple(goals),
        reported_score=score,
        reported_grade=grade,
    )


def is_empty(form: Form) -> bool:
    figures = any(entry.cell.number is not None for entry in form.entries)
    return not figures and not any(i.target or i.actual for i in form.indicators) and not form.reported_score


class _Table:
    """A small table of the cover: 机构名称 | 收入合计 | 其中：…, with headings over up to three rows."""

    def __init__(self, line: Line) -> None:
        self._subject = line.filled[0]
        self._headings = [cell for cell in line.filled if cell is not self._subject]
        self._title = squash_label(self._headings[0].text).removesuffix("合计") if self._headings else ""

    def take(self, line: Line, entries: list[Entry]) -> bool:
        """Another heading row or a row of figures; False when the table has ended."""
        if self._subject in line.cells:
            for cell in line.filled:
                self._headings = [
                    h for h in self._headings if h.end <= cell.column or cell.end <= h.column
                ] + [cell]
            return True
        filled = line.filled
        if (
            not filled
            or filled[0].column != self._subject.column
            or (len(filled) < 2 and filled[0].columns > 8)
        ):
            return False
        label = squash_label(filled[0].text)
        for heading in sorted(self._headings, key=lambda cell: cell.column):
            name = squash_label(heading.text)
            if bare(name) == "其中":
                continue
            # "其他" says nothing without the table that it stands in.
            name = f"{self._title}{name}" if name == "其他" else name
            entries.append(Entry(label, name, value_cell(line, covering(line, heading), heading.column)))
        return True


def _beside(line: Line) -> list[Entry]:
    """Label and value next to each other: 人员编制 | 94 | 实有人数 | 88."""
    found = []
    cells = line.own
    taken: set[int] = set()
    for index, cell in enumerate(cells):
        if not cell.text or index in taken or len(cell.text) > _LONGEST_LABEL:
            continue
        value = next((i for i, other in enumerate(cells) if other.column == cell.end), None)
        if value is None and line.addressed:
            if cell.columns < 8:  # a blank value has no cell in a sheet
                found.append(Entry(squash_label(cell.text), "", value_cell(line, None, cell.end)))
        elif value is not None:
            taken.add(value)
            found.append(
                Entry(squash_label(cell.text), "", value_cell(line, cells[value], cells[value].column))
            )
    return found


def _result(line: Line) -> tuple[Cell | None, Cell | None] | None:
    """Score and grade in one cell: 评分：95  等级：优, with the thresholds as a remark behind them."""
    for label, value in zip(line.filled, line.filled[1:], strict=False):
        name = bare(label.text)
        if "得分" not in name or not ("等次" in name or "等级" in name):
            continue
        said = _REMARK.split(value.text, maxsplit=1)[0]
        at = line.place(value.column)
        score, grade = _SCORE.search(said), _GRADE.search(squash(said))
        return (
            Cell(score[1], parse_number(score[1]), at) if score else None,
            Cell(grade[1], None, at) if grade else None,
        )
    return None
