"""Base data tables as other cities print them: who files, in which unit, and every figure."""

from __future__ import annotations

import pytest

from documents.reading import read_file
from selfeval.filing import FormKind
from selfeval.policy import load_policy
from selfeval.rules import judge
from tests.documents import builders

TITLE = "部门整体支出绩效评价基础数据表"
IN_YUAN = r"""
填报单位：东湖县交通局|<|<|<|单位：元
财政供养人员情况（人）|<|编制数|2023年实际在职人数|控制率
^|<|60|57|95%
经费控制情况|<|2022年决算数|2023年预算数|2023年决算数
三公经费|<|185000.00|200,000.00|173,000.00
1、公务用车购置和运行维护费|<|120000.00|130,000.00|118,000.00
其中：公务用车购置费|<|||
公务用车运行维护费|<|120000.00|130,000.00|118,000.00
2、出国经费|<|||
3、公务接待费|<|65000.00|70,000.00|55,000.00
项目支出|<|8600000.00|9,000,000.00|8,820,000.00
公用经费|<|1460000.00|1,500,000.00|1,482,000.00
其中：办公费、印刷费|<|250000.00|260,000.00|256,000.00
水电费|<|150000.00|157,000.00|154,000.00
楼堂馆所控制情况（2023年完工项目）|批复规模（㎡）|实际规模（㎡）|预算投资（元）|实际投资（元）
^|800|792|2400000|2376000
"""


def base_data(ending: str, drawing: str = IN_YUAN):
    build = {
        "docx": lambda: builders.word("附件1", TITLE, drawing),
        "xlsx": lambda: builders.excel(f"{TITLE}|<|<|<|<\n{drawing.strip()}"),
    }
    return read_file(f"基础数据表.{ending}", build[ending]())


@pytest.mark.parametrize("ending", ["docx", "xlsx"])
def test_unit_and_unit_of_amounts_stand_above_the_figures(ending):
    filing = base_data(ending)
    (form,) = filing.forms
    assert (form.kind, form.unit, form.amount_unit, form.year) == (
        FormKind.BASE_DATA,
        "东湖县交通局",
        "元",
        2023,
    )
    said = {(entry.label, entry.heading): entry.cell.text for entry in form.entries}
    assert len(said) == 3 + 10 * 3 + 4
    assert said["公务接待费", "2023年决算数"] == "55,000.00"
    assert said["楼堂馆所控制情况（2023年完工项目）", "实际规模"] == "792"


@pytest.mark.parametrize(
    ("right", "wrong", "code"),
    [
        ("|95%", "|93%", "G01"),
        ("173,000.00", "137,000.00", "G02"),
        ("118,000.00\n2、", "108,000.00\n2、", "G02"),
        ("70,000.00|55,000.00", "50,000.00|55,000.00", "G05"),
        ("|57|", "|67|", "G08"),
        ("1,482,000.00", "382,000.00", "G03"),
    ],
)
def test_a_wrong_figure_is_found_by_its_rule_and_the_right_table_is_silent(right, wrong, code):
    policy = load_policy("national-2020")
    assert [f.message for f in judge(base_data("docx"), policy).findings] == []
    assert IN_YUAN.count(right) == 1
    found = judge(base_data("docx", IN_YUAN.replace(right, wrong)), policy).findings
    assert code in {finding.code for finding in found}


@pytest.mark.parametrize("ending", ["docx", "xlsx"])
@pytest.mark.parametrize(("words", "notes"), [("严控一般性支出", 0), ("", 0)])
def test_a_row_told_in_words_asks_for_no_figures(words, notes, ending):
    rows = IN_YUAN.split("楼堂馆所")[0] + f"厉行节约保障措施|<|{words}||\n"
    assert len(base_data(ending, rows).notes) == notes
    told = base_data(ending, rows.replace("公用经费|<|1460000.00", f"公用经费|<|{words or '较多'}"))
    assert len(told.notes) == 1
