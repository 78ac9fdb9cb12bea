"""Which column of a table means what, from the words of its heading row."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from documents import points_pairs
from documents.grid import GridCell, Line
from selfeval.labels import (
    FUNDING_COLUMNS,
    GOAL_ACTUAL,
    GOAL_TARGET,
    INDICATOR_COLUMNS,
    OTHER_COLUMNS,
    Labels,
    bare,
    squash,
)
from selfeval.money import parse_number
from selfeval.pattern import Pattern

Columns = dict[str, GridCell]

_LONGEST = 40
_AMOUNTS = ("initial_budget", "adjusted_budget", "executed")
_GROUP = Pattern("(?:评价|考核)?(?:项目|类别)")
_WHOLE = Pattern("合计|总计|小计")
# The letters by which formulas name a column: 全年预算数A, 执行率B/A, 执行率=B/A×100%.
_LETTERS = Pattern(r"(?<=[\u4e00-\u9fff])(?:[A-Z①-⑨]|=?[A-Z①-⑨][/÷][A-Z①-⑨](?:[×*xX]100%?)?)$")
# 预算执行（E/C×100%）: by its formula a rate, though its words do not say so.
_RATE = Pattern(r"(?:预算|资金)?(?:执行|支出)\(=?[A-Z①-⑨][/÷][A-Z①-⑨](?:[×*xX]100%?)?\)")


def columns(line: Line, fields: Callable[[str], tuple[tuple[str, int], ...]]) -> Columns:
    """Field → heading cell. A synonym beats a weak word; of equals the first from the left counts."""
    found: Columns = {}
    strength: dict[str, int] = {}
    for cell in line.cells:
        text = cell[3]
        if not text or len(text) > _LONGEST:
            continue
        for name, fits in fields(text):
            if fits > strength.get(name, 0):
                found[name], strength[name] = cell, fits
                break
    return found


# The same few headings come in every filing: what they mean is worked out once.
@lru_cache(maxsize=8192)
def funding_fields(text: str) -> tuple[tuple[str, int], ...]:
    """The columns of a funding block that a heading may name, with how clearly it does (2, 1)."""
    compact = squash(text)
    if compact.endswith(")") and _RATE.fullmatch(compact):
        return (("execution_rate", 2),)
    return _fields(text, FUNDING_COLUMNS)


@lru_cache(maxsize=8192)
def indicator_fields(text: str) -> tuple[tuple[str, int], ...]:
    """The fields of an indicator table that a heading may name, with how clearly it does (2, 1)."""
    return _fields(text, INDICATOR_COLUMNS)


def _fields(text: str, labels: Labels[str]) -> tuple[tuple[str, int], ...]:
    heading = bare(text)
    if heading[-1:] < "\u4e00":  # ends in no Chinese word
        heading = _LETTERS.sub("", heading)
    named = labels.named(heading)
    return () if named and OTHER_COLUMNS.fullmatch(heading) else named


class Heading(NamedTuple):
    """What a row heads: an indicator table, the funding block, the overall goals; most rows nothing."""

    indicators: Columns | None = None
    funding: Columns | None = None
    goals: tuple[GridCell, GridCell] | None = None


_NO_HEADING = Heading()


def indicator_columns(line: Line) -> Columns | None:
    """The columns of an indicator table when the row is its heading, else None."""
    return _heading(line).indicators


def funding_columns(line: Line) -> Columns | None:
    """The columns of the funding block when the row is its heading, else None."""
    return _heading(line).funding


def goal_columns(line: Line) -> tuple[GridCell, GridCell] | None:
    """The headings 预期目标 and 实际完成情况 when the row is that of the overall goals."""
    return _heading(line).goals


def _heading(line: Line) -> Heading:
    """Worked out once: which form a block is, its unit and its parts are all found by its headings."""
    known = line.heading
    if known is None:
        known = line.heading = _read_heading(line)
    return known


def _read_heading(line: Line) -> Heading:
    # A heading begins in its row: where no cell of the row is a word of headings, nothing needs to be compared.
    for cell in line.filled:
        if len(cell[3]) <= _LONGEST and not cell[3].isascii() and is_heading_word(cell[3]):
            return Heading(_indicator_columns(line), _funding_columns(line), _goal_columns(line))
    return _NO_HEADING


@lru_cache(maxsize=8192)
def is_heading_word(text: str) -> bool:
    """Whether a text names a column of funds or indicators, or the achieved goals."""
    return (
        bool(indicator_fields(text) or funding_fields(text))
        or _is_goal_actual(text)
        or points_pairs.order(text) is not None
    )


def _indicator_columns(line: Line) -> Columns | None:
    found = columns(line, indicator_fields)
    _points_in_one(line, found)
    _own_weight(line, found)
    _scores_of_levels(line, found)
    _level_beside(line, found)
    _whole_note(line, found)
    levels = "name" in found or "level2" in found or "level1" in found
    # Without an actual value or a score it is a plan of targets, no self-evaluation.
    judged = "actual" in found or "score" in found
    return found if levels and judged and len(found) >= 3 and _begins(line, found) else None


def plans_targets(line: Line) -> bool:
    """Whether the row heads a plan: indicators with their targets, without a column for what came of them."""
    found = columns(line, indicator_fields)
    named = "name" in found or "level2" in found
    return named and "target" in found and not {"actual", "score"} & set(found) and _begins(line, found)


def _points_in_one(line: Line, found: Columns) -> None:
    """得分/分值 heads both, where neither has a column of its own."""
    both = next((cell for cell in line.cells if points_pairs.order(cell.text)), None)
    if both is not None and all(found.get(name) in (None, both) for name in ("score", "weight")):
        found["score"] = found["weight"] = both


def _own_weight(line: Line, found: Columns) -> None:
    """Where every level has a weight beside it (一级指标 | 权重 | … | 三级指标 | 权重), the name's counts."""
    name, weight = found.get("name"), found.get("weight")
    if name is None or weight is None or weight.column > name.column:
        return
    behind = [
        cell
        for cell in line.cells
        if cell.column >= name.end and ("weight", 2) in indicator_fields(cell.text)
    ]
    if behind:
        found["weight"] = behind[0]


def _scores_of_levels(line: Line, found: Columns) -> None:
    """一级指标 | 得分 | … | 三级指标 | 得分 | 评价标准 | 得分: what each level can get, and last what was got."""
    name, score = found.get("name"), found.get("score")
    if name is None or score is None or score.column > name.column:
        return
    behind = [c for c in line.cells if c.column >= name.end and ("score", 2) in indicator_fields(c.text)]
    if behind:
        found["score"] = behind[-1]
    if len(behind) > 1 and behind[0].column == name.end:
        found.setdefault("weight", behind[0])


def _level_beside(line: Line, found: Columns) -> None:
    """项目 | 评价内容 | 分值: what stands left of the names groups them as a level does."""
    name = found.get("name")
    if name is None or "level1" in found or "level2" in found:
        return
    beside = (c for c in line.own if c.end == name.column and _GROUP.fullmatch(bare(c.text)))
    if level := next(beside, None):
        found["level1"] = level


def _whole_note(line: Line, found: Columns) -> None:
    """Reason and remedy in columns of their own (偏差原因分析 | 改进措施) are one note, wherever it is written."""
    note = found.get("deviation_note")
    if note is None:
        return
    for cell in line.cells:
        if cell.column == note.end and ("deviation_note", 2) in indicator_fields(cell.text):
            note = note._replace(columns=note.columns + cell.columns)
    found["deviation_note"] = note


def _funding_columns(line: Line) -> Columns | None:
    found = columns(line, funding_fields)
    _points_in_one(line, found)
    _first_budget(line, found)
    _sum_of_sources(line, found)
    _beside_the_amounts(line, found)
    amounts = sum(name in found for name in _AMOUNTS)
    if not (amounts >= 2 or (amounts == 1 and "execution_rate" in found)):
        return None
    # "预算数：| 400 | 执行数：| 380" is a row of amounts with its labels beside them.
    # What stands beside the block, such as a column of helping figures, says nothing of it.
    first, last = min(c.column for c in found.values()), max(c.end for c in found.values())
    within = (cell for cell in line.filled if first <= cell.column < last)
    figures = any(parse_number(cell.text) is not None for cell in within)
    return found if not figures and _begins(line, found) else None


def _first_budget(line: Line, found: Columns) -> None:
    """Of two budgets the one before the adjusted budget is the initial one, though it is called 预算安排 alone."""
    adjusted = found.get("adjusted_budget")
    if adjusted is None or "initial_budget" in found:
        return
    before = (c for c in line.cells if c.end <= adjusted.column and _is_some_budget(c.text))
    if ("adjusted_budget", 2) in funding_fields(adjusted.text) and (first := next(before, None)):
        found["initial_budget"] = first


def _sum_of_sources(line: Line, found: Columns) -> None:
    """中央 | 省、地 | 本级 | 其他 | 合计 | 执行数: the sum of the sources is the budget where no column is called so."""
    spent = found.get("executed")
    if spent is None or any(name in found for name in _AMOUNTS[:2]):
        return
    before = [cell for cell in line.own if cell.end <= spent.column and cell.text]
    if len(before) > 2 and _WHOLE.fullmatch(bare(before[-1].text)):
        found["adjusted_budget"] = before[-1]


def _is_some_budget(text: str) -> bool:
    return len(text) <= _LONGEST and ("adjusted_budget", 1) in funding_fields(text)


def _beside_the_amounts(line: Line, found: Columns) -> None:
    """What names the block (预算执行率 | 年初预算数 | … | 执行率) is no column where another one follows the amounts."""
    start = min((found[name].column for name in _AMOUNTS if name in found), default=0)
    for name, cell in list(found.items()):
        if cell.column < start:
            behind = (c for c in line.cells if c.column > start and name in dict(funding_fields(c.text)))
            found[name] = next(behind, cell)


def _goal_columns(line: Line) -> tuple[GridCell, GridCell] | None:
    for cell in line.filled:
        if _is_goal_actual(cell.text):
            before = [c for c in line.filled if c.column < cell.column and GOAL_TARGET.names(bare(c.text))]
            if before:
                return before[-1], cell
    return None


@lru_cache(maxsize=8192)
def _is_goal_actual(text: str) -> bool:
    return len(text) <= _LONGEST and bool(GOAL_ACTUAL.names(bare(text)))


def _begins(line: Line, found: Columns) -> bool:
    """Headings begin in their row; under a merged heading the rows below show it again and are data."""
    return sum(cell.row == line.number for cell in found.values()) >= 2
