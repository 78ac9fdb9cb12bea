"""Papers as a Word document, one page each, ready to print on A4."""

from __future__ import annotations

import io
from collections.abc import Sequence
from xml.sax.saxutils import escape

import docx
from docx.blkcntnr import BlockItemContainer
from docx.document import Document
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml.ns import nsdecls
from docx.oxml.parser import parse_xml
from docx.shared import Mm

from documents.paper import Box, Kind, Paper
from documents.typography import HEADING, TABLE, TITLE, font_xml, prepare, printable, runs_xml
from selfeval import identity

_WIDTH = Mm(174).twips  # A4 less the side margins below
_TABLE_SIZE = 9.0
_CUSTOM_PROPERTIES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"'
    ' xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">'
    '<property fmtid="{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}" pid="2" name="{name}">'
    "<vt:lpwstr>{value}</vt:lpwstr></property></Properties>"
)


def write_document(papers: Sequence[Paper], mark: str, author: str) -> bytes:
    """The document as .docx bytes; `mark` stands in the footer and in the document properties, "" in neither."""
    document = docx.Document()
    prepare(document, TABLE, 10.5)
    core = document.core_properties
    core.author, core.title, core.comments = printable(author), papers[0].title, ""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(18)
    section.top_margin, section.bottom_margin = Mm(18), Mm(18)
    section.header_distance, section.footer_distance = Mm(10), Mm(9)
    _write_footer(section.footer, mark)
    for number, paper in enumerate(papers):
        _write_paper(document, paper, new_page=number > 0)
    if mark:
        _remember(document, mark)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _write_paper(document: Document, paper: Paper, new_page: bool) -> None:
    right = f'<w:tabs><w:tab w:val="right" w:pos="{_WIDTH}"/></w:tabs>'
    break_before = "<w:pageBreakBefore/>" if new_page else ""
    blocks = [
        _paragraph(
            f"{paper.annex}\t{paper.reference}", font_xml(HEADING, 12), f"{break_before}{right}{_spacing()}"
        ),
        _paragraph(paper.title, font_xml(TITLE, 18), f'{_spacing(after=120)}<w:jc w:val="center"/>'),
        _paragraph("\t".join(paper.line), font_xml(TABLE, _TABLE_SIZE), right + _spacing(after=40)),
        table_xml(paper, _WIDTH),
        *(_paragraph(note, font_xml(TABLE, _TABLE_SIZE), _spacing(before=80)) for note in paper.notes),
    ]
    # The body ends with its section properties; everything stands before them.
    end = document.element.body.sectPr
    for block in blocks:
        end.addprevious(parse_xml(block.replace(">", f" {nsdecls('w')}>", 1)))


def _spacing(before: int = 0, after: int = 0) -> str:
    return f'<w:spacing w:before="{before}" w:after="{after}" w:line="240" w:lineRule="auto"/>'


def _paragraph(text: str, font: str, properties: str) -> str:
    """A w:p element; line breaks and tabs of the text become Word's."""
    # An empty paragraph keeps the font for what the unit will type.
    return f"<w:p><w:pPr>{properties}{font}</w:pPr>{runs_xml(text, font)}</w:p>"


def table_xml(paper: Paper, width: int) -> str:
    """The w:tbl element of a form, `width` twips wide."""
    scale = width / sum(paper.widths)
    widths = [round(width * scale) for width in paper.widths]
    edges = "".join(
        f'<w:{edge} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
        for edge in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    rows = []
    for number, (row, placed) in enumerate(zip(paper.rows, paper.grid(), strict=True)):
        # Word repeats only what stands at the head of a table.
        head = "<w:tblHeader/>" if number == paper.repeat == 0 else ""
        cells = "".join(
            _cell(box, sum(widths[at : at + box.span]), continued, row.keep) for at, box, continued in placed
        )
        rows.append(
            f'<w:tr><w:trPr><w:cantSplit/><w:trHeight w:val="{round(row.height * 20)}" w:hRule="atLeast"/>'
            f"{head}</w:trPr>{cells}</w:tr>"
        )
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/>'
        f'<w:tblBorders>{edges}</w:tblBorders><w:tblLayout w:type="fixed"/>'
        '<w:tblCellMar><w:left w:w="60" w:type="dxa"/><w:right w:w="60" w:type="dxa"/></w:tblCellMar></w:tblPr>'
        f"<w:tblGrid>{columns}</w:tblGrid>"
        f"{''.join(rows)}</w:tbl>"
    )


def _cell(box: Box, width: int, continued: bool, keep: bool) -> str:
    span = f'<w:gridSpan w:val="{box.span}"/>' if box.span > 1 else ""
    merge = ""
    if box.down > 1:
        merge = "<w:vMerge/>" if continued else '<w:vMerge w:val="restart"/>'
    side = "left" if box.kind in (Kind.ITEM, Kind.TEXT) else "center"
    indent = f'<w:ind w:left="{round(box.indent * _TABLE_SIZE * 20)}"/>' if box.indent else ""
    content = _paragraph(
        "" if continued else box.text,
        font_xml(TABLE, _TABLE_SIZE),
        f'{"<w:keepNext/>" if keep else ""}{_spacing()}{indent}<w:jc w:val="{side}"/>',
    )
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{span}{merge}<w:vAlign w:val="center"/></w:tcPr>'
        f"{content}</w:tc>"
    )


def _write_footer(footer: BlockItemContainer, mark: str) -> None:
    grey = font_xml(TABLE, 8, color="7F7F7F")

    def field(code: str) -> str:
        return f'<w:fldSimple w:instr=" {code} "><w:r>{grey}<w:t>1</w:t></w:r></w:fldSimple>'

    def text(value: str) -> str:
        return f'<w:r>{grey}<w:t xml:space="preserve">{escape(value)}</w:t></w:r>'

    tab = f"<w:r>{grey}<w:tab/></w:r>"
    paragraph = parse_xml(
        f"<w:p {nsdecls('w')}><w:pPr><w:tabs>"
        f'<w:tab w:val="clear" w:pos="4320"/><w:tab w:val="clear" w:pos="8640"/>'
        f'<w:tab w:val="center" w:pos="{_WIDTH // 2}"/><w:tab w:val="right" w:pos="{_WIDTH}"/>'
        f"</w:tabs></w:pPr>{tab}{text('第 ')}{field('PAGE')}{text(' 页 共 ')}{field('NUMPAGES')}{text(' 页')}"
        f"{tab}{text(mark)}</w:p>"
    )
    first = footer.paragraphs[0]._p
    first.getparent().replace(first, paragraph)


def _remember(document: Document, mark: str) -> None:
    """Custom properties outlive editing and saving in Word, WPS and LibreOffice; the footer may be deleted."""
    package = document.part.package
    blob = _CUSTOM_PROPERTIES.format(name=identity.PROPERTY, value=escape(mark)).encode()
    part = Part(PackURI("/docProps/custom.xml"), CONTENT_TYPE.OFC_CUSTOM_PROPERTIES, blob, package)
    package.relate_to(part, RELATIONSHIP_TYPE.CUSTOM_PROPERTIES)
