"""The summary workbook: what its formulas come to when an office program works them out, and what it keeps text."""

from __future__ import annotations

import io
import shutil
import subprocess
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from documents.workbook import summary_workbook
from selfeval.findings import Severity
from selfeval.rollup import AMOUNTS, FindingRow, UnitRow, WorkbookData
from selfeval.rollup.totals import roll_up

FIRST = 4  # row below the heading
TAKEN = datetime(2026, 5, 6, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))


def unit(code: str, state: str, *amounts: str, department: str = "101", **more) -> UnitRow:
    known = dict(zip(AMOUNTS, map(Decimal, amounts), strict=False))
    return UnitRow(code, f"单位{code}", 2, department, f"部门{department}", state, **known, **more)


def finding(message: str = "甲 1 与乙 2 不一致", **more: str) -> FindingRow:
    values = {
        "unit_code": "1", "unit_name": "单位1", "file": "甲.docx", "where": "表1 第2行", "code": "D01",
        "severity": Severity.ERROR, "sentence": "甲应等于乙。",
    }  # fmt: skip
    return FindingRow(**(values | more), message=message)


# 101 and 0101 are two departments; so are 1E2 and 100. A spreadsheet that compares numbers mixes them up.
UNITS = (
    unit("1", "published", "100.10", "120.20", "90.15", recomputed_score=Decimal("91.5"), late_days=0),
    unit("2", "accepted", "0.000001", "0.000001", "0", recomputed_score=Decimal("80"), late_days=3),
    unit("3", "returned", "1000", "1000", "1000", recomputed_score=Decimal("10"), errors=2, warnings=1),
    unit("4", "missing"),
    unit("5", "accepted", "7", "7", department="0101"),
    unit("6", "published", "3", "4", "2", department="0101"),
    unit("7", "accepted", "5", "5", "5", department="100"),
    unit("8", "accepted", "6", "6", "6", department="1E2"),
    unit("9", "exempt", department="100"),
    unit("10", "closed", department="100"),
    unit("11", "received", department="205"),
)


def data(units: tuple[UnitRow, ...] = UNITS, findings: tuple[FindingRow, ...] = (), **more) -> WorkbookData:
    return WorkbookData(**({"title": "某县自评", "taken": TAKEN} | more), units=units, findings=findings)


def book(content: WorkbookData) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(summary_workbook(content)))


def rows_by_heading(sheet: Worksheet) -> list[dict[str, object]]:
    heading, *rows = sheet.iter_rows(min_row=FIRST - 1, values_only=True)
    return [dict(zip(heading, row, strict=True)) for row in rows]


@pytest.fixture(scope="module")
def calculated(tmp_path_factory: pytest.TempPathFactory) -> openpyxl.Workbook:
    """The workbook as LibreOffice works it out."""
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice is not installed: formulas are not worked out")
    folder = tmp_path_factory.mktemp("workbook")
    source, out = folder / "book.xlsx", folder / "out"
    source.write_bytes(summary_workbook(data()))
    command = ["soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless"]
    convert = ["--convert-to", "xlsx", "--outdir", str(out), str(source)]
    subprocess.run([*command, *convert], check=True, capture_output=True, timeout=120)
    return openpyxl.load_workbook(Path(out) / "book.xlsx", data_only=True)


def test_the_live_sums_of_every_department_are_those_of_the_roll_up(calculated):
    departments, whole = roll_up(UNITS)
    rows = rows_by_heading(calculated["部门汇总"])
    assert len(rows) == len(departments) + 1
    for row, total in zip(rows, (*departments, whole), strict=True):
        assert row["部门编码"] == (total.code or None)
        assert (row["应报"], row["计入汇总"]) == (total.expected, total.counted)
        ratios = {"执行率": total.execution_rate, "复算得分平均": total.mean_score}
        expected = {head: getattr(total, key) for key, head in AMOUNTS.items()} | ratios
        for head, value in expected.items():
            assert row[head] == ("—" if value is None else pytest.approx(float(value), abs=1e-9)), (
                total.code,
                head,
            )


def test_the_execution_rate_of_each_unit_is_live_and_unknown_where_a_figure_is(calculated):
    rates = {row["预算编码"]: row["执行率"] for row in rows_by_heading(calculated["单位明细"])}
    assert rates["1"] == pytest.approx(0.75) and rates["2"] == 0 and rates["6"] == 0.5
    assert rates["4"] == rates["5"] == rates["9"] == "—"


def test_no_cell_ends_in_a_calculation_error(calculated):
    values = [value for sheet in calculated for row in sheet.iter_rows(values_only=True) for value in row]
    assert not [value for value in values if isinstance(value, str) and value.startswith("#")]


def test_the_overview_counts_by_department_and_shows_its_sums_without_calculating():
    rows = rows_by_heading(book(data())["总览"])
    heads = ("应报", "已报", "未报", "逾期报送", "退回", "通过", "公开", "计入汇总", "全年预算数")
    counts = {row["部门"]: tuple(row[head] for head in heads) for row in rows}
    assert counts["部门101"] == (4, 3, 1, 1, 1, 2, 1, 2, pytest.approx(120.200001))
    assert counts["部门205"] == (1, 1, 0, 0, 0, 0, 0, 0, "—")
    assert counts["合计"] == (9, 8, 1, 1, 1, 6, 2, 5, pytest.approx(135.200001))


@pytest.mark.parametrize("sheet", ["总览", "部门汇总"])
def test_units_that_are_in_no_sum_are_named_with_the_reason(sheet):
    texts = {row["部门"]: row["未计入汇总的单位及原因"] for row in rows_by_heading(book(data())[sheet])}
    assert texts["部门101"] == "单位3（退回修改）、单位4（未报送）"
    assert texts["部门0101"] == "单位5（未填全年执行数）"
    assert texts["部门100"] == "单位9（免报）、单位10（撤并）"
    assert texts["部门1E2"] == "无"


def test_what_a_unit_has_not_said_is_a_dash_and_no_zero():
    rows = {row["预算编码"]: row for row in rows_by_heading(book(data())["单位明细"])}
    heads = ("自评总分", "复算得分", "年初预算数", "全年执行数", "错误", "疑点", "首次报送逾期（工作日）")
    assert {rows["4"][head] for head in heads} == {"—"}
    assert {rows["11"][head] for head in ("错误", "疑点")} == {"—"}, "not judged yet"
    assert (rows["3"]["错误"], rows["3"]["疑点"], rows["3"]["计入汇总"]) == (2, 1, "否")
    assert (rows["1"]["错误"], rows["1"]["计入汇总"], rows["1"]["未计入的原因"]) == (0, "是", None)


def test_codes_keep_their_leading_zeros():
    codes = [row["部门编码"] for row in rows_by_heading(book(data())["单位明细"])]
    assert "0101" in codes and "1E2" in codes


@pytest.mark.parametrize("sign", "=+-@")
def test_text_of_filings_that_looks_like_a_formula_stays_text(sign):
    hostile = f'{sign}HYPERLINK("http://x","甲")\x07'
    row = UnitRow(hostile, hostile, 2, hostile, hostile, "returned", grade=hostile)
    listed = finding(hostile, unit_name=hostile, file=hostile, where=hostile, sentence=hostile)
    made = book(data((row,), (listed,), title=hostile))
    seen = 0
    for sheet in made:
        for cell in (cell for line in sheet.iter_rows() for cell in line):
            if isinstance(cell.value, str) and "HYPERLINK" in cell.value:
                seen += 1
                assert cell.data_type == "s", (sheet.title, cell.coordinate)
                assert "\x07" not in cell.value
                if cell.row >= FIRST and cell.value.startswith(sign):
                    assert cell.quotePrefix, "a person who edits the cell must not make it a formula"
    assert seen >= 15


def test_every_finding_stands_with_unit_file_place_level_and_both_sentences():
    listed = (finding(), finding("另一处", severity=Severity.WARNING, unit_code="0002", code="B03"))
    rows = rows_by_heading(book(data(findings=listed))["问题清单"])
    assert [tuple(row.values()) for row in rows] == [
        ("1", "单位1", "错误", "D01", "甲.docx", "表1 第2行", "甲 1 与乙 2 不一致", "甲应等于乙。"),
        ("0002", "单位1", "疑点", "B03", "甲.docx", "表1 第2行", "另一处", "甲应等于乙。"),
    ]


def test_headings_stay_in_sight_repeat_in_print_and_filter_the_rows_without_the_total():
    made = book(data(findings=(finding(),)))
    for name, rows, totals in (("总览", 5, 1), ("部门汇总", 5, 1), ("单位明细", 11, 0), ("问题清单", 1, 0)):
        sheet = made[name]
        last = FIRST - 1 + rows
        assert (
            sheet.freeze_panes.endswith(str(FIRST)) and sheet.print_title_rows == f"${FIRST - 1}:${FIRST - 1}"
        )
        assert sheet.auto_filter.ref.endswith(str(last))
        assert sheet.print_area.endswith(f"${last + totals}") and sheet.max_row == last + totals
        assert sheet.page_setup.orientation == "landscape" and sheet.page_setup.fitToWidth == 1


def test_a_long_message_makes_its_row_taller():
    short, long = finding(), finding("执行率与执行数不符。" * 40)
    sheet = book(data(findings=(short, long)))["问题清单"]
    assert sheet.row_dimensions[FIRST + 1].height > 5 * sheet.row_dimensions[FIRST].height


def test_a_cycle_of_no_units_is_a_workbook_of_headings():
    made = book(data(()))
    assert [sheet.max_row for sheet in made] == [FIRST, FIRST, FIRST - 1, FIRST - 1]
