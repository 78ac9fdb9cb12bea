"""The three self-evaluation forms (整体支出, 项目支出, 政府性基金): funding, goals, indicators, total."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from documents import columns_apart, funding_pairs, halves, prompts, reasons
from documents.blocks import Block
from documents.cells import clean, covering, value_cell
from documents.funding import FundingReader
from documents.grid import GridCell, Line
from documents.headers import Columns, funding_columns, goal_columns, indicator_columns
from documents.heads import identify, result_below, result_cells, self_score
from documents.indicators import IndicatorReader, Total, is_total, level_name
from documents.subheadings import refined
from selfeval.filing import Cell, Entry, Form, FormKind, FundingLine, Indicator, Note, Sentence
from selfeval.labels import FOOTER, HEAD, INSTRUCTION, LIST_COLUMN, bare, squash
from selfeval.pattern import Pattern

_MOST_HEAD_ROWS, _LONGEST_LABEL, _LONGEST_SIGNED = 8, 40, 80
_UNIT = Pattern(r"[(:]?(百万元|万元|亿元|千元|元)\)?")


@dataclass(slots=True)
class _Sheet:
    """What has been read of a form so far."""

    funding: list[FundingLine] = field(default_factory=list)
    indicators: list[Indicator] = field(default_factory=list)
    goals: list[tuple[Cell, Cell]] = field(default_factory=list)
    reasons: list[Entry] = field(default_factory=list)
    total: Total = field(default_factory=Total)
    indicator_points: Decimal | None = None
    beside: list[Line] = field(default_factory=list)  # rows of neither block: heads and conclusions


def has_evaluation(block: Block) -> bool:
    """Whether the block holds a funding or an indicator table of a self-evaluation."""
    return any(indicator_columns(line) or funding_columns(line) for line in block.lines)


def has_indicators(block: Block) -> bool:
    return any(indicator_columns(line) for line in block.lines)


def goes_on(before: Block, block: Block) -> bool:
    """Whether a table may go on with the one before: it has no funds, and is of no other project or unit.

    Platforms print title and 项目名称 on every page."""
    if any(funding_columns(line) for line in block.lines):
        return False
    first, then = (identify(one, _head_rows(one)) for one in (before, block))
    return all(squash(first.get(field, "")) == squash(name) for field, name in then.items())


def body(block: Block) -> list[Line]:
    """The rows of a table that goes on, without those that say once more whose it is."""
    again = _head_rows(block)
    return [line for line in block.lines if not any(line is row for row in again)]


def _head_rows(block: Block) -> list[Line]:
    """The rows above funds and indicators that name project, unit or department."""
    above = itertools.takewhile(
        lambda line: not (indicator_columns(line) or funding_columns(line)), block.lines[:_MOST_HEAD_ROWS]
    )
    return [
        line
        for line in above
        if any(len(cell.text) <= _LONGEST_LABEL and HEAD.named(bare(cell.text)) for cell in line.filled)
    ]


def has_total(block: Block) -> bool:
    """Whether the 总分 row that ends a form is there; a 合计 above the indicators is that of the funds."""
    below = False
    for line in block.lines:
        below = below or indicator_columns(line) is not None
        if below and line.filled and is_total(line.filled[0].text):
            return True
    return False


def is_list(block: Block) -> bool:
    """Whether it lists projects, one a row (序号 | 项目名称 | 年初预算数 | 全年执行数), and is no form."""
    for line in block.lines:
        if indicator_columns(line):
            return False
        if funding_columns(line):
            return any(
                LIST_COLUMN.fullmatch(name) or HEAD["project"].names(name)
                for name in (bare(cell.text) for cell in line.filled if len(cell.text) <= 40)
            )
    return False


def kind_of(block: Block) -> FormKind:
    """Which of the three forms it is: by its title, else by the label that names its subject."""
    title = squash(block.title)
    named = block.names(6)
    if "政府性基金" in title or any(
        name.startswith("政府性基金") and name.endswith("名称") for name in named
    ):
        return FormKind.FUND
    if "整体" in title:
        return FormKind.DEPARTMENT
    if any(word in title for word in ("项目", "专项", "转移支付")):
        return FormKind.PROJECT
    if any(HEAD["project"].names(name) for name in named):
        return FormKind.PROJECT
    if any(HEAD["unit"].names(name) for name in named):
        return FormKind.DEPARTMENT
    return FormKind.PROJECT


def read(block: Block, notes: list[Note]) -> Form:
    """The form of a block; `id` is given by the caller."""
    unit = amount_unit(block)
    sheet = _walk(halves.one_below_the_other(block.lines), unit, notes)
    if not sheet.funding:
        sheet.funding.extend(funding_pairs.read(sheet.beside, unit, notes))
    notes.extend(prompts.left(sheet.beside, sheet.goals))
    heads = identify(block, sheet.beside)
    kind = kind_of(block)
    # A department's own form has no line for the unit: 主管部门 is the one that files it.
    unit_named = heads.get("unit") or heads.get("implementer")
    if kind is FormKind.DEPARTMENT:
        unit_named = unit_named or heads.get("department")
    score, grade = result_cells(block, sheet.beside)
    score_below, grade_below = result_below(block.foots)
    if sheet.total.score is None or not sheet.total.score.text:
        sheet.total.score = score or score_below or sheet.total.score
    return Form(
        id="",
        kind=kind,
        title=block.title,
        at=block.at,
        project=heads.get("project"),
        unit=unit_named,
        department=heads.get("department"),
        year=block.year,
        amount_unit=unit,
        funding=tuple(sheet.funding),
        indicators=tuple(columns_apart.together(sheet.indicators)),
        goals=tuple(sheet.goals),
        reasons=(
            *sheet.reasons,
            *reasons.of_total(sheet.total.note),
            *reasons.in_rows(sheet.beside),
            *reasons.in_columns(sheet.beside),
            *reasons.below(block.foots),
        ),
        indicator_points=sheet.indicator_points,
        remarks=tuple(_remarks(sheet.beside)),
        total_weight=sheet.total.weight,
        reported_score=sheet.total.score,
        head_score=self_score(block, sheet.beside),
        recheck_total=sheet.total.recheck,
        reported_grade=sheet.total.grade or grade or grade_below,
        footer=(*((sheet.total.below,) if sheet.total.below else ()), *_signed(sheet)),
    )


def is_empty(form: Form) -> bool:
    """A blank or summary form: no amount and no indicator with target, actual value or score."""
    amounts = any(
        cell
        for line in form.funding
        for cell in (line.initial_budget, line.adjusted_budget, line.executed, line.amount)
    )
    filled = any(i.target or i.actual or i.score for i in form.indicators)
    return not amounts and not filled


def amount_unit(block: Block) -> str:
    """The unit that the funding block, the lines above or its headings print; 万元 when none does."""
    texts = [head.text for head in block.heads]
    for line in block.lines:
        if indicator_columns(line):
            break
        if funding_columns(line):
            texts = [cell.text for cell in line.cells] + texts
            break
        texts = [cell.text for cell in line.filled] + texts
    return unit_in(texts)


def unit_in(texts: Iterable[str]) -> str:
    """The first unit that one of the texts prints (单位：元, 项目资金（万元）); 万元 when none does."""
    for text in texts:
        compact = squash(text)
        match = _UNIT.search(compact) if len(compact) <= 40 else None
        if match and (match[0] != match[1] or compact == match[1]):
            return match[1]
    return "万元"


def _walk(lines: list[Line], unit: str, notes: list[Note]) -> _Sheet:
    sheet = _Sheet()
    funding: FundingReader | None = None
    indicators: IndicatorReader | None = None
    last: IndicatorReader | None = None
    goals: tuple[GridCell, GridCell] | None = None
    reason: GridCell | None = None
    heading_row = 0
    for above, line in zip([None, *lines], lines, strict=False):
        if (
            indicators is not None
            and line.number == heading_row + 1
            and (heading := refined(indicators.heading, line))
        ):
            indicators.take_heading(heading)
            heading_row = line.number
        elif heading := indicator_columns(line):
            heading_row = line.number
            sheet.indicator_points = sheet.indicator_points or _points_of_all(line, heading)
            # The heading is repeated where the table goes on over a page: levels go on as well.
            carried = (
                (indicators.level1, indicators.level2, indicators.level1_weight)
                if indicators
                else ("", "", None)
            )
            indicators = IndicatorReader(heading, notes, sheet.indicators)
            indicators.level1, indicators.level2, indicators.level1_weight = carried
            if above is not None:
                indicators.read_level(above)
            funding = goals = None
        elif heading := funding_columns(line):
            previous = funding.previous if funding else None
            funding = FundingReader(heading, line, unit, notes, sheet.funding, previous)
            reason = reasons.column(line)
            goals = None
            last, indicators = indicators or last, None
        elif pair := goal_columns(line):
            funding, goals = None, pair
        elif indicators is not None:
            if line.number == heading_row + 1:
                sheet.indicator_points = sheet.indicator_points or _points_of_all(line, indicators.heading)
            if not indicators.read(line):
                sheet.beside.append(line)
                last, indicators = indicators, None
        elif goals is not None:
            if pair := goal_pair(line, goals):
                sheet.goals.append(pair)
            else:
                goals = None
                sheet.beside.append(line)
        elif (
            (last is not None and _is_result(line) and last.read_total(line))
            or (funding is not None and funding.read(line))
            or (last is not None and last.read_total(line))
        ):
            if funding is not None and (said := reasons.beside_funds(line, reason)):
                sheet.reasons.append(said)
        else:
            funding = None
            sheet.beside.append(line)
    ended = indicators or last
    sheet.total = ended.total if ended and ended.total else sheet.total
    return sheet


def _signed(sheet: _Sheet) -> Iterator[Sentence]:
    """The rows behind the last indicator in which somebody signs."""
    last = max((row.at.row for row in sheet.indicators), default=0)
    for line in sheet.beside:
        said = "  ".join(clean(cell.text) for cell in line.filled)
        if not line.filled or is_total(line.filled[0].text):
            continue  # what its cell says below the label is taken already
        if line.number > last and len(said) <= _LONGEST_SIGNED and FOOTER.search(squash(said)):
            yield Sentence(said, line.place(line.filled[0].column))


def _points_of_all(line: Line, heading: Columns) -> Decimal | None:
    """The points printed at the left of the indicators: 绩效指标（90分）."""
    first = min(cell.column for cell in heading.values())
    left = (level_name(cell.text)[1] for cell in line.cells if cell.column < first)
    return next((points for points in left if points is not None), None)


def _remarks(beside: list[Line]) -> Iterator[Entry]:
    """What rows of neither block say in sentences, with the label beside or above them; instructions are none."""
    above = ""
    for line in beside:
        own = [cell for cell in line.filled if cell.row == line.number]
        said = [
            cell for cell in own if cell.text.rstrip().endswith("。") and any(map(str.isdigit, cell.text))
        ]
        label = squash(own[0].text) if own and own[0] not in said else above
        if said and not INSTRUCTION.match(label) and not INSTRUCTION.match(squash(said[-1].text)):
            yield Entry(label, "", value_cell(line, said[-1], said[-1].column))
        above = squash(own[0].text) if len(own) == 1 else ""


def _is_result(line: Line) -> bool:
    """Whether a row is the 总分 of the form and not the 合计 of funds that stand below the indicators."""
    return bool(line.filled) and "分" in line.filled[0].text and is_total(line.filled[0].text)


def goal_pair(line: Line, columns: tuple[GridCell, GridCell]) -> tuple[Cell, Cell] | None:
    """Goal and achievement of a row; None when the row is no row of goals."""
    expected, achieved = (covering(line, heading) for heading in columns)
    if expected is achieved:
        return None
    return (value_cell(line, expected, columns[0].column), value_cell(line, achieved, columns[1].column))
