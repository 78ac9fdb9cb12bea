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

from documents.blanks import BlankFor, blank_document, blank_workbook
from selfeval import identity
from selfeval.filing import Identity
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


def test_the_sheets_print_on_the_width_of_an_a4_page_with_everything_inside():
    for sheet in workbook():
        assert sheet.page_setup.paperSize == int(sheet.PAPERSIZE_A4)
        assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
        assert sheet.print_area.replace("$", "").endswith(f"!A1:I{sheet.max_row}")


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


@pytest.mark.parametrize(("ending", "write"), [("xlsx", blank_workbook), ("docx", blank_document)])
def test_the_identity_mark_survives_saving_in_libreoffice(tmp_path: Path, ending, write):
    soffice = shutil.which("soffice")
    if soffice is None:
        pytest.skip("LibreOffice (soffice) 未安装，无法检验另存后的标识")
    (tmp_path / f"blank.{ending}").write_bytes(write(UNIT, WEIGHTS))
    subprocess.run(
        [
            soffice,
            f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
            "--headless",
            "--convert-to",
            ending,
            "--outdir",
            str(tmp_path / "saved"),
            str(tmp_path / f"blank.{ending}"),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    value, printed = marks((tmp_path / "saved" / f"blank.{ending}").read_bytes())
    assert value == MARK
    assert printed
