"""Which rows belong to one form: a document cut into blocks of title, rows and footer.

One sheet may hold several forms, a title may stand inside the table, a footer may have slipped to the
top of the next sheet, and in Word titles and footers are paragraphs around the table.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from functools import cached_property
from typing import NamedTuple

from documents import beside
from documents.closing import closing
from documents.grid import Document, Grid, Line, Paragraph
from selfeval.filing import Position
from selfeval.labels import ATTACHMENT, FOOTER, TITLE, bare, squash
from selfeval.pattern import Pattern
from selfeval.quantity import dates_in_digits

_YEAR = Pattern(r"(20\d{2})\s*年")
_BUDGET_YEAR = Pattern(r"(20\d{2})\s*年度")
# In a line of its own （2022年） says it as well; within a longer one it may be any year.
_YEAR_ALONE = Pattern(r"\(?(20\d{2})年\)?")
_YEAR_FIRST = Pattern(r"(20\d{2})年(?=[\u4e00-\u9fff])")
_YEAR_BESIDE = Pattern(r"\((20\d{2})年度?\)")
# What stands above a table is short; longer paragraphs are report text.
_LONGEST_HEAD = 60
_MOST_HEADS = 10
_LONGEST_FOOT = 300
# So many sentences in a row of lines are a report, fewer are remarks about a table.
_LEAST_SENTENCES = 3
_NAME = 40
_LONGEST_MARK = 24
_PAGE_MARK = Pattern(
    r"[-—(]*第\d+页[,/|]?(?:共\d+页)?[-—)]*|[-—(]*共\d+页[,/|]?第\d+页[-—)]*|\(?续(?:上|前)?[表页]\d*\)?",
    needs="页续",
)
_OF_YEAR = Pattern(r"\(?20\d\d年度?\)?")
_GOES_ON = Pattern(r"\(?[接续](?:上|前)?[表页]?\d*\)$")

# Over a table the title of a form; in running text a heading may read so.
_TABLE_TITLE = Pattern(r"(?:20\d\d年度?)?(?:项目|部门|单位|部门整体)(?:支出)?绩效(?:自评|评价)(?:情况|结果)")


class Block:
    """The rows of one form with what stands above and below them. The heads are complete when it is made."""

    def __init__(self, heads: list[Paragraph]) -> None:
        self.heads = heads
        self.lines: list[Line] = []
        self.foots: list[Paragraph] = []

    @cached_property
    def title(self) -> str:
        """The nearest line above that looks like the title of a paper, "" when there is none."""
        return next((h.text for h in reversed(self.heads) if TITLE.fullmatch(squash(h.text))), "")

    def names(self, rows: int | None = None) -> list[str]:
        """The short texts of the rows, or of the first `rows` of them, as they are compared with labels."""
        return [name for line in self.lines[:rows] for name in _names(line)]

    @cached_property
    def year(self) -> int | None:
        """The budget year that the title or a line like （2022年度） or （2022年） above states; dates are none."""
        match = _YEAR.search(dates_in_digits(self.title))
        heads = (
            _BUDGET_YEAR.search(dates_in_digits(h.text))
            for h in reversed(self.heads)
            if len(h.text) <= _LONGEST_HEAD
        )
        alone = (_YEAR_ALONE.fullmatch(squash(h.text)) for h in reversed(self.heads) if len(h.text) <= _NAME)
        # 2023年某项目资金使用情况 names its year and no day of it.
        first = (_YEAR_FIRST.match(head.text) for head in self.heads if len(head.text) <= _LONGEST_HEAD)
        # Beside something else the line is a row of the table: （2022年度） | 自评总分 | 98.
        cells = (cell.text for line in self.lines[:2] for cell in line.filled if len(cell.text) <= _NAME)
        beside = (_YEAR_BESIDE.fullmatch(squash(text)) for text in cells)
        match = match or next(filter(None, itertools.chain(heads, alone, beside, first)), None)
        return int(match[1]) if match else None

    @property
    def width(self) -> int:
        """How many columns its rows have."""
        return max(cell.end for line in self.lines for cell in line.cells) - 1

    @property
    def at(self) -> Position:
        first = self.lines[0]
        return first.at if first.addressed else Position(part=first.part)


class Stretch(NamedTuple):
    """The text between two tables of a Word file; `after` is how many blocks come before it."""

    after: int
    paragraphs: list[Paragraph]


def _names(line: Line) -> list[str]:
    known = line.names
    if known is None:
        known = line.names = [bare(cell[3]) for cell in line.filled if len(cell[3]) <= _NAME]
    return known


def divide(document: Document) -> tuple[list[Block], list[Stretch]]:
    """The blocks of a document and, for Word, the stretches of text between its tables."""
    blocks: list[Block] = []
    stretches: list[Stretch] = []
    text: list[Paragraph] = []
    for item in document.items:
        if isinstance(item, Paragraph):
            text.append(item)
            continue
        rest, heads = _around(text, blocks)
        if rest:
            stretches.append(Stretch(len(blocks), rest))
        text = []
        _divide_grid(beside.without_helpers(item), heads, blocks, stretches)
    rest, heads = _around(text, blocks)
    if rest or heads:
        stretches.append(Stretch(len(blocks), rest + heads))
    return blocks, stretches


def running_text(
    blocks: list[Block], stretches: list[Stretch], is_paper: Callable[[Block], bool]
) -> list[list[Paragraph]]:
    """The stretches as they are read: a table that is no paper of its own stands within the text around it."""
    runs: list[list[Paragraph]] = []
    before = 0
    for after, paragraphs in stretches:
        between = blocks[before:after] if runs else []
        if between and not any(map(is_paper, between)):
            runs[-1].extend(head for block in between for head in block.heads)
            runs[-1].extend(paragraphs)
        else:
            runs.append(list(paragraphs))
        before = after
    return runs


def _around(text: list[Paragraph], blocks: list[Block]) -> tuple[list[Paragraph], list[Paragraph]]:
    """Hand the first paragraphs to the table before as its footer; (rest, heads of the table that follows)."""
    start = taken = 0
    if blocks:
        while start < len(text) and start < _MOST_HEADS and not _opens(text[start].text):
            # Right below the table the form says its result; further down a report says its own.
            if _is_footer(text[start].text) or (not start and closing(text[start].text)):
                part = blocks[-1].lines[-1].part
                taken += 1
                place = Position(part=f"{part}下方", row=start + taken)
                blocks[-1].foots.append(Paragraph(text[start].text, place))
                del text[start]
            elif len(text[start].text) <= 2 * _LONGEST_HEAD:
                start += 1  # a remark between table and signature
            else:
                break
    cut, titled = len(text), False
    while cut and len(text) - cut < _MOST_HEADS and _is_head(text[cut - 1].text):
        if titled and _is_footer(text[cut - 1].text):
            break  # 联系人：… above the title is the end of what stands before
        cut -= 1
        titled = titled or _opens(text[cut].text)
        if ATTACHMENT.fullmatch(squash(text[cut].text)):
            break
    return text[:cut], text[cut:]


def _divide_grid(grid: Grid, heads: list[Paragraph], blocks: list[Block], stretches: list[Stretch]) -> None:
    heads = list(heads)
    current: Block | None = None
    for line in grid.lines:
        filled = line.filled
        if not filled or (len(filled) == 1 and is_page_mark(filled[0].text)):
            continue
        alone = filled[0] if len(filled) == 1 else beside.title(line) if current is None else None
        if alone and not _hangs(line):
            text = alone.text
            paragraph = Paragraph(text, line.place(alone.column))
            if _opens(text):
                current = None
                heads.append(paragraph)
                continue
            if current is None:
                heads.append(paragraph)
                continue
            if _is_footer(text):
                current.foots.append(paragraph)
                continue
        if current is None:
            heads = _without_report(heads, blocks, stretches)
            current = Block(heads=_without_footer(heads, blocks))
            heads = []
            blocks.append(current)
        current.lines.append(line)
    if heads and current is None:
        heads = _without_report(heads, blocks, stretches)
        if blocks:
            blocks[-1].foots.extend(head for head in heads if _is_footer(head.text))


def _without_report(heads: list[Paragraph], blocks: list[Block], stretches: list[Stretch]) -> list[Paragraph]:
    """A report may be written down the rows of a sheet, one cell each: what is no head is text as in Word."""
    text = [Paragraph(line, head.at) for head in heads for line in head.text.splitlines()]
    if sum(line.text.endswith("。") for line in text) < _LEAST_SENTENCES:
        return heads
    rest, heads = _around(text, blocks)
    stretches.append(Stretch(len(blocks), rest))
    return heads


def is_page_mark(text: str) -> bool:
    """Whether a line only says where a page ends or goes on: 第1页 共3页, 续表."""
    return len(text) <= _LONGEST_MARK and _PAGE_MARK.fullmatch(squash(text)) is not None


def goes_on(title: str, before: str) -> bool:
    """Whether a title is that of the paper before it, printed again or with the mark that it goes on: 自评表（续）,
    which may leave the year out."""
    name, first = squash(title), _GOES_ON.sub("", squash(before))
    bare = _GOES_ON.sub("", name)
    return bare == first or (bare != name and _OF_YEAR.sub("", bare) == _OF_YEAR.sub("", first))


def _hangs(line: Line) -> bool:
    """Whether a text hangs down into the row from one above."""
    return any(cell.text for cell in line.cells if cell.row != line.number)


def _without_footer(heads: list[Paragraph], blocks: list[Block]) -> list[Paragraph]:
    """The footer of the form before may stand on top of a sheet: give it back."""
    kept = list(heads)
    while blocks and kept and _is_footer(kept[0].text):
        blocks[-1].foots.append(kept.pop(0))
    return kept


def _opens(text: str) -> bool:
    compact = squash(text[:200])
    return bool(ATTACHMENT.fullmatch(compact) or TITLE.fullmatch(compact) or _TABLE_TITLE.fullmatch(compact))


def _is_footer(text: str) -> bool:
    return len(text) <= _LONGEST_FOOT and FOOTER.search(squash(text)) is not None


def _is_head(text: str) -> bool:
    return len(text) <= _LONGEST_HEAD and not text.endswith(("。", "；", ";"))
