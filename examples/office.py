"""Sheets and report text as Word and Excel files that come out the same, byte for byte, on every run."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.section import WD_SECTION
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml.ns import nsdecls, qn
from docx.oxml.parser import parse_xml
from docx.section import Section
from docx.shared import Cm, Pt
from docx.styles.style import CharacterStyle
from docx.text.paragraph import Paragraph as WordParagraph
from docx.text.run import Run
from openpyxl import Workbook
from openpyxl.packaging.custom import StringProperty
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from examples.layout import Cell, Sheet
from examples.report import Paragraph
from selfeval import identity
from selfeval.filing import Identity

_CUSTOM = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" \
xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">\
<property fmtid="{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}" pid="2" name="{name}">\
<vt:lpwstr>{value}</vt:lpwstr></property></Properties>"""
_CUSTOM_TYPE = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
_MARGINS = f"""<w:tblCellMar {nsdecls("w")}><w:top w:w="40" w:type="dxa"/><w:left w:w="60" w:type="dxa"/>\
<w:bottom w:w="40" w:type="dxa"/><w:right w:w="60" w:type="dxa"/></w:tblCellMar>"""
_THIN = Side(style="thin")
_CM_TO_CHARACTERS = 5.0


def word(
    paragraphs: Sequence[Paragraph], sheets: Sequence[Sheet], filed: date, mark: Identity | None = None
) -> bytes:
    """A Word filing: the report text, then every sheet on pages of its own."""
    document = Document()
    _page(document.sections[0])
    document.styles["Normal"].font.size = Pt(14)
    _fonts(document.styles["Normal"], "仿宋")
    for paragraph in paragraphs:
        _write(document, paragraph)
    for number, sheet in enumerate(sheets):
        if paragraphs or number:
            _page(document.add_section(WD_SECTION.NEW_PAGE))
        _word_sheet(document, sheet)
    if mark:
        _mark_word(document, mark)
    moment = datetime.combine(filed, time(9))
    properties = document.core_properties
    properties.author, properties.title, properties.comments = "", "", ""
    properties.created = properties.modified = moment
    stream = io.BytesIO()
    document.save(stream)
    return _settled(stream.getvalue(), moment)


def excel(sheets: Iterable[Sheet], filed: date, mark: Identity | None = None) -> bytes:
    """An Excel filing: one worksheet per form, printed on one page wide."""
    book = Workbook()
    book.remove(book.active)
    for sheet in sheets:
        page = book.create_sheet(sheet.name)
        _excel_sheet(page, sheet)
        if mark:
            page.oddFooter.right.text = identity.mark(mark)
    if mark:
        book.custom_doc_props.append(StringProperty(name=identity.PROPERTY, value=identity.mark(mark)))
    return _saved(book, filed)


def table(title: str, rows: Sequence[Sequence[str]], widths: Sequence[int], made: date) -> bytes:
    """A plain list as a workbook with one sheet; every cell is text."""
    book = Workbook()
    page = book.active
    page.title = title
    for row in rows:
        page.append(list(row))
    for cells in page.iter_rows():
        for cell in cells:
            cell.number_format = "@"
            cell.border = Border(_THIN, _THIN, _THIN, _THIN)
            cell.font = Font(name="宋体", size=11, bold=cell.row == 1)
    for row in range(1, page.max_row + 1):
        page.row_dimensions[row].height = 20
    for column, width in enumerate(widths, start=1):
        page.column_dimensions[get_column_letter(column)].width = width
    page.freeze_panes = "A2"
    page.page_setup.orientation = "landscape"
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    return _saved(book, made)


def _saved(book: Workbook, made: date) -> bytes:
    moment = datetime.combine(made, time(9))
    book.properties.creator = ""
    book.properties.created = moment
    stream = io.BytesIO()
    book.save(stream)
    return _settled(stream.getvalue(), moment)


def _settled(data: bytes, moment: datetime) -> bytes:
    """The same package with fixed times: both libraries stamp members, and openpyxl the properties, with now."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(stream, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "docProps/core.xml":
                stamp = rb"\g<1>" + moment.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
                content = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", stamp, content)
            member = zipfile.ZipInfo(name, moment.timetuple()[:6])
            member.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(member, content)
    return stream.getvalue()


def _placed(rows: Sequence[Sequence[Cell]]) -> Iterator[tuple[int, int, Cell]]:
    """Every cell with its 0-based row and column, below and beside the tall cells of earlier rows."""
    taken: set[tuple[int, int]] = set()
    for row, cells in enumerate(rows):
        column = 0
        for cell in cells:
            while (row, column) in taken:
                column += 1
            yield row, column, cell
            taken |= {(row + d, column + a) for d in range(cell.down) for a in range(cell.across)}


def _word_sheet(document: WordDocument, sheet: Sheet) -> None:
    _write(document, Paragraph("attachment", sheet.attachment))
    _write(document, Paragraph("title", sheet.title))
    grid = document.add_table(len(sheet.rows), len(sheet.widths), style="Table Grid")
    grid.alignment = WD_TABLE_ALIGNMENT.CENTER
    grid.autofit = False
    grid._tbl.tblPr.append(parse_xml(_MARGINS))
    for column, width in zip(grid.columns, sheet.widths, strict=True):
        column.width = Cm(width)
    # Once, while the table is whole: asked for one cell, the library goes through all of them.
    boxes = [row.cells for row in grid.rows]
    for row, column, cell in _placed(sheet.rows):
        box = boxes[row][column]
        if cell.down > 1 or cell.across > 1:
            box = box.merge(boxes[row + cell.down - 1][column + cell.across - 1])
        box.width = Cm(sum(sheet.widths[column : column + cell.across]))
        box.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
        for extra in box.paragraphs[1:]:
            extra._p.getparent().remove(extra._p)
        lines = cell.text.split("\n")
        for number, line in enumerate(lines):
            paragraph = box.paragraphs[0] if number == 0 else box.add_paragraph()
            if not cell.left:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            _run(paragraph, line, "宋体", 9)
    for row in grid.rows:
        row.height = Cm(0.75)
        # A row that breaks across pages is hard to read and to sign.
        row._tr.get_or_add_trPr().append(row._tr.makeelement(qn("w:cantSplit"), {}))
    for line in sheet.below:
        _write(document, Paragraph("below", line))


def _excel_sheet(page: Worksheet, sheet: Sheet) -> None:
    last = len(sheet.widths)
    for column, width in enumerate(sheet.widths, start=1):
        page.column_dimensions[get_column_letter(column)].width = width * _CM_TO_CHARACTERS
    _line(page, 1, last, sheet.attachment, Font(name="黑体", size=12), "left")
    _line(page, 2, last, sheet.title, Font(name="黑体", size=16), "center")
    page.row_dimensions[2].height = 30
    for row, column, cell in _placed(sheet.rows):
        top, left = row + 3, column + 1
        box = page.cell(top, left, cell.value if cell.value != "" else None)
        box.number_format = cell.shown_as if cell.shown_as != "@" else "General"
        if cell.across > 1 or cell.down > 1:
            page.merge_cells(
                start_row=top,
                start_column=left,
                end_row=top + cell.down - 1,
                end_column=left + cell.across - 1,
            )
        box.alignment = Alignment("left" if cell.left else "center", "center", wrap_text=True)
        box.font = Font(name="宋体", size=10)
    for row, cells in enumerate(sheet.rows, start=3):
        page.row_dimensions[row].height = max(_lines(cell, sheet.widths, cells) for cell in cells) * 14 + 8
        for column in range(1, last + 1):
            page.cell(row, column).border = Border(_THIN, _THIN, _THIN, _THIN)
    for number, line in enumerate(sheet.below, start=len(sheet.rows) + 3):
        _line(page, number, last, line, Font(name="宋体", size=10), "left")
        page.row_dimensions[number].height = 30
    page.page_setup.paperSize = page.PAPERSIZE_A4
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.print_options.horizontalCentered = True


def _lines(cell: Cell, widths: Sequence[float], cells: Sequence[Cell]) -> int:
    """Lines that a cell of one row needs; a Chinese character is two narrow ones."""
    if cell.down > 1:
        return 1
    start = len(widths) - sum(other.across for other in cells[cells.index(cell) :])
    room = sum(widths[start : start + cell.across]) * _CM_TO_CHARACTERS - 1
    return sum(
        1 + int(sum(2 if ord(letter) > 255 else 1 for letter in line) // room)
        for line in cell.text.split("\n")
    )


def _line(page: Worksheet, row: int, last: int, text: str, font: Font, side: str) -> None:
    page.merge_cells(start_row=row, start_column=1, end_row=row, end_column=last)
    box = page.cell(row, 1, text)
    box.font = font
    box.alignment = Alignment(side, "center", wrap_text=True)


def _write(document: WordDocument, paragraph: Paragraph) -> None:
    written = document.add_paragraph()
    style = written.paragraph_format
    style.space_before = style.space_after = Pt(0)
    font, size, indent = {
        "cover": ("方正小标宋简体", 26, 0),
        "title": ("方正小标宋简体", 18, 0),
        "attachment": ("黑体", 14, 0),
        "heading": ("黑体", 14, 2),
        "part": ("楷体", 14, 2),
        "text": ("仿宋", 14, 2),
        "field": ("仿宋", 16, 0),
        "sign": ("仿宋", 14, 0),
        "below": ("宋体", 10, 0),
    }[paragraph.kind]
    if indent:
        style.first_line_indent = Pt(size * indent)
        style.line_spacing = Pt(28)
    if paragraph.kind in ("cover", "title", "field"):
        written.alignment = WD_ALIGN_PARAGRAPH.CENTER
        style.space_before = Pt(0 if paragraph.kind == "title" else 120 if paragraph.kind == "cover" else 24)
        style.space_after = Pt(10)
    if paragraph.kind == "sign":
        written.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        style.line_spacing = Pt(28)
    style.page_break_before = paragraph.new_page
    _run(written, paragraph.text, font, size)


def _run(paragraph: WordParagraph, text: str, font: str, size: float) -> None:
    run = paragraph.add_run(text)
    run.font.size = Pt(size)
    _fonts(run, font)


def _fonts(owner: CharacterStyle | Run, east_asian: str) -> None:
    owner.font.name = "Times New Roman"
    owner.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), east_asian)


def _page(section: Section) -> None:
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(1.5)
    section.top_margin, section.bottom_margin = Cm(2.2), Cm(2)


def _mark_word(document: WordDocument, mark: Identity) -> None:
    text = identity.mark(mark)
    footer = document.sections[0].footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    _run(footer, text, "宋体", 8)
    content = _CUSTOM.format(name=identity.PROPERTY, value=text).encode()
    package = document.part.package
    part = Part(PackURI("/docProps/custom.xml"), _CUSTOM_TYPE, content, package)
    package.relate_to(part, RELATIONSHIP_TYPE.CUSTOM_PROPERTIES)
