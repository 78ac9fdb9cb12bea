"""Rows that go straight into a workbook: what stands in a cell afterwards is what was given."""

from __future__ import annotations

import io
from decimal import Decimal

import openpyxl
import pytest
from openpyxl import Workbook

from documents.streamed import Formula, streamed


def read_back(*values: object) -> list[openpyxl.cell.Cell]:
    book = Workbook(write_only=True)
    streamed(book, "表").write_row(1, 20.0, values, [0] * len(values))
    buffer = io.BytesIO()
    book.save(buffer)
    return list(openpyxl.load_workbook(io.BytesIO(buffer.getvalue()))["表"][1])


def test_texts_numbers_and_formulas_stay_what_they_are():
    texts = ("  前后有空格 ", "两行\n第二行", "回车\r在内", "<&>\"'", "=1+1", "0012")
    cells = read_back(*texts, Decimal("12.30"), 7, Formula("=SUM(G1,H1)"))
    assert [cell.value for cell in cells] == [*texts, 12.3, 7, "=SUM(G1,H1)"]
    assert [cell.data_type for cell in cells] == [*"ssssss", "n", "n", "f"]


def test_what_a_cell_cannot_hold_is_left_out_and_an_overlong_text_is_cut_where_excel_cuts_it():
    blank, whole, cut = read_back("", "甲\x0b乙", "长" * 40_000)
    assert (blank.value, whole.value, len(cut.value)) == (None, "甲乙", 32_767)


def test_a_value_that_is_neither_text_nor_number_is_refused():
    with pytest.raises(TypeError, match="object at"):
        read_back(object())
