"""A .docx as a Document: paragraphs and tables in body order.

Own reader on lxml instead of python-docx: that one resolves merged cells by walking the table again for
every cell, and reading hundreds of filings must stay near the cost of unzipping them.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from lxml import etree

from documents import footnotes, hidden_text
from documents.grid import Document, Grid, GridCell, Line, Paragraph, made_cell
from documents.numbering import Numbering
from documents.package import Package, whole
from documents.review import PARAGRAPH_STYLE
from selfeval import identity
from selfeval.filing import Identity, Note, Position

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_P, _TBL, _TR, _TC, _R, _T = (_W + name for name in ("p", "tbl", "tr", "tc", "r", "t"))
_TAB, _BR, _CR, _HYPHEN = (_W + name for name in ("tab", "br", "cr", "noBreakHyphen"))
_TCPR, _TRPR, _SPAN, _VMERGE, _HMERGE, _BEFORE = (
    _W + name for name in ("tcPr", "trPr", "gridSpan", "vMerge", "hMerge", "gridBefore")
)
_DEL, _MOVED, _RUBY, _BOX, _VAL = (_W + name for name in ("del", "moveFrom", "rt", "txbxContent", "val"))
_FALLBACK = _MC + "Fallback"
# What is deleted or moved away, readings beside characters, the same once more for old programs, and how
# cells and rows were set before a tracked change.
_DROPPED = (_DEL, _MOVED, _RUBY, _FALLBACK, _W + "tcPrChange", _W + "trPrChange")
_SETTLED = (
    *_DROPPED,
    hidden_text.HIDDEN,
    hidden_text.VANISH,
    _BOX,
    _TAB,
    _BR,
    _CR,
    _HYPHEN,
    _TBL,
    footnotes.FOOTNOTE,
    footnotes.ENDNOTE,
)
# Containers that hold what stands in their place.
_WRAPPERS = frozenset(
    [_W + name for name in ("sdt", "sdtContent", "customXml", "smartTag", "ins", "moveTo")]
    + [_MC + "AlternateContent", _MC + "Choice"]
)
_SAID = frozenset((_T, _TAB, _BR, _CR, _HYPHEN))
_IN_TABLE = (_TR, _TC, _P, *_SAID, _SPAN, _VMERGE, _HMERGE, _BEFORE)
_PPR, _RPR, _PSTYLE = (_W + name for name in ("pPr", "rPr", "pStyle"))
_IN_TEXT = Position(part="正文")
# Word allows 63 columns; a wrong number in a file must not become a wide loop.
_MOST_COLUMNS = 1000


def read(package: Package) -> Document:
    """Read a Word package; raises Unreadable when its main part is missing or damaged."""
    root = package.xml(package.main)
    nested, unseen = _settle(root, package)
    body = root.find(_W + "body")
    items: list[Paragraph | Grid] = []
    notes: list[Note] = []
    tables = 0
    numbering = Numbering(package)
    for element in children(body if body is not None else root, (_P, _TBL)):
        if element.tag == _P:
            text = _said(element).strip()
            if text and not is_review(element):
                items.append(Paragraph(numbering.mark(element) + text, _IN_TEXT))
        else:
            tables += 1
            notes.extend(hidden_text.told(element, f"表{tables}", unseen))
            items.extend(_grids(element, f"表{tables}", nested))
    return Document(tuple(items), _identity(package, items), tuple(notes))


def _settle(
    root: etree._Element, package: Package
) -> tuple[dict[etree._Element, list[etree._Element]], set[etree._Element]]:
    """Drop what is not part of the text as it stands and give breaks their characters.

    Nested tables are taken out of their cells: table → the tables in its cells. What is left in a row
    are its own cells and their text.
    """
    found: dict[str, list[etree._Element]] = {tag: [] for tag in _SETTLED}
    for element in root.iter(*_SETTLED):
        found[element.tag].append(element)
    for tag in _DROPPED:
        for element in found[tag]:
            _drop(element)
    unseen = hidden_text.clear((*found[hidden_text.HIDDEN], *found[hidden_text.VANISH]))
    # A text box is read where it is anchored, as one run: its paragraphs are no paragraphs of the body.
    for box in found[_BOX]:
        text = "\n".join(_said(paragraph) for paragraph in box.iter(_P))
        for child in list(box):
            box.remove(child)
        etree.SubElement(box, _T).text = text
    for element in found[_TAB]:
        if element.getparent().tag == _R:  # others define tab stops
            element.text = "\t"
    for element in (*found[_BR], *found[_CR]):
        element.text = "\n"
    for element in found[_HYPHEN]:
        element.text = "-"
    footnotes.put_into_cells((*found[footnotes.FOOTNOTE], *found[footnotes.ENDNOTE]), package)
    return _nested(root, found[_TBL]), unseen


def _drop(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is None:
        return
    if parent.tag == _TRPR and element.tag in (_DEL, _MOVED):  # the row is deleted, not the mark
        row = parent.getparent()
        if row is not None and row.getparent() is not None:
            row.getparent().remove(row)
    else:
        parent.remove(element)


def _nested(root: etree._Element, tables: list[etree._Element]) -> dict[etree._Element, list[etree._Element]]:
    inner: dict[etree._Element, list[etree._Element]] = {}
    for table in tables:
        outer = next(table.iterancestors(_TBL), None)
        if outer is not None:
            inner.setdefault(outer, []).append(table)
    for nested in inner.values():
        for table in nested:
            table.getparent().remove(table)
    return inner


def _said(paragraph: etree._Element) -> str:
    """Its text. Most paragraphs are runs of plain text: those need no walk of everything below them."""
    said = ""
    for child in paragraph:
        tag = child.tag
        if tag == _R:
            for piece in child:
                tag = piece.tag
                if tag in _SAID:
                    said += piece.text or ""
                elif tag != _RPR:
                    said += "".join(piece.itertext(*_SAID, with_tail=False))
        elif tag != _PPR:
            said += "".join(child.itertext(*_SAID, with_tail=False))
    return said


def is_review(paragraph: etree._Element) -> bool:
    """Whether a paragraph of the body is one that the bureau put in front of the unit's own."""
    # Asked of every paragraph: `find` with a path takes several times as long.
    properties = next(paragraph.iterchildren(_PPR), None)
    style = None if properties is None else next(properties.iterchildren(_PSTYLE), None)
    return style is not None and style.get(_VAL) == PARAGRAPH_STYLE


def children(parent: etree._Element, tags: tuple[str, ...]) -> Iterator[etree._Element]:
    """The children of these tags, also those inside containers that hold what stands in their place."""
    for child in parent:
        if child.tag in tags:
            yield child
        elif child.tag in _WRAPPERS:
            yield from children(child, tags)


def _grids(
    table: etree._Element, part: str, nested: dict[etree._Element, list[etree._Element]]
) -> Iterator[Grid]:
    """The table, then the tables nested in its cells: a form laid out inside a frame table is still a form."""
    lines: list[Line] = []
    above: dict[int, GridCell] = {}
    for number, (column, found) in enumerate(_rows(table), start=1):
        cells: list[GridCell] = []
        beside: dict[int, GridCell] = {}
        for cell in found:
            if cell.beyond and cells:
                cells[-1] = cells[-1]._replace(columns=cells[-1].columns + cell.columns)
                beside[cells[-1].column] = cells[-1]
            else:
                upper = above.get(column) if cell.continues else None
                own = upper or made_cell((number, column, cell.columns, cell.text.strip()))
                cells.append(own)
                beside[column] = own
            column += cell.columns
        above = beside
        lines.append(Line(part, number, tuple(cells), False))
    yield Grid(part, tuple(lines))
    for index, inner in enumerate(nested.get(table, ()), start=1):
        yield from _grids(inner, f"{part}内嵌表{index}", nested)


class _Cell:
    """A cell as the row says it: whether it continues the cell above it, or the one on its left (`beyond`)."""

    __slots__ = ("begun", "beyond", "columns", "continues", "text")

    def __init__(self) -> None:
        self.text = ""
        self.begun = False  # a paragraph has begun: the next one stands on a line of its own
        self.columns = 1
        self.continues = False
        self.beyond = False


def _rows(table: etree._Element) -> list[tuple[int, list[_Cell]]]:
    """The column of the first cell and the cells of each row.

    One walk in document order that stops at nothing but what says something: a filing has some thousand
    cells, and entering each row, cell, paragraph and run by itself takes several times as long.
    """
    own = set(children(table, (_TR,)))
    found: list[tuple[int, list[_Cell]]] = []
    cells: list[_Cell] = []
    cell = _Cell()  # what stands before the first cell is lost
    for element in table.iter(*_IN_TABLE):
        tag = element.tag
        if tag == _TC:
            cell = _Cell()
            cells.append(cell)
        elif tag == _P:
            if cell.begun:
                cell.text += "\n"
            cell.begun = True
        elif tag == _T or tag in _SAID:
            if text := element.text:
                cell.text += text
        elif tag == _SPAN:
            cell.columns = count_of(element, 1)
        elif tag == _VMERGE:
            cell.continues = element.get(_VAL) != "restart"
        elif tag == _HMERGE:
            cell.beyond = element.get(_VAL) != "restart"
        elif tag == _BEFORE:
            if found:
                found[-1] = (1 + count_of(element, 0), cells)
        elif element in own:
            cells, cell = [], _Cell()
            found.append((1, cells))
    return found


def skipped_columns(row: etree._Element) -> int:
    """How many grid columns stand empty before the first cell of a row."""
    properties = row.find(_TRPR)
    return 0 if properties is None else count_of(properties.find(_BEFORE), 0)


def count_of(element: etree._Element | None, default: int) -> int:
    """The positive number of a setting such as w:gridSpan."""
    return default if element is None else _count(element.get(_VAL)) or default


@lru_cache(maxsize=64)
def _count(text: str | None) -> int:
    return min(whole(text), _MOST_COLUMNS)


def _identity(package: Package, items: list[Paragraph | Grid]) -> Identity | None:
    """The mark in the document properties, else printed in header, footer or text."""
    mark = package.issued_to
    if mark is not None:
        return mark
    for name in package.names("word/footer", ".xml") + package.names("word/header", ".xml"):
        mark = identity.find("".join(package.xml(name).itertext(_T, with_tail=False)))
        if mark is not None:
            return mark
    texts: list[str] = []
    for item in items:
        if isinstance(item, Paragraph):
            texts.append(item.text)
        else:
            texts.extend(cell.text for line in item.lines for cell in line.filled)
    return identity.find("\n".join(texts))
