"""The appraisal papers: a long table in Excel, whose pages end where the printer says."""

from __future__ import annotations

import io

import openpyxl

from documents.appraisal import appraisal_workbook
from tests.selfeval.appraisal_cases import department, papers, taken, unit


def written() -> openpyxl.Workbook:
    data = appraisal_workbook([taken(department(unit(own=papers())))], "某局", "某市2023年度预算绩效自评")
    return openpyxl.load_workbook(io.BytesIO(data))


def test_a_label_beside_several_rows_stands_at_the_first_of_them_where_no_page_can_end():
    sheet = written().worksheets[1]
    first = {
        area.min_row: sheet.cell(area.min_row, area.min_col)
        for area in sheet.merged_cells.ranges
        if area.size["rows"] > 1
    }
    assert len(first) > 3
    for row, label in first.items():
        assert label.alignment.vertical == "top"
        assert sheet.row_dimensions[row].height >= 15 * (label.value.count("\n") + 1)
    (alone,) = (
        cell for (cell,) in sheet.iter_rows(min_col=2, max_col=2) if cell.value == "工作小组\n（2分）"
    )
    assert alone.alignment.vertical == "center"


def test_the_headings_of_the_overview_stand_whole_in_their_columns():
    sheet = written()["总览"]
    heads = [cell for cell in sheet[3] if cell.value]
    assert "未到截止\n分值" in [cell.value for cell in heads]
    for cell in heads:
        width = sheet.column_dimensions[cell.column_letter].width
        assert max(len(line.encode("gb18030")) for line in cell.value.split("\n")) < width
