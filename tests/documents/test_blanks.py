"""The blank forms: what is filled in, that both formats show the same form, and that the mark survives editing."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from decimal import Decimal
from pathlib import Path

import docx
import openpyxl
import pytest
from docx.table import Table
from lxml import etree

from documents.blanks import BlankFor, blank_document, blank_workbook, made_alone
from documents.paper_excel import write_workbook
from documents.paper_word import write_document
from documents.reading import read_file
from selfeval import identity
from selfeval.filing import FormKind, Identity
from selfeval.policy import Weights

WEIGHTS = Weights(Decimal(10), {"产出指标": Decimal(50), "效益指标": Decimal(30), "满意度指标": Decimal(10)})
COST_LEVEL = Weights(
    Decimal(10),
    {
        "产出指标": Decimal(40),
        "成本指标": Decimal(20),
        "效益指标": Decimal(20),
        "满意度指标": Decimal("10.0"),
    },
)
UNIT = BlankFor("甲县乙局丙站", "203002", 2025, "甲县乙局", "甲县财政局", ("渠道<整治>", "=水库&维护"))
MARK = identity.mark(Identity("203002", 2025))


def workbook(unit: BlankFor = UNIT, weights: Weights = WEIGHTS) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(blank_workbook(unit, weights)))


def document(unit: BlankFor = UNIT, weights: Weights = WEIGHTS):
    return docx.Document(io.BytesIO(blank_document(unit, weights)))


def sheet_rows(sheet) -> list[list[str]]:
    """The texts of the table rows (below annex, title and unit line, above the notes), merged cells once."""
    rows = [[str(value) for value in row if value not in (None, "")] for row in sheet.values]
    return [[text for text in row if not text.startswith("=IF(")] for row in rows[3:-2]]


def table_rows(table: Table) -> list[list[str]]:
    return [
        [text for cell in row._tr.tc_lst if (text := "\n".join(p.text for p in cell.p_lst))]
        for row in table.rows
    ]


def parts(data: bytes) -> dict[str, bytes]:
    """The parts of a package but the one that names the moment."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: package.read(name) for name in package.namelist() if name != "docProps/core.xml"}


@pytest.mark.parametrize(
    "words",
    [
        ("甲县乙局丙站", "203002", "甲县乙局"),
        ("甲县<乙>&局  丙站", "203002A", 'A & "B"'),
        ("甲县乙局\n丙站", "203002", "甲县乙局"),
        ("甲县乙局\u3000丙站", "203002", " 甲县乙局"),
    ],
)
@pytest.mark.parametrize(
    ("blank", "write"), [(blank_workbook, write_workbook), (blank_document, write_document)]
)
def test_a_form_made_for_many_is_the_one_that_would_be_made_for_the_unit_alone(blank, write, words):
    name, code, department = words
    for projects in ((), ("渠道<整治>", "=水库&维护")):
        unit = BlankFor(name, code, 2025, department, "甲县财政局", projects)
        assert parts(blank(unit, WEIGHTS)) == parts(made_alone(write, unit, WEIGHTS))


def test_word_and_excel_show_the_same_forms_row_by_row():
    sheets, tables = workbook().worksheets, document().tables
    assert len(sheets) == len(tables) == 4
    for sheet, table in zip(sheets, tables, strict=True):
        assert sheet_rows(sheet) == table_rows(table)


def test_the_unit_its_code_its_year_and_its_projects_are_filled_in():
    sheets = {sheet.title: sheet for sheet in workbook()}
    for sheet in sheets.values():
        head = " ".join(str(value) for row in sheet.iter_rows(max_row=3, values_only=True) for value in row)
        assert "2025年度" in head and UNIT.name in head and UNIT.code in head
    assert sheets["附件3项目支出自评表（1）"]["C4"].value == "渠道<整治>"
    assert sheets["附件3项目支出自评表（1）"]["C5"].value == UNIT.department
    years = [text for row in sheet_rows(sheets["附件1基础数据表"]) for text in row if "年" in text]
    assert "2024年决算数\n（万元）" in years and "2025年末编制数" in years


def test_a_project_name_that_begins_with_an_equals_sign_is_no_formula():
    cell = workbook()["附件3项目支出自评表（2）"]["C4"]
    assert (cell.value, cell.data_type) == ("=水库&维护", "s")


def test_a_unit_without_known_projects_gets_one_empty_project_form():
    names = workbook(BlankFor("甲局", "1", 2025, "甲局", "甲县财政局")).sheetnames
    assert names == ["附件1基础数据表", "附件2整体支出自评表", "附件3项目支出自评表"]


def test_the_printed_points_add_up_to_the_total_of_the_policy():
    for weights in (WEIGHTS, COST_LEVEL):
        rows = table_rows(document(weights=weights).tables[1])
        texts = [text for row in rows for text in row]
        for level1, points in weights.level1.items():
            assert f"{level1}\n（{points.normalize():f}分）" in texts
        assert ["总分", "100"] in rows
        assert weights.execution + sum(weights.level1.values()) == 100


def test_cost_stands_inside_output_only_when_it_is_no_level_of_its_own():
    inside = [text for row in table_rows(document().tables[1]) for text in row]
    own = [text for row in table_rows(document(weights=COST_LEVEL).tables[1]) for text in row]
    assert "成本指标" in inside and "经济成本指标" not in inside
    assert "成本指标" not in own and "经济成本指标" in own


def test_a_policy_that_leaves_the_points_free_prints_none():
    texts = [text for row in table_rows(document(weights=Weights(Decimal(20), {})).tables[1]) for text in row]
    assert {"产出指标", "效益指标", "满意度指标", "20"} <= set(texts)
    assert not any("分）" in text for text in texts)


def test_every_row_of_the_word_tables_fills_the_grid():
    for table in document().tables:
        columns = len(table._tbl.tblGrid.gridCol_lst)
        assert {sum(tc.grid_span for tc in row._tr.tc_lst) for row in table.rows} == {columns}


def test_the_total_adds_the_execution_score_and_every_indicator_score():
    book = workbook()
    for sheet in book.worksheets[1:]:
        row = next(row for row in sheet.iter_rows() if row[0].value == "总分")
        formula = row[7].value
        first = next(c.row for r in sheet.iter_rows() for c in r if c.value == "三级指标") + 1
        funding = next(c.row for r in sheet.iter_rows() for c in r if c.value == "年度资金总额")
        ranges = f"H{first}:H{row[0].row - 1},I{funding}"
        assert formula == f'=IF(COUNT({ranges})=0,"",SUM({ranges}))'


@pytest.mark.parametrize(("ending", "write"), [("xlsx", blank_workbook), ("docx", blank_document)])
def test_an_untouched_blank_is_read_as_templates_of_its_unit_and_nothing_is_remarked(ending, write):
    filing = read_file(f"blank.{ending}", write(UNIT, WEIGHTS))
    assert [form.kind for form in filing.forms] == [FormKind.TEMPLATE] * 4
    assert filing.identity == Identity("203002", 2025)
    assert filing.notes == ()


def test_the_sheets_print_on_the_width_of_an_a4_page_with_everything_inside():
    for sheet in workbook():
        assert sheet.page_setup.paperSize == int(sheet.PAPERSIZE_A4)
        assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
        assert sheet.print_area.replace("$", "").endswith(f"!A1:I{sheet.max_row}")


def test_a_blank_form_of_the_workbook_fills_one_page_where_excel_measures_columns_in_calibri():
    # 11 points of Calibri: 7 pixels, 5.25 points, for a unit of width; A4 less the margins is 508 by 740 points.
    for sheet in workbook():
        across = sum(column.width for column in sheet.column_dimensions.values()) * 5.25
        down = sum(row.height for row in sheet.row_dimensions.values())
        assert 600 < down * min(508 / across, 1) < 740, sheet.title


def marks(data: bytes) -> tuple[str | None, bool]:
    """The mark in the custom properties and whether it stands in a footer."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        properties = etree.fromstring(archive.read("docProps/custom.xml"))
        value = next(
            ("".join(node.itertext()) for node in properties if node.get("name") == identity.PROPERTY), None
        )
        printed = any(
            MARK in "".join(etree.fromstring(archive.read(name)).itertext())
            for name in archive.namelist()
            if name.startswith(("word/footer", "xl/worksheets/sheet"))
        )
    return value, printed


@pytest.mark.parametrize("write", [blank_workbook, blank_document])
def test_the_identity_mark_stands_in_the_properties_and_in_the_footer(write):
    value, printed = marks(write(UNIT, WEIGHTS))
    assert identity.find(value) == Identity("203002", 2025)
    assert printed


def saved_by_libreoffice(folder: Path, ending: str, data: bytes) -> bytes:
    """The file opened and saved again, as a unit does; skips where LibreOffice is missing."""
    soffice = shutil.which("soffice")
    if soffice is None:
        pytest.skip("LibreOffice (soffice) 未安装，无法检验另存后的文件")
    source = folder / f"form.{ending}"
    source.write_bytes(data)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [soffice, profile, "--headless", "--convert-to", ending, "--outdir", str(folder / "saved")]
    subprocess.run([*command, str(source)], check=True, capture_output=True, timeout=120)
    return (folder / "saved" / source.name).read_bytes()


@pytest.mark.parametrize(("ending", "write"), [("xlsx", blank_workbook), ("docx", blank_document)])
def test_the_identity_mark_survives_saving_in_libreoffice(tmp_path: Path, ending, write):
    value, printed = marks(saved_by_libreoffice(tmp_path, ending, write(UNIT, WEIGHTS)))
    assert value == MARK
    assert printed


def test_a_filled_sheet_shows_its_total_and_is_read_back_as_filled(tmp_path: Path):
    book = workbook()
    sheet = book["附件2整体支出自评表"]
    funding = next(row for row in sheet.iter_rows() if row[1].value == "年度资金总额")
    for column, value in zip((3, 4, 5, 7, 8), (1200.5, 1300, 1235, 0.95, 9.5), strict=True):
        funding[column].value = value
    first = next(cell.row for row in sheet.iter_rows() for cell in row if cell.value == "三级指标") + 1
    filled = [("渠道清淤", "≥20公里", "21公里", 50, 48.5), ("受益人口", "3000人", "3000人", 40, 40)]
    # The first line of output and the first of benefit: output has four level-2 indicators of two lines.
    for row, values in zip((first, first + 8), filled, strict=True):
        for column, value in enumerate(values, start=4):
            sheet.cell(row, column).value = value
    buffer = io.BytesIO()
    book.save(buffer)
    form = read_file("form.xlsx", saved_by_libreoffice(tmp_path, "xlsx", buffer.getvalue())).forms[1]
    assert form.kind is FormKind.DEPARTMENT and form.unit == UNIT.name
    total = form.total
    assert [cell.number for cell in (total.initial_budget, total.adjusted_budget, total.executed)] == [
        Decimal("1200.5"),
        Decimal(1300),
        Decimal(1235),
    ]
    assert [
        (i.level1, i.level2, i.name, i.target.text, i.actual.text, i.weight.number, i.score.number)
        for i in form.indicators
    ] == [
        ("产出指标", "数量指标", "渠道清淤", "≥20公里", "21公里", Decimal(50), Decimal("48.5")),
        ("效益指标", "经济效益指标", "受益人口", "3000人", "3000人", Decimal(40), Decimal(40)),
    ]
    assert form.reported_score.number == Decimal(98)
