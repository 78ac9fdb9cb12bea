"""A paper has a place for the seal wherever the words stand: above, below or inside its table, on a title page."""

from __future__ import annotations

import pytest

from documents.reading import read_file
from tests.documents import builders, layouts

REPORT = """
{lead}
2024年度部门整体支出绩效自评报告
一、基本情况
本单位有职工20人。下设三个科室。
二、预算执行情况
全年预算数100万元。全年执行数98万元，执行率98%。
三、存在问题
没有问题。资金安全。
"""


def sealed(data: bytes, name: str = "自评.docx") -> list[bool]:
    return [form.seal_place for form in read_file(name, data).forms]


@pytest.mark.parametrize(
    ("above", "below", "expected"),
    [
        ("项目支出绩效自评表\n填报单位（盖 章）：清泉县图书馆", "", True),
        ("项目支出绩效自评表", "负责人签字：    单位公章：", True),
        ("项目支出绩效自评表", "填表人：柳青    联系电话：88887777", False),
    ],
)
def test_a_form_has_its_place_above_or_below_the_table(above, below, expected):
    assert sealed(builders.word(above, layouts.CENTRAL, below)) == [expected]


def test_a_form_in_a_workbook_has_its_place_in_a_cell():
    lines = layouts.CENTRAL.strip("\n").splitlines()
    width = lines[0].count("|")
    last = "| ".join(["单位（公章）", *["<"] * width])
    assert sealed(builders.excel("\n".join([*lines, last])), "自评.xlsx") == [True]
    assert sealed(builders.excel("\n".join(lines)), "自评.xlsx") == [False]


def test_a_report_has_its_place_on_the_title_page_and_not_in_what_it_tells():
    assert sealed(builders.word(REPORT.format(lead="部门名称（盖章）：清泉县图书馆"))) == [True]
    told = REPORT.format(lead="清泉县图书馆").replace("没有问题。", "两张凭证漏盖公章，已补齐。")
    assert sealed(builders.word(told)) == [False]
