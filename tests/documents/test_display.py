"""Number formats: what the unit sees in Excel is what is read."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents import excel
from documents.display import general, show
from documents.package import Package
from tests.documents import builders
from tests.documents.builders import repacked

ACCOUNTING = '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ '


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (0.956, "0.00%", "95.60%"),
        (1, "0%", "100%"),
        (0.9512999999999999, "0.00%", "95.13%"),
        (130, "0.00", "130.00"),
        (6152.47, "#,##0.00", "6,152.47"),
        (12, "0.##", "12"),
        (12.5, '0.0"万元"', "12.5万元"),
        (-12, ACCOUNTING, "-12.00"),
        (0, ACCOUNTING, "0"),
        (-5, "0.00_);(0.00)", "-5.00"),
        (45291, 'yyyy"年"m"月"d"日"', "2023年12月31日"),
        (45291, "yyyy-mm-dd;@", "2023-12-31"),
        (45291.75, "yyyy/m/d h:mm", "2023/12/31 18:00"),
        (7, "General", "7"),
        (0.5, "# ?/?", "0.5"),
    ],
)
def test_a_number_is_shown_under_its_format(value, code, shown):
    assert show(value, code, epoch_1904=False) == shown


def test_general_shows_no_binary_noise():
    assert [general(v) for v in (0.1 + 0.2, 95.13, 1e-7, 1e15, 2481.0)] == [
        "0.3",
        "95.13",
        "0.0000001",
        "1000000000000000",
        "2481",
    ]


@given(
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["0.00%", "#,##0.00", "0" + ".0" * 40, "0%%%%"]),
)
def test_the_largest_and_smallest_numbers_are_shown(value, code):
    assert show(value, code, epoch_1904=False)


@given(st.floats(allow_nan=False, allow_infinity=False, width=32), st.text(max_size=12))
def test_no_format_code_makes_the_display_fail(value, code):
    assert isinstance(show(value, code, epoch_1904=False), str)


def test_a_sheet_is_read_as_it_is_displayed():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "自评"
    for column, (value, code) in enumerate(
        [
            (0.956, "0.00%"),
            (1, "0%"),
            (130, "0.00"),
            (date(2023, 12, 31), "yyyy/m/d"),
            (True, "General"),
            (0.30000000000000004, "General"),
            ("  文字 ", "@"),
        ],
        start=1,
    ):
        sheet.cell(2, column, value).number_format = code
    sheet["A3"] = "=A2*2"
    buffer = io.BytesIO()
    book.save(buffer)
    document = excel.read(Package(buffer.getvalue()))
    line = document.items[0].lines[0]
    assert [cell.text for cell in line.cells] == [
        "95.60%",
        "100%",
        "130.00",
        "2023/12/31",
        "TRUE",
        "0.3",
        "文字",
    ]
    assert str(line.place(2)) == "工作表“自评” B2"
    # A formula that no program has computed has no value; the unit is told instead of reading a blank.
    assert [(n.at.cell, n.found) for n in document.notes] == [("A3", "=A2*2")]


def test_shared_rich_text_is_read_without_phonetic_hints_and_escapes():
    namespace = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    strings = (
        f"<sst {namespace}><si><t>项目名称</t></si>"
        "<si><r><t>河道</t></r><r><t>清淤_x000A_二期</t></r><rPh sb='0' eb='2'><t>hedao</t></rPh></si></sst>"
    )
    sheet = (
        f'<worksheet {namespace}><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c>'
        '<c r="C1" t="s"><v>99</v></c></row></sheetData></worksheet>'
    )
    relation = (
        '<Relationship Id="rIdS" Target="sharedStrings.xml" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"/></Relationships>'
    )
    data = builders.excel("占位|位")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        relations = archive.read("xl/_rels/workbook.xml.rels").decode()
    changed = repacked(
        data,
        {
            "xl/sharedStrings.xml": strings.encode(),
            "xl/worksheets/sheet1.xml": sheet.encode(),
            "xl/_rels/workbook.xml.rels": relations.replace("</Relationships>", relation).encode(),
        },
    )
    (grid,) = excel.read(Package(changed)).items
    assert [cell.text for cell in grid.lines[0].cells] == ["项目名称", "河道清淤\n二期"]
