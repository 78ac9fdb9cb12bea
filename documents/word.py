"""A .docx as a Document: paragraphs and tables in body order.

Own reader on lxml instead of python-docx: that one resolves merged cells by walking the table again for
every cell, and reading hundreds of filings must stay near the cost of unzipping them.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from documents.grid import Document, Grid, GridCell, Line, Paragraph
from documents.numbering import Numbering
from documents.package import Package
from documents.review import PARAGRAPH_STYLE
from selfeval import identity
from selfeval.filing import Identity, Position

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_P, _TBL, _TR, _TC, _R, _T = (_W + name for name in ("p", "tbl", "tr", "tc", "r", "t"))
_TAB, _BR, _CR, _HYPHEN = (_W + name for name in ("tab", "br", "cr", "noBreakHyphen"))
_TCPR, _TRPR, _SPAN, _VMERGE, _HMERGE, _BEFORE = (
    _W + name for name in ("tcPr", "trPr", "gridSpan", "vMerge", "hMerge", "gridBefore")
)
_DEL, _MOVED, _RUBY, _BOX, _VAL = (_W + name for name in ("del", "moveFrom", "rt", "txbxContent", "val"))
_STYLE = f"{_W}pPr/{_W}pStyle"
_FALLBACK = _MC + "Fallback"
# Containers that hold what stands in their place.
_WRAPPERS = frozenset(
    [_W + name for name in ("sdt", "sdtContent", "customXml", "smartTag", "ins", "moveTo")]
    + [_MC + "AlternateContent", _MC + "Choice"]
)
_SAID = frozenset((_T, _TAB, _BR, _CR, _HYPHEN))
_PPR, _RPR = _W + "pPr", _W + "rPr"
# Word allows 63 columns; a wrong number in a file must not become a wide loop.
_MOST_COLUMNS = 1000


def read(package: Package) -> Document:
    """Read a Word package; raises Unreadable when its main part is missing or damaged."""
    root = package.xml(package.main)
    _settle(root)
    body = root.find(_W + "body")
    items: list[Paragraph | Grid] = []
    tables = 0
    numbering = Numbering(package)
    for element in children(body if body is not None else root, (_P, _TBL)):
        if element.tag == _P:
            text = _said(element).strip()
            if text and not is_review(element):
                items.append(Paragraph(numbering.mark(element) + text, Position(part="正文")))
        else:
            tables += 1
            items.extend(_grids(element, f"表{tables}"))
    return Document(tuple(items), _identity(package, items))


def _settle(root: etree._Element) -> None:
    """Drop what is not part of the text as it stands and give breaks their characters."""
    for element in list(root.iter(_DEL, _MOVED, _RUBY, _FALLBACK)):
        parent = element.getparent()
        if parent is None:
            continue
        if parent.tag == _TRPR:  # the row is deleted, not the mark
            row = parent.getparent()
            if row is not None and row.getparent() is not None:
                row.getparent().remove(row)
        else:
            parent.remove(element)
    # A text box is read where it is anchored, as one run: its paragraphs are no paragraphs of the body.
    for box in list(root.iter(_BOX)):
        text = "\n".join(_said(paragraph) for paragraph in box.iter(_P))
        for child in list(box):
            box.remove(child)
        etree.SubElement(box, _T).text = text
    for element in root.iter(_TAB):
        if element.getparent().tag == _R:  # others define tab stops
            element.text = "\t"
    for element in root.iter(_BR, _CR):
        element.text = "\n"
    for element in root.iter(_HYPHEN):
        element.text = "-"


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
    style = paragraph.find(_STYLE)
    return style is not None and style.get(_VAL) == PARAGRAPH_STYLE


def children(parent: etree._Element, tags: tuple[str, ...]) -> Iterator[etree._Element]:
    """The children of these tags, also those inside containers that hold what stands in their place."""
    for child in parent:
        if child.tag in tags:
            yield child
        elif child.tag in _WRAPPERS:
            yield from children(child, tags)


def _grids(table: etree._Element, part: str) -> Iterator[Grid]:
    """The table, then the tables nested in its cells: a form laid out inside a frame table is still a form."""
    lines: list[Line] = []
    nested: list[etree._Element] = []
    above: dict[int, GridCell] = {}
    for number, row in enumerate(children(table, (_TR,)), start=1):
        cells: list[GridCell] = []
        beside: dict[int, GridCell] = {}
        column = 1 + skipped_columns(row)
        for element in children(row, (_TC,)):
            text, columns, continues, beyond = _cell(element, nested)
            if beyond and cells:
                cells[-1] = cells[-1]._replace(columns=cells[-1].columns + columns)
                beside[cells[-1].column] = cells[-1]
                column += columns
                continue
            upper = above.get(column) if continues else None
            cell = upper or GridCell(number, column, columns, text)
            cells.append(cell)
            beside[column] = cell
            column += columns
        above = beside
        lines.append(Line(part, number, tuple(cells), False))
    yield Grid(part, tuple(lines))
    for index, inner in enumerate(nested, start=1):
        yield from _grids(inner, f"{part}内嵌表{index}")


def _cell(element: etree._Element, nested: list[etree._Element]) -> tuple[str, int, bool, bool]:
    """Text, columns, whether it continues the cell above, whether it continues the one on its left."""
    said: list[str] = []
    columns, continues, beyond = 1, False, False
    for child in element:
        tag = child.tag
        if tag == _P:
            said.append(_said(child))
        elif tag == _TCPR:
            for setting in child:
                if setting.tag == _SPAN:
                    columns = count_of(setting, 1)
                elif setting.tag == _VMERGE:
                    continues = setting.get(_VAL) != "restart"
                elif setting.tag == _HMERGE:
                    beyond = setting.get(_VAL) != "restart"
        elif tag == _TBL:
            nested.append(child)
        elif tag in _WRAPPERS:
            for inner in children(child, (_P, _TBL)):
                if inner.tag == _P:
                    said.append(_said(inner))
                else:
                    nested.append(inner)
    return (said[0] if len(said) == 1 else "\n".join(said)).strip(), columns, continues, beyond


def skipped_columns(row: etree._Element) -> int:
    """How many grid columns stand empty before the first cell of a row."""
    properties = row.find(_TRPR)
    return 0 if properties is None else count_of(properties.find(_BEFORE), 0)


def count_of(element: etree._Element | None, default: int) -> int:
    """The positive number of a setting such as w:gridSpan."""
    value = "" if element is None else element.get(_VAL, "")
    return min(int(value), _MOST_COLUMNS) if value.isascii() and value.isdigit() and int(value) else default


def _identity(package: Package, items: list[Paragraph | Grid]) -> Identity | None:
    """The mark in the document properties, else printed in header, footer or text."""
    mark = package.issued_to
    if mark is not None:
        return mark
    for name in package.names("word/footer", ".xml") + package.names("word/header", ".xml"):
        mark = identity.find("".join(package.xml(name).itertext(_T, with_tail=False)))
        if mark is not None:
            return mark
    for item in items:
        texts = (
            [item.text]
            if isinstance(item, Paragraph)
            else [cell.text for line in item.lines for cell in line.cells]
        )
        for text in texts:
            mark = identity.find(text)
            if mark is not None:
                return mark
    return None
