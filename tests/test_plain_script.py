"""The script that the program's speed is measured against does its work: otherwise it would be beaten for nothing."""

from __future__ import annotations

import docx
import openpyxl

from bench.plain_script import work
from examples import make_examples


def test_the_script_finds_the_planted_mistakes_of_the_example_county_and_no_other(tmp_path):
    assert work(make_examples.HERE / "filings" / "first", tmp_path) == 22
    book = openpyxl.load_workbook(tmp_path / "汇总.xlsx")
    _, *wrong = book["问题"].iter_rows(values_only=True)
    assert [unit for unit, _, _ in wrong] == ["101003", "101003", "203003"]
    assert all(any(word in said for _, _, said in wrong) for word in ("得分合计", "执行率", "大于分值"))
    assert book["部门"].max_row == 4
    lines = [row for table in docx.Document(tmp_path / "101003.docx").tables for row in table.rows]
    assert len(lines) > 15  # every indicator of its forms
