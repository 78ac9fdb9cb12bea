"""Word and old Excel as grids: merged cells, wrappers, tracked changes, breaks, nested tables, marks."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import docx
import openpyxl
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from openpyxl.packaging.custom import StringProperty

from documents import word
from documents.grid import Grid, Paragraph, address
from documents.package import Package
from documents.reading import read_file
from selfeval import identity
from selfeval.filing import Identity
from tests.documents import builders, layouts
from tests.documents.builders import repacked

MARK = identity.mark(Identity("801001", 2025))


def body(xml: str) -> list[Paragraph | Grid]:
    """The items of a document whose body holds this XML."""
    document = docx.Document()
    for element in parse_xml(f"<w:body {nsdecls('w')}>{xml}</w:body>"):
        document.element.body.append(element)
    return list(word.read(Package(builders.saved(document))).items)


def cell(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>"


def test_a_merged_cell_is_one_cell_in_every_row_that_it_covers():
    (grid,) = word.read(Package(builders.word("甲|<|乙\n^|^|丙\n丁|戊|己"))).items
    first, second, third = grid.lines
    anchor = first.cells[0]
    assert (anchor.text, anchor.row, anchor.column, anchor.columns) == ("甲", 1, 1, 2)
    assert second.cells[0] is anchor and [c.text for c in second.own] == ["丙"]
    assert second.cell(2) is anchor and third.cell(2).text == "戊"
    assert str(second.place(3)) == "表1 第2行"


def test_rows_that_begin_later_keep_their_columns():
    (grid,) = body(
        f"<w:tbl><w:tr>{cell('甲')}{cell('乙')}</w:tr>"
        f"<w:tr><w:trPr><w:gridBefore w:val='1'/></w:trPr>{cell('丙')}</w:tr></w:tbl>"
    )
    assert [(c.text, c.column) for c in grid.lines[1].cells] == [("丙", 2)]


def test_a_wrong_span_is_taken_as_one_column():
    wrong = cell("甲", '<w:gridSpan w:val="很多"/>')
    (grid,) = body(f"<w:tbl><w:tr>{wrong}{cell('乙')}</w:tr></w:tbl>")
    assert [c.column for c in grid.lines[0].cells] == [1, 2]


def test_tracked_changes_are_read_as_they_stand():
    items = body(
        "<w:p><w:r><w:t>得分</w:t></w:r><w:del><w:r><w:delText>90</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>95</w:t></w:r></w:ins></w:p>"
        f"<w:tbl><w:tr><w:trPr><w:del/></w:trPr>{cell('删去的行')}</w:tr><w:tr>{cell('留下的行')}</w:tr></w:tbl>"
    )
    assert items[0].text == "得分95"
    assert [c.text for line in items[1].lines for c in line.cells] == ["留下的行"]


def test_breaks_tabs_and_content_controls_are_part_of_the_text():
    items = body(
        "<w:p><w:pPr><w:tabs><w:tab w:val='left' w:pos='1'/></w:tabs></w:pPr>"
        "<w:r><w:t>一</w:t><w:br/><w:t>二</w:t><w:tab/><w:t>三</w:t></w:r></w:p>"
        "<w:sdt><w:sdtContent><w:p><w:r><w:t>控件里的段落</w:t></w:r></w:p>"
        f"<w:tbl><w:sdt><w:sdtContent><w:tr><w:sdt><w:sdtContent>{cell('控件里的格')}</w:sdtContent></w:sdt></w:tr></w:sdtContent></w:sdt></w:tbl>"
        "</w:sdtContent></w:sdt>"
    )
    assert items[0].text == "一\n二\t三"
    assert items[1].text == "控件里的段落"
    assert items[2].lines[0].cells[0].text == "控件里的格"


def test_a_text_box_is_read_once():
    box = (
        "<w:p><w:r><w:t>框外</w:t></w:r><w:r>"
        '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        '<mc:Choice Requires="wps"><w:drawing><w:txbxContent><w:p><w:r><w:t>框内</w:t></w:r></w:p></w:txbxContent></w:drawing></mc:Choice>'
        "<mc:Fallback><w:pict><w:txbxContent><w:p><w:r><w:t>框内</w:t></w:r></w:p></w:txbxContent></w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r></w:p>"
    )
    assert [item.text for item in body(box)] == ["框外框内"]


def test_a_form_inside_a_frame_table_is_found():
    document = docx.Document(io.BytesIO(builders.word("项目支出绩效自评表")))
    frame = document.add_table(rows=1, cols=1)
    form = docx.Document(io.BytesIO(builders.word(layouts.CENTRAL))).tables[0]
    frame.cell(0, 0)._tc.append(form._tbl)
    filing = read_file("自评.docx", builders.saved(document))
    assert [len(f.indicators) for f in filing.forms] == [6]
    assert filing.forms[0].indicators[0].at.part == "表1内嵌表1"


def test_the_mark_is_found_in_the_properties_the_footer_and_the_text():
    form = builders.word(layouts.CENTRAL)
    custom = (
        '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" '
        'xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">'
        f'<property fmtid="{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}" pid="2" name="{identity.PROPERTY}"><vt:lpwstr>{MARK}</vt:lpwstr></property></Properties>'
    )
    footed = docx.Document(io.BytesIO(form))
    paragraph = footed.sections[0].footer.paragraphs[0]
    for piece in (MARK[:6], MARK[6:]):  # Word splits text into runs where it likes
        paragraph.add_run(piece)
    for data in (
        repacked(form, {"docProps/custom.xml": custom.encode()}),
        builders.saved(footed),
        builders.word(layouts.CENTRAL, f"编号 {MARK}"),
    ):
        assert read_file("自评.docx", data).identity == Identity("801001", 2025)
    assert read_file("自评.docx", form).identity is None


def test_the_mark_of_a_workbook_is_found_wherever_it_was_put():
    def marked(change) -> Identity | None:
        book = openpyxl.load_workbook(io.BytesIO(builders.excel(layouts.CENTRAL)))
        change(book)
        filing = read_file("自评.xlsx", builders.saved(book))
        assert len(filing.forms) == 1
        return filing.identity

    def hide(book):
        book.create_sheet("标识")["A1"] = MARK
        book["标识"].sheet_state = "veryHidden"

    assert marked(hide) == Identity("801001", 2025)
    assert marked(lambda book: book.custom_doc_props.append(StringProperty(identity.PROPERTY, MARK)))
    assert marked(lambda book: setattr(book.worksheets[0].oddFooter.right, "text", MARK))
    assert marked(lambda book: book.worksheets[0].cell(60, 1, f"编号：{MARK}"))
    assert marked(lambda book: None) is None


def test_an_old_workbook_is_read_like_a_new_one():
    old = read_file("central.xls", (Path(__file__).parent / "samples" / "central.xls").read_bytes())
    new = read_file("central.xlsx", builders.excel(layouts.CENTRAL))
    assert old.unreadable is None and old.notes == ()
    assert [replace(form, title="") for form in old.forms] == [replace(form, title="") for form in new.forms]


def test_addresses_run_on_after_z():
    assert [address(1, n) for n in (1, 26, 27, 702, 703, 16384)] == ["A1", "Z1", "AA1", "ZZ1", "AAA1", "XFD1"]
