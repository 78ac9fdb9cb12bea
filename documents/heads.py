"""Who a form is about: label and value side by side above the amounts, or "部门名称：…" in one line."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from functools import lru_cache

from documents.blocks import Block
from documents.cells import clean, joined
from documents.closing import closing
from documents.grid import Line, Paragraph
from documents.ticks import graded, ticked_grade
from selfeval.filing import Cell, Position
from selfeval.labels import GRADE, HEAD, PLACEHOLDER, REPORTED_GRADE, REPORTED_SCORE, bare, squash, unnumbered
from selfeval.money import UNITS, parse_number
from selfeval.pattern import Pattern

_COLON = Pattern(r"[:：]")
_GAP = Pattern(r"\s{2}|\u3000")
# One space does between a value and the label that the next colon ends.
_BEFORE_LABEL = Pattern(r"\s(?=\S+$)")
_LONGEST_INLINE = 30
_GRADE = Pattern(rf"[“\"]?({GRADE})[”\"]?(?:级|等级|等次)?")
_POINTS = Pattern(r"(\d+(?:\.\d+)?)分?")
_TOTAL_LABEL = Pattern(
    r"(?:^|[^\u4e00-\u9fff])(?:自评)?(?:总分|总得分)(?:\([^()]*\))?$|自评得分(?:\([^()]*\))?$"
)
_OWN_SCORE = Pattern(
    r"^(?:[一二三四五六七八九十]+、)?(?:绩效)?自评(?:综合)?(?:总?得分|总分|分数|评分)(?:\([^()]*\))?:?$"
)
# 项目实施单位/项目负责人 | 某农技站/张某
_WITH_PERSON = Pattern(r"(.+?)([/、及和与])(?:项目)?(?:负责人|联系人)")
_LONGEST_LABEL = 40
# Money that is passed on has a department at every tier: that of the lowest one is the filing unit's own.
_TIERS = (Pattern("中央"), Pattern("省|自治区"), Pattern("[市州](?!县)"))
_LONGEST_BOXES = 120


def identify(block: Block, rows: list[Line]) -> dict[str, str]:
    """Field of labels.HEAD → what is filed for it; fields that are blank are left out."""
    found: dict[str, str] = {}
    lowest = -1
    for paragraph in block.heads:
        for label, value in _inline(paragraph.text):
            _take(found, label, value)
    for line in rows:
        cells = line.own
        for index, cell in enumerate(cells):
            if not cell.text:
                continue
            if _COLON.search(cell.text[:_LONGEST_LABEL]):
                for label, value in _inline(cell.text):
                    _take(found, label, value)
            field = _field(cell.text)
            with_person = (
                None if field or len(cell.text) > _LONGEST_LABEL else _WITH_PERSON.fullmatch(bare(cell.text))
            )
            if with_person:
                field = _field(with_person[1])
            if field is None:
                continue
            value = next((other.text for other in cells[index + 1 :] if clean(other.text)), "")
            # The next filled cell may be the next label: then this one was left blank.
            if value and _field(value) is None:
                if field == "department" and (tier := _tier(cell.text)) > lowest:
                    found.pop(field, None)
                    lowest = tier
                # Only what parts them in the label parts them here: 和 and 及 stand in names.
                value = joined(value).partition(with_person[2])[0] if with_person else joined(value)
                found.setdefault(field, value)
    return found


def _tier(label: str) -> int:
    """How far down the label of a department stands: 中央主管部门 0, 县级主管部门 and 主管部门 itself lowest."""
    return next((tier for tier, words in enumerate(_TIERS) if words.search(label)), len(_TIERS))


def result_cells(block: Block, rows: list[Line]) -> tuple[Cell | None, Cell | None]:
    """Score and grade that stand beside their labels outside the indicator table (自评总分 | 98.5 | 等级 | 优)."""
    score, grade = _score_in_words(block, rows), None
    for line in rows:
        for label, said, at in _labelled(line):
            heading = unnumbered(bare(label))
            if score is None and REPORTED_SCORE.names(heading) and (match := _POINTS.fullmatch(squash(said))):
                score = Cell(clean(said), parse_number(match[1]), at)
            if grade is None and REPORTED_GRADE.names(heading):
                match = _GRADE.fullmatch(squash(said))
                if named := match[1] if match else ticked_grade(said):
                    grade = Cell(named, None, at)
        for cell in line.filled if score is None else ():
            if said := closing(cell.text):
                at = line.place(cell.column)
                score = Cell(said.points, parse_number(said.points), at)
                grade = grade or (Cell(said.grade, None, at) if said.grade else None)
        for cell in line.filled if grade is None else ():
            if len(cell.text) <= _LONGEST_BOXES and (named := graded(cell.text)):
                grade = Cell(named, None, line.place(cell.column))
    return score, grade


def self_score(block: Block, rows: list[Line]) -> Cell | None:
    """The unit's own score beside its label outside the tables: 自评得分 | 98, or a line 自评总分：99.6分 above them."""
    said = [(label, value, head.at) for head in block.heads for label, value in _inline(head.text)]
    said += [found for line in rows if not _row_of_totals(line) for found in _labelled(line)]
    for label, value, at in said:
        match = _POINTS.fullmatch(squash(value)) if _OWN_SCORE.search(squash(label)) else None
        if match:
            return Cell(clean(value), parse_number(match[1]), at)
    return None


def _row_of_totals(line: Line) -> bool:
    """自评总分 | 100 | 99.6: the last row of a table, its points first those that could be got."""
    points = [_POINTS.fullmatch(squash(cell.text)) is not None for cell in line.filled]
    return any(first and second for first, second in itertools.pairwise(points))


def _score_in_words(block: Block, rows: list[Line]) -> Cell | None:
    """A score that a line above the tables says with its label: 填报日期：…  总分：99.6分."""
    lines = [(head.text, head.at) for head in block.heads]
    lines += [(cell.text, line.place(cell.column)) for line in rows for cell in line.filled]
    for text, at in lines:
        for label, said in _inline(text) if len(text) <= _LONGEST_BOXES and "分" in text else ():
            named = _TOTAL_LABEL.search(squash(label))
            if named and (match := _POINTS.fullmatch(squash(said))):
                return Cell(clean(said), parse_number(match[1]), at)
    return None


def result_below(foots: list[Paragraph]) -> tuple[Cell | None, Cell | None]:
    """Score and grade that the lines below the form say, the grade perhaps by a tick."""
    said = next(((foot, told) for foot in foots if (told := closing(foot.text))), None)
    if said is None:
        return None, _grade_below(foots)
    foot, told = said
    score = Cell(told.points, parse_number(told.points), foot.at)
    return score, Cell(told.grade, None, foot.at) if told.grade else _grade_below(foots)


def _grade_below(foots: list[Paragraph]) -> Cell | None:
    for foot in foots:
        if len(foot.text) > _LONGEST_BOXES:
            continue
        said = (value for label, value in _inline(foot.text) if REPORTED_GRADE.names(unnumbered(bare(label))))
        plain = (match[1] for value in said if (match := _GRADE.fullmatch(squash(value))))
        if named := next(plain, None) or graded(foot.text):
            return Cell(named, None, foot.at)
    return None


def _labelled(line: Line) -> Iterator[tuple[str, str, Position]]:
    """What may be a label with its value: two cells side by side, or one cell (自评等级：优)."""
    filled = line.filled
    for cell in filled:
        if len(cell.text) <= _LONGEST_LABEL and _COLON.search(cell.text):
            yield from ((label, said, line.place(cell.column)) for label, said in _inline(cell.text))
    for label, value in itertools.pairwise(filled):
        if len(label.text) <= _LONGEST_LABEL:
            yield label.text, value.text, line.place(value.column)


def _inline(text: str) -> Iterator[tuple[str, str]]:
    """Label and value of each "部门名称：某局" in a line; a value ends at a gap or at the end of the line."""
    pieces = _COLON.split(text)
    last = len(pieces) - 1
    label = pieces[0]
    for index, piece in enumerate(pieces[1:], start=1):
        value = piece.lstrip()
        gap = _GAP.search(value) or (_BEFORE_LABEL.search(value) if index < last else None)
        if len(label) < 2 or (gap is None and index < last):
            label = piece  # no label, or no end before the next colon: all of it may be the next label
            continue
        yield label[-_LONGEST_INLINE:], value[: gap.start()] if gap else value
        label = value[gap.start() :] if gap else ""


def _take(found: dict[str, str], label: str, value: str) -> None:
    # "单位：" alone names the unit, unless it is the unit of the amounts.
    field = "unit" if squash(label) == "单位" and value.strip() not in UNITS else _field(label)
    value = joined(value)
    if field is not None and value and not PLACEHOLDER.search(value) and bare(value):
        found.setdefault(field, value)


def _field(text: str) -> str | None:
    return _known_field(text) if len(text) <= _LONGEST_LABEL else None


@lru_cache(maxsize=8192)
def _known_field(text: str) -> str | None:
    return next((name for name, _ in HEAD.named(bare(text))), None)
