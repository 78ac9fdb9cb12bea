"""Base data in two tables side by side: the left one is read to its end and then the right one."""

from __future__ import annotations

import pytest

from selfeval.filing import FormKind
from tests.documents.test_base_data import base_data

BOTH = pytest.mark.parametrize("ending", ["docx", "xlsx"])
STAFF = """
填报单位：南渡县文化馆|<|<|<|<|<|单位：万元
财政供养人员情况（人）|<|编制数|2023年实际在职人数|控制率|<|<
^|<|24|23|95.83%|<|<
"""
TWICE = f"""
{STAFF.strip()}|
经费控制情况|2022年决算数|2023年预算数|2023年决算数|经费控制情况|2022年决算数|2023年预算数|2023年决算数
三公经费|6.5|6|5.8|公用经费|41|42|40
1、公务用车运行维护费|4|3.5|3.4|其中：办公费|12|11|10.5
2、公务接待费|2.5|2.5|2.4|水费、电费|9|9|8.8
3、出国经费||||项目支出|120|135|131
楼堂馆所控制情况|批复规模|实际规模|规模控制率|预算投资|实际投资|投资概算控制率|
^|800|790|98.75%|240|236|98.33%|
说明：|本年无新增楼堂馆所|<|<|<|<|<|<
"""
OTHER = f"""
{STAFF.strip()}
三公经费|2022年决算数|2023年决算数|<|专项资金名称|<|金额
1、公务用车运行维护费|4|3.4|<|群众文化活动|<|60
2、公务接待费|2.5|2.4|<|非遗保护|<|35
"""
BLANK = r"""
项目|2022年决算|2023年决算||2022年决算|2023年决算
三公经费|6.5|5.8|公用经费|41|40
公务接待费|2.5|2.4|项目支出|120|131
"""


def said(drawing: str, ending: str) -> dict[tuple[str, str], str]:
    (form,) = base_data(ending, drawing).forms
    assert form.kind is FormKind.BASE_DATA
    return {(entry.label, entry.heading): entry.cell.text for entry in form.entries}


@BOTH
def test_the_same_headings_on_the_right_name_figures_of_the_labels_on_the_right(ending):
    found = said(TWICE, ending)
    assert found["公用经费", "2022年决算数"] == "41" and found["三公经费", "2022年决算数"] == "6.5"
    assert [label for label, heading in found if heading == "2023年决算数"] == [
        *("三公经费", "公务用车运行维护费", "公务接待费", "出国经费"),
        *("公用经费", "其中：办公费", "水费、电费", "项目支出"),
    ]
    assert found["项目支出", "2023年决算数"] == "131" and found["出国经费", "2023年决算数"] == ""


@BOTH
def test_a_heading_that_goes_on_behind_the_border_ends_the_two_tables(ending):
    found = said(TWICE, ending)
    assert found["楼堂馆所控制情况", "实际投资"] == "236"
    assert found["楼堂馆所控制情况", "规模控制率"] == "98.75%"


@BOTH
def test_a_table_of_another_kind_on_the_right_is_read_too(ending):
    found = said(OTHER, ending)
    assert found["非遗保护", "金额"] == "35" and found["群众文化活动", "金额"] == "60"
    assert found["公务接待费", "2023年决算数"] == "2.4"


@BOTH
def test_headings_that_come_again_beside_a_blank_place_are_those_of_a_second_table(ending):
    found = said(BLANK, ending)
    assert found["项目支出", "2023年决算"] == "131" and found["公务接待费", "2022年决算"] == "2.5"
    assert len(found) == 8


@BOTH
def test_a_column_of_figures_under_other_words_is_no_second_table(ending):
    found = said("经费|2023年预算数|其中本级|2023年决算数\n三公经费|6|2|5.8", ending)
    assert all(label != "2" for label, _ in found)
