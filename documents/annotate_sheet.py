"""The first sheet of a commented workbook: what to repair, with links to the cells."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

from documents.parts import Parts, required
from documents.review_text import INTRODUCTION, NOTHING_FOUND, TITLE, sections
from documents.typography import HEADING, TABLE, printable
from selfeval.repairs import Repair

_URI = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_S = f"{{{_URI}}}"
_STYLES_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"
_EMPTY_STYLES = (
    f'<styleSheet xmlns="{_URI}"><fonts count="1"><font/></fonts><fills count="1"><fill/></fills>'
    '<borders count="1"><border/></borders><cellXfs count="1"><xf/></cellXfs></styleSheet>'
)
_HEADINGS = ("序号", "编号", "表", "位置", "问题", "应为", "规则")
_WIDTHS = (8, 7, 24, 24, 60, 16, 38)
_LINE = 16  # points per line of text
_MOST = 400  # Excel's rows are at most 409 points high

_FONTS = (
    f'<font><sz val="16"/><name val="{HEADING}"/></font>',
    f'<font><sz val="11"/><name val="{HEADING}"/></font>',
    f'<font><sz val="11"/><name val="{TABLE}"/></font>',
    f'<font><u/><sz val="11"/><color rgb="FF0563C1"/><name val="{TABLE}"/></font>',
)
_FILL = '<fill><patternFill patternType="solid"><fgColor rgb="FFE7E6E6"/></patternFill></fill>'
_EDGES = "".join(
    f'<{edge} style="thin"><color rgb="FF808080"/></{edge}>' for edge in ("left", "right", "top", "bottom")
)
# (font, filled, bordered, horizontal): title, introduction, heading, section, text, link
_CELLS = (
    (0, False, False, "center"),
    (2, False, False, "left"),
    (1, True, True, "center"),
    (1, True, True, "left"),
    (2, False, True, "left"),
    (3, False, True, "left"),
)


def content(parts: Parts, name: str, repairs: Sequence[Repair]) -> bytes:
    """The sheet as XML; its cell styles are added to the workbook's."""
    title, introduction, heading, section, text, link = _styles(parts)
    last = len(_HEADINGS)
    rows: list[tuple[list[tuple[str, int]], float, bool]] = [
        ([(TITLE, title)], 30, True),
        ([(f"文件：{name}", introduction)], 20, True),
        ([(INTRODUCTION if repairs else NOTHING_FOUND, introduction)], 0, True),
    ]
    links: list[tuple[int, str]] = []
    if repairs:
        rows.append(([(head, heading) for head in _HEADINGS], 20, False))
    for head, listed in sections(repairs):
        rows.append(([(head, section)] * last, 20, True))
        for repair in listed:
            finding = repair.finding
            target = next((place for place in finding.places if place.cell), None)
            texts = (
                repair.name,
                finding.code,
                repair.form,
                finding.where,
                finding.message,
                finding.expected or "",
                finding.sentence,
            )
            rows.append(
                ([(said, link if target and at == 0 else text) for at, said in enumerate(texts)], 0, False)
            )
            if target:
                sheet = target.part.replace("'", "''")
                links.append((len(rows), f"'{sheet}'!{target.cell}"))
    return _sheet(rows, links)


def _sheet(
    rows: Sequence[tuple[list[tuple[str, int]], float, bool]], links: Sequence[tuple[int, str]]
) -> bytes:
    last = chr(64 + len(_HEADINGS))
    written, merged = [], []
    for number, (cells, height, across) in enumerate(rows, start=1):
        widths = (sum(_WIDTHS),) if across else _WIDTHS
        height = height or min(
            _MOST,
            _LINE * max(_lines(said, width) for (said, _), width in zip(cells, widths, strict=False)) + 4,
        )
        if across:
            merged.append(f'<mergeCell ref="A{number}:{last}{number}"/>')
            cells = [cells[0], *(("", cells[0][1]) for _ in _WIDTHS[1:])]
        boxes = "".join(_box(f"{chr(65 + at)}{number}", *cell) for at, cell in enumerate(cells))
        written.append(f'<row r="{number}" ht="{height}" customHeight="1">{boxes}</row>')
    columns = "".join(
        f'<col min="{at}" max="{at}" width="{width}" customWidth="1"/>'
        for at, width in enumerate(_WIDTHS, start=1)
    )
    jumps = "".join(
        f'<hyperlink ref="A{row}" location={quoteattr(printable(place))}/>' for row, place in links
    )
    # The headings stay in sight in a list of many rows.
    frozen = (
        '<pane ySplit="4" topLeftCell="A5" activePane="bottomLeft" state="frozen"/>' if len(rows) > 4 else ""
    )
    return (
        f'<worksheet xmlns="{_URI}"><sheetPr><tabColor rgb="FFC00000"/><pageSetUpPr fitToPage="1"/></sheetPr>'
        f'<sheetViews><sheetView showGridLines="0" tabSelected="1" workbookViewId="0">{frozen}</sheetView></sheetViews>'
        f'<sheetFormatPr defaultRowHeight="15"/><cols>{columns}</cols><sheetData>{"".join(written)}</sheetData>'
        f'<mergeCells count="{len(merged)}">{"".join(merged)}</mergeCells>'
        f"{f'<hyperlinks>{jumps}</hyperlinks>' if jumps else ''}"
        '<pageMargins left="0.5" right="0.5" top="0.6" bottom="0.6" header="0.3" footer="0.3"/>'
        '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/></worksheet>'
    ).encode()


def _box(address: str, text: str, style: int) -> str:
    if not text:
        return f'<c r="{address}" s="{style}"/>'
    said = escape(printable(text))
    return f'<c r="{address}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{said}</t></is></c>'


def _lines(text: str, width: float) -> int:
    """Lines that a text takes in a column of so many half-width characters."""
    return sum(
        -(-sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in line) // (width - 2)) or 1
        for line in text.split("\n")
    )


def _styles(parts: Parts) -> list[int]:
    """The numbers of the cell styles of the list, added behind those of the workbook."""
    part = parts.related(parts.main, "styles")
    if part is None:
        part = "xl/styles.xml"
        parts.put(part, _EMPTY_STYLES.encode(), _STYLES_TYPE)
        parts.relate(parts.main, "styles", part)
    root = parts.tree(part)
    fonts = [_added(root, "fonts", font) for font in _FONTS]
    fill = _added(root, "fills", _FILL)
    border = _added(root, "borders", f"<border>{_EDGES}<diagonal/></border>")
    return [
        _added(
            root,
            "cellXfs",
            f'<xf numFmtId="49" fontId="{fonts[font]}" fillId="{fill if filled else 0}"'
            f' borderId="{border if bordered else 0}" xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1"'
            f' applyBorder="1" applyAlignment="1"><alignment horizontal="{side}" vertical="center" wrapText="1"/></xf>',
        )
        for font, filled, bordered, side in _CELLS
    ]


def _added(root: etree._Element, group: str, xml: str) -> int:
    """The place of an entry in a group of the style sheet, which is there already after an earlier round."""
    holder = required(root, _S + group)
    entry = etree.fromstring(f'<r xmlns="{_URI}">{xml}</r>')[0]
    written = etree.tostring(entry, method="c14n")
    for number, existing in enumerate(holder):
        if etree.tostring(existing, method="c14n", with_tail=False) == written:
            return number
    holder.append(entry)
    holder.set("count", str(len(holder)))
    return len(holder) - 1
