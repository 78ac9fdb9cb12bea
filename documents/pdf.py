"""A text PDF as a Document: ruled tables as grids, the lines between them as paragraphs.

What a scanner made has no text and is refused: a picture of a form is evidence and no form. Tables are
found by their ruling lines, so a form keeps its merged cells; a table that goes on over a page without a
title of its own is one grid.
"""

from __future__ import annotations

import io
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from documents.grid import Document, Grid, GridCell, Line, Paragraph, Unreadable
from selfeval import identity
from selfeval.filing import Position
from selfeval.labels import FUNDING_ROWS, bare, squash
from selfeval.pattern import Pattern

MAX_PAGES = 300
_WANTED = "请报送 Word 或 Excel 原件；扫描件只能作为附件。"
_SCAN = f"是扫描的 PDF 文件，里面没有文字，不能作为自评表读取。{_WANTED}"
_BROKEN = f"是 PDF 文件，已损坏或受保护，读不出来。{_WANTED}"
# Points. Ruling lines of one edge differ by their width; neighbouring columns are farther apart.
_SAME = 3.0
_PAGE_NUMBER = Pattern(r"[-—–\s]*(?:第?\s*\d{1,4}\s*页?)(?:\s*[/／共]\s*\d{1,4}\s*页?)?[-—–\s]*")
# Of the type size: what is wider was a space.
_GAP = 0.4
_LEAST_TEXT = 20  # characters: a scan may carry a stamp or a page number as text
_FIGURE = Pattern(r"[-+≥≤]?[\d,.]+[%％]?")
# The level names that forms print; a part of one is no name.
_UNBROKEN = Pattern(r"(?!\d{1,2}[.、．)）](?!\d))[\d.,%％A-Za-z]+")
_LEVEL_NAME = Pattern(
    r"(?:绩效|产出|效益|满意度|成本|数量|质量|时效|经济效益|社会效益|生态效益|可持续影响|服务对象满意度"
    r"|经济成本|社会成本|生态环境成本)指标(?:\(\d+(?:分|%)?\))?"
)
_PART = Pattern(r"其中[:：]?")
_LONGEST_LABEL = 30
_Box = tuple[float, float, float, float]  # left, top, right, bottom


class _Cell(NamedTuple):
    box: _Box
    text: str


class _Piece(NamedTuple):
    """What one page shows of a table."""

    part: str
    cells: list[_Cell]

    @property
    def sides(self) -> tuple[float, float]:
        return min(cell.box[0] for cell in self.cells), max(cell.box[2] for cell in self.cells)


_Item = Paragraph | list[_Piece]


def read(data: bytes) -> Document:
    """Read a PDF; raises Unreadable when it is damaged, protected, scanned or too long."""
    # Imported here: it takes longer than reading a Word file, and most filings are no PDFs.
    import pdfplumber

    found: list[_Item] = []
    letters = 0
    try:
        with pdfplumber.open(io.BytesIO(data)) as pdf:
            if len(pdf.pages) > MAX_PAGES:
                raise Unreadable(f"是 PDF 文件，有 {len(pdf.pages)} 页，超过 {MAX_PAGES} 页的上限。{_WANTED}")
            for number, page in enumerate(pdf.pages, start=1):
                letters += len(page.chars)
                _join(found, _page(page, number))
                page.close()
    except Unreadable:
        raise
    except Exception as error:
        # The library lets errors of every kind through from a damaged file.
        raise Unreadable(_BROKEN) from error
    if letters < _LEAST_TEXT:
        raise Unreadable(_SCAN)
    items = tuple(item if isinstance(item, Paragraph) else _grid(item) for item in found)
    texts = [text for item in items for text in _texts(item)]
    return Document(items, next(filter(None, map(identity.find, texts)), None))


def _texts(item: Paragraph | Grid) -> list[str]:
    return [item.text] if isinstance(item, Paragraph) else [c.text for line in item.lines for c in line.own]


def _join(items: list[_Item], page: list[_Item]) -> None:
    """A page's items after those before; a table at its top goes on with the one that ended the page before."""
    if items and page and isinstance(items[-1], list) and isinstance(page[0], list):
        before, after = items[-1][-1].sides, page[0][0].sides
        if all(abs(one - other) <= _SAME for one, other in zip(before, after, strict=True)):
            items[-1].extend(page[0])
            page = page[1:]
    items.extend(page)


def _page(page: Any, number: int) -> list[_Item]:
    """The tables and the paragraphs of a page from top to bottom."""
    tables = [table for table in page.find_tables() if len(table.cells) > 1]
    found: list[tuple[float, _Item]] = []
    for index, table in enumerate(tables, start=1):
        part = f"第{number}页" if len(tables) == 1 else f"第{number}页表{index}"
        within = [char for char in page.chars if _inside(char, table.bbox)]
        cells = [_Cell(box, _said(within, box)) for box in table.cells]
        found.append((table.bbox[1], [_Piece(part, cells)]))
    outside = [char for char in page.chars if not any(_inside(char, table.bbox) for table in tables)]
    found += _paragraphs(outside, page)
    return [item for _, item in sorted(found, key=lambda pair: pair[0])]


def _inside(char: dict[str, Any], box: _Box) -> bool:
    x, y = (char["x0"] + char["x1"]) / 2, (char["top"] + char["bottom"]) / 2
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def _lines(chars: list[dict[str, Any]]) -> Iterator[tuple[str, float, float, float]]:
    """(text, top, bottom, right end) of the lines that characters make, from top to bottom."""
    lines: list[list[dict[str, Any]]] = []
    for char in sorted(chars, key=lambda char: (char["top"] + char["bottom"]) / 2):
        middle = (char["top"] + char["bottom"]) / 2
        if lines and lines[-1][-1]["top"] < middle < lines[-1][-1]["bottom"]:
            lines[-1].append(char)
        else:
            lines.append([char])
    for line in lines:
        line.sort(key=lambda char: char["x0"])
        text, end = "", line[0]["x0"]
        for char in line:
            if char["x0"] - end > char["size"] * _GAP:
                text += " "
            text += char["text"]
            end = char["x1"]
        if text.strip():
            yield text.strip(), min(c["top"] for c in line), max(c["bottom"] for c in line), end


def _said(chars: list[dict[str, Any]], box: _Box) -> str:
    """A cell's text. A line that reaches the right side of its cell was broken there, not by its writer."""
    text, full = "", True
    for line, top, bottom, end in _lines([char for char in chars if _inside(char, box)]):
        text += line if full else f"\n{line}"
        full = box[2] - end < 2 * (bottom - top)
    return text


def _paragraphs(chars: list[dict[str, Any]], page: Any) -> list[tuple[float, _Item]]:
    """Text lines put together again: a line that reaches the right margin goes on in the next one."""
    lines = list(_lines(chars))
    found: list[tuple[float, _Item]] = []
    right = max((end for *_, end in lines), default=0)
    said, start, last, below = "", 0.0, 0.0, 0.0
    for text, top, bottom, end in lines:
        edge = top > page.height * 0.9 or bottom < page.height * 0.1
        if edge and _PAGE_NUMBER.fullmatch(text):
            continue
        height = bottom - top
        # A figure is not broken: where it found no room the line before it ends early.
        token = _UNBROKEN.match(text)
        room = 2 * height + (0.6 * height * len(token[0]) if token else 0)
        if said and said[-1] not in "。；：" and right - last < room and top - below < 1.5 * height:
            said += text
        else:
            if said:
                found.append((start, Paragraph(said, Position(part="正文"))))
            said, start = text, top
        last, below = end, bottom
    if said:
        found.append((start, Paragraph(said, Position(part="正文"))))
    return found


def _grid(pieces: list[_Piece]) -> Grid:
    """Cells by their boxes: a box that spans several edges is merged. All pages share their columns."""
    lefts = _edges(cell.box[0] for piece in pieces for cell in piece.cells)
    lines: list[Line] = []
    for piece in pieces:
        tops = _edges(cell.box[1] for cell in piece.cells)
        rows: list[list[GridCell]] = [[] for _ in tops]
        for (left, top, right, bottom), text in piece.cells:
            row, column = _index(tops, top), _index(lefts, left)
            cell = GridCell(row + 1, column + 1, max(_index(lefts, right) - column, 1), text)
            for covered in range(row, max(_index(tops, bottom), row + 1)):
                rows[covered].append(cell)
        below = [
            Line(piece.part, number, tuple(sorted(row, key=lambda cell: cell.column)), False)
            for number, row in enumerate(rows, start=1)
        ]
        if lines and below:
            _join_levels(lines, below)
        if lines and below and (whole := _mended(lines[-1], below[0])):
            lines[-1] = whole
            # Where it hangs down to the rows below, the whole cell stands for the rest of it.
            # Row 0: it begins in none of this page's rows.
            ends = {cell: whole.cell(cell.column)._replace(row=0) for cell in below[0].filled}
            below = [_with(line, ends) for line in below[1:]]
        lines += below
    return Grid(pieces[0].part, tuple(lines))


def _join_levels(lines: list[Line], below: list[Line]) -> None:
    """The name of a level whose cell goes on over the page, its letters shared by both parts of the cell."""
    for rest in below[0].filled:
        above = lines[-1].cell(rest.column)
        if above is None or not above.text or _LEVEL_NAME.fullmatch(squash(above.text)):
            continue
        whole = above.text + rest.text
        if _LEVEL_NAME.fullmatch(squash(whole)) is None:
            continue
        named = {above: above._replace(text=whole)}
        for index in range(len(lines) - 1, -1, -1):
            if above not in lines[index].cells:
                break
            lines[index] = _with(lines[index], named)
        # Row 0: it begins in none of this page's rows.
        named = {rest: rest._replace(row=0, text=whole)}
        below[:] = [_with(line, named) for line in below]


def _with(line: Line, cells: dict[GridCell, GridCell]) -> Line:
    return Line(line.part, line.number, tuple(cells.get(cell, cell) for cell in line.cells), False)


def _mended(line: Line, rest: Line) -> Line | None:
    """A row that the end of a page broke in two, None when `rest` is a row of its own.

    The rest of a row shows words under words, and nothing under one of the figures beside them.
    """
    above = {cell.column: cell.text for cell in line.filled}
    more = {cell.column: cell.text for cell in rest.filled}
    if _breaks_label(line, above, more):
        return _joined(line, more)
    if not more or not more.keys() < above.keys():
        return None
    # A row of funds without amounts opens the page.
    if any(_is_row_label(above[column]) and _is_row_label(text) for column, text in more.items()):
        return None
    figures = {column for column, text in above.items() if _FIGURE.fullmatch(text)}
    # Without figures, one of the cells had no more to say.
    if (figures and figures <= more.keys()) or any(_FIGURE.fullmatch(text) for text in more.values()):
        return None
    return _joined(line, more)


def _breaks_label(line: Line, above: dict[int, str], more: dict[int, str]) -> bool:
    """Whether the label of a row of funds goes on in the next one (其中：上年结 | 转); the figures stand in either."""
    both = above.keys() & more.keys()
    if len(both) != 1 or not all(map(line.cell, more)):
        return False
    (column,) = both
    start, end = above[column], more[column]
    return _is_row_label(start + end) and not (_is_row_label(start) and _is_row_label(end))


def _is_row_label(text: str) -> bool:
    return len(text) <= _LONGEST_LABEL and bool(FUNDING_ROWS.named(_PART.sub("", bare(text))))


def _joined(line: Line, more: dict[int, str]) -> Line:
    cells = [cell._replace(text=cell.text + more.get(cell.column, "")) for cell in line.cells]
    return Line(line.part, line.number, tuple(cells), False)


def _edges(values: Iterable[float]) -> list[float]:
    edges: list[float] = []
    for value in sorted(values):
        if not edges or value - edges[-1] > _SAME:
            edges.append(value)
    return edges


def _index(edges: list[float], value: float) -> int:
    """Which edge a coordinate is; the far side of the last column is one more than the last."""
    return bisect_left(edges, value - _SAME)
