"""A paper of the bureau in Word, laid out after GB/T 9704-2012: margins, fonts, line spacing, page numbers.

Blank places (selfeval.paper_blocks) are highlighted, so that nobody overlooks what is still to be written.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple
from xml.sax.saxutils import escape

import docx
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import nsdecls
from docx.oxml.parser import parse_xml
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Emu, Mm, Twips

from documents.typography import (
    BODY,
    HEADING,
    SUBHEADING,
    TABLE,
    TITLE,
    font_xml,
    prepare,
    printable,
    runs_xml,
)
from selfeval.paper_blocks import Block, Grid, Heading

_LINE = 'w:line="579" w:lineRule="exact"'  # 22 lines on a page
_BODY_SIZE, _TITLE_SIZE, _TABLE_SIZE, _SMALL_SIZE = 16.0, 22.0, 10.5, 9.0
_WIDE = 7  # columns
_KEEP = "<w:keepNext/>"
_INDENT = '<w:ind w:firstLineChars="200" w:firstLine="640"/>'
_HEADINGS = {
    1: (HEADING, _BODY_SIZE, _INDENT, _LINE),
    2: (SUBHEADING, _BODY_SIZE, _INDENT, _LINE),
    3: (HEADING, 12.0, "", 'w:line="300" w:lineRule="auto"'),
}
_MAIN, _CORE = "word/document.xml", "docProps/core.xml"
_TITLE_HERE, _AUTHOR_HERE = "title-of-the-paper", "author-of-the-paper"
_EDGES = ("top", "left", "bottom", "right", "insideH", "insideV")


class Official:
    """A paper that grows from top to bottom; `content` ends it."""

    def __init__(self, title: str, author: str, *, landscape: bool = False):
        self._blank = _blank(landscape)
        self._title, self._author = title, author
        self._blocks: list[str] = []
        self._break = ""

    def new_page(self) -> None:
        """What follows begins on a new page."""
        self._break = "<w:pageBreakBefore/>"

    def title(self, text: str, *, size: float = _TITLE_SIZE, before: int = 0) -> None:
        """A centred title, smaller where a line of it would not fit; `before` is the space above in twips."""
        size = max(min(size, self._blank.width / 20 / max(map(len, text.split("\n")))), _BODY_SIZE)
        spacing = f'<w:spacing w:before="{before}" w:after="240" w:line="640" w:lineRule="exact"/>'
        self._paragraph(text, TITLE, size, f'{spacing}<w:jc w:val="center"/>')

    def line(
        self, text: str, side: str = "left", *, size: float = _BODY_SIZE, after: int = 0, keep: bool = False
    ) -> None:
        """A line without indent: left, center or right; `keep`: on the page of what follows."""
        spacing = f'{_KEEP if keep else ""}<w:spacing w:before="0" w:after="{after}" {_LINE}/>'
        self._paragraph(text, BODY, size, f'{spacing}<w:jc w:val="{side}"/>')

    def note(self, text: str) -> None:
        """A small line under a table or above it."""
        spacing = '<w:spacing w:before="40" w:after="80" w:line="240" w:lineRule="auto"/>'
        self._paragraph(text, TABLE, _TABLE_SIZE, f'{spacing}<w:jc w:val="left"/>')

    def blocks(self, blocks: Sequence[Block], *, signed: bool = False) -> None:
        """Headings, paragraphs and tables in order; `signed`: the last paragraph stands on the page of what follows."""
        for number, block in enumerate(blocks, start=1):
            if isinstance(block, Heading):
                self._heading(block)
            elif isinstance(block, Grid):
                self.grid(block)
            else:
                keep = _KEEP if signed and number == len(blocks) else ""
                spacing = f'{keep}<w:spacing w:before="0" w:after="0" {_LINE}/>'
                self._paragraph(block.text, BODY, _BODY_SIZE, f'{spacing}{_INDENT}<w:jc w:val="both"/>')

    def grid(self, grid: Grid, size: float | None = None) -> None:
        """A native table: heading repeated on every page, rows never torn apart; a wide one is set smaller."""
        size = size or (_TABLE_SIZE if len(grid.columns) < _WIDE else _SMALL_SIZE)
        if grid.caption:
            spacing = '<w:spacing w:before="160" w:after="60" w:line="300" w:lineRule="auto"/>'
            self._paragraph(grid.caption, HEADING, 12, f'{_KEEP}{spacing}<w:jc w:val="center"/>')
        self.element(_table(grid, self._blank.width, size))
        self._paragraph("", BODY, 6, '<w:spacing w:before="0" w:after="0" w:line="160" w:lineRule="exact"/>')

    def element(self, xml: str) -> None:
        """A block of WordprocessingML without its namespace."""
        self._blocks.append(xml)

    @property
    def width(self) -> int:
        """Of the text, in twips."""
        return self._blank.width

    def content(self) -> bytes:
        """The paper as .docx bytes."""
        blank = self._blank
        core = blank.core
        for place, text in ((_TITLE_HERE, self._title), (_AUTHOR_HERE, self._author)):
            core = core.replace(place, escape(printable(text)))
        buffer = io.BytesIO(blank.unchanged)
        with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as package:
            package.writestr(_MAIN, "".join((blank.before, *self._blocks, blank.after)))
            package.writestr(_CORE, core)
        return buffer.getvalue()

    def _heading(self, heading: Heading) -> None:
        family, size, indent, line = _HEADINGS[heading.level]
        properties = (
            f'{_KEEP}<w:spacing w:before="{0 if indent else 160}" w:after="0" {line}/>{indent}'
            f'<w:jc w:val="{"both" if indent else "left"}"/><w:outlineLvl w:val="{heading.level - 1}"/>'
        )
        self._paragraph(heading.text, family, size, properties)

    def _paragraph(self, text: str, family: str, size: float, properties: str) -> None:
        # The schema wants pageBreakBefore behind keepNext and before everything else that is used here.
        keep = _KEEP if properties.startswith(_KEEP) else ""
        rest = properties.removeprefix(_KEEP)
        self.element(
            f"<w:p><w:pPr>{keep}{self._break}{rest}</w:pPr>{runs_xml(text, font_xml(family, size))}</w:p>"
        )
        self._break = ""


class _Blank(NamedTuple):
    """An empty paper: the parts that no paper changes as a zip, the text of the two that every paper writes.

    The blocks stand between `before` and `after`; `width` is that of the text, in twips.
    """

    unchanged: bytes
    before: str
    after: str
    core: str
    width: int


@cache
def _blank(landscape: bool) -> _Blank:
    """Made once per page: opening the template and packing its styles takes longer than most papers do."""
    document = docx.Document()
    prepare(document, BODY, _BODY_SIZE)
    core = document.core_properties
    core.title, core.author, core.comments = _TITLE_HERE, _AUTHOR_HERE, ""
    section = document.sections[0]
    if landscape:
        section.page_width, section.page_height = Mm(297), Mm(210)
        section.orientation = WD_ORIENT.LANDSCAPE
        margins = (1134, 1134, 1134, 1134)
    else:
        section.page_width, section.page_height = Mm(210), Mm(297)
        margins = (2098, 1474, 1984, 1587)
    top, right, bottom, left = map(Twips, margins)
    section.top_margin, section.right_margin = top, right
    section.bottom_margin, section.left_margin = bottom, left
    section.footer_distance = Twips(600 if landscape else 1417)
    # Page numbers stand outside: right on odd pages, left on even ones.
    document.settings.odd_and_even_pages_header_footer = True
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        footer.is_linked_to_previous = False
        first = footer.paragraphs[0]._p
        first.getparent().replace(first, _element(_page_number(side)))
    buffer, unchanged = io.BytesIO(), io.BytesIO()
    document.save(buffer)
    with zipfile.ZipFile(buffer) as whole, zipfile.ZipFile(unchanged, "w", zipfile.ZIP_DEFLATED) as kept:
        for name in whole.namelist():
            if name not in (_MAIN, _CORE):
                kept.writestr(name, whole.read(name))
        main, core = (whole.read(name).decode() for name in (_MAIN, _CORE))
    # The body ends with its section properties; everything stands before them.
    before, end, after = main.partition("<w:sectPr")
    width = Emu(section.page_width - section.left_margin - section.right_margin).twips
    return _Blank(unchanged.getvalue(), before, end + after, core, width)


def _table(grid: Grid, width: int, size: float) -> str:
    scale = width / sum(column.width for column in grid.columns)
    widths = [round(column.width * scale) for column in grid.columns]
    borders = "".join(f'<w:{edge} w:val="single" w:sz="4" w:space="0" w:color="000000"/>' for edge in _EDGES)
    columns = "".join(f'<w:gridCol w:w="{each}"/>' for each in widths)
    rows = [_row([column.head for column in grid.columns], grid, widths, size, head=True)]
    last = len(grid.rows) - 1
    rows += [
        _row(row, grid, widths, size, bold=grid.total and number == last)
        for number, row in enumerate(grid.rows)
    ]
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/>'
        f'<w:tblBorders>{borders}</w:tblBorders><w:tblLayout w:type="fixed"/>'
        '<w:tblCellMar><w:left w:w="60" w:type="dxa"/><w:right w:w="60" w:type="dxa"/></w:tblCellMar>'
        '<w:tblLook w:val="0620" w:firstRow="1" w:noHBand="1" w:noVBand="1"/>'
        f"</w:tblPr><w:tblGrid>{columns}</w:tblGrid>"
        f"{''.join(rows)}</w:tbl>"
    )


def _row(
    texts: Sequence[str],
    grid: Grid,
    widths: Sequence[int],
    size: float,
    *,
    head: bool = False,
    bold: bool = False,
) -> str:
    cells = []
    for text, column, width in zip(texts, grid.columns, widths, strict=True):
        side = "left" if column.left and not head else "center"
        shade = '<w:shd w:val="clear" w:color="auto" w:fill="EDEDED"/>' if head else ""
        cells.append(
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{shade}<w:vAlign w:val="center"/></w:tcPr>'
            f'<w:p><w:pPr><w:spacing w:before="30" w:after="30" w:line="240" w:lineRule="auto"/>'
            f'<w:jc w:val="{side}"/></w:pPr>{runs_xml(text, font_xml(TABLE, size, bold=head or bold))}</w:p></w:tc>'
        )
    repeat = "<w:tblHeader/>" if head else ""
    return f"<w:tr><w:trPr><w:cantSplit/>{repeat}</w:trPr>{''.join(cells)}</w:tr>"


def _page_number(side: str) -> str:
    font = font_xml(TABLE, 14)
    said = [f'<w:r>{font}<w:t xml:space="preserve">{dash}</w:t></w:r>' for dash in ("— ", " —")]
    field = f'<w:fldSimple w:instr=" PAGE "><w:r>{font}<w:t>1</w:t></w:r></w:fldSimple>'
    return f'<w:p><w:pPr><w:ind w:left="320" w:right="320"/><w:jc w:val="{side}"/></w:pPr>{said[0]}{field}{said[1]}</w:p>'


def _element(xml: str) -> BaseOxmlElement:
    return parse_xml(xml.replace(">", f" {nsdecls('w')}>", 1))
