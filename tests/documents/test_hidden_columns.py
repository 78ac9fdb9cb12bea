"""Columns of a sheet that nobody sees: they are no part of the form, unless it would lack a column without them."""

from __future__ import annotations

import io

import openpyxl
from openpyxl.utils import get_column_letter

from documents.reading import read_file
from selfeval.filing import Form
from tests.documents import builders

DRAWING = """
项目支出绩效自评表|<|<|<|<|<|<|<|<
（2024年度）|<|<|<|<|<|<|<|<
项目名称|<|水渠整治|<|<|<|<|<|<
项目资金（万元）|年初预算数|全年预算数|全年执行数|全年执行数|分值|执行率|得分|
年度资金总额|100|100|88|90|10|90%|9|
一级指标|二级指标|三级指标||年度指标值|分值|得分|实际完成值|偏差原因
产出指标|数量指标|整治水渠|核对用|12公里|90|90|12公里|
总分|<|<|<|<|100|99||
"""


def read(*hidden: int) -> Form:
    book = openpyxl.load_workbook(io.BytesIO(builders.excel(DRAWING)))
    sheet = book.active
    for column in hidden:
        dimension = sheet.column_dimensions[get_column_letter(column)]
        dimension.hidden = True
    (form,) = read_file("自评表.xlsx", builders.saved(book)).forms
    return form


def test_a_hidden_column_beside_the_printed_one_is_not_read():
    assert read(4).total.executed.text == "90"
    assert read().total.executed.text == "88"


def test_a_title_over_hidden_columns_stands_where_it_is_seen():
    form = read(1, 4)
    assert form.title == "项目支出绩效自评表" and form.year == 2024


def test_a_hidden_column_that_alone_bears_its_heading_is_read():
    form = read(6)
    assert [row.weight.text for row in form.indicators] == ["90"]
