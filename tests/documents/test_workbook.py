"""The summary workbook: what its formulas come to when an office program works them out, and what it keeps text."""

from __future__ import annotations

import io
import shutil
import subprocess
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from zipfile import ZipFile
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from documents.workbook import FindingRow, LostPoint, UnitDetails, WorkbookData, summary_workbook
from selfeval.board import UnitStatus
from selfeval.bulletin import bulletin
from selfeval.findings import Finding, Severity
from selfeval.policy import load_policy
from selfeval.recheck import Recheck
from selfeval.rollup import AMOUNTS, MEASURES, UnitFigures, UnitRow
from selfeval.rollup.record import rolled_up
from selfeval.rollup.totals import roll_up
from selfeval.rules.departments import DepartmentFinding
from selfeval.workdays import Workdays
from tests.selfeval.test_comparison import unit as comparison_unit
from tests.selfeval.test_comparison import years

FIRST = 4  # row below the heading
TAKEN = datetime(2026, 5, 6, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))


def unit(code: str, state: str, *amounts: str, department: str = "101", **more) -> UnitRow:
    known = dict(zip(AMOUNTS, map(Decimal, amounts), strict=False))
    return UnitRow(code, f"单位{code}", 2, department, f"部门{department}", state, **known, **more)


def finding(message: str = "甲 1 与乙 2 不一致", **more: str) -> FindingRow:
    values = {
        "file": "甲.docx", "where": "表1 第2行", "code": "D01", "severity": "error", "sentence": "甲应等于乙。",
    }  # fmt: skip
    return FindingRow(**(values | more), message=message)


def details(*findings: FindingRow, code: str = "1", name: str = "单位1", lost: tuple[LostPoint, ...] = ()):
    return UnitDetails(code, name, findings, lost)


# fmt: off
# 101 and 0101 are two departments; so are 1E2 and 100. A spreadsheet that compares numbers mixes them up.
UNITS = (
    unit("1", "published", "100.10", "120.20", "90.15", recomputed_score=Decimal("91.5"), late_days=0, grade="优",
         figures=UnitFigures({"three_publics.spent": Decimal(1), "three_publics.last": Decimal(2)})),
    unit("2", "accepted", "0.000001", "0.000001", "0", recomputed_score=Decimal("80"), late_days=3, grade="良",
         figures=UnitFigures({"three_publics.spent": Decimal(2)})),
    unit("3", "returned", "1000", "1000", "1000", recomputed_score=Decimal("10"), errors=2, warnings=1),
    unit("4", "missing"),
    unit("5", "accepted", "7", "7", department="0101"),
    unit("6", "published", "3", "4", "2", department="0101"),
    unit("7", "accepted", "5", "5", "5", department="100", awaits="section"),
    unit("8", "accepted", "6", "6", "6", department="1E2"),
    unit("9", "exempt", department="100"),
    unit("10", "closed", department="100"),
    unit("11", "received", department="205"),
)
# fmt: on


def data(units: tuple[UnitRow, ...] = UNITS, listed: tuple[UnitDetails, ...] = (), **more) -> WorkbookData:
    policy = load_policy("national-2020")
    values = {
        "title": "某县自评",
        "taken": TAKEN,
        "made": rolled_up(units, policy),
        "status": status(),
        "grades": tuple(band.label for band in policy.grades),
        "details": listed,
    }
    return WorkbookData(**(values | more))


def status(*units: UnitStatus):
    return bulletin(units, bureau="某局", year=2025, asof=TAKEN, workdays=Workdays(), rule="")


def compared_book() -> openpyxl.Workbook:
    """A book with every sheet: a year before stands beside this one."""
    sides = [
        (comparison_unit("1", amount="10", score="95"), comparison_unit("2", amount="20", score="80"))
    ] * 2
    return book(data(comparison=years(*sides)))


def book(content: WorkbookData) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(summary_workbook(content)))


def rows_by_heading(sheet: Worksheet) -> list[dict[str, object]]:
    heading, *rows = sheet.iter_rows(min_row=FIRST - 1, values_only=True)
    heads = [head.replace("\n", "") for head in heading]
    return [dict(zip(heads, row, strict=True)) for row in rows]


@pytest.fixture(scope="module")
def calculated(tmp_path_factory: pytest.TempPathFactory) -> openpyxl.Workbook:
    """The workbook as LibreOffice works it out."""
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice is not installed: formulas are not worked out")
    folder = tmp_path_factory.mktemp("workbook")
    source, out = folder / "book.xlsx", folder / "out"
    lost = (
        LostPoint(
            "整体", "第5行", "执行率", Decimal(10), Decimal("9.5"), Decimal("9.2"), "1 ÷ 2", "按比例", ""
        ),
        LostPoint("整体", "第9行", "满意度", Decimal(10), Decimal(7), None, "未填", "保留", "样本少"),
    )
    source.write_bytes(summary_workbook(data(listed=(details(lost=lost),))))
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
    listed = finding(hostile, file=hostile, where=hostile, sentence=hostile)
    point = LostPoint(hostile, hostile, hostile, Decimal(5), None, Decimal(4), hostile, hostile, hostile)
    made = book(data((row,), (details(listed, name=hostile, lost=(point,)),), title=hostile))
    seen = 0
    for sheet in made:
        for cell in (cell for line in sheet.iter_rows() for cell in line):
            if isinstance(cell.value, str) and "HYPERLINK" in cell.value:
                seen += 1
                assert cell.data_type == "s", (sheet.title, cell.coordinate)
                assert "\x07" not in cell.value
                if cell.row >= FIRST and cell.value.startswith(sign):
                    assert cell.quotePrefix, "a person who edits the cell must not make it a formula"
    assert seen >= 25


def test_a_unit_that_waits_for_a_level_says_so_and_is_counted_among_the_passed():
    made = book(data())
    states = {row["预算编码"]: row["状态"] for row in rows_by_heading(made["单位明细"])}
    assert (states["7"], states["8"]) == ("待归口业务科室审核", "审核通过")
    assert '="待归口业务科室审核")' in made["等级分布"].cell(FIRST, 3).value


def test_every_finding_stands_with_unit_file_place_level_and_both_sentences():
    listed = (details(finding()), details(finding("另一处", severity="warning", code="B03"), code="0002"))
    rows = rows_by_heading(book(data(listed=listed))["问题清单"])
    assert [tuple(row.values()) for row in rows] == [
        ("1", "单位1", "错误", "D01", "甲.docx", "表1 第2行", "甲 1 与乙 2 不一致", "甲应等于乙。"),
        ("0002", "单位1", "疑点", "B03", "甲.docx", "表1 第2行", "另一处", "甲应等于乙。"),
    ]


def test_headings_stay_in_sight_repeat_in_print_and_filter_the_rows_without_the_total():
    made = book(data(listed=(details(finding()),)))
    sheets = (("总览", 5, 1), ("部门汇总", 5, 1), ("汇总范围", 5, 1), ("单位明细", 11, 0), ("问题清单", 1, 0))
    for name, rows, totals in sheets:
        sheet = made[name]
        last = FIRST - 1 + rows
        assert (
            sheet.freeze_panes.endswith(str(FIRST)) and sheet.print_title_rows == f"${FIRST - 1}:${FIRST - 1}"
        )
        assert sheet.auto_filter.ref.endswith(str(last))
        assert sheet.print_area.endswith(f"${last + totals}") and sheet.max_row == last + totals
        assert sheet.page_setup.orientation == "landscape" and sheet.page_setup.fitToWidth == 1


def test_no_heading_is_broken_inside_a_word():
    # Text that is wider than its column is wrapped wherever the column ends.
    made = compared_book()
    heads = [cell for sheet in made if sheet.title != "图表" for cell in sheet[FIRST - 1]]
    assert len(heads) > 100 and "2025年度\n复算得分" in [cell.value for cell in heads]
    for cell in heads:
        width = cell.parent.column_dimensions[cell.column_letter].width
        # A Chinese character is as wide as two digits.
        assert all(len(line.encode("gb18030")) < width for line in cell.value.split("\n")), cell.value
        assert cell.parent.row_dimensions[cell.row].height >= 14 * (cell.value.count("\n") + 1)


def test_persons_are_whole_numbers_and_money_has_two_decimals():
    staffed = unit("1", "accepted", "1", "2", "3", figures=UnitFigures({"posts": Decimal(1582)}))
    made = book(data((staffed,)))
    for name in ("各项合计", "部门各项"):
        heads = [cell.value for cell in made[name][FIRST - 1]]
        shown = {
            row[heads.index("单位")].value: row[heads.index("合计")] for row in made[name].iter_rows(FIRST)
        }
        assert {one: shown[one].number_format for one in ("人", "万元")} == {
            "人": "#,##0",
            "万元": "#,##0.00",
        }


def test_a_long_message_makes_its_row_taller():
    short, long = finding(), finding("执行率与执行数不符。" * 40)
    sheet = book(data(listed=(details(short, long),)))["问题清单"]
    assert sheet.row_dimensions[FIRST + 1].height > 5 * sheet.row_dimensions[FIRST].height


def test_a_cycle_of_no_units_is_a_workbook_of_headings():
    made = book(data(()))
    lengths = {sheet.title: sheet.max_row for sheet in made if sheet.title != "图表"}
    assert lengths == {
        "总览": FIRST, "部门汇总": FIRST, "汇总范围": FIRST, "单位明细": FIRST - 1, "逾期和未报": FIRST - 1,
        "扣分明细": FIRST - 1, "问题清单": FIRST - 1, "各项合计": FIRST - 1, "部门各项": FIRST - 1,
        "项目清单": FIRST - 1, "绩效目标": FIRST - 1,
    }  # fmt: skip


def test_a_unit_that_was_sampled_shows_its_re_check_score_and_the_others_a_dash():
    sampled = {"1": Recheck("1", Decimal("88.50")), "2": Recheck("2"), "3": Recheck("3", Decimal(0))}
    rows = rows_by_heading(book(data(recheck=sampled))["单位明细"])
    assert [row["复核得分"] for row in rows[:4]] == [88.5, "待复核", 0, "—"]


def test_every_measure_and_every_rate_of_the_bureau_is_a_live_formula_over_the_departments(calculated):
    whole = roll_up(UNITS)[1]
    rows = {row["项目"]: row for row in rows_by_heading(calculated["各项合计"])}
    labels = {measure.key: measure.label for measure in MEASURES}
    assert set(rows) >= {labels[key] for key in whole.figures}
    for key, figure in whole.figures.items():
        row = rows[labels[key]]
        assert row["合计"] == pytest.approx(float(figure.value)) and row["填报单位数"] == figure.said
        assert row["计入单位数"] == whole.counted
    assert rows["执行率"]["比率"] == pytest.approx(float(whole.ratios["execution_rate"]))
    assert rows["三公经费比上年增减"]["比率"] == "—", "three say this year, one says last year"
    listed = {(row["部门编码"], row["项目"]): row["合计"] for row in rows_by_heading(calculated["部门各项"])}
    assert (
        listed["101", "三公经费本年决算数"] == pytest.approx(3)
        and ("205", "三公经费本年决算数") not in listed
    )


def test_grades_are_counted_live_among_the_units_that_passed(calculated):
    rows = {row["部门"]: row for row in rows_by_heading(calculated["等级分布"])}
    heads = ("通过审核", "优", "良", "中", "差", "未评定")
    assert [rows["合计"][head] for head in heads] == [6, 1, 1, 0, 0, 4]
    assert [rows["部门101"][head] for head in heads] == [2, 1, 1, 0, 0, 0]


def test_every_lost_point_stands_with_both_scores_its_figures_and_the_clause(calculated):
    first, second = rows_by_heading(calculated["扣分明细"])
    assert (first["分值"], first["自评得分"], first["自评扣分"]) == (10, 9.5, 0.5)
    assert (first["复算得分"], first["复算扣分"]) == (9.2, pytest.approx(0.8))
    assert (first["计分规定"], first["单位说明的原因"]) == ("按比例", "没有说明")
    assert (second["自评扣分"], second["复算得分"], second["复算扣分"]) == (3, "—", "—")


def test_findings_between_a_department_and_its_units_head_the_list():
    found = Finding("X26", Severity.ERROR, None, "封面表 第3行", "应一致。", "1", "2", "乙填 1，甲报 2")
    made = rolled_up(UNITS, load_policy("national-2020"))
    made = replace(made, findings=(DepartmentFinding("101", "部门101", found),))
    rows = rows_by_heading(book(data(listed=(details(finding()),), made=made))["问题清单"])
    assert [(row["编号"], row["文件"]) for row in rows] == [
        ("X26", "主管部门与所属单位之间"),
        ("D01", "甲.docx"),
    ]


def test_a_department_whose_sum_is_less_than_its_units_is_marked_beside_its_totals():
    said = "年度资金总额全年执行数汇总填 1万元，已通过的 1 家所属单位合计 2万元（乙 2），多出 1万元"
    found = Finding("X28", Severity.ERROR, None, "表1", "不应大于。", "1", "不小于 2", said)
    made = data().made
    sheets = book(data(made=replace(made, findings=(DepartmentFinding("101", "部门101", found),))))
    for sheet in ("总览", "部门汇总"):
        marked = [
            row["部门"]
            for row in rows_by_heading(sheets[sheet])
            if "待核实" in (row["未计入汇总的单位及原因"] or "")
        ]
        assert marked == ["部门101"]


def test_who_is_late_or_missing_stands_with_the_calculation():
    due = "2026-04-10T17:30+08:00"
    late = UnitStatus("1", "甲站", 2, "101", "某局", "accepted", 1, 2, due, due, first_received_at=due,
                      late_calculation="计4月13日至14日", late_points="2")  # fmt: skip
    missing = UnitStatus("2", "乙站", 2, "101", "某局", "missing", 0, None, None, due, correction_due=due)
    rows = rows_by_heading(book(data(status=status(late, missing)))["逾期和未报"])
    assert [(row["情形"], row["单位"]) for row in rows] == [("逾期报送", "甲站"), ("尚未报送", "乙站")]
    assert "2个工作日，扣2分（计4月13日至14日）" in rows[0]["时间和计算"]
    assert "已逾期" in rows[1]["时间和计算"]


def test_charts_have_titles_and_patterns_and_their_figures_need_no_calculation(tmp_path):
    content = summary_workbook(data())
    with ZipFile(io.BytesIO(content)) as parts:
        charts = [parts.read(name).decode() for name in parts.namelist() if "/charts/chart" in name]
    assert len(charts) == 3
    for chart in charts:
        assert "<a:t>" in chart and "pattFill" in chart and '<showVal val="1"' in chart
        assert chart.count('<delete val="0"') == 2
    sheet = openpyxl.load_workbook(io.BytesIO(content))["图表"]
    cells = [cell.value for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert cells[cells.index("优") + 1] == 1 and not any(str(cell).startswith("=") for cell in cells)


def test_the_note_over_the_charts_is_wrapped_where_it_is_longer_than_the_page_is_wide():
    heights = []
    for source in ("第1次汇总", "第1次汇总，政策 " + "某县" * 60):
        sheet = book(data(source=source))["图表"]
        assert {"A1:G1", "A2:G2"} <= {str(area) for area in sheet.merged_cells.ranges}
        assert sheet["A2"].alignment.wrap_text
        heights.append(sheet.row_dimensions[2].height)
    assert heights[0] < heights[1]


def test_a_policy_without_grades_has_neither_their_sheet_nor_their_chart():
    units = tuple(replace(unit, grade=None) for unit in UNITS)
    made = data(units, grades=())
    assert "等级分布" not in book(made).sheetnames
    with ZipFile(io.BytesIO(summary_workbook(made))) as parts:
        assert sum("/charts/chart" in name for name in parts.namelist()) == 2


def test_of_many_departments_the_chart_shows_the_lowest_rates_and_says_so_on_one_upright_page():
    units = tuple(
        unit(f"{number:02d}", "accepted", "100", "100", str(50 + number), department=f"{number:02d}")
        for number in range(25)
    )
    content = summary_workbook(data(units))
    with ZipFile(io.BytesIO(content)) as parts:
        charts = "".join(parts.read(name).decode() for name in parts.namelist() if "/charts/chart" in name)
    assert "最低的20个部门" in charts
    sheet = openpyxl.load_workbook(io.BytesIO(content))["图表"]
    names = [cell.value for cell in sheet["A"] if str(cell.value).startswith("部门")]
    assert names == ["部门", *(f"部门{number:02d}" for number in range(20))]
    assert (sheet.page_setup.orientation, sheet.page_setup.fitToHeight) == ("portrait", 1)
