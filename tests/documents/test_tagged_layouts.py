"""Filings of other places as an accountant would fill them: every cell is read, and nothing honest is an error."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path

import openpyxl
import pytest

from documents.reading import read_file
from selfeval.filing import Filing, Form
from selfeval.findings import Severity
from selfeval.policy import load_policy, policy_names
from selfeval.rules import judge
from tests.documents import (
    builders,
    layouts_counties,
    layouts_department,
    layouts_funds,
    layouts_headings,
    layouts_project,
    layouts_provinces,
    layouts_transfers,
    tagged,
)

DRAWINGS = {
    name: value
    for module in (
        layouts_counties,
        layouts_department,
        layouts_funds,
        layouts_headings,
        layouts_project,
        layouts_provinces,
        layouts_transfers,
    )
    for name, value in vars(module).items()
    if name.isupper()
}
EVERY = pytest.mark.parametrize("name", DRAWINGS)


@cache
def reading_of(name: str, ending: str) -> Filing:
    return read_file(*file_of(name, ending))


def file_of(name: str, ending: str) -> tuple[str, bytes]:
    build = builders.word if ending == "docx" else builders.excel
    return f"自评.{ending}", build(tagged.drawing(DRAWINGS[name]))


@EVERY
@pytest.mark.parametrize("ending", ["docx", "xlsx"])
def test_every_cell_of_a_form_of_another_place_is_read(name, ending):
    (form,) = reading_of(name, ending).forms
    assert isinstance(form, Form)
    assert tagged.read(form, DRAWINGS[name]) == tagged.expected(DRAWINGS[name])


@EVERY
@pytest.mark.parametrize("last", [3, 30])
@pytest.mark.parametrize("merged", [True, False])
def test_a_form_is_read_whatever_stands_right_of_it(name, last, merged):
    (_, data), drawing = file_of(name, "xlsx"), DRAWINGS[name]
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book.active
    if not merged:
        for area in [area for area in sheet.merged_cells.ranges if area.max_row == 1]:
            sheet.unmerge_cells(str(area))
    beside = sheet.max_column + 1
    for row in range(1, last + 1):
        sheet.cell(row, beside, "返回目录" if row == 1 else row * 7)
    (form,) = read_file("自评.xlsx", builders.saved(book)).forms
    assert tagged.read(form, drawing) == tagged.expected(drawing)
    assert form.title == reading_of(name, "xlsx").forms[0].title


@EVERY
def test_a_consistent_form_of_another_place_has_no_error_by_any_policy(name):
    filing = reading_of(name, "docx")
    found = [(policy, f) for policy in policy_names() for f in judge(filing, load_policy(policy)).findings]
    assert [f"{policy} {f.code} {f.message}" for policy, f in found if f.severity is Severity.ERROR] == []


def test_an_old_workbook_shows_its_numbers_as_excel_does():
    # Figures are numbers with formats here (0.99 under 0.0%), made of SUBTOTALS_PER_LEVEL.
    data = (Path(__file__).parent / "samples" / "formats.xls").read_bytes()
    (form,) = read_file("自评.xls", data).forms
    assert tagged.read(form, DRAWINGS["SUBTOTALS_PER_LEVEL"]) == tagged.expected(
        DRAWINGS["SUBTOTALS_PER_LEVEL"]
    )


def test_a_list_of_projects_is_no_form():
    listed = """
序号|项目名称|主管部门|年初预算数|全年预算数|全年执行数|自评得分|等级
1|路灯改造|城管局|185|185|183.15|99.9|优
2|绿道维护|园林局|356.8|340.25|331.07|99.25|优
"""
    drawing = tagged.drawing(DRAWINGS["SUBTOTALS_PER_LEVEL"])
    (form,) = read_file("自评.xlsx", builders.excel(listed, drawing)).forms
    assert form.project == "路灯节能改造"


def test_signatures_in_the_cell_of_the_total_are_those_of_the_form():
    (form,) = read_file(*file_of("SIGNATURES_IN_THE_TOTAL_ROW", "docx")).forms
    assert [line.text for line in form.footer] == [
        "填表人：张某  填报日期：2024.3.18  联系电话：0731-0000000  单位负责人签字："
    ]


def test_of_two_rechecks_the_one_of_the_finance_office_stands_where_it_is_filled():
    drawing = tagged.drawing(DRAWINGS["THREE_SCORES"])
    (form,) = read_file("自评.docx", builders.word(drawing)).forms
    assert [i.recheck_score.text for i in form.indicators] == ["19", "20", "9", "30", "10"]
    (form,) = read_file("自评.docx", builders.word(drawing.replace("|20|19|", "|20||"))).forms
    assert [i.recheck_score.text for i in form.indicators][:2] == ["20", "20"]


@pytest.mark.parametrize("between", [" ", "（续上表）"])
@pytest.mark.parametrize("cut", [4, 8, 13, 18, 20])
def test_a_form_cut_into_two_tables_without_its_heading_again_is_one_form(cut, between):
    tagged_form = DRAWINGS["COST_AS_A_LEVEL"]
    rows = builders.cells(tagged.drawing(tagged_form))
    above = [""] * len(rows[0])
    for row in rows[cut:]:  # below the cut nothing hangs down any more
        row[:] = ["" if text == "^" and not upper else text for text, upper in zip(row, above, strict=True)]
        above = row
    first, second = (
        "\n".join("|".join(text.replace("\n", "\\n") for text in row) for row in half)
        for half in (rows[:cut], rows[cut:])
    )
    (form,) = read_file("自评.docx", builders.word(first, between, second)).forms
    assert tagged.read(form, tagged_form) == tagged.expected(tagged_form)


@pytest.mark.parametrize("mark", ["第1页 共2页", "— 第 1 页，共 2 页 —", "（续表）"])
@pytest.mark.parametrize("again", [(), (8,), (0, 8)], ids=["mark", "heading", "title and heading"])
def test_page_marks_and_titles_printed_on_every_page_end_no_form(mark, again):
    drawing = tagged.drawing(DRAWINGS["EXPLANATION_BESIDE_THE_NAME"]).splitlines()
    merged = "|<" * drawing[0].count("|")
    end = next(n for n, line in enumerate(drawing) if line.startswith("效益指标"))
    pages = [*drawing[:end], mark + merged, *(drawing[n] for n in again), *drawing[end:]]
    (form,) = read_file("自评.xlsx", builders.excel("\n".join(pages))).forms
    assert tagged.read(form, DRAWINGS["EXPLANATION_BESIDE_THE_NAME"]) == tagged.expected(
        DRAWINGS["EXPLANATION_BESIDE_THE_NAME"]
    )
