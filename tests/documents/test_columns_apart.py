"""Indicators whose columns go on on another page or sheet beside the same names."""

from __future__ import annotations

import pytest

from documents.reading import read_file
from selfeval.filing import Form
from tests.documents import builders
from tests.documents.drawn import BOTH, rows

LEFT = """
项目支出绩效自评表|<|<|<|<|<
（2024年度）|<|<|<|<|<
项目名称|护林站建设|<|<|实施单位|林场
项目资金（万元）|年初预算数|全年预算数|全年执行数|执行率|
年度资金总额|80|80|72|90%|
一级指标|二级指标|三级指标|年度指标值|实际完成值|
产出指标|数量指标|新建护林站|2座|2座|
^|^|维修道路|5公里|5公里|
效益指标|生态效益|森林覆盖率|≥60%|61%|
"""
LEVELS = """
一级指标|二级指标|三级指标|分值|得分|偏差原因分析
产出指标|数量指标|新建护林站|30|30|
^|^|维修道路|30|29|雨季停工
效益指标|生态效益|森林覆盖率|30|30|
总分|<|<|100|98|
"""
NAMES = """
项目支出绩效自评表（续）|<|<|<
三级指标|分值|得分|偏差原因分析
新建护林站|30|30|
维修道路|30|29|雨季停工
森林覆盖率|30|30|
总分|100|98|
"""
PAGES = (
    """
三级指标|分值|得分
新建护林站|30|30
维修道路|30|29
""",
    """
一级指标|二级指标|三级指标|年度指标值|实际完成值|
效益指标|生态效益|森林覆盖率|≥60%|61%|
""",
    """
三级指标|分值|得分
森林覆盖率|30|30
总分|100|98
""",
)
WHOLE = [
    ("产出指标", "数量指标", "新建护林站", "2座", "2座", "30", "30"),
    ("产出指标", "数量指标", "维修道路", "5公里", "5公里", "30", "29"),
    ("效益指标", "生态效益", "森林覆盖率", "≥60%", "61%", "30", "30"),
]


def one(ending: str, *parts: str) -> Form:
    if ending == "docx":
        data = builders.word(*[text for part in parts for text in ("续表", part)][1:])
    else:
        data = builders.excel(*parts)
    (form,) = read_file(f"自评.{ending}", data).forms
    return form


@BOTH
@pytest.mark.parametrize("right", [LEVELS, NAMES])
def test_the_columns_of_the_next_page_belong_to_the_indicators_of_the_same_names(right, ending):
    form = one(ending, LEFT, right)
    assert rows(form) == WHOLE
    assert (form.total_weight.text, form.reported_score.text) == ("100", "98")
    note = form.indicators[1].deviation_note
    assert note is not None and note.text == "雨季停工"


def test_a_place_is_that_of_the_page_where_the_figure_stands():
    form = one("xlsx", LEFT, LEVELS)
    row = form.indicators[1]
    assert (row.actual.at.part, row.actual.at.cell) == ("自评1", "E8")
    assert row.score is not None and (row.score.at.part, row.score.at.cell) == ("自评2", "E3")


@BOTH
def test_pages_with_the_left_and_the_right_columns_may_take_turns(ending):
    first = LEFT.strip().rpartition("\n")[0]
    assert rows(one(ending, first, *PAGES)) == WHOLE


@BOTH
@pytest.mark.parametrize(
    ("right", "wrong"),
    [("森林覆盖率|30|30", "树苗成活率|30|30"), ("三级指标|分值|得分", "三级指标|年度指标值|得分")],
)
def test_other_names_or_other_targets_are_indicators_of_their_own(right, wrong, ending):
    assert right in LEVELS
    assert len(one(ending, LEFT, LEVELS.replace(right, wrong)).indicators) == 6
