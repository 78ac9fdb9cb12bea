"""Rows of a sheet that nobody sees are not read, as hidden columns are not; those with figures are told."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest

from documents.reading import read_file
from selfeval.filing import Filing
from tests.documents import builders

DRAWING = """
项目支出绩效自评表|<|<|<|<|<|<|<
（2024年度）|<|<|<|<|<|<|<
项目名称|<|泵站改造|<|<|<|<|<
项目资金（万元）|年初预算数|全年预算数|全年执行数|分值|执行率|得分|
年度资金总额|120|120|108|10|90%|9|
其中：当年财政拨款|100|100|88||||
其中：当年财政拨款|120|120|108||||
一级指标|二级指标|三级指标|年度指标值|实际完成值|分值|得分|偏差原因
产出指标|数量指标|改造泵站|3座|3座|30|30|
^|^|更换水泵|6台|6台|60|60|
^|^|||||
总分|<|<|<|<|100|99|
选项|优|良|中|差|90|80|60
"""
SAMPLES = Path(__file__).parent / "samples"


def read(*hidden: int) -> Filing:
    book = openpyxl.load_workbook(io.BytesIO(builders.excel(DRAWING)))
    for row in hidden:
        book.active.row_dimensions[row].hidden = True
    return read_file("自评表.xlsx", builders.saved(book))


def test_a_hidden_row_with_figures_is_not_read_and_told_beside_the_row_above():
    filing = read(6)
    (form,) = filing.forms
    assert [line.executed.text for line in form.funding] == ["108", "108"]
    ((at, found, expected, message, _),) = filing.notes
    assert (at.cell, found, expected) == ("A5", "隐藏 1 行", "填报的行都能看见、能打印")
    assert "第 6 行是隐藏的" in message


@pytest.mark.parametrize("row", [2, 11, 13])
def test_hidden_rows_without_figures_and_lists_outside_the_form_are_not_told(row):
    assert read(row).notes == ()


def test_a_level_that_begins_in_a_hidden_row_is_the_level_of_those_that_are_seen():
    (form,) = read(9).forms
    assert [(row.level1, row.level2, row.name) for row in form.indicators] == [
        ("产出指标", "数量指标", "更换水泵")
    ]


def test_a_hidden_row_that_alone_bears_the_headings_is_read():
    filing = read(8)
    (form,) = filing.forms
    assert [row.score.text for row in form.indicators] == ["30", "60"]
    assert filing.notes == ()


def test_rows_and_columns_hidden_in_an_old_workbook_are_not_read_either():
    filing = read_file("自评表.xls", (SAMPLES / "hidden.xls").read_bytes())
    (form,) = filing.forms
    assert [line.executed.text for line in form.funding] == ["108", "108"]
    assert [row.target.text for row in form.indicators] == ["3座", "6台"]
    assert ["第 6 行" in note.message for note in filing.notes] == [True]
